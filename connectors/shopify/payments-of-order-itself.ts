import { z } from 'zod';
import { isZero, money, subtract, type Money } from '../../canonical/money';
import { type Payment, type SalesOrder } from '../../canonical/sales-order';
import { list, losslessText, OptionalText } from '../lossless';
import { parseLossless, unwrapOrder } from './wire';

const Told = z.object({ payment_gateway_names: list(z.preprocess((v) => losslessText(v) ?? '', z.string())), gateway: OptionalText, total_outstanding: OptionalText });

/** When nobody tells the transactions but the order says it is paid through one gateway: one payment of what is not outstanding. */
export function paymentsFromOrderItself(orderText: string, order: SalesOrder): Payment[] | undefined {
  const parsed = Told.safeParse(unwrapOrder(parseLossless(orderText)));
  if (!parsed.success || !['paid', 'partially-paid'].includes(order.paymentState)) return undefined;
  const { payment_gateway_names: names, gateway: old, total_outstanding: open } = parsed.data;
  const [gateway, ...others] = [...new Set(names.length > 0 ? names : [old ?? ''])];
  if (gateway === undefined || others.length > 0) return undefined;
  const outstanding: Money = money(/^\d+(\.\d+)?$/.test(open ?? '') ? open ?? '0' : '0', order.currency);
  const amount = subtract(order.totals.total, outstanding);
  if (isZero(amount)) return undefined;
  return [{ paymentId: `shopify-order-${order.source.orderId}`, aliases: [], gateway, amount, paidAt: order.placedAt }];
}
