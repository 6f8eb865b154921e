import { type ValueRule, type Value } from '../document/rules';
import { type JsonValue, type NoMatch } from '../document/parts';
import { decimalsOf, isObject, ValueError } from '../expressions/decimal-text';
import { compileExpression } from '../expressions/expression';
import { mappingFunctions } from '../expressions/functions';
import { type Json } from '../expressions/sequence';
import { compileCondition } from './condition';
import { takeColumn, type CompiledLookup } from './lookup';
import { compileFrom, isBlank, type Workshop } from './parts';
import { linePrice } from './price';
import { andThen, failAs, type RuleName, type Scope } from './state';

/** What a rule gives before it is converted; `undefined` is nothing. */
export type Produce = (scope: Scope) => Json | Promise<Json>;

const trace = (scope: Scope, words: string): void => { if (scope.run.explaining) scope.run.trace = words; };
/** Constants are handed out as copies, so that one document never shares an object with another. */
const copied = (value: JsonValue): (() => Json) => (typeof value === 'object' && value !== null ? () => structuredClone(value) : () => value);

function compileValue(value: Value, shop: Workshop): Produce {
  if ('value' in value) return copied(value.value);
  if ('from' in value) return compileFrom(value.from, shop.document.policies.blankText);
  const expression = compileExpression(value.expression);
  return (scope) => { trace(scope, `by ${value.expression}`); return expression.run(scope.item, scope.vars); };
}

function table(rule: Extract<ValueRule, { kind: 'table' }>, shop: Workshop): Produce {
  const rows = rule.rows.map((row) => ({ holds: compileCondition(row.when), value: compileValue(row, shop) }));
  const otherwise = rule.otherwise ? compileValue(rule.otherwise, shop) : undefined;
  const from = (scope: Scope, start: number): Json | Promise<Json> => {
    for (let i = start; i < rows.length; i += 1) {
      const row = rows[i] as (typeof rows)[0];
      const holds = row.holds(scope);
      if (holds instanceof Promise) return holds.then((h) => (h ? row.value(scope) : from(scope, i + 1)));
      if (!holds) continue;
      return andThen(row.value(scope), (v) => { trace(scope, `row ${i + 1} of its table`); return v; });
    }
    return otherwise ? andThen(otherwise(scope), (v) => { trace(scope, 'no row of its table held'); return v; }) : undefined;
  };
  return (scope) => from(scope, 0);
}

type Missed = { scope: Scope; rule: RuleName; lookup: CompiledLookup; keys: Json[]; noMatch: NoMatch; code?: ValueRule['code']; fix?: string | undefined };

/** What the policy says where no row matches. */
function missed({ scope, rule, lookup, keys, noMatch, code, fix }: Missed): Json {
  const words = keys.map((k) => (k === undefined || k === null ? 'nothing' : typeof k === 'string' ? k : JSON.stringify(k))).join(' / ');
  switch (noMatch.policy) {
    case 'source': trace(scope, `no row of ${lookup.name} for ${words}: the value itself`); return keys[0];
    case 'blank': trace(scope, `no row of ${lookup.name} for ${words}: left blank`); return undefined;
    case 'default': trace(scope, `no row of ${lookup.name} for ${words}: its default`); return copied(noMatch.value)();
    case 'error': case 'hold': throw failAs(scope.run, rule, {
      code: code ?? lookup.lookup.code ?? scope.run.document.policies.codes.lookup ?? 'lookup-no-match', field: rule.to, value: words, hold: noMatch.policy === 'hold',
      message: `"${words}" has no row in ${lookup.lookup.title ?? lookup.name}.`, fix: fix ?? lookup.lookup.fix ?? `Add "${words}" to ${lookup.lookup.title ?? lookup.name}, then retry.`,
    });
  }
}

