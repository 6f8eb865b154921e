import { randomBytes, randomUUID } from 'node:crypto';
import { type Story } from '../canonical/story';
import { storeServers } from '../test/support/store-servers';
import { parseKeyRing } from './sealing';
import { createStore } from './store';
import { type Line, type Store } from './types';

const story = (pairId: string, runId: string): Story => ({ runId, pairId, sourceId: 's', orderId: '1', phase: 'awaiting-invoice', waitingFor: '', needsAttention: false, gpInvoices: [], xeroInvoices: [], payments: [], receipts: [], hops: [], warnings: [], updatedAt: '2026-01-01T00:00:00Z' });

describe.each(storeServers)('a customer\'s line on %s', (_name, start) => {
  let server: { url: string; stop(): Promise<void> };
  let store: Store;
  beforeAll(async () => {
    server = await start();
    store = createStore({ databaseUrl: server.url, keyRing: parseKeyRing(`k1:${randomBytes(32).toString('base64')}`), poolMax: 2 });
    await store.migrate();
  }, 60_000);
  afterAll(async () => { await store.close(); await server.stop(); });

  const place = (pairId: string, n: number, customer = 'C1'): Line => ({ pairId, system: 'gp', kind: 'sales-order', key: `K${n}`, runId: `${pairId}/${n}`, number: `WO${n}`, externalId: customer });

  it('names the order before, of the same customer, while that one is on its way', async () => {
    const pairId = randomUUID();
    expect(await store.documents.intendInLine([place(pairId, 1), { pairId, system: 'gp', kind: 'receipt', key: 'R', runId: `${pairId}/1`, number: 'WR1' }])).toEqual({});
    expect(await store.documents.intendInLine([place(pairId, 2)])).toEqual({ after: 'WO1' });
    expect(await store.documents.intendInLine([place(pairId, 3, 'C2')])).toEqual({});
    expect(await store.documents.intendInLine([place(pairId, 4)])).toEqual({ after: 'WO2' });
    expect(await store.documents.intendInLine([place(pairId, 2)])).toEqual({ after: 'WO1' });
    expect((await store.documents.byRun(`${pairId}/1`)).map((d) => [d.number, d.asked])).toEqual([['WO1', 1], ['WR1', 1]]);
  });
  it('passes over an order that has told where it rests, that stands or was undone, and one that never joined', async () => {
    const pairId = randomUUID();
    const { system, kind } = place(pairId, 1);
    await store.documents.intendInLine([place(pairId, 1)]);
    await store.runs.project(story(pairId, `${pairId}/1`), 1);
    expect(await store.documents.intendInLine([place(pairId, 2)])).toEqual({});
    await store.documents.written({ pairId, system, kind, key: 'K2' }, {});
    await store.documents.intendAll([place(pairId, 3)]);
    expect(await store.documents.intendInLine([place(pairId, 4)])).toEqual({});
    await store.documents.undone({ pairId, system, kind, key: 'K4' });
    expect(await store.documents.intendInLine([place(pairId, 5)])).toEqual({});
  });
});
