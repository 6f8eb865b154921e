import { Decimal } from 'decimal.js';
import { goods, mailOf, people } from '../kit/catalogue';
import { type Json } from '../kit/json-body';
import { oneOf, randomFrom } from '../kit/random';

/** `prefix` starts the order's id. A sentinel is written into the customer's name. */
export type GenerateAsk = { count: number; seed: number; sentinel?: string | undefined; prefix: string };

const sumOf = (list: readonly Decimal[]): Decimal => list.reduce((a, b) => a.plus(b), new Decimal(0));

function order(random: () => number, ask: GenerateAsk, index: number): Json {
  const serial = ask.seed * 100_000 + index + 1;
  const id = `${ask.prefix}${serial}`;
  const included = random() < 0.3;
  const rate = new Decimal(included ? '0.2' : '0.0825');
  const start = Math.floor(random() * goods.length);
  const rows = Array.from({ length: 1 + Math.floor(random() * 3) }, (_, i) => {
    const [sku, description, price] = goods[(start + i) % goods.length] ?? goods[0];
    const [unit, quantity] = [new Decimal(price).div(100), 1 + Math.floor(random() * 3)];
    const discount = random() < 0.3 ? unit.times(quantity).times('0.1').toDecimalPlaces(2) : new Decimal(0);
    const paid = unit.times(quantity).minus(discount);
    const tax = (included ? paid.minus(paid.div(rate.plus(1))) : paid.times(rate)).toDecimalPlaces(2);
    return { line: { sku, description, quantity, unitPrice: unit.toFixed(2), discount: discount.toFixed(2), taxes: [{ name: included ? 'VAT' : 'State tax', rate: rate.toFixed(), amount: tax.toFixed(2) }] }, total: included ? paid : paid.plus(tax), tax };
  });
  const extra = random() < 0.2 ? [{ kind: 'fee', description: 'Gift wrapping', unitPrice: '2.50' }] : [];
  const shipping = new Decimal(random() < 0.7 ? '4.95' : '0');
  const total = sumOf([...rows.map((r) => r.total), shipping, new Decimal(extra.length > 0 ? '2.50' : '0')]).toFixed(2);
  const [first, last] = people[Math.floor(random() * people.length)] ?? people[0];
  const at = new Date().toISOString();
  return {
    orderId: id, orderName: `#${id}`, placedAt: at, updatedAt: at, currency: 'USD', pricesIncludeTax: included, customer: { ...(serial % 5 === 0 ? {} : { id: `C-${serial % 500}` }), name: ask.sentinel ? `${first} ${last} ${ask.sentinel}` : `${first} ${last}`, email: mailOf(first, serial) },
    billTo: { line1: `${1 + (serial % 90)} Market St`, city: 'Springfield', region: 'IL', postalCode: '62701', countryCode: 'US' }, lines: [...rows.map((r) => r.line), ...extra], ...(shipping.isZero() ? {} : { shipping: [{ title: 'Standard', net: shipping.toFixed(2) }] }),
    tax: sumOf(rows.map((r) => r.tax)).toFixed(2), total, payments: [{ id: `pay-${id}`, gateway: oneOf(random, ['stripe', 'manual', 'paypal'] as const), amount: total, paidAt: at }],
  };
}

/** Orders of a shop of somebody's own, in the shape that docs/connect-your-shop.md shows. */
export function generateOrders(ask: GenerateAsk): Json[] {
  const random = randomFrom(ask.seed + 41);
  return Array.from({ length: ask.count }, (_, index) => order(random, ask, index));
}
