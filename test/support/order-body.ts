type Line = { sku: string; name?: string; price: string; quantity: number; discount?: string; tax?: string; left?: number };
type Over = { id: string; price?: string; quantity?: number; customer?: string; status?: string; gateway?: string; /** The buyer's id in the shop; null is a guest. */ customerId?: string | null; lines?: Line[]; freight?: string; /** Fields of the body itself. */ more?: object };

const cents = (text: string): number => Math.round(Number(text) * 100);
const text = (n: number): string => (n / 100).toFixed(2);

/** An order body of our own as Shopify would send it: one line without tax, or the given lines with what discount, tax and freight leave. */
export function orderBody(over: Over): string {
  const { id, price = '10.00', quantity = 2, customer = 'Test Person', status = 'paid', gateway = 'manual', customerId = `${over.id}1`, freight = '0' } = over;
  const lines: Line[] = over.lines ?? [{ sku: 'MUG-WHITE', name: 'Mug', price, quantity }];
  const sums = (count: (l: Line) => number): { subtotal: number; tax: number } => ({
    subtotal: lines.reduce((a, l) => a + Math.round(cents(l.price) * count(l) - (cents(l.discount ?? '0') * count(l)) / l.quantity), 0), tax: lines.reduce((a, l) => a + Math.round((cents(l.tax ?? '0') * count(l)) / l.quantity), 0),
  });
  const full = sums((l) => l.quantity);
  const left = sums((l) => l.left ?? l.quantity);
  const total = text(full.subtotal + full.tax + cents(freight));
  const [first = '', ...last] = customer.split(' ');
  const at = new Date().toISOString();
  return JSON.stringify({
    id: '@id', name: `#${id.slice(-5)}`, created_at: at, processed_at: at, updated_at: at, cancelled_at: null, currency: 'USD', taxes_included: false, test: false, financial_status: status, subtotal_price: text(full.subtotal), total_tax: text(full.tax), total_price: total,
    ...(lines.some((l) => l.left !== undefined) ? { current_subtotal_price: text(left.subtotal), current_total_tax: text(left.tax), current_total_price: text(left.subtotal + left.tax + cents(freight)) } : {}),
    total_outstanding: status === 'paid' ? '0.00' : total, payment_gateway_names: [gateway], refunds: [],
    shipping_lines: freight === '0' ? [] : [{ id: 1, title: 'Standard', price: freight, discounted_price: freight, discount_allocations: [], tax_lines: [] }],
    ...(customerId === null ? { email: `guest${id}@example.org`, billing_address: { first_name: first, last_name: last.join(' '), address1: '1 Guest Lane', city: 'Springfield' } } : { customer: { id: `@${customerId}`, first_name: first, last_name: last.join(' '), email: `p${customerId}@example.org` } }),
    line_items: lines.map((l, i) => ({ id: i + 1, product_id: 1, sku: l.sku, title: l.name ?? l.sku, name: l.name ?? l.sku, quantity: l.quantity, ...(l.left === undefined ? {} : { current_quantity: l.left }), price: l.price, gift_card: false,
      discount_allocations: l.discount ? [{ amount: l.discount }] : [], tax_lines: l.tax ? [{ title: 'State tax', rate: 0.0825, price: l.tax, channel_liable: false }] : [] })),
    ...over.more,
  }).replace('"@id"', id).replace(/"@(\d+)"/g, '$1');
}
