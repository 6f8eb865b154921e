import { type Schema } from './schema';

type Row = Record<string, unknown>;
type Order = { nodes: Map<string, number>; fields: Map<string, Map<string, number>> };

const orders = new WeakMap<Schema, Order>();
function orderOf(schema: Schema): Order {
  const known = orders.get(schema);
  if (known) return known;
  const order: Order = { nodes: new Map(), fields: new Map() };
  schema.fields.forEach(({ path }, at) => {
    const [node = '', field] = path.replace('[]', '').split('.');
    if (field === undefined) { order.nodes.set(node, at); return; }
    order.fields.set(node, (order.fields.get(node) ?? new Map<string, number>()).set(field, at));
  });
  orders.set(schema, order);
  return order;
}

/** What the schema does not list stands last, as it came. */
function sorted<T>(row: Record<string, T>, places: ReadonlyMap<string, number> | undefined): Record<string, T> {
  const names = Object.keys(row);
  const placeOf = (name: string): number => places?.get(name) ?? Number.MAX_SAFE_INTEGER;
  if (names.every((name, i) => i === 0 || placeOf(names[i - 1] as string) <= placeOf(name))) return row;
  return Object.fromEntries(names.sort((a, b) => placeOf(a) - placeOf(b)).map((name) => [name, row[name] as T]));
}

/**
 * A document of two levels (nodes, and their fields or rows) with everything in the order of its schema, whatever the order of the rules that made
 * it: eConnect takes its fields in that order only.
 */
export function inSchemaOrder(document: Record<string, unknown>, schema: Schema): Record<string, unknown> {
  const { nodes, fields } = orderOf(schema);
  const inside = Object.fromEntries(Object.entries(document).map(([name, content]) => {
    const places = fields.get(name);
    return [name, Array.isArray(content) ? content.map((row) => sorted(row as Row, places)) : sorted(content as Row, places)];
  }));
  return sorted(inside, nodes);
}
