import { done, failed, type Outcome } from '../canonical/failure';
import { isNegative, type Money, moneyText } from '../canonical/money';
import { SalesOrder } from '../canonical/sales-order';
import { valueAt } from './lossless';
import { unreadable } from './unreadable';

/** The first amount below nought, and where it stands. */
function negativeIn(order: SalesOrder): { field: string; amount: Money } | undefined {
  const parts = [...order.lines.map((part, i) => ({ part, at: `lines.${i}` })), ...order.shipping.map((part, i) => ({ part, at: `shipping.${i}` }))];
  const amounts = [
    ...Object.entries(order.totals).map(([name, amount]) => ({ field: `totals.${name}`, amount })),
    ...parts.flatMap(({ part, at }) => [{ field: `${at}.net`, amount: part.net }, ...part.taxes.map((t, i) => ({ field: `${at}.taxes.${i}.amount`, amount: t.amount }))]),
    ...order.payments.map(({ amount }, i) => ({ field: `payments.${i}.amount`, amount })),
  ];
  return amounts.find(({ amount }) => isNegative(amount));
}

/** Ids that lead nowhere else: they stand in addresses and workflow ids. */
const sayable = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/;

const belowNought = (field: string, amount: Money): Outcome<never> => failed(unreadable(field, moneyText(amount), 'below nought'));

/**
 * An order as a mapping made it, payments included, if it is sound: what a rule let pass and our own words cannot hold (an instant of the year 275760, a
 * rate of 400 digits, money below nought) is `order-unreadable` with field and value, as if the mapping had said so.
 */
export function soundOrder(made: unknown): Outcome<SalesOrder> {
  const checked = SalesOrder.safeParse(made);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    const value = valueAt(made, issue?.path ?? []);
    return failed(unreadable(issue?.path.join('.') || 'order', value, `"${value.slice(0, 60)}", expected ${issue?.message ?? 'an order'}`));
  }
  const { orderId } = checked.data.source;
  if (!sayable.test(orderId)) return failed(unreadable('source.orderId', orderId, 'no id that can stand in an address'));
  const negative = negativeIn(checked.data);
  return negative ? belowNought(negative.field, negative.amount) : done(checked.data);
}
