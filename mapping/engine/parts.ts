import { type FailureCode } from '../../canonical/failure';
import { type Field, fieldsByPath, type Schema } from '../catalogue/schema';
import { type MappingDocument } from '../document/document';
import { type Conversion } from '../document/parts';
import { decimalsOf, ValueError } from '../expressions/decimal-text';
import { compileExpression, EvaluationError, type CompiledExpression } from '../expressions/expression';
import { MoneyError } from '../../canonical/money';
import { type Json } from '../expressions/sequence';
import { compileConversion, type Convert } from './convert';
import { compileLookup, type CompiledLookup } from './lookup';
import { andThen, failAs, MappingFailure, placeOf, type RuleName, type Run, type Scope } from './state';
import { lastName } from '../catalogue/schema';

/** What all rules of one document share while they are compiled. `prefix` is where nested rules stand in the target: `lines[].`. */
export type Workshop = {
  document: MappingDocument; target: Schema; fields: ReadonlyMap<string, Field>; lookups: ReadonlyMap<string, CompiledLookup>;
  currency(scope: Scope): string;
  /** The field whose length and words count for a named value: `like`. */
  likeField(path: string): { field: Field; schema: Schema } | undefined;
};

/** The document's currency, found once per run. */
function currencyOf(document: MappingDocument): (scope: Scope) => string {
  const path: CompiledExpression | undefined = document.currency === undefined ? undefined : compileExpression(document.currency);
  return (scope) => {
    if (scope.run.currency !== undefined) return scope.run.currency;
    const value = path?.run(scope.run.input.source, scope.vars);
    if (typeof value !== 'string') throw new ValueError(value, 'is no currency: the document says where its currency stands (currency)');
    decimalsOf(value);
    scope.run.currency = value;
    return value;
  };
}

export function createWorkshop(document: MappingDocument, target: Schema, likeField: Workshop['likeField']): Workshop {
  return {
    document, target, fields: fieldsByPath(target), likeField, currency: currencyOf(document),
    lookups: new Map(Object.entries(document.lookups).map(([name, lookup]) => [name, compileLookup(name, lookup)])),
  };
}

export const isBlank = (value: Json, blankText: 'missing' | 'kept'): boolean => value === undefined || value === null || (blankText === 'missing' && typeof value === 'string' && value.trim() === '');

/** Several conversions, one after the other; undefined when there are none. */
export function compileConversions(as: Conversion | Conversion[] | undefined): Convert | undefined {
  if (as === undefined) return undefined;
  const list = (Array.isArray(as) ? as : [as]).map(compileConversion);
  const [only] = list;
  if (list.length === 1 && only) return only;
  return (value, scope, currency) => list.reduce<Json>((v, convert) => (v === undefined ? undefined : convert(v, scope, currency)), value);
}

/** A path, or the first of several that is filled; the place it came from is kept for explanations. */
export function compileFrom(from: string | string[], blankText: 'missing' | 'kept'): (scope: Scope) => Json | Promise<Json> {
  const paths = (Array.isArray(from) ? from : [from]).map((text) => ({ text, path: compileExpression(text) }));
  const [only] = paths;
  if (paths.length === 1 && only) return (scope) => { if (scope.run.explaining) scope.run.trace = `from ${only.text}`; return only.path.run(scope.item, scope.vars); };
  const first = (scope: Scope, start: number): Json | Promise<Json> => {
    for (let i = start; i < paths.length; i += 1) {
      const one = paths[i] as (typeof paths)[0];
      const value = one.path.run(scope.item, scope.vars);
      if (value instanceof Promise) return value.then((v: Json) => (isBlank(v, blankText) ? first(scope, i + 1) : v));
      if (isBlank(value, blankText)) continue;
      if (scope.run.explaining) scope.run.trace = `from ${one.text}`;
      return value;
    }
    return undefined;
  };
  return (scope) => first(scope, 0);
}

/** What went wrong inside a rule → a failure that names rule, field and value. */
export function ruleFailure(error: unknown, at: { run: Run; rule: RuleName; scope: Scope; code?: FailureCode | undefined; fix?: string | undefined }): MappingFailure {
  if (error instanceof MappingFailure) return error;
  const { run, rule, scope, code, fix } = at;
  const { codes } = run.document.policies;
  const field = `${placeOf(scope)}${rule.to}`;
  const inner = error instanceof EvaluationError && (error.reason instanceof ValueError || error.reason instanceof MoneyError) ? error.reason : error;
  const more = fix === undefined ? {} : { fix };
  if (inner instanceof MoneyError) return failAs(run, rule, { code: code ?? codes.money ?? 'money-invalid', field, value: inner.value, message: `The amount for ${field} cannot be kept: ${inner.message}.`, ...more });
  if (inner instanceof ValueError) return failAs(run, rule, { code: code ?? codes.value ?? 'value-unusable', field, value: inner.value, message: `The value for ${field} cannot be taken: ${inner.message}.`, ...more });
  if (inner instanceof EvaluationError) return failAs(run, rule, { code: code ?? 'expression-failed', field, value: inner.value ?? scope.item, message: `The expression of ${lastName(rule.to)} cannot be worked out: ${inner.message}.`, fix: fix ?? 'Correct the expression in the mapping document, or the value at its source, then retry.' });
  throw error;
}

/** Runs a step; what it throws or rejects with becomes a failure with the rule's name. */
export function named(step: (scope: Scope) => void | Promise<void>, at: { rule: RuleName; code?: FailureCode | undefined; fix?: string | undefined }): (scope: Scope) => void | Promise<void> {
  return (scope) => {
    try {
      const pending = step(scope);
      return pending ? pending.catch((error: unknown) => { throw ruleFailure(error, { run: scope.run, scope, ...at }); }) : undefined;
    } catch (error) { throw ruleFailure(error, { run: scope.run, scope, ...at }); }
  };
}
export { andThen };
