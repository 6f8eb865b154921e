import { z } from 'zod';

export const fieldTypes = ['text', 'whole', 'decimal', 'money', 'boolean', 'date', 'instant', 'object', 'list', 'any'] as const;
export type FieldType = (typeof fieldTypes)[number];

/** One field of a system's document: where it stands, what it holds, how much of it. `[]` marks a repeating element. */
export const Field = z.object({
  path: z.string().min(1), type: z.enum(fieldTypes), description: z.string().default(''),
  /** Longest text, in characters; digits before and after the point for numbers. */
  length: z.number().int().positive().optional(), decimals: z.number().int().min(0).optional(),
  required: z.boolean().optional(), readOnly: z.boolean().optional(), enum: z.array(z.string()).optional(),
  /** It travels as a JSON number. */
  wire: z.literal('number').optional(),
  /** What the system fills in where nothing is sent. */
  default: z.string().optional(),
  /** Made by this installation: user-defined or custom fields. */
  custom: z.boolean().optional(),
});
export type Field = z.infer<typeof Field>;

/** The target's own arithmetic: both sides are expressions over the finished document and must be equal. */
export const Identity = z.object({ name: z.string(), left: z.string(), right: z.string(), field: z.string(), says: z.string(), tolerance: z.string().optional() });
export type Identity = z.infer<typeof Identity>;

export const Schema = z.object({
  id: z.string().regex(/^[a-z][a-z0-9-]*(\.[a-z0-9-]+)+$/), system: z.string(), title: z.string(),
  /** Shown in messages: "GP holds 30 characters". */
  systemName: z.string(),
  roles: z.array(z.enum(['source', 'target'])).min(1),
  /** Fields that are not listed are known to happen (custom fields, plugins). */
  open: z.boolean().default(false),
  codePage: z.enum(['windows-1252']).optional(),
  /** Where these facts come from. */
  origin: z.string(), fields: z.array(Field), identities: z.array(Identity).default([]),
});
export type Schema = z.infer<typeof Schema>;

/** Path → field, for quick reading. */
export const fieldsByPath = (schema: Schema): ReadonlyMap<string, Field> => new Map(schema.fields.map((f) => [f.path, f]));
export const lastName = (path: string): string => path.slice(path.lastIndexOf('.') + 1).replace('[]', '').replaceAll('`', '');
