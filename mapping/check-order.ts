import { Decimal } from 'decimal.js';
import { type Failure } from '../canonical/failure';
import { compareMoney, isZero, moneyDecimal, moneyText, subtract, sum, type Money } from '../canonical/money';
import { type Payment, type SalesOrder } from '../canonical/sales-order';
import { type Pair, type PairGateway } from './pair';
import { routeOf, termsOf, type Terms } from './route-order';

export type OrderVerdict =
  | { verdict: 'go'; terms?: Terms }
  | { verdict: 'park'; failure: Failure }
  | { verdict: 'skip'; failure: Failure }
  | { verdict: 'cancelled'; failure: Failure }
  | { verdict: 'wait-payment'; failure: Failure };

const gatewayKey = (name: string): string => (name.trim() === '' ? '(unnamed)' : name.trim().toLowerCase());

/** The clearing accounts of a gateway by the name the shop uses; blank names are `(unnamed)`. */
export const gatewayOf = (pair: Pair, name: string): PairGateway | undefined => pair.gateways[gatewayKey(name)];

const park = (failure: Failure): OrderVerdict => ({ verdict: 'park', failure });

function mayBePosted(order: SalesOrder, pair: Pair): OrderVerdict | undefined {
  if (order.test && pair.policies.testOrders === 'park') {
    return park({ code: 'order-test', message: `Order ${order.source.orderName} is a test order of the shop.`, fix: 'Nothing to do: test orders never reach a live ledger. To try them out, use a pair whose policy testOrders is "allow".' });
  }
  if (order.currency !== pair.baseCurrency && !pair.rates[order.currency]) {
    return park({ code: 'currency-not-configured', field: 'currency', value: order.currency, message: `The order is in ${order.currency}, and the pair has no rate for it.`, fix: `Add a rate for ${order.currency} to the pair (rates), set the currency up in GP and Xero, then retry.` });
  }
  if (!isZero(order.totals.refunded)) {
    return park({ code: 'order-refunded', field: 'refunds', value: moneyText(order.totals.refunded), message: `The order was already refunded by ${moneyText(order.totals.refunded)} ${order.currency} before it was posted.`, fix: 'Decide with the bookkeeper whether sale and refund are both posted by hand; credit notes are not made by this process.' });
  }
  return undefined;
}

/** What the route of its kind says: somebody else books it, or a person looks first. */
function routed(order: SalesOrder, pair: Pair): OrderVerdict | undefined {
  const route = routeOf(order, pair);
  if (route === undefined || route.posting === 'order') return undefined;
  const field = route.when.channels ? 'channel' : 'tags';
  const value = field === 'channel' ? order.channel ?? '' : (order.tags ?? []).join(', ');
  const failure = { code: 'order-routed' as const, field, value };
  return route.posting === 'skip'
    ? { verdict: 'skip', failure: { ...failure, message: `Order ${order.source.orderName} belongs to the route "${route.name}", which is booked elsewhere.`, fix: 'Nothing to do: the pair\'s routes say so. Change routes[].posting if it is to be posted here.' } }
    : park({ ...failure, message: `Order ${order.source.orderName} belongs to the route "${route.name}", which waits for a person.`, fix: 'Change the order in the shop so that it belongs to another route, or post it by hand and skip it here.' });
}

function paymentsFit(order: SalesOrder, payments: readonly Payment[], pair: Pair): OrderVerdict | undefined {
  for (const payment of payments) {
    if (payment.amount.currency !== order.currency) {
      return park({ code: 'payments-do-not-match', field: 'payment', value: payment.paymentId, message: `The payment ${payment.paymentId} is in ${payment.amount.currency}, the order in ${order.currency}.`, fix: 'Record this payment by hand and skip the order, or correct it in the shop.' });
    }
    if (!gatewayOf(pair, payment.gateway)) {
      return park({ code: 'gateway-not-mapped', field: 'gateway', value: payment.gateway, message: `Payment ${payment.paymentId} came through "${payment.gateway}", which no clearing account is set for.`, fix: `Add the gateway "${gatewayKey(payment.gateway)}" to the pair with its Xero clearing account and GP checkbook, then retry.` });
    }
  }
  const paid: Money = sum(payments.map((p) => p.amount), order.currency);
  const comparison = compareMoney(paid, order.totals.total);
  if (comparison > 0) {
    return park({ code: 'payments-do-not-match', field: 'payments', value: moneyText(paid), message: `The payments add up to ${moneyText(paid)}, more than the order total ${moneyText(order.totals.total)} ${order.currency}.`, fix: 'Check the shop for a double charge; refund it there or book the overpayment by hand, then retry.' });
  }
  const terms = termsOf(order, routeOf(order, pair));
  if (terms) return { verdict: 'go', terms };
  if (comparison < 0) {
    const open = moneyText(subtract(order.totals.total, paid));
    return { verdict: 'wait-payment', failure: { code: 'order-unpaid', field: 'financial_status', value: order.paymentState, message: `The order is ${order.paymentState}: ${moneyText(paid)} of ${moneyText(order.totals.total)} ${order.currency} is paid, ${open} is open.`, fix: 'Nothing is posted until it is paid in full; it goes on by itself when the payment arrives.' } };
  }
  return undefined;
}

/** May this order be posted now? Everything a bookkeeper would ask before keying it in; the first "no" answers. */
export function checkOrder(order: SalesOrder, payments: readonly Payment[], pair: Pair): OrderVerdict {
  if (order.cancelled) {
    return { verdict: 'cancelled', failure: { code: 'order-cancelled', field: 'cancelled_at', value: order.cancelled.at, message: `The order was cancelled in the shop on ${order.cancelled.at.slice(0, 10)}${order.cancelled.reason ? ` (${order.cancelled.reason})` : ''}.`, fix: 'Nothing to do: a cancelled order is not posted.' } };
  }
  if (order.lines.length === 0) return park({ code: 'order-unreadable', field: 'line_items', value: '[]', message: 'The order has no lines.', fix: 'Look at the order in the shop; an order without lines cannot be invoiced.' });
  if (order.paymentState === 'voided') return park({ code: 'order-unpaid', field: 'financial_status', value: 'voided', message: 'The payment of this order was voided in the shop.', fix: 'Take payment again or cancel the order in the shop.' });
  return mayBePosted(order, pair) ?? routed(order, pair) ?? paymentsFit(order, payments, pair) ?? { verdict: 'go' };
}

/** Why a person must approve this order, in words; undefined when nobody must. The limit is in base currency. */
export function approvalReason(order: SalesOrder, pair: Pair): string | undefined {
  const limit = pair.policies.approvalAbove;
  if (limit === undefined) return undefined;
  const rate = order.currency === pair.baseCurrency ? '1' : pair.rates[order.currency]?.rate ?? '1';
  const base = moneyDecimal(order.totals.total).div(rate).toDecimalPlaces(2, Decimal.ROUND_HALF_UP);
  if (base.lte(limit)) return undefined;
  const inBase = order.currency === pair.baseCurrency ? '' : ` (${base.toFixed(2)} ${pair.baseCurrency})`;
  return `The total ${moneyText(order.totals.total)} ${order.currency}${inBase} is above the limit ${limit} ${pair.baseCurrency}`;
}
