import { done, failed, type Outcome } from '../../canonical/failure';
import { type MasterKind, type MasterRecord } from '../../canonical/master';
import { readWindow, sqlInstant, windowMinMs } from './changes';
import { type GpKind, gpKinds } from './master-kinds';
import { type GpCodes } from './master-party';
import { type GpRow, unknownInstant } from './master-row';
import { type Reader, rowMax } from './reader';
import { isSearchable } from './requests-to-econnect';

export type MasterPage = { records: MasterRecord[]; next?: string; watermark: string };
export type MasterAsk = { kind: MasterKind; since?: string; cursor?: string; limit: number };
export type MasterReadDeps = { reader: Reader; codes: GpCodes; now(): Date };

/** A first look at everything starts the next one this much earlier: the clock of the SQL host may be behind ours, and rows show later than their stamp. */
const slackMs = 15 * 60_000;
/** Looks for one page of keys: each is at most half of the one before, so that many are enough for any company. */
const looksMax = 60;

export function toRecords(kind: GpKind, rows: readonly GpRow[], codes: GpCodes): Outcome<MasterRecord[]> {
  const records: MasterRecord[] = [];
  for (const row of rows) {
    const record = kind.toRecord(row, codes);
    if (!record.ok) return record;
    records.push(record.value);
  }
  return done(records);
}

/** Rows by the ids of their records, in as many reads as needed; of a kind that is read whole, those of the whole. */
export async function rowsByKey(kind: GpKind, ids: readonly string[], { reader, codes }: Pick<MasterReadDeps, 'reader' | 'codes'>): Promise<Outcome<GpRow[]>> {
  if (!kind.whole) return reader.readIn({ type: kind.type, column: kind.key, values: ids }, kind.shape);
  const rows = await kind.whole(reader);
  if (!rows.ok) return rows;
  const wanted = new Set(ids);
  return done(rows.value.filter((row) => { const record = kind.toRecord(row, codes); return !record.ok || wanted.has(record.value.id); }));
}

const keyIn = (row: GpRow, kind: GpKind): string => row.columns[kind.key]?.trimEnd() ?? '';

/**
 * The next records in the order of their keys. GetEntity promises no order, so a full answer is never taken for the first part of all: the range of
 * keys is narrowed until an answer is not full, and goes on where that ended. Which key is before which is the database's to say, never ours.
 */
async function readKeys(kind: GpKind, ask: { after?: string; limit: number; /** Only what changed in this span, epoch ms. */ within?: { from: number; to: number } }, { reader }: Pick<MasterReadDeps, 'reader'>): Promise<Outcome<{ rows: GpRow[]; upTo?: string }>> {
  const span = ask.within === undefined ? [] : [{ column: 'DEX_ROW_TS' as const, op: '>=' as const, values: [sqlInstant(ask.within.from)] }, { column: 'DEX_ROW_TS' as const, op: '<' as const, values: [sqlInstant(ask.within.to)] }];
  const from = [...span, ...(ask.after === undefined ? [] : [{ column: kind.key, op: '>' as const, values: [ask.after] }])];
  let to: string | undefined;
  for (let look = 0; look < looksMax; look += 1) {
    const where = [...from, ...(to === undefined ? [] : [{ column: kind.key, op: '<=' as const, values: [to] }])];
    const rows = await reader.read({ type: kind.type, where, rowMax: ask.limit + 1 }, kind.shape);
    if (!rows.ok) return rows;
    if (rows.value.length <= ask.limit) return done({ rows: rows.value, ...(to === undefined ? {} : { upTo: to }) });
    const keys = [...new Set(rows.value.map((row) => keyIn(row, kind)))].filter((k) => k !== to && isSearchable(k)).sort();
    const next = keys[to === undefined ? Math.max(0, keys.length - 2) : Math.floor((keys.length - 1) / 2)];
    if (next === undefined) break;
    to = next;
  }
  return failed({ code: 'plan-limit', system: 'gp', field: kind.key, ...(to === undefined ? {} : { value: to }), message: `The ${kind.type} records of GP cannot be read in parts: too many keys hold characters other than letters, digits, blanks and . : _ / # + -`, fix: 'Read this kind with a larger page, or rename those keys in GP.' });
}

const sorted = (records: MasterRecord[]): MasterRecord[] => [...records].sort((a, b) => (a.version === b.version ? (a.id < b.id ? -1 : 1) : a.version < b.version ? -1 : 1));

/** Everything: `cursor` is the watermark of the first page and the key to go on behind. */
async function readAll(kind: GpKind, ask: MasterAsk, deps: MasterReadDeps): Promise<Outcome<MasterPage>> {
  const [watermark = '', ...rest] = (ask.cursor ?? new Date(deps.now().getTime() - slackMs).toISOString()).split(' ');
  const after = rest.join(' ');
  const page = await readKeys(kind, { limit: ask.limit, ...(ask.cursor === undefined ? {} : { after }) }, deps);
  if (!page.ok) return page;
  const records = toRecords(kind, page.value.rows, deps.codes);
  return records.ok ? done({ records: sorted(records.value), ...(page.value.upTo === undefined ? {} : { next: `${watermark} ${page.value.upTo}` }), watermark }) : records;
}

