import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { type DeliveryDoor, type Headers, type Verified } from '../source';
import { WebhookBody } from './wire';


/** `x-xero-signature` = base64 HMAC-SHA256 over the raw bytes with the webhook key; constant time, several keys while they rotate. */
export function verifyXero(rawBody: Buffer, headers: Headers, keys: readonly string[]): Verified {
  const given = Buffer.from(headers['x-xero-signature'] ?? '', 'base64');
  if (given.length !== 32) return { ok: false, reason: 'signature missing or malformed', code: given.length === 0 ? 'signature-missing' : 'signature-invalid' };
  for (const [secretIndex, key] of keys.entries()) {
    if (key !== '' && timingSafeEqual(given, createHmac('sha256', key).update(rawBody).digest())) return { ok: true, secretIndex };
  }
  return { ok: false, reason: 'signature does not fit any active key' };
}

export type XeroDelivery = { readable: boolean; dedupKey: string; deliveryId: string; events: { resourceId: string; category: string; type: string; at: string }[]; sequence: { first: number; last: number } | undefined };

/** What a batch of events says; never throws. Resource addresses in it are never fetched. */
export function readXeroDelivery(rawBody: Buffer): XeroDelivery {
  const hash = createHash('sha256').update(rawBody).digest('hex');
  let body: unknown;
  try { body = JSON.parse(rawBody.toString('utf8')); } catch { body = undefined; }
  const parsed = WebhookBody.safeParse(body);
  if (!parsed.success) return { readable: false, dedupKey: hash, deliveryId: hash, events: [], sequence: undefined };
  const { events, firstEventSequence, lastEventSequence } = parsed.data;
  return { readable: true, dedupKey: events.length > 0 ? `${firstEventSequence}-${lastEventSequence}-${hash.slice(0, 16)}` : hash, deliveryId: hash, sequence: { first: firstEventSequence, last: lastEventSequence },
    events: events.map((e) => ({ resourceId: e.resourceId, category: e.eventCategory, type: e.eventType, at: e.eventDateUtc })) };
}

/** The door of a Xero app's events; its intent-to-receive calls carry none. */
export const xeroDoor: DeliveryDoor = {
  verify: verifyXero, bare: true, isEmpty: (rawBody) => { const { readable, events } = readXeroDelivery(rawBody); return readable && events.length === 0; },
  read: (rawBody) => { const { readable, dedupKey, deliveryId } = readXeroDelivery(rawBody); return { topic: readable ? 'xero/events' : 'unreadable', dedupKey, deliveryId }; },
};
