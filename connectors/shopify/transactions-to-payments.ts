import { failed, done, type Outcome } from '../../canonical/failure';
import { isZero, money, MoneyError, subtract, type Money } from '../../canonical/money';
import { type Payment, type SalesOrder } from '../../canonical/sales-order';
import { OrderWire, parseLossless, Transaction, unwrapOrder } from './wire';

/** A reference that a gateway gives its own movement; such names meet the gateway's events. */
const gatewayName = /^(pi|ch|py)_[A-Za-z0-9]+$/;

function namesOf(t: Transaction): string[] {
  const receipt = typeof t.receipt === 'object' && t.receipt !== null ? Object.values(t.receipt as Record<string, unknown>) : [];
  const told = [t.authorization, t.payment_id, ...receipt.filter((v): v is string => typeof v === 'string')];
  return told.filter((n): n is string => n !== undefined && n.length > 0 && n.length <= 100);
}

function toPayment(t: Transaction, order: SalesOrder): Payment {
  const names = namesOf(t);
  const own = `shopify-${t.id}`;
  const paymentId = names.find((n) => gatewayName.test(n)) ?? own;
  const aliases = [...new Set([own, ...names.filter((n) => gatewayName.test(n))])].filter((n) => n !== paymentId);
  const at = Date.parse(t.processed_at ?? t.created_at ?? '');
  return { paymentId, aliases, gateway: t.gateway, amount: money(t.amount, t.currency ?? order.currency), paidAt: Number.isNaN(at) ? order.placedAt : new Date(at).toISOString() };
}

/** Money in: success of `sale` or `capture`. An authorization is no money; refunds, voids and change are not tenders. */
export function shopifyTransactionsToPayments(transactionsText: string, order: SalesOrder): Outcome<Payment[]> {
  const body = parseLossless(transactionsText) as { transactions?: unknown } | undefined;
  const parsed = Transaction.array().safeParse(Array.isArray(body) ? body : body?.transactions ?? []);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return failed({ code: 'order-unreadable', field: `transactions.${issue?.path.join('.') ?? ''}`, message: `The order's payments cannot be read: ${issue?.message ?? ''}.`, fix: 'Look at the payments of the order in the shop.' });
  }
  try {
    return done(parsed.data.filter((t) => t.status === 'success' && (t.kind === 'sale' || t.kind === 'capture')).map((t) => toPayment(t, order)).filter((p) => !isZero(p.amount)));
  } catch (error) {
    if (!(error instanceof MoneyError)) throw error;
    return failed({ code: 'money-invalid', value: error.value, message: `A payment's amount cannot be kept: ${error.message}.`, fix: 'Look at the payments of the order in the shop.' });
  }
}

/** When nobody tells the transactions but the order says it is paid through one gateway: one payment of what is not outstanding. */
export function paymentsFromOrderItself(orderText: string, order: SalesOrder): Payment[] | undefined {
  const parsed = OrderWire.safeParse(unwrapOrder(parseLossless(orderText)));
  if (!parsed.success || !['paid', 'partially-paid'].includes(order.paymentState)) return undefined;
  const wire = parsed.data;
  const gateways = [...new Set(wire.payment_gateway_names.length > 0 ? wire.payment_gateway_names : [wire.gateway ?? ''])];
  const [gateway] = gateways;
  if (gateways.length !== 1 || gateway === undefined) return undefined;
  const outstanding: Money = /^\d+(\.\d+)?$/.test(wire.total_outstanding ?? '') ? money(wire.total_outstanding ?? '0', order.currency) : money('0', order.currency);
  const amount = subtract(order.totals.total, outstanding);
  if (isZero(amount)) return undefined;
  return [{ paymentId: `shopify-order-${order.source.orderId}`, aliases: [], gateway, amount, paidAt: order.placedAt }];
}
