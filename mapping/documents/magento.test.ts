import fc from 'fast-check';
import { add, moneyText, sum } from '../../canonical/money';
import { type SalesOrder } from '../../canonical/sales-order';
import { type Outcome } from '../../canonical/failure';
import { translated } from '../../test/support/source-orders';

type Setup = { extraTotals?: string[]; paymentsText?: string | undefined };
const read = (text: string, setup: Setup = {}): ReturnType<typeof translated> => translated(text, { kind: 'magento', ...setup });

const money = (n: number): number => Math.round(n) / 100;
type Line = { row: number; discount: number; tax: number; quantity: number };
type Shape = { lines: Line[]; shipping: number; shippingTax: number; giftCard: number; afterDiscount: boolean };
const plain: Shape = { lines: [{ row: 9800, discount: 980, tax: 882, quantity: 2 }], shipping: 500, shippingTax: 50, giftCard: 0, afterDiscount: false };

/** A body whose totals follow Magento's own arithmetic: discounts negative on the order and positive on items. */
function body({ lines, shipping, shippingTax, giftCard, afterDiscount }: Shape, over: object = {}): string {
  const [rows, discount, tax] = [lines.reduce((a, l) => a + l.row, 0), lines.reduce((a, l) => a + l.discount, 0), lines.reduce((a, l) => a + l.tax, 0) + shippingTax];
  const grand = rows - discount + shipping + tax - giftCard;
  return JSON.stringify({
    entity_id: '@id', increment_id: 'EU-000012', state: 'processing', status: 'custom', order_currency_code: 'USD', base_currency_code: 'EUR', created_at: '2026-11-01 10:00:00', updated_at: '2026-11-01 10:00:05', customer_is_guest: 1, customer_email: 'a@example.org',
    subtotal: money(rows), discount_amount: -money(discount), shipping_amount: money(shipping), shipping_tax_amount: money(shippingTax), tax_amount: money(tax), grand_total: money(grand), base_grand_total: 1, total_paid: money(grand), shipping_description: 'Flat',
    items: lines.map((l, i) => ({ item_id: i + 1, order_id: 9, product_type: 'simple', sku: `S${i}`, name: `Item ${i}`, qty_ordered: l.quantity, price: money(l.row / l.quantity), row_total: money(afterDiscount ? l.row - l.discount : l.row), discount_amount: money(l.discount), tax_amount: money(l.tax), tax_percent: 10 })),
    billing_address: { firstname: 'Ann', lastname: 'Lee', street: ['1 High St', 'Flat 2', 'Rear'], city: 'Leeds', country_id: 'GB' }, payment: { method: 'stripe_payments', last_trans_id: 'pi_77-capture' }, extension_attributes: { gift_cards_amount: money(giftCard) }, ...over,
  }).replace('"@id"', '9007199254740993');
}
const value = <T>(outcome: Outcome<T>): T => { if (!outcome.ok) throw new Error(outcome.failure.message); return outcome.value; };
const order = async (shape: Shape, over: object = {}, setup: Setup = {}): Promise<SalesOrder> => value(await read(body(shape, over), setup));
const failure = async (shape: Shape, over: object): Promise<unknown> => { const o = await read(body(shape, over)); return o.ok ? {} : o.failure; };
const adds = (o: SalesOrder): void => {
  expect(moneyText(add(sum([...o.lines, ...o.shipping].map((l) => l.net), o.currency), o.totals.tax))).toBe(moneyText(o.totals.total));
  expect(sum([...o.lines, ...o.shipping].flatMap((l) => l.taxes.map((t) => t.amount)), o.currency)).toEqual(o.totals.tax);
};
const line = fc.record({ row: fc.integer({ min: 100, max: 90_000 }), share: fc.integer({ min: 0, max: 60 }), rate: fc.integer({ min: 0, max: 25 }), quantity: fc.integer({ min: 1, max: 9 }) })
  .map(({ row, share, rate, quantity }): Line => { const discount = Math.floor((row * share) / 100); return { row, discount, tax: Math.round(((row - discount) * rate) / 100), quantity }; });
const shape: fc.Arbitrary<Shape> = fc.record({ lines: fc.array(line, { minLength: 1, maxLength: 5 }), shipping: fc.integer({ min: 0, max: 2_000 }), shippingTax: fc.integer({ min: 0, max: 80 }), giftCard: fc.constantFrom(0, 55), afterDiscount: fc.boolean() });

