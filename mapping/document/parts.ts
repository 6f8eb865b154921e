import { z } from 'zod';
import { failureCodes, type FailureCode } from '../../canonical/failure';

export const Scalar = z.union([z.string().max(4_000), z.number().int(), z.boolean(), z.null()]);
export type Scalar = z.infer<typeof Scalar>;
/** A JSON value as a document holds it: whole numbers only, everything with a fraction is text. */
export type JsonValue = Scalar | JsonValue[] | { [key: string]: JsonValue };
export const JsonValue: z.ZodType<JsonValue> = z.lazy(() => z.union([Scalar, z.array(JsonValue), z.record(z.string(), JsonValue)]));

/** Where a value comes from: names joined by dots, `a[0]`, `a[type = "x"]`, `$name` for a named value, backticks for odd names. */
export const Path = z.string().min(1).max(300);
/** A JSONata expression; what it may hold is in docs/mapping.md. */
export const Expression = z.string().min(1).max(2_000);
const forbidden = /(^|\.)(__proto__|constructor|prototype)(\.|$)/;
/** Where a value goes: names joined by dots, or `$name` for a named value that later rules use. */
export const TargetPath = z.string().max(200).regex(/^(\$[A-Za-z]\w*|[A-Za-z_]\w*|`[^`.]+(\.[^`.]+)*`)(\.([A-Za-z_]\w*|`[^`]+`))*$/, 'names joined by dots, such as billTo.city or $total').refine((p) => !forbidden.test(p), 'a name that programs keep for themselves');
export const Code = z.enum(failureCodes as [FailureCode, ...FailureCode[]]);

export const conditionTests = ['is', 'isNot', 'in', 'matches', 'filled', 'present', 'above', 'atLeast', 'below', 'atMost'] as const;
const DecimalLimit = z.string().regex(/^-?\d{1,15}(\.\d{1,12})?$/, 'a decimal number as text');
/** One test of one field; blank fields pass `filled: false` and no comparison. */
export const FieldTest = z.strictObject({
  field: Path, is: Scalar.optional(), isNot: Scalar.optional(), in: z.array(Scalar).min(1).max(500).optional(),
  /** A pattern, matched in linear time. */
  matches: z.string().max(300).optional(), filled: z.boolean().optional(), present: z.boolean().optional(),
  above: DecimalLimit.optional(), atLeast: DecimalLimit.optional(), below: DecimalLimit.optional(), atMost: DecimalLimit.optional(),
}).refine((t) => conditionTests.some((name) => t[name] !== undefined), 'a condition needs a test: is, isNot, in, matches, filled, present, above, atLeast, below or atMost');
export type FieldTest = z.infer<typeof FieldTest>;

export type Condition = FieldTest | { all: Condition[] } | { any: Condition[] } | { not: Condition } | { expression: string };
export const Condition: z.ZodType<Condition> = z.lazy(() => z.union([
  z.strictObject({ all: z.array(Condition).min(1).max(50) }), z.strictObject({ any: z.array(Condition).min(1).max(50) }), z.strictObject({ not: Condition }), z.strictObject({ expression: Expression }), FieldTest,
]));

const roundModes = ['half-up', 'half-even', 'up', 'down'] as const;
const DatePattern = z.string().min(2).max(40);

/** How a value changes its type or form on the way; several go one after the other. */
export const Conversion = z.discriminatedUnion('type', [
  z.strictObject({ type: z.enum(['text', 'trim', 'upper', 'lower', 'digits', 'letters', 'whole', 'amount', 'negate', 'flag', 'list', 'single', 'html']) }),
  z.strictObject({ type: z.literal('decimal'), point: z.enum(['.', ',']).default('.'), thousands: z.enum([',', '.', ' ', "'"]).optional() }),
  z.strictObject({ type: z.literal('money'), currency: Path.optional() }),
  z.strictObject({ type: z.literal('round'), decimals: z.union([z.number().int().min(0).max(12), z.literal('currency')]), mode: z.enum(roundModes).default('half-up') }),
  z.strictObject({ type: z.literal('boolean'), true: z.array(Scalar).min(1), false: z.array(Scalar).optional() }),
  /** `from`: a pattern such as dd/MM/yyyy, `iso`, `instant`, or `xero` (/Date(ms)/). `zone`: a time zone, or the path of one. */
  z.strictObject({ type: z.literal('date'), from: DatePattern.default('iso'), zone: z.string().optional(), to: DatePattern.default('yyyy-MM-dd'), blank: z.array(z.string()).optional() }),
  z.strictObject({ type: z.literal('instant'), from: DatePattern.default('iso'), zone: z.string().optional() }),
  z.strictObject({ type: z.literal('enum'), map: z.record(z.string(), Scalar), otherwise: z.union([z.strictObject({ value: Scalar }), z.enum(['error', 'source', 'blank'])]).default('error') }),
  z.strictObject({ type: z.literal('segment'), separator: z.string().min(1).max(3), part: z.number().int().min(1).max(20) }),
  z.strictObject({ type: z.literal('split'), separator: z.string().min(1).max(5) }),
  z.strictObject({ type: z.literal('pattern'), matches: z.string().max(300), says: z.string().max(200) }),
  z.strictObject({ type: z.literal('replace'), find: z.string().min(1).max(300), with: z.string().max(100) }),
]);
export type Conversion = z.infer<typeof Conversion>;

export const noMatchPolicies = ['error', 'source', 'blank', 'default', 'hold'] as const;
/** What a lookup without a match does; there is no lookup without a word on this. */
export const NoMatch = z.union([z.strictObject({ policy: z.literal('default'), value: JsonValue }), z.strictObject({ policy: z.enum(['error', 'source', 'blank', 'hold']) })]);
export type NoMatch = z.infer<typeof NoMatch>;

const lookupHead = { title: z.string().max(200).optional(), ignoreCase: z.boolean().default(false), noMatch: NoMatch, code: Code.optional(), fix: z.string().max(300).optional() };
const ExactRow = z.strictObject({ key: z.union([Scalar, z.array(Scalar).min(1)]), value: JsonValue });
const PatternRow = z.strictObject({ pattern: z.string().min(1).max(300), value: JsonValue });
const RangeRow = z.strictObject({ from: DecimalLimit.optional(), below: DecimalLimit.optional(), value: JsonValue });
/** A table of values: in the document (exact, by pattern, by range) or live (rows of a system, brought in with their age). */
export const Lookup = z.union([
  z.strictObject({ kind: z.literal('static'), match: z.literal('exact'), rows: z.array(ExactRow).max(20_000), ...lookupHead }),
  z.strictObject({ kind: z.literal('static'), match: z.literal('pattern'), rows: z.array(PatternRow).max(1_000), ...lookupHead }),
  z.strictObject({ kind: z.literal('static'), match: z.literal('range'), rows: z.array(RangeRow).max(1_000), ...lookupHead }),
  z.strictObject({
    kind: z.literal('live'), table: z.string().regex(/^[a-z][a-z0-9.-]{1,60}$/), key: z.array(z.string()).min(1).max(5),
    /** Columns of the table, where a check needs to know them. */
    columns: z.array(z.string()).optional(),
    /** A row with this key stands for all that have none. */
    wildcard: z.string().optional(),
    /** Rows older than this are not trusted. */
    maxAgeSeconds: z.number().int().positive().optional(), stale: z.enum(['use', 'hold', 'error']).default('hold'), ...lookupHead,
  }),
]);
export type Lookup = z.infer<typeof Lookup>;
