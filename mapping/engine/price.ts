import { Decimal as Library } from 'decimal.js';
import { decimalOf, decimalText } from '../expressions/decimal-text';
import { quick, quickCompare, quickMultiply, quickText } from '../expressions/quick-decimal';

/** Products of two numbers with five decimals have up to 38 digits: nothing is rounded before the target's own rounding. */
const Decimal = Library.clone({ precision: 60 });
type Decimal = Library;
/** Fourteen digits before the point: the most that ledgers keep. */
const largest = new Decimal('99999999999999');

export type PriceAsk = { quantity: unknown; unitPrice?: unknown; discount?: unknown; net: unknown; decimals: number; productDecimals: number };
/**
 * `how` says which way was taken: `stated` (unit price and per-unit markdown as sold), `derived` (net ÷ quantity), `one` (one piece at the net).
 * `markdownTotal` is what the markdown takes off the whole line.
 */
export type Price = { quantity: string; unitPrice: string; markdown?: string; markdownTotal: string; how: 'stated' | 'derived' | 'one'; sold: string };

/** What was sold, where it is plain and hits the net exactly: no discount, nothing to round. Everything else takes the long way. */
function plainPrice({ quantity, unitPrice, discount, net, decimals, productDecimals }: PriceAsk): Price | undefined {
  const [q, u, n, off] = [quick(quantity), quick(unitPrice), quick(net), quick(discount ?? '0')];
  if (!q || !u || !n || !off || off.n !== 0 || q.n <= 0 || q.scale > decimals || u.scale > decimals || u.scale + q.scale > productDecimals) return undefined;
  const product = quickMultiply(q, u);
  if (!product || quickCompare(product, n) !== 0) return undefined;
  const sold = quickText(q);
  return { quantity: sold, unitPrice: quickText(u), markdownTotal: '0', how: 'stated', sold };
}

/**
 * A quantity and a unit price whose product, rounded half up as the target does it, is exactly the given net. First what was sold; where the target's
 * decimals cannot carry that, a derived unit price; where that does not hit either, one piece.
 */
export function linePrice(ask: PriceAsk): Price {
  const plain = plainPrice(ask);
  if (plain) return plain;
  const { decimals, productDecimals } = ask;
  const round = (value: Decimal, places: number): Decimal => value.toDecimalPlaces(places, Library.ROUND_HALF_UP);
  const fits = (value: Decimal): boolean => value.decimalPlaces() <= decimals && value.abs().lte(largest);
  const [net, quantity] = [new Decimal(decimalOf(ask.net)), new Decimal(decimalOf(ask.quantity))];
  const hits = (unit: Decimal): boolean => round(quantity.times(unit), productDecimals).eq(net);
  const sold = decimalText(quantity);
  if (quantity.gt(0) && fits(quantity)) {
    if (ask.unitPrice !== undefined) {
      const unit = new Decimal(decimalOf(ask.unitPrice));
      const markdown = new Decimal(decimalOf(ask.discount ?? '0')).div(quantity);
      if (fits(unit) && fits(markdown) && hits(unit.minus(markdown))) {
        return { quantity: sold, unitPrice: decimalText(unit), ...(markdown.isZero() ? {} : { markdown: decimalText(markdown) }), markdownTotal: decimalText(round(markdown.times(quantity), productDecimals)), how: 'stated', sold };
      }
    }
    const derived = round(net.div(quantity), decimals);
    if (hits(derived)) return { quantity: sold, unitPrice: decimalText(derived), markdownTotal: '0', how: 'derived', sold };
  }
  return { quantity: '1', unitPrice: decimalText(net), markdownTotal: '0', how: 'one', sold };
}
