import { done, failed, type Outcome } from '../../canonical/failure';
import { add, compareMoney, isNegative, isZero, money, moneyText, subtract, sum, type Money } from '../../canonical/money';
import { type Address, type Customer, type Payment, type SalesOrder } from '../../canonical/sales-order';
import { mismatch, readBody, unreadable, withMoney } from '../unreadable';
import { amountIn, orderLines, shippingLines, taxSum } from './lines';
import { instant, PlainOrder } from './wire';

function partyOf({ customer, billTo, shipTo }: PlainOrder): Customer {
  const sourceId = customer.id ?? customer.sourceId;
  const first = (...names: (string | undefined)[]): string | undefined => names.map((n) => n?.trim()).find((n) => n);
  const name = first(customer.name, customer.company, billTo?.name, billTo?.company, shipTo?.name, customer.email?.split('@')[0]) ?? 'Web customer';
  const own = (key: 'company' | 'email' | 'phone'): object => { const value = customer[key]?.trim(); return value ? { [key]: value } : {}; };
  return { name, guest: sourceId === undefined, ...(sourceId === undefined ? {} : { sourceId }), ...own('company'), ...own('email'), ...own('phone') };
}

function addressOf(address: PlainOrder['billTo']): Address | undefined {
  const given = Object.entries(address ?? {}).flatMap(([k, v]) => (typeof v === 'string' && v.trim() !== '' ? [[k, v.trim()] as const] : []));
  return given.length === 0 ? undefined : (Object.fromEntries(given) as Address);
}

/** The payments that the body itself tells. */
export function plainPayments(order: PlainOrder, placedAt: string): Payment[] {
  return order.payments.map((p, i): Payment => ({ paymentId: p.id ?? p.paymentId ?? `${order.orderId}-${i + 1}`, aliases: p.aliases, gateway: p.gateway, amount: amountIn(p.amount, order.currency), paidAt: instant(p.paidAt) ?? placedAt })).filter((p) => !isZero(p.amount));
}

function stateOf(order: PlainOrder, more: { total: Money; refunded: Money; placedAt: string }): SalesOrder['paymentState'] {
  if (order.paymentState !== undefined) return order.paymentState;
  if (!isZero(more.refunded)) return compareMoney(more.refunded, more.total) >= 0 ? 'refunded' : 'partially-refunded';
  const paid = sum(plainPayments(order, more.placedAt).map((p) => p.amount), order.currency);
  return isZero(paid) && !isZero(more.total) ? 'pending' : compareMoney(paid, more.total) < 0 ? 'partially-paid' : 'paid';
}

function termsOf({ terms }: PlainOrder): Pick<SalesOrder, 'terms'> {
  return terms ? { terms: { name: terms.name, ...(/^\d{1,4}$/.test(terms.dueDays ?? '') ? { dueDays: Math.min(3650, Number(terms.dueDays)) } : {}) } } : {};
}

function build(order: PlainOrder, account: string): Outcome<SalesOrder> {
  const { currency } = order;
  const placedAt = instant(order.placedAt);
  if (placedAt === undefined) return failed(unreadable('placedAt', order.placedAt ?? 'missing', 'not an instant with an offset'));
  const version = order.updatedAt === undefined ? placedAt : instant(order.updatedAt);
  if (version === undefined) return failed(unreadable('updatedAt', order.updatedAt ?? '', 'not an instant with an offset'));
  const [lines, shipping] = [orderLines(order), shippingLines(order)];
  const [total, tax] = [amountIn(order.total, currency), taxSum([...lines, ...shipping], currency)];
  const statedTax = order.tax === undefined ? tax : amountIn(order.tax, currency);
  if (!isZero(subtract(tax, statedTax))) return failed(mismatch('tax', moneyText(statedTax), `The taxes of lines and shipping add up to ${moneyText(tax)}, the order says ${moneyText(statedTax)} ${currency}.`));
  const parts = [...lines, ...shipping];
  const bad = parts.find((p) => isNegative(p.net) || p.taxes.some((t) => isNegative(t.amount)));
  if (bad) return failed(unreadable('lines', moneyText(bad.net), 'a line that is worth less than nothing; a discount belongs into the discount of its line'));
  const computed = add(sum(parts.map((p) => p.net), currency), tax);
  if (!isZero(subtract(computed, total))) return failed(mismatch('total', moneyText(total), `Lines and shipping ${moneyText(subtract(computed, tax))} + tax ${moneyText(tax)} = ${moneyText(computed)}, the order's total says ${moneyText(total)} ${currency} (difference ${moneyText(subtract(total, computed))}).`));
  const refunded = order.refunded === undefined ? money('0', currency) : amountIn(order.refunded, currency);
  const [billTo, shipTo] = [addressOf(order.billTo), addressOf(order.shipTo)];
  const cancelled = instant(order.cancelledAt);
  return done({
    source: { kind: 'generic', account, orderId: order.orderId, orderName: order.orderName?.trim() || order.orderId }, version, placedAt, currency, test: order.test, paymentState: stateOf(order, { total, refunded, placedAt }), pricesIncludeTax: order.pricesIncludeTax,
    ...(cancelled === undefined ? {} : { cancelled: { at: cancelled, ...(order.cancelReason ? { reason: order.cancelReason } : {}) } }),
    customer: partyOf(order), ...(billTo ? { billTo } : {}), ...(shipTo ? { shipTo } : {}), ...(order.channel ? { channel: order.channel } : {}), ...(order.tags.length > 0 ? { tags: order.tags } : {}), ...termsOf(order),
    ...(order.purchaseOrderNumber ? { purchaseOrderNumber: order.purchaseOrderNumber } : {}), ...(order.note ? { note: order.note } : {}),
    lines, shipping, totals: { lines: sum(lines.map((l) => l.net), currency), shipping: sum(shipping.map((s) => s.net), currency), tax, total, refunded }, payments: [],
  });
}

/**
 * The plain order → canonical order, without payments. Everything is checked to the cent; what does not parse is `order-unreadable` with field and
 * value, an amount its currency cannot hold `money-invalid`, sums that differ `totals-do-not-add-up`.
 */
export function plainOrderToSalesOrder(orderText: string, account: string): Outcome<SalesOrder> {
  const order = readBody(orderText, PlainOrder, (body) => body);
  return order.ok ? withMoney(() => build(order.value, account)) : order;
}

/** The payments of a plain order. */
export function plainOrderToPayments(orderText: string, order: SalesOrder): Outcome<Payment[]> {
  const plain = readBody(orderText, PlainOrder, (body) => body);
  return plain.ok ? withMoney(() => done(plainPayments(plain.value, order.placedAt))) : plain;
}
