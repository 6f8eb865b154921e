import { type NextFunction, type Request, type Response } from 'express';
import { ipKeyGenerator } from 'express-rate-limit';
import { type ApiKeyRow, type Role, type Store } from '../store/types';
import { Problem } from './problem';

/** Who may do what: operators and approvers see everything; admins may do everything. */
const allows = (has: Role, needs: Role): boolean => has === 'admin' || needs === 'viewer' || has === needs;

/** Failed keys from one address, per minute; addresses remembered. */
const failuresPerMinute = 60;
const windowMs = 60_000;
const addressesMax = 100_000;

/** Refuses an address after too many failed keys. Only what failed counts, so that however many good keys ask at once, as behind one proxy, none is refused. */
export function createFailureLimiter(now: () => number = Date.now) {
  let [began, failed] = [now(), new Map<string, number>()];
  return (req: Request, res: Response, next: NextFunction): void => {
    if (now() - began >= windowMs || failed.size >= addressesMax) [began, failed] = [now(), new Map()];
    const from = ipKeyGenerator(req.ip ?? '');
    if ((failed.get(from) ?? 0) >= failuresPerMinute) {
      res.set('Retry-After', String(Math.ceil((began + windowMs - now()) / 1000)));
      next(new Problem(429, 'Too many failed keys; wait a minute'));
      return;
    }
    res.on('finish', () => { if (res.statusCode === 401) failed.set(from, (failed.get(from) ?? 0) + 1); });
    next();
  };
}
export const authLimiter = createFailureLimiter();
/** Of its own, so that a page left open with an expired ticket does not shut out the API keys of the same address. */
export const ticketLimiter = createFailureLimiter();

/** Bearer key → its row in `res.locals.key`; the role is checked against the door's. */
export function requireRole(store: Store, role: Role) {
  return async (req: Request, res: Response, next: NextFunction): Promise<void> => {
    const given = req.headers.authorization;
    const secret = /^Bearer ([\x21-\x7e]{8,200})$/.exec(given ?? '')?.[1];
    const key: ApiKeyRow | undefined = secret === undefined ? undefined : await store.apiKeys.verify(secret);
    res.set('Cache-Control', 'no-store');
    if (!key) { res.set('WWW-Authenticate', 'Bearer'); next(new Problem(401, 'A valid API key is needed', { code: given === undefined ? 'key-missing' : 'key-invalid', detail: 'Send it as "Authorization: Bearer <key>".' })); return; }
    if (!allows(key.role, role)) { next(new Problem(403, `This needs the role ${role}`, { detail: `The key "${key.name}" has the role ${key.role}.` })); return; }
    res.locals['key'] = key;
    next();
  };
}
