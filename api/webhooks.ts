import { createHash } from 'node:crypto';
import express, { type Request, type Response, type Router } from 'express';
import { type Delivery, type DeliveryDoor, type Headers } from '../connectors/source';
import { type InboxEntry } from '../store/types';
import { soundDelivery } from './delivery';
import { type ApiDeps, type Source } from './deps';
import { type DoorKind, doorKinds, doors } from './doors';
import { Problem, type ProblemCode, sendProblem } from './problem';
import { createRefusals } from './refusals';

/** Largest delivery that is taken, above any real order. */
const limit = '5mb';
const headersOf = (req: Request): Headers => Object.fromEntries(Object.entries(req.headers).map(([k, v]) => [k, Array.isArray(v) ? v[0] : v]));

const entryOf = (kind: DoorKind, account: string, more: { source: Source; body: Buffer; delivery: Delivery }): InboxEntry => ({
  ...more.delivery, pairId: more.source.pairId, sourceId: more.source.sourceId, sourceKind: kind, account, rawBody: more.body,
});

const refuse = (res: Response, status: number, { title, code }: { title: string; code: ProblemCode }): void => sendProblem(res, new Problem(status, title, { code }));
const titles = { 'signature-missing': 'There is no signature', 'signature-invalid': 'The signature does not fit', 'signature-late': 'The signature is too old' } as const;
/** An account as it may be logged: strangers choose it. */
const nameable = (account: string): string => (/^[A-Za-z0-9._-]{1,60}$/.test(account) ? account : '(unreadable)');

type Way = { kind: DoorKind; door: DeliveryDoor; deps: ApiDeps; refused(fields: object, message: string): void };
type Received = { body: Buffer; headers: Headers; account: string; hash: string };

/** A stranger's body is not even read. */
function mustBeKnown(req: Request, res: Response, { kind, deps, refused }: Way): boolean {
  const account = String(req.params['account']);
  if (deps.sources.find(kind, account)) return true;
  refused({ kind, account: nameable(account) }, 'delivery for an unknown account');
  refuse(res, 404, { title: 'Unknown account', code: 'account-unknown' });
  return false;
}

/** A fitting signature; else the refusal is sent and nothing is answered. */
function admit(res: Response, { kind, door, deps, refused }: Way, { body, headers, account, hash }: Received): Source | undefined {
  const source = deps.sources.find(kind, account);
  if (!source) return undefined;
  const verified = door.verify(body, headers, source.secrets);
  if (door.isPing?.(body, headers)) { deps.log.debug({ kind, account }, 'a sender asked whether somebody is here'); res.status(200).json({ received: true }); return undefined; }
  if (!verified.ok) {
    const code = verified.code ?? 'signature-invalid';
    refused({ kind, account, hash, code, reason: verified.reason }, 'delivery refused');
    if (door.bare) res.set('X-Refusal', code).status(401).end(); else refuse(res, 401, { title: titles[code], code });
    return undefined;
  }
  if (verified.secretIndex > 0) deps.log.info({ kind, account }, 'a delivery was signed with a retiring secret');
  return source;
}

async function receive(req: Request, res: Response, way: Way): Promise<void> {
  const { kind, door, deps } = way;
  const began = performance.now();
  const account = String(req.params['account']);
  const body = Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0);
  const headers = headersOf(req);
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 16);
  const source = admit(res, way, { body, headers, account, hash });
  if (!source) return;
  // Only what is really theirs: strangers must not slow orders down.
  deps.tide.arrived();
  res.once('finish', () => deps.tide.answered(performance.now() - began));
  const read = door.read(body, headers, source.setup);
  const refusal = door.refusal?.(read, headers, account);
  if (refusal !== undefined) { way.refused({ kind, account, hash, reason: refusal }, 'delivery refused'); refuse(res, 400, { title: refusal, code: 'delivery-unfit' }); return; }
  if (door.isEmpty?.(body)) { res.status(200).end(); return; }
  const delivery = soundDelivery(read, body);
  let put: { id: string; fresh: boolean };
  try {
    put = await deps.store.inbox.put(entryOf(kind, account, { source, body, delivery }));
  } catch (error) {
    deps.log.error({ kind, account, hash, error }, 'delivery could not be stored');
    refuse(res, 503, { title: 'The delivery could not be stored; send it again', code: 'store-unavailable' });
    return;
  }
  if (door.bare) res.status(200).end(); else res.status(200).json({ received: true, ...(put.fresh ? {} : { duplicate: true }) });
  if (put.fresh) deps.nudge();
}

/**
 * `POST /webhooks/<kind>/<account>`: raw bytes, signature, inbox row, 200. Nothing outside is called before the answer. What is signed is kept whatever
 * its Content-Type says and however unreadable it is: the signature is over the bytes, and a refusal would lose them.
 */
export function webhookRoutes(deps: ApiDeps): Router {
  const router = express.Router();
  const refused = createRefusals(deps.log);
  for (const kind of doorKinds) {
    const door: DeliveryDoor = doors[kind];
    const way: Way = { kind, door, deps, refused };
    router.post(`/webhooks/${kind}/:account`, (req, res, next) => { if (mustBeKnown(req, res, way)) next(); }, express.raw({ type: () => true, limit, inflate: false }), (req, res, next) => { receive(req, res, way).catch(next); });
    router.all(`/webhooks/${kind}/:account`, (_req, res) => sendProblem(res, new Problem(405, 'Only POST', { allow: 'POST' })));
  }
  return router;
}
