import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { buyerOf, parseLossless, plain, record } from '../lossless';
import { type Delivery, type DeliveryDoor, type Headers, type Identity, type Verified } from '../source';
import { gmt, unwrapOrder } from './wire';

/** `X-WC-Webhook-Signature` = base64 HMAC-SHA256 over the raw bytes with the webhook's own secret; constant time, several while they change. */
export function verifyWooCommerce(rawBody: Buffer, headers: Headers, secrets: readonly string[]): Verified {
  const given = Buffer.from(headers['x-wc-webhook-signature'] ?? '', 'base64');
  if (given.length !== 32) return { ok: false, reason: 'signature missing or malformed', code: given.length === 0 ? 'signature-missing' : 'signature-invalid' };
  const usable = secrets.map((secret, index) => ({ secret, index })).filter((s) => s.secret !== '');
  for (const { secret, index } of usable) {
    if (timingSafeEqual(given, createHmac('sha256', secret).update(rawBody).digest())) return { ok: true, secretIndex: index };
  }
  return { ok: false, reason: usable.length === 0 ? 'no secret is set for this shop' : 'signature does not fit any active secret' };
}

/** Which order a body of the REST API is, and its version; never throws. */
export function identifyWooCommerceOrder(orderText: string): Identity {
  const body = record(unwrapOrder(parseLossless(orderText)));
  const id = plain(body['id']);
  const version = gmt(plain(body['date_modified_gmt']));
  return { ...(id !== undefined && /^\d{1,30}$/.test(id) ? { orderId: id } : {}), ...(version ? { version } : {}), ...buyerOf(body['customer_id'], record(body['billing'])['email']) };
}

/**
 * What a delivery says of itself; never throws. The delivery id is new for every copy, so copies are told by topic, order, its last change and the
 * body: two changes within one second are two.
 */
export function readWooCommerceDelivery(rawBody: Buffer, headers: Headers): Delivery {
  const topic = headers['x-wc-webhook-topic'] ?? '';
  const hash = createHash('sha256').update(topic).update(rawBody).digest('hex');
  const named = topic.startsWith('order.') ? identifyWooCommerceOrder(rawBody.toString('utf8')) : {};
  const dedupKey = named.orderId !== undefined ? `${topic} ${named.orderId} ${named.version ?? ''} ${hash.slice(0, 16)}` : hash;
  return { topic, deliveryId: headers['x-wc-webhook-delivery-id'] ?? hash, dedupKey, ...named };
}

/** The door of a WooCommerce site's deliveries. Saving a webhook sends `webhook_id=<n>` unsigned: without a 200 it is not activated. */
export const woocommerceDoor: DeliveryDoor = {
  verify: verifyWooCommerce, read: readWooCommerceDelivery, coarseVersions: true,
  orderTopics: new Set(['order.created', 'order.updated', 'order.restored']),
  isPing: (rawBody, headers) => headers['x-wc-webhook-signature'] === undefined && rawBody.length < 100 && /^webhook_id=\d+$/.test(rawBody.toString('utf8')),
  refusal: ({ topic }) => (topic === '' ? 'X-WC-Webhook-Topic is missing' : undefined),
};
