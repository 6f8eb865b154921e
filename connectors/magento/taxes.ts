import { Decimal } from 'decimal.js';
import { allocate, isZero, roundMoney, subtract, sum, type Money } from '../../canonical/money';
import { type TaxAmount } from '../../canonical/sales-order';
import { type AppliedTax, type OrderWire } from './wire';

const number = (text: string | undefined): Decimal => new Decimal(/^-?\d{1,15}(\.\d{1,12})?$/.test(text ?? '') ? text ?? '0' : '0');
const named = (tax: AppliedTax, amount: Money): TaxAmount => ({ name: tax.title || tax.code || 'Tax', rate: number(tax.percent).div(100).toDecimalPlaces(12).toFixed(), amount, collectedByMarketplace: false });

/**
 * The tax of one line, in whole minor units, by jurisdiction. The figures beside the rates cannot be trusted: `amount` often repeats the whole
 * line's tax for each. Used are those that make the tax (`amount`, else `real_amount`); else it is shared out by percent. It never becomes more or
 * less than the line's own tax.
 */
export function splitTax(tax: Money, by: readonly AppliedTax[], percent: string): TaxAmount[] {
  if (isZero(tax)) return [];
  if (by.length === 0) return [{ name: 'Tax', rate: number(percent).div(100).toDecimalPlaces(12).toFixed(), amount: tax, collectedByMarketplace: false }];
  const parts = by.map((t) => roundMoney(number(t.amount), tax.currency));
  const real = by.map((t) => roundMoney(number(t.real_amount), tax.currency));
  const fits = [parts, real].find((list) => isZero(subtract(tax, sum(list, tax.currency))));
  const amounts = fits ?? allocate(tax, by.map((t) => number(t.percent).abs().toFixed()));
  return by.map((t, i) => named(t, amounts[i] ?? tax)).filter((t) => !isZero(t.amount));
}

/** What the order says of the taxes of one line: `item_id` of the line, or `shipping`. */
export function appliedTo(wire: OrderWire, line: { itemId: string; percent: string } | 'shipping'): AppliedTax[] {
  const { item_applied_taxes: byItem, itemized_taxes: itemized, applied_taxes: ofOrder } = wire.extension_attributes;
  const mine = (t: { item_id?: string | undefined; kind: string | undefined }): boolean => (line === 'shipping' ? t.kind === 'shipping' : t.item_id === line.itemId);
  const found = byItem.filter((t) => mine({ item_id: t.item_id, kind: t.type })).flatMap((t) => t.applied_taxes);
  if (found.length > 0) return found;
  const rows = itemized.filter((t) => mine({ item_id: t.item_id, kind: t.taxable_item_type }));
  if (rows.length > 0) return rows;
  if (line === 'shipping') return ofOrder.length === 1 ? ofOrder : [];
  const alone = ofOrder.filter((t) => number(t.percent).eq(number(line.percent)));
  if (alone.length === 1) return alone;
  return ofOrder.reduce((a, t) => a.plus(number(t.percent)), new Decimal(0)).eq(number(line.percent)) ? ofOrder : [];
}
