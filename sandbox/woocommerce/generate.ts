import { Decimal } from 'decimal.js';
import { goods, mailOf, people } from '../kit/catalogue';
import { type Json } from '../kit/json-body';
import { oneOf, randomFrom } from '../kit/random';
import { gmtText } from './amounts';

/** `unpaid`: cash on delivery, nothing paid yet. A sentinel is written into the customer's name. */
export type GenerateAsk = { count: number; seed: number; sentinel?: string | undefined; unpaid?: boolean | undefined };
const methods: Record<'cod' | 'stripe' | 'woocommerce_payments' | 'bacs', readonly [id: string, title: string]> = { cod: ['cod', 'Cash on delivery'], stripe: ['stripe', 'Credit card (Stripe)'], woocommerce_payments: ['woocommerce_payments', 'Credit card / debit card'], bacs: ['bacs', 'Direct bank transfer'] };
type Amounts = { before: Decimal; beforeTax: Decimal; net: Decimal; tax: Decimal };

/** Sites keep fractions of a cent per line; six decimals are what the API can show. */
const exact = (d: Decimal): string => d.toDecimalPlaces(6, Decimal.ROUND_HALF_UP).toFixed();
/** Where prices contain tax, a half cent of it goes down, so that price and tax never make more than was paid. */
const taxRounded = (d: Decimal, included: boolean): Decimal => d.toDecimalPlaces(2, included ? Decimal.ROUND_HALF_DOWN : Decimal.ROUND_HALF_UP);
const sumOf = (list: readonly Decimal[]): Decimal => list.reduce((a, b) => a.plus(b), new Decimal(0));

/** Price of the line before and after the coupon → without tax, exact; where prices contain tax it comes out of them. */
function amountsOf(prices: { before: Decimal; after: Decimal }, more: { rate: Decimal; included: boolean }): Amounts {
  const net = (price: Decimal): Decimal => (more.included ? price.div(more.rate.plus(1)).toDecimalPlaces(6) : price);
  const tax = (price: Decimal): Decimal => (more.included ? price.minus(net(price)) : price.times(more.rate).toDecimalPlaces(6));
  return { before: net(prices.before), beforeTax: tax(prices.before), net: net(prices.after), tax: tax(prices.after) };
}

