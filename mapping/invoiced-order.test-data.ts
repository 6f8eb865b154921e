import { type LedgerInvoice } from '../canonical/ledger';
import { sum, type Money } from '../canonical/money';
import { type OrderLine, type SalesOrder } from '../canonical/sales-order';
import { type LineCodes } from './adjust-order';

export const usd = (minor: number): Money => ({ minor: String(minor), currency: 'USD' });
export const line = (lineId: string, quantity: number, more: { net: number; tax?: number }): OrderLine => ({
  lineId, kind: 'goods', sku: `SKU-${lineId}`, description: `Item ${lineId}`, quantity: String(quantity), unitPrice: '1', discount: usd(0), net: usd(more.net), taxes: more.tax ? [{ name: 'VAT', rate: '0.2', amount: usd(more.tax), collectedByMarketplace: false }] : [],
});
export function order(lines: OrderLine[], freight = 0, currency = 'USD'): SalesOrder {
  const net = sum(lines.map((l) => l.net), 'USD');
  const tax = sum(lines.flatMap((l) => l.taxes.map((t) => t.amount)), 'USD');
  return { source: { kind: 'shopify', account: 'a', orderId: '1', orderName: '#1' }, version: '2026-11-01T00:00:00Z', placedAt: '2026-11-01T00:00:00Z', currency, test: false, paymentState: 'paid', pricesIncludeTax: false, customer: { name: 'Ann', guest: false }, payments: [],
    shipping: freight === 0 ? [] : [{ title: 'Post', net: usd(freight), taxes: [] }], lines, totals: { lines: net, shipping: usd(freight), tax, total: sum([net, tax, usd(freight)], 'USD'), refunded: usd(0) } };
}
export const codes: LineCodes = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [String(i), { item: `GP-${i}` }]));
/** What GP makes of these lines: the same items, every line with its unit. */
export const invoice = (lines: OrderLine[], { freight = 0, codes: items = codes, ...more }: { freight?: number; codes?: LineCodes } & Partial<Omit<LedgerInvoice, 'freight'>> = {}): LedgerInvoice => {
  const { totals } = order(lines, freight);
  return { number: 'INV1', orderNumber: 'WO1', date: '2026-11-02', customerNumber: 'C', currency: 'USD', rate: '1', freight: usd(freight), freightTax: usd(0), misc: usd(0), tradeDiscount: usd(0), tax: totals.tax, total: totals.total, posted: true, voided: false, changedAt: '2026-11-02T00:00:00Z',
    lines: lines.map((l, i) => ({ lineKey: String(16384 * (i + 1)), item: items[l.lineId]?.item ?? '', description: l.description, unit: 'EACH', quantity: l.quantity, unitPrice: '1', net: l.net, tax: sum(l.taxes.map((t) => t.amount), 'USD') })), ...more };
};
