import { randomBytes } from 'node:crypto';
import { type Notice } from '../canonical/notice';
import { storeServers } from '../test/support/store-servers';
import { parseKeyRing } from './sealing';
import { createStore } from './store';
import { type Store } from './types';

const notice = (id: string): Notice => ({ id, type: 'approval.asked', at: '2026-11-01T10:00:00.000Z', data: { pairId: 'p', orderId: '1', money: [{ currency: 'USD', amount: '10.00' }] } });

describe.each(storeServers)('notices on %s', (_name, start) => {
  let server: { url: string; stop(): Promise<void> };
  let store: Store;
  beforeAll(async () => {
    server = await start();
    store = createStore({ databaseUrl: server.url, keyRing: parseKeyRing(`k1:${randomBytes(32).toString('base64')}`), poolMax: 2 });
    await store.migrate();
  }, 60_000);
  afterAll(async () => { await store.close(); await server.stop(); });

  it('write each stage down once per channel, however many look at once, with the subject it begins', async () => {
    const put = (): Promise<boolean> => store.notices.put({ notice: notice('n1'), pairId: 'p', about: 'approval/r/1', channels: ['webhook', 'mail'], opens: { startedAt: '2026-11-01T10:00:00.000Z' } });
    expect((await Promise.all([put(), put(), put()])).filter(Boolean)).toHaveLength(1);
    expect(await store.notices.open('p', 'approval/')).toEqual([{ about: 'approval/r/1', notice: notice('n1'), startedAt: '2026-11-01T10:00:00.000Z' }]);
    expect(await store.notices.open('p', 'incident/')).toEqual([]);
    expect((await store.notices.list({ pairId: 'p', limit: 10 })).map((n) => n.channel).sort()).toEqual(['mail', 'webhook']);
    expect(await store.notices.put({ notice: notice('n0'), pairId: 'p', about: 'x', channels: [] })).toBe(false);
    await store.notices.end('p', 'approval/r/1');
    expect(await store.notices.open('p', 'approval/')).toEqual([]);
  });

  it('are handed to one sender at a time; what was sent is never due again, what was not waits, and what was given up rests', async () => {
    for (const id of ['a', 'b', 'c']) await store.notices.put({ notice: notice(id), pairId: 'q', about: id, channels: ['webhook'] });
    const claim = (claimMs = 60_000) => store.notices.claimDue({ pairId: 'q', channels: ['webhook'], limit: 2, claimMs });
    const [one, two] = await Promise.all([claim(), claim()]);
    expect([...one, ...two].map((r) => r.notice.id).sort()).toEqual(['a', 'b', 'c']);
    expect(await claim()).toEqual([]);
    const [a, b, c] = ['a', 'b', 'c'].map((id) => ({ notice: notice(id), channel: 'webhook' }));
    if (!a || !b || !c) throw new Error('three');
    await store.notices.sent(a);
    await store.notices.defer(b, 'HTTP 503', 0);
    await store.notices.defer(c, 'never', undefined);
    expect((await claim()).map((r) => [r.notice.id, r.attempts])).toEqual([['b', 1]]);
    await store.notices.defer(b, 'HTTP 503', 60_000);
    expect(await claim()).toEqual([]);
    expect((await store.notices.list({ pairId: 'q', limit: 10 })).map((n) => [n.notice.id, n.state, n.note])).toEqual([['c', 'given-up', 'never'], ['b', 'new', 'HTTP 503'], ['a', 'sent', undefined]]);
    expect(await store.notices.claimDue({ pairId: 'q', channels: [], limit: 2, claimMs: 1 })).toEqual([]);
  });

  it('come back when a sender died with them', async () => {
    await store.notices.put({ notice: notice('d'), pairId: 'r', about: 'd', channels: ['webhook'] });
    const claim = (): Promise<unknown[]> => store.notices.claimDue({ pairId: 'r', channels: ['webhook'], limit: 2, claimMs: 50 });
    expect(await claim()).toHaveLength(1);
    await new Promise((wake) => setTimeout(wake, 120));
    expect(await claim()).toHaveLength(1);
  });
});
