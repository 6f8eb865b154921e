import { createHash } from 'node:crypto';
import express, { type Request, type Response, type Router } from 'express';
import { readShopifyDelivery, verifyShopify } from '../connectors/shopify/webhook';
import { readStripeDelivery, verifyStripe } from '../connectors/stripe/webhook';
import { readXeroDelivery, verifyXero } from '../connectors/xero/webhook';
import { type InboxEntry } from '../store/types';
import { type ApiDeps, type Source } from './deps';
import { Problem, sendProblem } from './problem';

type Kind = 'shopify' | 'stripe' | 'xero';
type Headers = Record<string, string | undefined>;
type Verified = { ok: true; secretIndex: number } | { ok: false; reason: string };

/** Largest delivery that is taken, above any real order. */
const limit = '5mb';
const headersOf = (req: Request): Headers => Object.fromEntries(Object.entries(req.headers).map(([k, v]) => [k, Array.isArray(v) ? v[0] : v]));

const verifiers: Record<Kind, (body: Buffer, headers: Headers, secrets: string[]) => Verified> = { shopify: verifyShopify, stripe: verifyStripe, xero: verifyXero };

function entryOf(kind: Kind, account: string, more: { source: Source; body: Buffer; headers: Headers }): InboxEntry {
  const { source, body, headers } = more;
  const base = { pairId: source.pairId, sourceId: source.sourceId, sourceKind: kind, account, rawBody: body };
  if (kind === 'shopify') {
    const d = readShopifyDelivery(body, headers);
    return { ...base, topic: d.topic, dedupKey: d.dedupKey, deliveryId: d.deliveryId, ...(d.eventTime ? { eventTime: d.eventTime } : {}), ...(d.apiVersion ? { apiVersion: d.apiVersion } : {}), ...(d.orderId ? { orderId: d.orderId } : {}), ...(d.version ? { version: d.version } : {}) };
  }
  if (kind === 'stripe') {
    const d = readStripeDelivery(body);
    return { ...base, topic: d.topic, dedupKey: d.dedupKey, deliveryId: d.deliveryId, ...(d.eventTime ? { eventTime: d.eventTime } : {}), ...(d.orderId ? { orderId: d.orderId } : {}) };
  }
  const d = readXeroDelivery(body);
  return { ...base, topic: 'xero/events', dedupKey: d.dedupKey, deliveryId: d.deliveryId };
}

const refuse = (res: Response, status: number, title: string): void => sendProblem(res, new Problem(status, title));

async function receive(req: Request, res: Response, more: { kind: Kind; deps: ApiDeps }): Promise<void> {
  const { kind, deps } = more;
  const account = String(req.params['account']);
  const body = Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0);
  const headers = headersOf(req);
  const source = deps.sources.find(kind, account);
  const verified = verifiers[kind](body, headers, source?.secrets ?? ['nobody']);
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 16);
  if (!source) { deps.log.warn({ kind, account: account.slice(0, 60), hash }, 'delivery for an unknown account'); refuse(res, 404, 'Unknown account'); return; }
  if (!verified.ok) { deps.log.warn({ kind, account, hash, reason: verified.reason }, 'delivery refused'); if (kind === 'xero') res.status(401).end(); else refuse(res, 401, 'The signature does not fit'); return; }
  if (verified.secretIndex > 0) deps.log.info({ kind, account }, 'a delivery was signed with a retiring secret');
  const entry = entryOf(kind, account, { source, body, headers });
  if (kind === 'shopify' && entry.topic === '') { refuse(res, 400, 'X-Shopify-Topic is missing'); return; }
  if (kind === 'shopify' && headers['x-shopify-shop-domain'] !== account) { refuse(res, 400, 'X-Shopify-Shop-Domain is not the shop of this address'); return; }
  if (kind === 'xero' && readXeroDelivery(body).events.length === 0) { res.status(200).end(); return; }
  let put: { id: string; fresh: boolean };
  try {
    put = await deps.store.inbox.put(entry);
  } catch (error) {
    deps.log.error({ kind, account, hash, error: error instanceof Error ? error.message : '' }, 'delivery could not be stored');
    refuse(res, 503, 'The delivery could not be stored; send it again');
    return;
  }
  if (kind === 'xero') res.status(200).end(); else res.status(200).json({ received: true, ...(put.fresh ? {} : { duplicate: true }) });
  if (put.fresh) deps.nudge();
}

/** `POST /webhooks/<kind>/<account>`: raw bytes, signature, inbox row, 200. Nothing outside is called before the answer. */
export function webhookRoutes(deps: ApiDeps): Router {
  const router = express.Router();
  for (const kind of ['shopify', 'stripe', 'xero'] as const) {
    router.post(`/webhooks/${kind}/:account`, express.raw({ type: () => true, limit }), (req, res, next) => { receive(req, res, { kind, deps }).catch(next); });
    router.all(`/webhooks/${kind}/:account`, (_req, res) => { res.set('Allow', 'POST'); refuse(res, 405, 'Only POST'); });
  }
  return router;
}
