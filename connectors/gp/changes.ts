import { done, failed, type Outcome } from '../../canonical/failure';
import { rmReceipt, sopOrder } from './document-kinds';
import { posted } from './econnect-to-ledger';
import { type RowShape } from './econnect-rows';
import { rowMax, shapes, type Reader } from './reader';
import { sopInvoice } from './reads';
import { type DocumentTypeName } from './requests-to-econnect';
import { type GpChanges } from './types';

/** SQL text of a UTC instant. */
export const sqlInstant = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').replace('Z', '');
/** A narrower window than this is not split: one batch posting may stamp many rows at once. */
export const windowMinMs = 1_000;
/** Most rows that one narrowest window is allowed to give. */
const burstRowMax = 20_000;
/** The SQL host's clock may run ahead of ours. */
const clockSlackMs = 24 * 3_600_000;

/** Windows of one look, so that it ends: far more than a look has to catch up with on any day. */
const windowsMax = 20;

/** Looks that end in the middle of what was held, before time is halved. */
const middlesMax = 6;
const middleOf = (stamps: number[]): number => stamps.sort((a, b) => a - b)[Math.floor(stamps.length / 2)] ?? Number.NaN;

export type Window<T> = { rows: T[]; /** Set when the window ends before now: everything before this instant is complete. */ upTo?: number; /** The narrowest window is full: its rows are to be read in another way. */ burst?: true };

/**
 * Rows changed since an instant. GetEntity promises no order, so a full page is never taken for its oldest part: the window is narrowed until a page
 * is not full, and the next call goes on where it ended. With `stampOf` (epoch ms of a row) it ends in the middle of what a full page held: right behind a
 * long silence, where halving the time alone would come near it look after look. Whatever the order of the rows, a few such ends are tried, then time is halved.
 */
export async function readWindow<T>(reader: Reader, ask: { type: DocumentTypeName; since: number; now: number; /** No further than this (epoch ms). */ to?: number | undefined; pageMax?: number; tellBurst?: boolean; stampOf?(row: T): number }, shape: RowShape<T>): Promise<Outcome<Window<T>>> {
  let to = ask.to;
  for (let look = 0; ; look += 1) {
    const narrowest = to !== undefined && to - ask.since <= windowMinMs;
    const max = narrowest && !ask.tellBurst ? burstRowMax : ask.pageMax ?? rowMax;
    const where = [{ column: 'DEX_ROW_TS' as const, op: '>=' as const, values: [sqlInstant(ask.since)] }, ...(to === undefined ? [] : [{ column: 'DEX_ROW_TS' as const, op: '<' as const, values: [sqlInstant(to)] }])];
    const rows = await reader.read({ type: ask.type, where, rowMax: max }, shape);
    if (!rows.ok) return rows;
    if (rows.value.length < max) return done(to === undefined ? { rows: rows.value } : { rows: rows.value, upTo: to });
    if (narrowest && ask.tellBurst) return done({ rows: [], upTo: to as number, burst: true });
    if (narrowest) return failed({ code: 'plan-limit', system: 'gp', message: `More than ${burstRowMax} records of ${ask.type} changed within one second.`, fix: 'Move the watermark past this moment and compare the ledgers by a full scan.' });
    const end = to ?? ask.now + clockSlackMs;
    const middle = look < middlesMax && ask.stampOf ? middleOf(rows.value.map(ask.stampOf)) : Number.NaN;
    to = Math.max(ask.since + windowMinMs, middle > ask.since && middle < end ? middle : Math.floor((ask.since + end) / 2));
  }
}

/** Window after window until now. */
async function readOn<T>(reader: Reader, ask: { type: DocumentTypeName; since: number; now: number }, shape: RowShape<T>): Promise<Outcome<Window<T>>> {
  const rows: T[] = [];
  let { since } = ask;
  for (let n = 1; ; n += 1) {
    const window = await readWindow(reader, { ...ask, since }, shape);
    if (!window.ok) return window;
    rows.push(...window.value.rows);
    if (window.value.upTo === undefined) return done({ rows });
    since = window.value.upTo;
    if (n === windowsMax) return done({ rows, upTo: since });
  }
}

/** Each number once, at its latest change, oldest first. */
function latest<T extends { changedAt: string }>(rows: readonly T[], numberOf: (row: T) => string): T[] {
  const byNumber = new Map<string, T>();
  for (const row of [...rows].sort((a, b) => (a.changedAt < b.changedAt ? -1 : 1))) {
    byNumber.delete(numberOf(row));
    byNumber.set(numberOf(row), row);
  }
  return [...byNumber.values()];
}

/**
 * What changed since the watermark: orders (an invoice counts as its order) and receipts. Rows become visible later than their stamp, so the next
 * watermark stays `overlapMs` behind the latest stamp seen; where there was more than one look reads it stands at what is complete, as far as that is
 * older than the overlap. It never goes back: a look that cannot get to the end still gets on.
 */
export async function readChanges(reader: Reader, { since, overlapMs }: { since: string; overlapMs: number }, now: Date): Promise<Outcome<GpChanges>> {
  const from = Date.parse(since);
  if (Number.isNaN(from)) return failed({ code: 'bug', system: 'gp', field: 'since', value: since, message: `The watermark "${since}" is no instant.`, fix: 'Reset the watermark of this feed.' });
  const ask = { since: from, now: Math.max(now.getTime(), from) };
  const [sales, cash, receivables] = await Promise.all([
    readOn(reader, { ...ask, type: 'Sales_Transaction' }, shapes.sales), readOn(reader, { ...ask, type: 'Cash_Receipt' }, shapes.cash), readOn(reader, { ...ask, type: 'Receivables_Transaction' }, shapes.receivables),
  ]);
  if (!sales.ok) return sales;
  if (!cash.ok) return cash;
  if (!receivables.ok) return receivables;
  const orders = sales.value.rows.flatMap((row) => {
    const orderNumber = row.SOPTYPE === sopOrder ? row.SOPNUMBE : row.SOPTYPE === sopInvoice ? row.ORIGNUMB : '';
    return orderNumber === '' ? [] : [{ orderNumber, changedAt: row.DEX_ROW_TS }];
  });
  const receipts = [
    ...cash.value.rows.map((row) => ({ number: row.DOCNUMBR, posted: row.PSTGSTUS === posted, changedAt: row.DEX_ROW_TS ?? since })),
    ...receivables.value.rows.filter((row) => row.RMDTYPAL === rmReceipt).map((row) => ({ number: row.DOCNUMBR, posted: true, changedAt: row.DEX_ROW_TS ?? since })),
  ];
  const ends = [sales.value, cash.value, receivables.value].flatMap((window) => window.upTo ?? []);
  const stamps = [...sales.value.rows, ...cash.value.rows, ...receivables.value.rows].map((row) => Date.parse(row.DEX_ROW_TS ?? since));
  const seen = stamps.reduce((a, b) => Math.max(a, b), from);
  return done({
    orders: latest(orders, (row) => row.orderNumber), receipts: latest(receipts, (row) => row.number),
    watermark: new Date(Math.max(from, ends.length > 0 ? Math.min(...ends, ask.now - overlapMs) : seen - overlapMs)).toISOString(),
  });
}
