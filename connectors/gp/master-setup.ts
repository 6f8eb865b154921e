import { Decimal } from 'decimal.js';
import { done, failed, type Outcome } from '../../canonical/failure';
import { type MasterKind, type MasterRecord } from '../../canonical/master';
import { plainNumber } from './master-holds';
import { type GpCodes } from './master-party';
import { cell, type GpRow, numberIn, oddRow, present, rowShape, unknownInstant } from './master-row';
import { type Reader } from './reader';
import { type DocumentTypeName } from './requests-to-econnect';

/** Rows of a set-up table: a company keeps few. */
const setupRowMax = 5_000;

/** A whole table that keeps no change stamps. */
async function table(reader: Reader, type: DocumentTypeName, details: Record<string, string> = {}): Promise<Outcome<GpRow[]>> {
  const rows = await reader.read({ type, rowMax: setupRowMax }, rowShape(type, details));
  if (!rows.ok || rows.value.length < setupRowMax) return rows;
  return failed({ code: 'plan-limit', system: 'gp', field: type, message: `GP holds ${setupRowMax} ${type} records or more.`, fix: 'Switch this kind off in the pair ("sync"): a set-up table of this size is kept by hand.' });
}

const percentOfSale = '3';
const taxKind: Record<string, string> = { 1: 'sales', 2: 'purchases' };
const record = (kind: MasterKind, id: string, { row, fields }: { row: GpRow; fields: Record<string, string | undefined> }): Outcome<MasterRecord> => done({ kind, system: 'gp', id, fields: present(fields), state: 'active', version: row.changedAt ?? unknownInstant });

/** Before the id of a tax schedule, which may have the same code as a detail. */
const schedulePrefix = 'schedule:';

/** Details and schedules; a schedule's rate is the sum of its details. */
export async function readTaxes(reader: Reader): Promise<Outcome<GpRow[]>> {
  const details = await table(reader, 'Tax_Detail');
  if (!details.ok) return details;
  const schedules = await table(reader, 'Tax_Schedule', { Detail: 'details' });
  if (!schedules.ok) return schedules;
  const byId = new Map(details.value.map((row) => [cell(row.columns, 'TAXDTLID'), row.columns]));
  return done([...details.value, ...schedules.value.map((row) => ({ ...row, lists: { details: (row.lists['details'] ?? []).map((d) => byId.get(cell(d, 'TAXDTLID')) ?? d) } }))]);
}

/** A rate in percent; undefined where the tax is no percentage of what is sold or bought. */
const rateOf = (cells: Record<string, string>): string | undefined => (cell(cells, 'TXDTLBSE') === percentOfSale ? numberIn(cells, 'TXDTLPCT') : undefined);

/** A tax detail (TX00201) or schedule (TX00101 with TX00102). */
export function taxRowToMaster(row: GpRow): Outcome<MasterRecord> {
  const { columns } = row;
  const [detail, schedule] = [cell(columns, 'TAXDTLID'), cell(columns, 'TAXSCHID')];
  const code = schedule === '' ? detail : schedule;
  if (code === '' || code.length > 100) return oddRow('tax', code, { field: 'TAXDTLID', value: code });
  if (schedule === '') return record('tax', detail, { row, fields: { code, name: cell(columns, 'TXDTLDSC') || code, rate: rateOf(columns), kind: taxKind[cell(columns, 'TXDTLTYP')] } });
  const parts = row.lists['details'] ?? [];
  const rates = parts.map(rateOf);
  const kinds = [...new Set(parts.map((p) => cell(p, 'TXDTLTYP')))];
  const rate = rates.every((r) => r !== undefined) ? plainNumber(rates.reduce((sum, r) => sum.plus(r ?? 0), new Decimal(0))) : undefined;
  return record('tax', `${schedulePrefix}${schedule}`, { row, fields: { code, name: cell(columns, 'TXSCHDSC') || code, rate, kind: kinds.length === 1 ? taxKind[kinds[0] ?? ''] : undefined } });
}

/** DUETYPE in words; SY03300. */
const dueTypes: Record<string, string> = { 1: 'net-days', 2: 'date', 3: 'end-of-month', 4: 'none', 5: 'next-month', 6: 'months', 7: 'month-day', 8: 'annual' };
export const readTerms = (reader: Reader): Promise<Outcome<GpRow[]>> => table(reader, 'Payment_Terms');
/** A row of SY03300; DSCPCTAM counts hundredths of a percent. */
export function termsRowToMaster(row: GpRow): Outcome<MasterRecord> {
  const { columns } = row;
  const id = cell(columns, 'PYMTRMID');
  if (id === '' || id.length > 100) return oddRow('terms', id, { field: 'PYMTRMID', value: id });
  const [days, discountDays, percent] = [numberIn(columns, 'DUEDTDS'), numberIn(columns, 'DISCDTDS'), numberIn(columns, 'DSCPCTAM')];
  const discount = percent === undefined || percent === '0' ? undefined : plainNumber(new Decimal(percent).div(100));
  return record('terms', id, { row, fields: { code: id, dueType: dueTypes[cell(columns, 'DUETYPE')], dueDays: days === '0' ? undefined : days, discountPercent: discount, discountDays: discount === undefined || discountDays === '0' ? undefined : discountDays } });
}

/** Values of all segments but the main one, each with its segment's name. */
export async function readSegments(reader: Reader): Promise<Outcome<GpRow[]>> {
  const format = await table(reader, 'Account_Format');
  if (!format.ok) return format;
  const values = await table(reader, 'GL_Segment');
  if (!values.ok) return values;
  const segments = new Map(format.value.map((row) => [cell(row.columns, 'SGMTNUMB'), row.columns]));
  return done(values.value.filter((row) => cell(segments.get(cell(row.columns, 'SGMTNUMB')) ?? {}, 'MNSEGIND') !== '1')
    .map((row) => ({ ...row, columns: { ...row.columns, SGMTNAME: cell(segments.get(cell(row.columns, 'SGMTNUMB')) ?? {}, 'SGMTNAME') } })));
}
/** A value of a segment (GL40200): its segment is the category that it belongs to. */
export function segmentRowToMaster(row: GpRow): Outcome<MasterRecord> {
  const { columns } = row;
  const [segment, value] = [cell(columns, 'SGMTNUMB'), cell(columns, 'SGMNTID')];
  if (segment === '' || value === '' || value.length > 100) return oddRow('tracking', `${segment}/${value}`, { field: 'SGMNTID', value });
  return record('tracking', `${segment.slice(0, 10)}/${value}`, { row, fields: { category: cell(columns, 'SGMTNAME') || `Segment ${segment}`, code: value, name: cell(columns, 'DSCRIPTN') || value } });
}

/** A row of MC40200. */
export function currencyRowToMaster(row: GpRow, codes: GpCodes): Outcome<MasterRecord> {
  const { columns } = row;
  const id = cell(columns, 'CURNCYID');
  if (id === '' || id.length > 100) return oddRow('currency', id, { field: 'CURNCYID', value: id });
  return record('currency', id, { row, fields: { code: cell(columns, 'ISOCURRC') || codes.isoOf(id), name: cell(columns, 'CRNCYDSC'), symbol: cell(columns, 'CRNCYSYM') } });
}
