import { Decimal } from 'decimal.js';
import { done, type Outcome } from '../canonical/failure';
import { type LedgerInvoice } from '../canonical/ledger';
import { allocate, isNegative, isZero, moneyDecimal, subtract, sum, zero, type Money } from '../canonical/money';
import { type OrderLine, type SalesOrder, type TaxAmount } from '../canonical/sales-order';
import { beyondLines, gather, goneOf, invoicedShares, orderedShares, takenBack, taxOf, unclear, type LineCodes, type Share } from './adjust-order';

/** `added`: an order over what an edit added, absent where it added nothing; `units`: GP's unit of its lines, by lineId. `takesBack`: the same edit also took something off. */
export type Supplement = { added?: SalesOrder; units: Record<string, { unit: string; quantity: string; unitPrice: string }>; takesBack: boolean };
type Part = { line: OrderLine; unit?: { unit: string; quantity: string; unitPrice: string } };

const priceOf = (net: Money, quantity: Decimal): string => moneyDecimal(net).div(quantity).toDecimalPlaces(5, Decimal.ROUND_HALF_UP).toFixed();

/** A difference of tax, spread over the taxes of what it is a part of. Undefined where nothing there bears tax. */
function spread(tax: Money, taxes: readonly TaxAmount[]): TaxAmount[] | undefined {
  if (isZero(tax)) return [];
  if (taxes.length === 0 || taxes.every((t) => isZero(t.amount))) return undefined;
  const parts = allocate(tax, taxes.map((t) => t.amount.minor.replace('-', '')));
  return taxes.map((t, i) => ({ ...t, amount: parts[i] as Money })).filter((t) => !isZero(t.amount));
}

/** More pieces of an item that is invoiced: one line over the difference. Where money fell although pieces came on top, or the other way round, it is no adding. */
function moreOf(before: Share, after: Share, more: { lines: readonly OrderLine[]; codes: LineCodes }): Outcome<Part> {
  const { lines, codes } = more;
  const [quantity, net, tax] = [after.quantity.minus(before.quantity), subtract(after.net, before.net), subtract(after.tax, before.tax)];
  const [line] = lines.slice(-1);
  const taxes = spread(tax, lines.flatMap((l) => l.taxes));
  if (!line || isNegative(net) || isNegative(tax) || !taxes) {
    return unclear(`"${after.description}" went from ${before.quantity.toFixed()} pieces over ${moneyDecimal(before.net).toFixed()} to ${after.quantity.toFixed()} over ${moneyDecimal(after.net).toFixed()}`);
  }
  const unit = codes[line.lineId]?.unit;
  // The shop's pieces of so many of GP's units, as they are on all of the order's lines together.
  const pieces = unit ? lines.reduce((a, l) => a.plus(l.quantity), new Decimal(0)).times(quantity).div(after.quantity).toDecimalPlaces(5) : quantity;
  return done({ line: { ...line, quantity: pieces.toFixed(), unitPrice: priceOf(net, pieces), discount: zero(net.currency), net, taxes }, ...(unit ? { unit: { unit: unit.unit, quantity: quantity.toFixed(), unitPrice: priceOf(net, quantity) } } : {}) });
}

/** Freight on top, with its tax; undefined where there is none. What became less of it is taken back with goods. */
function moreFreight(order: SalesOrder, invoices: readonly LedgerInvoice[]): Outcome<{ shipping: SalesOrder['shipping']; less: boolean }> {
  const { currency, shipping } = order;
  const net = subtract(sum(shipping.map((s) => s.net), currency), sum(invoices.map((i) => i.freight), currency));
  const tax = subtract(sum(shipping.map((s) => taxOf(s, currency)), currency), sum(invoices.map((i) => i.freightTax), currency));
  if (isZero(net) && isZero(tax)) return done({ shipping: [], less: false });
  if (!isNegative(net) && !isNegative(tax)) {
    const taxes = spread(tax, shipping.flatMap((s) => s.taxes));
    return taxes ? done({ shipping: [{ title: shipping[0]?.title ?? 'Freight', net, taxes }], less: false }) : unclear('freight was added');
  }
  return isNegative(net) && !isZero(net) && (isNegative(tax) || isZero(tax)) ? done({ shipping: [], less: true }) : unclear('its freight and the tax on it went different ways');
}

