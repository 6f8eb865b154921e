import fc from 'fast-check';
import { money, type Money } from '../canonical/money';
import { type SalesOrder } from '../canonical/sales-order';
import { applySets, checkSums, diffOrders, readEdited } from './edit-order';

const usd = (text: string): Money => money(text, 'USD');
const order: SalesOrder = {
  source: { kind: 'shopify', account: 'a', orderId: '1', orderName: '#1' }, version: '2026-11-01T00:00:00Z', placedAt: '2026-11-01T00:00:00Z', currency: 'USD', test: false, paymentState: 'paid', pricesIncludeTax: false,
  customer: { name: 'Ann', guest: false, sourceId: '9' }, shipping: [], payments: [],
  lines: [{ lineId: '1', kind: 'goods', sku: 'NO-SUCH', description: 'Mug', quantity: '2', unitPrice: '10', discount: usd('0'), net: usd('20'), taxes: [{ name: 'State', rate: '0.1', amount: usd('2'), collectedByMarketplace: false }] }],
  totals: { lines: usd('20'), shipping: usd('0'), tax: usd('2'), total: usd('22'), refunded: usd('0') },
};
const value = <T>(outcome: { ok: true; value: T } | { ok: false; failure: { message: string } }): T => { if (!outcome.ok) throw new Error(outcome.failure.message); return outcome.value; };

describe('a corrected order', () => {
  it('sets fields by path, amounts as text, and tells what changed', () => {
    const edited = value(applySets(order, { 'lines[0].sku': 'MUG-WHITE', 'totals.refunded': '1.50' }));
    expect(diffOrders(order, edited)).toEqual([{ path: 'lines[0].sku', before: 'NO-SUCH', after: 'MUG-WHITE' }, { path: 'totals.refunded', before: '0.00 USD', after: '1.50 USD' }]);
    expect(order.lines[0]?.sku).toBe('NO-SUCH');
  });
  it.each([['__proto__.polluted', 'x'], ['lines[0].constructor', 'x'], ['nothing.there', 'x'], ['lines[9].sku', 'x'], ['', 'x'], ['totals.total', 'NaN'], ['totals.total', '1.005']])('refuses the path or value %s = %s by name', (path, to) => {
    const outcome = applySets(order, { [path]: to });
    expect(outcome.ok ? 'ok' : outcome.failure.field).toBe(path);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
  it('is refused when its sums differ, with the field and both amounts', () => {
    const edited = readEdited(value(applySets(order, { 'totals.total': '23.00' })));
    expect(edited).toMatchObject({ ok: false, failure: { code: 'totals-do-not-add-up', field: 'totals.total', value: '23.00' } });
  });
  it('takes or names any JSON, and never throws', () => {
    fc.assert(fc.property(fc.jsonValue(), (json) => { const read = readEdited(json); expect(read.ok || read.failure.message.length > 0).toBe(true); }));
    fc.assert(fc.property(fc.string(), fc.jsonValue(), (path, json) => { const out = applySets(order, { [path]: json }); if (out.ok) readEdited(out.value); }));
  });
  it('finds no difference between equals and every changed leaf otherwise', () => {
    fc.assert(fc.property(fc.jsonValue(), (json) => { expect(diffOrders(json, JSON.parse(JSON.stringify(json)))).toEqual([]); }));
    expect(checkSums(order)).toBeUndefined();
  });
});
