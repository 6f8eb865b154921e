import { z } from 'zod';
import { Code, Condition, Conversion, Expression, JsonValue, NoMatch, Path, TargetPath } from './parts';

const text = z.string().min(1).max(500);
/** How free text meets a length: `key` never changes, `free` is transliterated and abbreviated, `cut` keeps its start, `tail` its end; each change warns. */
export const fits = ['key', 'free', 'cut', 'tail'] as const;
const Fit = z.enum(fits);

const head = {
  /** A stable name: explanations and comparisons of versions use it. */
  id: z.string().regex(/^[a-z][a-z0-9-]{0,60}$/).optional(), note: text.optional(),
  /** The rule is skipped where this does not hold. */
  when: Condition.optional(),
};
const valueHead = {
  ...head, to: TargetPath, as: z.union([Conversion, z.array(Conversion).min(1).max(8)]).optional(), fit: Fit.optional(),
  /** For named values: the target field whose length and words count. */
  like: z.string().max(200).optional(),
  /** Nothing there is a named failure, whatever the target's schema says. */
  required: z.boolean().optional(),
  /** Stands in where nothing is there. */
  default: JsonValue.optional(),
  code: Code.optional(), fix: text.optional(),
};
/** A value said in one of three ways. */
const Value = z.union([z.strictObject({ value: JsonValue }), z.strictObject({ from: z.union([Path, z.array(Path).min(1).max(20)]) }), z.strictObject({ expression: Expression })]);
export type Value = z.infer<typeof Value>;
export type TableRow = { when: Condition } & Value;
const Row: z.ZodType<TableRow> = z.union([
  z.strictObject({ when: Condition, value: JsonValue }), z.strictObject({ when: Condition, from: z.union([Path, z.array(Path).min(1).max(20)]) }), z.strictObject({ when: Condition, expression: Expression }),
]);
const decimals = z.number().int().min(0).max(12);

export const ValueRule = z.discriminatedUnion('kind', [
  /** The value of a field; of several, the first that is filled. */
  z.strictObject({ kind: z.literal('direct'), ...valueHead, from: z.union([Path, z.array(Path).min(1).max(20)]) }),
  z.strictObject({ kind: z.literal('expression'), ...valueHead, expression: Expression }),
  z.strictObject({ kind: z.literal('constant'), ...valueHead, value: JsonValue }),
  /** A rule table: the first row whose condition holds gives the value. */
  z.strictObject({ kind: z.literal('table'), ...valueHead, rows: z.array(Row).min(1).max(500), otherwise: Value.optional() }),
  z.strictObject({ kind: z.literal('lookup'), ...valueHead, lookup: z.string(), key: z.union([Path, z.array(Path).min(1).max(5)]), take: z.string().optional(), noMatch: NoMatch.optional() }),
  /** What is filled of several fields, joined. */
  z.strictObject({ kind: z.literal('join'), ...valueHead, from: z.array(Path).min(2).max(20), with: z.string().max(10).default(' ') }),
  /** Shares of an amount by weights, one per element: they add up to it exactly. */
  z.strictObject({ kind: z.literal('allocate'), ...valueHead, amount: Expression, over: Expression, weight: Expression, decimals: z.union([decimals, z.literal('currency')]) }),
  /** A quantity and a unit price whose rounded product is the given net: as stated, else derived, else one piece. */
  z.strictObject({ kind: z.literal('price'), ...valueHead, quantity: Expression, unitPrice: Expression.optional(), discount: Expression.optional(), net: Expression, decimals, productDecimals: z.union([decimals, z.literal('currency')]) }),
]);
export type ValueRule = z.infer<typeof ValueRule>;

/** Amounts of a source line that a split shares out over its parts, by name. */
const Amounts = z.record(z.string().regex(/^[A-Za-z]\w*$/), Expression);
const linesHead = z.strictObject({ kind: z.literal('lines'), ...head, to: TargetPath, from: Expression.optional(), as: z.string().regex(/^[a-z]\w*$/).optional(), where: Condition.optional(), keep: Condition.optional() });
const objectHead = z.strictObject({ kind: z.literal('object'), ...head, to: TargetPath, from: Expression.optional(), keepEmpty: z.boolean().default(false) });
const groupHead = z.strictObject({ kind: z.literal('group'), ...head, to: TargetPath, from: Expression, where: Condition.optional(), by: z.record(z.string(), Expression), sum: z.record(z.string(), Expression).default({}), first: z.record(z.string(), Expression).default({}) });
const splitHead = z.strictObject({
  kind: z.literal('split'), ...head, to: TargetPath, from: Expression, as: z.string().regex(/^[a-z]\w*$/).optional(), where: Condition.optional(),
  /** The parts of an element: rows of a lookup that share its key, or the same rows for all. Without parts the element stays whole. */
  parts: z.union([z.strictObject({ lookup: z.string(), key: Path }), z.strictObject({ rows: z.array(z.record(z.string(), JsonValue)).min(1).max(100) })]),
  amounts: Amounts, weight: z.string(), decimals: z.union([decimals, z.literal('currency')]).default('currency'),
});
const roundingHead = z.strictObject({ kind: z.literal('rounding'), ...head, to: TargetPath, stated: Expression, computed: Expression, tolerance: z.string().regex(/^\d{1,6}(\.\d{1,6})?$/), code: Code.optional() });
const withRules = <T extends z.ZodObject>(of: T) => of.extend({ rules: z.array(z.lazy((): z.ZodType<Rule> => Rule)).min(1).max(200) });