describe('an order of Magento becomes canonical', () => {
  it('loses no cent, whether a shop keeps row totals before or after the discount', async () => { await fc.assert(fc.asyncProperty(shape, async (s) => { adds(await order(s)); })); });
  it('parks a grand total that is off by one cent', async () => {
    await fc.assert(fc.asyncProperty(shape, async (s) => {
      const { grand_total: grand } = JSON.parse(body(s).replace('9007199254740993', '1')) as { grand_total: number };
      expect(await failure(s, { grand_total: money(grand * 100 + 1) })).toMatchObject({ code: 'totals-do-not-add-up', field: 'grand_total' });
    }), { numRuns: 30 });
  });
  it('reads order currency, UTC, state and not status, and the id digit by digit', async () => {
    expect(await order(plain)).toMatchObject({ currency: 'USD', source: { orderId: '9007199254740993', orderName: '#EU-000012' }, version: '2026-11-01T10:00:05.000Z', paymentState: 'paid', customer: { guest: true, name: 'Ann Lee' }, billTo: { line1: '1 High St', line2: 'Flat 2 Rear', countryCode: 'GB' } });
    expect((await order(plain, { state: 'canceled' })).cancelled).toEqual({ at: '2026-11-01T10:00:05.000Z' });
    expect((await order(plain, { state: 'holded' })).paymentState).toBe('pending');
    expect(await order(plain, { state: 'closed', total_refunded: 102.52 })).toMatchObject({ paymentState: 'refunded' });
    expect(await order(plain, { payment: { method: 'purchaseorder', po_number: 'PO 7' } })).toMatchObject({ terms: { name: 'purchaseorder' }, purchaseOrderNumber: 'PO 7' });
  });
  it('takes a configurable product\'s parent, a dynamic bundle\'s children and a fixed bundle\'s parent', async () => {
    const item = (id: number, over: object): object => ({ item_id: id, sku: `I${id}`, name: `I${id}`, qty_ordered: 1, row_total: 0, price: 0, tax_amount: 0, ...over });
    const items = [item(1, { product_type: 'configurable', row_total: 10, price: 10 }), item(2, { parent_item_id: 1, product_type: 'simple' }),
      item(3, { product_type: 'bundle', row_total: 30, price: 30 }), item(4, { parent_item_id: 3, row_total: 20, price: 20 }), item(5, { parent_item_id: 3, row_total: 10, price: 10 }), item(6, { product_type: 'bundle', row_total: 7, price: 7 }), item(7, { parent_item_id: 6 })];
    const o = await order({ ...plain, lines: [], shipping: 0, shippingTax: 0 }, { items, subtotal: 47, discount_amount: 0, grand_total: 47, total_paid: 47 });
    expect(o.lines.map((l) => [l.sku, l.net.minor])).toEqual([['I1', '1000'], ['I4', '2000'], ['I5', '1000'], ['I6', '700']]);
    adds(o);
  });
  it('parks an order whose rows do not make its subtotal', async () => { expect(await failure(plain, { subtotal: 160 })).toMatchObject({ code: 'totals-do-not-add-up', field: 'subtotal' }); });
  it('takes an extension\'s surcharge as a fee only where the pair names its field', async () => {
    const over = { grand_total: 107.85, total_paid: 107.85, extension_attributes: { payment_surcharge_amount: '5.3300' } };
    expect(await failure(plain, over)).toMatchObject({ code: 'totals-do-not-add-up', field: 'grand_total' });
    const o = await order(plain, over, { extraTotals: ['extension_attributes.payment_surcharge_amount'] });
    expect(o.lines[1]).toMatchObject({ kind: 'fee', description: 'payment surcharge amount', net: { minor: '533' } });
    adds(o);
  });
  it('counts gift wrapping with its tax, and the tax part of a discount where prices contain tax', async () => {
    adds(await order(plain, { grand_total: 107.42, tax_amount: 9.72, extension_attributes: { gw_items_price: '4.5000', gw_items_tax_amount: '0.4000' } }));
    const included = await order({ ...plain, lines: [] , shipping: 0, shippingTax: 0 }, { subtotal: 100, discount_amount: -11, discount_tax_compensation_amount: 1, tax_amount: 9, grand_total: 99, total_paid: 99, items: [{ item_id: 1, sku: 'A', name: 'A', qty_ordered: 1, price: 100, row_total: 100, discount_amount: 11, discount_tax_compensation_amount: 1, tax_amount: 9, tax_percent: 10 }] });
    expect(included.lines[0]).toMatchObject({ net: { minor: '9000' }, discount: { minor: '1000' }, taxes: [{ amount: { minor: '900' } }] });
    adds(included);
  });
  it('reads floats as PHP prints them at full precision', async () => {
    expect(moneyText(value(await read(body(plain).replace('"grand_total":102.52', '"grand_total":102.52000000000000455'))).totals.total)).toBe('102.52');
  });
  it.each([['no JSON', 'x', 'body'], ['nothing', '{}', 'currency'], ['a negative total', body(plain, { grand_total: -1 }), 'grand_total'], ['items that are none', body(plain, { items: {} }), 'items'], ['a broken instant', body(plain, { updated_at: '2000-01-01' }), 'version'], ['an exponent', body(plain).replace('"grand_total":102.52', '"grand_total":1e400'), 'grand_total']])('%s is named', async (_n, text, field) => {
    const o = await read(text);
    expect(o.ok ? {} : o.failure).toMatchObject({ code: 'order-unreadable', field });
  });
  it('turns any JSON into an order or a named failure, never a crash', async () => {
    const wild = fc.dictionary(fc.constantFrom('items', 'grand_total', 'extension_attributes', 'payment', 'state', 'billing_address', 'tax_amount'), fc.jsonValue());
    await fc.assert(fc.asyncProperty(fc.oneof(fc.json(), wild.map((w) => body(plain, w))), async (text) => { const o = await read(text, { extraTotals: ['a.b', '__proto__.x'] }); expect(o.ok || o.failure.message.length > 0).toBe(true); }));
  });
});

