import { lastName } from '../catalogue/schema';
import { isValueRule, type ValueRule } from '../document/rules';
import { isObject, shown, ValueError } from '../expressions/decimal-text';
import { type Json } from '../expressions/sequence';
import { coerceTo } from './coerce';
import { compileCondition } from './condition';
import { fitText, placeFor, type Place } from './fit';
import { compileConversions, isBlank, named, type Workshop } from './parts';
import { compileProduce } from './produce';
import { andThen, failAs, placeOf, ruleWords, type RuleName, type Scope, type Step } from './state';
import { compileTarget, isNamedValue } from './target';

/** The place for text behind a target field, or behind the field that a named value is `like`. */
function placeOfRule(rule: ValueRule, prefix: string, shop: Workshop): Place | undefined {
  if (rule.like !== undefined) {
    const found = shop.likeField(rule.like);
    if (!found) throw new ValueError(rule.like, 'is no field of the catalogue (schema#path)');
    return placeFor(found.field, found.schema);
  }
  const field = isNamedValue(rule.to) ? undefined : shop.fields.get(prefix + rule.to);
  if (field && (field.length !== undefined || rule.fit !== undefined)) return placeFor(field, shop.target);
  return rule.fit !== undefined ? { name: lastName(rule.to), system: shop.target.systemName, codePage: shop.target.codePage } : undefined;
}

function explain(scope: Scope, rule: RuleName, { value, because }: { value: Json; because: string }): void {
  scope.run.explanations.push({ field: `${placeOf(scope)}${rule.to}`, rule: rule.number, ...(rule.id ? { id: rule.id } : {}), kind: rule.kind, value, because: `${ruleWords(rule)}: ${because}` });
}

/** Writes one value: produce → default or named failure → convert → fit the text → the field's own type. The first rule that gives a value wins. */
export function compileValueRule(rule: ValueRule, at: { prefix: string; name: RuleName }, shop: Workshop): Step {
  const { name, prefix } = at;
  const target = compileTarget(rule.to);
  const field = isNamedValue(rule.to) ? undefined : shop.fields.get(prefix + rule.to);
  const holds = rule.when ? compileCondition(rule.when) : undefined;
  const produce = compileProduce(rule, shop, name);
  const convert = compileConversions(rule.as);
  const coerce = coerceTo(field);
  const place = placeOfRule(rule, prefix, shop);
  const { blankText, codes } = shop.document.policies;
  const required = rule.required ?? false;
  const blankStays = rule.kind === 'constant';

  const store = (scope: Scope, value: Json, because?: string): void => {
    let made: Json = value;
    if (place && typeof made === 'string') {
      const fitted = fitText({ place, fit: rule.fit, text: made }, (text) => scope.run.warn(text));
      if ('trouble' in fitted) {
        throw failAs(scope.run, name, { code: rule.code ?? 'text-unusable', field: place.name, value: made, ...(shop.target.system === 'canonical' ? {} : { system: shop.target.system }), message: `The ${place.name} "${made}" ${fitted.trouble}.`, fix: rule.fix ?? `Correct it in the pair's configuration or at the source; ${place.system} takes at most ${place.length ?? 'some'} characters${place.codePage ? ' of its code page' : ''}.` });
      }
      made = fitted.text;
    }
    if (coerce) made = coerce(made, scope, shop.currency);
    if (made === undefined) return;
    target.set(scope, made);
    if (scope.run.explaining) explain(scope, name, { value: made, because: because ?? (scope.run.trace || rule.kind) });
  };
  const nothing = (scope: Scope): void => {
    if (rule.default !== undefined) { store(scope, isObject(rule.default) || Array.isArray(rule.default) ? structuredClone(rule.default) : rule.default, 'default, because nothing was there'); return; }
    if (!required) return;
    throw failAs(scope.run, name, { code: rule.code ?? codes.missing ?? 'field-missing', field: `${placeOf(scope)}${rule.to}`, message: `${field?.description || lastName(rule.to)} is required, and nothing is there (${sourceWords(rule)}).`, ...(rule.fix ? { fix: rule.fix } : {}) });
  };
  const finish = (scope: Scope, value: Json): void => {
    if (blankStays ? value === undefined || value === null : isBlank(value, blankText)) { nothing(scope); return; }
    const converted = convert ? convert(value, scope, shop.currency) : value;
    if (isBlank(converted, blankStays ? 'kept' : blankText)) { nothing(scope); return; }
    store(scope, converted);
  };
  const run = (scope: Scope): void | Promise<void> => {
    if (scope.run.explaining) scope.run.trace = '';
    const value = produce(scope);
    if (value instanceof Promise) return value.then((v: Json) => finish(scope, v));
    finish(scope, value);
  };
  return named((scope) => {
    if (target.has(scope)) return undefined;
    if (!holds) return run(scope);
    return andThen(holds(scope), (h) => (h ? run(scope) : undefined));
  }, { rule: name, code: rule.code, fix: rule.fix });
}

/** Where a rule looks, in words. */
export function sourceWords(rule: ValueRule): string {
  switch (rule.kind) {
    case 'direct': return `from ${Array.isArray(rule.from) ? rule.from.join(', else ') : rule.from}`;
    case 'join': return `from ${rule.from.join(', ')}`;
    case 'expression': return `by ${shown(rule.expression)}`;
    case 'lookup': return `looked up in ${rule.lookup} by ${Array.isArray(rule.key) ? rule.key.join(', ') : rule.key}`;
    case 'table': return `by a table of ${rule.rows.length} row(s)`;
    case 'constant': return `always ${shown(rule.value)}`;
    case 'allocate': return `shares of ${rule.amount}`;
    case 'price': return `the unit price of ${rule.net}`;
  }
}
export { isValueRule };
