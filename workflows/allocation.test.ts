import fc from 'fast-check';
import { allocatePayments, minorText } from './allocation';

const opens = (prefix: string): fc.Arbitrary<{ id: string; minor: string }[]> =>
  fc.array(fc.bigInt({ min: 0n, max: 10_000_000n }), { maxLength: 6 }).map((list) => list.map((n, i) => ({ id: `${prefix}${i}`, minor: n.toString() })));
const total = (list: readonly { minor: string }[]): bigint => list.reduce((sum, p) => sum + BigInt(p.minor), 0n);

describe('allocatePayments', () => {
  it('settles the oldest invoice first and carries the rest over', () => {
    expect(allocatePayments([{ id: 'A', minor: '600' }, { id: 'B', minor: '500' }], [{ id: 'p', minor: '1000' }, { id: 'q', minor: '100' }])).toEqual([
      { paymentId: 'p', invoice: 'A', minor: '600' }, { paymentId: 'p', invoice: 'B', minor: '400' }, { paymentId: 'q', invoice: 'B', minor: '100' },
    ]);
  });

  it('never allocates more than an invoice or a payment holds, and as much as both allow', () => {
    fc.assert(fc.property(opens('i'), opens('p'), (invoices, payments) => {
      const parts = allocatePayments(invoices, payments);
      for (const i of invoices) expect(total(parts.filter((a) => a.invoice === i.id)) <= BigInt(i.minor)).toBe(true);
      for (const p of payments) expect(total(parts.filter((a) => a.paymentId === p.id)) <= BigInt(p.minor)).toBe(true);
      const [owed, paid] = [total(invoices), total(payments)];
      expect(total(parts)).toBe(owed < paid ? owed : paid);
    }));
  });

  it('keeps what it said about earlier invoices when later ones arrive', () => {
    fc.assert(fc.property(opens('i'), opens('p'), fc.nat(6), (invoices, payments, n) => {
      const before = allocatePayments(invoices.slice(0, n), payments);
      expect(allocatePayments(invoices, payments).slice(0, before.length)).toEqual(before);
    }));
  });
});

describe('minorText', () => {
  it.each([['39800', 2, '398.00'], ['-5', 2, '-0.05'], ['500', 0, '500'], ['1234', 3, '1.234'], ['0', 2, '0.00']])('%s with %i decimals is %s', (minor, exponent, text) => {
    expect(minorText(minor, exponent)).toBe(text);
  });
});
