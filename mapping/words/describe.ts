import { type Condition, type Conversion, type Lookup, type NoMatch } from '../document/parts';
import { isNested, isValueRule, type Rule, type Value, type ValueRule } from '../document/rules';
import { shown } from '../expressions/decimal-text';

const list = (items: readonly string[], last = 'and'): string => (items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} ${last} ${items[items.length - 1] ?? ''}`);

/** A condition as people say it. */
export function conditionWords(condition: Condition): string {
  if ('all' in condition) return list(condition.all.map(conditionWords));
  if ('any' in condition) return list(condition.any.map(conditionWords), 'or');
  if ('not' in condition) return `not (${conditionWords(condition.not)})`;
  if ('expression' in condition) return condition.expression;
  const { field, is, isNot, in: among, matches, filled, present, above, atLeast, below, atMost } = condition;
  const tests = [
    is === undefined ? '' : `is ${shown(is)}`, isNot === undefined ? '' : `is not ${shown(isNot)}`, among === undefined ? '' : `is ${list(among.map(shown), 'or')}`, matches === undefined ? '' : `looks like ${shown(matches)}`,
    filled === undefined ? '' : filled ? 'is filled' : 'is blank', present === undefined ? '' : present ? 'is there' : 'is not there',
    above === undefined ? '' : `is above ${above}`, atLeast === undefined ? '' : `is at least ${atLeast}`, below === undefined ? '' : `is below ${below}`, atMost === undefined ? '' : `is at most ${atMost}`,
  ].filter((t) => t !== '');
  return `${field} ${list(tests)}`;
}

export function conversionWords(conversion: Conversion): string {
  switch (conversion.type) {
    case 'date': return `as a date${conversion.from === 'iso' ? '' : ` written ${conversion.from}`}${conversion.zone ? ` in the zone ${conversion.zone}` : ''}${conversion.to === 'yyyy-MM-dd' ? '' : `, shown as ${conversion.to}`}`;
    case 'instant': return `as an instant${conversion.zone ? ` in the zone ${conversion.zone}` : ''}`;
    case 'round': return `rounded to ${conversion.decimals === 'currency' ? 'the decimals of its currency' : `${conversion.decimals} decimals`} (${conversion.mode})`;
    case 'enum': return `by ${list(Object.entries(conversion.map).map(([k, v]) => `${k} = ${String(v)}`), 'and')}, otherwise ${typeof conversion.otherwise === 'object' ? shown(conversion.otherwise.value) : conversion.otherwise}`;
    case 'decimal': return 'as a decimal number';
    case 'money': return 'as an amount of money';
    case 'segment': return `its segment ${conversion.part} between "${conversion.separator}"`;
    case 'replace': return `with ${shown(conversion.find)} replaced by ${shown(conversion.with)}`;
    case 'pattern': return `if it looks like ${shown(conversion.matches)}`;
    case 'boolean': return `yes where it is ${list(conversion.true.map(shown), 'or')}`;
    case 'split': return `divided at ${shown(conversion.separator)}`;
    case 'negate': return 'with the sign changed';
    case 'amount': return 'with all decimals of its currency';
    case 'whole': return 'as a whole number';
    case 'upper': return 'in capitals';
    case 'lower': return 'in small letters';
    case 'flag': return 'as 1 or 0';
    case 'digits': return 'its digits only';
    case 'letters': return 'its letters only';
    default: return `as ${conversion.type}`;
  }
}

const valueWords = (value: Value): string => ('value' in value ? shown(value.value) : 'from' in value ? `what is in ${list([value.from].flat(), 'or else')}` : `the result of ${value.expression}`);

export function noMatchWords(noMatch: NoMatch): string {
  switch (noMatch.policy) {
    case 'error': return 'stops with a failure';
    case 'hold': return 'waits for a person';
    case 'source': return 'keeps the value itself';
    case 'blank': return 'leaves it blank';
    case 'default': return `takes ${shown(noMatch.value)}`;
  }
}

/** Where a value comes from, as people say it. */
export function fromWords(rule: ValueRule): string {
  switch (rule.kind) {
    case 'direct': return `what is in ${list([rule.from].flat(), 'or else')}`;
    case 'expression': return `the result of ${rule.expression}`;
    case 'constant': return `always ${shown(rule.value)}`;
    case 'lookup': return `what the lookup "${rule.lookup}" gives for ${list([rule.key].flat())}${rule.take ? ` (its ${rule.take})` : ''}`;
    case 'join': return `${list(rule.from)} joined by ${shown(rule.with)}`;
    case 'allocate': return `shares of ${rule.amount} by ${rule.weight}`;
    case 'price': return `a quantity and unit price whose product is ${rule.net}`;
    case 'table': return [...rule.rows.map((r) => `${valueWords(r)} where ${conditionWords(r.when)}`), ...(rule.otherwise ? [`otherwise ${valueWords(rule.otherwise)}`] : [])].join('; ');
  }
}

/** One rule in one sentence, without its number. */
export function ruleSentence(rule: Rule): string {
  const only = rule.when ? `, only where ${conditionWords(rule.when)}` : '';
  if (isValueRule(rule)) {
    const as = [rule.as ?? []].flat().map(conversionWords);
    const more = [...as, ...(rule.fit ? [`made to fit (${rule.fit})`] : []), ...(rule.default === undefined ? [] : [`else ${shown(rule.default)}`]), ...(rule.required ? ['required'] : [])];
    return `${rule.to} is ${fromWords(rule)}${more.length > 0 ? `, ${more.join(', ')}` : ''}${only}`;
  }
  if (isNested(rule)) {
    switch (rule.kind) {
      case 'lines': return `${rule.to} has one row per ${rule.from ?? 'document'}${rule.where ? `, where ${conditionWords(rule.where)}` : ''}${only}`;
      case 'object': return `${rule.to} is made${rule.from ? ` from ${rule.from}` : ''}${only}`;
      case 'group': return `${rule.to} has one row per ${list(Object.keys(rule.by))} of ${rule.from}${only}`;
      case 'split': return `${rule.to} has one row per part of ${rule.from}, shared by ${rule.weight}${only}`;
      case 'rounding': return `${rule.to} gets a row for a rounding difference up to ${rule.tolerance}${only}`;
    }
  }
  if (rule.kind === 'fields') return `${list(rule.names)} are what ${rule.from} says under these names${rule.fit ? `, made to fit (${rule.fit})` : ''}${only}`;
  return rule.kind === 'check' ? `stops with "${rule.code}" unless ${rule.equal ? `${rule.equal[0]} equals ${rule.equal[1]}` : rule.that ? conditionWords(rule.that) : ''}${only}` : `remarks "${rule.message}"${only}`;
}

export const lookupWords = (lookup: Lookup): string => (lookup.kind === 'live' ? `the live table ${lookup.table} by ${list(lookup.key)}` : `${lookup.rows.length} row(s), ${lookup.match}`);
