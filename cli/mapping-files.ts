import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Catalogue } from '../mapping/catalogue/catalogue';
import { discoverFields, withCustomFields } from '../mapping/catalogue/custom';
import { standardCatalogue } from '../mapping/catalogue/standard';
import { parseMapping, type MappingDocument } from '../mapping/document/document';
import { asSource, readSource } from '../mapping/engine/source-text';
import { type Table } from '../mapping/engine/state';
import { UsageError } from './options';

/** Where the documents that ship with the project stand. */
export const documentsFolder = (root: string): string => join(root, 'mapping', 'documents');
export const shippedNames = (root: string): string[] => readdirSync(documentsFolder(root)).filter((f) => f.endsWith('.json')).map((f) => f.slice(0, -5)).sort();

export function readText(path: string, what: string): string {
  if (!existsSync(path)) throw new UsageError(`${what} is "${path}", and there is no such file. Fix: name a file that exists.`);
  try { return readFileSync(path, 'utf8'); } catch { throw new UsageError(`${what} is "${path}", and it cannot be read. Fix: name a readable file.`); }
}
export function readJson(path: string, what: string): unknown {
  try { return JSON.parse(readText(path, what)) as unknown; } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${what} is "${path}", and it is no JSON: ${error instanceof Error ? error.message : ''}. Fix: correct the file.`);
  }
}

/** FILE, or the NAME of a shipped document → its JSON. */
export function readDocumentJson(given: string, root: string): unknown {
  const shipped = join(documentsFolder(root), `${given}.json`);
  if (!existsSync(resolve(given)) && /^[a-z0-9-]+$/.test(given)) {
    if (!existsSync(shipped)) throw new UsageError(`FILE|NAME is "${given}": there is no such file, and no document of that name ships. Fix: name a file, or one of ${shippedNames(root).join(', ')}.`);
    return readJson(shipped, 'NAME');
  }
  return readJson(resolve(given), 'FILE');
}

/** As readDocumentJson, parsed; a document with mistakes is told with each of them. */
export function readDocument(given: string, root: string): MappingDocument {
  const parsed = parseMapping(readDocumentJson(given, root));
  if (!parsed.ok) throw new Error(`${parsed.failure.message}\n${(parsed.failure.causes ?? []).map((c) => `  ${c}`).join('\n')}\nFix: ${parsed.failure.fix}`);
  return parsed.value;
}

type More = { params: string | undefined; tables: string | undefined };
const object = (value: unknown, what: string): Record<string, unknown> => {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new UsageError(`${what} is no JSON object. Fix: give an object of names and values.`);
};
/** `--params FILE|JSON` and `--tables FILE|JSON`. A table is `{ "rows": [ … ] }` or the rows alone. */
export function readInputs({ params, tables }: More): { params: Record<string, unknown>; tables: Record<string, Table> } {
  const of = (text: string | undefined, what: string): Record<string, unknown> => {
    if (text === undefined) return {};
    if (!text.trimStart().startsWith('{')) return object(readJson(resolve(text), what), what);
    try { return object(JSON.parse(text), what); } catch (error) { if (error instanceof UsageError) throw error; throw new UsageError(`${what} is no JSON. Fix: give a file, or JSON such as {"name":"value"}.`); }
  };
  const made = Object.entries(of(tables, '--tables')).map(([name, t]): [string, Table] => [name, Array.isArray(t) ? { rows: asSource(t) as Table['rows'] } : asSource(t) as Table]);
  return { params: asSource(of(params, '--params')) as Record<string, unknown>, tables: Object.fromEntries(made) };
}

/** A recorded document; numbers keep all their digits. */
export function readRecorded(path: string): unknown {
  const source = readSource(readText(resolve(path), 'DOC'));
  if (!source.ok) throw new UsageError(`DOC is "${path}": ${source.failure.message} Fix: ${source.failure.fix}`);
  return source.value;
}

/** The catalogue, with the fields that a recorded source has beyond its schema. */
export function catalogueFor(document: MappingDocument, sample?: string): Catalogue {
  const catalogue = standardCatalogue();
  const schema = catalogue.schema(document.source);
  return sample === undefined || !schema ? catalogue : withCustomFields(catalogue, schema.id, discoverFields(schema, readRecorded(sample)));
}
