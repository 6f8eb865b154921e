import { isLosslessNumber, stringify } from 'lossless-json';
import { type Glance } from '../source';
import { parseLossless, unwrapOrder } from './wire';

const text = (value: unknown): string | undefined => (isLosslessNumber(value) ? value.toString() : typeof value === 'string' ? value : undefined);

/**
 * What people are told of an order that does not go on. The Admin API wraps its answer in `{ "order": … }` and a webhook does not; shown is the
 * order itself in both cases, digit by digit. Amount and name are as the shop wrote them; what is no JSON is shown as it came.
 */
export function glanceAtShopifyOrder(orderText: string): Glance {
  const order = unwrapOrder(parseLossless(orderText));
  if (typeof order !== 'object' || order === null || Array.isArray(order)) return { document: orderText };
  const { name, total_price: total, currency } = order as Record<string, unknown>;
  const [orderName, amount, code] = [text(name), text(total), text(currency)];
  const money = amount !== undefined && /^\d{1,15}(\.\d{1,6})?$/.test(amount) && code !== undefined && /^[A-Z]{3}$/.test(code) ? { total: amount, currency: code } : {};
  return { document: stringify(order) ?? orderText, ...(orderName === undefined ? {} : { orderName: orderName.slice(0, 60) }), ...money };
}
