import { Decimal as Library } from 'decimal.js';
import { exponentOf, moneyText, type Money } from '../../canonical/money';

/** Products of two numeric(19,5) have up to 38 digits: nothing may be rounded before GP's own rounding. */
const Decimal = Library.clone({ precision: 60 });
type Decimal = Library;

/** Quantities, prices and markdowns of GP are numeric(19,5). */
const decimals = 5;
/** numeric(19,5) leaves fourteen digits before the point. */
const largest = new Decimal('99999999999999');
const rounded = (value: Decimal): Decimal => value.toDecimalPlaces(decimals, Decimal.ROUND_HALF_UP);
const fits = (value: Decimal): boolean => value.decimalPlaces() <= decimals && value.abs().lte(largest);

export type LinePrice = {
  quantity: string; unitPrice: string;
  /** Per unit; absent when the price is already net. */
  markdown?: string;
  /** Of the whole line, in currency decimals; for the header. */
  markdownTotal: Decimal;
  /** Set when the sold quantity could not be kept: what the line's comment says. */
  comment?: string;
};

/** GP's own check (error 722): QUANTITY × (UNITPRCE − MRKDNAMT), rounded half up to the currency, must equal XTNDPRCE. */
export function extendedPrice(price: { quantity: string; unitPrice: string; markdown?: string }, currency: string): Decimal {
  return new Decimal(price.quantity).times(new Decimal(price.unitPrice).minus(price.markdown ?? '0')).toDecimalPlaces(exponentOf(currency), Decimal.ROUND_HALF_UP);
}

function withMarkdown(line: { quantity: Decimal; unitPrice: Decimal; discount: Decimal }, currency: string): LinePrice | undefined {
  const markdown = line.discount.div(line.quantity);
  if (!fits(line.unitPrice) || !fits(markdown)) return undefined;
  const total = markdown.times(line.quantity).toDecimalPlaces(exponentOf(currency), Decimal.ROUND_HALF_UP);
  return { quantity: line.quantity.toFixed(), unitPrice: line.unitPrice.toFixed(), ...(markdown.isZero() ? {} : { markdown: markdown.toFixed() }), markdownTotal: total };
}

/**
 * The price of a line as GP accepts it, for a line net that is given. First the honest pair (unit price and per-unit markdown); when GP's
 * rounding would not reach the net, a derived unit price without markdown; when five decimals cannot carry that either, quantity 1.
 */
export function linePrice(line: { quantity: string; unitPrice: string; discount: Money; net: Money }): LinePrice {
  const { currency } = line.net;
  const net = new Decimal(moneyText(line.net));
  const quantity = new Decimal(line.quantity);
  const hits = (price: LinePrice | undefined): price is LinePrice => price !== undefined && extendedPrice(price, currency).eq(net);
  if (quantity.gt(0) && fits(quantity)) {
    const honest = withMarkdown({ quantity, unitPrice: new Decimal(line.unitPrice), discount: new Decimal(moneyText(line.discount)) }, currency);
    if (hits(honest)) return honest;
    const derived: LinePrice = { quantity: quantity.toFixed(), unitPrice: rounded(net.div(quantity)).toFixed(), markdownTotal: new Decimal(0) };
    if (hits(derived)) return derived;
  }
  return { quantity: '1', unitPrice: net.toFixed(), markdownTotal: new Decimal(0), comment: `Sold quantity ${quantity.toFixed()}, written as 1` };
}
