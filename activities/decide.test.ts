import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { parseKeyRing } from '../store/sealing';
import { createStore } from '../store/store';
import { type Store } from '../store/types';
import { startChild } from '../test/support/child';
import { decideBatch } from './decide';
import { type FeedDeps } from './deps';

const failure = { code: 'item-not-mapped' as const, field: 'sku', value: 'MUG', message: 'no item MUG', fix: 'map it' };
const pairId = 'p';

/** Runs as `hear` has them: one decision about one word; what failed again says so under the next word. */
class Runs {
  readonly taken = new Map<string, number>();
  readonly stands = new Map<string, number>();
  constructor(private readonly store: Store, private readonly failsAgain: (subject: string) => boolean) {}
  async fail(subject: string): Promise<void> {
    const stand = (this.stands.get(subject) ?? 0) + 1;
    this.stands.set(subject, stand);
    await this.store.exceptions.open({ subject, pairId, step: 'accept', stand, failure, amount: '1', currency: 'USD' });
  }
  async decide(subject: string, about: number | undefined): Promise<boolean> {
    if (about === undefined || about !== this.stands.get(subject)) return true;
    this.taken.set(subject, (this.taken.get(subject) ?? 0) + 1);
    if (this.failsAgain(subject)) { await this.fail(subject); return true; }
    this.stands.set(subject, about + 1);
    await this.store.exceptions.close(subject, { outcome: 'tied-out' });
    return true;
  }
}

describe('a decision over many', () => {
  const dir = mkdtempSync(join(tmpdir(), 'tieout-bulk-'));
  let server: Awaited<ReturnType<typeof startChild<{ url: string }>>>;
  let store: Store;
  beforeAll(async () => {
    server = await startChild<{ url: string }>('cli/store-main.js', ['--data', dir]);
    store = createStore({ databaseUrl: server.ready.url, keyRing: parseKeyRing(`k1:${randomBytes(32).toString('base64')}`), poolMax: 2 });
    await store.migrate();
  }, 60_000);
  afterAll(async () => { await store.close(); await server.kill(); rmSync(dir, { recursive: true, force: true }); });

  it('is told to each exactly once, wherever it is cut off, also to those that fail again at once', async () => {
    let round = 0;
    await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 60 }), fc.array(fc.record({ after: fc.integer({ min: 0, max: 25 }), heard: fc.boolean() }), { maxLength: 6 }), async (count, cuts) => {
      round += 1;
      const names = Array.from({ length: count }, (_, i) => `order-to-cash/p/s/${round}-${i}`);
      const runs = new Runs(store, (subject) => subject.endsWith('3'));
      for (const name of names) await runs.fail(name);
      const { count: total, upto } = await store.exceptions.count({ pairId, open: true });
      const actId = await store.bulk.create({ by: 'ann', filter: { pairId, kind: 'run' }, decision: { decision: 'retry', reason: 'mapped' }, total, upto });
      const left = [...cuts];
      let calls = 0;
      const deps = { store, now: () => new Date(), decideRun: async (subject: string, word: { about?: number }) => {
        const [cut] = left;
        calls += 1;
        if (cut && calls > cut.after) {
          if (cut.heard) await runs.decide(subject, word.about);
          left.shift();
          calls = 0;
          throw new Error('the process died');
        }
        return runs.decide(subject, word.about);
      } } as unknown as FeedDeps;
      for (let open = true; open;) { try { open = (await decideBatch({ actId, limit: 20 }, deps)).left; } catch { open = true; } }
      expect(names.map((n) => runs.taken.get(n))).toEqual(names.map(() => 1));
      expect(await store.bulk.get(actId)).toMatchObject({ total: count, done: count, failed: 0, state: 'done' });
      const trail = await Promise.all(names.map((n) => store.audit.list({ subject: n })));
      expect(trail.map((t) => t.filter((e) => (e.detail as { act: string }).act === actId).length)).toEqual(names.map(() => 1));
      for (const name of names) await store.exceptions.close(name, { outcome: 'cleared' });
    }), { numRuns: 12 });
  }, 120_000);

  it('begins a run anew that has ended, from the latest delivery of its order; without one, for an undo and with a mapping it is left out with the reason', async () => {
    const subject = 'order-to-cash/p/shop/77';
    const begun: object[] = [];
    const deps = { store: { ...store, inbox: { list: async () => [{ id: 'in-2', pairId: 'p', sourceId: 'shop' }] } }, now: () => new Date(), decideRun: async () => false, beginAnew: async (input: object) => { begun.push(input); } } as unknown as FeedDeps;
    const act = async (decision: { decision: string; mapping?: 'latest' }, over: object = {}): Promise<{ id: string; done: number }> => {
      await store.exceptions.open({ subject, pairId, sourceId: 'shop', orderId: '77', step: 'accept', stand: 1, failure });
      const { count, upto } = await store.exceptions.count({ subject, open: true });
      const id = await store.bulk.create({ by: 'ann', filter: { subject }, decision: { reason: 'x', ...decision } as never, total: count, upto });
      const { done } = await decideBatch({ actId: id, limit: 100 }, { ...deps, ...over });
      return { id, done };
    };
    const [again, undo, mapped, alone] = [await act({ decision: 'retry' }), await act({ decision: 'undo' }), await act({ decision: 'retry', mapping: 'latest' }), await act({ decision: 'retry' }, { store: { ...store, inbox: { list: async () => [] } } })];
    expect([[again, undo, mapped, alone].map((a) => a.done), begun]).toEqual([[1, 0, 0, 0], [{ pairId: 'p', sourceId: 'shop', orderId: '77', inboxId: 'in-2', reopen: { seq: 0 } }]]);
    const why = async ({ id }: { id: string }): Promise<unknown> => (await store.audit.list({ subject: `bulk/${id}` })).map((e) => e.detail);
    expect(await Promise.all([again, undo, mapped, alone].map(why))).toEqual([[], ...['nothing|undo', 'without a mapping', 'no delivery'].map((words) => [{ left: [{ about: subject, why: expect.stringMatching(words === 'nothing|undo' ? /undo it then/ : new RegExp(words)) }] }])]);
    await store.exceptions.close(subject, { outcome: 'cleared' });
  });

  it('leaves out what another person decided a moment ago, paused connectors, and runs that have ended without an order, and says how many', async () => {
    const runs = new Runs(store, () => false);
    for (const n of ['mine', 'theirs', 'ended']) await runs.fail(n);
    await store.exceptions.open({ kind: 'connector', subject: 'connector/p/gp', pairId, step: 'connection', failure: { ...failure, code: 'system-unavailable' } });
    const [theirs] = await store.exceptions.list({ subject: 'theirs' });
    await store.exceptions.take([theirs?.id ?? ''], { decision: 'skip', by: 'bob', reason: 'r', act: 'bob', graceMs: 60_000 });
    const { count, upto } = await store.exceptions.count({ pairId, open: true });
    const actId = await store.bulk.create({ by: 'ann', filter: { pairId }, decision: { decision: 'retry', reason: 'x' }, total: count, upto });
    const deps = { store, now: () => new Date(), decideRun: async (s: string, w: { about?: number }) => (s === 'ended' ? false : runs.decide(s, w.about)) } as unknown as FeedDeps;
    expect(await decideBatch({ actId, limit: 100 }, deps)).toEqual({ total: 4, done: 1, failed: 3, left: false });
    expect([...runs.taken]).toEqual([['mine', 1]]);
    expect((await store.exceptions.list({ subject: 'ended' }))[0]).not.toHaveProperty('taken');
  });
});
