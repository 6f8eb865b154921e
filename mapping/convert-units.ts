import { Decimal as Library } from 'decimal.js';
import { type Units } from './pair-goods';

/** Quantities and what a unit holds have up to 15 + 12 digits each: nothing is rounded before it is compared. */
const Decimal = Library.clone({ precision: 60 });

export type Converted = { unit: string; quantity: string; unitPrice: string };

/**
 * Shop pieces in a unit of GP, exactly or not at all: the first unit that holds the quantity within the item's decimals. The price of a piece
 * becomes the price of a unit by the same factor (up to five decimals; GP takes the line's net as it is). undefined: no unit fits.
 */
export function convertUnits(sold: { quantity: string; unitPrice: string }, { units, decimals }: Units): Converted | undefined {
  for (const { unit, holds } of units) {
    const quantity = new Decimal(sold.quantity).div(holds).toDecimalPlaces(decimals);
    if (!quantity.times(holds).eq(sold.quantity)) continue;
    return { unit, quantity: quantity.toFixed(), unitPrice: new Decimal(sold.unitPrice).times(holds).toDecimalPlaces(5, Decimal.ROUND_HALF_UP).toFixed() };
  }
  return undefined;
}
