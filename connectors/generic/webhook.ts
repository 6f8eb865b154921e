import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { buyerOf, parseLossless, plain, record } from '../lossless';
import { type Delivery, type DeliveryDoor, type Headers, type Identity, type SourceSetup, type Verified } from '../source';
import { instant, OrderId } from './wire';

/** Between the signed time and now, both ways, as standardwebhooks.com recommends. */
const toleranceSeconds = 300;

/** `whsec_<base64>` or the bare base64; undefined when it is no key of at least 16 bytes. */
function keyOf(secret: string): Buffer | undefined {
  const text = secret.replace(/^whsec_/, '');
  const key = Buffer.from(text, 'base64');
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text) && key.length >= 16 ? key : undefined;
}

/**
 * Standard Webhooks: `webhook-signature` holds one or more `v1,<base64>` over `<webhook-id>.<webhook-timestamp>.<raw body>`, HMAC-SHA256 with any
 * active secret, not older or newer than five minutes.
 */
export function verifyStandardWebhook(rawBody: Buffer, headers: Headers, more: { secrets: readonly string[]; now: number }): Verified {
  const [id, timestamp, signatures] = [headers['webhook-id'], headers['webhook-timestamp'], headers['webhook-signature']];
  if (!id || !timestamp || !signatures) return { ok: false, reason: 'webhook-id, webhook-timestamp or webhook-signature is missing', code: 'signature-missing' };
  if (id.length > 200 || !/^\d{1,12}$/.test(timestamp)) return { ok: false, reason: 'webhook-id or webhook-timestamp is malformed' };
  const given = signatures.split(' ').slice(0, 20).filter((s) => s.startsWith('v1,')).map((s) => Buffer.from(s.slice(3), 'base64')).filter((s) => s.length === 32);
  const keys = more.secrets.flatMap((secret, index) => { const key = keyOf(secret); return key ? [{ key, index }] : []; });
  if (keys.length === 0) return { ok: false, reason: 'no usable secret is set for this source (whsec_ and base64 of at least 16 bytes)' };
  for (const { key, index } of keys) {
    const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(rawBody).digest();
    if (!given.some((g) => timingSafeEqual(g, expected))) continue;
    return Math.abs(more.now / 1000 - Number(timestamp)) > toleranceSeconds ? { ok: false, reason: 'signed more than five minutes ago or ahead', code: 'signature-late' } : { ok: true, secretIndex: index };
  }
  return { ok: false, reason: 'signature does not fit any active secret' };
}

/** A value of the body at `data.order.id`; list places are numbers. */
function at(body: unknown, path: string | undefined): unknown {
  if (path === undefined) return undefined;
  return path.split('.').reduce<unknown>((value, key) => (Array.isArray(value) ? value[Number(key)] : Object.hasOwn(record(value), key) ? record(value)[key] : undefined), body);
}

/** Which order a body is, by the paths of the pair (the plain order needs none, and names its buyer); never throws. */
export function identifyGeneric(text: string, { paths }: SourceSetup): Identity {
  const body = parseLossless(text);
  const id = OrderId.safeParse(at(body, paths?.orderId ?? 'orderId'));
  const version = instant(plain(at(body, paths ? paths.version : 'updatedAt')));
  const who = paths ? {} : record(record(body)['customer']);
  return { ...(id.success ? { orderId: id.data } : {}), ...(version ? { version } : {}), ...buyerOf(who['id'], who['sourceId'], who['email']) };
}

/** What a delivery says of itself; never throws. One `webhook-id` is one event; without a version of its own an order is as new as its delivery. */
export function readGenericDelivery(rawBody: Buffer, headers: Headers, setup: SourceSetup): Delivery {
  const text = rawBody.toString('utf8');
  const id = headers['webhook-id'] ?? createHash('sha256').update(rawBody).digest('hex');
  const sent = instant(headers['webhook-timestamp']);
  const named = identifyGeneric(text, setup);
  const topic = plain(at(parseLossless(text), setup.paths?.topic ?? 'type'))?.slice(0, 100) ?? 'order';
  const version = named.version ?? sent;
  return { topic, deliveryId: id, dedupKey: id, ...(sent ? { eventTime: sent } : {}), ...(named.orderId ? { orderId: named.orderId } : {}), ...(version ? { version } : {}), ...(named.buyer ? { buyer: named.buyer } : {}) };
}

/** The door of any system that signs as Standard Webhooks does. Every event that names an order is a reason to look at it. */
export const genericDoor: DeliveryDoor = {
  verify: (rawBody, headers, secrets) => verifyStandardWebhook(rawBody, headers, { secrets, now: Date.now() }),
  read: readGenericDelivery, coarseVersions: true, orderTopics: 'all',
};
