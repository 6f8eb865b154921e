import { fieldsByPath, lastName, type Field, type Schema } from '../catalogue/schema';
import { type MappingDocument } from '../document/document';
import { type Condition, type Conversion, type JsonValue, type Lookup } from '../document/parts';
import { isNested, isValueRule, rulesOfFields, type NestedRule, type Rule, type ValueRule } from '../document/rules';
import { shown } from '../expressions/decimal-text';
import { mappingFunctions } from '../expressions/functions';
import { libraryFunctions, parseExpression } from '../expressions/parse';
import { isNamedValue, targetNames } from '../engine/target';
import { type Place, type Tell, wordsOf } from './finding';
import { below, knownOf, read, resolve, type Known, type Resolved } from './paths';
import { afterConversions, mayBecome, valueTrouble } from './types';
import { nearest } from './nearest';

export type Checked = { document: MappingDocument; source: Schema | undefined; target: Schema; tell: Tell };
/** A rule that writes a field of the target, in order; `always` gives a value whatever comes in. */
export type Writer = { path: string; rule: Rule; place: Place; field?: Field; always: boolean };

const alwaysNames = ['doc', 'params', 'row', 'made', 'index', 'place', 'rowNumber', 'part', 'share', 'group', 'difference'];

/** All conditions in a condition, with the expressions that they hold. */
function* expressionsOf(condition: Condition): Generator<{ path: string; test?: Extract<Condition, { field: string }> }> {
  if ('all' in condition) for (const c of condition.all) yield* expressionsOf(c);
  else if ('any' in condition) for (const c of condition.any) yield* expressionsOf(c);
  else if ('not' in condition) yield* expressionsOf(condition.not);
  else if ('expression' in condition) yield { path: condition.expression };
  else yield { path: condition.field, test: condition };
}

/** Somewhere inside a named value: the target's schema says nothing of it. */
const inNamedValue = (path: string): boolean => path.split('.').some((part) => part.startsWith('$'));
const conversionsOf = (as: ValueRule['as']): readonly Conversion[] => (as === undefined ? [] : Array.isArray(as) ? as : [as]);

export class RuleChecker {
  readonly writers: Writer[] = [];
  private readonly known: Known | undefined;
  private readonly targetFields: ReadonlyMap<string, Field>;
  constructor(private readonly at: Checked) {
    this.known = at.source && knownOf(at.source, fieldsByPath(at.source));
    this.targetFields = fieldsByPath(at.target);
  }

  /** Reads an expression: every field that the source lacks and every name that nothing sets is told. Gives what it leads to. */
  private reads(text: string, rule: Rule, place: Place): Resolved {
    let ast;
    try { ast = parseExpression(text).ast; } catch { return { kind: 'any' }; }
    const { known } = this;
    let last: Resolved = { kind: 'any' };
    const unknown = (path: string): void => this.at.tell({
      level: known?.open ? 'warning' : 'error', code: 'unknown-field', field: path, message: `The source ${known?.title ?? ''} has no field "${path}".`,
      fix: known?.open ? `If it is a field of this installation, hand its fields in; else correct the name${nearest(path, known.fields)}.` : `Correct the name${known ? nearest(path, known.fields) : ''}.`,
    }, wordsOf(rule, place.number));
    const found = read(ast, {
      known: known ?? { fields: new Map(), open: true, title: '' }, context: known ? place.context : undefined, names: place.names,
      field: (resolved) => { if (resolved.kind === 'unknown') unknown(resolved.path); else last = resolved; },
      name: (name) => this.name(name, rule, place),
    });
    return found.kind === 'any' && ast.type !== 'path' ? { kind: 'any' } : found.kind === 'any' ? { kind: 'any' } : last;
  }

  private name(name: string, rule: Rule, place: Place): void {
    const { document, tell } = this.at;
    const [first = '', parameter] = name.split('.');
    if (first === 'params' && parameter !== undefined && !(parameter in document.parameters)) {
      tell({ level: 'error', code: 'unknown-name', field: `$params.${parameter}`, message: `The document declares no parameter "${parameter}".`, fix: `Add it to parameters, or use one of ${Object.keys(document.parameters).join(', ') || 'none yet'}.` }, wordsOf(rule, place.number));
    } else if (!alwaysNames.includes(first) && !place.names.has(first) && !(first in mappingFunctions) && !libraryFunctions.has(first)) {
      tell({ level: 'error', code: 'unknown-name', field: `$${first}`, message: `Nothing sets $${first} before this rule.`, fix: `Set it by an earlier rule (to: "$${first}"), or correct the name.` }, wordsOf(rule, place.number));
    }
  }

  private condition(condition: Condition | undefined, rule: Rule, place: Place): void {
    if (!condition) return;
    for (const { path, test } of expressionsOf(condition)) {
      const resolved = this.reads(path, rule, place);
      if (!test || resolved.kind !== 'field' || !resolved.field.enum) continue;
      for (const value of [test.is, test.isNot, ...(test.in ?? [])]) {
        if (typeof value === 'string' && !resolved.field.enum.includes(value)) this.at.tell({ level: 'error', code: 'unreachable-rule', field: path, value, message: `"${path}" is never "${value}": it is one of ${resolved.field.enum.slice(0, 12).join(', ')}.`, fix: 'Correct the value of the condition.' }, wordsOf(rule, place.number));
      }
    }
  }

