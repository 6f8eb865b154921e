import { type Failure, type FailureCode } from '../../canonical/failure';
import { type MappingDocument } from '../document/document';
import { shown } from '../expressions/decimal-text';
import { type Variables } from '../expressions/fast';
import { type Json } from '../expressions/sequence';

export type Table = { rows: readonly Record<string, Json>[]; ageSeconds?: number };
/** Everything a mapping sees: nothing comes from a clock, a network or a store. Numbers of the source are decimal text. */
export type MappingInput = { source: Json; params?: Record<string, Json>; tables?: Record<string, Table> };

/** Why a target field holds what it holds. */
export type Explanation = { field: string; rule: string; id?: string; kind: string; because: string; value: Json };
export type MappingResult =
  | { ok: true; value: Record<string, Json>; warnings: string[]; explanations: Explanation[]; document: { name: string; version: number } }
  | { ok: false; failure: Failure; hold: boolean; warnings: string[]; explanations: Explanation[]; document: { name: string; version: number } };

/** Which rule speaks, for failures and explanations: `7`, or `7.3` for the third rule inside rule 7. */
export type RuleName = { number: string; id?: string; kind: string; to: string };
export const ruleWords = (rule: RuleName): string => `rule ${rule.number}${rule.id ? ` (${rule.id})` : ''}`;

/** Ends a mapping with a named failure; `hold` waits for what is missing, instead of giving up. */
export class MappingFailure extends Error {
  constructor(readonly failure: Failure, readonly hold = false) { super(failure.message); }
}

/** One run of one document over one source. */
export class Run {
  private readonly seen = new Set<string>();
  readonly explanations: Explanation[] = [];
  /** What the last value was taken from, in words; kept only while explaining. */
  trace = '';
  currency: string | undefined;
  constructor(readonly document: MappingDocument, readonly input: MappingInput, readonly explaining: boolean) {}
  warn(text: string): void { this.seen.add(text); }
  get warnings(): string[] { return [...this.seen]; }
}

/** Where a rule works: the element it looks at, the values it may name (`named`: those that rules of this very scope gave), the object it fills. */
export type Scope = { run: Run; item: Json; vars: Variables; named?: Record<string, Json>; row: Record<string, Json>; list?: { name: string; index: number; parent: Scope } };

/** Where in the target a scope stands: `lines[2].taxes[1].`. */
export function placeOf(scope: Scope): string {
  if (!scope.list) return '';
  const { name, index, parent } = scope.list;
  return `${placeOf(parent)}${name}${index < 0 ? '' : `[${index}]`}.`;
}

export type Step = (scope: Scope) => void | Promise<void>;

/** Runs steps one after the other; stays synchronous until one of them is not. */
export function runSteps(steps: readonly Step[], scope: Scope, from = 0): void | Promise<void> {
  for (let i = from; i < steps.length; i += 1) {
    const pending = steps[i]?.(scope);
    if (pending) return pending.then(() => runSteps(steps, scope, i + 1));
  }
}

/** As `Array.map` for things that may be promises, in order. */
export function eachInOrder<T>(list: readonly T[], visit: (one: T, index: number) => void | Promise<void>, from = 0): void | Promise<void> {
  for (let i = from; i < list.length; i += 1) {
    const pending = visit(list[i] as T, i);
    if (pending) return pending.then(() => eachInOrder(list, visit, i + 1));
  }
}

/** Goes on with a value that may be a promise. */
export function andThen<T, R>(value: T | Promise<T>, next: (value: T) => R | Promise<R>): R | Promise<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}

export type FailWith = { code: FailureCode; message: string; fix?: string; field?: string; value?: Json; system?: string; hold?: boolean };
/** A failure that names document, rule, field and value. */
export function failAs(run: Run, rule: RuleName, what: FailWith): MappingFailure {
  const { name, version, policies } = run.document;
  const value = what.value === undefined ? undefined : typeof what.value === 'string' ? what.value.slice(0, 200) : shown(what.value);
  return new MappingFailure({
    code: what.code, message: what.message, fix: what.fix ?? policies.fix ?? 'Correct the value at its source or the rule in the mapping document, then retry.', document: name,
    ...(what.field === undefined ? {} : { field: what.field }), ...(value === undefined ? {} : { value }), ...(what.system === undefined ? {} : { system: what.system }),
    causes: [`${name} version ${version}, ${ruleWords(rule)}`],
  }, what.hold ?? false);
}
