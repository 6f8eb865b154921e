import fc from 'fast-check';
import { failureCatalogue, type Outcome } from '../../canonical/failure';
import { add, isNegative, moneyText, sum } from '../../canonical/money';
import { Payment, SalesOrder } from '../../canonical/sales-order';
import { translated } from '../../test/support/source-orders';

const kinds = ['shopify', 'woocommerce', 'magento', 'generic'] as const;
type Kind = (typeof kinds)[number];
const person = { first_name: 'Ann', last_name: 'Lee', email: 'a@example.org', country: 'US' };

/** One sound order of each kind: every amount that is read stands in it. */
const sound: Record<Kind, object> = {
  shopify: {
    id: 5, name: '#5', created_at: '2026-11-01T10:00:00Z', processed_at: '2026-11-01T10:00:00Z', updated_at: '2026-11-01T10:00:00Z', cancelled_at: null, currency: 'USD', taxes_included: false, test: false, financial_status: 'paid', subtotal_price: '19.00', total_tax: '2.40', total_price: '26.40', total_outstanding: '0.00', total_tip_received: '0.00', payment_gateway_names: ['manual'],
    customer: { id: 7, ...person }, refunds: [], line_items: [{ id: 1, product_id: 1, sku: 'MUG', title: 'Mug', name: 'Mug', quantity: 2, price: '10.00', gift_card: false, discount_allocations: [{ amount: '1.00' }], tax_lines: [{ title: 'VAT', rate: 0.1, price: '1.90' }] }],
    shipping_lines: [{ id: 1, title: 'Post', price: '5.00', discounted_price: '5.00', discount_allocations: [], tax_lines: [{ title: 'VAT', rate: 0.1, price: '0.50' }] }],
  },
  woocommerce: {
    id: 5, number: '5', status: 'processing', currency: 'USD', prices_include_tax: false, date_created_gmt: '2026-11-01T10:00:00', date_modified_gmt: '2026-11-01T10:00:05', date_paid_gmt: '2026-11-01T10:00:04', discount_total: '1.00', shipping_total: '5.00', total: '26.40', total_tax: '2.40', customer_id: 7, payment_method: 'stripe', transaction_id: 'ch_1', billing: person, shipping: person, refunds: [],
    tax_lines: [{ rate_id: 7, label: 'VAT', rate_percent: 10 }], line_items: [{ id: 1, name: 'Mug', product_id: 4, sku: 'MUG', quantity: 2, subtotal: '20.00', total: '19.00', total_tax: '1.90', taxes: [{ id: 7, total: '1.90' }], price: 9.5 }], shipping_lines: [{ method_title: 'Post', total: '5.00', total_tax: '0.50', taxes: [{ id: 7, total: '0.50' }] }], fee_lines: [], gift_cards: [], meta_data: [],
  },
  magento: {
    entity_id: 5, increment_id: '000005', state: 'processing', order_currency_code: 'USD', created_at: '2026-11-01 10:00:00', updated_at: '2026-11-01 10:00:05', customer_email: 'a@example.org', subtotal: 20, discount_amount: -1, shipping_amount: 5, shipping_tax_amount: 0.5, tax_amount: 2.4, grand_total: 26.4, total_paid: 26.4, total_refunded: 0, shipping_description: 'Flat',
    items: [{ item_id: 1, order_id: 5, product_type: 'simple', sku: 'MUG', name: 'Mug', qty_ordered: 2, price: 10, row_total: 20, discount_amount: 1, tax_amount: 1.9, tax_percent: 10 }], billing_address: { firstname: 'Ann', lastname: 'Lee', street: ['1 High St'], city: 'Leeds', country_id: 'GB' }, payment: { method: 'checkmo', last_trans_id: 't1' }, extension_attributes: { gift_cards_amount: 0 },
  },
  generic: {
    orderId: 'A-5', orderName: '5', placedAt: '2026-11-01T10:00:00Z', updatedAt: '2026-11-01T10:00:05Z', currency: 'USD', customer: { id: 'c1', name: 'Ann Lee', email: 'a@example.org' }, billTo: { line1: '1 High St', countryCode: 'GB' }, lines: [{ sku: 'MUG', quantity: 2, unitPrice: '10.00', discount: '1.00', taxes: [{ name: 'VAT', rate: '0.1', amount: '1.90' }] }],
    shipping: [{ title: 'Post', net: '5.00', taxes: [{ name: 'VAT', rate: '0.1', amount: '0.50' }] }], tax: '2.40', total: '26.40', refunded: '0', payments: [{ id: 'p1', gateway: 'stripe', amount: '26.40', paidAt: '2026-11-01T10:01:00Z' }],
  },
};

