import { done, failed, type Outcome } from '../../canonical/failure';
import { type Catalogue } from '../catalogue/catalogue';
import { type Field } from '../catalogue/schema';
import { type MappingDocument } from '../document/document';
import { isNested, isValueRule, rulesOfFields, type CheckRule, type FieldsRule, type Rule, type WarnRule } from '../document/rules';
import { decimalOf, decimalText, isObject, ValueError } from '../expressions/decimal-text';
import { compileExpression, ExpressionError } from '../expressions/expression';
import { RegexError } from '../expressions/regex';
import { compileCondition } from './condition';
import { compileNested, type CompileInner } from './nested';
import { createWorkshop, named, type Workshop } from './parts';
import { andThen, failAs, MappingFailure, placeOf, runSteps, type RuleName, type Scope, type Step } from './state';
import { targetNames } from './target';
import { compileTemplate } from './template';
import { compileValueRule } from './value-rule';

export type CompiledMapping = { document: MappingDocument; steps: Step[]; complete(scope: Scope): void; identities: Step[] };

function check(rule: CheckRule, name: RuleName): Step {
  const when = rule.when ? compileCondition(rule.when) : undefined;
  const that = rule.that ? compileCondition(rule.that) : undefined;
  const equal = rule.equal?.map(compileExpression);
  const message = compileTemplate(rule.message);
  const value = rule.value === undefined ? undefined : compileExpression(rule.value);
  const holds = (scope: Scope): boolean | Promise<boolean> => {
    if (that) return that(scope);
    const [left, right] = equal ?? [];
    return andThen(left?.run(scope.item, scope.vars), (a) => andThen(right?.run(scope.item, scope.vars), (b) => decimalOf(a ?? '0').eq(decimalOf(b ?? '0'))));
  };
  const refuse = (scope: Scope): never | Promise<never> => andThen(message.write(scope), (words) => andThen(value?.run(scope.item, scope.vars), (shown): never => {
    throw failAs(scope.run, name, { code: rule.code, message: words, fix: rule.fix, hold: rule.hold ?? false, ...(rule.field === undefined ? {} : { field: rule.field }), ...(shown === undefined ? {} : { value: shown }) });
  }));
  const ask = (scope: Scope): void | Promise<void> => andThen(holds(scope), (h) => (h ? undefined : refuse(scope)));
  return named((scope) => (when ? andThen(when(scope), (w) => (w ? ask(scope) : undefined)) : ask(scope)), { rule: name });
}

function warn(rule: WarnRule, name: RuleName): Step {
  const when = rule.when ? compileCondition(rule.when) : undefined;
  const message = compileTemplate(rule.message);
  const tell = (scope: Scope): void | Promise<void> => andThen(message.write(scope), (words) => scope.run.warn(words));
  return named((scope) => (when ? andThen(when(scope), (w) => (w ? tell(scope) : undefined)) : tell(scope)), { rule: name });
}

/** Costs one look where the object is not there. */
function fields(rule: FieldsRule, at: { prefix: string; name: RuleName }, shop: Workshop): Step {
  const when = rule.when ? compileCondition(rule.when) : undefined;
  const from = compileExpression(rule.from);
  const names = new Set(rule.names);
  const steps = rulesOfFields(rule).map((one) => compileValueRule(one, { prefix: at.prefix, name: { ...at.name, to: goesTo(one) } }, shop));
  const write = (scope: Scope): void | Promise<void> => andThen(from.run(scope.item, scope.vars), (given) => {
    if (given === undefined || given === null) return undefined;
    if (!isObject(given)) throw new ValueError(given, 'is no object with fields');
    const odd = Object.keys(given).find((name) => !names.has(name));
    if (odd !== undefined) throw failAs(scope.run, at.name, { code: 'value-unusable', field: `${placeOf(scope)}${odd}`, value: odd, message: `${rule.from} names "${odd}", which this rule does not write.`, fix: 'Correct the name, or take it out; a field that another rule fills is that rule\'s.' });
    return runSteps(steps, scope);
  });
  return named((scope) => (when ? andThen(when(scope), (w) => (w ? write(scope) : undefined)) : write(scope)), { rule: at.name });
}

const goesTo = (rule: Rule): string => (rule.kind === 'fields' ? `fields of ${rule.from}` : 'to' in rule ? rule.to : rule.kind === 'check' ? rule.field ?? '(check)' : '(remark)');
export const nameOf = (rule: Rule, number: string): RuleName => ({ number, kind: rule.kind, to: goesTo(rule), ...(rule.id ? { id: rule.id } : {}) });

