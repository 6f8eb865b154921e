import { exponentOf } from '../../canonical/money';
import { isMoney } from './decimal-text';

/** A decimal number as whole units of 10^-scale. Only numbers that a double holds exactly: everything else is left to the decimal library. */
export type Quick = { n: number; scale: number };

const powers = Array.from({ length: 16 }, (_, i) => 10 ** i);
const zero = 48;
const nine = 57;
const digitsMax = 15;

/** Reads text digit by digit; undefined for what is no plain decimal number, or a long one. */
function fromText(text: string): Quick | undefined {
  const { length } = text;
  let at = text.charCodeAt(0) === 45 ? 1 : 0;
  if (length === at || length > digitsMax + 2) return undefined;
  let n = 0;
  let digits = 0;
  let scale = -1;
  for (const start = at; at < length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 46) { if (scale >= 0 || at === start || at === length - 1) return undefined; scale = 0; continue; }
    if (code < zero || code > nine) return undefined;
    n = n * 10 + (code - zero);
    digits += 1;
    if (scale >= 0) scale += 1;
  }
  if (digits > digitsMax) return undefined;
  return { n: text.charCodeAt(0) === 45 ? -n : n, scale: Math.max(0, scale) };
}

export function quick(value: unknown): Quick | undefined {
  if (typeof value === 'string') return fromText(value);
  if (typeof value === 'number') return Number.isSafeInteger(value) && Math.abs(value) < 1e15 ? { n: value, scale: 0 } : undefined;
  if (!isMoney(value)) return undefined;
  const minor = fromText(value.minor);
  return minor && { n: minor.n, scale: exponentOf(value.currency) };
}

/** As `decimalText` writes it: no exponent, no zeros at the end, no negative zero. */
export function quickText({ n, scale }: Quick): string {
  if (n === 0) return '0';
  let [units, places] = [n, scale];
  while (places > 0 && units % 10 === 0) { units /= 10; places -= 1; }
  if (places === 0) return String(units);
  const digits = String(Math.abs(units)).padStart(places + 1, '0');
  return `${units < 0 ? '-' : ''}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

const safe = (n: number): boolean => Number.isSafeInteger(n);
/** The same number with more places; undefined when a double cannot hold it. */
function widen(a: Quick, scale: number): number | undefined {
  const by = powers[scale - a.scale];
  const n = by === undefined ? NaN : a.n * by;
  return safe(n) ? n : undefined;
}

/** a + sign × b, exact, or undefined. */
export function quickAdd(a: Quick, b: Quick, sign: 1 | -1): Quick | undefined {
  const scale = Math.max(a.scale, b.scale);
  const [x, y] = [widen(a, scale), widen(b, scale)];
  if (x === undefined || y === undefined) return undefined;
  const n = x + sign * y;
  return safe(n) ? { n, scale } : undefined;
}
export function quickMultiply(a: Quick, b: Quick): Quick | undefined {
  const n = a.n * b.n;
  return safe(n) && a.scale + b.scale <= digitsMax ? { n, scale: a.scale + b.scale } : undefined;
}
/** −1, 0, 1, or undefined. */
export function quickCompare(a: Quick, b: Quick): number | undefined {
  const difference = quickAdd(a, b, -1);
  return difference && Math.sign(difference.n);
}
/** Half up, away from zero. */
export function quickRound(a: Quick, places: number): Quick | undefined {
  if (a.scale <= places) return a;
  const by = powers[a.scale - places];
  if (by === undefined) return undefined;
  const size = Math.abs(a.n);
  const rest = size % by;
  const n = (size - rest) / by + (rest * 2 >= by ? 1 : 0);
  return { n: a.n < 0 ? -n : n, scale: places };
}
