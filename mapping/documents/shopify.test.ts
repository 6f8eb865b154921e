import fc from 'fast-check';
import { add, moneyText, sum } from '../../canonical/money';
import { translated } from '../../test/support/source-orders';

const read = (text: string, paymentsText?: string): ReturnType<typeof translated> => translated(text, { kind: 'shopify', paymentsText });

const cents = (n: number): string => `${n < 0 ? '-' : ''}${Math.floor(Math.abs(n) / 100)}.${String(Math.abs(n) % 100).padStart(2, '0')}`;
type Line = { price: number; quantity: number; discount: number; tax: number };
type Shape = { lines: Line[]; shipping: number; shippingTax: number; tip: number; included: boolean };

/** A body whose stated totals follow Shopify's own arithmetic. */
function body({ lines, shipping, shippingTax, tip, included }: Shape, over: object = {}): string {
  const net = lines.map((l) => l.price * l.quantity - l.discount);
  const subtotal = net.reduce((a, b) => a + b, 0);
  const tax = lines.reduce((a, l) => a + l.tax, 0) + shippingTax;
  const order = {
    id: 'ID', name: '#1', created_at: '2026-11-01T10:00:00+02:00', updated_at: '2026-11-01T10:00:00+02:00', currency: 'USD', taxes_included: included, financial_status: 'paid', test: false,
    subtotal_price: cents(subtotal), total_tax: cents(tax), total_price: cents(subtotal + shipping + tip + (included ? 0 : tax)), total_tip_received: cents(tip), payment_gateway_names: ['stripe'],
    line_items: lines.map((l, i) => ({ id: i + 1, sku: `S${i}`, product_id: 1, name: `Line ${i}`, quantity: l.quantity, price: cents(l.price), discount_allocations: l.discount ? [{ amount: cents(l.discount) }] : [],
      tax_lines: l.tax ? [{ title: 'VAT', rate: 0.1, price: cents(l.tax) }] : [] })),
    shipping_lines: shipping || shippingTax ? [{ title: 'Post', price: cents(shipping), discounted_price: cents(shipping), tax_lines: shippingTax ? [{ title: 'VAT', rate: 0.1, price: cents(shippingTax) }] : [] }] : [], ...over,
  };
  return JSON.stringify(order).replace('"ID"', '820982911946154508');
}

const line = fc.record({ price: fc.integer({ min: 1, max: 500_00 }), quantity: fc.integer({ min: 1, max: 20 }), share: fc.integer({ min: 0, max: 50 }), rate: fc.integer({ min: 0, max: 20 }) })
  .map(({ price, quantity, share, rate }) => {
    const discount = Math.floor((price * quantity * share) / 100);
    return { price, quantity, discount, tax: Math.round(((price * quantity - discount) * rate) / 120) };
  });
const shape: fc.Arbitrary<Shape> = fc.record({ lines: fc.array(line, { minLength: 1, maxLength: 6 }), shipping: fc.integer({ min: 100, max: 3000 }), shippingTax: fc.integer({ min: 0, max: 90 }), tip: fc.constantFrom(0, 450), included: fc.boolean() });

describe('an order of Shopify becomes canonical', () => {
  it('loses no cent: nets, shipping, tips and taxes are the total', async () => {
    await fc.assert(fc.asyncProperty(shape, async (s) => {
      const outcome = await read(body(s));
      if (!outcome.ok) throw new Error(outcome.failure.message);
      const { lines, shipping, totals } = outcome.value;
      expect(moneyText(add(sum([...lines, ...shipping].map((l) => l.net), 'USD'), totals.tax))).toBe(moneyText(totals.total));
    }));
  });

  it('parks a body whose total is off by one cent, naming the terms', async () => {
    await fc.assert(fc.asyncProperty(shape, async (s) => {
      const order = JSON.parse(body(s)) as { total_price: string };
      const text = body(s, { total_price: cents(Math.round(Number(order.total_price) * 100) + 1) });
      const outcome = await read(text);
      expect(outcome.ok ? '' : outcome.failure.code).toBe('totals-do-not-add-up');
      expect(outcome.ok ? '' : outcome.failure.message).toContain('difference 0.01');
    }), { numRuns: 30 });
  });

  it('keeps an id beyond 2^53 digit by digit', async () => {
    const outcome = await read(body({ lines: [{ price: 100, quantity: 1, discount: 0, tax: 0 }], shipping: 0, shippingTax: 0, tip: 0, included: false }));
    expect(outcome.ok && outcome.value.source.orderId).toBe('820982911946154508');
    expect(outcome.ok && outcome.value.version).toBe('2026-11-01T08:00:00.000Z');
  });

  const plain = { lines: [{ price: 100, quantity: 1, discount: 0, tax: 0 }], shipping: 0, shippingTax: 0, tip: 0, included: false };
  it.each([
    ['no JSON', 'not json', 'order-unreadable', 'body'],
    ['an empty object', '{}', 'order-unreadable', 'currency'],
    ['NaN money', body(plain, { total_price: 'NaN' }), 'order-unreadable', 'total_price'],
    ['a negative price', body(plain, { subtotal_price: '-1.00' }), 'order-unreadable', 'subtotal_price'],
    ['a broken instant', body(plain, { updated_at: 'yesterday' }), 'order-unreadable', 'version'],
    ['lines that are none', body(plain, { line_items: 'x' }), 'order-unreadable', 'lines'],
    ['a lower-case currency', body(plain, { currency: 'usd' }), 'order-unreadable', 'currency'],
  ])('%s is named', async (_name, text, code, field) => {
    const outcome = await read(text);
    expect(outcome.ok ? {} : outcome.failure).toMatchObject({ code, field });
  });

  it('turns any JSON into an order or a named failure, never a crash', async () => {
    await fc.assert(fc.asyncProperty(fc.json(), async (text) => {
      const outcome = await read(text);
      expect(outcome.ok || outcome.failure.message.length > 0).toBe(true);
    }));
  });
});