function lookupRule(rule: Extract<ValueRule, { kind: 'lookup' }>, shop: Workshop, name: RuleName): Produce {
  const lookup = shop.lookups.get(rule.lookup);
  if (!lookup) throw new ValueError(rule.lookup, `is no lookup of this document; it has ${[...shop.lookups.keys()].join(', ') || 'none'}`);
  const paths = (Array.isArray(rule.key) ? rule.key : [rule.key]).map(compileExpression);
  const noMatch = rule.noMatch ?? lookup.noMatch;
  const answer = (scope: Scope, keys: Json[]): Json => {
    const clean = keys.map((k) => (typeof k === 'string' ? k.trim() : k));
    if (clean.every((k) => isBlank(k, 'missing'))) return noMatch.policy === 'error' || noMatch.policy === 'hold' || noMatch.policy === 'source' ? undefined : missed({ scope, rule: name, lookup, keys: clean, noMatch });
    const search = lookup.find(clean, scope.run);
    if (search.kind === 'found') { trace(scope, `lookup ${lookup.name}, ${search.found.note ?? `row ${search.found.number}`} for ${clean.map(String).join(' / ')}`); return takeColumn(search.found.row, rule.take); }
    const table = lookup.lookup.kind === 'live' ? lookup.lookup.table : lookup.name;
    if (search.kind === 'no-table') throw failAs(scope.run, name, { code: 'lookup-outdated', field: name.to, value: table, hold: true, message: `The table "${table}" did not come in.`, fix: 'Read the table from its system, then retry.' });
    if (search.kind === 'outdated') {
      const stale = lookup.lookup.kind === 'live' ? lookup.lookup.stale : 'hold';
      throw failAs(scope.run, name, { code: 'lookup-outdated', field: name.to, value: table, hold: stale === 'hold', message: `The table "${table}" was read ${search.ageSeconds} seconds ago, too long to be trusted.`, fix: 'Read the table again, then retry.' });
    }
    return missed({ scope, rule: name, lookup, keys: clean, noMatch, code: rule.code, fix: rule.fix });
  };
  return (scope) => {
    const keys = paths.map((p) => p.run(scope.item, scope.vars));
    return keys.some((k) => k instanceof Promise) ? Promise.all(keys).then((all) => answer(scope, all)) : answer(scope, keys);
  };
}

/** Several expressions, then something made of their values. */
function fromMany(expressions: readonly (string | undefined)[], make: (values: Json[], scope: Scope) => Json): Produce {
  const compiled = expressions.map((e) => (e === undefined ? undefined : compileExpression(e)));
  return (scope) => {
    const values = compiled.map((e) => e?.run(scope.item, scope.vars));
    return values.some((v) => v instanceof Promise) ? Promise.all(values).then((all) => make(all, scope)) : make(values, scope);
  };
}

/** An object that names what it has; as decimal text where it is an amount. */
const places = (decimals: number | 'currency', shop: Workshop, scope: Scope): number => (decimals === 'currency' ? decimalsOf(shop.currency(scope)) : decimals);

function allocate(rule: Extract<ValueRule, { kind: 'allocate' }>, shop: Workshop): Produce {
  const weight = compileExpression(rule.weight);
  return fromMany([rule.amount, rule.over], ([amount, over], scope) => {
    const list = over === undefined ? [] : Array.isArray(over) ? over : [over];
    const weights = list.map((item) => weight.run(item, scope.vars));
    const share = (all: Json[]): Json => mappingFunctions['allocate']?.run(amount, all, places(rule.decimals, shop, scope));
    return weights.some((w) => w instanceof Promise) ? Promise.all(weights).then(share) : share(weights);
  });
}

function price(rule: Extract<ValueRule, { kind: 'price' }>, shop: Workshop): Produce {
  return fromMany([rule.quantity, rule.unitPrice, rule.discount, rule.net], ([quantity, unitPrice, discount, net], scope) => {
    const made = linePrice({ quantity, unitPrice, discount, net, decimals: rule.decimals, productDecimals: places(rule.productDecimals, shop, scope) });
    trace(scope, made.how === 'stated' ? 'unit price as sold' : made.how === 'derived' ? 'unit price derived from the net' : 'one piece, because no unit price reaches the net');
    return made;
  });
}

/** Compiles what a value rule gives. Throws ExpressionError, RegexError or ValueError for a rule that cannot be. */
export function compileProduce(rule: ValueRule, shop: Workshop, name: RuleName): Produce {
  switch (rule.kind) {
    case 'direct': return compileFrom(rule.from, shop.document.policies.blankText);
    case 'expression': case 'constant': return compileValue(rule.kind === 'constant' ? { value: rule.value } : { expression: rule.expression }, shop);
    case 'table': return table(rule, shop);
    case 'lookup': return lookupRule(rule, shop, name);
    case 'join': return fromMany(rule.from, (values, scope) => {
      const parts = values.filter((v) => !isBlank(v, 'missing')).map((v) => { if (typeof v === 'string') return v.trim(); if (typeof v === 'number') return String(v); throw new ValueError(v, 'is no text'); });
      trace(scope, `joined from ${rule.from.join(', ')}`);
      return parts.length === 0 ? undefined : parts.join(rule.with);
    });
    case 'allocate': return allocate(rule, shop);
    case 'price': return price(rule, shop);
  }
}
export { isObject };
