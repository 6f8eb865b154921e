import { randomBytes, randomUUID } from 'node:crypto';
import { storeServers } from '../test/support/store-servers';
import { parseKeyRing } from './sealing';
import { createStore } from './store';
import { type Arrival, type Line, type Store } from './types';

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

  /** As it came: placed one minute after another in the order of their numbers, unless told otherwise. */
  const join = (documents: [Line, ...Line[]] | Parameters<Store['documents']['intendInLine']>[0], arrival: Partial<Arrival> = {}): Promise<{ after?: string }> => {
    const n = documents[0].runId.split('/').pop() ?? '';
    return store.documents.intendInLine(documents, { sourceId: 'shop', orderId: n, placedAt: new Date(Date.UTC(2026, 0, 1, 0, Number(n))).toISOString(), inboxIds: [], ...arrival });
  };
  let delivered = 0;
  const deliver = async (pairId: string, orderId: string, buyer = 'ann@example.test'): Promise<string> =>
    (await store.inbox.put({ pairId, sourceId: 'shop', sourceKind: 'shopify', account: 'shop', dedupKey: `d${pairId}${delivered += 1}`, topic: 'orders/create', deliveryId: 'd', orderId, buyer, rawBody: Buffer.from('{}') })).id;

  it('names the order before, of the same customer, while that one is on its way', async () => {
    const pairId = randomUUID();
    expect(await join([place(pairId, 1), { pairId, system: 'gp', kind: 'receipt', key: 'R', runId: `${pairId}/1`, number: 'WR1' }])).toEqual({});
    expect(await join([place(pairId, 2)])).toEqual({ after: 'WO1' });
    expect(await join([place(pairId, 3, 'C2')])).toEqual({});
    expect(await join([place(pairId, 4)])).toEqual({ after: 'WO2' });
    expect(await join([place(pairId, 2)])).toEqual({ after: 'WO1' });
    expect((await store.documents.byRun(`${pairId}/1`)).map((d) => [d.number, d.asked])).toEqual([['WO1', 1], ['WR1', 1]]);
  });
  it('goes on in the order in which they were placed, whoever leaves, and nobody joins it twice', async () => {
    const pairId = randomUUID();
    for (const n of [3, 1, 2]) await join([place(pairId, n)]);
    expect([await store.documents.beforeInLine(place(pairId, 3)), await store.documents.beforeInLine(place(pairId, 1))]).toEqual([{ runId: `${pairId}/2`, number: 'WO2' }, undefined]);
    expect(await store.documents.leaveLine(`${pairId}/2`)).toEqual({ runId: `${pairId}/1`, number: 'WO1' });
    expect(await store.documents.leaveLine(`${pairId}/1`)).toEqual({ runId: `${pairId}/3`, number: 'WO3' });
    expect(await store.documents.leaveLine(`${pairId}/1`)).toBeUndefined();
    await join([place(pairId, 1)]);
    await join([place(pairId, 4)]);
    expect([await store.documents.beforeInLine(place(pairId, 4)), await store.documents.beforeInLine(place(pairId, 3)), await store.documents.beforeInLine(place(pairId, 4, 'C2'))]).toEqual([{ runId: `${pairId}/3`, number: 'WO3' }, undefined, undefined]);
    expect([await store.documents.leaveLine(`${pairId}/3`), await store.documents.leaveLine(`${pairId}/4`)]).toEqual([{ runId: `${pairId}/4`, number: 'WO4' }, undefined]);
  });
  it('passes over an order that stands or was undone, and one that never joined', async () => {
    const pairId = randomUUID();
    const { system, kind } = place(pairId, 1);
    await join([place(pairId, 2)]);
    await store.documents.written({ pairId, system, kind, key: 'K2' }, {});
    await store.documents.intendAll([place(pairId, 3)]);
    expect(await join([place(pairId, 4)])).toEqual({});
    await store.documents.undone({ pairId, system, kind, key: 'K4' });
    expect(await join([place(pairId, 5)])).toEqual({});
  });
  it('goes by date, then by arrival, not by the numbers that were given', async () => {
    const pairId = randomUUID();
    const [first, second] = [await deliver(pairId, '9'), await deliver(pairId, '8')];
    const placedAt = '2026-01-01T10:00:00Z';
    await join([place(pairId, 8)], { placedAt, inboxIds: [second] });
    expect(await join([place(pairId, 9)], { placedAt, inboxIds: [first] })).toEqual({});
    expect(await store.documents.beforeInLine(place(pairId, 8))).toEqual({ runId: `${pairId}/9`, number: 'WO9' });
    expect(await join([place(pairId, 7)], { placedAt: '2026-01-01T09:59:59.999Z' })).toEqual({});
    expect(await store.documents.leaveLine(`${pairId}/7`)).toEqual({ runId: `${pairId}/9`, number: 'WO9' });
  });
  it('waits for an order of the same buyer that was delivered earlier and is not taken yet, and for nobody else', async () => {
    const pairId = randomUUID();
    const [one, two] = [await deliver(pairId, '1'), await deliver(pairId, '2')];
    const [other, late] = [await deliver(pairId, '3', 'bob@example.test'), await deliver(pairId, '4')];
    const run = (n: number): { pairId: string; sourceId: string; orderId: string; runId: string } => ({ pairId, sourceId: 'shop', orderId: String(n), runId: `${pairId}/${n}` });
    expect(await join([place(pairId, 2)], { inboxIds: [two] })).toEqual({ after: '1' });
    expect(await join([place(pairId, 3, 'C2')], { inboxIds: [other] })).toEqual({});
    expect([await store.documents.arriving(run(2)), await store.documents.arriving(run(1)), await store.documents.arriving(run(3))]).toEqual(['1', undefined, undefined]);
    expect(await join([place(pairId, 1)], { inboxIds: [one] })).toEqual({});
    expect([await store.documents.arriving(run(2)), await store.documents.beforeInLine(place(pairId, 2))]).toEqual([undefined, { runId: `${pairId}/1`, number: 'WO1' }]);
    await store.inbox.finish(late, { state: 'ignored' });
    expect(await store.documents.arriving(run(4))).toBeUndefined();
  });
});
