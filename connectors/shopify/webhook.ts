import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { isLosslessNumber } from 'lossless-json';
import { buyerOf } from '../lossless';
import { type Delivery, type DeliveryDoor, type Headers, type Identity, type Verified } from '../source';
import { parseLossless, unwrapOrder } from './wire';


/** HMAC-SHA256 over the raw bytes, base64, with any of the active secrets; constant time. Shopify's signature has no timestamp: replays end at the dedup key. */
export function verifyShopify(rawBody: Buffer, headers: Headers, secrets: readonly string[]): Verified {
  const given = Buffer.from(headers['x-shopify-hmac-sha256'] ?? '', 'base64');
  if (given.length !== 32) return { ok: false, reason: 'signature missing or malformed', code: given.length === 0 ? 'signature-missing' : 'signature-invalid' };
  const usable = secrets.map((secret, index) => ({ secret, index })).filter((s) => s.secret !== '');
  for (const { secret, index } of usable) {
    if (timingSafeEqual(given, createHmac('sha256', secret).update(rawBody).digest())) return { ok: true, secretIndex: index };
  }
  return { ok: false, reason: usable.length === 0 ? 'no secret is set for this shop' : 'signature does not fit any active secret' };
}

const text = (value: unknown): string | undefined => (isLosslessNumber(value) ? value.toString() : typeof value === 'string' ? value : undefined);
const record = (value: unknown): Record<string, unknown> => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {});

function orderIdOf(topic: string, body: unknown): string | undefined {
  const top = record(unwrapOrder(body));
  const id = topic.startsWith('orders/') ? text(record(top['order_edit'])['order_id']) ?? text(top['id']) : text(top['order_id']);
  return id !== undefined && /^\d{1,30}$/.test(id) ? id : undefined;
}

/** What a delivery says of itself; never throws. The dedup key is topic + event id, else the delivery id, else a hash of topic and body. */
export function readShopifyDelivery(rawBody: Buffer, headers: Headers): Delivery {
  const topic = headers['x-shopify-topic'] ?? '';
  const hash = createHash('sha256').update(topic).update(rawBody).digest('hex');
  const event = headers['x-shopify-event-id'];
  const delivery = headers['x-shopify-webhook-id'];
  const body = parseLossless(rawBody.toString('utf8'));
  const order = record(unwrapOrder(body));
  const updated = Date.parse(text(order['updated_at']) ?? '');
  const triggered = Date.parse(headers['x-shopify-triggered-at'] ?? '');
  const orderId = orderIdOf(topic, body);
  return {
    topic, deliveryId: delivery ?? hash, dedupKey: event ? `${topic} ${event}` : delivery ?? hash,
    ...(Number.isNaN(triggered) ? {} : { eventTime: new Date(triggered).toISOString() }), ...(headers['x-shopify-api-version'] ? { apiVersion: headers['x-shopify-api-version'] } : {}),
    ...(orderId ? { orderId } : {}), ...(Number.isNaN(updated) ? {} : { version: new Date(updated).toISOString() }), ...buyerOf(record(order['customer'])['id'], order['email']),
  };
}

/** Which order a body of the Admin API is, and its version. */
export function identifyShopifyOrder(orderText: string): Identity {
  const { orderId, version, buyer } = readShopifyDelivery(Buffer.from(orderText), { 'x-shopify-topic': 'orders/updated' });
  return { ...(orderId ? { orderId } : {}), ...(version ? { version } : {}), ...(buyer ? { buyer } : {}) };
}

/** The door of a Shopify shop's deliveries. */
export const shopifyDoor: DeliveryDoor = {
  verify: verifyShopify, read: readShopifyDelivery,
  orderTopics: new Set(['orders/create', 'orders/paid', 'orders/updated', 'orders/edited', 'orders/cancelled']),
  refusal: ({ topic }, headers, account) => (topic === '' ? 'X-Shopify-Topic is missing' : headers['x-shopify-shop-domain'] !== account ? 'X-Shopify-Shop-Domain is not the shop of this address' : undefined),
};
