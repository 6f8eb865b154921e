import { createHash } from 'node:crypto';
import express, { type Request, type Response, type Router } from 'express';
import { type Delivery, type DeliveryDoor, type Headers } from '../connectors/source';
import { type InboxEntry } from '../store/types';
import { type ApiDeps, type Source } from './deps';
import { type DoorKind, doorKinds, doors } from './doors';
import { Problem, sendProblem } from './problem';

/** Largest delivery that is taken, above any real order. */
const limit = '5mb';
const headersOf = (req: Request): Headers => Object.fromEntries(Object.entries(req.headers).map(([k, v]) => [k, Array.isArray(v) ? v[0] : v]));

const entryOf = (kind: DoorKind, account: string, more: { source: Source; body: Buffer; delivery: Delivery }): InboxEntry => ({
  ...more.delivery, pairId: more.source.pairId, sourceId: more.source.sourceId, sourceKind: kind, account, rawBody: more.body,
});

const refuse = (res: Response, status: number, title: string): void => sendProblem(res, new Problem(status, title));

type Way = { kind: DoorKind; door: DeliveryDoor; deps: ApiDeps };
type Received = { body: Buffer; headers: Headers; account: string; hash: string };

/** Known account, fitting signature; else the refusal is sent and nothing is answered. */
function admit(res: Response, { kind, door, deps }: Way, { body, headers, account, hash }: Received): Source | undefined {
  const source = deps.sources.find(kind, account);
  const verified = door.verify(body, headers, source?.secrets ?? ['nobody']);
  if (!source) { deps.log.warn({ kind, account: account.slice(0, 60), hash }, 'delivery for an unknown account'); refuse(res, 404, 'Unknown account'); return undefined; }
  if (door.isPing?.(body, headers)) { deps.log.info({ kind, account }, 'a sender asked whether somebody is here'); res.status(200).json({ received: true }); return undefined; }
  if (!verified.ok) {
    deps.log.warn({ kind, account, hash, reason: verified.reason }, 'delivery refused');
    if (door.bare) res.status(401).end(); else refuse(res, 401, 'The signature does not fit');
    return undefined;
  }
  if (verified.secretIndex > 0) deps.log.info({ kind, account }, 'a delivery was signed with a retiring secret');
  return source;
}

async function receive(req: Request, res: Response, way: Way): Promise<void> {
  const { kind, door, deps } = way;
  const account = String(req.params['account']);
  const body = Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0);
  const headers = headersOf(req);
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 16);
  const source = admit(res, way, { body, headers, account, hash });
  if (!source) return;
  const delivery = door.read(body, headers, source.setup);
  const refusal = door.refusal?.(delivery, headers, account);
  if (refusal !== undefined) { refuse(res, 400, refusal); return; }
  if (door.isEmpty?.(body)) { res.status(200).end(); return; }
  let put: { id: string; fresh: boolean };
  try {
    put = await deps.store.inbox.put(entryOf(kind, account, { source, body, delivery }));
  } catch (error) {
    deps.log.error({ kind, account, hash, error: error instanceof Error ? error.message : '' }, 'delivery could not be stored');
    refuse(res, 503, 'The delivery could not be stored; send it again');
    return;
  }
  if (door.bare) res.status(200).end(); else res.status(200).json({ received: true, ...(put.fresh ? {} : { duplicate: true }) });
  if (put.fresh) deps.nudge();
}

/** `POST /webhooks/<kind>/<account>`: raw bytes, signature, inbox row, 200. Nothing outside is called before the answer. */
export function webhookRoutes(deps: ApiDeps): Router {
  const router = express.Router();
  for (const kind of doorKinds) {
    const door: DeliveryDoor = doors[kind];
    router.post(`/webhooks/${kind}/:account`, express.raw({ type: () => true, limit }), (req, res, next) => { receive(req, res, { kind, door, deps }).catch(next); });
    router.all(`/webhooks/${kind}/:account`, (_req, res) => { res.set('Allow', 'POST'); refuse(res, 405, 'Only POST'); });
  }
  return router;
}
