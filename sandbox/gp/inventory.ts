import { Decimal } from 'decimal.js';
import { z } from 'zod';
import { ownNumbers } from './errors';
import { type NodeReader } from './fields';
import { type Company, type Item, type SopDocument, type SopLine } from './model';

export const baseUnit = 'EACH';
/** QtyShrtOpt 3 and 4: back-order what is missing. */
const backOrderOptions = [3, 4];

const decimal = z.string().regex(/^-?\d+(\.\d+)?$/);
/** What the control route sets of an item. */
export const ItemPatch = z.strictObject({
  description: z.string(), inactive: z.boolean(), stock: decimal, backOrders: z.boolean(), units: z.record(z.string(), decimal), decimals: z.number().int().min(0).max(5), kit: z.array(z.object({ item: z.string(), quantity: decimal })),
}).partial();

const baseQuantity = (item: Item, line: { quantity: Decimal.Value; unit: string }): Decimal => new Decimal(line.quantity).times(item.units?.[line.unit] ?? 1);

/** The item of a line and its unit, as its card allows: active, a unit of its schedule, no more decimals than it has, stock or back orders. */
export function checkItem(c: Company, node: NodeReader): string {
  const item = c.items.get(node.text('ITEMNMBR'));
  if (node.int('NONINVEN') === 1) return '';
  if (!item) return node.refuse(ownNumbers.unknownItem, 'Item number does not exist in IV00101', 'ITEMNMBR');
  if (item.inactive && node.int('SOPTYPE') !== 4) node.refuse(ownNumbers.inactiveItem, 'The item is inactive in IV00101', 'ITEMNMBR');
  const unit = node.text('UOFM') || baseUnit;
  if (unit !== baseUnit && item.units?.[unit] === undefined) node.refuse(ownNumbers.unknownUnit, 'The unit of measure is not valid for the schedule of the item', 'ITEMNMBR', 'UOFM');
  const quantity = node.decimal('QUANTITY');
  if (quantity.decimalPlaces() > (item.decimals ?? 5)) node.refuse(ownNumbers.itemDecimals, 'QUANTITY has more decimals than the item', 'ITEMNMBR', 'QUANTITY');
  const short = node.int('SOPTYPE') === 2 && item.stock !== undefined && baseQuantity(item, { quantity, unit }).gt(item.stock);
  if (short && item.backOrders === false && backOrderOptions.includes(node.int('QtyShrtOpt'))) node.refuse(4776, 'The item does not allow back orders', 'ITEMNMBR', 'QUANTITY');
  return unit;
}

/** Stock that a document takes (-1) or brings back (1), in base units; a kit moves what it is made of. */
export function moveStock(c: Company, doc: SopDocument, sign: 1 | -1): void {
  const move = (name: string, quantity: Decimal): void => {
    const item = c.items.get(name);
    if (item?.stock !== undefined) c.items.put(name, { ...item, stock: new Decimal(item.stock).plus(quantity.times(sign)).toFixed() });
  };
  for (const line of doc.lines) {
    const item = c.items.get(line.item);
    if (!item || line.unit === '') continue;
    const quantity = baseQuantity(item, line);
    if (item.kit) for (const part of item.kit) move(part.item, quantity.times(part.quantity)); else move(line.item, quantity);
  }
}

/** What a kit's line is made of, as GP shows it below the line: quantities, no prices. */
export function kitParts(c: Company, line: SopLine): { seq: number; item: string; quantity: string }[] {
  return (c.items.get(line.item)?.kit ?? []).map((part, i) => ({ seq: 16_384 * (i + 1), item: part.item, quantity: new Decimal(part.quantity).times(line.quantity).toFixed() }));
}
