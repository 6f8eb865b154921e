import { Decimal } from 'decimal.js';
import { done, failed, type Outcome } from '../../canonical/failure';
import { add, isNegative, isZero, moneyDecimal, moneyText, roundMoney, subtract, sum, zero, type Money } from '../../canonical/money';
import { type OrderLine, type ShippingLine, type TaxAmount } from '../../canonical/sales-order';
import { inMinorUnits } from '../../canonical/exact-cents';
import { parseLossless, plain, record } from '../lossless';
import { mismatch } from '../unreadable';
import { netRows, type Row } from './rows';
import { appliedTo, splitTax } from './taxes';
import { type OrderWire } from './wire';

export type OrderParts = { lines: OrderLine[]; shipping: ShippingLine[]; total: Money; tax: Money };
type Charge = { lineId: string; description: string; net: Decimal; tax: Decimal };

const unitText = (value: Decimal): string => value.toDecimalPlaces(5, Decimal.ROUND_HALF_UP).toFixed();

/** Gift wrapping and fixed product taxes, and what extensions charge under fields of their own (named in the pair: `extraTotals`). */
function charges(wire: OrderWire, orderText: string, extraTotals: readonly string[]): Charge[] {
  const x = wire.extension_attributes;
  const wrapping = [x.gw_price, x.gw_items_price, x.gw_card_price].reduce((a, v) => a.plus(v), new Decimal(0));
  const wrappingTax = [x.gw_tax_amount, x.gw_items_tax_amount, x.gw_card_tax_amount].reduce((a, v) => a.plus(v), new Decimal(0));
  const extra = extraTotals.map((path) => {
    const value = path.split('.').reduce<unknown>((at, key) => record(at)[key], parseLossless(orderText));
    const text = plain(value) ?? '0';
    return { lineId: path.slice(-40), description: (path.split('.').pop() ?? path).replaceAll('_', ' '), net: new Decimal(/^-?\d{1,15}(\.\d{1,12})?$/.test(text) ? text : '0'), tax: new Decimal(0) };
  });
  return [{ lineId: 'gift-wrapping', description: 'Gift wrapping', net: wrapping, tax: wrappingTax }, ...extra].filter((c) => !c.net.isZero());
}

function kindOf(type: string | undefined): OrderLine['kind'] { return type === 'giftcard' ? 'gift-card' : 'goods'; }

function toLine({ item, discount }: Row, net: Money, taxes: TaxAmount[]): OrderLine {
  const off = discount.gt(0) ? roundMoney(discount, net.currency) : zero(net.currency);
  return { lineId: item.item_id, kind: kindOf(item.product_type), ...(item.sku?.trim() ? { sku: item.sku.trim() } : {}), description: item.name?.trim() || item.sku?.trim() || 'Item', quantity: item.qty_ordered, unitPrice: unitText(moneyDecimal(add(net, off)).div(item.qty_ordered)), discount: off, net, taxes };
}

/** What gift cards, store credit and reward points paid: they reduce the grand total, and are payments. */
export function storedValue(wire: OrderWire): { gateway: string; amount: Money }[] {
  const x = wire.extension_attributes;
  return ([['gift_card', x.gift_cards_amount], ['customer_balance', x.customer_balance_amount], ['reward_points', x.reward_currency_amount]] as const)
    .map(([gateway, text]) => ({ gateway, amount: roundMoney(new Decimal(text).abs(), wire.order_currency_code) })).filter((t) => !isZero(t.amount));
}

const shippingNet = (wire: OrderWire): Decimal => new Decimal(wire.shipping_amount).minus(new Decimal(wire.shipping_discount_amount).abs()).plus(wire.shipping_discount_tax_compensation_amount);

/** Lines, shipping and charges with their taxes, adding up to what was sold: the grand total and what stored value paid of it. */
export function orderParts(wire: OrderWire, orderText: string, extraTotals: readonly string[]): Outcome<OrderParts> {
  const currency = wire.order_currency_code;
  const rows = netRows(wire);
  if (!rows.ok) return rows;
  const extra = charges(wire, orderText, extraTotals);
  const tax = roundMoney(wire.tax_amount, currency);
  const total = sum([roundMoney(wire.grand_total, currency), ...storedValue(wire).map((t) => t.amount)], currency);
  const exactTaxes = [...rows.value.map((r) => new Decimal(r.item.tax_amount)), new Decimal(wire.shipping_tax_amount), ...extra.map((c) => c.tax)];
  const taxes = inMinorUnits(exactTaxes, tax);
  const text = (parts: Decimal[]): string => moneyText(roundMoney(parts.reduce((a, b) => a.plus(b), new Decimal(0)), currency));
  if (!taxes) return failed(mismatch('tax_amount', wire.tax_amount, `The taxes of lines and shipping add up to ${text(exactTaxes)}, the order says ${moneyText(tax)} ${currency}.`));
  const exactNets = [...rows.value.map((r) => r.net), shippingNet(wire), ...extra.map((c) => c.net)];
  const nets = inMinorUnits(exactNets, subtract(total, tax));
  if (!nets) return failed(mismatch('grand_total', wire.grand_total, `Lines, shipping and charges ${text(exactNets)} + tax ${moneyText(tax)} do not make the order's ${moneyText(total)} ${currency}. If an extension charges the difference, name its field in the pair (extraTotals).`));
  const negative = nets.findIndex((n) => isNegative(n));
  if (negative >= 0) return failed(mismatch('discount_amount', moneyText(nets[negative] ?? total), 'A discount is larger than what it is taken from.'));
  const at = (i: number): { net: Money; tax: Money } => ({ net: nets[i] ?? zero(currency), tax: taxes[i] ?? zero(currency) });
  const lines = rows.value.map((row, i) => toLine(row, at(i).net, splitTax(at(i).tax, appliedTo(wire, { itemId: row.item.item_id, percent: row.item.tax_percent }), row.item.tax_percent)));
  const n = rows.value.length;
  const freight = { title: wire.shipping_description?.trim() || 'Shipping', net: at(n).net, taxes: splitTax(at(n).tax, appliedTo(wire, 'shipping'), '0') };
  const fees = extra.map((c, i): OrderLine => ({ lineId: c.lineId, kind: 'fee', description: c.description, quantity: '1', unitPrice: moneyText(at(n + 1 + i).net), discount: zero(currency), net: at(n + 1 + i).net, taxes: splitTax(at(n + 1 + i).tax, [], '0') }));
  return done({ lines: [...lines, ...fees], shipping: isZero(freight.net) && freight.taxes.length === 0 ? [] : [freight], total, tax });
}
