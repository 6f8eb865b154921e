import { type MappingDocument } from '../document/document';
import { type Lookup } from '../document/parts';
import { isNested, isValueRule, type Rule } from '../document/rules';
import { shown } from '../expressions/decimal-text';
import { lookupWords, noMatchWords, ruleSentence } from './describe';

/** One change: `rule` is the number in the newer document, or in the older one for what is gone. */
export type DocumentChange = { kind: 'added' | 'removed' | 'changed' | 'moved'; what: 'rule' | 'lookup' | 'row' | 'head' | 'policy' | 'parameter' | 'test'; rule?: string; field?: string; says: string };
type Numbered = { rule: Rule; number: string; path: string };

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
const goesTo = (rule: Rule): string => (rule.kind === 'fields' ? `fields of ${rule.from}` : 'to' in rule ? rule.to : rule.kind === 'check' ? `check ${rule.code} ${rule.field ?? ''}` : `remark ${rule.message}`);

function flat(rules: readonly Rule[], number = '', prefix = ''): Numbered[] {
  return rules.flatMap((rule, i): Numbered[] => {
    const own: Numbered = { rule, number: `${number}${i + 1}`, path: `${prefix}${goesTo(rule)}` };
    return isNested(rule) ? [own, ...flat(rule.rules, `${own.number}.`, `${own.path}.`)] : [own];
  });
}

/** What a rule says by itself: the rules inside it are compared one by one. */
const bare = (rule: Rule): object => { const { rules: _inner, note: _note, ...rest } = rule as Rule & { rules?: unknown; note?: unknown }; return rest; };

/** Pairs rules of two versions: by id, then by what they say, then by the field they fill. */
function paired(before: readonly Numbered[], after: readonly Numbered[]): { pairs: [Numbered, Numbered][]; gone: Numbered[]; fresh: Numbered[] } {
  const left = [...before];
  const right = [...after];
  const pairs: [Numbered, Numbered][] = [];
  const match = (fits: (a: Numbered, b: Numbered) => boolean): void => {
    for (let i = 0; i < left.length; i += 1) {
      const j = right.findIndex((b) => fits(left[i] as Numbered, b));
      if (j < 0) continue;
      pairs.push([left[i] as Numbered, right[j] as Numbered]);
      left.splice(i, 1);
      right.splice(j, 1);
      i -= 1;
    }
  };
  match((a, b) => a.rule.id !== undefined && a.rule.id === b.rule.id && a.path === b.path);
  match((a, b) => a.path === b.path && same(bare(a.rule), bare(b.rule)));
  match((a, b) => a.path === b.path && a.rule.kind === b.rule.kind);
  match((a, b) => a.path === b.path);
  match((a, b) => a.rule.id !== undefined && a.rule.id === b.rule.id);
  return { pairs: pairs.sort(([, a], [, b]) => after.indexOf(a) - after.indexOf(b)), gone: left, fresh: right };
}

const at = ({ rule, number }: Numbered): string => `rule ${number}${rule.id ? ` (${rule.id})` : ''}`;

/** The rows of a table that came, went or changed, said by their conditions. */
function rowChanges(a: Rule, b: Rule): string[] {
  if (a.kind !== 'table' || b.kind !== 'table') return [];
  const says = (row: object): string => JSON.stringify(row);
  const [gone, fresh] = [a.rows.filter((r) => !b.rows.some((s) => same(r, s))), b.rows.filter((r) => !a.rows.some((s) => same(r, s)))];
  const one = (row: (typeof a.rows)[0]): string => ruleSentence({ ...b, rows: [row], otherwise: undefined, when: undefined } as Rule).replace(/^\S+ is /, '');
  return [...fresh.map((r) => `new: ${one(r)}`), ...gone.map((r) => `gone: ${one(r)}`), ...(gone.length + fresh.length === 0 && says(a.rows) !== says(b.rows) ? ['its rows stand in another order'] : [])];
}

function ruleChanges(before: readonly Rule[], after: readonly Rule[]): DocumentChange[] {
  const { pairs, gone, fresh } = paired(flat(before), flat(after));
  const changed = pairs.flatMap(([a, b]): DocumentChange[] => {
    if (same(bare(a.rule), bare(b.rule))) return [];
    const rows = rowChanges(a.rule, b.rule);
    const only = rows.length > 0 && same({ ...bare(a.rule), rows: 0 }, { ...bare(b.rule), rows: 0 });
    return [{ kind: 'changed', what: 'rule', rule: b.number, field: b.path, says: only ? `${at(b)}: in the table for ${b.path}, ${rows.join('; ')}.` : `${at(b)}: ${ruleSentence(b.rule)}. Before: ${ruleSentence(a.rule)}.` }];
  });
  const old = flat(before);
  const place = (n: Numbered): number => old.findIndex((f) => f.number === n.number);
  // Rules of different fields may stand in any order; of one field the first that gives a value wins.
  const moved = pairs.some(([a, b], i) => pairs.slice(i + 1).some(([c, d]) => b.path === d.path && place(a) > place(c)));
  return [...changed,
    ...fresh.map((n): DocumentChange => ({ kind: 'added', what: 'rule', rule: n.number, field: n.path, says: `new ${at(n)}: ${ruleSentence(n.rule)}.` })),
    ...gone.map((n): DocumentChange => ({ kind: 'removed', what: 'rule', rule: n.number, field: n.path, says: `gone, was ${at(n)}: ${ruleSentence(n.rule)}.` })),
    ...(moved ? [{ kind: 'moved' as const, what: 'rule' as const, says: 'Rules that fill one field stand in another order; the first that gives a value wins.' }] : [])];
}