/** A kind without stamps: all of it, sorted by id and cut into pages here; `cursor` is the id to go on behind. */
async function readWhole(read: NonNullable<GpKind['whole']>, kind: GpKind, { ask, deps }: { ask: MasterAsk; deps: MasterReadDeps }): Promise<Outcome<MasterPage>> {
  const watermark = ask.since ?? new Date(deps.now().getTime() - slackMs).toISOString();
  const rows = await read(deps.reader);
  if (!rows.ok) return rows;
  const records = toRecords(kind, rows.value, deps.codes);
  if (!records.ok) return records;
  const left = [...records.value].sort((a, b) => (a.id < b.id ? -1 : 1)).filter((r) => ask.cursor === undefined || r.id > ask.cursor);
  const page = left.slice(0, ask.limit);
  const last = page[page.length - 1];
  return done({ records: page, ...(left.length > page.length && last ? { next: last.id } : {}), watermark });
}

/**
 * What changed in the record's own table or in one beside it; each is a window of time that ends where it was full. Records that one statement changed bear
 * one stamp: where more of them than a page fall into the narrowest window they are read by their keys, and `since` is that instant and the key to go on behind.
 */
async function readSince(kind: GpKind, ask: { since: string; limit: number }, deps: MasterReadDeps): Promise<Outcome<MasterPage>> {
  const [instant = '', ...rest] = ask.since.split(' ');
  const after = rest.join(' ');
  const from = Date.parse(instant);
  if (Number.isNaN(from)) return failed({ code: 'bug', system: 'gp', field: 'since', value: ask.since, message: `The watermark "${ask.since}" is no instant.`, fix: 'Reset the watermark of this kind.' });
  const window = { since: from, now: Math.max(deps.now().getTime(), from), pageMax: Math.min(rowMax, ask.limit), stampOf: (row: GpRow) => Date.parse(row.changedAt ?? unknownInstant) };
  const own = after === '' ? await readWindow(deps.reader, { ...window, type: kind.type, tellBurst: true }, kind.shape) : done({ rows: [], upTo: from + windowMinMs, burst: true as const });
  if (!own.ok) return own;
  let end = own.value.upTo;
  let rows = [...own.value.rows];
  if (own.value.burst) {
    const page = await readKeys(kind, { limit: ask.limit, within: { from, to: from + windowMinMs }, ...(after === '' ? {} : { after }) }, deps);
    if (!page.ok) return page;
    if (page.value.upTo !== undefined) {
      const part = toRecords(kind, page.value.rows, deps.codes);
      return part.ok ? done({ records: sorted(part.value), next: `${new Date(from).toISOString()} ${page.value.upTo}`, watermark: new Date(from).toISOString() }) : part;
    }
    rows = page.value.rows;
  }
  let seen = rows.reduce((latest, row) => Math.max(latest, Date.parse(row.changedAt ?? unknownInstant)), from);
  const wanted = new Set<string>();
  for (const beside of kind.beside ?? []) {
    const more = await readWindow(deps.reader, { ...window, type: beside.type, to: end }, beside.shape);
    if (!more.ok) return more;
    if (more.value.upTo !== undefined) end = Math.min(end ?? more.value.upTo, more.value.upTo);
    for (const row of more.value.rows) {
      const key = beside.keyOf(row);
      if (key !== undefined) wanted.add(key);
      seen = Math.max(seen, Date.parse(row.changedAt ?? unknownInstant));
    }
  }
  const known = new Set(rows.map((row) => keyIn(row, kind)));
  const also = await rowsByKey(kind, [...wanted].filter((key) => !known.has(key)), deps);
  if (!also.ok) return also;
  rows = [...rows, ...also.value];
  const records = toRecords(kind, rows, deps.codes);
  if (!records.ok) return records;
  // What is older than the slack shows by now: behind a silence the watermark moves on by itself, and the last burst is not looked at for ever.
  const watermark = new Date(end ?? Math.max(seen, deps.now().getTime() - slackMs)).toISOString();
  return done({ records: sorted(records.value), ...(end === undefined ? {} : { next: watermark }), watermark });
}

/**
 * See MasterSide.changedSince. Kinds without change stamps (tax, terms, segment values) are given whole: whoever keeps them compares their content.
 * Failures: `system-unavailable`, `reply-unreadable` (with the record and field), `unauthorized`, `setup-missing`, `plan-limit`.
 */
export async function changedMasters(ask: MasterAsk, deps: MasterReadDeps): Promise<Outcome<MasterPage>> {
  const kind = gpKinds[ask.kind];
  const limit = Math.max(1, Math.min(ask.limit, rowMax));
  if (kind.whole) return readWhole(kind.whole, kind, { ask: { ...ask, limit }, deps });
  if (ask.since === undefined) return readAll(kind, { ...ask, limit }, deps);
  return readSince(kind, { since: ask.cursor ?? ask.since, limit }, deps);
}

/** See MasterSide.read: those that exist. */
export async function mastersById(name: MasterKind, ids: readonly string[], deps: MasterReadDeps): Promise<Outcome<MasterRecord[]>> {
  const kind = gpKinds[name];
  const rows = await rowsByKey(kind, ids, deps);
  return rows.ok ? toRecords(kind, rows.value, deps.codes) : rows;
}
