import { goods, people } from '../kit/catalogue';
import { randomFrom } from '../kit/random';

export type Tender = { gateway: string; amount: string; authorization?: string };
export type Made = { id: string; text: string; tenders: Tender[]; currency: string };

const money = (n: number): string => `${n < 0 ? '-' : ''}${Math.floor(Math.abs(n) / 100)}.${String(Math.abs(n) % 100).padStart(2, '0')}`;

type Line = { id: string; sku: string; name: string; quantity: number; price: number; discount: number; tax: number };

function lines(random: () => number, included: boolean, taxed: boolean): Line[] {
  const count = 1 + Math.floor(random() * 3);
  const start = Math.floor(random() * goods.length);
  return Array.from({ length: count }, (_, i) => {
    const [sku, name, price] = goods[(start + i) % goods.length] ?? goods[0];
    const quantity = 1 + Math.floor(random() * 3);
    const discount = random() < 0.3 ? Math.floor(price * quantity * 0.1) : 0;
    const net = price * quantity - discount;
    const tax = taxed ? Math.round(included ? (net * 10) / 110 : (net * 8.25) / 100) : 0;
    return { id: String(13_000_000_000_000 + i), sku, name, quantity, price, discount, tax };
  });
}

/** A sentinel is written into the customer's name, where it reaches both ledgers. */
export type GenerateAsk = { count: number; seed: number; sentinel?: string; total?: number; prefix?: string };

function tendersOf(random: () => number, total: number): Tender[] {
  const gateway = (['stripe', 'shopify_payments', 'manual', 'stripe'] as const)[Math.floor(random() * 4)] ?? 'stripe';
  const named = (name: string, amount: number): Tender => ({ gateway: name, amount: money(amount), ...(name === 'manual' || name === 'gift_card' ? {} : { authorization: `pi_${Array.from({ length: 24 }, () => Math.floor(random() * 36).toString(36)).join('')}` }) });
  return random() < 0.12 && total > 1000 ? [named('gift_card', 1000), named(gateway, total - 1000)] : [named(gateway, total)];
}

function order(random: () => number, ask: GenerateAsk, index: number): Made {
  const included = random() < 0.15;
  const rows = lines(random, included, random() < 0.8);
  const shipping = random() < 0.7 ? 795 : 0;
  const tip = random() < 0.1 ? 300 : 0;
  const subtotal = rows.reduce((a, l) => a + l.price * l.quantity - l.discount, 0);
  const tax = rows.reduce((a, l) => a + l.tax, 0);
  const total = subtotal + shipping + tip + (included ? 0 : tax);
  const serial = ask.seed * 100_000 + index;
  const id = index % 10 === 9 ? `8209829119${String(serial).padStart(8, '0').slice(-8)}` : String(6_000_000_000_000 + serial);
  const [first, last] = people[Math.floor(random() * people.length)] ?? people[0];
  const at = new Date().toISOString();
  const tenders = tendersOf(random, total);
  const title = included ? 'VAT' : 'State tax';
  const body = {
    id: '@id', admin_graphql_api_id: `gid://shopify/Order/${id}`, name: `#${serial}`, created_at: at, processed_at: at, updated_at: at, cancelled_at: null, currency: 'USD', presentment_currency: 'USD', taxes_included: included, test: false,
    financial_status: 'paid', fulfillment_status: null, subtotal_price: money(subtotal), total_line_items_price: money(rows.reduce((a, l) => a + l.price * l.quantity, 0)), total_discounts: money(rows.reduce((a, l) => a + l.discount, 0)),
    total_tax: money(tax), total_tip_received: money(tip), total_price: money(total), total_outstanding: '0.00', payment_gateway_names: [...new Set(tenders.map((t) => t.gateway))],
    tax_lines: tax > 0 ? [{ title, rate: included ? 0.1 : 0.0825, price: money(tax), channel_liable: false }] : [],
    line_items: rows.map((l) => ({ id: `@${l.id}`, variant_id: 4, product_id: 7, sku: l.sku, title: l.name, name: l.name, quantity: l.quantity, current_quantity: l.quantity, price: money(l.price), gift_card: false, requires_shipping: true, taxable: true,
      discount_allocations: l.discount > 0 ? [{ amount: money(l.discount), discount_application_index: 0 }] : [], tax_lines: l.tax > 0 ? [{ title, rate: included ? 0.1 : 0.0825, price: money(l.tax), channel_liable: false }] : [] })),
    shipping_lines: shipping > 0 ? [{ id: 1, title: 'Standard', price: money(shipping), discounted_price: money(shipping), discount_allocations: [], tax_lines: [] }] : [], refunds: [],
    customer: { id: `@${9_000_000_000_000 + (serial % 500)}`, first_name: first, last_name: ask.sentinel ? `${last} ${ask.sentinel}` : last, email: `${first.normalize('NFKD').replace(/[^a-z]/gi, '').toLowerCase()}.${serial % 500}@example.org` },
    email: `${first.normalize('NFKD').replace(/[^a-z]/gi, '').toLowerCase()}.${serial % 500}@example.org`,
    billing_address: { first_name: first, last_name: last, address1: `${1 + (serial % 90)} Market St`, city: 'Springfield', province_code: 'IL', zip: '62701', country: 'United States', country_code: 'US' },
    shipping_address: { first_name: first, last_name: last, address1: `${1 + (serial % 90)} Market St`, city: 'Springfield', province_code: 'IL', zip: '62701', country: 'United States', country_code: 'US' },
  };
  return { id, tenders, currency: 'USD', text: JSON.stringify(body).replace('"@id"', id).replace(/"@(\d+)"/g, '$1') };
}

/** Paid orders of a small shop whose totals add up by the shop's own arithmetic; every tenth id is beyond 2^53. */
export function generateOrders(ask: GenerateAsk): Made[] {
  const random = randomFrom(ask.seed);
  return Array.from({ length: ask.count }, (_, index) => order(random, ask, index));
}
