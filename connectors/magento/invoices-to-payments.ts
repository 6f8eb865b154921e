import { done, failed, type Outcome } from '../../canonical/failure';
import { isZero, roundMoney } from '../../canonical/money';
import { type Payment, type SalesOrder } from '../../canonical/sales-order';
import { parseLossless, record } from '../lossless';
import { readBody, unreadable, withMoney } from '../unreadable';
import { storedValue } from './lines';
import { heldStates } from './order-to-sales-order';
import { Invoice, OrderWire, unwrapEvent, utc } from './wire';

/** `pi_…-capture` and `pi_…` are one movement. */
const names = (reference: string | undefined): string[] => {
  const whole = reference?.trim() ?? '';
  const bare = whole.replace(/-(capture|authorization|order|void|refund)$/, '');
  return [...new Set([bare, whole])].filter((n) => n !== '' && n.length <= 100);
};

function toPayment(told: { own: string; reference: string | undefined; amount: Payment['amount']; paidAt: string }, gateway: string): Payment {
  const known = names(told.reference);
  const paymentId = known[0] ?? told.own;
  return { paymentId, aliases: [...new Set([told.own, ...known])].filter((n) => n !== paymentId), gateway, amount: told.amount, paidAt: told.paidAt };
}

function paymentsIn(wire: OrderWire, order: SalesOrder, invoices: Invoice[] | undefined): Payment[] {
  const own = `magento-${wire.entity_id}`;
  const gateway = wire.payment?.method ?? '';
  const currency = wire.order_currency_code;
  const stored = wire.state === 'canceled' ? [] : storedValue(wire).map((t) => ({ paymentId: `${own}-${t.gateway}`, aliases: [], gateway: t.gateway, amount: t.amount, paidAt: order.placedAt }));
  if (heldStates.has(wire.state)) return stored;
  const paid = invoices
    ? invoices.filter((i) => i.state === '2' && i.order_id === wire.entity_id).map((i) => toPayment({ own: `magento-invoice-${i.entity_id}`, reference: i.transaction_id, amount: roundMoney(i.grand_total, currency), paidAt: utc(i.created_at) ?? order.placedAt }, gateway))
    : [toPayment({ own, reference: wire.payment?.last_trans_id, amount: roundMoney(wire.total_paid, currency), paidAt: order.version }, gateway)];
  return [...paid, ...stored].filter((p) => !isZero(p.amount));
}

/**
 * Money in: Magento knows it by paid invoices, each with its gateway's transaction; without them the order's `total_paid` is one payment. Gift cards,
 * store credit and reward points are payments of their own.
 */
export function magentoInvoicesToPayments(orderText: string, invoicesText: string | undefined, order: SalesOrder): Outcome<Payment[]> {
  const wire = readBody(orderText, OrderWire, unwrapEvent);
  if (!wire.ok) return wire;
  if (invoicesText === undefined) return withMoney(() => done(paymentsIn(wire.value, order, undefined)));
  const items = record(parseLossless(invoicesText))['items'];
  const invoices = Invoice.array().safeParse(items ?? []);
  if (!invoices.success) return failed(unreadable(`invoices.${invoices.error.issues[0]?.path.join('.') ?? ''}`, '', invoices.error.issues[0]?.message ?? 'not readable'));
  return withMoney(() => done(paymentsIn(wire.value, order, invoices.data)));
}
