import jsonata from 'jsonata';
import { shown, ValueError } from './decimal-text';
import { compileFast, type Evaluate, variable, type Variables } from './fast';
import { mappingFunctions } from './functions';
import { ExpressionError, parseExpression, refusedFunctions, type ParsedExpression } from './parse';
import { SafeRegex, textMax } from './regex';
import { type Json } from './sequence';

/** Bounds of one evaluation: steps bound its time without a clock, so that the same input always ends the same way. */
export const limits = { steps: 20_000, depth: 60, listMax: 10_000, textMax: 100_000 } as const;

/** The library asks for a class like RegExp; this one cannot be kept busy. */
class BoundedRegex {
  lastIndex = 0;
  private readonly regex: SafeRegex;
  constructor(pattern: RegExp | string) { this.regex = typeof pattern === 'string' ? new SafeRegex(pattern) : new SafeRegex(pattern.source, pattern.flags.replace('g', '')); }
  exec(subject: string): RegExpExecArray | null {
    if (subject.length > textMax) throw new ValueError(subject, `has ${subject.length} characters; a pattern is tried on at most ${textMax}`);
    const found = this.regex.find(subject, this.lastIndex);
    if (!found) return null;
    this.lastIndex = found.end;
    return Object.assign([subject.slice(found.index, found.end), ...found.groups], { index: found.index, input: subject }) as unknown as RegExpExecArray;
  }
}

function tooLarge(value: unknown): boolean {
  return (typeof value === 'string' && value.length > limits.textMax) || (Array.isArray(value) && value.length > limits.listMax);
}

const entry = Symbol.for('jsonata.__evaluate_entry');
const exit = Symbol.for('jsonata.__evaluate_exit');

/** The library tells each of its steps; what it is evaluated in is one object per evaluation, and counts them. */
type Environment = { base: { steps?: number } };

function compileSlow(parsed: ParsedExpression): (item: Json, variables: Variables) => Promise<Json> {
  const compiled = jsonata(parsed.text, { stack: limits.depth, sequence: limits.listMax, RegexEngine: BoundedRegex as unknown as RegExpConstructor });
  for (const [name, { run }] of Object.entries(mappingFunctions)) compiled.registerFunction(name, (...args: unknown[]) => run(...args));
  for (const name of refusedFunctions) compiled.assign(name, undefined);
  const hook = compiled.assign as unknown as (name: symbol, run: (...args: never[]) => void) => void;
  hook(entry, (_node: unknown, _input: unknown, { base }: Environment) => {
    base.steps = (base.steps ?? 0) + 1;
    if (base.steps > limits.steps) throw new ValueError(parsed.text, `takes more than ${limits.steps} steps`);
  });
  hook(exit, (...told: unknown[]) => { if (tooLarge(told[3])) throw new ValueError(told[3], 'is too large for an expression'); });
  const reads = [...parsed.variables].map((name) => [name, variable(name)] as const);
  return async (item, variables) => {
    const bindings: Record<string, unknown> = {};
    for (const [name, read] of reads) bindings[name] = read(variables);
    return compiled.evaluate(item, bindings) as Promise<Json>;
  };
}

/** A JavaScript number leaves an expression only whole; sequences leave as plain lists, so that nothing of the library stays in a document. */
function plainResult(value: Json, depth = 0): Json {
  if (depth > 40) throw new ValueError('(nested)', 'is nested more than 40 deep');
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) return value;
    throw new ValueError(value, 'is a number with a fraction, which may have lost digits: use $add, $sub, $mul, $div on text');
  }
  if (typeof value === 'function') throw new ValueError('(function)', 'is a function, not a value');
  if (Array.isArray(value)) return value.map((v) => plainResult(v, depth + 1));
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, plainResult(v, depth + 1)]));
  return value;
}

/** A value now, or a promise of it: expressions that need the library are asynchronous. */
export type Computed = Json | Promise<Json>;
export type CompiledExpression = { text: string; parsed: ParsedExpression; fast: boolean; run(item: Json, variables: Variables): Computed };

const why = (error: unknown): string => (error instanceof Error ? error.message : typeof error === 'object' && error !== null && 'message' in error ? String((error as { message: unknown }).message) : String(error));

/** What an expression ended with instead of a value: names the expression and the value. */
export class EvaluationError extends Error {
  constructor(readonly expression: string, readonly reason: unknown) { super(`${shown(expression)} ended with: ${why(reason)}`); }
  get value(): unknown { return this.reason instanceof ValueError ? this.reason.value : (this.reason as { value?: unknown } | undefined)?.value; }
}

function guarded(parsed: ParsedExpression, fast: Evaluate): (item: Json, variables: Variables) => Json {
  return (item, variables) => {
    try {
      const value = fast(item, variables);
      if (typeof value === 'string') { if (value.length > limits.textMax) throw new ValueError(value, 'is too large for an expression'); return value; }
      return typeof value === 'number' || (typeof value === 'object' && value !== null) ? plainOnly(value) : value;
    } catch (error) { throw new EvaluationError(parsed.text, error); }
  };
}
/** Values of the document itself pass as they are; only numbers are looked at. */
const plainOnly = (value: Json): Json => (typeof value === 'number' ? plainResult(value) : value);

/** Text → expression, checked and bounded. Throws ExpressionError when it is not taken. */
export function compileExpression(text: string): CompiledExpression {
  const parsed = parseExpression(text);
  const fast = compileFast(parsed.ast);
  if (fast) return { text, parsed, fast: true, run: guarded(parsed, fast) };
  const slow = compileSlow(parsed);
  return { text, parsed, fast: false, run: (item, variables) => slow(item, variables).then((value) => plainResult(value)).catch((error: unknown) => { throw error instanceof EvaluationError ? error : new EvaluationError(text, error); }) };
}

export { ExpressionError };