/** Required fields that stand directly in an object: everything below the prefix without another list. */
function requiredIn(prefix: string, fields: Iterable<Field>): { names: string[]; field: Field }[] {
  return [...fields].filter((f) => f.required && f.path.startsWith(prefix) && !f.path.slice(prefix.length).includes('[]') && f.type !== 'object')
    .map((field) => ({ field, names: targetNames(field.path.slice(prefix.length)) }));
}

/** Every required field of an object that is there is filled, or the document ends with a named failure. */
function completeness(prefix: string, shop: Workshop): (scope: Scope) => void {
  const required = requiredIn(prefix, shop.fields.values());
  const rule: RuleName = { number: '–', kind: 'schema', to: prefix };
  return (scope) => {
    for (const { names, field } of required) {
      let at: unknown = scope.row;
      for (let i = 0; i < names.length - 1 && at !== undefined; i += 1) at = (at as Record<string, unknown>)[names[i] as string];
      if (at === undefined || (at as Record<string, unknown>)[names[names.length - 1] as string] !== undefined) continue;
      throw failAs(scope.run, rule, { code: shop.document.policies.codes.missing ?? 'field-missing', field: `${placeOf(scope)}${names.join('.')}`, message: `${field.description || field.path} is required by ${shop.target.title}, and no rule gave a value.` });
    }
  };
}

function compileRules(rules: readonly Rule[], at: { prefix: string; number: string }, shop: Workshop): { steps: Step[]; complete(scope: Scope): void } {
  const steps = rules.map((rule, i): Step => {
    const number = `${at.number}${i + 1}`;
    const name = nameOf(rule, number);
    try {
      if (isValueRule(rule)) return compileValueRule(rule, { prefix: at.prefix, name }, shop);
      if (rule.kind === 'fields') return fields(rule, { prefix: at.prefix, name }, shop);
      if (!isNested(rule)) return rule.kind === 'check' ? check(rule, name) : warn(rule, name);
      const inner: CompileInner = (prefix) => compileRules(rule.rules, { prefix, number: `${number}.` }, shop);
      return compileNested(rule, { name, prefix: at.prefix }, { inner, shop });
    } catch (error) {
      if (error instanceof ExpressionError || error instanceof RegexError || error instanceof ValueError) throw new MappingFailure({ code: 'mapping-invalid', document: shop.document.name, field: goesTo(rule), message: `Rule ${number}${rule.id ? ` (${rule.id})` : ''} of ${shop.document.name} cannot be used: ${error.message}.`.replace('..', '.'), fix: 'Correct the rule in the mapping document.' });
      throw error;
    }
  });
  return { steps, complete: completeness(at.prefix, shop) };
}

/** The target's own arithmetic, proven on every finished document. */
function identitySteps(shop: Workshop): Step[] {
  return shop.target.identities.map((identity): Step => {
    const [left, right] = [compileExpression(identity.left), compileExpression(identity.right)];
    const tolerance = identity.tolerance ?? '0';
    const rule: RuleName = { number: '–', kind: 'arithmetic', to: identity.field };
    return named((scope) => andThen(left.run(scope.row, scope.vars), (a) => andThen(right.run(scope.row, scope.vars), (b) => {
      if (a === undefined && b === undefined) return;
      const difference = decimalOf(a ?? '0').minus(decimalOf(b ?? '0'));
      if (difference.abs().lte(tolerance)) return;
      throw failAs(scope.run, rule, { code: 'totals-do-not-add-up', field: identity.field, value: decimalText(decimalOf(a ?? '0')), system: shop.target.system, message: `${identity.says}: ${decimalText(decimalOf(a ?? '0'))} is not ${decimalText(decimalOf(b ?? '0'))}.`, fix: 'Correct the document at its source or the rules of these fields; nothing was sent.' });
    })), { rule });
  });
}

/** A checked document → something that runs, or `mapping-invalid` with the rule and the reason. */
export function compileMapping(document: MappingDocument, catalogue: Catalogue): Outcome<CompiledMapping> {
  const target = catalogue.schema(document.target);
  if (!target) return failed({ code: 'mapping-invalid', document: document.name, field: 'target', value: document.target, message: `The catalogue has no schema "${document.target}".`, fix: 'Name a schema of the catalogue.' });
  try {
    const shop = createWorkshop(document, target, (like) => catalogue.field(like));
    const { steps, complete } = compileRules(document.rules, { prefix: '', number: '' }, shop);
    return done({ document, steps, complete, identities: identitySteps(shop) });
  } catch (error) {
    if (error instanceof MappingFailure) return failed(error.failure);
    if (error instanceof ExpressionError || error instanceof RegexError || error instanceof ValueError) return failed({ code: 'mapping-invalid', document: document.name, message: `${document.name} cannot be used: ${error.message}`, fix: 'Correct the mapping document.' });
    throw error;
  }
}
