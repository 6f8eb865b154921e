import { done } from '../../canonical/failure';
import { changedMasters } from './master-reads';
import { type GpRow } from './master-row';
import { type Reader } from './reader';
import { type ReadRequest } from './requests-to-econnect';

const base = Date.parse('2026-11-02T00:00:00Z');
const iso = (ms: number): string => new Date(ms).toISOString();
const row = (n: number, ms: number): GpRow => ({ columns: { CUSTNMBR: `C${String(n).padStart(5, '0')}`, CUSTNAME: `Customer ${n}`, HOLD: '0', INACTIVE: '0', ADRSCODE: 'PRIMARY' }, lists: { addresses: [], internet: [] }, changedAt: iso(ms) });

/** A GP that answers in no order at all, cuts at ROWCOUNT, and breaks off what is longer than it can send. */
function readerOf(rows: GpRow[], sendable: number): { reader: Reader; longest: () => number; reads: () => number } {
  let [longest, reads] = [0, 0];
  const read = async (request: ReadRequest) => {
    reads += 1;
    const fits = request.type !== 'Customer' ? [] : rows.filter((r) => (request.where ?? []).every(({ column, op, values: [value = ''] }) => {
      const [mine, theirs] = column === 'DEX_ROW_TS' ? [Date.parse(r.changedAt ?? ''), Date.parse(`${value.replace(' ', 'T')}Z`)] : [r.columns[column] ?? '', value];
      return op === '>=' ? mine >= theirs : op === '>' ? mine > theirs : op === '<' ? mine < theirs : op === '<=' ? mine <= theirs : true;
    }));
    const answer = [...fits].reverse().slice(0, request.rowMax);
    longest = Math.max(longest, answer.length);
    return answer.length > sendable ? { ok: false as const, failure: { code: 'reply-unreadable' as const, message: 'too long', fix: '' } } : done(answer);
  };
  return { reader: { read, readIn: async () => done([]) } as unknown as Reader, longest: () => longest, reads: () => reads };
}

describe('records of which more than a page bear one stamp', () => {
  it.each([['one statement changed them all', 450, (_n: number): number => base + 5], ['they came within one second', 450, (n: number): number => base + n], ['they are spread over minutes', 450, (n: number): number => base + n * 500]])('%s: each comes once, and no answer is longer than a page', async (_name, count, at) => {
    const { reader, longest } = readerOf(Array.from({ length: count }, (_, n) => row(n, at(n))), 101);
    const seen: string[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < 60; page += 1) {
      const out = await changedMasters({ kind: 'customer', since: iso(base), limit: 100, ...(cursor === undefined ? {} : { cursor }) }, { reader, codes: { isoOf: () => 'USD', currencyIdOf: (currency) => currency }, now: () => new Date(base + 3_600_000) });
      if (!out.ok) throw new Error(out.failure.message);
      seen.push(...out.value.records.map((r) => r.id));
      cursor = out.value.next;
      if (cursor === undefined) break;
    }
    expect([cursor, new Set(seen).size, seen.length, longest() <= 101]).toEqual([undefined, count, count, true]);
  });

  it.each([['the oldest first', (rows: GpRow[]): GpRow[] => [...rows].reverse()], ['the newest first', (rows: GpRow[]): GpRow[] => rows], ['in any order', (rows: GpRow[]): GpRow[] => [...rows].sort((a, b) => ((Number(a.columns['CUSTNMBR']?.slice(1)) * 7919) % 2_003) - ((Number(b.columns['CUSTNMBR']?.slice(1)) * 7919) % 2_003))]])('two thousand after a quarter of an hour of silence, %s: each comes, in few reads', async (_order, ordered) => {
    const { reader, reads } = readerOf(ordered(Array.from({ length: 2_000 }, (_, n) => row(n, base + n))), 20_000);
    const seen = new Set<string>();
    let cursor: string | undefined;
    for (let page = 0; page < 100; page += 1) {
      const out = await changedMasters({ kind: 'customer', since: iso(base - 17 * 60_000), limit: 200, ...(cursor === undefined ? {} : { cursor }) }, { reader, codes: { isoOf: () => 'USD', currencyIdOf: (currency) => currency }, now: () => new Date(base + 60_000) });
      if (!out.ok) throw new Error(out.failure.message);
      for (const r of out.value.records) seen.add(r.id);
      cursor = out.value.next;
      if (cursor === undefined) break;
    }
    expect([cursor, seen.size, reads() < 300]).toEqual([undefined, 2_000, true]);
  });
});
