import { Decimal } from 'decimal.js';
import { failed, done, type Outcome } from '../../canonical/failure';
import { moneyText, roundMoney } from '../../canonical/money';
import { mismatch } from '../unreadable';
import { type Item, type OrderWire } from './wire';

export type Row = { item: Item; net: Decimal; discount: Decimal };

const total = (items: readonly Item[], of: (item: Item) => string): Decimal => items.reduce((a, i) => a.plus(of(i)), new Decimal(0));

/**
 * The rows that hold money. A configurable product gives a parent with the money and a child with none: the parent counts. A bundle of dynamic price
 * has its money on the children, one of fixed price on the parent.
 */
export function moneyRows(wire: OrderWire): Item[] {
  const children = new Map<string, Item[]>();
  for (const item of wire.items) if (item.parent_item_id !== undefined) children.set(item.parent_item_id, [...(children.get(item.parent_item_id) ?? []), item]);
  return wire.items.filter((i) => i.parent_item_id === undefined).flatMap((parent) => {
    const own = children.get(parent.item_id) ?? [];
    const dynamic = parent.product_type === 'bundle' && total(own, (i) => i.row_total).gt(0);
    return dynamic ? own : [parent];
  }).filter((i) => new Decimal(i.qty_ordered).gt(0));
}

/**
 * Each row after its discount, without tax. Most shops keep `row_total` before the discount, some after it: which one is told by the subtotal. Where
 * prices contain tax the discount contains it too; its tax part is the "discount tax compensation".
 */
export function netRows(wire: OrderWire): Outcome<Row[]> {
  const items = moneyRows(wire);
  const currency = wire.order_currency_code;
  const [gross, discount] = [total(items, (i) => i.row_total), total(items, (i) => i.discount_amount)];
  const compensation = total(items, (i) => i.discount_tax_compensation_amount);
  const same = (a: Decimal): boolean => roundMoney(a, currency).minor === roundMoney(wire.subtotal, currency).minor;
  const before = same(gross);
  if (!before && !same(gross.plus(discount).minus(compensation))) {
    return failed(mismatch('subtotal', wire.subtotal, `The lines add up to ${moneyText(roundMoney(gross, currency))}, the order's subtotal says ${moneyText(roundMoney(wire.subtotal, currency))} ${currency}: not every line is in the delivery.`));
  }
  return done(items.map((item) => {
    const off = new Decimal(item.discount_amount).minus(item.discount_tax_compensation_amount);
    return { item, discount: off, net: before ? new Decimal(item.row_total).minus(off) : new Decimal(item.row_total) };
  }));
}
