import { decimalText, isDecimalText, isMoney, shown } from '../expressions/decimal-text';
import { moneyText } from '../../canonical/money';
import { compileExpression, type CompiledExpression } from '../expressions/expression';
import { type Json } from '../expressions/sequence';
import { andThen, type Scope } from './state';
import { Decimal } from 'decimal.js';

const written = (value: Json): string => (value === undefined || value === null ? '' : isMoney(value) ? moneyText(value) : typeof value === 'string' ? value : typeof value === 'number' && Number.isInteger(value) ? String(value) : shown(value));

/** Text with expressions in braces, e.g. `The lines add up to {$sum}`. Throws ExpressionError for what is not taken. */
export function compileTemplate(text: string): { expressions: CompiledExpression[]; write(scope: Scope): string | Promise<string> } {
  const pieces: (string | CompiledExpression)[] = [];
  let at = 0;
  for (const match of text.matchAll(/\{([^{}]+)\}/g)) {
    pieces.push(text.slice(at, match.index), compileExpression(match[1] ?? ''));
    at = match.index + match[0].length;
  }
  pieces.push(text.slice(at));
  const write = (scope: Scope, from: number, out: string): string | Promise<string> => {
    let made = out;
    for (let i = from; i < pieces.length; i += 1) {
      const piece = pieces[i];
      if (typeof piece === 'string') { made += piece; continue; }
      const value = piece?.run(scope.item, scope.vars);
      if (value instanceof Promise) { const before = made; return value.then((v) => write(scope, i + 1, before + written(v))); }
      made += written(value);
    }
    return made;
  };
  return { expressions: pieces.filter((p): p is CompiledExpression => typeof p !== 'string'), write: (scope) => andThen(write(scope, 0, ''), (t) => t) };
}

/** Two numbers as they are compared and told: plain, without zeros that say nothing. */
export const plainNumber = (value: Json): string => (isDecimalText(value) ? decimalText(new Decimal(value)) : written(value));