function order(random: () => number, ask: GenerateAsk, more: { index: number; local: (at: Date) => string }): Json {
  const id = ask.seed * 100_000 + more.index + 1;
  const included = random() < 0.3;
  const rate = new Decimal(random() < 0.8 ? (included ? '0.1' : '0.0825') : '0');
  const coupon = random() < 0.25;
  const start = Math.floor(random() * goods.length);
  const rows = Array.from({ length: 1 + Math.floor(random() * 3) }, (_, i) => {
    const [sku, name, price] = goods[(start + i) % goods.length] ?? goods[0];
    const quantity = 1 + Math.floor(random() * 3);
    const before = new Decimal(price).div(100).times(quantity);
    const after = coupon ? before.minus(before.times('0.1').toDecimalPlaces(2)) : before;
    return { id: 300 + i, sku, name, quantity, ...amountsOf({ before, after }, { rate, included }) };
  });
  const shipping = new Decimal(random() < 0.7 ? '7.95' : '0');
  const fees = [...(random() < 0.15 ? [{ id: 60, name: 'Gift wrapping', total: '2.50' }] : []), ...(random() < 0.1 ? [{ id: 61, name: 'Loyal customer', total: '-1.00' }] : [])];
  const cartTax = sumOf(rows.map((r) => taxRounded(r.tax, included)));
  const full = sumOf([...rows.map((r) => r.net.toDecimalPlaces(2, Decimal.ROUND_HALF_UP)), shipping, cartTax, ...fees.map((f) => new Decimal(f.total))]);
  const card = random() < 0.12 && full.gt(20) ? '10.00' : undefined;
  const total = full.minus(card ?? '0').toFixed(2);
  const method = ask.unpaid ? methods.cod : oneOf(random, [methods.stripe, methods.woocommerce_payments, methods.bacs]);
  const reference = Array.from({ length: 24 }, () => Math.floor(random() * 36).toString(36)).join('');
  const carded = method[0] === 'stripe' || method[0] === 'woocommerce_payments';
  const [first, last] = people[Math.floor(random() * people.length)] ?? people[0];
  const surname = ask.sentinel ? `${last} ${ask.sentinel}` : last;
  const address = { first_name: first, last_name: surname, company: '', address_1: `${1 + (id % 90)} Market St`, address_2: '', city: 'Springfield', state: 'IL', postcode: '62701', country: 'US' };
  const now = new Date();
  const [local, gmt] = [more.local(now), gmtText(now)];
  const taxed = rate.gt(0);
  return {
    id, parent_id: 0, number: String(id), order_key: `wc_order_${reference.slice(0, 13)}`, created_via: 'checkout', version: '9.9.5', status: 'processing', currency: 'USD', currency_symbol: '$', date_created: local, date_created_gmt: gmt, date_modified: local, date_modified_gmt: gmt,
    discount_total: exact(sumOf(rows.map((r) => r.before.minus(r.net)))), discount_tax: exact(sumOf(rows.map((r) => r.beforeTax.minus(r.tax)))), shipping_total: shipping.toFixed(2), shipping_tax: '0.00', cart_tax: cartTax.toFixed(2), total, total_tax: cartTax.toFixed(2), prices_include_tax: included,
    customer_id: id % 5 === 0 ? 0 : 1 + (id % 500), customer_note: '', billing: { ...address, email: mailOf(first, id), phone: '+15550100001' }, shipping: address,
    payment_method: method[0], payment_method_title: method[1], transaction_id: carded ? `ch_${reference}` : '', date_paid: ask.unpaid ? null : local, date_paid_gmt: ask.unpaid ? null : gmt, date_completed: null, date_completed_gmt: null, cart_hash: '',
    meta_data: carded ? [{ id: 1, key: method[0] === 'stripe' ? '_stripe_intent_id' : '_intent_id', value: `pi_${reference}` }] : [],
    line_items: rows.map((r) => ({ id: r.id, name: r.name.replace(', ', ' &ndash; '), product_id: 50 + r.id, variation_id: 0, quantity: r.quantity, tax_class: '', subtotal: exact(r.before), subtotal_tax: exact(r.beforeTax), total: exact(r.net), total_tax: exact(r.tax), taxes: taxed ? [{ id: 2, total: exact(r.tax), subtotal: exact(r.beforeTax) }] : [], meta_data: [], sku: r.sku, price: r.net.div(r.quantity).toNumber(), parent_name: null })),
    tax_lines: taxed ? [{ id: 304, rate_code: included ? 'VAT-1' : 'US-IL-STATE-1', rate_id: 2, label: included ? 'VAT' : 'State tax', compound: false, tax_total: cartTax.toFixed(2), shipping_tax_total: '0.00', rate_percent: rate.times(100).toNumber(), meta_data: [] }] : [],
    shipping_lines: shipping.gt(0) ? [{ id: 303, method_title: 'Flat rate', method_id: 'flat_rate', instance_id: '1', total: shipping.toFixed(2), total_tax: '0.00', taxes: [], meta_data: [] }] : [],
    fee_lines: fees.map((f) => ({ ...f, tax_class: '', tax_status: 'none', amount: f.total, total_tax: '0.00', taxes: [], meta_data: [] })),
    coupon_lines: coupon ? [{ id: 305, code: 'tenoff', discount: exact(sumOf(rows.map((r) => r.before.minus(r.net)))), discount_tax: exact(sumOf(rows.map((r) => r.beforeTax.minus(r.tax)))), meta_data: [] }] : [],
    refunds: [], ...(card === undefined ? {} : { gift_cards: [{ id: 7, code: 'GC-7', amount: card }] }),
  };
}

/** Orders of a site; `local` writes an instant in its own time. */
export function generateOrders(ask: GenerateAsk, local: (at: Date) => string): Json[] {
  const random = randomFrom(ask.seed + 17);
  return Array.from({ length: ask.count }, (_, index) => order(random, ask, { index, local }));
}
