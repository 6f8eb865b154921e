import { Decimal } from 'decimal.js';
import { inMinorUnits } from '../../canonical/exact-cents';
import { allocate, money, moneyText } from '../../canonical/money';
import { decimalOf, decimalsOf, decimalText, isMoney, isObject, rounded, ValueError } from './decimal-text';
import { addDays, dayIn } from './days';
import { quick, quickAdd, quickCompare, quickMultiply, quickRound, quickText, type Quick } from './quick-decimal';

/** A function that expressions may call: pure, synchronous, `undefined` in gives `undefined` out unless it says otherwise. */
export type MappingFunction = (...args: unknown[]) => unknown;
export type FunctionSpec = { run: MappingFunction; min: number; max: number; summary: string };

const listOf = (value: unknown): unknown[] => (value === undefined || value === null ? [] : Array.isArray(value) ? value : [value]);
const blank = (value: unknown): boolean => value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
const text = (value: unknown): string => { if (typeof value === 'string') return value; throw new ValueError(value, 'is no text'); };
const whole = (value: unknown): number => {
  const n = typeof value === 'string' && /^-?\d{1,9}$/.test(value) ? Number(value) : value;
  if (typeof n === 'number' && Number.isInteger(n)) return n;
  throw new ValueError(value, 'is no whole number');
};
type Step = { exact(a: Decimal, b: Decimal): Decimal; quick(a: Quick, b: Quick): Quick | undefined };
const plus: Step = { exact: (a, b) => a.plus(b), quick: (a, b) => quickAdd(a, b, 1) };
const minus: Step = { exact: (a, b) => a.minus(b), quick: (a, b) => quickAdd(a, b, -1) };
const times: Step = { exact: (a, b) => a.times(b), quick: quickMultiply };
/** One number out of many: in doubles while they hold every digit, else by the decimal library. Both give the same. */
function foldAll(args: readonly unknown[], step: Step): string {
  let sum = quick(args[0]);
  for (let i = 1; sum && i < args.length; i += 1) { const next = quick(args[i]); sum = next && step.quick(sum, next); }
  return sum ? quickText(sum) : decimalText(args.map(decimalOf).reduce(step.exact));
}
const fold = (args: unknown[], step: Step): string | undefined => (args.includes(undefined) ? undefined : foldAll(args, step));
function compare(a: unknown, b: unknown): number | undefined {
  if (a === undefined || b === undefined) return undefined;
  const [x, y] = [quick(a), quick(b)];
  return (x && y && quickCompare(x, y)) ?? decimalOf(a).comparedTo(decimalOf(b));
}
/** Rounds half up; other ways are the library's. */
function roundTo(a: unknown, places: number): string {
  const x = quick(a);
  const made = x && places >= 0 && places <= 12 ? quickRound(x, places) : undefined;
  return made ? quickText(made) : decimalText(rounded(decimalOf(a), places));
}
const test = (order: number | undefined, holds: (order: number) => boolean): boolean | undefined => (order === undefined ? undefined : holds(order));

function divide(a: unknown, b: unknown): string | undefined {
  if (a === undefined || b === undefined) return undefined;
  const divisor = decimalOf(b);
  if (divisor.isZero()) throw new ValueError(a, 'cannot be divided by zero');
  return decimalText(decimalOf(a).div(divisor));
}

/** Splits an amount by weights so that the parts add up to it exactly (largest remainder). */
function allocated(total: unknown, weights: unknown, decimals: unknown): string[] | undefined {
  if (total === undefined) return undefined;
  const places = whole(decimals);
  const scale = new Decimal(10).pow(places);
  const minor = decimalOf(total).times(scale);
  if (!minor.isInteger()) throw new ValueError(total, `has more than ${places} decimals and cannot be split to them`);
  const shares = listOf(weights).map((w) => { const share = decimalOf(w); if (share.isNegative() && !share.isZero()) throw new ValueError(w, 'is a negative weight'); return decimalText(share); });
  return allocate({ minor: minor.toFixed(0), currency: 'XXX' }, shares).map((part) => decimalText(new Decimal(part.minor).div(scale)));
}

function segment(account: unknown, separator: unknown, number: unknown): string | undefined {
  if (account === undefined) return undefined;
  return text(account).split(text(separator))[whole(number) - 1];
}

/** Exact parts → parts in whole minor units that make the stated amount; nothing where they miss it by more than rounding. */
function minorUnits(parts: unknown, stated: unknown, currency: unknown): string[] | undefined {
  if (stated === undefined) return undefined;
  decimalsOf(currency);
  return inMinorUnits(listOf(parts).map(decimalOf), money(decimalText(decimalOf(stated)), currency as string))?.map(moneyText);
}

function fromSeconds(seconds: unknown): string | undefined {
  if (seconds === undefined) return undefined;
  if (typeof seconds !== 'string' || !/^\d{9,11}$/.test(seconds)) throw new ValueError(seconds, 'is no number of seconds since 1970');
  return new Date(Number(seconds) * 1000).toISOString();
}

/** The first unit that holds a quantity exactly, within the decimals that are kept of it: its name, the quantity in it, what one of it holds. */
function inUnit(quantity: unknown, units: unknown, decimals: unknown): Record<string, string> | undefined {
  if (quantity === undefined) return undefined;
  const wanted = decimalOf(quantity);
  for (const one of listOf(units)) {
    if (!isObject(one)) throw new ValueError(one, 'is no unit with its name and what it holds');
    const holds = decimalOf(one['holds']);
    const count = wanted.div(holds).toDecimalPlaces(whole(decimals));
    if (count.times(holds).eq(wanted)) return { unit: text(one['unit']), quantity: decimalText(count), holds: decimalText(holds) };
  }
  return undefined;
}

