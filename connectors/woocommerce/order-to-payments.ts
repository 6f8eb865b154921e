import { done, type Outcome } from '../../canonical/failure';
import { isZero, money } from '../../canonical/money';
import { type Payment, type SalesOrder } from '../../canonical/sales-order';
import { plain } from '../lossless';
import { readBody, withMoney } from '../unreadable';
import { gmt, OrderWire, unwrapOrder } from './wire';

/** A reference that a gateway gives its own movement; such names meet the gateway's events. */
const gatewayName = /^(pi|ch|py)_[A-Za-z0-9]+$/;
/** Where the Stripe plugins and WooPayments keep intent and charge. */
const referenceMeta = new Set(['_stripe_intent_id', '_intent_id', '_charge_id', '_stripe_charge_id', '_transaction_id']);

function namesOf(wire: OrderWire): string[] {
  const meta = wire.meta_data.filter((m) => referenceMeta.has(m.key)).map((m) => plain(m.value) ?? '');
  return [...new Set([wire.transaction_id ?? '', ...meta])].filter((n) => gatewayName.test(n) && n.length <= 100);
}

function paymentsIn(wire: OrderWire, order: SalesOrder): Payment[] {
  const paidAt = gmt(wire.date_paid_gmt);
  const own = `woocommerce-${wire.id}`;
  const cards = wire.gift_cards.map((card, i): Payment => ({ paymentId: `${own}-gift-card-${card.id || i + 1}`, aliases: [], gateway: 'gift_card', amount: money(card.amount, wire.currency), paidAt: paidAt ?? order.placedAt }));
  if (paidAt === undefined) return cards.filter((c) => !isZero(c.amount));
  const names = namesOf(wire);
  const paymentId = names.find((n) => n.startsWith('pi_')) ?? names[0] ?? own;
  return [{ paymentId, aliases: [...new Set([own, ...names])].filter((n) => n !== paymentId), gateway: wire.payment_method, amount: money(wire.total, wire.currency), paidAt }, ...cards].filter((p) => !isZero(p.amount));
}

/**
 * The order's own word on its payment: WooCommerce keeps one per order, beside gift cards. `date_paid` says that the money is there; a status alone
 * does not (cash on delivery is "processing" unpaid).
 */
export function woocommerceOrderToPayments(orderText: string, order: SalesOrder): Outcome<Payment[]> {
  const wire = readBody(orderText, OrderWire, unwrapOrder);
  return wire.ok ? withMoney(() => done(paymentsIn(wire.value, order))) : wire;
}
