import { type Field, type Schema } from '../catalogue/schema';
import { type Node } from '../expressions/parse';

/** Fields of a schema by path, with what may follow a path. */
export type Known = { fields: ReadonlyMap<string, Field>; open: boolean; title: string };
/** What a path leads to: a field, nothing that the schema knows, or something that nobody can tell. */
export type Resolved = { kind: 'field'; field: Field; path: string } | { kind: 'unknown'; path: string } | { kind: 'any' };

const quoted = (name: string): string => (/^[A-Za-z_]\w*$/.test(name) ? name : `\`${name}\``);
const moneyParts = new Set(['minor', 'currency']);

/** Walks names from a place of the schema (`''`, `lines[].`); lists are entered by themselves. */
export function resolve(names: readonly string[], from: string, known: Known): Resolved {
  let prefix = from;
  let last: Field | undefined;
  for (const name of names) {
    if (last && (last.type === 'any' || (last.type === 'money' && moneyParts.has(name)))) return { kind: 'any' };
    const path = `${prefix}${quoted(name)}`;
    const field = known.fields.get(path) ?? known.fields.get(`${prefix}${name}`);
    if (!field) return { kind: 'unknown', path };
    last = field;
    prefix = `${field.path}${field.type === 'list' ? '[]' : ''}.`;
  }
  return last ? { kind: 'field', field: last, path: last.path } : { kind: 'any' };
}

export type Reader = { known: Known; context: string | undefined; names: ReadonlyMap<string, string | undefined>; field(resolved: Resolved): void; name(name: string): void };

/** Below a resolved path: where its elements' own fields stand. */
export const below = (resolved: Resolved): string | undefined => (resolved.kind === 'field' && (resolved.field.type === 'object' || resolved.field.type === 'list') ? `${resolved.path}${resolved.field.type === 'list' ? '[]' : ''}.` : undefined);

function readPath(node: Node, at: Reader): Resolved {
  const steps = node['steps'] as Node[];
  let context = at.context;
  let resolved: Resolved = { kind: 'any' };
  let start = 0;
  const [head] = steps;
  if (head?.type === 'variable' && head.value !== '') {
    const name = String(head.value);
    at.name(steps[1]?.type === 'name' && name === 'params' ? `params.${String(steps[1].value)}` : name);
    context = at.names.get(name);
    start = 1;
  } else if (head && head.type !== 'name' && head.value !== '') { read(head, at); return resolved; }
  for (const step of steps.slice(start)) {
    if (step.type !== 'name') { if (step.type !== 'variable') read(step, { ...at, context: undefined }); return { kind: 'any' }; }
    if (context !== undefined) {
      resolved = resolve([String(step.value)], context, at.known);
      if (resolved.kind === 'unknown') { at.field(resolved); return { kind: 'any' }; }
      context = below(resolved);
    } else resolved = { kind: 'any' };
    for (const stage of (step['stages'] ?? []) as Node[]) read(stage, { ...at, context });
  }
  if (resolved.kind === 'field') at.field(resolved);
  return resolved;
}

/** Goes through an expression and tells each field and name that it reads. Inside functions of its own nothing can be told. */
export function read(node: Node, at: Reader): Resolved {
  if (node.type === 'path') return readPath(node, at);
  if (node.type === 'variable') { const name = String(node.value); if (name !== '') at.name(name); return { kind: 'any' }; }
  if (node.type === 'lambda') return { kind: 'any' };
  for (const [key, value] of Object.entries(node)) {
    if (key === 'procedure' || key === 'ancestor' || key === 'slot') continue;
    for (const child of Array.isArray(value) ? (value as unknown[]).flat() : [value]) if (typeof child === 'object' && child !== null && typeof (child as Node).type === 'string' && !(child instanceof RegExp)) read(child as Node, at);
  }
  return { kind: 'any' };
}

export const knownOf = (schema: Schema, fields: ReadonlyMap<string, Field>): Known => ({ fields, open: schema.open, title: schema.title });
