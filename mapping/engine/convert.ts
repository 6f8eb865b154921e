import { Decimal } from 'decimal.js';
import { htmlText } from '../../canonical/html-text';
import { money, moneyText } from '../../canonical/money';
import { type Conversion } from '../document/parts';
import { decimalOf, decimalsOf, decimalText, isDecimalText, isMoney, rounded, ValueError } from '../expressions/decimal-text';
import { compileExpression } from '../expressions/expression';
import { quick } from '../expressions/quick-decimal';
import { SafeRegex } from '../expressions/regex';
import { collapse, type Json } from '../expressions/sequence';
import { clockMoment, datePattern, readInstant, writeDate } from './date-pattern';
import { type Scope } from './state';

/** A value in, a value out; `undefined` never comes in. Throws ValueError for what cannot be converted. */
export type Convert = (value: Json, scope: Scope, currency: (scope: Scope) => string) => Json;

const text = (value: Json): string => {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new ValueError(value, 'is no text');
};

/** An amount with all decimals of its currency; more than it holds is refused, not rounded. */
export function amountText(value: Json, currency: string): string {
  const decimals = decimalsOf(currency);
  const short = quick(value);
  if (short && short.scale <= decimals) return moneyText({ minor: `${short.n === 0 ? '0' : short.n}${'0'.repeat(short.n === 0 ? 0 : decimals - short.scale)}`, currency });
  const amount = decimalOf(value);
  if (amount.decimalPlaces() > decimals) throw new ValueError(value, `has more than ${decimals} decimals, the most ${currency} holds`);
  return amount.isZero() ? new Decimal(0).toFixed(decimals) : amount.toFixed(decimals);
}

const simple: Record<string, (value: Json) => Json> = {
  html: (v) => htmlText(text(v)), text, trim: (v) => text(v).replace(/\s+/gu, ' ').trim(), upper: (v) => text(v).toUpperCase(), lower: (v) => text(v).toLowerCase(),
  digits: (v) => text(v).replace(/\D/g, ''), letters: (v) => text(v).replace(/[^\p{L}\s]/gu, '').trim(),
  whole: (v) => { const d = decimalOf(typeof v === 'string' ? v.trim() : v); if (!d.isInteger()) throw new ValueError(v, 'is no whole number'); return decimalText(d); },
  negate: (v) => (isMoney(v) ? { minor: decimalText(new Decimal(v.minor).negated()), currency: v.currency } : decimalText(decimalOf(v).negated())),
  flag: (v) => { if (typeof v !== 'boolean') throw new ValueError(v, 'is neither true nor false'); return v ? 1 : 0; },
  list: (v) => (Array.isArray(v) ? v : [v]),
  single: (v) => { if (Array.isArray(v) && v.length !== 1) throw new ValueError(v, 'is not a single value'); return Array.isArray(v) ? (v[0] as Json) : v; },
};

function decimal({ point, thousands }: Extract<Conversion, { type: 'decimal' }>): Convert {
  return (value) => {
    if (typeof value !== 'string') return decimalText(decimalOf(value));
    let plain = value.trim();
    if (thousands !== undefined) plain = plain.replaceAll(thousands, '');
    if (point === ',') { if (plain.includes('.')) throw new ValueError(value, 'has a point where a comma is expected'); plain = plain.replace(',', '.'); }
    if (!isDecimalText(plain)) throw new ValueError(value, 'is no decimal number');
    return decimalText(new Decimal(plain));
  };
}

const enumKey = (value: Json): string => (value === null ? 'null' : text(value));

function enumMap(conversion: Extract<Conversion, { type: 'enum' }>): Convert {
  const { map, otherwise } = conversion;
  return (value) => {
    const key = enumKey(value);
    if (Object.hasOwn(map, key)) return map[key];
    if (typeof otherwise === 'object') return otherwise.value;
    if (otherwise === 'source') return value;
    if (otherwise === 'blank') return undefined;
    throw new ValueError(value, `is not among ${Object.keys(map).slice(0, 12).join(', ')}`);
  };
}

