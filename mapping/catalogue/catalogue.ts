import { type Field, fieldsByPath, type Schema } from './schema';

/** Every schema that mappings may read from or write to. */
export interface Catalogue {
  schemas(): readonly Schema[];
  schema(id: string): Schema | undefined;
  /** `schema-id#path` → the field. */
  field(reference: string): { schema: Schema; field: Field } | undefined;
}

export function createCatalogue(list: readonly Schema[]): Catalogue {
  const byId = new Map(list.map((s) => [s.id, s]));
  const fields = new Map<string, ReadonlyMap<string, Field>>();
  const fieldsOf = (schema: Schema): ReadonlyMap<string, Field> => {
    const known = fields.get(schema.id) ?? fieldsByPath(schema);
    fields.set(schema.id, known);
    return known;
  };
  return {
    schemas: () => list,
    schema: (id) => byId.get(id),
    field(reference) {
      const at = reference.indexOf('#');
      const schema = byId.get(at < 0 ? '' : reference.slice(0, at));
      const field = schema && fieldsOf(schema).get(reference.slice(at + 1));
      return schema && field ? { schema, field } : undefined;
    },
  };
}
