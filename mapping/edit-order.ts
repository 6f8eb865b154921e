import { createHash } from 'node:crypto';
import { done, failed, type Failure, type Outcome } from '../canonical/failure';
import { add, compareMoney, money, MoneyError, moneyText, sum, type Money } from '../canonical/money';
import { SalesOrder } from '../canonical/sales-order';

export type Change = { path: string; before?: unknown; after?: unknown };
type Json = Record<string, unknown>;

const forbidden = new Set(['__proto__', 'constructor', 'prototype']);
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const isMoney = (value: unknown): value is Money => isObject(value) && typeof value['minor'] === 'string' && typeof value['currency'] === 'string';
const invalid = (field: string, value: unknown, message: string): Failure => ({ code: 'order-unreadable', field, value: (typeof value === 'string' ? value : String(JSON.stringify(value) ?? value)).slice(0, 120), message, fix: 'Correct this field and send the edit again; nothing was changed.' });

/** `lines[0].sku` → its parts. */
function partsOf(path: string): string[] | undefined {
  const parts = path.replaceAll(/\[(\d+)\]/g, '.$1').split('.');
  return parts.every((p) => /^[A-Za-z0-9_-]+$/.test(p) && !forbidden.has(p)) ? parts : undefined;
}

const own = (holder: unknown, key: string): unknown => (typeof holder === 'object' && holder !== null && Object.hasOwn(holder, key) ? (holder as Json)[key] : undefined);

/** A text given for an amount is an amount in its currency, for a whole number that number. */
function fitted(before: unknown, value: unknown): unknown {
  if (isMoney(before) && (typeof value === 'string' || typeof value === 'number')) return money(String(value).replace(` ${before.currency}`, ''), before.currency);
  return typeof before === 'number' && typeof value === 'string' && /^-?\d{1,9}$/.test(value) ? Number(value) : value;
}

/** A copy of the order with these fields set; a path that leads nowhere is named. */
export function applySets(order: SalesOrder, sets: Record<string, unknown>): Outcome<unknown> {
  const copy = JSON.parse(JSON.stringify(order)) as unknown;
  for (const [path, value] of Object.entries(sets)) {
    const parts = partsOf(path);
    const last = parts?.pop();
    if (!parts || last === undefined) return failed(invalid(path, value, `"${path}" is no path into the order.`));
    const holder = parts.reduce<unknown>((at, part) => own(at, part), copy);
    if (typeof holder !== 'object' || holder === null) return failed(invalid(path, value, `The order has nothing at "${parts.join('.')}".`));
    try {
      (holder as Json)[last] = fitted(own(holder, last), value);
    } catch (error) {
      if (!(error instanceof MoneyError)) throw error;
      return failed(invalid(path, value, `"${path}" is to be an amount: ${error.message}.`));
    }
    if (value === null) delete (holder as Json)[last];
  }
  return done(copy);
}

const mismatch = (field: string, sums: Money, stated: Money): Failure => ({
  code: 'totals-do-not-add-up', field, value: moneyText(stated), message: `${field} says ${moneyText(stated)}, its parts add up to ${moneyText(sums)} ${stated.currency}.`, fix: 'Correct the parts or the total; a document whose sums differ is not posted.',
});

/** The canonical document's own arithmetic: lines, shipping and taxes make the total. */
export function checkSums(order: SalesOrder): Failure | undefined {
  const { currency, totals } = order;
  const of = (amounts: Money[]): Money => sum(amounts, currency);
  const terms: [string, Money, Money][] = [
    ['totals.lines', of(order.lines.map((l) => l.net)), totals.lines], ['totals.shipping', of(order.shipping.map((s) => s.net)), totals.shipping],
    ['totals.tax', of([...order.lines, ...order.shipping].flatMap((l) => l.taxes.map((t) => t.amount))), totals.tax],
    ['totals.total', add(add(totals.lines, totals.shipping), totals.tax), totals.total],
  ];
  const wrong = terms.find(([, sums, stated]) => compareMoney(sums, stated) !== 0);
  return wrong ? mismatch(...wrong) : undefined;
}

/** The first field that an order does not have: a misspelt one would be dropped in silence. */
function unknownField(given: unknown, known: unknown, path = ''): string | undefined {
  if (Array.isArray(given) && Array.isArray(known)) {
    for (const [i, item] of given.entries()) { const found = unknownField(item, known[i], `${path}[${i}]`); if (found !== undefined) return found; }
    return undefined;
  }
  if (!isObject(given) || !isObject(known)) return undefined;
  for (const key of Object.keys(given)) {
    const at = path === '' ? key : `${path}.${key}`;
    if (!Object.hasOwn(known, key)) return given[key] === undefined ? undefined : at;
    const found = unknownField(given[key], known[key], at);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Any JSON → an order that may be posted, or the first thing that is wrong with it. */
export function readEdited(value: unknown): Outcome<SalesOrder> {
  const parsed = SalesOrder.safeParse(value);
  const stray = parsed.success ? unknownField(value, parsed.data) : undefined;
  if (stray !== undefined) return failed({ code: 'order-unreadable', field: stray, message: `An order has no field "${stray}".`, fix: 'Take it out, or correct its name; nothing was changed.' });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const parts = issue?.path.map(String) ?? [];
    const path = parts.map((part, i) => (/^\d+$/.test(part) ? `[${part}]` : `${i === 0 ? '' : '.'}${part}`)).join('');
    return failed(invalid(path, parts.reduce<unknown>((at, part) => own(at, part), value), `${path || 'The order'}: ${issue?.message ?? 'does not fit'}.`));
  }
  try {
    const wrong = checkSums(parsed.data);
    return wrong ? failed(wrong) : done(parsed.data);
  } catch (error) {
    if (!(error instanceof MoneyError)) throw error;
    return failed(invalid('totals', error.value, `An amount does not fit its currency: ${error.message}.`));
  }
}

/** Which words of the source a correction was made from: where they cannot be translated there is no version to compare. */
export const sourceHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);

/** What differs, field by field, in the order of the document. */
export function diffOrders(before: unknown, after: unknown, path = ''): Change[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (isMoney(before) && isMoney(after)) return [{ path, before: `${moneyText(before)} ${before.currency}`, after: `${moneyText(after)} ${after.currency}` }];
  if (Array.isArray(before) && Array.isArray(after)) {
    return Array.from({ length: Math.max(before.length, after.length) }, (_, i) => diffOrders(before[i], after[i], `${path}[${i}]`)).flat();
  }
  if (isObject(before) && isObject(after)) return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) => diffOrders(before[key], after[key], path === '' ? key : `${path}.${key}`));
  return [{ path, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }];
}
