import { done } from '../../canonical/failure';
import { readChanges } from './changes';
import { rowMax, type Reader } from './reader';
import { type ReadRequest } from './requests-to-econnect';

const base = Date.parse('2026-11-02T00:00:00Z');
const iso = (ms: number): string => new Date(ms).toISOString();
type Row = { SOPTYPE: number; SOPNUMBE: string; ORIGNUMB: string; DEX_ROW_TS: string };
const row = (n: number, ms: number, invoice = false): Row => ({ SOPTYPE: invoice ? 3 : 2, SOPNUMBE: `${invoice ? 'I' : 'O'}${n}`, ORIGNUMB: invoice ? `O${n}` : '', DEX_ROW_TS: iso(ms) });

/** A GP that answers in no order at all and cuts at ROWCOUNT. */
function readerOf(rows: Row[]): { reader: Reader; asked: ReadRequest[] } {
  const asked: ReadRequest[] = [];
  const read = async (request: ReadRequest) => {
    asked.push(request);
    if (request.type !== 'Sales_Transaction') return done([]);
    const bound = (op: string): number | undefined => { const v = request.where?.find((c) => c.op === op)?.values[0]; return v === undefined ? undefined : Date.parse(`${v.replace(' ', 'T')}Z`); };
    const fits = rows.filter((r) => Date.parse(r.DEX_ROW_TS) >= (bound('>=') ?? 0) && Date.parse(r.DEX_ROW_TS) < (bound('<') ?? Infinity));
    return done([...fits].reverse().slice(0, request.rowMax));
  };
  return { reader: { read, readIn: async () => done([]) } as unknown as Reader, asked };
}

async function drain(rows: Row[], overlapMs = 0): Promise<{ seen: Set<string>; calls: number }> {
  const { reader } = readerOf(rows);
  const seen = new Set<string>();
  let since = iso(base);
  for (let calls = 1; calls < 100; calls += 1) {
    const out = await readChanges(reader, { since, overlapMs }, new Date(base + 3_600_000));
    if (!out.ok) throw new Error(out.failure.message);
    out.value.orders.forEach((o) => seen.add(o.orderNumber));
    if (out.value.watermark === since) return { seen, calls };
    since = out.value.watermark;
  }
  throw new Error('the watermark never came to rest');
}

describe('readChanges', () => {
  it('tells an invoice as its order, each once at its latest change, oldest first', async () => {
    const { reader } = readerOf([row(1, base), row(2, base + 1), row(1, base + 5, true)]);
    const out = await readChanges(reader, { since: iso(base), overlapMs: 0 }, new Date(base + 10));
    expect(out).toMatchObject({ ok: true, value: { orders: [{ orderNumber: 'O2' }, { orderNumber: 'O1', changedAt: iso(base + 5) }], watermark: iso(base + 5) } });
  });
  it('nothing new keeps the watermark', async () => expect(await readChanges(readerOf([]).reader, { since: iso(base), overlapMs: 5_000 }, new Date(base))).toEqual(done({ orders: [], receipts: [], watermark: iso(base) })));
  it('loses nothing over many full pages, though pages come in no order', async () => {
    const rows = Array.from({ length: 5 * rowMax }, (_, i) => row(i, base + i * 997));
    expect((await drain(rows)).seen.size).toBe(rows.length);
  });
  it('a burst within one second comes whole', async () => {
    const rows = Array.from({ length: 3 * rowMax }, (_, i) => row(i, base + (i % 900)));
    expect((await drain(rows)).seen.size).toBe(rows.length);
  });
  it('stays behind the latest stamp by the overlap, and gets to the end of a burst that is denser than the overlap', async () => {
    const out = await readChanges(readerOf([row(1, base + 60_000)]).reader, { since: iso(base), overlapMs: 10_000 }, new Date(base + 61_000));
    expect(out).toMatchObject({ ok: true, value: { watermark: iso(base + 50_000) } });
    const rows = Array.from({ length: 8 * rowMax }, (_, i) => row(i, base + i * 4));
    expect((await drain(rows, 600_000)).seen.size).toBe(rows.length);
  });
  it('gets on although more changed than one look reads', async () => {
    const rows = Array.from({ length: 30 * rowMax }, (_, i) => row(i, base + i * 100));
    const { seen, calls } = await drain(rows, 30_000);
    expect([seen.size, calls > 2]).toEqual([rows.length, true]);
  });
  it('refuses a watermark that is no instant', async () => expect(await readChanges(readerOf([]).reader, { since: 'soon', overlapMs: 0 }, new Date())).toMatchObject({ ok: false, failure: { code: 'bug' } }));
});
