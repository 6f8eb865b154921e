import { done, failed, type Outcome } from '../../canonical/failure';
import { money, sum, type Money } from '../../canonical/money';
import { type SalesOrder } from '../../canonical/sales-order';
import { readBody, unreadable, withMoney } from '../unreadable';
import { orderParts } from './lines';
import { partyOf, toAddress } from './party';
import { gmt, OrderWire, unwrapOrder } from './wire';

const goneStates = new Set(['cancelled', 'trash']);

/** What went back to the buyer. The order's total never shrinks; a status "refunded" set by hand has no refunds behind it. */
function refundedOf(wire: OrderWire, total: Money): Money {
  const refunds = wire.refunds.map((r) => money(r.total.replace(/^-/, ''), wire.currency));
  return wire.status === 'refunded' && refunds.length === 0 ? total : sum(refunds, wire.currency);
}

function paymentState(wire: OrderWire, refunded: Money): SalesOrder['paymentState'] {
  if (wire.status === 'refunded') return 'refunded';
  if (wire.date_paid_gmt === undefined) return 'pending';
  return refunded.minor === '0' ? 'paid' : 'partially-refunded';
}

const isTest = (wire: OrderWire): boolean => wire.meta_data.some((m) => m.key === '_wcpay_mode' && m.value === 'test');

function build(wire: OrderWire, account: string): Outcome<SalesOrder> {
  const [version, placedAt] = [gmt(wire.date_modified_gmt), gmt(wire.date_created_gmt)];
  if (version === undefined) return failed(unreadable('date_modified_gmt', wire.date_modified_gmt, 'not an instant'));
  if (placedAt === undefined) return failed(unreadable('date_created_gmt', wire.date_created_gmt, 'not an instant'));
  const parts = orderParts(wire);
  if (!parts.ok) return parts;
  const { lines, shipping, total, tax } = parts.value;
  const refunded = refundedOf(wire, total);
  return done({
    source: { kind: 'woocommerce', account, orderId: wire.id, orderName: `#${wire.number || wire.id}` },
    version, placedAt, currency: wire.currency, test: isTest(wire), paymentState: paymentState(wire, refunded), pricesIncludeTax: wire.prices_include_tax,
    ...(goneStates.has(wire.status) ? { cancelled: { at: version, reason: wire.status } } : {}),
    customer: partyOf(wire), ...toAddress('billTo', wire.billing), ...toAddress('shipTo', wire.shipping), ...(wire.created_via ? { channel: wire.created_via } : {}), ...(wire.customer_note ? { note: wire.customer_note } : {}),
    lines, shipping,
    totals: { lines: sum(lines.map((l) => l.net), wire.currency), shipping: sum(shipping.map((s) => s.net), wire.currency), tax, total, refunded },
    payments: [],
  });
}

/**
 * WooCommerce order body → canonical order, without payments. The total is what was sold: gift cards that paid for part of it are payments, not
 * discounts. Fails with `order-unreadable` (field and value named), `money-invalid` or `totals-do-not-add-up`.
 */
export function woocommerceOrderToSalesOrder(orderText: string, account: string): Outcome<SalesOrder> {
  const wire = readBody(orderText, OrderWire, unwrapOrder);
  return wire.ok ? withMoney(() => build(wire.value, account)) : wire;
}
