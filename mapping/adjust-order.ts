import { Decimal } from 'decimal.js';
import { done, failed, type Outcome } from '../canonical/failure';
import { type LedgerInvoice } from '../canonical/ledger';
import { add, isNegative, isZero, moneyDecimal, subtract, sum, zero, type Money } from '../canonical/money';
import { type OrderLine, type SalesOrder } from '../canonical/sales-order';

/** Lines, freight and taxes that an edit took off an invoiced order: what a return and a credit note are made of. */
export type TakenBack = Pick<LedgerInvoice, 'lines' | 'freight' | 'freightTax' | 'tax' | 'total'>;
/** What an order line is in GP; `unit` where GP counts it in others than pieces of the shop. */
export type LineCodes = Record<string, { item: string; unit?: { unit: string; quantity: string } }>;

/** All of one item and unit: GP's lines and the shop's are told apart by nothing else. */
export type Share = { lineKey: string; item: string; description: string; unit?: string | undefined; quantity: Decimal; net: Money; tax: Money };

export const unclear = (what: string): Outcome<never> => failed({
  code: 'order-edited', field: 'lines', value: what, message: `The order was edited in the shop after its invoice, in a way that no further document books by itself: ${what}.`, fix: 'Book the difference by hand (a further order, or a credit memo) and skip the edit; or undo, which returns what was posted.',
});

export const taxOf = ({ taxes }: Pick<OrderLine, 'taxes'>, currency: string): Money => sum(taxes.map((t) => t.amount), currency);

export function gather(shares: readonly Share[]): Map<string, Share> {
  const all = new Map<string, Share>();
  for (const share of shares) {
    const at = JSON.stringify([share.item, share.unit ?? '']);
    const before = all.get(at);
    all.set(at, before ? { ...before, quantity: before.quantity.plus(share.quantity), net: add(before.net, share.net), tax: add(before.tax, share.tax) } : share);
  }
  return all;
}

export const invoicedShares = (invoices: readonly LedgerInvoice[]): Share[] =>
  invoices.flatMap((invoice) => invoice.lines.map(({ lineKey, item, description, unit, quantity, net, tax }) => ({ lineKey, item, description, unit, quantity: new Decimal(quantity), net, tax })));

/** The order's lines in GP's words. GP names a unit on every line, the codes only where it is another than the item's own: that one is taken from the invoices. */
export function orderedShares(order: SalesOrder, lines: LineCodes, invoiced: readonly Share[]): Outcome<Share[]> {
  const shares: Share[] = [];
  for (const line of order.lines) {
    const code = lines[line.lineId];
    if (code === undefined) return unclear(`"${line.description}" is new`);
    const { item, unit } = code;
    shares.push({ lineKey: line.lineId, item, description: line.description, unit: unit?.unit ?? invoiced.find((i) => i.item === item)?.unit, quantity: new Decimal(unit?.quantity ?? line.quantity), net: line.net, tax: taxOf(line, order.currency) });
  }
  return done(shares);
}

/** What is gone of one item; undefined where nothing is. A price that changed without pieces, or any increase, is a person's. */
export function goneOf(before: Share, after: Share | undefined): Outcome<Share | undefined> {
  const quantity = before.quantity.minus(after?.quantity ?? 0);
  const net = subtract(before.net, after?.net ?? zero(before.net.currency));
  const tax = subtract(before.tax, after?.tax ?? zero(before.net.currency));
  if (quantity.isZero() && isZero(net) && isZero(tax)) return done(undefined);
  if (quantity.lte(0) || isNegative(net) || isNegative(tax)) return unclear(`"${before.description}" went from ${before.quantity.toFixed()} pieces over ${moneyDecimal(before.net).toFixed()} to ${after?.quantity.toFixed() ?? '0'} over ${after ? moneyDecimal(after.net).toFixed() : '0'}`);
  return done({ ...before, quantity, net, tax });
}

const lineOf = ({ quantity, unit, ...share }: Share): TakenBack['lines'][number] => ({
  ...share, ...(unit === undefined ? {} : { unit }), quantity: quantity.toFixed(), unitPrice: moneyDecimal(share.net).div(quantity).toDecimalPlaces(5, Decimal.ROUND_HALF_UP).toFixed(),
});

/** Only lines, freight and their taxes can be told apart; what a person added to an invoice is a person's. */
export function beyondLines(order: SalesOrder, invoices: readonly LedgerInvoice[]): string | undefined {
  const [first] = invoices;
  if (!first) return 'nothing is invoiced';
  if (order.currency !== first.currency) return `its currency went from ${first.currency} to ${order.currency}`;
  if (invoices.some((i) => i.rate !== first.rate || i.customerNumber !== first.customerNumber)) return 'its invoices have different rates or customers';
  return invoices.some((i) => !isZero(i.misc) || !isZero(i.tradeDiscount)) ? 'an invoice in GP bears a charge or a discount of its own' : undefined;
}

/**
 * Posted invoices and the order as it is now → what was taken off, item by item with its own tax, and of freight. Failure `order-edited` for everything
 * that is no pure taking back: more pieces, new lines, other prices, another currency, freight alone.
 */
export function takenBack(invoices: readonly LedgerInvoice[], order: SalesOrder, codes: LineCodes): Outcome<TakenBack> {
  const { currency } = order;
  const trouble = beyondLines(order, invoices);
  if (trouble !== undefined) return unclear(trouble);
  const invoiced = invoicedShares(invoices);
  const ordered = orderedShares(order, codes, invoiced);
  if (!ordered.ok) return ordered;
  const [before, after] = [gather(invoiced), gather(ordered.value)];
  const fresh = [...after].find(([at]) => !before.has(at));
  if (fresh) return unclear(`"${fresh[1].description}" is not on the invoice`);
  const gone: Share[] = [];
  for (const [at, share] of before) {
    const part = goneOf(share, after.get(at));
    if (!part.ok) return part;
    if (part.value) gone.push(part.value);
  }
  const freight = subtract(sum(invoices.map((i) => i.freight), currency), sum(order.shipping.map((s) => s.net), currency));
  const freightTax = subtract(sum(invoices.map((i) => i.freightTax), currency), sum(order.shipping.map((s) => taxOf(s, currency)), currency));
  if (isNegative(freight) || isNegative(freightTax)) return unclear('freight was added');
  if (gone.length === 0) return unclear(isZero(order.totals.refunded) ? 'only its freight or totals changed' : `money was paid back (${moneyDecimal(order.totals.refunded).toFixed()} ${currency}), and no pieces of it`);
  const tax = sum(gone.map((l) => l.tax), currency);
  return done({ lines: gone.map(lineOf), freight, freightTax, tax, total: [tax, freight, freightTax].reduce(add, sum(gone.map((l) => l.net), currency)) });
}
