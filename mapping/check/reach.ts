import { Decimal } from 'decimal.js';
import { type Field, type Schema } from '../catalogue/schema';
import { type MappingDocument } from '../document/document';
import { type Lookup } from '../document/parts';
import { isNested, isValueRule, type Rule } from '../document/rules';
import { type Tell, wordsOf } from './finding';
import { type Writer } from './check-rules';

/** Rules that can never give a value: an earlier one always does, or has the same condition. */
export function unreachable(writers: readonly Writer[], tell: Tell): void {
  const by = new Map<string, Writer[]>();
  for (const w of writers) if (isValueRule(w.rule)) by.set(`${w.place.number.includes('.') ? w.place.number.replace(/\.\d+$/, '') : ''}|${w.path}`, [...(by.get(`${w.place.number.includes('.') ? w.place.number.replace(/\.\d+$/, '') : ''}|${w.path}`) ?? []), w]);
  for (const list of by.values()) {
    list.forEach((w, i) => {
      const before = list.slice(0, i).find((b) => b.always);
      if (before) tell({ level: 'error', code: 'unreachable-rule', field: w.path, message: `This rule is never reached: rule ${before.place.number} always fills "${w.path}".`, fix: 'Put it before that rule, or take it out.' }, wordsOf(w.rule, w.place.number));
    });
  }
}

const rowsOf = (lookup: Extract<Lookup, { kind: 'static' }>, tell: Tell, name: string): void => {
  const dead = (row: number, why: string): void => tell({ level: 'error', code: 'unreachable-rule', field: `lookups.${name}`, value: `row ${row}`, message: `Row ${row} of the lookup "${name}" is never reached: ${why}.`, fix: 'Take the row out, or move it up.' });
  if (lookup.match === 'exact') {
    const seen = new Map<string, number>();
    lookup.rows.forEach(({ key }, i) => { const k = JSON.stringify(key).toLowerCase(); const first = seen.get(lookup.ignoreCase ? k : JSON.stringify(key)); if (first !== undefined) dead(i + 1, `row ${first} has the same key`); else seen.set(lookup.ignoreCase ? k : JSON.stringify(key), i + 1); });
  } else if (lookup.match === 'range') {
    lookup.rows.forEach((row, i) => {
      if (row.from !== undefined && row.below !== undefined && new Decimal(row.from).gte(row.below)) { dead(i + 1, 'its range is empty'); return; }
      const cover = lookup.rows.slice(0, i).findIndex((b) => (b.from === undefined || (row.from !== undefined && new Decimal(b.from).lte(row.from))) && (b.below === undefined || (row.below !== undefined && new Decimal(b.below).gte(row.below))));
      if (cover >= 0) dead(i + 1, `row ${cover + 1} holds its whole range`);
    });
  } else lookup.rows.forEach((_row, i) => { const all = lookup.rows.slice(0, i).findIndex((b) => ['.*', '^.*$', '', '.+', '^.+$'].includes(b.pattern)); if (all >= 0) dead(i + 1, `row ${all + 1} takes everything`); });
};

/** Rows of rule tables and lookups that an earlier row hides. Parts of a split share their key on purpose. */
export function hiddenRows(document: MappingDocument, tell: Tell): void {
  const split = new Set<string>();
  const walk = (rules: readonly Rule[], number: string): void => rules.forEach((rule, i) => {
    const own = `${number}${i + 1}`;
    if (isNested(rule)) { if (rule.kind === 'split' && 'lookup' in rule.parts) split.add(rule.parts.lookup); walk(rule.rules, `${own}.`); return; }
    if (rule.kind !== 'table') return;
    const seen = new Map<string, number>();
    rule.rows.forEach((row, r) => { const key = JSON.stringify(row.when); const first = seen.get(key); if (first !== undefined) tell({ level: 'error', code: 'unreachable-rule', field: rule.to, value: `row ${r + 1}`, message: `Row ${r + 1} is never reached: row ${first} has the same condition.`, fix: 'Take the row out, or correct its condition.' }, wordsOf(rule, own)); else seen.set(key, r + 1); });
  });
  walk(document.rules, '');
  for (const [name, lookup] of Object.entries(document.lookups)) if (lookup.kind === 'static' && !split.has(name)) rowsOf(lookup, tell, name);
}

/** Required fields of objects and list elements that something writes to, and that no rule fills. */
export function unfilled(target: Schema, writers: readonly Writer[], tell: Tell): void {
  const written = new Set(writers.map((w) => w.path));
  const touched = (holder: string): boolean => holder === '' || [...written].some((p) => p.startsWith(holder));
  const missing = (field: Field): boolean => ![...written].some((p) => p === field.path || p.startsWith(`${field.path}.`) || p.startsWith(`${field.path}[].`));
  for (const field of target.fields) {
    if (!field.required || field.readOnly) continue;
    const holder = field.path.includes('.') ? field.path.slice(0, field.path.lastIndexOf('.') + 1) : '';
    // What writes a whole object or list writes what is inside it too.
    const whole = writers.some((w) => isValueRule(w.rule) && (holder.startsWith(`${w.path}.`) || holder.startsWith(`${w.path}[].`)));
    if (!whole && touched(holder) && missing(field)) tell({ level: 'error', code: 'required-unfilled', field: field.path, message: `${target.title} needs "${field.path}"${field.description ? ` (${field.description})` : ''}, and no rule fills it.`, fix: 'Add a rule for it, or a default.' });
  }
}
