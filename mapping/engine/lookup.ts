import { Decimal } from 'decimal.js';
import { type Lookup, type NoMatch } from '../document/parts';
import { isDecimalText, isObject } from '../expressions/decimal-text';
import { SafeRegex } from '../expressions/regex';
import { type Json } from '../expressions/sequence';
import { type Run, type Table } from './state';

/** A row that was found, with its place for the explanation. */
export type Found = { row: Json; number: number; note?: string };
export type Search = { kind: 'found'; found: Found } | { kind: 'none' } | { kind: 'outdated'; ageSeconds: number } | { kind: 'no-table' };
export type CompiledLookup = { name: string; lookup: Lookup; find(keys: readonly Json[], run: Run): Search; all(key: Json, run: Run): Found[]; noMatch: NoMatch };

const joined = (keys: readonly string[]): string => keys.join('\u0000');
const word = (value: Json): string => (typeof value === 'string' ? value : value === undefined || value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value));

type Index = Map<string, Found[]>;
/** One index per table and key: tables stay the same object while they are fresh, so thousands of runs share it. */
const indexes = new WeakMap<object, Map<string, Index>>();

function indexOf(table: Table, lookup: Extract<Lookup, { kind: 'live' }>): Index {
  const spec = `${lookup.ignoreCase}:${lookup.key.join(',')}`;
  const known = indexes.get(table.rows) ?? new Map<string, Index>();
  indexes.set(table.rows, known);
  const ready = known.get(spec);
  if (ready) return ready;
  const index: Index = new Map();
  table.rows.forEach((row, i) => {
    const key = joined(lookup.key.map((column) => fold(word(row[column]), lookup.ignoreCase)));
    const rows = index.get(key);
    const found = { row, number: i + 1 };
    if (rows) rows.push(found); else index.set(key, [found]);
  });
  known.set(spec, index);
  return index;
}

const fold = (text: string, ignoreCase: boolean): string => (ignoreCase ? text.trim().toLowerCase() : text);

function live(name: string, lookup: Extract<Lookup, { kind: 'live' }>): CompiledLookup {
  const search = (keys: readonly Json[], run: Run): { search?: Search; rows: Found[] } => {
    const table = run.input.tables?.[lookup.table];
    if (!table) return { search: { kind: 'no-table' }, rows: [] };
    if (lookup.maxAgeSeconds !== undefined && lookup.stale !== 'use' && (table.ageSeconds ?? 0) > lookup.maxAgeSeconds) return { search: { kind: 'outdated', ageSeconds: table.ageSeconds ?? 0 }, rows: [] };
    const index = indexOf(table, lookup);
    const rows = index.get(joined(keys.map((k) => fold(word(k), lookup.ignoreCase))));
    if (rows) return { rows };
    const wild = lookup.wildcard === undefined ? undefined : index.get(joined(lookup.key.map(() => fold(lookup.wildcard ?? '', lookup.ignoreCase))));
    return { rows: (wild ?? []).map((r) => ({ ...r, note: `the row "${lookup.wildcard ?? ''}" for all others` })) };
  };
  return {
    name, lookup, noMatch: lookup.noMatch,
    find: (keys, run) => { const { search: ended, rows } = search(keys, run); if (ended) return ended; const [found] = rows; return found ? { kind: 'found', found } : { kind: 'none' }; },
    all: (key, run) => search([key], run).rows,
  };
}

function exact(name: string, lookup: Extract<Lookup, { match: 'exact' }>): CompiledLookup {
  const index: Index = new Map();
  lookup.rows.forEach(({ key, value }, i) => {
    const k = joined((Array.isArray(key) ? key : [key]).map((part) => fold(word(part), lookup.ignoreCase)));
    const found = { row: value, number: i + 1 };
    const rows = index.get(k);
    if (rows) rows.push(found); else index.set(k, [found]);
  });
  const rowsOf = (keys: readonly Json[]): Found[] => index.get(joined(keys.map((k) => fold(word(k), lookup.ignoreCase)))) ?? [];
  return { name, lookup, noMatch: lookup.noMatch, find: (keys) => { const [found] = rowsOf(keys); return found ? { kind: 'found', found } : { kind: 'none' }; }, all: (key) => rowsOf([key]) };
}

function inOrder(name: string, lookup: Lookup, rows: { holds(value: Json): boolean; value: Json }[]): CompiledLookup {
  const find = (value: Json): Found | undefined => { const i = rows.findIndex((r) => r.holds(value)); return i < 0 ? undefined : { row: rows[i]?.value, number: i + 1 }; };
  return { name, lookup, noMatch: lookup.noMatch, find: ([key]) => { const found = find(key); return found ? { kind: 'found', found } : { kind: 'none' }; }, all: (key) => rows.flatMap((r, i) => (r.holds(key) ? [{ row: r.value, number: i + 1 }] : [])) };
}

/** A lookup, ready to ask. Throws RegexError for a pattern that is not taken. */
export function compileLookup(name: string, lookup: Lookup): CompiledLookup {
  if (lookup.kind === 'live') return live(name, lookup);
  if (lookup.match === 'exact') return exact(name, lookup);
  if (lookup.match === 'pattern') {
    return inOrder(name, lookup, lookup.rows.map(({ pattern, value }) => { const regex = new SafeRegex(pattern, lookup.ignoreCase ? 'i' : ''); return { holds: (v) => regex.test(word(v).slice(0, 500)), value }; }));
  }
  return inOrder(name, lookup, lookup.rows.map(({ from, below, value }) => {
    const [low, high] = [from === undefined ? undefined : new Decimal(from), below === undefined ? undefined : new Decimal(below)];
    return { holds: (v) => { const text = word(v); if (!isDecimalText(text)) return false; const n = new Decimal(text); return (!low || n.gte(low)) && (!high || n.lt(high)); }, value };
  }));
}

/** A column of a row, or the row itself. */
export const takeColumn = (row: Json, column: string | undefined): Json => (column === undefined ? row : isObject(row) && Object.hasOwn(row, column) ? row[column] : undefined);
