import { Decimal } from 'decimal.js';
import { done, failed, type Outcome } from '../../canonical/failure';
import { add, allocate, compareMoney, isZero, money, moneyDecimal, moneyText, negate, roundMoney, subtract, sum, zero, type Money } from '../../canonical/money';
import { type OrderLine, type ShippingLine, type TaxAmount } from '../../canonical/sales-order';
import { inMinorUnits } from '../../canonical/exact-cents';
import { mismatch, unreadable } from '../unreadable';
import { htmlText } from '../../canonical/html-text';
import { ratesOf, taxesOf } from './taxes';
import { type FeeLine, type LineItem, type OrderWire } from './wire';

export type OrderParts = { lines: OrderLine[]; shipping: ShippingLine[]; total: Money; tax: Money };
type Row = OrderWire['line_items'][number] | FeeLine | OrderWire['shipping_lines'][number];
type Settled = { net: Money; taxes: TaxAmount[] };

/** Meta keys of the extensions that sell gift cards (WooCommerce Gift Cards, PW Gift Cards). */
const giftCardMeta = /^_?(wc_gc_giftcard|pw_gift_card)/;
const isGiftCard = (line: LineItem): boolean => line.meta_data.some((m) => giftCardMeta.test(m.key));

function kindOf(line: LineItem): OrderLine['kind'] {
  if (isGiftCard(line)) return 'gift-card';
  return !line.sku && (line.product_id ?? '0') === '0' ? 'custom' : 'goods';
}

const unitText = (value: Decimal): string => value.toDecimalPlaces(5, Decimal.ROUND_HALF_UP).toFixed();

/** Line amounts are without tax, also in shops whose prices contain it; `subtotal` is before, `total` after discounts. */
function toLine(line: LineItem, { net, taxes }: Settled): OrderLine {
  const before = new Decimal(line.subtotal).gt(line.total) ? roundMoney(line.subtotal, net.currency) : net;
  const discount = subtract(before, net);
  return { lineId: line.id, kind: kindOf(line), ...(line.sku?.trim() ? { sku: htmlText(line.sku).trim() } : {}), description: htmlText(line.name ?? '').trim() || 'Item', quantity: line.quantity, unitPrice: unitText(moneyDecimal(before).div(line.quantity)), discount, net, taxes };
}

const feeLine = (fee: FeeLine, { net, taxes }: Settled): OrderLine => ({
  lineId: `fee-${fee.id}`, kind: 'fee', description: htmlText(fee.name ?? '').trim() || 'Fee', quantity: '1', unitPrice: moneyText(net), discount: zero(net.currency), net, taxes,
});

/** A fee below nought is a discount: it comes off the lines by their worth, and its tax off their taxes of the same name. */
function takeOff(lines: OrderLine[], fee: FeeLine, { net, taxes }: Settled): Outcome<OrderLine[]> {
  const { currency } = net;
  const off = negate(net);
  const worth = sum(lines.map((l) => l.net), currency);
  const tooMuch = mismatch(`fee_lines.${fee.id}`, moneyText(net), `The negative fee "${htmlText(fee.name ?? '')}" takes off more than the lines are worth.`);
  if (compareMoney(off, worth) > 0) return failed(tooMuch);
  const shares = allocate(off, lines.map((l) => l.net.minor));
  let rest = lines.map((line, i) => ({ ...line, net: subtract(line.net, shares[i] ?? zero(currency)), discount: add(line.discount, shares[i] ?? zero(currency)) }));
  for (const tax of taxes) {
    const place = rest.flatMap((line, i) => line.taxes.flatMap((t, j) => (t.name === tax.name ? [{ i, j, amount: t.amount }] : [])));
    if (compareMoney(negate(tax.amount), sum(place.map((p) => p.amount), currency)) > 0) return failed(tooMuch);
    const parts = allocate(negate(tax.amount), place.map((p) => p.amount.minor));
    place.forEach(({ i, j }, n) => {
      rest = rest.map((line, at) => (at !== i ? line : { ...line, taxes: line.taxes.map((t, k) => (k !== j ? t : { ...t, amount: subtract(t.amount, parts[n] ?? zero(currency)) })) }));
    });
  }
  return done(rest.map((line) => ({ ...line, taxes: line.taxes.filter((t) => !isZero(t.amount)) })));
}

