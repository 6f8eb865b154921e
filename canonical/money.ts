import { Decimal } from 'decimal.js';
import { z } from 'zod';

/** Decimals per ISO 4217 where they are not two. A gateway's own minor units may differ: those tables live in its connector. */
const exponents: Record<string, number> = {
  BIF: 0, CLP: 0, DJF: 0, GNF: 0, ISK: 0, JPY: 0, KMF: 0, KRW: 0, PYG: 0, RWF: 0, UGX: 0, VND: 0, VUV: 0, XAF: 0, XOF: 0, XPF: 0,
  BHD: 3, IQD: 3, JOD: 3, KWD: 3, LYD: 3, OMR: 3, TND: 3,
};

export const Currency = z.string().regex(/^[A-Z]{3}$/, 'an ISO 4217 code such as USD');
/** An amount: whole minor units as a decimal string (`"39800"` = 398.00 USD), never a float. */
export const Money = z.object({ minor: z.string().regex(/^-?\d{1,18}$/, 'whole minor units'), currency: Currency });
export type Money = z.infer<typeof Money>;
/** A plain decimal number as text: quantities, unit prices, rates. */
export const DecimalText = z.string().regex(/^-?\d{1,15}(\.\d{1,12})?$/, 'a decimal number');
export type DecimalText = z.infer<typeof DecimalText>;

export class MoneyError extends Error {
  constructor(readonly value: string, why: string) { super(`"${value}" ${why}`); }
}

/** Decimals of a currency by ISO 4217: USD 2, JPY 0, BHD 3. */
export const exponentOf = (currency: string): number => exponents[currency] ?? 2;

/** `"398.00", "USD"` → Money. Refuses text that is no number or has more decimals than the currency holds. */
export function money(text: string, currency: string): Money {
  const exponent = exponentOf(currency);
  const found = /^(-?)(\d{1,15})(?:\.(\d{1,12}))?$/.exec(text);
  if (!found) throw new MoneyError(text, 'is not a decimal amount');
  const [, sign = '', units = '', fraction = ''] = found;
  if (fraction.length > exponent && /[1-9]/.test(fraction.slice(exponent))) throw new MoneyError(text, `has more than ${exponent} decimals, the most ${currency} holds`);
  const minor = `${units}${fraction.slice(0, exponent).padEnd(exponent, '0')}`.replace(/^0+(?=\d)/, '');
  return { minor: minor === '0' ? '0' : `${sign}${minor}`, currency };
}

/** As `money`, but rounds half away from zero to the currency's decimals (this is the accountants' "half up"). */
export function roundMoney(value: Decimal.Value, currency: string): Money {
  const minor = new Decimal(value).times(new Decimal(10).pow(exponentOf(currency))).toDecimalPlaces(0, Decimal.ROUND_HALF_UP);
  return { minor: minor.toFixed(0).replace(/^-0$/, '0'), currency };
}

export const zero = (currency: string): Money => ({ minor: '0', currency });

/** Money → `"398.00"`: the one place where an amount becomes text. */
export function moneyText({ minor, currency }: Money): string {
  const exponent = exponentOf(currency);
  const plain = /^-?(?:0|[1-9]\d*)$/.test(minor) && minor !== '-0' ? minor : BigInt(minor).toString();
  if (exponent === 0) return plain;
  const negative = plain.startsWith('-');
  const digits = (negative ? plain.slice(1) : plain).padStart(exponent + 1, '0');
  return `${negative ? '-' : ''}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

export const moneyDecimal = (amount: Money): Decimal => new Decimal(moneyText(amount));

function both(a: Money, b: Money, op: (x: bigint, y: bigint) => bigint): Money {
  if (a.currency !== b.currency) throw new MoneyError(`${a.currency}/${b.currency}`, 'mixes two currencies in one sum');
  return { minor: op(BigInt(a.minor), BigInt(b.minor)).toString(), currency: a.currency };
}

export const add = (a: Money, b: Money): Money => both(a, b, (x, y) => x + y);
export const subtract = (a: Money, b: Money): Money => both(a, b, (x, y) => x - y);
export const negate = (a: Money): Money => ({ minor: (-BigInt(a.minor)).toString(), currency: a.currency });
export const sum = (amounts: readonly Money[], currency: string): Money => amounts.reduce(add, zero(currency));
/** −1, 0 or 1. */
export function compareMoney(a: Money, b: Money): -1 | 0 | 1 {
  const difference = BigInt(subtract(a, b).minor);
  return difference === 0n ? 0 : difference < 0n ? -1 : 1;
}
export const isZero = (a: Money): boolean => BigInt(a.minor) === 0n;
export const isNegative = (a: Money): boolean => BigInt(a.minor) < 0n;
export const minMoney = (a: Money, b: Money): Money => (compareMoney(a, b) <= 0 ? a : b);

/**
 * Splits an amount by weights so that the parts add up to it exactly: largest remainder, ties to the earlier part.
 * Weights are non-negative minor units or counts; all zero means equal parts.
 */
export function allocate(total: Money, weights: readonly string[]): Money[] {
  if (weights.length === 0) return [];
  let shares = weights.map((w) => new Decimal(w));
  if (shares.every((w) => w.isZero())) shares = shares.map(() => new Decimal(1));
  const all = shares.reduce((a, b) => a.plus(b));
  const sign = isNegative(total) ? -1 : 1;
  const whole = new Decimal(total.minor).abs();
  const exact = shares.map((w) => whole.times(w).div(all));
  const parts = exact.map((e) => e.floor());
  let left = whole.minus(parts.reduce((a, b) => a.plus(b))).toNumber();
  const order = exact.map((e, i) => ({ i, rest: e.minus(parts[i] ?? 0) })).sort((a, b) => b.rest.comparedTo(a.rest) || a.i - b.i);
  for (const { i } of order) {
    if (left <= 0) break;
    parts[i] = (parts[i] ?? new Decimal(0)).plus(1);
    left -= 1;
  }
  return parts.map((p) => ({ minor: p.times(sign).toFixed(0).replace(/^-0$/, '0'), currency: total.currency }));
}
