import { Decimal } from 'decimal.js';
import { done, failed, type Outcome } from '../canonical/failure';
import { type LedgerInvoice } from '../canonical/ledger';
import { add, isNegative, isZero, moneyDecimal, subtract, sum, zero, type Money } from '../canonical/money';
import { type OrderLine, type SalesOrder } from '../canonical/sales-order';

/** Lines, freight and taxes that an edit took off an invoiced order: what a return and a credit note are made of. */
export type TakenBack = Pick<LedgerInvoice, 'lines' | 'freight' | 'freightTax' | 'tax' | 'total'>;

const unclear = (what: string): Outcome<never> => failed({
  code: 'order-edited', field: 'lines', value: what, message: `The order was edited in the shop after its invoice, and not only taken back from: ${what}.`, fix: 'Book the difference by hand (a further order, or a credit memo) and skip the edit; or undo, which returns what was posted.',
});

const taxOf = (part: { taxes: OrderLine['taxes'] } | undefined, currency: string): Money => sum((part?.taxes ?? []).map((t) => t.amount), currency);

/** What is gone of one line; undefined where nothing is. A price that changed without pieces, or any increase, is a person's. */
function goneOf(before: OrderLine, after: OrderLine | undefined): Outcome<{ quantity: Decimal; net: Money; tax: Money } | undefined> {
  const { currency } = before.net;
  const quantity = new Decimal(before.quantity).minus(after?.quantity ?? 0);
  const net = subtract(before.net, after?.net ?? zero(currency));
  const tax = subtract(taxOf(before, currency), taxOf(after, currency));
  if (quantity.isZero() && isZero(net) && isZero(tax)) return done(undefined);
  if (quantity.lte(0) || isNegative(net) || isNegative(tax)) return unclear(`"${before.description}" went from ${before.quantity} to ${after?.quantity ?? '0'} pieces`);
  return done({ quantity, net, tax });
}

/**
 * Invoiced order and edited order → what was taken off, line by line with its own tax, and of freight. `itemOf` names the GP item of a line. Failure
 * `order-edited` for everything that is no pure taking back: more pieces, new lines, other prices, another currency.
 */
export function takenBack(before: SalesOrder, after: SalesOrder, itemOf: (lineId: string) => string | undefined): Outcome<TakenBack> {
  const { currency } = before;
  if (after.currency !== currency) return unclear(`its currency went from ${currency} to ${after.currency}`);
  const fresh = after.lines.find((line) => !before.lines.some((b) => b.lineId === line.lineId));
  if (fresh) return unclear(`"${fresh.description}" is new`);
  const lines: TakenBack['lines'] = [];
  for (const line of before.lines) {
    const gone = goneOf(line, after.lines.find((a) => a.lineId === line.lineId));
    if (!gone.ok) return gone;
    const item = itemOf(line.lineId);
    if (!gone.value) continue;
    if (item === undefined) return unclear(`"${line.description}" cannot be taken back by pieces`);
    const { quantity, net, tax } = gone.value;
    lines.push({ lineKey: line.lineId, item, description: line.description, quantity: quantity.toFixed(), unitPrice: moneyDecimal(net).div(quantity).toDecimalPlaces(5, Decimal.ROUND_HALF_UP).toFixed(), net, tax });
  }
  const freightOf = (order: SalesOrder): Money => sum(order.shipping.map((s) => s.net), currency);
  const freightTaxOf = (order: SalesOrder): Money => sum(order.shipping.map((s) => taxOf(s, currency)), currency);
  const freight = subtract(freightOf(before), freightOf(after));
  const freightTax = subtract(freightTaxOf(before), freightTaxOf(after));
  if (isNegative(freight) || isNegative(freightTax)) return unclear('freight was added');
  if (lines.length === 0) return unclear('only its freight or totals changed');
  const tax = sum(lines.map((l) => l.tax), currency);
  return done({ lines, freight, freightTax, tax, total: [tax, freight, freightTax].reduce(add, sum(lines.map((l) => l.net), currency)) });
}
