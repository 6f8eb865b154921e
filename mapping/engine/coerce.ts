import { money } from '../../canonical/money';
import { type Field } from '../catalogue/schema';
import { decimalOf, decimalText, isDecimalText, isMoney, isObject, ValueError } from '../expressions/decimal-text';
import { type Json } from '../expressions/sequence';
import { amountText } from './convert';
import { type Scope } from './state';

/** A finished value → what the target field may hold, or a ValueError. Nothing is guessed: text becomes no number, a list no single value. */
export type Coerce = (value: Json, scope: Scope, currency: (scope: Scope) => string) => Json;

const date = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

function oneOf(field: Field, value: Json): Json {
  if (field.enum && !field.enum.includes(String(value))) throw new ValueError(value, `is not among ${field.enum.slice(0, 12).join(', ')}`);
  return value;
}

/** Decimals that say something: zeros at the end do not. */
function decimalPlaces(text: string): number {
  const point = text.indexOf('.');
  if (point < 0) return 0;
  let end = text.length;
  while (text.charCodeAt(end - 1) === 48) end -= 1;
  return end - point - 1;
}

function decimal(field: Field): Coerce {
  const out = field.wire === 'number' ? (text: string): Json => Number(text) : (text: string): Json => text;
  const places = field.decimals;
  const bounded = (text: string): string => {
    if (places !== undefined && decimalPlaces(text) > places) throw new ValueError(text, `has more than ${places} decimals`);
    return text;
  };
  return (value) => {
    if (isDecimalText(value)) return out(bounded(value));
    if (isMoney(value)) return out(bounded(amountText(value, value.currency)));
    return out(bounded(decimalText(decimalOf(value))));
  };
}

/** By the field's type; without a field (named values) everything passes. */
export function coerceTo(field: Field | undefined): Coerce | undefined {
  if (!field) return undefined;
  switch (field.type) {
    case 'text': return (value) => {
      if (typeof value === 'number') return oneOf(field, String(value));
      if (typeof value !== 'string') throw new ValueError(value, 'is no text');
      return field.enum ? oneOf(field, value) : value;
    };
    case 'whole': return (value) => {
      const n = typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
      if (typeof n !== 'number' || !Number.isSafeInteger(n)) throw new ValueError(value, 'is no whole number');
      return field.enum ? oneOf(field, n) : n;
    };
    case 'decimal': return decimal(field);
    case 'money': return (value, scope, currency) => (isMoney(value) ? { minor: value.minor, currency: value.currency } : money(decimalText(decimalOf(value)), currency(scope)));
    case 'boolean': return (value) => { if (typeof value !== 'boolean') throw new ValueError(value, 'is neither true nor false'); return value; };
    case 'date': return (value) => { if (typeof value !== 'string' || !date.test(value)) throw new ValueError(value, 'is no date such as 2026-01-31'); return value; };
    case 'instant': return (value) => { if (typeof value !== 'string' || !instant.test(value)) throw new ValueError(value, 'is no instant such as 2026-01-31T10:00:00Z'); return value; };
    case 'object': return (value) => { if (!isObject(value)) throw new ValueError(value, 'is no object'); return value; };
    case 'list': return (value) => (Array.isArray(value) ? value : [value]);
    default: return undefined;
  }
}
