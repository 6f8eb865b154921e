import { randomBytes } from 'node:crypto';
import { storeServers } from '../test/support/store-servers';
import { parseKeyRing } from './sealing';
import { createStore } from './store';
import { type Store } from './types';

const keyRing = parseKeyRing(`k1:${randomBytes(32).toString('base64')}`);

describe.each(storeServers)('mapping versions on %s', (_name, start) => {
  let server: { url: string; stop(): Promise<void> };
  let store: Store;
  beforeAll(async () => { server = await start(); store = createStore({ databaseUrl: server.url, keyRing }); await store.migrate(); }, 60_000);
  afterAll(async () => { await store.close(); await server.stop(); });
  const draft = (reason: string) => store.mappings.draft({ pairId: 'p', name: 'order', document: { name: 'order', version: 99, reason }, by: 'ann', reason, above: 1 });

  it('numbers drafts above what ships, also those of one moment, and keeps the number in the document', async () => {
    const made = await Promise.all(['a', 'b', 'c'].map(draft));
    expect(made.map((m) => m.version).sort()).toEqual([2, 3, 4]);
    expect(made.every((m) => m.state === 'draft' && m.by === 'ann')).toBe(true);
    expect((await store.mappings.get('p', 'order', 3))?.document).toMatchObject({ name: 'order', version: 3 });
    expect(await store.mappings.get('p', 'order')).toBeUndefined();
  });
  it('one version of a name works at a time; what is published does not change', async () => {
    const publish = (version: number) => store.mappings.publish({ pairId: 'p', name: 'order', version, by: 'bob', reason: 'new accounts' });
    expect([await publish(2), await publish(2), await publish(77)]).toEqual([true, false, false]);
    expect(await publish(3)).toBe(true);
    expect((await store.mappings.list('p', 'order')).map((m) => `${m.version} ${m.state}`)).toEqual(['4 draft', '3 published', '2 retired']);
    expect(await store.mappings.get('p', 'order')).toMatchObject({ version: 3, publishedBy: 'bob', publishReason: 'new accounts' });
    expect((await store.mappings.get('p', 'order', 2))?.retiredAt).toBeDefined();
    expect(await Promise.all([publish(4), publish(4)])).toContain(true);
    expect((await store.mappings.list('p')).filter((m) => m.state === 'published')).toHaveLength(1);
  });
  it('falls back when the working one is taken out', async () => {
    expect(await store.mappings.retire({ pairId: 'p', name: 'order', version: 4, by: 'bob', reason: 'wrong' })).toBe(true);
    expect(await store.mappings.get('p', 'order')).toBeUndefined();
    expect(await store.mappings.list('other')).toEqual([]);
  });
  it('keeps what a release ships, once, beside the pair\'s own: under its number where that is free', async () => {
    const shipped = (version: number, title: string) => ({ pairId: 'q', name: 'order', document: { name: 'order', version, title } });
    const keep = (version: number, title: string) => store.mappings.keepShipped(shipped(version, title));
    expect(await Promise.all([keep(1, 'first'), keep(1, 'first'), keep(1, 'first')])).toEqual([1, 1, 1]);
    const own = await store.mappings.draft({ pairId: 'q', name: 'order', document: { name: 'order', version: 9 }, by: 'ann', reason: 'own', above: 1 });
    // The next release ships a version 2, which the pair has of its own.
    expect([own.version, await keep(2, 'second'), await keep(2, 'second'), await keep(1, 'first')]).toEqual([2, 3, 3, 1]);
    expect((await store.mappings.list('q', 'order')).map((m) => `${m.version} ${m.state}`)).toEqual(['3 shipped', '2 draft', '1 shipped']);
    expect([(await store.mappings.get('q', 'order', 1))?.document, (await store.mappings.get('q', 'order', 3))?.document]).toEqual([{ name: 'order', version: 1, title: 'first' }, { name: 'order', version: 3, title: 'second' }]);
    expect([await store.mappings.published('q'), await store.mappings.retire({ pairId: 'q', name: 'order', version: 1, by: 'bob', reason: 'x' }), await store.mappings.publish({ pairId: 'q', name: 'order', version: 1, by: 'bob', reason: 'x' })]).toEqual([{}, false, false]);
  });
});
