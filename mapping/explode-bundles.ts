import { Decimal } from 'decimal.js';
import { add, allocate, moneyDecimal, type Money } from '../canonical/money';
import { type OrderLine, type SalesOrder } from '../canonical/sales-order';
import { type Pair } from './pair';
import { type Bundle } from './pair-goods';

type Component = Extract<Bundle, { as: 'components' }>['components'][number];
const parts = (amount: Money, weights: readonly string[]): Money[] => allocate(amount, weights);

function componentLines(line: OrderLine, components: readonly Component[]): OrderLine[] {
  const worth = components.map((c) => new Decimal(c.price).times(c.quantity).toFixed());
  const nets = parts(line.net, worth);
  const discounts = parts(line.discount, worth);
  // Tax follows what is taxed: an untaxed piece gets none, unless nothing in the bundle is taxed.
  const bears = (i: number): boolean => components[i]?.taxed === true || !components.some((c) => c.taxed);
  const free = nets.every((net, i) => !bears(i) || BigInt(net.minor) === 0n);
  const taxable = nets.map((net, i) => (bears(i) ? (free ? worth[i] ?? '0' : net.minor.replace('-', '')) : '0'));
  const taxes = line.taxes.map((tax) => parts(tax.amount, taxable));
  return components.map((component, i): OrderLine => {
    const [net, discount] = [nets[i] as Money, discounts[i] as Money];
    const quantity = new Decimal(line.quantity).times(component.quantity);
    return {
      ...line, lineId: `${line.lineId}/${i + 1}`, sku: component.item, description: component.description ?? `${component.item} (of ${line.description})`, quantity: quantity.toFixed(),
      unitPrice: quantity.isZero() ? '0' : moneyDecimal(add(net, discount)).div(quantity).toDecimalPlaces(5, Decimal.ROUND_HALF_UP).toFixed(), discount, net,
      taxes: line.taxes.map((tax, t) => ({ ...tax, amount: (taxes[t] as Money[])[i] as Money })).filter((tax) => BigInt(tax.amount.minor) !== 0n),
    };
  });
}

/** GP items that stand inside a bundle: a line that was taken apart names one of them. */
export const isComponent = (sku: string, pair: Pair): boolean =>
  Object.values(pair.gp.bundles).some((bundle) => bundle.as === 'components' && bundle.components.some((c) => c.item === sku));

/**
 * Bundles that GP keeps as goods become those goods: price, discount and each tax divided by what the pieces cost alone (largest remainder), so that
 * the order's sums stay to the cent. Bundles that GP keeps as kits stay one line. Taking apart twice changes nothing.
 */
export function explodeBundles(order: SalesOrder, pair: Pair): SalesOrder {
  return { ...order, lines: order.lines.flatMap((line) => {
    const bundle = line.kind === 'goods' && line.sku !== undefined ? pair.gp.bundles[line.sku.trim()] : undefined;
    return bundle?.as === 'components' ? componentLines(line, bundle.components) : [line];
  }) };
}
