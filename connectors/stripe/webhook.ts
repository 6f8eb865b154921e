import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { isLosslessNumber, parse } from 'lossless-json';
import { type Payment } from '../../canonical/sales-order';
import { type Delivery, type DeliveryDoor, type Headers, type Verified } from '../source';
import { stripeAmount } from './minor-units';
import { StripeEvent, StripePayment } from './wire';

/** Stripe's tolerance between the signed time and now, in seconds; to the future too, where only a wrong clock or a thief signs. */
const toleranceSeconds = 300;
const partsMax = 20;

/** `t=<seconds>,v1=<hex>[,v1=…]`; other schemes are not looked at, or an old one could be chosen by whoever sends. */
function readHeader(header: string): { signedAt: string; given: Buffer[] } | undefined {
  const parts = header.split(',', partsMax).map((part) => part.trim());
  const times = parts.filter((p) => p.startsWith('t='));
  const given = parts.filter((p) => /^v1=[0-9a-f]{64}$/.test(p)).map((p) => Buffer.from(p.slice(3), 'hex'));
  const signedAt = times[0]?.slice(2) ?? '';
  return times.length === 1 && /^\d{1,12}$/.test(signedAt) && given.length > 0 ? { signedAt, given } : undefined;
}

/** `Stripe-Signature`: HMAC-SHA256 over `<t>.<raw bytes>` with any active endpoint secret, constant time, within five minutes of now (https://docs.stripe.com/webhooks/signature). */
export function verifyStripe(rawBody: Buffer, headers: Headers, secrets: readonly string[]): Verified {
  const header = headers['stripe-signature'];
  if (!header) return { ok: false, reason: 'signature missing', code: 'signature-missing' };
  const read = readHeader(header);
  if (!read) return { ok: false, reason: 'signature malformed' };
  const fits = (secret: string): boolean => {
    const expected = createHmac('sha256', secret).update(`${read.signedAt}.`).update(rawBody).digest();
    return read.given.map((g) => timingSafeEqual(g, expected)).includes(true);
  };
  const secretIndex = secrets.findIndex((secret) => secret !== '' && fits(secret));
  if (secretIndex === -1) return { ok: false, reason: 'signature does not fit any active secret' };
  const ageSeconds = Math.abs(Date.now() / 1000 - Number(read.signedAt));
  return ageSeconds > toleranceSeconds ? { ok: false, reason: `signed ${Math.round(ageSeconds)} s from now`, code: 'signature-late' } : { ok: true, secretIndex };
}

export type StripeDelivery = Delivery & { payment?: Payment };

/** The keys under which shops' plugins write the order id into the payment's metadata. */
const orderIdKeys = ['order_id', 'orderId', 'shopify_order_id', 'order'];

function orderIdOf(metadata: Record<string, unknown>): string | undefined {
  for (const key of orderIdKeys) {
    const value = isLosslessNumber(metadata[key]) ? metadata[key].toString() : metadata[key];
    if (typeof value === 'string' && /^\d{1,30}$/.test(value)) return value;
  }
  return undefined;
}

/** Epoch seconds → instant; undefined for what is no time a gateway could have seen. */
const instantOf = (seconds: string): string | undefined => (/^\d{1,10}$/.test(seconds) ? new Date(Number(seconds) * 1000).toISOString() : undefined);

const paidEvents = new Set(['payment_intent.succeeded', 'charge.succeeded']);

function paymentOf(object: Record<string, unknown>, created: string): { payment?: Payment; orderId?: string } {
  const parsed = StripePayment.safeParse(object);
  if (!parsed.success) return {};
  const p = parsed.data;
  const amount = stripeAmount(p.amount_received ?? p.amount, p.currency);
  const orderId = orderIdOf(p.metadata);
  if (!amount) return { ...(orderId ? { orderId } : {}) };
  const paymentId = p.payment_intent ?? p.id;
  const card = p.payment_method_details?.card;
  const aliases = [p.id, p.latest_charge, p.balance_transaction].filter((n): n is string => n !== undefined && n !== paymentId);
  const paidAt = instantOf(p.created ?? created);
  if (paidAt === undefined) return { ...(orderId ? { orderId } : {}) };
  return { ...(orderId ? { orderId } : {}), payment: { paymentId, aliases: [...new Set(aliases)], gateway: 'stripe', amount, paidAt, ...(card ? { card: { type: card.brand.toLowerCase(), lastDigits: card.last4 } } : {}) } };
}

/** What an event says; never throws. An unreadable body still has a dedup key. */
export function readStripeDelivery(rawBody: Buffer): StripeDelivery {
  const hash = createHash('sha256').update(rawBody).digest('hex');
  let body: unknown;
  try { body = parse(rawBody.toString('utf8')); } catch { body = undefined; }
  const parsed = StripeEvent.safeParse(body);
  if (!parsed.success) return { topic: 'unreadable', deliveryId: hash, dedupKey: hash };
  const { id, type, created, data } = parsed.data;
  const eventTime = instantOf(created);
  return {
    topic: type, deliveryId: id, dedupKey: id, ...(eventTime ? { eventTime } : {}),
    ...(paidEvents.has(type) ? paymentOf(data.object, created) : {}),
  };
}

/** The door of a Stripe account's events. */
export const stripeDoor: DeliveryDoor = {
  verify: verifyStripe, paymentTopics: paidEvents,
  read: (rawBody) => { const { payment: _payment, ...delivery } = readStripeDelivery(rawBody); return delivery; },
};
