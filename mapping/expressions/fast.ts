import { ValueError } from './decimal-text';
import { mappingFunctions, type MappingFunction } from './functions';
import { type Node } from './parse';
import { collapse, deepEqual, lookup, truthy, type Json } from './sequence';

/** Named values in scope, those of outer scopes among them. */
export type Variables = Record<string, Json>;
/** What every object has by itself is no named value. */
const isInherited = (name: string): boolean => name in Object.prototype;
/** Reads a named value; undefined where there is none. */
export const variable = (name: string): ((variables: Variables) => Json) => (isInherited(name) ? () => undefined : (variables) => variables[name]);
export type Evaluate = (item: Json, variables: Variables) => Json;

/** What this compiler does not know is left to the library: same result, slower. */
class NotFast extends Error {}
const leave = (): never => { throw new NotFast(); };

const text = (value: Json): string => { if (typeof value === 'string') return value; throw new ValueError(value, 'is no text'); };
const string = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value) ?? '');
const ofText = (run: (t: string, ...rest: string[]) => Json): MappingFunction => (t, ...rest) => (t === undefined ? undefined : run(text(t), ...rest.map(text)));

/** The library's own functions that mappings use most, with the number of arguments at which they are the same. */
const library: Record<string, { arity: number; run: MappingFunction }> = {
  count: { arity: 1, run: (list) => (list === undefined ? 0 : Array.isArray(list) ? list.length : 1) },
  exists: { arity: 1, run: (value) => value !== undefined },
  not: { arity: 1, run: (value) => (value === undefined ? undefined : !truthy(value)) },
  boolean: { arity: 1, run: (value) => (value === undefined ? undefined : truthy(value)) },
  type: { arity: 1, run: (value) => (value === undefined ? undefined : value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value) },
  uppercase: { arity: 1, run: ofText((t) => t.toUpperCase()) },
  lowercase: { arity: 1, run: ofText((t) => t.toLowerCase()) },
  trim: { arity: 1, run: ofText((t) => t.replace(/[ \t\n\r]+/gm, ' ').replace(/^ | $/g, '')) },
  substringBefore: { arity: 2, run: ofText((t, mark = '') => { const at = t.indexOf(mark); return at < 0 ? t : t.slice(0, at); }) },
  substringAfter: { arity: 2, run: ofText((t, mark = '') => { const at = t.indexOf(mark); return at < 0 ? t : t.slice(at + mark.length); }) },
  join: { arity: 2, run: (list, separator) => (list === undefined ? undefined : (Array.isArray(list) ? list : [list]).map(text).join(separator === undefined ? '' : text(separator))) },
};

function compileCall(node: Node): Evaluate {
  const procedure = node['procedure'] as Node;
  const name = procedure.type === 'variable' ? String(procedure.value) : '';
  const args = (node['arguments'] as Node[]).map(compile);
  const ours = mappingFunctions[name]?.run;
  const theirs = library[name];
  const run = ours ?? (theirs && theirs.arity === args.length ? theirs.run : leave());
  const [a, b, c] = args;
  if (args.length === 1 && a) return (item, vars) => run(a(item, vars));
  if (args.length === 2 && a && b) return (item, vars) => run(a(item, vars), b(item, vars));
  if (args.length === 3 && a && b && c) return (item, vars) => run(a(item, vars), b(item, vars), c(item, vars));
  return (item, vars) => run(...args.map((arg) => arg(item, vars)));
}

function ordered(left: Json, right: Json, holds: (a: string | number, b: string | number) => boolean): Json {
  const fits = (v: Json): boolean => v === undefined || typeof v === 'string' || typeof v === 'number';
  if (!fits(left) || !fits(right)) throw new ValueError(fits(left) ? right : left, 'cannot be put in order');
  if (left === undefined || right === undefined) return undefined;
  if (typeof left !== typeof right) throw new ValueError(left, 'is of another type than what it is compared with');
  return holds(left as string, right as string);
}

