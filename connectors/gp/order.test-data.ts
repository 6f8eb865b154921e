import { type LedgerInvoice } from '../../canonical/ledger';
import { money, sum, type Money } from '../../canonical/money';
import { type OrderLine, type SalesOrder, type TaxAmount } from '../../canonical/sales-order';

export const tax = (amount: Money, more: Partial<TaxAmount> = {}): TaxAmount => ({ name: 'State tax', rate: '0.1', amount, collectedByMarketplace: false, ...more });

export function line(over: Partial<OrderLine> & { lineId: string }, currency = 'USD'): OrderLine {
  return { kind: 'goods', sku: 'TSHIRT-BLK-M', description: 'T-shirt, black', quantity: '2', unitPrice: '10', discount: money('0', currency), net: money('20', currency), taxes: [tax(money('2', currency))], ...over };
}

/** An order whose totals add up by construction. */
export function orderOf(lines: OrderLine[], over: Partial<SalesOrder> = {}): SalesOrder {
  const currency = over.currency ?? 'USD';
  const shipping = over.shipping ?? [{ title: 'Post', net: money('5', currency), taxes: [tax(money('1', currency))] }];
  const taxes = [...lines, ...shipping].flatMap((part) => part.taxes.map((t) => t.amount));
  const totals = { lines: sum(lines.map((l) => l.net), currency), shipping: sum(shipping.map((s) => s.net), currency), tax: sum(taxes, currency) };
  return {
    source: { kind: 'shopify', account: 'shop', orderId: '1001', orderName: '#1001' }, version: '2026-11-02T10:00:00Z', placedAt: '2026-11-02T10:00:00Z', currency, test: false, paymentState: 'paid',
    pricesIncludeTax: false, customer: { name: 'Ada Lovelace', guest: false, phone: '+1 555 0100' }, billTo: { name: 'Ada Lovelace', line1: '1 Main St', city: 'Springfield', region: 'IL', postalCode: '62701', country: 'United States' },
    lines, shipping, payments: [], totals: { ...totals, total: sum([totals.lines, totals.shipping, totals.tax], currency), refunded: money('0', currency) }, ...over,
  };
}

/** A posted invoice of two lines (one no item of stock) with freight and taxes. */
export function invoiceOf(over: Partial<LedgerInvoice> = {}): LedgerInvoice {
  const usd = (text: string): Money => money(text, 'USD');
  return {
    number: 'STDINV0001001', orderNumber: 'WO000001001', date: '2026-11-02', customerNumber: 'WEB000001', currency: 'USD', rate: '1', freight: usd('5'), freightTax: usd('1'), misc: usd('0'), tradeDiscount: usd('0'), tax: usd('2'), total: usd('31'),
    lines: [{ lineKey: '16384', item: 'TSHIRT-BLK-M', description: 'T-shirt', quantity: '3', unitPrice: '6.66667', net: usd('20'), tax: usd('2') }, { lineKey: '32768', item: 'WEB-TIP', description: 'Tip', quantity: '1', unitPrice: '3', net: usd('3'), tax: usd('0') }],
    posted: true, voided: false, changedAt: '2026-11-02T00:00:00Z', ...over,
  };
}
