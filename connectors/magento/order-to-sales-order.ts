import { done, failed, type Outcome } from '../../canonical/failure';
import { isZero, roundMoney, subtract, sum, type Money } from '../../canonical/money';
import { type SalesOrder } from '../../canonical/sales-order';
import { readBody, unreadable, withMoney } from '../unreadable';
import { orderParts } from './lines';
import { partyOf, shippingAddress, toAddress } from './party';
import { OrderWire, unwrapEvent, utc } from './wire';

/** Held by a person or a fraud check: nothing of it is money yet, whatever was captured. */
export const heldStates = new Set(['holded', 'payment_review']);

function paymentState(wire: OrderWire, refunded: Money): SalesOrder['paymentState'] {
  const paid = roundMoney(wire.total_paid, wire.order_currency_code);
  if (wire.state === 'closed') return 'refunded';
  if (heldStates.has(wire.state) || (isZero(paid) && !isZero(roundMoney(wire.grand_total, wire.order_currency_code)))) return 'pending';
  if (!isZero(refunded)) return isZero(subtract(paid, refunded)) ? 'refunded' : 'partially-refunded';
  return subtract(roundMoney(wire.grand_total, wire.order_currency_code), paid).minor === '0' ? 'paid' : 'partially-paid';
}

/** Paid on account: an agreement with the buyer, without days that Magento would know. */
const onAccount = new Set(['purchaseorder', 'companycredit']);

/** The store view, last of three lines: website, store, view. */
const channelOf = (wire: OrderWire): string | undefined => wire.store_name?.split('\n').map((l) => l.trim()).filter((l) => l !== '').pop();

function build(wire: OrderWire, orderText: string, setup: { account: string; extraTotals?: readonly string[] | undefined }): Outcome<SalesOrder> {
  const [version, placedAt] = [utc(wire.updated_at), utc(wire.created_at)];
  if (version === undefined) return failed(unreadable('updated_at', wire.updated_at, 'not an instant'));
  if (placedAt === undefined) return failed(unreadable('created_at', wire.created_at, 'not an instant'));
  const parts = orderParts(wire, orderText, setup.extraTotals ?? []);
  if (!parts.ok) return parts;
  const { lines, shipping, total, tax } = parts.value;
  const currency = wire.order_currency_code;
  const told = roundMoney(wire.total_refunded, currency);
  const refunded = wire.state === 'closed' && isZero(told) ? total : told;
  const included = !isZero(roundMoney(wire.discount_tax_compensation_amount, currency));
  return done({
    source: { kind: 'magento', account: setup.account, orderId: wire.entity_id, orderName: `#${wire.increment_id ?? wire.entity_id}` },
    version, placedAt, currency, test: false, paymentState: paymentState(wire, refunded), pricesIncludeTax: included,
    ...(wire.state === 'canceled' ? { cancelled: { at: version } } : {}),
    customer: partyOf(wire), ...toAddress('billTo', wire.billing_address), ...toAddress('shipTo', shippingAddress(wire)),
    ...(channelOf(wire) ? { channel: channelOf(wire) } : {}), ...(onAccount.has(wire.payment?.method ?? '') ? { terms: { name: wire.payment?.method ?? '' } } : {}),
    ...(wire.payment?.po_number ? { purchaseOrderNumber: wire.payment.po_number } : {}), ...(wire.customer_note ? { note: wire.customer_note } : {}),
    lines, shipping, totals: { lines: sum(lines.map((l) => l.net), currency), shipping: sum(shipping.map((s) => s.net), currency), tax, total, refunded }, payments: [],
  });
}

/**
 * Magento order body (REST, or the value of an Adobe I/O event) → canonical order in order currency, without payments. `state` counts, never the
 * shop's own `status`. Fails with `order-unreadable` (field and value named), `money-invalid` or `totals-do-not-add-up`.
 */
export function magentoOrderToSalesOrder(orderText: string, setup: { account: string; extraTotals?: readonly string[] | undefined }): Outcome<SalesOrder> {
  const wire = readBody(orderText, OrderWire, unwrapEvent);
  return wire.ok ? withMoney(() => build(wire.value, orderText, setup)) : wire;
}
