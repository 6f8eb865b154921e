import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { done, failed } from '../canonical/failure';
import { type MasterSide, type MasterWrite } from '../canonical/master';
import { createGpClient, gpMasterSide } from '../connectors/gp/connector';
import { type FaultMode } from '../sandbox/kit/faults';
import { startGp } from '../sandbox/gp/server';
import { Gate, InOrder } from './gate';
import { createGpMasterActivities } from './gp-masters';
import { type GpMasterActivities } from './master/contract';

const life = () => ({ beat: () => undefined, cancelled: new AbortController().signal });
const handsOn = (side: MasterSide, probe: () => Promise<ReturnType<typeof done<unknown>>> = async () => done(true)): GpMasterActivities =>
  createGpMasterActivities({ side, inOrder: new InOrder(), gate: new Gate({ probe, life, tell: async () => undefined, firstMs: 20, maxMs: 50 }) });

describe('over the simulated company', () => {
  let dir: string;
  let gp: Awaited<ReturnType<typeof startGp>>;
  let hands: GpMasterActivities;
  const control = async (path: string, body?: object, method = body ? 'POST' : 'GET'): Promise<unknown> => {
    const text = await (await fetch(`http://127.0.0.1:${gp.port}/_sandbox${path}`, { method, headers: { 'content-type': 'application/json' }, ...(body ? { body: JSON.stringify(body) } : {}) })).text();
    return text === '' ? undefined : JSON.parse(text) as unknown;
  };
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'tieout-gp-hands-'));
    gp = await startGp({ port: 0, dataDir: dir, tickMs: 3_600_000 });
    const client = createGpClient({ econnectUrl: `http://127.0.0.1:${gp.port}/Microsoft/Dynamics/GP/eConnect/EntityOperations`, auth: { kind: 'basic', user: 'tieout', password: 'tieout' }, connectionString: 'data source=SQL;initial catalog=TWO', companyId: 2, baseCurrency: 'USD', timeoutMs: 300 });
    hands = handsOn(gpMasterSide(client), () => client.ping());
  });
  afterAll(async () => { await gp.close(); rmSync(dir, { recursive: true, force: true }); });
  beforeEach(async () => { await control('/faults', undefined, 'DELETE'); });

  const modes: FaultMode[] = ['timeout-after-commit', 'timeout-before-commit', 'error-502-after-commit', 'error-502-before-commit', 'unavailable-503', 'rate-minute', 'reset-after-commit', 'reset-before-commit', 'truncated-after-commit', 'half-reply-after-commit', 'html-200-after-commit', 'html-200-before-commit', 'cached-500-after-commit', 'cached-500-before-commit'];
  it.each(modes)('%s: one customer stands, and one change', async (mode) => {
    const newId = `C${modes.indexOf(mode)}`;
    const name = `Customer ${mode.replaceAll('-', ' ')}`;
    await control('/faults', { mode, operation: 'CreateEntity', times: 1 });
    const make: MasterWrite = { kind: 'customer', newId, foreignId: `00000000-0000-4000-8000-${String(modes.indexOf(mode)).padStart(12, '0')}`, set: { name } };
    expect(await hands.writeGpMasters({ writes: [make] })).toMatchObject([{ ok: true, value: { record: { id: newId, fields: { name } } } }]);
    await control('/faults', { mode, operation: 'CreateEntity', times: 1 });
    expect(await hands.writeGpMasters({ writes: [{ kind: 'customer', id: newId, set: { 'billing.city': 'Oslo' } }] })).toMatchObject([{ ok: true, value: { existed: true, record: { fields: { name, 'billing.city': 'Oslo' } } } }]);
    const { customers } = (await control('/documents')) as { customers: { number: string; name: string }[] };
    expect(customers.filter((c) => c.name === name)).toMatchObject([{ number: newId }]);
  });

  it('each write of a page has its own outcome, in the order given', async () => {
    const outcomes = await hands.writeGpMasters({ writes: [{ kind: 'customer', newId: 'P1', set: { name: 'One' } }, { kind: 'customer', id: 'NOBODY', set: { name: 'Two' } }, { kind: 'customer', newId: 'P3', set: { name: 'Three', terms: 'Net 99' } }, { kind: 'customer', newId: 'P4', set: { name: 'Four' } }] });
    expect(outcomes.map((o) => (o.ok ? o.value.record.id : o.failure.code))).toEqual(['P1', 'document-missing', 'setup-missing', 'P4']);
  });
  it('reads by id and by page', async () => {
    await hands.writeGpMasters({ writes: [{ kind: 'customer', newId: 'R1', set: { name: 'One' } }] });
    expect(await hands.readGpMasters({ kind: 'customer', refs: ['R1', 'R2'], limit: 10 })).toMatchObject({ records: [{ id: 'R1' }] });
    const page = await hands.readGpMasters({ kind: 'customer', limit: 2 });
    expect(page.records).toHaveLength(2);
    expect(page.next).toBeDefined();
  });
});

describe('over a side that tells what happens', () => {
  const write = (id: string): MasterWrite => ({ kind: 'customer', id, set: { name: 'x' } });
  const side = (over: Partial<MasterSide>): MasterSide => ({ system: 'gp', writeMax: 50, changedSince: async () => done({ records: [], watermark: '' }), read: async () => done([]), write: async () => [], ...over });

  it('what only time heals is thrown when all others are done, so that it is asked for again', async () => {
    const asked: string[] = [];
    const hands = handsOn(side({ write: async ([w]) => { asked.push(w?.id ?? ''); return [w?.id === 'B' ? failed({ code: 'document-locked', message: 'm', fix: 'f' }) : failed({ code: 'document-rejected', message: 'm', fix: 'f' })]; } }));
    await expect(hands.writeGpMasters({ writes: ['A', 'B', 'C', 'D', 'E', 'F'].map(write) })).rejects.toMatchObject({ type: 'document-locked', nonRetryable: false });
    expect(asked.sort()).toEqual(['A', 'B', 'C', 'D', 'E', 'F']);
  });
  it('waits at the gate while GP is away, and writes of one record keep their order', async () => {
    let away = true;
    const order: string[] = [];
    const gone = failed({ code: 'system-unavailable', message: 'm', fix: 'f' });
    const hands = handsOn(side({ write: async ([w]) => { if (away) return [gone]; order.push(w?.set['name'] ?? ''); return [failed({ code: 'document-rejected', message: 'm', fix: 'f' })]; } }), async () => (away ? gone as never : done(true)));
    const both = [hands.writeGpMasters({ writes: [{ kind: 'customer', id: 'A', set: { name: '1' } }] }), hands.writeGpMasters({ writes: [{ kind: 'customer', id: 'A', set: { name: '2' } }] })];
    await new Promise((wake) => setTimeout(wake, 60));
    expect(order).toEqual([]);
    away = false;
    await Promise.all(both);
    expect(order).toEqual(['1', '2']);
  });
  it('a read says at once that GP is away', async () => {
    const hands = handsOn(side({ changedSince: async () => failed({ code: 'system-unavailable', message: 'm', fix: 'f' }) }));
    await expect(hands.readGpMasters({ kind: 'customer', limit: 1 })).rejects.toMatchObject({ type: 'system-unavailable' });
  });
});
