import { randomBytes } from 'node:crypto';
import { issueTicket, ticketHolds } from './codec-ticket';
import { parseKeyRing } from './key-ring';

const [a, b] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];
const ring = parseKeyRing(`k1:${a}`);
const now = new Date('2026-11-01T00:00:00Z');
const later = (seconds: number): Date => new Date(now.getTime() + seconds * 1000);

describe('codec ticket', () => {
  const ticket = issueTicket(ring, later(60));
  const [expiry = '', mac = ''] = ticket.split('.');

  it('holds until its second, and with the key of its issue anywhere in the ring', () => {
    expect(ticket).toMatch(/^1793491260\.[A-Za-z0-9_-]{43}$/);
    expect([ticketHolds(ring, ticket, now), ticketHolds(ring, ticket, later(59)), ticketHolds(ring, ticket, later(60)), ticketHolds(ring, ticket, later(9_999))]).toEqual([true, true, false, false]);
    expect(ticketHolds(parseKeyRing(`k2:${b},k1:${a}`), ticket, now)).toBe(true);
    expect(ticketHolds(parseKeyRing(`k2:${b}`), ticket, now)).toBe(false);
  });
  it.each([
    ['a longer life', `${Number(expiry) + 60}.${mac}`], ['another mac', `${expiry}.${mac.split('').reverse().join('')}`], ['no mac', `${expiry}.`], ['half a mac', ticket.slice(0, -1)], ['more', `${ticket}x`], ['a leading zero', `0${ticket}`],
    ['words', 'decode'], ['nothing', ''], ['another key', issueTicket(parseKeyRing(`k1:${b}`), later(60))], ['an endless number', `${'9'.repeat(400)}.${mac}`],
  ])('does not hold with %s', (_what, forged) => expect(ticketHolds(ring, forged, now)).toBe(false));
});
