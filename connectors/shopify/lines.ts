import { Decimal } from 'decimal.js';
import { add, isZero, money, moneyDecimal, roundMoney, subtract, sum, type Money } from '../../canonical/money';
import { type OrderLine, type ShippingLine, type TaxAmount } from '../../canonical/sales-order';
import { type LineItem, type OrderWire, type ShippingLine as ShippingWire } from './wire';

type TaxWire = LineItem['tax_lines'][number];

const toTaxes = (lines: readonly TaxWire[], currency: string): TaxAmount[] => lines
  .map((t) => ({ name: t.title, rate: new Decimal(/^-?\d+(\.\d+)?(e-?\d+)?$/i.test(t.rate) ? t.rate : '0').toDecimalPlaces(12).toFixed(), amount: money(t.price, currency), collectedByMarketplace: t.channel_liable }))
  .filter((t) => !isZero(t.amount));

function kindOf(line: LineItem): OrderLine['kind'] {
  if (line.tip !== undefined && line.tip !== null && line.tip !== false) return 'tip';
  if (line.gift_card) return 'gift-card';
  return line.sku === undefined && line.product_id === undefined ? 'custom' : 'goods';
}

/** An edited order that was not refunded counts what is left of each line: allocations and taxes shrink with the quantity. */
function remaining(line: LineItem, useCurrent: boolean): { quantity: string; part: Decimal } {
  if (!useCurrent || line.current_quantity === undefined || line.quantity === '0') return { quantity: line.quantity, part: new Decimal(1) };
  return { quantity: line.current_quantity, part: new Decimal(line.current_quantity).div(line.quantity) };
}

const shrink = (amount: Money, part: Decimal): Money => (part.eq(1) ? amount : roundMoney(moneyDecimal(amount).times(part), amount.currency));

function toLine(wire: OrderWire, line: LineItem, at: { index: number; useCurrent: boolean }): OrderLine {
  const { currency } = wire;
  const { quantity, part } = remaining(line, at.useCurrent);
  const taxes = toTaxes(line.tax_lines, currency).map((t) => ({ ...t, amount: shrink(t.amount, part) })).filter((t) => !isZero(t.amount));
  const tax = sum(taxes.map((t) => t.amount), currency);
  const list = roundMoney(new Decimal(line.price).times(quantity), currency);
  const discount = shrink(sum(line.discount_allocations.map((a) => money(a.amount, currency)), currency), part);
  const gross = subtract(list, discount);
  const net = wire.taxes_included ? subtract(gross, tax) : gross;
  const money5 = (value: Decimal): string => value.toDecimalPlaces(5, Decimal.ROUND_HALF_UP).toFixed();
  // Where prices contain tax, the discount loses its share of tax in proportion and the unit price follows from both.
  const netDiscount = wire.taxes_included && !isZero(gross) ? roundMoney(moneyDecimal(discount).times(moneyDecimal(net)).div(moneyDecimal(gross)), currency) : discount;
  const unit = wire.taxes_included && quantity !== '0' ? moneyDecimal(add(net, netDiscount)).div(quantity) : new Decimal(line.price);
  const description = line.name ?? ([line.title, line.variant_title].filter((t) => t !== undefined && t !== '').join(' - ') || 'Item');
  return { lineId: line.id ?? `line-${at.index + 1}`, kind: kindOf(line), ...(line.sku ? { sku: line.sku } : {}), description, quantity, unitPrice: money5(unit), discount: netDiscount, net, taxes };
}

/** True when lines were removed by an edit and nothing was refunded: then the `current_*` figures are the order. */
export const isEditedDown = (wire: OrderWire): boolean =>
  wire.refunds.length === 0 && wire.cancelled_at === undefined && wire.current_total_price !== undefined && wire.line_items.some((l) => l.current_quantity !== undefined && l.current_quantity !== l.quantity);

/** Lines with what discount allocations leave, without tax; plus fees and duties that the shop charges beside them. */
export function orderLines(wire: OrderWire): OrderLine[] {
  const { currency } = wire;
  const useCurrent = isEditedDown(wire);
  const lines = wire.line_items.map((line, index) => toLine(wire, line, { index, useCurrent })).filter((l) => l.quantity !== '0');
  const extra = (lineId: string, description: string, text: string | undefined): OrderLine[] => {
    const net = money(text ?? '0', currency);
    return isZero(net) ? [] : [{ lineId, kind: 'fee', description, quantity: '1', unitPrice: moneyDecimal(net).toFixed(), discount: money('0', currency), net, taxes: [] }];
  };
  const tipIsLine = lines.some((l) => l.kind === 'tip');
  return [...lines,
    ...extra('duties', 'Import duties', wire.duties_included ? undefined : wire.original_total_duties_set?.shop_money.amount),
    ...extra('additional-fees', 'Additional fees', wire.original_total_additional_fees_set?.shop_money.amount),
    ...(tipIsLine ? [] : extra('tip', 'Tip', wire.total_tip_received).map((l) => ({ ...l, kind: 'tip' as const })))];
}

function shippingNet(wire: OrderWire, line: ShippingWire): Money {
  const { currency } = wire;
  if (line.discounted_price !== undefined) return money(line.discounted_price, currency);
  return subtract(money(line.price, currency), sum(line.discount_allocations.map((a) => money(a.amount, currency)), currency));
}

export function shippingLines(wire: OrderWire): ShippingLine[] {
  return wire.shipping_lines.filter((l) => !l.is_removed).map((line) => {
    const taxes = toTaxes(line.tax_lines, wire.currency);
    const gross = shippingNet(wire, line);
    return { title: line.title, net: wire.taxes_included ? subtract(gross, sum(taxes.map((t) => t.amount), wire.currency)) : gross, taxes };
  });
}
