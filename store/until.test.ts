import { randomBytes, randomUUID } from 'node:crypto';
import { storeServers } from '../test/support/store-servers';
import { parseKeyRing } from './sealing';
import { createStore } from './store';
import { type Store } from './types';

describe.each(storeServers)('the store on %s', (_name, start) => {
  let store: Store;
  let stop: () => Promise<void>;
  beforeAll(async () => {
    const server = await start();
    store = createStore({ databaseUrl: server.url, keyRing: parseKeyRing(`k1:${randomBytes(32).toString('base64')}`) });
    stop = async () => { await store.close(); await server.stop(); };
    await store.migrate();
  }, 120_000);
  afterAll(() => stop());

  it('is held up by nothing that a clock wrote which has been set back by a day since', async () => {
    const day = 24 * 3_600_000;
    const ask = { organisation: randomUUID(), perMinute: 4, perDay: 100, inFlight: 2, slotTtlMs: 60_000, reserveForHigher: 0 };
    const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + day);
    jest.useFakeTimers({ now: Date.now(), doNotFake: ['hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'clearImmediate', 'setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] });
    for (let i = 0; i < 2; i += 1) expect(await store.budget.take(ask)).toMatchObject({ ok: true });
    expect(await store.budget.take(ask)).toMatchObject({ ok: false, why: 'in-flight' });
    await store.budget.block(ask.organisation, Date.now() + day);
    expect(await store.budget.take(ask)).toMatchObject({ ok: false, why: 'blocked' });
    jest.useRealTimers();
    clock.mockRestore();
    for (let i = 0; i < 2; i += 1) expect(await store.budget.take(ask)).toMatchObject({ ok: true });
    expect(await store.budget.take(ask)).toMatchObject({ ok: false, why: 'in-flight' });
    // What the database's own clock wrote: a lease and a hold that would last a day.
    const name = randomUUID();
    expect(await store.leases.acquire(name, day)).toBeDefined();
    expect(await store.leases.acquire(name, 500)).toBeDefined();
    expect(await store.leases.acquire(name, 500)).toBeUndefined();
    const document = { pairId: 'p', system: 'xero', kind: 'payment', key: name, runId: 'r1' };
    expect(await store.documents.claim(document, day)).toBeDefined();
    expect(await store.documents.claim(document, 500)).toBeDefined();
    expect(await store.documents.claim(document, 500)).toBeUndefined();
  });
});