const spec = (run: MappingFunction, arity: [number, number], summary: string): FunctionSpec => ({ run, min: arity[0], max: arity[1], summary });

/** What expressions have beside paths and operators. Amounts and numbers are decimal text, or money with its currency; results are decimal text. */
export const mappingFunctions: Record<string, FunctionSpec> = {
  add: spec((...a) => fold(a, plus), [2, 20], 'adds numbers'),
  sub: spec((...a) => fold(a, minus), [2, 20], 'takes the others off the first'),
  mul: spec((...a) => fold(a, times), [2, 20], 'multiplies'),
  div: spec(divide, [2, 2], 'divides, to twenty digits'),
  neg: spec((a) => (a === undefined ? undefined : decimalText(decimalOf(a).negated())), [1, 1], 'changes the sign'),
  abs: spec((a) => (a === undefined ? undefined : decimalText(decimalOf(a).abs())), [1, 1], 'takes the sign off'),
  round: spec((a, decimals, mode) => (a === undefined ? undefined : mode === undefined ? roundTo(a, whole(decimals)) : decimalText(rounded(decimalOf(a), whole(decimals), mode))), [2, 3], 'rounds to decimals: half-up, half-even, up or down'),
  roundMoney: spec((a, currency) => (a === undefined ? undefined : roundTo(a, decimalsOf(currency))), [2, 2], 'rounds half up to the decimals of a currency'),
  fixed: spec((a, decimals) => (a === undefined ? undefined : rounded(decimalOf(a), whole(decimals)).toFixed(whole(decimals)).replace(/^-(0(\.0*)?)$/, '$1')), [2, 2], 'rounds and writes all decimals: 5 → 5.00'),
  amount: spec((a, currency) => (a === undefined ? undefined : decimalOf(a).toFixed(decimalsOf(currency ?? (isMoney(a) ? a.currency : undefined))).replace(/^-(0(\.0*)?)$/, '$1')), [1, 2], 'money as text with the decimals of its currency'),
  decimals: spec((currency) => (currency === undefined ? undefined : String(decimalsOf(currency))), [1, 1], 'decimals of a currency'),
  total: spec((list) => { const all = listOf(list); return all.length === 0 ? '0' : foldAll(all, plus); }, [1, 1], 'adds up a list; nothing is 0'),
  largest: spec((list) => { const all = listOf(list).map(decimalOf); return all.length === 0 ? undefined : decimalText(Decimal.max(...all)); }, [1, 1], 'the largest of a list'),
  smallest: spec((list) => { const all = listOf(list).map(decimalOf); return all.length === 0 ? undefined : decimalText(Decimal.min(...all)); }, [1, 1], 'the smallest of a list'),
  allocate: spec(allocated, [3, 3], 'splits an amount by weights to decimals, losing nothing'),
  minorUnits: spec(minorUnits, [3, 3], 'exact parts in whole minor units of a currency that make the stated amount'),
  inUnit: spec(inUnit, [3, 3], 'a quantity in the first unit that holds it exactly'),
  fromSeconds: spec(fromSeconds, [1, 1], 'seconds since 1970 as an instant'),
  isZero: spec((a) => { if (a === undefined) return undefined; const x = quick(a); return x ? x.n === 0 : decimalOf(a).isZero(); }, [1, 1], 'is it zero?'),
  equal: spec((a, b) => test(compare(a, b), (o) => o === 0), [2, 2], 'are two numbers equal, whatever their zeros?'),
  above: spec((a, b) => test(compare(a, b), (o) => o > 0), [2, 2], 'is the first above the second?'),
  below: spec((a, b) => test(compare(a, b), (o) => o < 0), [2, 2], 'is the first below the second?'),
  filled: spec((a) => !blank(a) && !(Array.isArray(a) && a.length === 0) && !(isObject(a) && Object.keys(a).length === 0), [1, 1], 'is there anything, blanks not counted?'),
  firstFilled: spec((...a) => a.find((v) => !blank(v)), [1, 20], 'the first that is filled'),
  first: spec((list) => listOf(list)[0], [1, 1], 'the first of a list'),
  item: spec((list, n) => listOf(list)[whole(n) - 1], [2, 2], 'the n-th of a list, from 1'),
  words: spec((...a) => { const parts = a.filter((p) => !blank(p)).map((p) => text(p).trim()); return parts.length === 0 ? undefined : parts.join(' '); }, [1, 20], 'joins what is filled with single spaces'),
  start: spec((t, n) => (t === undefined ? undefined : text(t).slice(0, whole(n))), [2, 2], 'the first n characters'),
  end: spec((t, n) => (t === undefined ? undefined : whole(n) === 0 ? '' : text(t).slice(-whole(n))), [2, 2], 'the last n characters'),
  segment: spec(segment, [3, 3], 'the n-th segment of an account string'),
  day: spec((instant, zone) => (instant === undefined ? undefined : dayIn(text(instant), zone === undefined ? 'UTC' : text(zone))), [1, 2], 'the calendar day of an instant in a time zone'),
  addDays: spec((date, n) => (date === undefined ? undefined : addDays(text(date), whole(n))), [2, 2], 'a date some days later'),
};