describe('the tax of one line, by jurisdiction', () => {
  type Rate = { percent: number; amount: string; real_amount?: string; title: string };
  const rate = (percent: number, amount: number, real?: number): Rate => ({ percent, amount: String(amount), title: `T${percent}`, ...(real === undefined ? {} : { real_amount: String(real) }) });
  const line = (tax: number): Shape => ({ ...plain, lines: [{ row: 10_000_000, discount: 0, tax, quantity: 1 }], shippingTax: 0 });
  const split = async (tax: number, rates: Rate[]): Promise<string[]> => (await order(line(tax), { extension_attributes: { item_applied_taxes: [{ type: 'product', item_id: 1, applied_taxes: rates }] } })).lines.flatMap((l) => l.taxes.map((t) => t.amount.minor));
  it('is not taken in by amounts that repeat the whole line\'s tax', async () => {
    expect(await split(551, [rate(6, 5.51, 4.4697), rate(1.4, 5.51, 1.0403)])).toEqual(['447', '104']);
    expect(await split(551, [rate(6, 5.51), rate(1.4, 5.51)])).toEqual(['447', '104']);
    expect(await split(551, [rate(6, 4.47), rate(1.4, 1.04)])).toEqual(['447', '104']);
  });
  it('never loses or makes a cent', async () => {
    await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 1_000_000 }), fc.array(fc.tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 500 })), { maxLength: 5 }), async (tax, rates) => {
      expect((await split(tax, rates.map(([p, a]) => rate(p, a)))).reduce((a, t) => a + Number(t), 0)).toBe(tax);
    }));
  });
});

describe('payments of Magento', () => {
  const paid = async (over: object, invoices?: object[], s: Shape = plain): Promise<unknown> => { const o = await read(body(s, over), { paymentsText: invoices && JSON.stringify({ items: invoices }).replaceAll('"@id"', '9007199254740993') }); return o.ok ? o.value.payments.map((x) => [x.paymentId, x.gateway, moneyText(x.amount)]) : o.failure; };
  it('takes each paid invoice as one movement, named by its gateway', async () => {
    const invoice = (id: number, state: number, total: number, transaction?: string): object => ({ entity_id: id, order_id: '@id', state, grand_total: total, transaction_id: transaction, created_at: '2026-11-01 11:00:00' });
    expect(await paid({}, [invoice(1, 2, 60, 'ch_1-capture'), invoice(2, 1, 10), invoice(3, 2, 42.52), invoice(4, 3, 9)])).toEqual([['ch_1', 'stripe_payments', '60.00'], ['magento-invoice-3', 'stripe_payments', '42.52']]);
    expect(await paid({}, [{ ...invoice(1, 2, 60), order_id: 5 }])).toEqual([]);
    expect(await paid({}, [{ entity_id: 'x' }])).toMatchObject({ code: 'order-unreadable' });
  });
  it('reads the order\'s own total_paid where nobody told invoices, and nothing from a held order', async () => {
    expect(await paid({})).toEqual([['pi_77', 'stripe_payments', '102.52']]);
    expect(await paid({ state: 'payment_review' })).toEqual([]);
    expect(await paid({ total_paid: null })).toEqual([]);
  });
  it('takes gift cards, store credit and points as payments', async () => {
    expect(await paid({ total_paid: 0 }, [], { ...plain, giftCard: 1000 })).toEqual([['magento-9007199254740993-gift_card', 'gift_card', '10.00']]);
  });
});
