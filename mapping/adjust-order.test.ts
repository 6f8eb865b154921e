import fc from 'fast-check';
import { add, subtract, sum, type Money } from '../canonical/money';
import { type OrderLine, type SalesOrder } from '../canonical/sales-order';
import { takenBack } from './adjust-order';

const usd = (minor: number): Money => ({ minor: String(minor), currency: 'USD' });
const line = (lineId: string, quantity: number, more: { net: number; tax?: number }): OrderLine => ({
  lineId, kind: 'goods', sku: `SKU-${lineId}`, description: `Item ${lineId}`, quantity: String(quantity), unitPrice: '1', discount: usd(0), net: usd(more.net), taxes: more.tax ? [{ name: 'VAT', rate: '0.2', amount: usd(more.tax), collectedByMarketplace: false }] : [],
});
function order(lines: OrderLine[], freight = 0, currency = 'USD'): SalesOrder {
  const net = sum(lines.map((l) => l.net), 'USD');
  const tax = sum(lines.flatMap((l) => l.taxes.map((t) => t.amount)), 'USD');
  return { source: { kind: 'shopify', account: 'a', orderId: '1', orderName: '#1' }, version: '2026-11-01T00:00:00Z', placedAt: '2026-11-01T00:00:00Z', currency, test: false, paymentState: 'paid', pricesIncludeTax: false, customer: { name: 'Ann', guest: false }, payments: [],
    shipping: freight === 0 ? [] : [{ title: 'Post', net: usd(freight), taxes: [] }], lines, totals: { lines: net, shipping: usd(freight), tax, total: sum([net, tax, usd(freight)], 'USD'), refunded: usd(0) } };
}
const item = (lineId: string): string => `GP-${lineId}`;

describe('what an edit took off an invoiced order', () => {
  it('is the pieces that are gone, each with its own tax, and the freight', () => {
    const before = order([line('1', 3, { net: 3000, tax: 600 }), line('2', 2, { net: 1000 })], 795);
    const after = order([line('1', 1, { net: 1000, tax: 200 })], 295);
    expect(takenBack(before, after, item)).toMatchObject({ ok: true, value: { lines: [{ item: 'GP-1', quantity: '2', net: usd(2000), tax: usd(400) }, { item: 'GP-2', quantity: '2', net: usd(1000), tax: usd(0) }], freight: usd(500), total: usd(3900) } });
  });
  it('together with what is left it is always the order as it was', () => {
    const row = fc.record({ quantity: fc.integer({ min: 1, max: 50 }), left: fc.integer({ min: 0, max: 50 }), price: fc.integer({ min: 1, max: 99_999 }), tax: fc.integer({ min: 0, max: 999 }) });
    fc.assert(fc.property(fc.array(row, { minLength: 1, maxLength: 6 }), (rows) => {
      const make = (count: (r: { quantity: number; left: number }) => number): OrderLine[] => rows.flatMap((r, i) => (count(r) === 0 ? [] : [line(String(i), count(r), { net: r.price * count(r), tax: r.tax * count(r) })]));
      const [before, after] = [order(make((r) => r.quantity)), order(make((r) => Math.min(r.left, r.quantity)))];
      const taken = takenBack(before, after, item);
      if (rows.every((r) => r.left >= r.quantity)) { expect(taken.ok).toBe(false); return; }
      expect(taken.ok && add(taken.value.total, after.totals.total)).toEqual(before.totals.total);
      expect(taken.ok && taken.value.total).toEqual(subtract(before.totals.total, after.totals.total));
    }));
  });
  it.each([
    ['more pieces', order([line('1', 4, { net: 4000 })])], ['a new line', order([line('1', 3, { net: 3000 }), line('9', 1, { net: 100 })])], ['another price', order([line('1', 3, { net: 2900 })])], ['fewer pieces for more money', order([line('1', 2, { net: 3100 })])],
    ['freight alone', order([line('1', 3, { net: 3000 })], 0)], ['another currency', order([line('1', 2, { net: 2000 })], 0, 'EUR')], ['freight on top', order([line('1', 2, { net: 2000 })], 900)],
  ])('is not clear for %s: a person decides', (_what, after) => {
    expect(takenBack(order([line('1', 3, { net: 3000 })], 500), after, item)).toMatchObject({ ok: false, failure: { code: 'order-edited' } });
  });
});
