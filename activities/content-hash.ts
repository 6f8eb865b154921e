import { createHash } from 'node:crypto';
import { type SalesOrder } from '../canonical/sales-order';

/**
 * Hash of what finance cares about: two versions of an order with one hash need no second look. That money came, and labels of the shop's people,
 * are no other order.
 */
export function contentHash(order: SalesOrder): string {
  const { version: _version, payments: _payments, paymentState: _state, channel: _channel, tags: _tags, terms: _terms, ...content } = order;
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 32);
}

/** Hash of the money alone: an address corrected after everything was posted and paid changes nothing in a ledger. */
export function moneyHash({ currency, lines, shipping, totals }: SalesOrder): string {
  const bare = { currency, totals, lines: lines.map(({ description: _d, ...line }) => line), shipping: shipping.map(({ title: _t, ...line }) => line) };
  return createHash('sha256').update(JSON.stringify(bare)).digest('hex').slice(0, 32);
}
