import fc from 'fast-check';
import { add, moneyText, sum } from '../../canonical/money';
import { type SalesOrder } from '../../canonical/sales-order';
import { type Outcome } from '../../canonical/failure';
import { translated } from '../../test/support/source-orders';

const read = (text: string): ReturnType<typeof translated> => translated(text, { kind: 'woocommerce' });

const cents = (n: number): string => `${n < 0 ? '-' : ''}${Math.floor(Math.abs(n) / 100)}.${String(Math.abs(n) % 100).padStart(2, '0')}`;
type Line = { before: number; total: number; tax: number; quantity: number };
type Shape = { lines: Line[]; shipping: number; shippingTax: number; fee: number; discountFee: number; /** Goes with it, off the tax. */ discountTax?: number; giftCard: number };
const plain: Shape = { lines: [{ before: 2000, total: 1500, tax: 150, quantity: 2 }], shipping: 500, shippingTax: 50, fee: 0, discountFee: 0, giftCard: 0 };

/** A body whose totals follow WooCommerce's own arithmetic: lines without tax, gift cards off the total. */
function body({ lines, shipping, shippingTax, fee, discountFee, discountTax = 0, giftCard }: Shape, over: object = {}): string {
  const tax = lines.reduce((a, l) => a + l.tax, 0) + shippingTax - discountTax;
  const total = lines.reduce((a, l) => a + l.total, 0) + shipping + fee - discountFee + tax - giftCard;
  const taxes = (n: number): object[] => (n ? [{ id: 7, total: cents(n) }] : []);
  const feeLine = (id: number, n: number, off = 0): object[] => (n === 0 ? [] : [{ id, name: n > 0 ? 'Wrapping' : 'Loyalty', total: cents(n), total_tax: cents(-off), taxes: taxes(-off) }]);
  return JSON.stringify({
    id: '@id', number: 'WEB-12', status: 'processing', currency: 'USD', prices_include_tax: false, date_created_gmt: '2026-11-01T10:00:00', date_modified_gmt: '2026-11-01T10:00:05', date_paid_gmt: '2026-11-01T10:00:04',
    discount_total: '0.00', shipping_total: cents(shipping), total: cents(total), total_tax: cents(tax), customer_id: 5, payment_method: 'stripe', transaction_id: 'ch_1', customer_note: '',
    billing: { first_name: 'Ann', last_name: 'Lee', email: 'a@example.org', country: 'US' }, shipping: { first_name: '', last_name: '' }, refunds: [], tax_lines: tax ? [{ rate_id: 7, label: 'State &amp; city', rate_percent: 10 }] : [],
    line_items: lines.map((l, i) => ({ id: i + 1, name: 'Mug &ndash; white', product_id: 4, sku: `S${i}`, quantity: l.quantity, subtotal: cents(l.before), total: cents(l.total), total_tax: cents(l.tax), taxes: taxes(l.tax), price: 1.1 })),
    shipping_lines: shipping || shippingTax ? [{ method_title: 'Post', total: cents(shipping), total_tax: cents(shippingTax), taxes: taxes(shippingTax) }] : [],
    fee_lines: [...feeLine(90, fee), ...feeLine(91, -discountFee, discountTax)], gift_cards: giftCard ? [{ id: 3, code: 'X', amount: cents(giftCard) }] : [], meta_data: [{ id: 1, key: '_stripe_intent_id', value: 'pi_9' }], ...over,
  }).replace('"@id"', '9007199254740993');
}

const value = (outcome: Outcome<SalesOrder>): SalesOrder => { if (!outcome.ok) throw new Error(outcome.failure.message); return outcome.value; };
const order = async (shape: Shape, over: object = {}): Promise<SalesOrder> => value(await read(body(shape, over)));
const adds = (o: SalesOrder): void => {
  expect(moneyText(add(sum([...o.lines, ...o.shipping].map((l) => l.net), o.currency), o.totals.tax))).toBe(moneyText(o.totals.total));
  expect(sum([...o.lines, ...o.shipping].flatMap((l) => l.taxes.map((t) => t.amount)), o.currency)).toEqual(o.totals.tax);
};

const line = fc.record({ price: fc.integer({ min: 100, max: 50_000 }), quantity: fc.integer({ min: 1, max: 9 }), share: fc.integer({ min: 0, max: 40 }), rate: fc.integer({ min: 0, max: 20 }) })
  .map(({ price, quantity, share, rate }): Line => { const total = price * quantity - Math.floor((price * quantity * share) / 100); return { before: price * quantity, total, tax: Math.round((total * rate) / 100), quantity }; });