function lookupChanges(name: string, a: Lookup, b: Lookup): DocumentChange[] {
  const changes: DocumentChange[] = [];
  const changed = (says: string): void => { changes.push({ kind: 'changed', what: 'lookup', field: name, says: `Lookup "${name}": ${says}.` }); };
  if (!same(a.noMatch, b.noMatch)) changed(`a value without a row ${noMatchWords(b.noMatch)}; before, it ${noMatchWords(a.noMatch)}`);
  if (a.ignoreCase !== b.ignoreCase) changed(b.ignoreCase ? 'capitals do not matter any more' : 'capitals matter now');
  if (a.kind !== 'static' || b.kind !== 'static' || a.match !== b.match) { if (!same({ ...a, noMatch: 0, ignoreCase: 0, title: 0 }, { ...b, noMatch: 0, ignoreCase: 0, title: 0 })) changed(`${lookupWords(b)}; before, ${lookupWords(a)}`); return changes; }
  const keyed = (rows: readonly object[]): Map<string, object> => new Map(rows.map((row) => { const { value: _v, ...key } = row as { value: unknown }; return [JSON.stringify(key), row]; }));
  const [old, now] = [keyed(a.rows), keyed(b.rows)];
  const keyText = (row: object): string => { const r = row as { key?: unknown; pattern?: string; from?: string; below?: string }; return r.pattern !== undefined ? `text like ${shown(r.pattern)}` : r.key !== undefined ? [r.key].flat().map(shown).join(' / ') : `${r.from === undefined ? '' : `from ${r.from} `}${r.below === undefined ? '' : `below ${r.below}`}`.trim(); };
  const valueText = (row: object): string => shown((row as { value: unknown }).value);
  for (const [key, row] of now) {
    const was = old.get(key);
    if (!was) changes.push({ kind: 'added', what: 'row', field: name, says: `Lookup "${name}": ${keyText(row)} now gives ${valueText(row)}.` });
    else if (!same(was, row)) changes.push({ kind: 'changed', what: 'row', field: name, says: `Lookup "${name}": ${keyText(row)} gives ${valueText(row)} instead of ${valueText(was)}.` });
  }
  for (const [key, row] of old) if (!now.has(key)) changes.push({ kind: 'removed', what: 'row', field: name, says: `Lookup "${name}": ${keyText(row)} has no row any more (was ${valueText(row)}).` });
  return changes;
}

type Named = Record<string, unknown>;
function namedChanges(a: Named, b: Named, more: { what: 'lookup' | 'parameter'; word: string }): DocumentChange[] {
  const changes: DocumentChange[] = [];
  for (const name of Object.keys(b)) if (!(name in a)) changes.push({ kind: 'added', what: more.what, field: name, says: `New ${more.word} "${name}".` });
  for (const name of Object.keys(a)) if (!(name in b)) changes.push({ kind: 'removed', what: more.what, field: name, says: `The ${more.word} "${name}" is gone.` });
  return changes;
}

/** What changed from one document to another, in the words of the business: rules, table rows, lookups, parameters, policies, test cases. */
export function diffMappings(a: MappingDocument, b: MappingDocument): DocumentChange[] {
  const head = (['name', 'title', 'source', 'target', 'currency', 'unwrap'] as const).filter((f) => a[f] !== b[f]).map((field): DocumentChange => ({ kind: 'changed', what: 'head', field, says: `The ${field} is ${shown(b[field])}; before, ${shown(a[field])}.` }));
  const policies = same(a.policies, b.policies) ? [] : [{ kind: 'changed' as const, what: 'policy' as const, field: 'policies', says: `The policies changed: ${JSON.stringify(b.policies)}; before, ${JSON.stringify(a.policies)}.` }];
  const parameters = Object.keys(b.parameters).filter((n) => a.parameters[n] && !same(a.parameters[n], b.parameters[n])).map((n): DocumentChange => ({ kind: 'changed', what: 'parameter', field: n, says: `The parameter "${n}" is ${b.parameters[n]?.type ?? ''}${b.parameters[n]?.required ? ', required' : ', not required'}.` }));
  const tests = ((): DocumentChange[] => {
    const names = (d: MappingDocument): Map<string, unknown> => new Map(d.tests.map((t) => [t.name, t]));
    const [old, now] = [names(a), names(b)];
    return [...[...now.keys()].filter((n) => !old.has(n)).map((n): DocumentChange => ({ kind: 'added', what: 'test', field: n, says: `New test case "${n}".` })), ...[...old.keys()].filter((n) => !now.has(n)).map((n): DocumentChange => ({ kind: 'removed', what: 'test', field: n, says: `The test case "${n}" is gone.` })),
      ...[...now].filter(([n, t]) => old.has(n) && !same(old.get(n), t)).map(([n]): DocumentChange => ({ kind: 'changed', what: 'test', field: n, says: `The test case "${n}" changed.` }))];
  })();
  const lookups = Object.keys(b.lookups).flatMap((n) => { const [x, y] = [a.lookups[n], b.lookups[n]]; return x && y ? lookupChanges(n, x, y) : []; });
  return [...head, ...policies, ...namedChanges(a.parameters, b.parameters, { what: 'parameter', word: 'parameter' }), ...parameters, ...namedChanges(a.lookups, b.lookups, { what: 'lookup', word: 'lookup' }), ...lookups, ...ruleChanges(a.rules, b.rules), ...tests];
}
export { isValueRule };
