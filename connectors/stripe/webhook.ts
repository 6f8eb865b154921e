import { createHash } from 'node:crypto';
import { isLosslessNumber, parse } from 'lossless-json';
import Stripe from 'stripe';
import { type Payment } from '../../canonical/sales-order';
import { type Delivery, type DeliveryDoor, type Headers, type Verified } from '../source';
import { stripeAmount } from './minor-units';
import { StripeEvent, StripePayment } from './wire';


/** Stripe's tolerance between the signed time and now, in seconds. */
const toleranceSeconds = 300;

/** `Stripe-Signature` over `t.body` with any active endpoint secret, not older than five minutes. */
export function verifyStripe(rawBody: Buffer, headers: Headers, secrets: readonly string[]): Verified {
  const header = headers['stripe-signature'];
  if (!header) return { ok: false, reason: 'signature missing' };
  for (const [secretIndex, secret] of secrets.entries()) {
    if (secret === '') continue;
    try {
      if (Stripe.webhooks.signature?.verifyHeader(rawBody.toString('utf8'), header, secret, toleranceSeconds)) return { ok: true, secretIndex };
    } catch { continue; }
  }
  return { ok: false, reason: 'signature does not fit any active secret, or is older than five minutes' };
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

const paidEvents = new Set(['payment_intent.succeeded', 'charge.succeeded']);

function paymentOf(object: Record<string, unknown>, created: string): { payment?: Payment; orderId?: string } {
  const parsed = StripePayment.safeParse(object);
  if (!parsed.success) return {};
  const p = parsed.data;
  const amount = stripeAmount(p.amount_received ?? p.amount, p.currency);
  const orderId = orderIdOf(p.metadata);
  if (!amount) return { ...(orderId ? { orderId } : {}) };
  const paymentId = p.payment_intent ?? p.id;
  const aliases = [p.id, p.latest_charge, p.balance_transaction].filter((n): n is string => n !== undefined && n !== paymentId);
  const seconds = Number(p.created ?? created);
  return { ...(orderId ? { orderId } : {}), payment: { paymentId, aliases: [...new Set(aliases)], gateway: 'stripe', amount, paidAt: new Date(seconds * 1000).toISOString() } };
}

/** What an event says; never throws. An unreadable body still has a dedup key. */
export function readStripeDelivery(rawBody: Buffer): StripeDelivery {
  const hash = createHash('sha256').update(rawBody).digest('hex');
  let body: unknown;
  try { body = parse(rawBody.toString('utf8')); } catch { body = undefined; }
  const parsed = StripeEvent.safeParse(body);
  if (!parsed.success) return { topic: 'unreadable', deliveryId: hash, dedupKey: hash };
  const { id, type, created, data } = parsed.data;
  const seconds = Number(created);
  return {
    topic: type, deliveryId: id, dedupKey: id, ...(Number.isFinite(seconds) ? { eventTime: new Date(seconds * 1000).toISOString() } : {}),
    ...(paidEvents.has(type) ? paymentOf(data.object, created) : {}),
  };
}

/** The door of a Stripe account's events. */
export const stripeDoor: DeliveryDoor = {
  verify: verifyStripe, paymentTopics: paidEvents,
  read: (rawBody) => { const { payment: _payment, ...delivery } = readStripeDelivery(rawBody); return delivery; },
};
