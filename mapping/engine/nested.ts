import { decimalsOf, decimalOf, decimalText, isObject, ValueError } from '../expressions/decimal-text';
import { compileExpression, type CompiledExpression } from '../expressions/expression';
import { mappingFunctions } from '../expressions/functions';
import { type Json } from '../expressions/sequence';
import { type GroupRule, type LinesRule, type NestedRule, type ObjectRule, type RoundingRule, type SplitRule } from '../document/rules';
import { Decimal } from 'decimal.js';
import { compileCondition, type Holds } from './condition';
import { named, type Workshop } from './parts';
import { andThen, eachInOrder, failAs, runSteps, type RuleName, type Scope, type Step } from './state';
import { compileTarget, type Target } from './target';

/** Compiles the rules inside a rule; `prefix` is where they write. */
export type CompileInner = (prefix: string) => { steps: Step[]; complete(scope: Scope): void };
type At = { name: RuleName; prefix: string };

const listOf = (value: Json): Json[] => (value === undefined || value === null ? [] : Array.isArray(value) ? (value as Json[]) : [value]);

/** The list a rule adds to; made when the first row comes. */
function rowsOf(target: Target, scope: Scope): Record<string, Json>[] {
  const known = target.get(scope);
  if (Array.isArray(known)) return known as Record<string, Json>[];
  const fresh: Record<string, Json>[] = [];
  target.set(scope, fresh);
  return fresh;
}

type RowMaker = (scope: Scope, item: Json, vars: Record<string, Json>) => void | Promise<void>;

/** Adds one row, made by the inner rules from one element; rows that `keep` refuses are not added. */
function rowMaker(rule: { to: string; keep?: Holds | undefined }, at: At, inner: CompileInner): { target: Target; add: RowMaker } {
  const target = compileTarget(rule.to);
  const { steps, complete } = inner(`${at.prefix}${rule.to}[].`);
  const add: RowMaker = (scope, item, vars) => {
    const rows = rowsOf(target, scope);
    const row: Record<string, Json> = {};
    const within: Scope = { run: scope.run, item, vars: { ...scope.vars, ...vars, row, rowNumber: rows.length + 1 }, row, list: { name: rule.to, index: rows.length, parent: scope } };
    const finish = (): void | Promise<void> => {
      complete(within);
      if (!rule.keep) { rows.push(row); return; }
      return andThen(rule.keep(within), (kept) => { if (kept) rows.push(row); });
    };
    const pending = runSteps(steps, within);
    return pending ? pending.then(finish) : finish();
  };
  return { target, add };
}

const elementsOf = (from: CompiledExpression | undefined, scope: Scope): Json | Promise<Json> => (from ? from.run(scope.item, scope.vars) : [scope.item]);

function lines(rule: LinesRule, at: At, inner: CompileInner): Step {
  const from = rule.from === undefined ? undefined : compileExpression(rule.from);
  const where = rule.where ? compileCondition(rule.where) : undefined;
  const { add } = rowMaker({ to: rule.to, keep: rule.keep ? compileCondition(rule.keep) : undefined }, at, inner);
  return (scope) => andThen(elementsOf(from, scope), (value) => {
    const list = listOf(value);
    let kept = 0;
    return eachInOrder(list, (item, index) => {
      if (from && !isObject(item) && rule.as === undefined) throw new ValueError(item, 'is no object with fields');
      const one = (): void | Promise<void> => { kept += 1; return add(scope, item, { index: kept, place: index + 1, ...(rule.as ? { [rule.as]: item } : {}) }); };
      if (!where) return one();
      return andThen(where({ ...scope, item, vars: rule.as ? { ...scope.vars, [rule.as]: item } : scope.vars }), (holds) => (holds ? one() : undefined));
    });
  });
}

function object(rule: ObjectRule, at: At, inner: CompileInner): Step {
  const from = rule.from === undefined ? undefined : compileExpression(rule.from);
  const target = compileTarget(rule.to);
  const { steps, complete } = inner(`${at.prefix}${rule.to}.`);
  return (scope) => andThen(from ? from.run(scope.item, scope.vars) : scope.item, (item) => {
    if (item === undefined || item === null) return undefined;
    const row: Record<string, Json> = {};
    const within: Scope = { run: scope.run, item, vars: { ...scope.vars, row }, row, list: { name: rule.to, index: -1, parent: scope } };
    const finish = (): void => { if (Object.keys(row).length === 0 && !rule.keepEmpty) return; complete(within); target.set(scope, row); };
    const pending = runSteps(steps, within);
    return pending ? pending.then(finish) : finish();
  });
}

/** Values of named expressions over one element. */
function valuesOf(expressions: Record<string, CompiledExpression>, item: Json, scope: Scope): Record<string, Json> | Promise<Record<string, Json>> {
  const names = Object.keys(expressions);
  const values = names.map((n) => expressions[n]?.run(item, scope.vars));
  const pair = (all: Json[]): Record<string, Json> => Object.fromEntries(names.map((n, i) => [n, all[i]]));
  return values.some((v) => v instanceof Promise) ? Promise.all(values).then(pair) : pair(values);
}
const compileAll = (expressions: Record<string, string>): Record<string, CompiledExpression> => Object.fromEntries(Object.entries(expressions).map(([n, e]) => [n, compileExpression(e)]));

const added = (sum: Json, amount: Json): Json => mappingFunctions['add']?.run(sum, amount ?? '0');

