import fc from 'fast-check';
import { add, subtract } from '../canonical/money';
import { type OrderLine } from '../canonical/sales-order';
import { takenBack, type LineCodes } from './adjust-order';
import { codes, invoice, line, order, usd } from './invoiced-order.test-data';

describe('what an edit took off an invoiced order', () => {
  it('is the pieces that are gone, each with its own tax, and the freight', () => {
    const after = order([line('1', 1, { net: 1000, tax: 200 })], 295);
    expect(takenBack([invoice([line('1', 3, { net: 3000, tax: 600 }), line('2', 2, { net: 1000 })], { freight: 795 })], after, codes))
      .toMatchObject({ ok: true, value: { lines: [{ item: 'GP-1', quantity: '2', unit: 'EACH', net: usd(2000), tax: usd(400) }, { item: 'GP-2', quantity: '2', net: usd(1000), tax: usd(0) }], freight: usd(500), total: usd(3900) } });
  });
  it('is counted over all shipments, in the unit that GP invoiced', () => {
    const cases = { ...invoice([]), lines: [{ lineKey: '1', item: 'TEA', description: 'Tea', unit: 'CASE', quantity: '2', unitPrice: '30', net: usd(6000), tax: usd(0) }], total: usd(6000) };
    const pieces = (quantity: number, unit: { unit: string; quantity: string }): ReturnType<typeof takenBack> => takenBack([cases], order([line('1', quantity, { net: 250 * quantity })]), { 1: { item: 'TEA', unit } });
    expect(pieces(12, { unit: 'CASE', quantity: '1' })).toMatchObject({ ok: true, value: { lines: [{ item: 'TEA', unit: 'CASE', quantity: '1', unitPrice: '30' }] } });
    expect(pieces(13, { unit: 'EACH', quantity: '13' }).ok).toBe(false);
    const shipments = [invoice([line('1', 1, { net: 333 })]), invoice([line('1', 2, { net: 667 })], { freight: 500 })];
    expect(takenBack(shipments, order([line('1', 1, { net: 333 })], 500), codes)).toMatchObject({ ok: true, value: { lines: [{ quantity: '2', net: usd(667), unitPrice: '3.335' }], freight: usd(0) } });
  });
  it('together with what is left it is always what was invoiced', () => {
    const row = fc.record({ quantity: fc.integer({ min: 1, max: 50 }), left: fc.integer({ min: 0, max: 50 }), price: fc.integer({ min: 1, max: 99_999 }), tax: fc.integer({ min: 0, max: 999 }), item: fc.integer({ min: 0, max: 2 }) });
    fc.assert(fc.property(fc.array(row, { minLength: 1, maxLength: 6 }), (rows) => {
      const make = (count: (r: { quantity: number; left: number }) => number): OrderLine[] => rows.flatMap((r, i) => (count(r) === 0 ? [] : [line(String(i), count(r), { net: r.price * count(r), tax: r.tax * count(r) })]));
      // Several lines of the shop may be one item of GP.
      const items: LineCodes = Object.fromEntries(rows.map((r, i) => [String(i), { item: `GP-${r.item}` }]));
      const whole = make((r) => r.quantity);
      const invoiced = { ...invoice(whole), lines: invoice(whole).lines.map((l, i) => ({ ...l, item: items[String(i)]?.item ?? '' })) };
      const after = order(make((r) => Math.min(r.left, r.quantity)));
      const taken = takenBack([invoiced], after, items);
      if (rows.every((r) => r.left >= r.quantity)) { expect(taken.ok).toBe(false); return; }
      expect(taken.ok && add(taken.value.total, after.totals.total)).toEqual(invoiced.total);
      expect(taken.ok && taken.value.total).toEqual(subtract(invoiced.total, after.totals.total));
    }));
  });
  it.each([
    ['more pieces', order([line('1', 4, { net: 4000 })])], ['a new line', order([line('1', 3, { net: 3000 }), line('9', 1, { net: 100 })])], ['another item', order([line('1', 3, { net: 3000 }), line('2', 1, { net: 100 })])], ['another price', order([line('1', 3, { net: 2900 })])],
    ['fewer pieces for more money', order([line('1', 2, { net: 3100 })])], ['freight alone', order([line('1', 3, { net: 3000 })], 0)], ['another currency', order([line('1', 2, { net: 2000 })], 0, 'EUR')], ['freight on top', order([line('1', 2, { net: 2000 })], 900)],
  ])('is not clear for %s: a person decides', (_what, after) => {
    expect(takenBack([invoice([line('1', 3, { net: 3000 })], { freight: 500 })], after, codes)).toMatchObject({ ok: false, failure: { code: 'order-edited' } });
  });
  it.each([['a charge of its own', { misc: usd(100) }], ['a discount of its own', { tradeDiscount: usd(100) }]])('is not clear where an invoice in GP bears %s', (_what, more) => {
    expect(takenBack([invoice([line('1', 3, { net: 3000 })], more)], order([line('1', 2, { net: 2000 })]), codes)).toMatchObject({ ok: false, failure: { code: 'order-edited' } });
  });
});
