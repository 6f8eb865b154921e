import { randomBytes, randomUUID } from 'node:crypto';
import { storeServers } from '../test/support/store-servers';
import { parseKeyRing } from './sealing';
import { createStore } from './store';
import { type Line, type Store } from './types';

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
  it('goes on in the order of its numbers, whoever leaves, and nobody joins it twice', async () => {
    const pairId = randomUUID();
    for (const n of [3, 1, 2]) await store.documents.intendInLine([place(pairId, n)]);
    expect([await store.documents.beforeInLine(place(pairId, 3)), await store.documents.beforeInLine(place(pairId, 1))]).toEqual([{ runId: `${pairId}/2`, number: 'WO2' }, undefined]);
    expect(await store.documents.leaveLine(`${pairId}/2`)).toEqual({ runId: `${pairId}/1`, number: 'WO1' });
    expect(await store.documents.leaveLine(`${pairId}/1`)).toEqual({ runId: `${pairId}/3`, number: 'WO3' });
    expect(await store.documents.leaveLine(`${pairId}/1`)).toBeUndefined();
    await store.documents.intendInLine([place(pairId, 1)]);
    expect([await store.documents.beforeInLine(place(pairId, 4)), await store.documents.beforeInLine(place(pairId, 3)), await store.documents.beforeInLine(place(pairId, 4, 'C2'))]).toEqual([{ runId: `${pairId}/3`, number: 'WO3' }, undefined, undefined]);
    expect(await store.documents.leaveLine(`${pairId}/3`)).toBeUndefined();
  });
  it('passes over an order that stands or was undone, and one that never joined', async () => {
    const pairId = randomUUID();
    const { system, kind } = place(pairId, 1);
    await store.documents.intendInLine([place(pairId, 2)]);
    await store.documents.written({ pairId, system, kind, key: 'K2' }, {});
    await store.documents.intendAll([place(pairId, 3)]);
    expect(await store.documents.intendInLine([place(pairId, 4)])).toEqual({});
    await store.documents.undone({ pairId, system, kind, key: 'K4' });
    expect(await store.documents.intendInLine([place(pairId, 5)])).toEqual({});
  });
});
