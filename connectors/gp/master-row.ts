import { z } from 'zod';
import { Decimal } from 'decimal.js';
import { failed, type Outcome } from '../../canonical/failure';
import { type MasterFields, type MasterKind } from '../../canonical/master';
import { type RowShape } from './econnect-rows';
import { plainNumber } from './master-holds';
import { stamp } from './wire';

const Cells = z.record(z.string(), z.string());
/** One record as GetEntity sends it: columns as text, and lists of the rows below it; `changedAt` where the table keeps DEX_ROW_TS. */
export type GpRow = { columns: Record<string, string>; lists: Record<string, Record<string, string>[]>; changedAt?: string };
export const GpRow = z.record(z.string(), z.union([z.string(), z.array(Cells)])).transform((cells, context): GpRow => {
  const columns: Record<string, string> = {};
  const lists: GpRow['lists'] = {};
  for (const [name, value] of Object.entries(cells)) if (typeof value === 'string') columns[name] = value; else lists[name] = value;
  if (columns['DEX_ROW_TS'] === undefined || columns['DEX_ROW_TS'].trim() === '') return { columns, lists };
  const at = stamp.safeParse(columns['DEX_ROW_TS']);
  if (!at.success) { context.addIssue({ code: 'custom', path: ['DEX_ROW_TS'], message: 'a UTC time stamp' }); return z.NEVER; }
  return { columns, lists, changedAt: at.data };
});

/** A table without DEX_ROW_TS: when its record changed nobody knows, so it counts as older than everything. */
export const unknownInstant = '1970-01-01T00:00:00.000Z';

export const rowShape = (element: string, details: Record<string, string> = {}): RowShape<GpRow> => ({ element, details, schema: GpRow as z.ZodType<GpRow> });

/** The first of these columns that is there, trimmed; tables call some columns otherwise than the documents do. */
export function cell(cells: Record<string, string>, ...names: string[]): string {
  for (const name of names) { const value = cells[name]?.replaceAll(/\s+/gu, ' ').trim(); if (value !== undefined && value !== '') return value; }
  return '';
}

/** `1500.00000` → `1500`; undefined for what is no number. */
export function numberIn(cells: Record<string, string>, name: string): string | undefined {
  const value = cell(cells, name);
  return /^-?\d{1,19}(\.\d{1,12})?$/.test(value) ? plainNumber(new Decimal(value)) : undefined;
}

/** Fields without the blank ones. */
export const present = (fields: Record<string, string | undefined>): MasterFields => Object.fromEntries(Object.entries(fields).flatMap(([k, v]) => (v === undefined || v === '' ? [] : [[k, v] as const])));

/** A record that cannot be told: with its key, so that somebody finds it in GP. */
export const oddRow = (kind: MasterKind, id: string, { field, value }: { field: string; value: string }): Outcome<never> => failed({
  code: 'reply-unreadable', system: 'gp', document: id, field, value: value.slice(0, 60), message: `GP's ${kind} "${id}" cannot be read: ${field} is "${value.slice(0, 60)}".`, fix: `Correct ${field} of this ${kind} in GP, then let it be read again.`,
});
