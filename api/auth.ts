import { type NextFunction, type Request, type Response } from 'express';
import { rateLimit, type RateLimitRequestHandler } from 'express-rate-limit';
import { type ApiKeyRow, type Role, type Store } from '../store/types';
import { Problem } from './problem';

/** Who may do what: operators and approvers see everything; admins may do everything. */
const allows = (has: Role, needs: Role): boolean => has === 'admin' || needs === 'viewer' || has === needs;

/** Failed keys from one address, per minute. */
const failuresPerMinute = 60;
const failureLimiter = (): RateLimitRequestHandler => rateLimit({ windowMs: 60_000, limit: failuresPerMinute, skipSuccessfulRequests: true, standardHeaders: 'draft-8', legacyHeaders: false, requestWasSuccessful: (_req, res) => res.statusCode !== 401,
  // Behind a proxy the address is the proxy's unless TIEOUT_TRUSTED_PROXIES says otherwise; a foreign header must not make the library write to the log.
  validate: { xForwardedForHeader: false, trustProxy: false, forwardedHeader: false }, handler: (_req, _res, next) => next(new Problem(429, 'Too many failed keys; wait a minute')) });
export const authLimiter = failureLimiter();
/** Of its own, so that a page left open with an expired ticket does not shut out the API keys of the same address. */
export const ticketLimiter = failureLimiter();

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
