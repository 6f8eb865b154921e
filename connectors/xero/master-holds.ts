import { Decimal } from 'decimal.js';
import { masterFields, type MasterKind } from '../../canonical/master';
import { typeOfClass } from './master-coded';

/** A value as Xero would hold it; undefined: it has no place for it. The warning says what is lost on the way. */
export type Held = { value: string | undefined; warning?: string };
type Keeping = { as: 'name' | 'text' | 'key'; max: number } | { as: 'email' | 'country' | 'decimal' | 'boolean' | 'terms' | 'currency' | 'account' | 'class' | 'none' };

const none: Keeping = { as: 'none' };
const text = (max: number): Keeping => ({ as: 'text', max });
const key = (max: number): Keeping => ({ as: 'key', max });
const address = (name: string): Record<string, Keeping> => ({ [`${name}.attention`]: text(255), [`${name}.line1`]: text(500), [`${name}.line2`]: text(500), [`${name}.line3`]: text(500), [`${name}.city`]: text(255), [`${name}.region`]: text(255), [`${name}.postalCode`]: key(50), [`${name}.country`]: { as: 'country' } });
const party: Record<string, Keeping> = { name: { as: 'name', max: 255 }, contactPerson: text(255), email: { as: 'email' }, phone: key(50), mobile: key(50), fax: key(50), taxNumber: key(50), accountNumber: key(50), currency: { as: 'currency' }, terms: { as: 'terms' }, taxCode: key(50), ...address('billing'), ...address('delivery') };
/** Canonical field → Xero; a field that is not named has no place there. Lengths: reference xero §5.3, §5.4. */
const keepings: Partial<Record<MasterKind, Record<string, Keeping>>> = {
  customer: party, vendor: party,
  item: { code: key(30), name: text(50), description: text(4_000), purchaseDescription: text(4_000), price: { as: 'decimal' }, cost: { as: 'decimal' }, salesAccount: key(10), purchaseAccount: key(10), salesTax: key(50), purchaseTax: key(50), sold: { as: 'boolean' }, purchased: { as: 'boolean' } },
  account: { number: { as: 'account' }, name: text(150), class: { as: 'class' }, taxCode: key(50) },
  // The code of a tax rate is Xero's to give; a segment's value has no place beside its option's name.
  tax: { name: text(50), rate: { as: 'decimal' } }, tracking: { category: text(100), name: text(100) }, currency: { code: { as: 'currency' } },
};

const decimalPlaces = 4;
const accountMax = 10;
const oneSpace = (value: string): string => value.replaceAll(/[\p{Cc}\s]+/gu, ' ').trim();
const left = (what: string, value: string, why: string): Held => ({ value: undefined, warning: `${what} "${value.slice(0, 60)}" is left alone in Xero: ${why}.` });

/** Cut at a word with a mark that it was; the whole text stays in GP. */
function shortened(value: string, max: number, what: string): Held {
  const plain = oneSpace(value);
  if (plain.length <= max) return { value: plain === '' ? undefined : plain };
  const cut = plain.slice(0, max - 1);
  const kept = `${(cut.lastIndexOf(' ') > max * 0.6 ? cut.slice(0, cut.lastIndexOf(' ')) : cut).trimEnd()}…`;
  return { value: kept, warning: `${what} "${plain.slice(0, 60)}" was written as "${kept.slice(0, 60)}", because Xero holds ${max} characters.` };
}

function decimalOf(value: string, what: string): Held {
  if (!/^-?\d{1,14}(\.\d{1,12})?$/.test(value)) return left(what, value, 'it is no decimal number');
  const exact = new Decimal(value);
  const kept = exact.toDecimalPlaces(decimalPlaces, Decimal.ROUND_HALF_UP);
  return kept.eq(exact) ? { value: kept.toFixed() } : { value: kept.toFixed(), warning: `${what} "${value}" was written as "${kept.toFixed()}", because Xero keeps ${decimalPlaces} decimals.` };
}

/** GP's accounts are longer than Xero's codes: without their marks they fit, and no two become one. */
function accountOf(value: string, what: string): Held {
  if (value.length <= accountMax) return { value };
  const bare = value.replaceAll(/[^A-Za-z0-9]/g, '');
  if (bare === '') return left(what, value, 'it holds neither letter nor digit');
  return bare.length <= accountMax ? { value: bare } : left(what, value, `Xero holds ${accountMax} characters, and a number is never cut`);
}

function keep(keeping: Keeping, value: string, what: string): Held {
  switch (keeping.as) {
    case 'none': return { value: undefined };
    case 'name': return shortened(value.replaceAll(/[<>]/g, ' '), keeping.max, what);
    case 'text': return shortened(value, keeping.max, what);
    case 'key': return value.length <= keeping.max ? { value: oneSpace(value) || undefined } : left(what, value, `Xero holds ${keeping.max} characters, and a key is never cut`);
    case 'email': return /^[\x21-\x7e]+@[\x21-\x7e]+\.[\x21-\x7e]+$/.test(value) && value.length <= 255 ? { value } : left(what, value, 'it is no e-mail address that Xero takes');
    case 'country': { const letters = oneSpace(value.replaceAll(/[^\p{L}\s.,'()-]/gu, '')); return letters === '' ? { value: undefined } : letters === oneSpace(value) ? { value: letters } : { value: letters, warning: `${what} "${value}" was written as "${letters}", because Xero takes letters only.` }; }
    case 'decimal': return decimalOf(value, what);
    case 'boolean': return value === 'true' || value === 'false' ? { value } : left(what, value, 'it is neither true nor false');
    case 'terms': return /^\d{1,2} (DAYSAFTERBILLDATE|DAYSAFTERBILLMONTH|OFCURRENTMONTH|OFFOLLOWINGMONTH)$/.test(value) ? { value } : left(what, value, 'no value table says which terms these are in Xero, such as "30 DAYSAFTERBILLDATE"');
    case 'currency': return /^[A-Z]{3}$/.test(value) ? { value } : left(what, value, 'it is no ISO code');
    case 'account': return accountOf(value, what);
    case 'class': return !typeOfClass.has(value.toLowerCase()) ? left(what, value, 'it is none of asset, liability, equity, revenue, expense') : { value: value.toLowerCase() };
  }
}

/** What Xero can hold of a canonical value: lengths, characters, keys. Pure; what it gives it gives again unchanged. */
export function xeroHolds(kind: MasterKind, field: string, value: string): Held {
  return keep(keepings[kind]?.[field] ?? none, value, masterFields[kind][field]?.label ?? field);
}
