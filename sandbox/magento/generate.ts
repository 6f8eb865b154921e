import { Decimal } from 'decimal.js';
import { goods, mailOf, people } from '../kit/catalogue';
import { type Json } from '../kit/json-body';
import { oneOf, randomFrom } from '../kit/random';
import { magentoTime } from './books';

/** `unpaid`: nothing is invoiced yet. A sentinel is written into the customer's name. */
export type GenerateAsk = { count: number; seed: number; sentinel?: string | undefined; unpaid?: boolean | undefined };
/** The order, and what its invoice captured: nothing when it waits for money or stored value covers it. */
export type Made = { order: Json; transactionId: string | undefined; due: number };

const half = Decimal.ROUND_HALF_UP;
const cents = (d: Decimal): Decimal => d.toDecimalPlaces(2, half);
const sumOf = (list: readonly Decimal[]): Decimal => list.reduce((a, b) => a.plus(b), new Decimal(0));
type Taxes = { included: boolean; parts: { code: string; percent: number }[] };
type Row = { itemId: number; sku: string; name: string; quantity: number; price: Decimal; rowTotal: Decimal; inclusive: Decimal; discount: Decimal; tax: Decimal; compensation: Decimal };

/** One row as Magento counts it: where prices contain tax, the discount does too, and its tax part is given back as compensation. */
function rowOf(item: { itemId: number; sku: string; name: string; quantity: number; price: Decimal; off: Decimal }, { included, parts }: Taxes): Row {
  const rate = sumOf(parts.map((p) => new Decimal(p.percent))).div(100);
  const gross = item.price.times(item.quantity);
  const discount = cents(gross.times(item.off));
  const rowTotal = included ? cents(gross.div(rate.plus(1))) : gross;
  const tax = included ? cents(gross.minus(discount).minus(gross.minus(discount).div(rate.plus(1)))) : cents(gross.minus(discount).times(rate));
  const fullTax = included ? gross.minus(rowTotal) : cents(gross.times(rate));
  const { off: _off, ...named } = item;
  return { ...named, rowTotal, inclusive: rowTotal.plus(fullTax), discount, tax, compensation: included ? fullTax.minus(tax) : new Decimal(0) };
}

const n = (d: Decimal): number => d.toNumber();
function itemOf(row: Row, more: { orderId: number; percent: number; type: string; parent?: number }): Json {
  return { item_id: row.itemId, order_id: more.orderId, product_type: more.type, sku: row.sku, name: row.name, qty_ordered: row.quantity, price: n(cents(row.rowTotal.div(row.quantity))), price_incl_tax: n(cents(row.inclusive.div(row.quantity))), row_total: n(row.rowTotal), row_total_incl_tax: n(row.inclusive),
    tax_amount: n(row.tax), tax_percent: more.percent, discount_amount: n(row.discount), discount_percent: 0, discount_tax_compensation_amount: n(row.compensation), ...(more.parent === undefined ? {} : { parent_item_id: more.parent }) };
}

/** How a row stands among the items: by itself, as a configurable product with its simple one, or as a bundle whose part holds the money. */
function itemsOf(row: Row, more: { orderId: number; percent: number; shape: 'simple' | 'configurable' | 'bundle' }): Json[] {
  const zero = { ...row, rowTotal: new Decimal(0), inclusive: new Decimal(0), discount: new Decimal(0), tax: new Decimal(0), compensation: new Decimal(0) };
  if (more.shape === 'configurable') return [itemOf(row, { ...more, type: 'configurable' }), itemOf({ ...zero, itemId: row.itemId + 1 }, { ...more, percent: 0, type: 'simple', parent: row.itemId })];
  if (more.shape === 'bundle') return [itemOf({ ...zero, name: `${row.name} set`, rowTotal: row.rowTotal, inclusive: row.inclusive, quantity: 1 }, { ...more, percent: 0, type: 'bundle' }), itemOf({ ...row, itemId: row.itemId + 1 }, { ...more, type: 'simple', parent: row.itemId })];
  return [itemOf(row, { ...more, type: 'simple' })];
}

/** The tax of a row by jurisdiction; the last takes the rest. */
function split(tax: Decimal, { parts }: Taxes): { code: string; percent: number; real: Decimal }[] {
  const rate = sumOf(parts.map((p) => new Decimal(p.percent)));
  const shares = parts.map((p, i) => (i === parts.length - 1 ? tax : cents(tax.times(p.percent).div(rate))));
  return parts.map((p, i) => ({ ...p, real: i === parts.length - 1 ? tax.minus(sumOf(shares.slice(0, -1))) : shares[i] ?? tax }));
}