export type LinesRule = z.infer<typeof linesHead> & { rules: Rule[] };
export type ObjectRule = z.infer<typeof objectHead> & { rules: Rule[] };
export type GroupRule = z.infer<typeof groupHead> & { rules: Rule[] };
export type SplitRule = z.infer<typeof splitHead> & { rules: Rule[] };
export type RoundingRule = z.infer<typeof roundingHead> & { rules: Rule[] };
export type NestedRule = LinesRule | ObjectRule | GroupRule | SplitRule | RoundingRule;

/** Something that must hold: two numbers equal, or a condition; otherwise the document ends with this failure. */
export const CheckRule = z.strictObject({ kind: z.literal('check'), ...head, equal: z.tuple([Expression, Expression]).optional(), that: Condition.optional(), code: Code, field: z.string().max(100).optional(), value: Expression.optional(), message: text, fix: text, hold: z.boolean().optional() })
  .refine((c) => (c.equal === undefined) !== (c.that === undefined), 'a check says either equal or that');
export type CheckRule = z.infer<typeof CheckRule>;
/** A remark on the record, for people; `{…}` holds an expression. */
export const WarnRule = z.strictObject({ kind: z.literal('warn'), ...head, message: text });
export type WarnRule = z.infer<typeof WarnRule>;

/** Fields that an object names, each under its own name in the target: as many direct rules. An object that names another field fails. */
export const FieldsRule = z.strictObject({ kind: z.literal('fields'), ...head, from: Path, names: z.array(TargetPath).min(1).max(300), fit: Fit.optional() });
export type FieldsRule = z.infer<typeof FieldsRule>;
/** The direct rules that it stands for. */
export const rulesOfFields = ({ from, names, fit }: FieldsRule): ValueRule[] => names.map((to) => ({ kind: 'direct', to, from: `${from}.${to}`, ...(fit ? { fit } : {}) }));

export type Rule = ValueRule | NestedRule | CheckRule | WarnRule | FieldsRule;
export const ruleKinds = ['direct', 'expression', 'constant', 'table', 'lookup', 'join', 'allocate', 'price', 'lines', 'object', 'group', 'split', 'rounding', 'check', 'warn', 'fields'] as const;
export type RuleKind = (typeof ruleKinds)[number];

const byKind: Record<RuleKind, z.ZodType> = {
  ...Object.fromEntries(ValueRule.options.map((o) => [o.shape.kind.value, o])) as unknown as Record<ValueRule['kind'], z.ZodType>,
  lines: withRules(linesHead), object: withRules(objectHead), group: withRules(groupHead), split: withRules(splitHead), rounding: withRules(roundingHead), check: CheckRule, warn: WarnRule, fields: FieldsRule,
};
/** Any rule; its `kind` decides what else it holds, so that a mistake is told for that kind alone. */
export const Rule: z.ZodType<Rule> = z.unknown().transform((value, context): Rule => {
  const kind = (typeof value === 'object' && value !== null ? (value as { kind?: unknown }).kind : undefined) as RuleKind;
  const schema = Object.hasOwn(byKind, String(kind)) ? byKind[kind] : undefined;
  if (!schema) { context.addIssue({ code: 'custom', path: ['kind'], message: `"${String(kind)}" is no kind of rule; it is one of ${ruleKinds.join(', ')}` }); return z.NEVER; }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data as Rule;
  for (const issue of parsed.error.issues) context.addIssue({ ...issue } as Parameters<typeof context.addIssue>[0]);
  return z.NEVER;
});

export const isNested = (rule: Rule): rule is NestedRule => 'rules' in rule;
export const isValueRule = (rule: Rule): rule is ValueRule => !isNested(rule) && rule.kind !== 'check' && rule.kind !== 'warn' && rule.kind !== 'fields';
