import { Decimal } from 'decimal.js';
import { allocate, isZero, type Money } from '../../canonical/money';
import { type TaxAmount } from '../../canonical/sales-order';
import { htmlText } from '../../canonical/html-text';
import { type OrderWire } from './wire';

type Rate = { name: string; rate: string };

/** Rate id → its name and fraction, from the order's tax lines. */
export function ratesOf(wire: OrderWire): Map<string, Rate> {
  return new Map(wire.tax_lines.map((t) => {
    const percent = /^\d{1,4}(\.\d{1,6})?$/.test(t.rate_percent ?? '') ? t.rate_percent ?? '0' : '0';
    return [t.rate_id, { name: htmlText(t.label || t.rate_code || 'Tax'), rate: new Decimal(percent).div(100).toDecimalPlaces(12).toFixed() }];
  }));
}

/** The tax of one line, in whole minor units, shared out over its rates as the shop's unrounded figures say. */
export function taxesOf(tax: Money, by: OrderWire['line_items'][number]['taxes'], rates: Map<string, Rate>): TaxAmount[] {
  if (isZero(tax)) return [];
  const shares = by.filter((t) => new Decimal(t.total).gt(0));
  if (shares.length === 0) {
    const [only] = rates.size === 1 ? [...rates.values()] : [];
    return [{ name: only?.name ?? 'Tax', rate: only?.rate ?? '0', amount: tax, collectedByMarketplace: false }];
  }
  const amounts = allocate(tax, shares.map((s) => s.total));
  return shares.map((share, i): TaxAmount => ({ name: rates.get(share.id)?.name ?? 'Tax', rate: rates.get(share.id)?.rate ?? '0', amount: amounts[i] ?? tax, collectedByMarketplace: false })).filter((t) => !isZero(t.amount));
}