function order(random: () => number, ask: GenerateAsk, index: number): Made {
  const id = ask.seed * 100_000 + index + 1;
  const taxes = oneOf<Taxes>(random, [{ included: false, parts: [{ code: 'US-IL', percent: 8.25 }] }, { included: true, parts: [{ code: 'VAT', percent: 20 }] }, { included: false, parts: [{ code: 'US-IL', percent: 6.25 }, { code: 'COOK', percent: 1.75 }] }, { included: false, parts: [] }]);
  const percent = n(sumOf(taxes.parts.map((p) => new Decimal(p.percent))));
  const off = new Decimal(random() < 0.3 ? '0.1' : '0');
  const start = Math.floor(random() * goods.length);
  const shapes = Array.from({ length: 1 + Math.floor(random() * 3) }, () => oneOf(random, ['simple', 'configurable', 'bundle', 'simple'] as const));
  const rows = shapes.map((_, i) => { const [sku, name, price] = goods[(start + i) % goods.length] ?? goods[0]; return rowOf({ itemId: id * 10 + i * 2, sku, name, quantity: 1 + Math.floor(random() * 3), price: new Decimal(price).div(100), off }, taxes); });
  const holders = rows.map((row, i) => (shapes[i] === 'bundle' ? row.itemId + 1 : row.itemId));
  const shipping = new Decimal(random() < 0.7 ? '7.95' : '0');
  const [subtotal, discount, tax, compensation] = [sumOf(rows.map((r) => r.rowTotal)), sumOf(rows.map((r) => r.discount)), sumOf(rows.map((r) => r.tax)), sumOf(rows.map((r) => r.compensation))];
  const full = subtotal.minus(discount).plus(shipping).plus(tax).plus(compensation);
  const card = new Decimal(random() < 0.12 && full.gt(20) ? '10' : '0');
  const total = full.minus(card);
  const method = oneOf(random, ['stripe_payments', 'checkmo', 'banktransfer'] as const);
  const transactionId = method === 'stripe_payments' ? `pi_${Array.from({ length: 24 }, () => Math.floor(random() * 36).toString(36)).join('')}-capture` : undefined;
  const [first, last] = people[Math.floor(random() * people.length)] ?? people[0];
  const surname = ask.sentinel ? `${last} ${ask.sentinel}` : last;
  const address = { firstname: first, lastname: surname, street: [`${1 + (id % 90)} Market St`], city: 'Springfield', region: 'Illinois', region_code: 'IL', postcode: '62701', country_id: 'US', telephone: '+15550100001', email: mailOf(first, id) };
  const at = magentoTime(new Date());
  const byItem = rows.map((row, i) => ({ itemId: holders[i] ?? row.itemId, tax: row.tax, parts: row.tax.isZero() ? [] : split(row.tax, taxes) })).filter((r) => r.parts.length > 0);
  const trap = random() < 0.5;
  return {
    transactionId, due: ask.unpaid ? 0 : n(total),
    order: {
      entity_id: id, increment_id: String(id).padStart(9, '0'), state: 'new', status: 'pending', created_at: at, updated_at: at, store_id: 1, store_name: 'Main Website\nMain Website Store\nDefault Store View', base_currency_code: 'USD', order_currency_code: 'USD', global_currency_code: 'USD', base_to_order_rate: 1, store_to_base_rate: 0,
      ...(id % 5 === 0 ? { customer_is_guest: 1 } : { customer_is_guest: 0, customer_id: 1 + (id % 500) }), customer_email: address.email, customer_firstname: first, customer_lastname: surname, is_virtual: 0, billing_address: { ...address, address_type: 'billing' },
      subtotal: n(subtotal), subtotal_incl_tax: n(sumOf(rows.map((r) => r.inclusive))), discount_amount: -n(discount), shipping_amount: n(shipping), shipping_incl_tax: n(shipping), shipping_tax_amount: 0, shipping_discount_amount: 0, shipping_discount_tax_compensation_amount: 0, shipping_description: 'Flat Rate - Fixed',
      tax_amount: n(tax), discount_tax_compensation_amount: n(compensation), grand_total: n(total), base_grand_total: n(total), total_due: n(total), total_qty_ordered: rows.reduce((a, r) => a + r.quantity, 0),
      items: rows.flatMap((row, i) => itemsOf(row, { orderId: id, percent, shape: shapes[i] ?? 'simple' })),
      payment: { method, amount_ordered: n(total), additional_information: [], ...(transactionId ? { last_trans_id: transactionId } : {}) }, status_histories: [],
      extension_attributes: {
        shipping_assignments: [{ shipping: { address: { ...address, address_type: 'shipping' }, method: 'flatrate_flatrate' }, items: [] }],
        applied_taxes: taxes.parts.map((p) => ({ code: p.code, title: p.code, percent: p.percent, amount: n(sumOf(byItem.flatMap((r) => r.parts.filter((x) => x.code === p.code).map((x) => x.real)))) })),
        ...(trap ? { itemized_taxes: byItem.flatMap((r) => r.parts.map((p) => ({ item_id: r.itemId, taxable_item_type: 'product', code: p.code, title: p.code, percent: p.percent, amount: n(r.tax), real_amount: n(p.real) }))) }
          : { item_applied_taxes: byItem.map((r) => ({ item_id: r.itemId, type: 'product', applied_taxes: r.parts.map((p) => ({ code: p.code, title: p.code, percent: p.percent, amount: n(p.real) })) })) }),
        ...(card.isZero() ? {} : { gift_cards: [{ id: 1, code: 'GC', amount: n(card) }], gift_cards_amount: n(card) }),
      },
    },
  };
}

/** Orders of an installation. In half of them the taxes by line repeat the whole line's tax for each jurisdiction, as some stores do. */
export function generateOrders(ask: GenerateAsk): Made[] {
  const random = randomFrom(ask.seed + 29);
  return Array.from({ length: ask.count }, (_, index) => order(random, ask, index));
}
