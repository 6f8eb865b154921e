import fc from 'fast-check';
import { add, subtract, sum } from '../canonical/money';
import { type OrderLine } from '../canonical/sales-order';
import { takenBack, type LineCodes } from './adjust-order';
import { checkSums } from './edit-order';
import { supplementOf } from './supplement-order';
import { codes, invoice, line, order, usd } from './invoiced-order.test-data';

describe('what an edit added to an invoiced order', () => {
  it('is the pieces and items on top, each with its own tax, and the freight', () => {
    const after = order([line('1', 5, { net: 5000, tax: 1000 }), line('2', 1, { net: 700, tax: 140 })], 795);
    const found = supplementOf([invoice([line('1', 3, { net: 3000, tax: 600 })], { freight: 500 })], after, codes);
    expect(found).toMatchObject({ ok: true, value: { takesBack: false, added: { lines: [{ lineId: '1', quantity: '2', unitPrice: '10', net: usd(2000), taxes: [{ name: 'VAT', amount: usd(400) }] }, { lineId: '2', quantity: '1', net: usd(700) }], shipping: [{ title: 'Post', net: usd(295) }], totals: { total: usd(3535) } } } });
    expect(found.ok && found.value.added && checkSums(found.value.added)).toBeUndefined();
  });
  it('is counted over all shipments, and in pieces of the shop where GP counts otherwise', () => {
    const shipments = [invoice([line('1', 1, { net: 333 })]), invoice([line('1', 2, { net: 667 })], { number: 'INV2' })];
    expect(supplementOf(shipments, order([line('1', 4, { net: 1333 })]), codes)).toMatchObject({ ok: true, value: { added: { lines: [{ quantity: '1', net: usd(333), unitPrice: '3.33' }] } } });
    const cases = { ...invoice([]), lines: [{ lineKey: '1', item: 'TEA', description: 'Tea', unit: 'CASE', quantity: '2', unitPrice: '30', net: usd(6000), tax: usd(0) }], total: usd(6000) };
    expect(supplementOf([cases], order([line('1', 36, { net: 9000 })]), { 1: { item: 'TEA', unit: { unit: 'CASE', quantity: '3' } } }))
      .toMatchObject({ ok: true, value: { added: { lines: [{ quantity: '12', unitPrice: '2.5', net: usd(3000) }] }, units: { 1: { unit: 'CASE', quantity: '1', unitPrice: '30' } } } });
  });
  it('leaves what was taken off at the same time to a pure taking back', () => {
    const before = invoice([line('1', 3, { net: 3000, tax: 600 })]);
    const after = order([line('1', 1, { net: 1000, tax: 200 }), line('2', 2, { net: 900, tax: 90 })]);
    const found = supplementOf([before], after, codes);
    expect(found).toMatchObject({ ok: true, value: { takesBack: true, added: { lines: [{ lineId: '2' }], totals: { total: usd(990) } } } });
    expect(found.ok && found.value.added && takenBack([before, invoice(found.value.added.lines, { number: 'INV2' })], after, codes)).toMatchObject({ ok: true, value: { lines: [{ item: 'GP-1', quantity: '2' }], total: usd(2400) } });
  });
  it('together with what was taken off it always leads from the invoices to the order, to the cent', () => {
    const row = fc.record({ was: fc.integer({ min: 0, max: 30 }), is: fc.integer({ min: 0, max: 30 }), price: fc.integer({ min: 1, max: 99_999 }), tax: fc.integer({ min: 0, max: 999 }), item: fc.integer({ min: 0, max: 2 }) });
    fc.assert(fc.property(fc.array(row, { minLength: 1, maxLength: 6 }), fc.integer({ min: 0, max: 5 }), (rows, freight) => {
      // Several lines of the shop may be one item of GP, and then are of one price.
      const priced = rows.map((r) => ({ ...r, price: rows.find((o) => o.item === r.item)?.price ?? 1, tax: rows.find((o) => o.item === r.item)?.tax ?? 0 }));
      const make = (count: (r: { was: number; is: number }) => number): OrderLine[] => priced.flatMap((r, i) => (count(r) === 0 ? [] : [line(String(i), count(r), { net: r.price * count(r), tax: r.tax * count(r) })]));
      const items: LineCodes = Object.fromEntries(rows.map((r, i) => [String(i), { item: `GP-${r.item}` }]));
      const [whole, now] = [make((r) => r.was), make((r) => r.is)];
      fc.pre(whole.length > 0 && now.length > 0);
      const invoiced = invoice(whole, { codes: items, freight: 10 });
      const after = order(now, 10 + freight);
      const found = supplementOf([invoiced], after, items);
      const count = (of: 'was' | 'is', item: number): number => priced.filter((r) => r.item === item).reduce((a, r) => a + r[of], 0);
      const added = [0, 1, 2].some((item) => count('is', item) > count('was', item));
      if (!added && (freight > 0 || [0, 1, 2].every((item) => count('is', item) === count('was', item)))) { expect(found.ok).toBe(false); return; }
      if (!found.ok) throw new Error(found.failure.message);
      expect([found.value.added !== undefined, found.value.takesBack]).toEqual([added, [0, 1, 2].some((item) => count('is', item) < count('was', item))]);
      const extra = found.value.added;
      const invoices = extra ? [invoiced, invoice(extra.lines, { codes: items, freight: Number(extra.totals.shipping.minor), number: 'INV2' })] : [invoiced];
      const total = sum(invoices.map((i) => i.total), 'USD');
      if (!found.value.takesBack) { expect(total).toEqual(after.totals.total); return; }
      const taken = takenBack(invoices, after, items);
      expect(taken.ok && subtract(total, taken.value.total)).toEqual(after.totals.total);
      expect(extra === undefined || checkSums(extra) === undefined).toBe(true);
      expect(add(after.totals.total, usd(0))).toEqual(after.totals.total);
    }));
  });
  it.each([
    ['another price', order([line('1', 3, { net: 3100 })])], ['more pieces for less money', order([line('1', 4, { net: 2900 })])], ['freight alone', order([line('1', 3, { net: 3000 })], 900)], ['another currency', order([line('1', 4, { net: 4000 })], 500, 'EUR')],
    ['tax that nothing bears', order([{ ...line('1', 4, { net: 4000 }), taxes: [] }], 500)], ['cheaper freight and more goods, with nothing to take back it with', order([line('1', 4, { net: 4000, tax: 100 })], 100)],
  ])('is not clear for %s: a person decides', (_what, after) => {
    expect(supplementOf([invoice([line('1', 3, { net: 3000, tax: 50 })], { freight: 500 })], after, codes)).toMatchObject({ ok: false, failure: { code: 'order-edited' } });
  });
});
