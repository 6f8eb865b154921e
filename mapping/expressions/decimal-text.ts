import { Decimal } from 'decimal.js';
import { exponentOf, moneyText, type Money } from '../../canonical/money';

/** A value that a function or a conversion cannot take: what it is and what was expected. */
export class ValueError extends Error {
  constructor(readonly value: unknown, why: string) { super(`${shown(value)} ${why}`); }
}

const shownMax = 80;
/** A value as people see it in a message: at most 80 characters. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : value === undefined ? 'nothing' : JSON.stringify(value) ?? String(value);
  const short = text.length > shownMax ? `${text.slice(0, shownMax)}…` : text;
  return typeof value === 'string' ? `"${short}"` : short;
}

export const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const wholeUnits = /^-?\d{1,18}$/;
export const isMoney = (value: unknown): value is Money => isObject(value) && typeof value['minor'] === 'string' && typeof value['currency'] === 'string' && wholeUnits.test(value['minor']);

const plainDecimal = /^-?\d{1,20}(\.\d{1,20})?$/;
/** Is it a decimal number as text? */
export const isDecimalText = (value: unknown): value is string => typeof value === 'string' && plainDecimal.test(value);

/**
 * Decimal text, an amount of money or a whole number → Decimal. A JavaScript number with a fraction is refused: what it lost cannot be seen any more.
 * Documents hold numbers as text, so this happens only to numbers that an expression made.
 */
export function decimalOf(value: unknown): Decimal {
  if (typeof value === 'string') {
    if (plainDecimal.test(value)) return new Decimal(value);
    throw new ValueError(value, 'is no decimal number');
  }
  if (isMoney(value)) return new Decimal(moneyText(value));
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) return new Decimal(value);
    throw new ValueError(value, 'is a number with a fraction, which may have lost digits: calculate with $add, $sub, $mul, $div on text');
  }
  throw new ValueError(value, 'is no decimal number');
}

const decimalsMax = 20;
/** Decimal → plain text without exponent, without a negative zero, and with at most the decimals that can be read again: a small quotient has more. */
export function decimalText(value: Decimal): string {
  const text = value.toFixed();
  if (text.length > decimalsMax + 2 && value.decimalPlaces() > decimalsMax) return decimalText(value.toDecimalPlaces(decimalsMax));
  return text === '-0' ? '0' : text;
}

const modes = { 'half-up': Decimal.ROUND_HALF_UP, 'half-even': Decimal.ROUND_HALF_EVEN, up: Decimal.ROUND_UP, down: Decimal.ROUND_DOWN } as const;
export type RoundMode = keyof typeof modes;
export const roundModes = Object.keys(modes) as RoundMode[];
const isMode = (mode: unknown): mode is RoundMode => typeof mode === 'string' && Object.hasOwn(modes, mode);

/** Rounds to at most `decimals`; half-up is away from zero, as accountants do. */
export function rounded(value: Decimal, decimals: number, mode: unknown = 'half-up'): Decimal {
  if (!Number.isInteger(decimals) || decimals < 0 || decimals > 12) throw new ValueError(decimals, 'is no number of decimals from 0 to 12');
  if (!isMode(mode)) throw new ValueError(mode, `is no way to round; it is one of ${roundModes.join(', ')}`);
  return value.toDecimalPlaces(decimals, modes[mode]);
}

/** Decimals of a currency as text such as "USD". */
export function decimalsOf(currency: unknown): number {
  if (typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency)) throw new ValueError(currency, 'is no currency code such as USD');
  return exponentOf(currency);
}