function group(rule: GroupRule, at: At, inner: CompileInner): Step {
  const from = compileExpression(rule.from);
  const where = rule.where ? compileCondition(rule.where) : undefined;
  const [by, sums, firsts] = [compileAll(rule.by), compileAll(rule.sum), compileAll(rule.first)];
  const { add } = rowMaker({ to: rule.to }, at, inner);
  return (scope) => andThen(from.run(scope.item, scope.vars), (value) => {
    const groups = new Map<string, Record<string, Json>>();
    const take = (item: Json): void | Promise<void> => andThen(valuesOf(by, item, scope), (keys) => andThen(valuesOf(sums, item, scope), (amounts) => {
      const key = JSON.stringify(Object.values(keys).map((k) => k ?? null));
      const known = groups.get(key);
      if (!known) return andThen(valuesOf(firsts, item, scope), (first) => { groups.set(key, { ...first, ...keys, ...Object.fromEntries(Object.entries(amounts).map(([n, a]) => [n, added('0', a)])), count: 1, items: [item] }); });
      for (const [n, a] of Object.entries(amounts)) known[n] = added(known[n], a);
      known['count'] = Number(known['count']) + 1;
      (known['items'] as Json[]).push(item);
      return undefined;
    }));
    const read = eachInOrder(listOf(value), (item) => (where ? andThen(where({ ...scope, item }), (h) => (h ? take(item) : undefined)) : take(item)));
    const write = (): void | Promise<void> => eachInOrder([...groups.values()], (one) => add(scope, one, { group: one }));
    return read ? read.then(write) : write();
  });
}

function split(rule: SplitRule, at: At, more: { inner: CompileInner; shop: Workshop }): Step {
  const { shop } = more;
  const from = compileExpression(rule.from);
  const where = rule.where ? compileCondition(rule.where) : undefined;
  const amounts = compileAll(rule.amounts);
  const { add } = rowMaker({ to: rule.to }, at, more.inner);
  const { parts } = rule;
  const lookup = 'lookup' in parts ? shop.lookups.get(parts.lookup) : undefined;
  if ('lookup' in parts && !lookup) throw new ValueError(parts.lookup, 'is no lookup of this document');
  const key = 'lookup' in parts ? compileExpression(parts.key) : undefined;
  const partsOf = (item: Json, scope: Scope): Json[] | Promise<Json[]> => ('rows' in parts ? parts.rows : andThen(key?.run(item, scope.vars), (k) => (lookup ? lookup.all(typeof k === 'string' ? k.trim() : k, scope.run) : []).map((f) => f.row)));
  const shareOut = (scope: Scope, list: Json[], whole: Record<string, Json>): Record<string, Json>[] => {
    const places = rule.decimals === 'currency' ? decimalsOf(shop.currency(scope)) : rule.decimals;
    const weights = list.map((p) => (isObject(p) ? p[rule.weight] ?? '1' : '1'));
    const shares = Object.entries(whole).map(([n, amount]) => [n, amount === undefined ? [] : mappingFunctions['allocate']?.run(amount, weights, places)] as const);
    return list.map((_, i) => Object.fromEntries(shares.map(([n, all]) => [n, (all as Json[] | undefined)?.[i]])));
  };
  return (scope) => andThen(from.run(scope.item, scope.vars), (value) => {
    const one = (item: Json, index: number): void | Promise<void> => {
      const vars = rule.as ? { [rule.as]: item } : {};
      return andThen(valuesOf(amounts, item, scope), (whole) => andThen(partsOf(item, scope), (list) => {
        if (list.length === 0) return add(scope, item, { ...vars, index: index + 1, share: whole });
        const shares = shareOut(scope, list, whole);
        return eachInOrder(list, (part, i) => add(scope, item, { ...vars, index: index + 1, part, share: shares[i] }));
      }));
    };
    return eachInOrder(listOf(value), (item, index) => (where ? andThen(where({ ...scope, item }), (h) => (h ? one(item, index) : undefined)) : one(item, index)));
  });
}

function rounding(rule: RoundingRule, at: At, inner: CompileInner): Step {
  const [stated, computed] = [compileExpression(rule.stated), compileExpression(rule.computed)];
  const tolerance = new Decimal(rule.tolerance);
  const { add } = rowMaker({ to: rule.to }, at, inner);
  return (scope) => andThen(stated.run(scope.item, scope.vars), (s) => andThen(computed.run(scope.item, scope.vars), (c) => {
    const difference = decimalOf(s).minus(decimalOf(c));
    if (difference.isZero()) return undefined;
    if (difference.abs().gt(tolerance)) {
      throw failAs(scope.run, at.name, { code: rule.code ?? 'totals-do-not-add-up', field: rule.to, value: decimalText(decimalOf(s)), message: `${decimalText(decimalOf(s))} is stated and ${decimalText(decimalOf(c))} computed; the difference ${decimalText(difference)} is above the tolerance ${rule.tolerance}.`, fix: 'Look at the document at its source: something it charges is not in its lines.' });
    }
    return add(scope, scope.item, { difference: decimalText(difference) });
  }));
}

/** Compiles a rule that holds rules. */
export function compileNested(rule: NestedRule, at: At, more: { inner: CompileInner; shop: Workshop }): Step {
  const holds = rule.when ? compileCondition(rule.when) : undefined;
  // A list that the target requires is there, and empty, when nothing came.
  const listed = rule.kind !== 'object' && rule.kind !== 'rounding' && more.shop.fields.get(at.prefix + rule.to)?.required ? compileTarget(rule.to) : undefined;
  const made = rule.kind === 'lines' ? lines(rule, at, more.inner) : rule.kind === 'object' ? object(rule, at, more.inner) : rule.kind === 'group' ? group(rule, at, more.inner)
    : rule.kind === 'split' ? split(rule, at, more) : rounding(rule, at, more.inner);
  const step: Step = listed ? (scope) => { rowsOf(listed, scope); return made(scope); } : made;
  return named((scope) => (holds ? andThen(holds(scope), (h) => (h ? step(scope) : undefined)) : step(scope)), { rule: at.name });
}
