import { Decimal } from 'decimal.js';
import { inCodePage } from '../../canonical/code-page';
import { masterFields, type MasterKind } from '../../canonical/master';
import { fieldLengths, gpText, type GpField } from './gp-text';
import { type Keeping, keepings } from './master-fields';

/** A value as GP would hold it; undefined: it has no place for it. The warning says what is lost on the way. */
export type Held = { value: string | undefined; warning?: string };

/** Decimals of GP's amounts: numeric(19,5). */
const decimalPlaces = 5;
const plainDecimal = /^-?\d{1,14}(\.\d{1,12})?$/;

/** A number as we write it: no trailing zeros, no sign on zero. */
export const plainNumber = (value: Decimal): string => (value.isZero() ? '0' : value.toFixed());

const label = (kind: MasterKind, field: string): string => masterFields[kind][field]?.label ?? field;
const left = (what: string, value: string, why: string): Held => ({ value: undefined, warning: `${what} "${value}" is left alone in GP: ${why}.` });

function asKey(element: GpField, value: string, what: string): Held {
  if (value.length > fieldLengths[element]) return left(what, value, `GP holds ${fieldLengths[element]} characters, and a key is never cut`);
  return [...value].every(inCodePage) ? { value } : left(what, value, 'its code page lacks some of the characters');
}

function asPhone(element: GpField, value: string, what: string): Held {
  if (value.length <= fieldLengths[element] && [...value].every(inCodePage)) return { value };
  const compact = value.replaceAll(/[\s().\-/]/g, '');
  if (compact.length <= fieldLengths[element] && [...compact].every(inCodePage)) return { value: compact, warning: `${what} "${value}" was written as "${compact}", because GP holds ${fieldLengths[element]} characters.` };
  return left(what, value, `GP holds ${fieldLengths[element]} characters, and a number is never cut`);
}

function asDecimal(value: string, what: string): Held {
  if (!plainDecimal.test(value)) return left(what, value, 'it is no decimal number that fits');
  const exact = new Decimal(value);
  const kept = exact.toDecimalPlaces(decimalPlaces, Decimal.ROUND_HALF_UP);
  return kept.eq(exact) ? { value: plainNumber(kept) } : { value: plainNumber(kept), warning: `${what} "${value}" was written as "${plainNumber(kept)}", because GP keeps ${decimalPlaces} decimals.` };
}

function keep(keeping: Keeping, value: string, what: string): Held {
  switch (keeping.as) {
    case 'none': return { value: undefined };
    case 'text': {
      const { text, warnings } = gpText(keeping.element, value);
      return { value: text === '' ? undefined : text, ...(warnings.length === 0 ? {} : { warning: warnings.join(' ') }) };
    }
    case 'key': return asKey(keeping.element, value, what);
    case 'capitals': return asKey(keeping.element, value.toUpperCase(), what);
    case 'email': return asKey(keeping.element, value, what);
    case 'phone': return asPhone(keeping.element, value, what);
    case 'decimal': return asDecimal(value, what);
    case 'integer': return /^\d{1,4}$/.test(value) ? { value: String(Number(value)) } : left(what, value, 'it is no whole number below 10000');
    case 'boolean': return value === 'true' || value === 'false' ? { value } : left(what, value, 'it is neither true nor false');
    case 'account-class': return ['asset', 'liability', 'equity', 'revenue', 'expense'].includes(value) ? { value } : left(what, value, 'GP knows asset, liability, equity, revenue and expense');
    case 'currency': return /^[A-Z]{3}$/.test(value) ? { value } : left(what, value, 'it is no ISO code');
  }
}

/**
 * What GP can hold of a canonical value: lengths, code page, keys. Pure; what it gives it gives again unchanged. Nothing is lost in silence: every
 * change beyond white space and capitals has a warning. Source: reference dynamics-gp §2.1 and the eConnect node tables.
 */
export function gpHolds(kind: MasterKind, field: string, value: string): Held {
  const trimmed = value.replaceAll(/\s+/gu, ' ').trim();
  if (trimmed === '') return { value: undefined };
  return keep(keepings[kind][field] ?? { as: 'none' }, trimmed, label(kind, field));
}
