import { createHash } from 'node:crypto';
import { type SalesOrder } from '../canonical/sales-order';

/** Hash of what finance cares about: two versions of an order with one hash need no second look. */
export function contentHash(order: SalesOrder): string {
  const { version: _version, payments: _payments, ...content } = order;
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 32);
}