const shape: fc.Arbitrary<Shape> = fc.record({ lines: fc.array(line, { minLength: 1, maxLength: 5 }), shipping: fc.integer({ min: 0, max: 3000 }), shippingTax: fc.integer({ min: 0, max: 90 }), fee: fc.constantFrom(0, 350), discountFee: fc.constantFrom(0, 37), discountTax: fc.constantFrom(0, 4), giftCard: fc.constantFrom(0, 50) })
  // No tax goes with a fee that is none, nor more than the lines bear.
  .map((s) => ({ ...s, discountTax: s.discountFee > 0 && s.lines.reduce((a, l) => a + l.tax, 0) >= s.discountTax ? s.discountTax : 0 }));

describe('an order of WooCommerce becomes canonical', () => {
  it('loses no cent, with coupons, fees, negative fees, taxes and gift cards', async () => {
    await fc.assert(fc.asyncProperty(shape, async (s) => { adds(await order(s)); }));
  });
  it('parks a body whose total is off by one cent', async () => {
    await fc.assert(fc.asyncProperty(shape, async (s) => {
      const total = Math.round(Number((JSON.parse(body(s).replace('9007199254740993', '1')) as { total: string }).total) * 100);
      const outcome = await read(body(s, { total: cents(total + 1) }));
      expect(outcome.ok ? '' : outcome.failure.code).toBe('totals-do-not-add-up');
    }), { numRuns: 30 });
  });
  it('keeps the id digit by digit, decodes names once, takes UTC as UTC', async () => {
    const o = await order(plain);
    expect(o).toMatchObject({ source: { orderId: '9007199254740993', orderName: '#WEB-12' }, version: '2026-11-01T10:00:05.000Z', customer: { name: 'Ann Lee', sourceId: '5', guest: false }, paymentState: 'paid' });
    expect(o.lines[0]).toMatchObject({ description: 'Mug – white', unitPrice: '10', discount: { minor: '500' }, net: { minor: '1500' }, taxes: [{ name: 'State & city', rate: '0.1' }] });
    expect(o.shipTo).toBeUndefined();
  });
  it('takes a negative fee off the lines by their worth, as a discount', async () => {
    const o = await order({ ...plain, lines: [{ before: 1000, total: 1000, tax: 0, quantity: 1 }, { before: 500, total: 500, tax: 0, quantity: 1 }], discountFee: 100 });
    expect(o.lines.map((l) => [l.net.minor, l.discount.minor])).toEqual([['933', '67'], ['467', '33']]);
    const tooMuch = await read(body({ ...plain, shipping: 5_000, discountFee: 1_501 }));
    expect(tooMuch.ok ? {} : tooMuch.failure).toMatchObject({ code: 'totals-do-not-add-up', field: 'fee_lines' });
  });
  it('takes the tax that goes with a negative fee off the tax of the lines; where that is not clear, a person decides', async () => {
    const lines = [{ before: 1000, total: 1000, tax: 100, quantity: 1 }, { before: 500, total: 500, tax: 0, quantity: 1 }, { before: 500, total: 500, tax: 50, quantity: 1 }];
    const o = await order({ ...plain, lines, discountFee: 200, discountTax: 15 });
    adds(o);
    expect(o.lines.map((l) => [l.net.minor, l.discount.minor, l.taxes.map((t) => t.amount.minor)])).toEqual([['900', '100', ['90']], ['450', '50', []], ['450', '50', ['45']]]);
    const tooMuch = await read(body({ ...plain, discountFee: 200, discountTax: 151 }));
    const twoTaxes = await read(body({ ...plain, discountFee: 200, discountTax: 10 }, { tax_lines: [{ rate_id: 7, label: 'State', rate_percent: 5 }, { rate_id: 8, label: 'City', rate_percent: 5 }] }));
    const against = await read(body(plain, { fee_lines: [{ id: 91, name: 'Loyalty', total: '-1.00', total_tax: '0.10', taxes: [{ id: 7, total: '0.10' }] }] }));
    for (const [outcome, why] of [[tooMuch, 'more than the lines bear'], [twoTaxes, 'more than one tax'], [against, 'different ways']] as const) expect(outcome.ok ? {} : outcome.failure).toMatchObject({ code: 'totals-do-not-add-up', field: 'fee_lines', message: expect.stringContaining(why) });
  });
  it('settles the fractions of shops that round their tax once, where prices contain tax', async () => {
    const three = Array.from({ length: 3 }, (_, i) => ({ id: i + 1, name: 'Beanie', product_id: 16, sku: `B${i}`, quantity: 1, subtotal: '17.647059', total: '17.647059', subtotal_tax: '0.352941', total_tax: '0.352941', taxes: [{ id: 2, total: '0.352941' }] }));
    const o = await order({ ...plain, lines: [] }, { prices_include_tax: true, line_items: three, shipping_lines: [], total: '54.000000', total_tax: '1.06', tax_lines: [{ rate_id: 2, label: 'VAT', rate_percent: 2 }] });
    adds(o);
    expect(moneyText(o.totals.total)).toBe('54.00');
  });
  it('knows refunds, cancelled and unpaid orders, and what a status alone does not say', async () => {
    expect(await order(plain, { refunds: [{ id: 1, total: '-3.00' }, { id: 2, total: '-1.10' }] })).toMatchObject({ paymentState: 'partially-refunded', totals: { refunded: { minor: '410' } } });
    expect(await order(plain, { status: 'refunded' })).toMatchObject({ paymentState: 'refunded', totals: { refunded: { minor: '2200' } } });
    expect((await order(plain, { status: 'cancelled' })).cancelled).toEqual({ at: '2026-11-01T10:00:05.000Z', reason: 'cancelled' });
    expect((await order(plain, { date_paid_gmt: null })).paymentState).toBe('pending');
    expect((await order(plain, { customer_id: 0 })).customer.guest).toBe(true);
    expect((await order(plain, { meta_data: [{ id: 1, key: '_wcpay_mode', value: 'test' }] })).test).toBe(true);
  });
  it.each([
    ['no JSON', 'not json', 'order-unreadable', 'body'], ['a list', '[]', 'order-unreadable', 'body'], ['nothing', '{}', 'order-unreadable', 'currency'], ['NaN', body(plain, { total: 'NaN' }), 'order-unreadable', 'total'],
    ['a negative line', body(plain, { line_items: [{ id: 1, quantity: 1, subtotal: '-1', total: '-1' }] }), 'order-unreadable', 'line_items'], ['a broken instant', body(plain, { date_modified_gmt: 'now' }), 'order-unreadable', 'version'],
    ['a line of no pieces with money', body(plain, { line_items: [{ id: 1, quantity: 0, subtotal: '1', total: '1' }] }), 'order-unreadable', 'line_items'], ['money below a cent', body(plain, { total_tax: '2.005' }), 'money-invalid', undefined],
  ])('%s is named', async (_name, text, code, field) => {
    const outcome = await read(text);
    expect(outcome.ok ? {} : outcome.failure).toMatchObject({ code, ...(field ? { field } : {}) });
  });
  it('turns any JSON into an order or a named failure, never a crash', async () => {
    const wild = fc.dictionary(fc.constantFrom('id', 'line_items', 'total', 'refunds', 'gift_cards', 'billing', 'fee_lines', 'currency'), fc.jsonValue());
    await fc.assert(fc.asyncProperty(fc.oneof(fc.json(), wild.map((w) => body(plain, w))), async (text) => { const outcome = await read(text); expect(outcome.ok || outcome.failure.message.length > 0).toBe(true); }));
  });
});

describe('payments of WooCommerce', () => {
  const paid = async (over: object = {}, s: Shape = plain): Promise<unknown> => (await order(s, over)).payments.map((x) => [x.paymentId, x.gateway, moneyText(x.amount), ...x.aliases]);
  it('names a movement by the gateway, and gift cards beside it', async () => {
    expect(await paid()).toEqual([['pi_9', 'stripe', '22.00', 'woocommerce-9007199254740993', 'ch_1']]);
    expect(await paid({}, { ...plain, giftCard: 700 })).toEqual([['pi_9', 'stripe', '15.00', 'woocommerce-9007199254740993', 'ch_1'], ['woocommerce-9007199254740993-gift-card-3', 'gift_card', '7.00']]);
    expect(await paid({}, { ...plain, giftCard: 2200 })).toEqual([['woocommerce-9007199254740993-gift-card-3', 'gift_card', '22.00']]);
  });
  it('believes the payment date and no status', async () => {
    expect(await paid({ date_paid_gmt: null, payment_method: 'cod' })).toEqual([]);
    expect(await paid({ payment_method: 'bacs', transaction_id: '', meta_data: [] })).toEqual([['woocommerce-9007199254740993', 'bacs', '22.00']]);
  });
});