  /** Fields that a value rule reads, with what each leads to. */
  private sources(rule: ValueRule, place: Place): Resolved[] {
    const all = (paths: readonly (string | undefined)[]): Resolved[] => paths.filter((p): p is string => p !== undefined).map((p) => this.reads(p, rule, place));
    switch (rule.kind) {
      case 'direct': return all(Array.isArray(rule.from) ? rule.from : [rule.from]);
      case 'join': all(rule.from); return [];
      case 'expression': return all([rule.expression]);
      case 'lookup': all(Array.isArray(rule.key) ? rule.key : [rule.key]); return [];
      case 'table':
        for (const row of rule.rows) this.condition(row.when, rule, place);
        return [...rule.rows, ...(rule.otherwise ? [rule.otherwise] : [])].flatMap((v) => ('from' in v ? all(Array.isArray(v.from) ? v.from : [v.from]) : 'expression' in v ? all([v.expression]) : []));
      case 'allocate': all([rule.amount, rule.over]); return [];
      case 'price': all([rule.quantity, rule.unitPrice, rule.discount, rule.net]); return [];
      case 'constant': return [];
    }
  }

  /** Values that the document itself writes into a field: constants, rows of tables and lookups, enum maps, defaults. */
  static values(rule: ValueRule, lookups: Record<string, Lookup>): JsonValue[] {
    const own: JsonValue[] = [];
    if (rule.kind === 'constant') own.push(rule.value);
    if (rule.kind === 'table') for (const v of [...rule.rows, ...(rule.otherwise ? [rule.otherwise] : [])]) if ('value' in v) own.push(v.value);
    if (rule.kind === 'lookup') {
      const lookup = lookups[rule.lookup];
      if (lookup?.kind === 'static') for (const row of lookup.rows) own.push(rule.take !== undefined && typeof row.value === 'object' && row.value !== null && !Array.isArray(row.value) ? row.value[rule.take] ?? null : row.value);
      const noMatch = rule.noMatch ?? lookup?.noMatch;
      if (noMatch?.policy === 'default') own.push(noMatch.value);
    }
    for (const conversion of conversionsOf(rule.as)) if (conversion.type === 'enum') { own.length = 0; own.push(...Object.values(conversion.map), ...(typeof conversion.otherwise === 'object' ? [conversion.otherwise.value] : [])); }
    if (rule.default !== undefined) own.push(rule.default);
    return own;
  }

  private enums(rule: ValueRule, sources: readonly Resolved[], place: Place): void {
    const [first] = conversionsOf(rule.as);
    if (first?.type !== 'enum' || first.otherwise !== 'error') return;
    for (const s of sources) {
      if (s.kind !== 'field' || !s.field.enum) continue;
      const missing = s.field.enum.filter((v) => !Object.hasOwn(first.map, v));
      if (missing.length > 0) this.at.tell({ level: 'error', code: 'enum-unmapped', field: s.path, value: missing.join(', '), message: `"${s.path}" can be ${missing.slice(0, 8).join(', ')}, and the map has no word for it.`, fix: 'Add these values to the map, or say what happens otherwise.' }, wordsOf(rule, place.number));
    }
  }

  private value(rule: ValueRule, place: Place): void {
    const { document, target, tell } = this.at;
    const at = wordsOf(rule, place.number);
    this.condition(rule.when, rule, place);
    if (rule.kind === 'lookup' && !document.lookups[rule.lookup]) tell({ level: 'error', code: 'lookup-unknown', field: rule.to, value: rule.lookup, message: `The document has no lookup "${rule.lookup}".`, fix: `Add it to lookups, or use one of ${Object.keys(document.lookups).join(', ') || 'none yet'}.` }, at);
    const sources = this.sources(rule, place);
    this.enums(rule, sources, place);
    if (inNamedValue(place.prefix + rule.to)) return;
    const path = place.prefix + targetNames(rule.to).join('.');
    const field = this.targetFields.get(place.prefix + rule.to) ?? this.targetFields.get(path);
    if (!field && !target.open) { tell({ level: 'error', code: 'unknown-field', field: path, message: `The target ${target.title} has no field "${path}".`, fix: `Correct the name${nearest(path, this.targetFields)}.` }, at); return; }
    this.writers.push({ path, rule, place, ...(field ? { field } : {}), always: rule.when === undefined && ((rule.kind === 'constant' && rule.value !== null) || rule.default !== undefined) });
    if (!field) return;
    if (field.readOnly) tell({ level: 'error', code: 'read-only', field: path, message: `"${path}" is filled by ${target.systemName} alone.`, fix: 'Take the rule out.' }, at);
    for (const value of RuleChecker.values(rule, document.lookups)) {
      const trouble = valueTrouble(field, value);
      if (trouble !== undefined) tell({ level: 'error', code: field.enum ? 'enum-unmapped' : /longer/.test(trouble) ? 'text-cut' : 'value-not-allowed', field: path, value: shown(value), message: `${shown(value)} cannot stand in "${path}": it ${trouble}.`, fix: `Write a value that ${target.systemName} takes.` }, at);
    }
    this.types(rule, { sources, field, path, at });
  }