/** The unrounded tax of a row: by its rates where they are its own rounding, else what it states. */
function exactTax(row: Row): Decimal {
  const byRate = row.taxes.reduce((a, t) => a.plus(t.total), new Decimal(0));
  return byRate.minus(row.total_tax).abs().lte('0.005') ? byRate : new Decimal(row.total_tax);
}

/** Each row's net and tax in whole minor units that make the order's stated total and tax; or which sum fails. */
function settle(rows: Row[], wire: OrderWire, total: Money): Outcome<Settled[]> {
  const stated = money(wire.total_tax, wire.currency);
  const exactTaxes = rows.map(exactTax);
  const taxes = inMinorUnits(exactTaxes, stated);
  const text = (parts: Decimal[]): string => moneyText(roundMoney(parts.reduce((a, b) => a.plus(b), new Decimal(0)), wire.currency));
  if (!taxes) return failed(mismatch('total_tax', wire.total_tax, `The taxes of lines, fees and shipping add up to ${text(exactTaxes)}, the order says ${moneyText(stated)} ${wire.currency}.`));
  const exactNets = rows.map((r) => new Decimal(r.total));
  const nets = inMinorUnits(exactNets, subtract(total, stated));
  if (!nets) return failed(mismatch('total', wire.total, `Lines, fees and shipping ${text(exactNets)} + tax ${moneyText(stated)} = ${moneyText(add(roundMoney(text(exactNets), wire.currency), stated))}, the order's total says ${moneyText(total)} ${wire.currency}.`));
  const rates = ratesOf(wire);
  return done(rows.map((row, i) => {
    const tax = taxes[i] ?? zero(wire.currency);
    const sign = tax.minor.startsWith('-') ? -1 : 1;
    const byRate = row.taxes.map((t) => ({ ...t, total: new Decimal(t.total).times(sign).toFixed() }));
    const parts = taxesOf(sign < 0 ? negate(tax) : tax, byRate, rates);
    return { net: nets[i] ?? zero(wire.currency), taxes: sign < 0 ? parts.map((p) => ({ ...p, amount: negate(p.amount) })) : parts };
  }));
}

/** Lines with what coupons leave, fees as lines of their own, negative fees taken off; everything adds up to the stated total and gift cards. */
export function orderParts(wire: OrderWire): Outcome<OrderParts> {
  const { currency } = wire;
  const total = add(money(wire.total, currency), sum(wire.gift_cards.map((g) => money(g.amount, currency)), currency));
  const empty = wire.line_items.find((l) => new Decimal(l.quantity).isZero() && !new Decimal(l.total).isZero());
  if (empty) return failed(unreadable(`line_items.${empty.id}.quantity`, empty.quantity, 'nought although the line has a total'));
  const items = wire.line_items.filter((l) => !new Decimal(l.quantity).isZero());
  const settled = settle([...items, ...wire.fee_lines, ...wire.shipping_lines], wire, total);
  if (!settled.ok) return settled;
  const at = (i: number): Settled => settled.value[i] ?? { net: zero(currency), taxes: [] };
  const fees = wire.fee_lines.map((fee, i) => ({ fee, amounts: at(items.length + i) })).filter((f) => !isZero(f.amounts.net));
  let lines = [...items.map((line, i) => toLine(line, at(i))), ...fees.filter((f) => !f.amounts.net.minor.startsWith('-')).map((f) => feeLine(f.fee, f.amounts))];
  for (const { fee, amounts } of fees.filter((f) => f.amounts.net.minor.startsWith('-'))) {
    const less = takeOff(lines, fee, amounts);
    if (!less.ok) return less;
    lines = less.value;
  }
  const shipping = wire.shipping_lines.map((s, i): ShippingLine => ({ title: htmlText(s.method_title ?? '').trim() || 'Shipping', ...at(items.length + wire.fee_lines.length + i) })).filter((s) => !isZero(s.net) || s.taxes.length > 0);
  return done({ lines, shipping, total, tax: money(wire.total_tax, currency) });
}
