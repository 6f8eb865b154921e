import { failed, done, type Outcome } from '../../canonical/failure';
import { money, MoneyError, sum } from '../../canonical/money';
import { type SalesOrder, type paymentStates } from '../../canonical/sales-order';
import { isEditedDown, orderLines, shippingLines } from './lines';
import { partyOf, toAddress } from './party';
import { checkTotals, type OrderParts } from './totals';
import { OrderWire, parseLossless, unwrapOrder } from './wire';

const states: Record<string, (typeof paymentStates)[number]> = {
  pending: 'pending', authorized: 'authorized', partially_paid: 'partially-paid', paid: 'paid', partially_refunded: 'partially-refunded', refunded: 'refunded', voided: 'voided', expired: 'voided',
};

const unreadable = (field: string, value: string, why: string): Outcome<never> => failed({
  code: 'order-unreadable', field, value: value.slice(0, 80), message: `The shop's order cannot be read: ${field} is ${why}.`, fix: 'Open the order in the shop; if it looks right there, send the delivery again. Otherwise enter it by hand.',
});

const utc = (instant: string): string | undefined => { const at = Date.parse(instant); return Number.isNaN(at) ? undefined : new Date(at).toISOString(); };

function valueAt(body: unknown, path: readonly PropertyKey[]): string {
  let value: unknown = body;
  for (const key of path) value = typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined;
  return value === undefined ? 'missing' : String(typeof value === 'object' && value !== null && 'value' in value ? (value as { value: unknown }).value : JSON.stringify(value) ?? '');
}

function refundedOf(wire: OrderWire): SalesOrder['totals']['refunded'] {
  const amounts = wire.refunds.flatMap((r) => r.transactions).filter((t) => t.kind === 'refund' && t.status === 'success').map((t) => money(t.amount, wire.currency));
  return sum(amounts, wire.currency);
}

function termsOf({ payment_terms: terms }: OrderWire): Pick<SalesOrder, 'terms'> {
  if (!terms) return {};
  return { terms: { name: terms.payment_terms_name ?? 'payment terms', ...(/^\d{1,3}$/.test(terms.due_in_days ?? '') ? { dueDays: Number(terms.due_in_days) } : {}) } };
}

function build(wire: OrderWire, shop: string): Outcome<SalesOrder> {
  const updated = utc(wire.updated_at);
  const placed = utc(wire.processed_at ?? wire.created_at);
  const cancelled = wire.cancelled_at === undefined ? undefined : utc(wire.cancelled_at);
  if (updated === undefined) return unreadable('updated_at', wire.updated_at, 'not an instant');
  if (placed === undefined) return unreadable('processed_at', wire.processed_at ?? wire.created_at, 'not an instant');
  const parts: OrderParts = { wire, lines: orderLines(wire), shipping: shippingLines(wire) };
  const problem = checkTotals(parts);
  if (problem) return failed(problem);
  const { currency } = wire;
  const taxes = sum([...parts.lines, ...parts.shipping].flatMap((l) => l.taxes.map((t) => t.amount)), currency);
  const stated = wire.financial_status ?? 'pending';
  const refunded = refundedOf(wire);
  return done({
    source: { kind: 'shopify', account: shop, orderId: wire.id, orderName: wire.name ?? `#${wire.id}` },
    version: updated, placedAt: placed, currency, test: wire.test, paymentState: states[stated] ?? 'pending', pricesIncludeTax: wire.taxes_included,
    ...(cancelled === undefined ? {} : { cancelled: { at: cancelled, ...(wire.cancel_reason ? { reason: wire.cancel_reason } : {}) } }),
    customer: partyOf(wire), ...toAddress('billTo', wire.billing_address), ...toAddress('shipTo', wire.shipping_address),
    ...(wire.source_name ? { channel: wire.source_name } : {}), ...(wire.tags.length > 0 ? { tags: wire.tags } : {}), ...termsOf(wire),
    ...(wire.po_number ? { purchaseOrderNumber: wire.po_number } : {}), ...(wire.note ? { note: wire.note } : {}),
    lines: parts.lines, shipping: parts.shipping,
    totals: {
      lines: sum(parts.lines.map((l) => l.net), currency), shipping: sum(parts.shipping.map((l) => l.net), currency), tax: taxes,
      total: money((isEditedDown(wire) ? wire.current_total_price : undefined) ?? wire.total_price, currency), refunded: stated === 'refunded' && refunded.minor === '0' ? money(wire.total_price, currency) : refunded,
    },
    payments: [],
  });
}

/**
 * Shopify order body → canonical order in shop currency, without payments. `shop` is the tenant key. Fails with `order-unreadable` (field and
 * value named), `money-invalid` or `totals-do-not-add-up`.
 */
export function shopifyOrderToSalesOrder(orderText: string, shop: string): Outcome<SalesOrder> {
  const body = unwrapOrder(parseLossless(orderText));
  if (typeof body !== 'object' || body === null) return unreadable('body', orderText.slice(0, 40), 'not a JSON object');
  const parsed = OrderWire.safeParse(body);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const path = issue?.path ?? [];
    return unreadable(path.join('.') || 'body', valueAt(body, path), `"${valueAt(body, path).slice(0, 60)}" (${issue?.message ?? 'something else is expected'})`);
  }
  try {
    return build(parsed.data, shop);
  } catch (error) {
    if (!(error instanceof MoneyError)) throw error;
    return failed({ code: 'money-invalid', value: error.value, message: `An amount of the order cannot be kept: ${error.message}.`, fix: 'Correct the order in the shop, or enter it by hand.' });
  }
}