function zoneOf(zone: string | undefined): (scope: Scope) => string {
  if (zone === undefined) return () => 'UTC';
  if (!zone.startsWith('$')) return () => zone;
  const path = compileExpression(zone);
  return (scope) => { const value = path.run(scope.item, scope.vars); return typeof value === 'string' ? value : 'UTC'; };
}

/** A pattern without a time of day needs no time zone: it is a calendar date and stays one. */
const isCalendar = (form: string): boolean => !['iso', 'instant', 'xero'].includes(form) && !/[Hms]/.test(form.replaceAll('MM', '').replaceAll('M', ''));

function date({ from, zone, to, blank = [] }: Extract<Conversion, { type: 'date' }>): Convert {
  const inZone = zoneOf(zone);
  if (isCalendar(from)) { const read = datePattern(from); return (value) => (blank.includes(text(value)) ? undefined : writeDate(read(text(value)), to)); }
  const read = readInstant(from);
  return (value, scope) => {
    const written = text(value);
    if (blank.some((b) => written.startsWith(b))) return undefined;
    const found = from === 'iso' ? /^(\d{4})-(\d{2})-(\d{2})([T ]00:00:00(\.0+)?)?$/.exec(written) : null;
    if (found) return writeDate(datePattern('yyyy-MM-dd')(written.slice(0, 10)), to);
    const at = inZone(scope);
    return writeDate(clockMoment(read(written, at), at), to);
  };
}

function instant({ from, zone }: Extract<Conversion, { type: 'instant' }>): Convert {
  const read = readInstant(from);
  const inZone = zoneOf(zone);
  return (value, scope) => new Date(read(text(value), inZone(scope))).toISOString();
}

/** One conversion, ready to run. Throws ExpressionError or RegexError for a path or pattern that is not taken. */
export function compileConversion(conversion: Conversion): Convert {
  switch (conversion.type) {
    case 'decimal': return decimal(conversion);
    case 'amount': return (value, scope, currency) => amountText(value, isMoney(value) ? value.currency : currency(scope));
    case 'money': {
      const path = conversion.currency === undefined ? undefined : compileExpression(conversion.currency);
      return (value, scope, currency) => (isMoney(value) ? value : money(decimalText(decimalOf(value)), path ? text(path.run(scope.item, scope.vars)) : currency(scope)));
    }
    case 'round': {
      const { decimals, mode } = conversion;
      return (value, scope, currency) => decimalText(rounded(decimalOf(value), decimals === 'currency' ? decimalsOf(currency(scope)) : decimals, mode));
    }
    case 'boolean': {
      const yes = conversion.true.map(enumKey);
      const no = conversion.false?.map(enumKey);
      return (value) => { const key = enumKey(value); if (yes.includes(key)) return true; if (!no || no.includes(key)) return false; throw new ValueError(value, `is neither ${yes.join(', ')} nor ${no.join(', ')}`); };
    }
    case 'date': return date(conversion);
    case 'instant': return instant(conversion);
    case 'enum': return enumMap(conversion);
    case 'segment': return (value) => { const part = text(value).split(conversion.separator)[conversion.part - 1]; if (part === undefined) throw new ValueError(value, `has no segment ${conversion.part}`); return part; };
    case 'split': return (value) => collapse(text(value).split(conversion.separator).map((t) => t.trim()).filter((t) => t !== ''));
    case 'pattern': {
      const regex = new SafeRegex(conversion.matches);
      return (value) => { if (!regex.test(text(value))) throw new ValueError(value, conversion.says); return value; };
    }
    case 'replace': {
      const { find, with: by } = conversion;
      return (value) => text(value).replaceAll(find, by);
    }
    default: { const run = simple[conversion.type]; if (!run) throw new Error(`no conversion ${conversion.type}`); return run; }
  }
}
