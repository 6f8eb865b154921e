import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { type KeyRing } from './key-ring';

const form = /^(\d{1,12})\.([A-Za-z0-9_-]{43})$/;

function mac(key: Buffer, expiry: string): Buffer {
  const derived = Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), 'tieout/codec-ticket', 32));
  return Buffer.from(createHmac('sha256', derived).update(`codec-ticket/${expiry}`).digest('base64url'));
}

/** A ticket that lets its bearer decode payloads, `<expiry in epoch seconds>.<mac>`, for a page that cannot send an API key. */
export function issueTicket(ring: KeyRing, expiresAt: Date): string {
  const expiry = String(Math.floor(expiresAt.getTime() / 1000));
  return `${expiry}.${mac(ring.current.key, expiry).toString()}`;
}

/** Whether a key of the ring issued the ticket and it has not expired. Takes as long for a wrong one as for a right one. */
export function ticketHolds(ring: KeyRing, ticket: string, now: Date): boolean {
  const [, expiry, given] = form.exec(ticket) ?? [];
  if (expiry === undefined || given === undefined) return false;
  const known = [...ring.all.values()].map((key) => timingSafeEqual(mac(key, expiry), Buffer.from(given)));
  return known.includes(true) && Number(expiry) * 1000 > now.getTime();
}
