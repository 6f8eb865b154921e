import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { type MasterRecord } from '../canonical/master';
import { storeServers } from '../test/support/store-servers';
import { recordHash } from './master-snapshot';
import { parseKeyRing } from './sealing';
import { createStore } from './store';
import { type Store } from './types';

const keyRing = parseKeyRing(`k1:${randomBytes(32).toString('base64')}`);
const customer = (over: Partial<MasterRecord> = {}): MasterRecord => ({ kind: 'customer', system: 'gp', id: 'C1', fields: { name: 'Adatum Secret', email: 'ann@adatum.example' }, state: 'active', version: '2026-11-01T00:00:00.000Z', ...over });
const with_ = (record: MasterRecord, keys: string[] = []): { record: MasterRecord; keys: string[] } => ({ record, keys });

describe.each(storeServers)('master data on %s', (_name, start) => {
  let server: { url: string; stop(): Promise<void> };
  let store: Store;
  beforeAll(async () => {
    server = await start();
    store = createStore({ databaseUrl: server.url, keyRing, poolMax: 2 });
    await store.migrate();
  }, 60_000);
  afterAll(async () => { await store.close(); await server.stop(); });

  it('marks what is new or differs, never goes back to an older version, and unmarks only what was settled', async () => {
    const { snapshot } = store.master;
    expect(await snapshot.keep('p', [with_(customer(), ['name adatum'])], { mark: true })).toBe(1);
    expect(await snapshot.keep('p', [with_(customer())], { mark: true })).toBe(0);
    expect(await snapshot.keep('p', [with_(customer({ fields: { name: 'Older' }, version: '2026-10-01T00:00:00.000Z' }))], { mark: true })).toBe(0);
    const [ref] = await snapshot.dirty('p', 'customer', { limit: 10 });
    expect(ref).toMatchObject({ system: 'gp', id: 'C1', hash: recordHash(customer()) });
    const next = customer({ fields: { name: 'Adatum Two' }, version: '2026-11-02T00:00:00.000Z' });
    await snapshot.keep('p', [with_(next, ['name adatum two'])], { mark: true });
    await snapshot.settled('p', 'customer', [{ system: 'gp', id: 'C1', hash: ref?.hash ?? '' }]);
    expect(await snapshot.dirty('p', 'customer', { limit: 10 })).toHaveLength(1);
    await snapshot.settled('p', 'customer', [{ system: 'gp', id: 'C1', hash: recordHash(next) }]);
    expect(await snapshot.dirty('p', 'customer', { limit: 10 })).toEqual([]);
    expect(await snapshot.get('p', 'customer', [{ system: 'gp', id: 'C1' }])).toEqual([next]);
    expect((await snapshot.sharing('p', 'customer', { system: 'gp', keys: ['name adatum two'], limit: 5 })).map((r) => r.id)).toEqual(['C1']);
    expect(await snapshot.sharing('p', 'customer', { system: 'gp', keys: ['name adatum'], limit: 5 })).toEqual([]);
  });

  it('a key that many share hides nobody: who shares a rarer one comes first, and linked records are left out where only free ones are asked for', async () => {
    const { snapshot, links } = store.master;
    const many = Array.from({ length: 300 }, (_, i) => with_(customer({ id: `H${i}` }), ['start hotel', `mail ${i}`, `id H${i}`]));
    await snapshot.keep('crowd', many, { mark: false });
    const ask = (keys: string[], more: { sharedMax?: number; free?: boolean; limit?: number } = {}): Promise<string[]> => snapshot.sharing('crowd', 'customer', { system: 'gp', keys, limit: 10, ...more }).then((found) => found.map((r) => r.id).sort());
    expect((await ask(['start hotel', 'mail 123'])).includes('H123')).toBe(true);
    expect(await ask(['start hotel', 'mail 123', 'id H7'], { sharedMax: 25 })).toEqual(['H123', 'H7']);
    await links.link({ pairId: 'crowd', kind: 'customer', gpId: 'H123', xeroId: 'X123', who: 'tieout', reason: 'test' });
    expect(await ask(['start hotel', 'mail 123', 'mail 124'], { sharedMax: 25, free: true })).toEqual(['H124']);
    expect(await ask(['start hotel', 'mail 123', 'mail 124'], { sharedMax: 25 })).toEqual(['H123', 'H124']);
  });

  it('what it wrote itself and read back is kept without a mark', async () => {
    const { snapshot } = store.master;
    const own = customer({ id: 'C2', system: 'xero' });
    await snapshot.keep('p', [with_(own)], { mark: false });
    expect(await snapshot.dirty('p', 'customer', { limit: 10 })).toEqual([]);
    expect(await snapshot.keep('p', [with_(own)], { mark: true })).toBe(0);
  });

  it('keeps ten thousand in bounded statements', async () => {
    const many = Array.from({ length: 10_000 }, (_, i) => with_(customer({ id: `M${i}`, kind: 'vendor' }), [`name ${i}`, `mail ${i}`]));
    expect(await store.master.snapshot.keep('p', many, { mark: true })).toBe(10_000);
    expect(await store.master.snapshot.counts('p', 'vendor')).toEqual({ gp: 10_000, xero: 0, linked: 0, changed: 10_000 });
    const first = await store.master.snapshot.dirty('p', 'vendor', { limit: 3 });
    expect((await store.master.snapshot.dirty('p', 'vendor', { after: first[2]?.place ?? '', limit: 1 }))[0]?.id).toBe('M3');
  }, 60_000);

  it('marks everything for a full compare, GP first, and knows what a full read no longer saw', async () => {
    const { snapshot } = store.master;
    const [a, b, c] = [customer({ id: 'T1', kind: 'item' }), customer({ id: 'T2', kind: 'item' }), customer({ id: 'U1', kind: 'item', system: 'xero' })];
    await snapshot.keep('p', [with_(c), with_(a), with_(b)], { mark: true });
    await snapshot.settled('p', 'item', await snapshot.dirty('p', 'item', { limit: 10 }));
    expect(await snapshot.markAll('p', 'item')).toBe(3);
    expect((await snapshot.dirty('p', 'item', { limit: 10 })).map((r) => r.system)).toEqual(['gp', 'gp', 'xero']);
    const since = await snapshot.clock();
    await snapshot.keep('p', [with_(a)], { mark: true });
    expect(await snapshot.unseen('p', 'item', { system: 'gp', since, limit: 10 })).toEqual(['T2']);
    await snapshot.keep('p', [with_({ ...b, state: 'deleted' })], { mark: true });
    expect(await snapshot.unseen('p', 'item', { system: 'gp', since, limit: 10 })).toEqual([]);
  });

  it('never links one record twice; every link, move and end stands in the history; a base is remembered by one hand', async () => {
    const { links } = store.master;
    const by = { who: 'ann', reason: 'same tax number' };
    const made = await links.link({ pairId: 'p', kind: 'customer', gpId: 'C1', xeroId: 'X1', ...by });
    expect(made.ok && made.link.rev).toBe(1);
    expect(await links.link({ pairId: 'p', kind: 'customer', gpId: 'C9', xeroId: 'X1', ...by })).toMatchObject({ ok: false, taken: { gpId: 'C1', xeroId: 'X1' } });
    expect(await links.link({ pairId: 'p', kind: 'customer', gpId: 'C1', xeroId: 'X9', ...by })).toMatchObject({ ok: false, taken: { gpId: 'C1', xeroId: 'X1' } });
    expect(await links.link({ pairId: 'other', kind: 'customer', gpId: 'C1', xeroId: 'X1', ...by })).toMatchObject({ ok: true });
    expect((await links.linkNew('p', 'customer', { pairs: [{ gpId: 'C5', xeroId: 'X5' }, { gpId: 'C1', xeroId: 'X9' }, { gpId: 'C9', xeroId: 'X1' }], ...by })).map((l) => l.gpId)).toEqual(['C5']);
    const at = { pairId: 'p', kind: 'customer' as const, gpId: 'C1' };
    const base = { gp: { name: 'Adatum' }, xero: { name: 'Adatum' } };
    expect((await Promise.all([1, 2].map(() => links.remember('p', 'customer', [{ gpId: 'C1', rev: 1, base }, { gpId: 'C5', rev: 9, base }])))).flatMap((s) => [...s])).toEqual(['C1']);
    expect(await links.find('p', 'customer', [{ system: 'xero', id: 'X1' }])).toMatchObject([{ gpId: 'C1', base, rev: 2 }]);
    expect(await links.move(at, { system: 'xero', id: 'X2' }, { who: 'tieout', reason: 'merged in Xero' })).toBe(true);
    const [moved] = await links.find('p', 'customer', [{ system: 'gp', id: 'C1' }]);
    expect([moved?.xeroId, moved?.base]).toEqual(['X2', undefined]);
    await links.link({ pairId: 'p', kind: 'customer', gpId: 'C3', xeroId: 'X3', ...by });
    expect(await links.move(at, { system: 'xero', id: 'X3' }, by)).toBe(false);
    expect(await links.unlink(at, by)).toBe(true);
    expect((await links.history('p', 'customer', { system: 'gp', id: 'C1' })).map((h) => h.action)).toEqual(['linked', 'moved', 'unlinked']);
    expect((await links.list('p', { id: 'X3' })).map((l) => l.gpId)).toEqual(['C3']);
  });

  it('adopts the link that an order made', async () => {
    await store.links.put({ pairId: 'p', kind: 'customer', from: 'gp', fromId: 'C7', to: 'xero', toId: 'X7' });
    expect(await store.master.links.link({ pairId: 'p', kind: 'customer', gpId: 'C7', xeroId: 'X7', who: 'tieout', reason: 'same' })).toMatchObject({ ok: true, link: { rev: 1 } });
  });

  it('asks once per record and kind of question, and keeps names sealed', async () => {
    const { issues } = store.master;
    const ask = { pairId: 'p', kind: 'customer' as const, type: 'conflict' as const, subject: 'gp/C1', title: 'Adatum Secret: phone', detail: { gp: '1', xero: '2' } };
    const id = await issues.open(ask);
    expect(await issues.open({ ...ask, detail: { gp: '1', xero: '3' } })).toBe(id);
    expect(await issues.list({ pairId: 'p' })).toMatchObject([{ id, title: 'Adatum Secret: phone', detail: { xero: '3' } }]);
    expect([await issues.close(id, { decision: 'gp', by: 'ann', reason: 'r' }), await issues.close(id, { decision: 'xero', by: 'bob', reason: 'r' })]).toEqual([true, false]);
    expect(await issues.counts('p')).toEqual({});
    const raw = new Client({ connectionString: server.url });
    await raw.connect();
    for (const table of ['master_records', 'master_keys', 'links', 'link_history', 'sync_issues']) {
      const { rows } = await raw.query(`select * from ${table}`);
      expect([table, JSON.stringify(rows).includes('Adatum')]).toEqual([table, false]);
    }
    await raw.end();
  });
});
