/** A plain order body of our own: one line, no tax, as Shopify would send it. */
export function orderBody(over: { id: string; price?: string; quantity?: number; customer?: string; status?: string; gateway?: string }): string {
  const { id, price = '10.00', quantity = 2, customer = 'Test Person', status = 'paid', gateway = 'manual' } = over;
  const total = (Number(price) * quantity).toFixed(2);
  const [first = '', ...last] = customer.split(' ');
  const at = new Date().toISOString();
  return JSON.stringify({
    id: '@id', name: `#${id.slice(-5)}`, created_at: at, processed_at: at, updated_at: at, cancelled_at: null, currency: 'USD', taxes_included: false, test: false, financial_status: status, subtotal_price: total, total_tax: '0.00', total_price: total,
    total_outstanding: status === 'paid' ? '0.00' : total, payment_gateway_names: [gateway], shipping_lines: [], refunds: [], customer: { id: `@${id}1`, first_name: first, last_name: last.join(' '), email: `p${id}@example.org` },
    line_items: [{ id: 1, product_id: 1, sku: 'MUG-WHITE', title: 'Mug', name: 'Mug', quantity, price, discount_allocations: [], tax_lines: [], gift_card: false }],
  }).replace('"@id"', id).replace(/"@(\d+)"/g, '$1');
}
