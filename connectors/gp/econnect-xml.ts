import { type GpNodes, type GpRow } from './types';

/** Blanks a field that GP holds: a field-level node keeps what is left out and what is empty (reference dynamics-gp §2.1). */
export const blank = Symbol('blank');
/** A node of an eConnect document: entries are written in the order given (GP: the schema's order); `undefined` entries are left out. */
export type Entry = readonly [name: string, value: string | number | undefined | typeof blank];

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const escape = (text: string): string => text.replace(/[&<>]/g, (c) => escapes[c] ?? c);

/** One element with its fields. */
export function node(name: string, entries: readonly Entry[]): string {
  const fields = entries.flatMap(([field, value]) => (value === undefined ? [] : [`<${field}>${value === blank ? '<![CDATA[]]>' : escape(String(value))}</${field}>`]));
  return `<${name}>${fields.join('')}</${name}>`;
}

/** `<name_Items>` around repeating nodes; nothing when there are none. */
export const items = (name: string, rows: readonly (readonly Entry[])[]): string =>
  rows.length === 0 ? '' : `<${name}_Items>${rows.map((row) => node(name, row)).join('')}</${name}_Items>`;

/** The whole document: one transaction type per envelope, so that one failure is one document. No namespaces (GP: eConnect has none). */
export const document = (type: string, ...nodes: readonly string[]): string => `<eConnect><${type}>${nodes.join('')}</${type}></eConnect>`;

/** A document as a mapping made it, nodes and fields in the order they have. */
export const written = (type: string, nodes: GpNodes): string => document(type, ...Object.entries(nodes).map(([name, content]) =>
  (isRows(content) ? items(name.replace(/_Items$/, ''), content.map((row) => Object.entries(row))) : node(name, Object.entries(content)))));
const isRows = (content: GpRow | readonly GpRow[]): content is readonly GpRow[] => Array.isArray(content);
