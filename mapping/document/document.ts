import { z } from 'zod';
import { failed, done, type Outcome } from '../../canonical/failure';
import { expressionEngine } from '../expressions/parse';
import { Code, JsonValue, Lookup, Path } from './parts';
import { Rule } from './rules';

export const documentFormat = 'tieout-mapping/1';
export const parameterTypes = ['text', 'decimal', 'whole', 'boolean', 'date', 'instant', 'money', 'object', 'list'] as const;

/** What comes in beside the source: numbers that were reserved, dates, settings of the pair. */
const Parameter = z.strictObject({ type: z.enum(parameterTypes), required: z.boolean().default(true), description: z.string().max(300).optional() });

const Failure = z.strictObject({ code: Code, field: z.string().optional(), hold: z.boolean().optional() });
const Tables = z.record(z.string(), z.strictObject({ rows: z.array(z.record(z.string(), JsonValue)).max(5_000), ageSeconds: z.number().min(0).optional() }));
/** What must come out for what goes in. `expect` may leave fields out; `exactly` may not. */
export const TestCase = z.strictObject({
  name: z.string().min(1).max(200), source: JsonValue, params: z.record(z.string(), JsonValue).default({}), tables: Tables.default({}),
  expect: JsonValue.optional(), exactly: JsonValue.optional(), warnings: z.array(z.string()).optional(), failure: Failure.optional(),
}).refine((t) => t.expect !== undefined || t.exactly !== undefined || t.failure !== undefined, 'a test case says what comes out: expect, exactly or failure');
export type TestCase = z.infer<typeof TestCase>;

export const MappingDocument = z.strictObject({
  format: z.literal(documentFormat),
  name: z.string().regex(/^[a-z][a-z0-9-]{2,80}$/, 'small letters, digits and hyphens'),
  title: z.string().min(1).max(200), description: z.string().max(2_000).optional(),
  version: z.number().int().min(1),
  /** The expression library and version that this document was written for. */
  expressions: z.literal(expressionEngine),
  /** Schemas of the catalogue. */
  source: z.string().min(1), target: z.string().min(1),
  /** A property that may be wrapped around the source (`{"order": {…}}`). */
  unwrap: z.string().optional(),
  /** Where the document's currency stands: amounts without a word of their own are in it. */
  currency: Path.optional(),
  parameters: z.record(z.string().regex(/^[A-Za-z]\w*$/), Parameter).default({}),
  lookups: z.record(z.string().regex(/^[a-z][a-z0-9-]{0,60}$/), Lookup).default({}),
  policies: z.strictObject({
    /** Text of white space only: as if it were not there, or kept. */
    blankText: z.enum(['missing', 'kept']).default('missing'),
    /** Failure codes in the words of this document. */
    codes: z.strictObject({ missing: Code.optional(), value: Code.optional(), lookup: Code.optional(), money: Code.optional() }).default({}),
    /** What to do about it, for failures of these documents. */
    fix: z.string().max(300).optional(),
  }).prefault({}),
  rules: z.array(Rule).min(1).max(500),
  tests: z.array(TestCase).max(500).default([]),
});
export type MappingDocument = z.infer<typeof MappingDocument>;

/** JSON → document, or `mapping-invalid` with every mistake and its place. */
export function parseMapping(json: unknown): Outcome<MappingDocument> {
  const parsed = MappingDocument.safeParse(json);
  if (parsed.success) return done(parsed.data);
  const list = parsed.error.issues.map((i) => `${i.path.map(String).join('.') || '(document)'}: ${i.message}`);
  const name = typeof json === 'object' && json !== null && 'name' in json ? String((json as { name: unknown }).name) : undefined;
  return failed({ code: 'mapping-invalid', message: `The mapping document has ${list.length} mistake(s): ${list.slice(0, 10).join('; ')}.`, fix: 'Correct these places; docs/mapping.md has an example of every kind of rule.', field: list[0]?.split(':')[0], causes: list.slice(0, 50), ...(name ? { document: name } : {}) });
}
