import { done, failed, type Outcome } from '../canonical/failure';
import { runMapping } from '../mapping/engine/run';
import { asSource } from '../mapping/engine/source-text';
import { type Table } from '../mapping/engine/state';
import { type Json } from '../mapping/expressions/sequence';
import { type Pair } from '../mapping/pair';
import { pairTables } from '../mapping/pair-tables';
import { type MappingBook, type MappingPins } from './mapping-book';

const tables = new WeakMap<Pair, Record<string, Table>>();
/** The pair's live tables; kept as long as the pair itself is, so that their indexes are made once. */
export function tablesOf(pair: Pair): Record<string, Table> {
  const known = tables.get(pair) ?? pairTables(pair);
  tables.set(pair, known);
  return known;
}

export type Mapped = { value: Record<string, Json>; warnings: string[] };
/** `params` that are undefined are left out. */
export type MappingAsk = { pair: Pair; name: string; source: unknown; params?: Record<string, unknown> };

/** Applies one mapping document of the pair, in the version pinned. A failure names document, version, rule, field, value and fix; with `hold` it waits for what is missing, as every failure of a run does. */
export async function applyMapping({ pair, name, source, params = {} }: MappingAsk, { mappings, pins }: { mappings: MappingBook; pins: MappingPins | undefined }): Promise<Outcome<Mapped>> {
  const mapping = await mappings.get(pair.pairId, name, pins?.[name]);
  if (!mapping.ok) return mapping;
  const given = Object.fromEntries(Object.entries(params).flatMap(([k, v]) => (v === undefined ? [] : [[k, asSource(v)]])));
  const result = await runMapping(mapping.value, { source: asSource(source), params: given, tables: tablesOf(pair) });
  return result.ok ? done({ value: result.value, warnings: result.warnings }) : failed(result.failure);
}