function orderOver(order: SalesOrder, lines: OrderLine[], shipping: SalesOrder['shipping']): SalesOrder {
  const { currency } = order;
  const [net, freight, tax] = [sum(lines.map((l) => l.net), currency), sum(shipping.map((s) => s.net), currency), sum([...lines, ...shipping].map((l) => taxOf(l, currency)), currency)];
  return { ...order, lines, shipping, payments: [], totals: { lines: net, shipping: freight, tax, total: sum([net, freight, tax], currency), refunded: zero(currency) } };
}

/** The added part as GP will invoice it, so that it can be told before anything is written whether the rest of the edit is a pure taking back. */
function asInvoice(added: SalesOrder, codes: LineCodes, more: { units: Supplement['units']; like: LedgerInvoice }): LedgerInvoice {
  const { currency } = added;
  const unitOf = (item: string): { unit?: string } => { const unit = more.like.lines.find((l) => l.item === item)?.unit; return unit === undefined ? {} : { unit }; };
  const lines = added.lines.map((l) => {
    const code = codes[l.lineId];
    const item = code?.item ?? '';
    const unit = more.units[l.lineId] ?? code?.unit;
    return { lineKey: l.lineId, item, description: l.description, quantity: unit?.quantity ?? l.quantity, unitPrice: l.unitPrice, net: l.net, tax: taxOf(l, currency), ...(unit ? { unit: unit.unit } : unitOf(item)) };
  });
  return { ...more.like, lines, freight: added.totals.shipping, freightTax: sum(added.shipping.map((s) => taxOf(s, currency)), currency), tax: sum(lines.map((l) => l.tax), currency), total: added.totals.total };
}

/**
 * Posted invoices and the order as it is now → what was added: pieces, items and freight, each with its own tax, as an order of their own. Failure
 * `order-edited` for what is neither adding nor taking back: other prices, another currency, freight alone.
 */
export function supplementOf(invoices: readonly LedgerInvoice[], order: SalesOrder, codes: LineCodes): Outcome<Supplement> {
  const [first] = invoices;
  const trouble = beyondLines(order, invoices);
  if (trouble !== undefined || !first) return unclear(trouble ?? 'nothing is invoiced');
  const invoiced = invoicedShares(invoices);
  const ordered = orderedShares(order, codes, invoiced);
  if (!ordered.ok) return ordered;
  const before = gather(invoiced);
  const after = gather(ordered.value);
  const parts: Part[] = [];
  let gone = false;
  for (const [at, share] of after) {
    const was = before.get(at);
    const keys = new Set(ordered.value.filter((s) => [...gather([s]).keys()][0] === at).map((s) => s.lineKey));
    const lines = order.lines.filter((l) => keys.has(l.lineId));
    if (!was) { parts.push(...lines.map((line) => ({ line }))); continue; }
    if (share.quantity.lte(was.quantity)) continue;
    const more = moreOf(was, share, { lines, codes });
    if (!more.ok) return more;
    parts.push(more.value);
  }
  for (const [at, was] of before) {
    const share = after.get(at);
    if (share?.quantity.gt(was.quantity)) continue;
    const less = goneOf(was, share);
    if (!less.ok) return less;
    gone ||= less.value !== undefined;
  }
  const freight = moreFreight(order, invoices);
  if (!freight.ok) return freight;
  const takesBack = gone || freight.value.less;
  if (parts.length === 0 && freight.value.shipping.length > 0) return unclear('freight alone was added');
  if (parts.length === 0) return takesBack ? done({ units: {}, takesBack }) : unclear('only its totals changed');
  const added = orderOver(order, parts.map((p) => p.line), freight.value.shipping);
  const units = Object.fromEntries(parts.flatMap(({ line, unit }) => (unit ? [[line.lineId, unit]] : [])));
  if (takesBack) {
    const left = takenBack([...invoices, asInvoice(added, codes, { units, like: first })], order, codes);
    if (!left.ok) return left;
  }
  return done({ added, units, takesBack });
}
