import { Decimal } from 'decimal.js';
import { type Condition, type FieldTest, type Scalar } from '../document/parts';
import { decimalOf } from '../expressions/decimal-text';
import { compileExpression } from '../expressions/expression';
import { SafeRegex } from '../expressions/regex';
import { truthy, type Json } from '../expressions/sequence';
import { andThen, type Scope } from './state';

export type Holds = (scope: Scope) => boolean | Promise<boolean>;

const blank = (value: Json): boolean => value === undefined || value === null || (typeof value === 'string' && value.trim() === '') || (Array.isArray(value) && value.length === 0);
/** Numbers of documents are text: 5 and "5" are the same word. */
const sameWord = (value: Json, scalar: Scalar): boolean => value === scalar || ((typeof value === 'string' || typeof value === 'number') && (typeof scalar === 'string' || typeof scalar === 'number') && String(value) === String(scalar));
const word = (value: Json): string | undefined => (typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined);

function fieldTests(test: FieldTest): ((value: Json) => boolean)[] {
  const tests: ((value: Json) => boolean)[] = [];
  const { is, isNot, in: among, filled, present } = test;
  if (is !== undefined) tests.push((v) => sameWord(v, is));
  if (isNot !== undefined) tests.push((v) => !sameWord(v, isNot));
  if (among !== undefined) tests.push((v) => among.some((s) => sameWord(v, s)));
  if (filled !== undefined) tests.push((v) => !blank(v) === filled);
  if (present !== undefined) tests.push((v) => (v !== undefined && v !== null) === present);
  if (test.matches !== undefined) { const regex = new SafeRegex(test.matches, 'i'); tests.push((v) => { const w = word(v); return w !== undefined && regex.test(w); }); }
  const against = (limit: string | undefined, holds: (order: number) => boolean): void => {
    if (limit === undefined) return;
    const wanted = new Decimal(limit);
    tests.push((v) => !blank(v) && holds(decimalOf(v).comparedTo(wanted)));
  };
  against(test.above, (o) => o > 0);
  against(test.atLeast, (o) => o >= 0);
  against(test.below, (o) => o < 0);
  against(test.atMost, (o) => o <= 0);
  return tests;
}

/** All (or any) of many, in order, as far as needed. */
function combine(list: readonly Holds[], stopAt: boolean): Holds {
  const from = (scope: Scope, start: number): boolean | Promise<boolean> => {
    for (let i = start; i < list.length; i += 1) {
      const result = list[i]?.(scope) ?? false;
      if (result instanceof Promise) return result.then((r) => (r === stopAt ? stopAt : from(scope, i + 1)));
      if (result === stopAt) return stopAt;
    }
    return !stopAt;
  };
  return (scope) => from(scope, 0);
}

/** A condition, ready to ask. Throws ExpressionError or RegexError for what is not taken. */
export function compileCondition(condition: Condition): Holds {
  if ('all' in condition) return combine(condition.all.map(compileCondition), false);
  if ('any' in condition) return combine(condition.any.map(compileCondition), true);
  if ('not' in condition) { const inner = compileCondition(condition.not); return (scope) => andThen(inner(scope), (r) => !r); }
  if ('expression' in condition) { const e = compileExpression(condition.expression); return (scope) => andThen(e.run(scope.item, scope.vars), truthy); }
  const path = compileExpression(condition.field);
  const tests = fieldTests(condition);
  const [only] = tests;
  if (tests.length === 1 && only) return (scope) => andThen(path.run(scope.item, scope.vars), only);
  return (scope) => andThen(path.run(scope.item, scope.vars), (value) => tests.every((t) => t(value)));
}
