import { moneyText } from '../canonical/money';
import { type OrderLine, type SalesOrder } from '../canonical/sales-order';
import { type Pair } from './pair';

/** Foreign units per base unit, the same in both ledgers; "1" where the order is in the pair's own currency, or no rate is known. */
export const rateOf = (order: Pick<SalesOrder, 'currency'>, pair: Pair): string => (order.currency === pair.baseCurrency ? '1' : pair.rates[order.currency]?.rate ?? '1');

/**
 * A tax that a marketplace collects and remits is not the seller's: it leaves the taxes and passes through as its own line, so that the
 * order's total is still what the buyer paid while no tax liability arises.
 */
export function passMarketplaceTaxThrough(order: SalesOrder): SalesOrder {
  const split = <T extends { taxes: OrderLine['taxes'] }>(part: T): { kept: T; passed: OrderLine['taxes'] } => ({
    kept: { ...part, taxes: part.taxes.filter((t) => !t.collectedByMarketplace) }, passed: part.taxes.filter((t) => t.collectedByMarketplace),
  });
  const lines = order.lines.map(split);
  const shipping = order.shipping.map(split);
  const passed = [...lines, ...shipping].flatMap((p) => p.passed);
  if (passed.length === 0) return order;
  const net = passed.reduce((total, t) => total + BigInt(t.amount.minor), 0n).toString();
  const amount = { minor: net, currency: order.currency };
  const line: OrderLine = { lineId: 'marketplace-tax', kind: 'fee', description: 'Tax collected by the marketplace', quantity: '1',
    unitPrice: decimalOf(amount.minor, order), discount: { minor: '0', currency: order.currency }, net: amount, taxes: [] };
  const less = (minor: string): string => (BigInt(minor) - BigInt(net)).toString();
  const more = (minor: string): string => (BigInt(minor) + BigInt(net)).toString();
  return { ...order, lines: [...lines.map((l) => l.kept), line], shipping: shipping.map((s) => s.kept),
    totals: { ...order.totals, tax: { ...order.totals.tax, minor: less(order.totals.tax.minor) }, lines: { ...order.totals.lines, minor: more(order.totals.lines.minor) } } };
}

const decimalOf = (minor: string, order: SalesOrder): string => moneyText({ minor, currency: order.currency });