  private types(rule: ValueRule, more: { sources: readonly Resolved[]; field: Field; path: string; at: { number: string; id?: string | undefined } }): void {
    const { field, path, at } = more;
    const { target, tell } = this.at;
    for (const s of more.sources) {
      if (s.kind !== 'field') continue;
      const type = afterConversions(s.field.type, rule.as);
      if (!mayBecome(type, field.type)) tell({ level: 'error', code: 'type-mismatch', field: path, value: s.path, message: `"${s.path}" is ${type}, and "${path}" takes ${field.type}.`, fix: `Convert it (as), for example to ${field.type}.` }, at);
      else if (field.length !== undefined && field.type === 'text' && rule.fit === undefined && type === 'text' && (s.field.length === undefined || s.field.length > field.length) && !s.field.enum) {
        tell({ level: 'warning', code: 'text-cut', field: path, value: s.path, message: `"${s.path}" may be longer than the ${field.length} characters that ${target.systemName} holds in ${lastName(path)}; such a text is refused.`, fix: 'Say how it is made to fit (fit: free, cut, tail or key).' }, at);
      }
    }
  }

  private nested(rule: NestedRule, place: Place): void {
    const { tell, target } = this.at;
    const at = wordsOf(rule, place.number);
    this.condition(rule.when, rule, place);
    const names = new Map(place.names);
    let context = place.context;
    if (rule.kind === 'rounding') { this.reads(rule.stated, rule, place); this.reads(rule.computed, rule, place); }
    else if (rule.from !== undefined) context = below(this.reads(rule.from, rule, place));
    const inner: Place = { ...place, context, names };
    if ('as' in rule && rule.as !== undefined) names.set(rule.as, context);
    if ('where' in rule) this.condition(rule.where, rule, inner);
    if (rule.kind === 'group') { for (const e of [...Object.values(rule.by), ...Object.values(rule.sum), ...Object.values(rule.first)]) this.reads(e, rule, inner); inner.context = undefined; }
    if (rule.kind === 'split') {
      for (const e of Object.values(rule.amounts)) this.reads(e, rule, inner);
      if ('lookup' in rule.parts && !this.at.document.lookups[rule.parts.lookup]) tell({ level: 'error', code: 'lookup-unknown', field: rule.to, value: rule.parts.lookup, message: `The document has no lookup "${rule.parts.lookup}".`, fix: 'Add it to lookups.' }, at);
    }
    const list = rule.kind !== 'object';
    const path = place.prefix + rule.to;
    if (!inNamedValue(path)) {
      const field = this.targetFields.get(path);
      if (!field && !target.open) tell({ level: 'error', code: 'unknown-field', field: path, message: `The target ${target.title} has no ${list ? 'list' : 'object'} "${path}".`, fix: `Correct the name${nearest(path, this.targetFields)}.` }, at);
      else if (field && field.type !== 'any' && (field.type === 'list') !== list) tell({ level: 'error', code: 'type-mismatch', field: path, message: `"${path}" is ${field.type}, and a rule of kind ${rule.kind} writes ${list ? 'a list' : 'an object'}.`, fix: `Use a rule of kind ${list ? 'object' : 'lines'}.` }, at);
      this.writers.push({ path, rule, place, ...(field ? { field } : {}), always: false });
    }
    this.rules(rule.rules, { number: `${place.number}.`, prefix: `${path}${list ? '[]' : ''}.`, context: inner.context, names });
    if ('keep' in rule) this.condition(rule.keep, rule, { ...inner, context: undefined });
  }

  /** Goes through rules in their order; names that they set are known to the later ones. */
  rules(rules: readonly Rule[], at: Omit<Place, 'names'> & { names: Map<string, string | undefined> }): void {
    rules.forEach((rule, i) => {
      const place: Place = { ...at, number: `${at.number}${i + 1}` };
      if (isNested(rule)) this.nested(rule, place);
      else if (isValueRule(rule)) this.value(rule, place);
      else if (rule.kind === 'fields') { this.condition(rule.when, rule, place); for (const one of rulesOfFields(rule)) this.value(one, place); }
      else {
        this.condition(rule.when, rule, place);
        if (rule.kind === 'check') { this.condition(rule.that, rule, place); for (const e of [...(rule.equal ?? []), ...(rule.value === undefined ? [] : [rule.value])]) this.reads(e, rule, place); }
      }
      if ('to' in rule && isNamedValue(rule.to)) at.names.set((targetNames(rule.to)[0] ?? '').slice(1), undefined);
    });
  }

  /** The whole document; gives what writes what. */
  run(): Writer[] {
    this.rules(this.at.document.rules, { number: '', prefix: '', context: '', names: new Map([['doc', '']]) });
    return this.writers;
  }
}
export { resolve };
