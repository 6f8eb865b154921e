import { isObject } from '../expressions/decimal-text';
import { createCatalogue, type Catalogue } from './catalogue';
import { Field, fieldsByPath, type Schema } from './schema';

const quoted = (name: string): string => (/^[A-Za-z_]\w*$/.test(name) ? name : `\`${name}\``);
const depthMax = 8;
const fieldsMax = 2_000;

function typeOf(value: unknown): Field['type'] {
  if (Array.isArray(value)) return 'list';
  if (value === null || value === undefined) return 'any';
  if (typeof value === 'object') return 'object';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number') return Number.isInteger(value) ? 'whole' : 'decimal';
  return /^-?\d{1,15}\.\d{1,12}$/.test(String(value)) ? 'decimal' : 'text';
}

function walk(value: unknown, at: { prefix: string; depth: number }, tell: (path: string, type: Field['type']) => void): void {
  if (!isObject(value) || at.depth > depthMax) return;
  for (const [name, v] of Object.entries(value)) {
    const path = `${at.prefix}${quoted(name)}`;
    tell(path, typeOf(v));
    const list = Array.isArray(v) ? v : [v];
    for (const one of list) walk(one, { prefix: `${path}${Array.isArray(v) ? '[]' : ''}.`, depth: at.depth + 1 }, tell);
  }
}

/** Fields that a recorded document has and the schema does not list: custom and user-defined fields, fields of plugins. At most 2,000. */
export function discoverFields(schema: Schema, document: unknown): Field[] {
  const known = fieldsByPath(schema);
  const found = new Map<string, Field['type']>();
  walk(document, { prefix: '', depth: 0 }, (path, type) => {
    if (known.has(path) || found.size >= fieldsMax) return;
    const before = found.get(path);
    if (before === undefined || before === 'any') found.set(path, type);
  });
  return [...found].map(([path, type]) => Field.parse({ path, type, custom: true, description: 'found in a document' }));
}

/** The catalogue with fields of this installation in one of its schemas; a field of the schema itself stays as it is. */
export function withCustomFields(catalogue: Catalogue, schemaId: string, fields: readonly Field[]): Catalogue {
  return createCatalogue(catalogue.schemas().map((schema) => {
    if (schema.id !== schemaId) return schema;
    const known = fieldsByPath(schema);
    return { ...schema, fields: [...schema.fields, ...fields.filter((f) => !known.has(f.path)).map((f) => ({ ...f, custom: true }))] };
  }));
}
