import { Decimal } from 'decimal.js';
import { add, exponentOf, isZero, moneyDecimal, negate, roundMoney, subtract, sum, type Money } from './money';

const oneUnit = (currency: string): Decimal => new Decimal(10).pow(-exponentOf(currency));

/**
 * Exact parts of a total → whole minor units that add up to it. Sellers' systems keep fractions of a cent per line and round once, per line or at
 * the end: rounded line by line when that makes the stated total, else the dust below one minor unit goes to the lines whose rounding lost most.
 * undefined when the parts miss the total by a whole minor unit: that is no rounding.
 */
export function inMinorUnits(exact: readonly Decimal[], stated: Money): Money[] | undefined {
  const { currency } = stated;
  const rounded = exact.map((part) => roundMoney(part, currency));
  const difference = subtract(stated, sum(rounded, currency));
  if (isZero(difference)) return rounded;
  const dust = moneyDecimal(stated).minus(exact.reduce((a, b) => a.plus(b), new Decimal(0))).abs();
  if (dust.gte(oneUnit(currency)) || exact.every((part, i) => part.eq(moneyDecimal(rounded[i] ?? stated)))) return undefined;
  const up = !difference.minor.startsWith('-');
  const unit: Money = { minor: '1', currency };
  const units = Number(BigInt(difference.minor) < 0n ? -BigInt(difference.minor) : BigInt(difference.minor));
  if (units > exact.length) return undefined;
  const lost = exact.map((part, i) => ({ i, by: part.minus(moneyDecimal(rounded[i] ?? stated)).times(up ? 1 : -1) })).sort((a, b) => b.by.comparedTo(a.by) || a.i - b.i);
  const moved = new Set(lost.slice(0, units).map((l) => l.i));
  return rounded.map((part, i) => (moved.has(i) ? add(part, up ? unit : negate(unit)) : part));
}
