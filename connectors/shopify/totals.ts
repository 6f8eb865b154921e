import { type Failure } from '../../canonical/failure';
import { add, isZero, money, moneyText, subtract, sum, type Money } from '../../canonical/money';
import { type OrderLine, type ShippingLine } from '../../canonical/sales-order';
import { isEditedDown } from './lines';
import { type OrderWire } from './wire';

export type OrderParts = { wire: OrderWire; lines: OrderLine[]; shipping: ShippingLine[] };

const mismatch = (message: string, value: Money): Failure => ({
  code: 'totals-do-not-add-up', field: 'total_price', value: moneyText(value), message, fix: 'Look at the order in the shop: something it charges is not in the delivery. Enter it by hand, or correct the order there and retry.',
});

const taxOf = (parts: readonly { taxes: OrderLine['taxes'] }[], currency: string): Money => sum(parts.flatMap((p) => p.taxes.map((t) => t.amount)), currency);

/**
 * Shopify's own arithmetic: lines after allocations + shipping + tips + (added) tax = total_price, line and shipping taxes = total_tax, lines =
 * subtotal_price. Nothing is made to fit: a difference is named term by term.
 */
export function checkTotals({ wire, lines, shipping }: OrderParts): Failure | undefined {
  const { currency } = wire;
  const edited = isEditedDown(wire);
  const total = money((edited ? wire.current_total_price : undefined) ?? wire.total_price, currency);
  const tax = taxOf([...lines, ...shipping], currency);
  const statedTax = money((edited ? wire.current_total_tax : undefined) ?? wire.total_tax, currency);
  if (!isZero(subtract(tax, statedTax))) {
    return mismatch(`The taxes of lines and shipping add up to ${moneyText(tax)}, the order says ${moneyText(statedTax)} ${currency} (difference ${moneyText(subtract(statedTax, tax))}).`, statedTax);
  }
  const gross = (part: OrderLine): Money => (wire.taxes_included ? add(part.net, sum(part.taxes.map((t) => t.amount), currency)) : part.net);
  const merchandise = sum(lines.filter((l) => l.kind !== 'tip' && l.kind !== 'fee').map(gross), currency);
  const subtotal = money((edited ? wire.current_subtotal_price : undefined) ?? wire.subtotal_price, currency);
  if (!isZero(subtract(merchandise, subtotal))) {
    return mismatch(`The lines after discounts add up to ${moneyText(merchandise)}, the order's subtotal says ${moneyText(subtotal)} ${currency} (difference ${moneyText(subtract(subtotal, merchandise))}).`, subtotal);
  }
  const net = sum([...lines.map((l) => l.net), ...shipping.map((l) => l.net)], currency);
  const computed = add(net, tax);
  if (isZero(subtract(computed, total))) return undefined;
  const ship = sum(shipping.map((l) => l.net), currency);
  return mismatch(`Lines ${moneyText(sum(lines.map((l) => l.net), currency))} + shipping ${moneyText(ship)} + tax ${moneyText(tax)} = ${moneyText(computed)}, the order's total says ${moneyText(total)} ${currency} (difference ${moneyText(subtract(total, computed))}).`, total);
}
