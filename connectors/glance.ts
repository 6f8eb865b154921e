import { stringify } from 'lossless-json';
import { parseLossless, plain, record } from './lossless';
import { type Glance } from './source';

type Fields = { name: string; total: string; currency: string };

/**
 * What people are told of an order that does not go on: the order itself without its envelope, digit by digit, and name and amount as the sender
 * wrote them under these fields. What is no JSON is shown as it came.
 */
export function glanceAt(orderText: string, unwrap: (body: unknown) => unknown, fields: Fields): Glance {
  const order = unwrap(parseLossless(orderText));
  if (typeof order !== 'object' || order === null || Array.isArray(order)) return { document: orderText };
  const [name, total, currency] = [fields.name, fields.total, fields.currency].map((f) => plain(record(order)[f]));
  const money = total !== undefined && /^\d{1,15}(\.\d{1,6})?$/.test(total) && currency !== undefined && /^[A-Z]{3}$/.test(currency) ? { total, currency } : {};
  return { document: stringify(order) ?? orderText, ...(name ? { orderName: name.slice(0, 60) } : {}), ...money };
}