type Path = (string | number)[];
const pathsOf = (value: unknown, at: Path = []): Path[] => [at, ...(typeof value === 'object' && value !== null ? Object.entries(value).flatMap(([k, v]) => pathsOf(v, [...at, Array.isArray(value) ? Number(k) : k])) : [])];
/** The body as text with the value at each path written as this raw JSON, valid or not. */
function withRaw(body: object, changes: readonly { path: Path; raw: string }[]): string {
  const copy = structuredClone(body) as Record<string, unknown>;
  changes.forEach(({ path }, i) => {
    const last = path[path.length - 1];
    const holder = path.slice(0, -1).reduce<unknown>((v, k) => (typeof v === 'object' && v !== null ? (v as Record<string, unknown>)[k] : undefined), copy);
    if (last !== undefined && typeof holder === 'object' && holder !== null) (holder as Record<string, unknown>)[last] = `@${i}@`;
  });
  return changes.reduce((text, { raw }, i) => text.replace(`"@${i}@"`, () => raw), JSON.stringify(copy));
}

/** Money that is none, numbers JavaScript would round or overflow, text of other scripts, shapes of another kind. */
const raws = ['NaN', 'Infinity', '-1', '-0.01', '"-5.00"', '"NaN"', '"Infinity"', '1e400', '"1e3"', '1e3', '"0x10"', '"1,000.00"', '"1.000,00"', '"١٢"', '"$5"', '""', '" "', '"+5"', '"5."', '".5"', '"10.005"', '10.005', '0.1e-9', '9007199254740993', `"${'9'.repeat(30)}"`, '9'.repeat(400), `0.${'1'.repeat(400)}`,
  'null', 'true', 'false', '[]', '{}', '[[]]', '[null]', '[{}]', '{"__proto__":1}', '{"constructor":{"prototype":1}}', '"__proto__"', '"\\u0000"', '"\\ud800"', '"../../etc"', "\"'; drop table x;--\"", `"${'x'.repeat(5_000)}"`, '"USDUSD"', '"usd"', '"XXX"', '"JPY"', '"BHD"', '"9999-99-99"', '"+275760-09-13T00:00:00Z"', '"-271821-04-20T00:00:00Z"', '"2026-02-30T00:00:00Z"', '{"minor":"-1","currency":"USD"}', '{"minor":"1e3","currency":"USD"}'];

/** What every accepted order keeps, whatever its source wrote. */
function isSound(order: SalesOrder): void {
  expect(SalesOrder.safeParse(order).error?.issues ?? []).toEqual([]);
  const parts = [...order.lines, ...order.shipping];
  expect(moneyText(add(sum(parts.map((p) => p.net), order.currency), order.totals.tax))).toBe(moneyText(order.totals.total));
  for (const amount of [...Object.values(order.totals), ...parts.flatMap((p) => [p.net, ...p.taxes.map((t) => t.amount)])]) expect([amount, isNegative(amount)]).toEqual([amount, false]);
  expect(order.source.orderId).toMatch(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/);
}
function isNamed(outcome: Outcome<unknown>): void {
  if (outcome.ok) return;
  expect(Object.keys(failureCatalogue)).toContain(outcome.failure.code);
  expect([outcome.failure.message.length > 15, outcome.failure.fix.length > 15, (outcome.failure.value ?? '').length <= 200]).toEqual([true, true, true]);
}
async function judge(kind: Kind, text: string): Promise<Outcome<SalesOrder>> {
  const outcome = await translated(text, { kind, account: 'a' });
  isNamed(outcome);
  if (!outcome.ok) return outcome;
  isSound(outcome.value);
  for (const payment of outcome.value.payments) expect([Payment.safeParse(payment).success, isNegative(payment.amount)]).toEqual([true, false]);
  return outcome;
}

describe.each(kinds)('a hostile order of %s', (kind) => {
  const paths = pathsOf(sound[kind]).slice(1);
  it('is not this one', async () => { const outcome = await judge(kind, JSON.stringify(sound[kind])); expect(outcome.ok ? moneyText(outcome.value.totals.total) : outcome.failure).toBe('26.40'); });
  it('with any one value replaced becomes a sound order or a named failure, never a crash and never money that is none', async () => {
    for (const path of paths) {
      for (const raw of raws) {
        const text = withRaw(sound[kind], [{ path, raw }]);
        try { await judge(kind, text); } catch (error) { throw new Error(`${path.join('.')} = ${raw.slice(0, 60)}: ${error instanceof Error ? error.message : String(error)}`); }
      }
    }
  });
  it('with several values replaced, or left out, does neither', async () => {
    const change = fc.record({ path: fc.constantFrom(...paths), raw: fc.oneof(fc.constantFrom(...raws), fc.jsonValue({ maxDepth: 2 }).map((v) => JSON.stringify(v)), fc.double().map(String), fc.bigInt().map(String)) });
    await fc.assert(fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => { await judge(kind, withRaw(sound[kind], changes)); }), { numRuns: 400 });
  });
  it('never leaves a trace on our own objects', () => {
    expect([({} as Record<string, unknown>)['prototype'], Object.keys(Object.prototype)]).toEqual([undefined, []]);
  });
});
