import { buyerOf, parseLossless, plain, record } from '../lossless';
import { type Identity } from '../source';
import { unwrapEvent, utc } from './wire';

/** Which order a body speaks of, and when it changed: an order by its own id, an invoice or credit memo by its order's; never throws. */
export function identifyMagento(text: string): Identity {
  const body = record(unwrapEvent(parseLossless(text)));
  const id = plain(body['order_id']) ?? plain(body['entity_id']);
  const version = utc(plain(body['updated_at']));
  return { ...(id !== undefined && /^\d{1,30}$/.test(id) ? { orderId: id } : {}), ...(version ? { version } : {}), ...buyerOf(body['customer_id'], body['customer_email']) };
}

/** An order, and not an invoice, a credit memo or an event with a handful of fields. */
export function isMagentoOrder(text: string): boolean {
  const body = record(unwrapEvent(parseLossless(text)));
  return Array.isArray(body['items']) && body['grand_total'] !== undefined && body['order_id'] === undefined;
}