function compileBinary(node: Node): Evaluate {
  const left = compile(node['lhs'] as Node);
  const right = compile(node['rhs'] as Node);
  switch (node.value) {
    case 'and': return (i, v) => truthy(left(i, v)) && truthy(right(i, v));
    case 'or': return (i, v) => truthy(left(i, v)) || truthy(right(i, v));
    case '=': return (i, v) => { const a = left(i, v); const b = right(i, v); return a !== undefined && b !== undefined && deepEqual(a, b); };
    case '!=': return (i, v) => { const a = left(i, v); const b = right(i, v); return a !== undefined && b !== undefined && !deepEqual(a, b); };
    case '<': return (i, v) => ordered(left(i, v), right(i, v), (a, b) => a < b);
    case '<=': return (i, v) => ordered(left(i, v), right(i, v), (a, b) => a <= b);
    case '>': return (i, v) => ordered(left(i, v), right(i, v), (a, b) => a > b);
    case '>=': return (i, v) => ordered(left(i, v), right(i, v), (a, b) => a >= b);
    case '&': return (i, v) => { const a = left(i, v); const b = right(i, v); return (a === undefined ? '' : string(a)) + (b === undefined ? '' : string(b)); };
    case 'in': return (i, v) => { const a = left(i, v); const b = right(i, v); return a !== undefined && b !== undefined && (Array.isArray(b) ? b : [b]).some((x) => x === a); };
    default: return leave();
  }
}

type Filter = { index: number } | { holds: Evaluate };

function compileFilter(stage: Node): Filter {
  const expression = stage['expr'] as Node;
  if (stage.type !== 'filter') return leave();
  if (expression.type === 'number') return { index: Math.floor(Number(expression.value)) };
  // A predicate that may give a number picks by position: only what is surely true or false is compiled.
  if (expression.type !== 'binary' || !['=', '!=', '<', '<=', '>', '>=', 'and', 'or', 'in'].includes(String(expression.value))) {
    const called = expression.type === 'function' ? String((expression['procedure'] as Node).value) : '';
    if (!['exists', 'not', 'filled', 'isZero', 'equal', 'above', 'below', 'boolean'].includes(called)) return leave();
  }
  return { holds: compile(expression) };
}

/** What a filter leaves: a sequence, or, where a position names a list inside the list, that list itself. */
function filtered(value: Json, filter: Filter, variables: Variables): { value: Json[]; sequence: boolean } {
  const list: Json[] = Array.isArray(value) ? value : value === undefined ? [] : [value];
  if ('holds' in filter) return { value: list.filter((one) => truthy(filter.holds(one, variables))), sequence: true };
  const item = list[filter.index < 0 ? list.length + filter.index : filter.index];
  return Array.isArray(item) ? { value: item as Json[], sequence: false } : { value: item === undefined ? [] : [item], sequence: true };
}

type Step = { name: string; filters: Filter[] };

/** One step over many values; `raw` when it ends in a list of the document itself, which stays a list even of one. */
function take(input: readonly Json[], step: Step, more: { last: boolean; variables: Variables }): { values: Json[]; raw: boolean } {
  const results: { value: Json; sequence: boolean }[] = [];
  for (const one of input) {
    let { value, sequence } = lookup(one, step.name);
    if (sequence) { const list = value as Json[]; value = list.length === 0 ? undefined : list.length === 1 ? list[0] : list; sequence = list.length > 1; }
    for (const filter of step.filters) ({ value, sequence } = filtered(value, filter, more.variables));
    if (value !== undefined) results.push({ value, sequence });
  }
  const [only] = results;
  if (more.last && results.length === 1 && only && Array.isArray(only.value) && !only.sequence) return { values: only.value as Json[], raw: true };
  const values: Json[] = [];
  for (const { value } of results) { if (Array.isArray(value)) for (const v of value as Json[]) values.push(v); else values.push(value); }
  return { values, raw: false };
}

const plain = (item: Json, name: string): Json => (item !== null && typeof item === 'object' && Object.prototype.hasOwnProperty.call(item, name) ? (item as Record<string, Json>)[name] : undefined);

