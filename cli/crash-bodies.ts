/** One order of the crash run's own making, in the words of a shop. Amounts in cents. */
export type Body = {
  id: string; customer: { id: string; name: string }; lines: { sku: string; title: string; quantity: number; cents: number }[];
  currency: string; taxPercent: number; shippingCents: number; gateway: string; paid: boolean; createdAt: string;
  /** Stands in the total and in no line: an order that does not add up is refused. */
  wrongByCents?: number;
};

const money = (cents: number): string => (cents / 100).toFixed(2);
export const totalCents = ({ lines, taxPercent, shippingCents }: Body): number =>
  lines.reduce((sum, l) => sum + l.cents * l.quantity + Math.round((l.cents * l.quantity * taxPercent) / 100), shippingCents);

/** The order as the shop sends it; ids are printed as numbers, byte for byte. `updatedAt` is its version. */
export function bodyText(body: Body, updatedAt: string): string {
  const { id, customer, lines, currency, taxPercent, shippingCents, gateway, paid, createdAt } = body;
  const goods = lines.reduce((sum, l) => sum + l.cents * l.quantity, 0);
  const tax = (cents: number): { title: string; rate: number; price: string }[] => (taxPercent === 0 ? [] : [{ title: 'Sales tax', rate: taxPercent / 100, price: money(Math.round((cents * taxPercent) / 100)) }]);
  const total = money(totalCents(body) + (body.wrongByCents ?? 0));
  const [first = '', ...last] = customer.name.split(' ');
  return JSON.stringify({
    id: '@id', name: `#${id.slice(-7)}`, created_at: createdAt, processed_at: createdAt, updated_at: updatedAt, cancelled_at: null, currency, taxes_included: false, test: false, financial_status: paid ? 'paid' : 'pending',
    subtotal_price: money(goods), total_tax: money(totalCents(body) - goods - shippingCents), total_price: total, total_outstanding: paid ? money(body.wrongByCents ?? 0) : total, payment_gateway_names: [gateway], refunds: [],
    shipping_lines: shippingCents === 0 ? [] : [{ id: 1, title: 'Standard', price: money(shippingCents), discounted_price: money(shippingCents), discount_allocations: [], tax_lines: [] }],
    customer: { id: `@${customer.id}`, first_name: first, last_name: last.join(' '), email: `c${customer.id}@example.org` },
    line_items: lines.map((l, i) => ({ id: i + 1, product_id: 1, sku: l.sku, title: l.title, name: l.title, quantity: l.quantity, price: money(l.cents), discount_allocations: [], tax_lines: tax(l.cents * l.quantity), gift_card: false })),
  }).replace('"@id"', id).replace(/"@(\d+)"/g, '$1');
}