/** A path of names: direct access while there are objects only, the sequence rules as soon as a list is met. */
function compilePath(node: Node): Evaluate {
  const nodes = node['steps'] as Node[];
  if (node['keepSingletonArray'] || node['group'] || node['tuple'] || node['predicate']) return leave();
  const [head] = nodes;
  const named = head?.type === 'variable' ? String(head.value) : undefined;
  const own = named === undefined ? nodes : nodes.slice(1);
  if (named !== undefined && (head?.['stages'] || head?.['predicate'])) return leave();
  if (own.some((s) => s.type !== 'name' || s['tuple'] || s['focus'] || s['index'] || s['ancestor'] || s['keepArray'])) return leave();
  const steps: Step[] = own.map((s) => ({ name: String(s.value), filters: ((s['stages'] ?? []) as Node[]).map(compileFilter) }));
  const simple = steps.every((s) => s.filters.length === 0);
  const names = steps.map((s) => s.name);
  const slow = (start: Json, variables: Variables): Json => {
    let values: Json[] = named !== undefined && Array.isArray(start) ? start : [start];
    let raw = false;
    for (let i = 0; i < steps.length; i += 1) {
      ({ values, raw } = take(values, steps[i] as Step, { last: i === steps.length - 1, variables }));
      if (values.length === 0) return raw ? values : undefined;
    }
    return raw ? values : collapse(values);
  };
  const read = named === undefined || named === '' ? undefined : variable(named);
  return (item, variables) => {
    const start = read ? read(variables) : item;
    if (start === undefined) return undefined;
    if (!simple) return slow(start, variables);
    let value: Json = start;
    for (let i = 0; i < names.length; i += 1) {
      if (Array.isArray(value)) return slow(start, variables);
      value = plain(value, names[i] as string);
      if (value === undefined) return undefined;
    }
    return value;
  };
}

function compileObject(node: Node): Evaluate {
  const pairs = (node['lhs'] as [Node, Node][]).map(([key, value]) => ({ key: key.type === 'string' ? String(key.value) : leave(), value: compile(value) }));
  return (item, variables) => {
    const made: Record<string, Json> = {};
    for (const { key, value } of pairs) { const v = value(item, variables); if (v !== undefined) made[key] = v; }
    return made;
  };
}

/** `[a, b]`: what is a list comes in with its elements, what is nothing not at all; a list written inside stays one. */
function compileList(node: Node): Evaluate {
  const parts = (node['expressions'] as Node[]).map((part) => ({ whole: part.type === 'unary' && part.value === '[', value: compile(part) }));
  return (item, vars) => {
    const made: Json[] = [];
    for (const { whole, value } of parts) {
      const v = value(item, vars);
      if (v === undefined) continue;
      if (Array.isArray(v) && !whole) for (const one of v as Json[]) made.push(one); else made.push(v);
    }
    return made;
  };
}

function compile(node: Node): Evaluate {
  if (node['predicate'] || node['group'] || node['keepArray']) return leave();
  switch (node.type) {
    case 'string': case 'number': case 'value': { const { value } = node; return () => value; }
    case 'variable': { const name = String(node.value); if (name === '') return (item) => item; const read = variable(name); return (_item, variables) => read(variables); }
    case 'path': return compilePath(node);
    case 'binary': return compileBinary(node);
    case 'function': return compileCall(node);
    case 'condition': {
      const [test, then, other] = [compile(node['condition'] as Node), compile(node['then'] as Node), node['else'] ? compile(node['else'] as Node) : undefined];
      return (i, v) => (truthy(test(i, v)) ? then(i, v) : other?.(i, v));
    }
    case 'block': {
      const inner = node['expressions'] as Node[];
      return inner.length === 1 && inner[0] ? compile(inner[0]) : leave();
    }
    case 'unary': return node.value === '{' ? compileObject(node) : node.value === '[' ? compileList(node) : leave();
    default: return leave();
  }
}

/**
 * The expression as a plain function, when it holds only paths, conditions, comparisons and known functions (most do); `undefined` leaves it to
 * the library. Both give the same: a test compares them on random documents.
 */
export function compileFast(ast: Node): Evaluate | undefined {
  try { return compile(ast); } catch (error) { if (error instanceof NotFast) return undefined; throw error; }
}
