import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes, randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { type Story } from '../canonical/story';
import { startChild } from '../test/support/child';
import { storeServers } from '../test/support/store-servers';
import { parseKeyRing } from './sealing';
import { createStore } from './store';
import { type InboxEntry, type Store } from './types';

const keyRing = parseKeyRing(`k1:${randomBytes(32).toString('base64')}`);
const entry = (over: Partial<InboxEntry> = {}): InboxEntry => ({
  pairId: 'p', sourceId: 'shopify', sourceKind: 'shopify', account: 'a.myshopify.com', dedupKey: randomUUID(), topic: 'orders/create', deliveryId: 'd', orderId: '820982911946154508',
  version: '2026-01-01T00:00:00Z', rawBody: Buffer.from('{"id":820982911946154508}'), ...over,
});
const story = (over: Partial<Story> = {}): Story => ({ runId: 'r1', pairId: 'p', sourceId: 's', orderId: '1', phase: 'received', waitingFor: '', needsAttention: false, gpInvoices: [], xeroInvoices: [], payments: [], receipts: [], hops: [], warnings: [], updatedAt: '2026-01-01T00:00:00Z', ...over });

describe.each(storeServers)('store on %s', (_name, start) => {
  let server: { url: string; stop(): Promise<void> };
  let store: Store;
  beforeAll(async () => {
    server = await start();
    const three = [1, 2, 3].map(() => createStore({ databaseUrl: server.url, keyRing, poolMax: 2 }));
    await Promise.all(three.map((s) => s.migrate()));
    await Promise.all(three.slice(1).map((s) => s.close()));
    store = three[0] as Store;
  }, 60_000);
  afterAll(async () => { await store.close(); await server.stop(); });

  it('keeps a delivery once, byte for byte and sealed', async () => {
    const one = entry();
    const first = await store.inbox.put(one);
    expect(first.fresh).toBe(true);
    expect(await store.inbox.put({ ...one, rawBody: Buffer.from('other') })).toEqual({ id: first.id, fresh: false });
    const row = await store.inbox.get(first.id);
    expect(row?.rawBody.equals(one.rawBody)).toBe(true);
    expect(row?.orderId).toBe('820982911946154508');
    const raw = new Client({ connectionString: server.url });
    await raw.connect();
    const { rows } = await raw.query<{ body: string }>('select body from inbox where id = $1', [first.id]);
    await raw.end();
    expect(rows[0]?.body).not.toContain('8209829');
    await store.inbox.finish(first.id, { state: 'started', workflowId: 'w' });
  });

  it('hands each due delivery to one relay only, oldest first, and again after its claim ran out', async () => {
    for (const row of await store.inbox.claimDue(100, 60_000)) await store.inbox.finish(row.id, { state: 'ignored' });
    const ids: string[] = [];
    for (let i = 0; i < 6; i += 1) ids.push((await store.inbox.put(entry())).id);
    const [a, b] = await Promise.all([store.inbox.claimDue(3, 200), store.inbox.claimDue(3, 200)]);
    expect(new Set([...a, ...b].map((r) => r.id))).toEqual(new Set(ids));
    expect(await store.inbox.claimDue(10, 200)).toHaveLength(0);
    await new Promise((wake) => setTimeout(wake, 250));
    const again = await store.inbox.claimDue(10, 1000);
    expect(again.map((r) => r.id)).toEqual(ids);
    await store.inbox.defer(ids[0] as string, 'Temporal is down');
    await store.inbox.finish(ids[1] as string, { state: 'parked', reason: { code: 'order-unreadable', message: 'm', fix: 'f' } });
    expect((await store.inbox.list({ state: 'parked' })).find((r) => r.id === ids[1])?.reason?.code).toBe('order-unreadable');
    const retry = { decision: 'retry' as const, by: 'ann', reason: 'r', act: 'a' };
    await store.exceptions.open({ kind: 'delivery', subject: `inbox/${ids[1]}`, pairId: 'p', step: 'inbox', failure: { code: 'order-unreadable', message: 'm', fix: 'f' } });
    expect(await store.exceptions.decideDeliveries([ids[1] as string, ids[2] as string], retry)).toEqual([ids[1]]);
    expect((await store.exceptions.list({ subject: `inbox/${ids[1]}` }))[0]).toMatchObject({ outcome: 'handled again', by: 'ann' });
    expect([(await store.inbox.get(ids[1] as string))?.state, await store.exceptions.decideDeliveries([ids[1] as string], retry)]).toEqual(['new', []]);
  });

  it('knows a version that was heard before', async () => {
    const order = { pairId: 'p', sourceId: 'shopify', orderId: randomUUID() };
    const { id } = await store.inbox.put(entry({ ...order, version: '2026-02-02T00:00:00Z' }));
    await store.inbox.finish(id, { state: 'started', workflowId: 'w' });
    expect(await store.inbox.knowsVersion(order, '2026-02-02T00:00:00Z', 'ffffffff-ffff-4fff-8fff-ffffffffffff')).toBe(true);
    expect(await store.inbox.knowsVersion(order, '2026-02-03T00:00:00Z', 'ffffffff-ffff-4fff-8fff-ffffffffffff')).toBe(false);
    expect(await store.inbox.knowsVersion(order, '2026-02-02T00:00:00Z', id)).toBe(false);
  });

  it('gives one number per key and never one number twice, whoever asks at once', async () => {
    const ask = (key: string): Promise<number> => store.numbers.reserve({ pairId: 'p', series: 'order', key, first: 1 });
    const same = await Promise.all([1, 2, 3, 4].map(() => ask('same')));
    expect(new Set(same).size).toBe(1);
    const many = await Promise.all(Array.from({ length: 30 }, (_, i) => ask(`k${i}`)));
    expect(new Set(many).size).toBe(30);
    expect(await ask('k7')).toBe(many[7]);
  });

  it('gives several numbers in one asking, each series by itself, without gaps when nobody else asks', async () => {
    const pairId = randomUUID();
    const asks = (...keys: [string, string][]) => keys.map(([series, key]) => ({ series, key, first: 1 }));
    expect(await store.numbers.reserveAll(pairId, asks(['order', 'a'], ['receipt', 'a/1'], ['receipt', 'a/2'], ['customer', 'c']))).toEqual([1, 1, 2, 1]);
    expect(await store.numbers.reserveAll(pairId, asks(['receipt', 'a/2'], ['order', 'b'], ['receipt', 'b/1'], ['customer', 'c'], ['order', 'b']))).toEqual([2, 2, 3, 1, 2]);
    const many = await Promise.all(Array.from({ length: 20 }, (_, i) => store.numbers.reserveAll(pairId, asks(['receipt', `r${i}`], ['order', `o${i}`], ['customer', `c${i % 3}`]))));
    expect(new Set(many.map(([receipt]) => receipt)).size).toBe(20);
    expect(new Set(many.map(([, order]) => order)).size).toBe(20);
    expect(new Set(many.map(([, , customer]) => customer)).size).toBe(3);
    expect(await store.numbers.reserveAll(pairId, [])).toEqual([]);
  });

  it('goes on in one step: projection, documents that stand, and the exception closes', async () => {
    const runId = randomUUID();
    const failure = { code: 'bug' as const, message: 'm', fix: 'f' };
    await store.exceptions.open({ subject: runId, pairId: 'p', step: 'order', failure });
    await store.documents.intend({ pairId: 'p', system: 'gp', kind: 'sales-order', key: runId, runId, number: 'WO9', amount: '5.00', currency: 'USD' });
    const documents = [{ system: 'gp', kind: 'sales-order', key: runId }, { system: 'gp', kind: 'invoice', key: `I-${runId}`, number: 'I9' }];
    await store.runs.goOn(story({ runId, phase: 'cancelled' }), 7, documents);
    expect((await store.runs.get(runId))?.phase).toBe('cancelled');
    expect(await store.exceptions.count({ subject: runId, open: true })).toMatchObject({ count: 0 });
    expect(await store.exceptions.list({ subject: runId })).toMatchObject([{ outcome: 'cancelled' }]);
    expect((await store.documents.byRun(runId)).map(({ kind, state, number, amount }) => [kind, state, number, amount])).toEqual([['sales-order', 'written', 'WO9', '5.00'], ['invoice', 'written', 'I9', undefined]]);
    await store.runs.goOn(story({ runId, phase: 'received' }), 6, []);
    expect((await store.runs.get(runId))?.phase).toBe('cancelled');
    expect(await store.documents.orderKeysOf('p', [{ kind: 'invoice', number: 'I9' }, { kind: 'receipt', number: 'I9' }])).toEqual([runId]);
    expect(await store.documents.orderKeysOf('other', [{ kind: 'invoice', number: 'I9' }])).toEqual([]);
    expect(await store.documents.orderKeysOf('p', [])).toEqual([]);
  });

  it('keeps what a link pointed to before it changed', async () => {
    const ref = { pairId: randomUUID(), kind: 'customer', from: 'gp', fromId: 'C1', to: 'xero' };
    for (const toId of ['x1', 'x1', 'x2']) await store.links.put({ ...ref, toId });
    expect(await store.links.get(ref)).toBe('x2');
    const raw = new Client({ connectionString: server.url });
    await raw.connect();
    expect((await raw.query<{ to_id: string }>('select to_id from link_history where pair_id = $1', [ref.pairId])).rows).toEqual([{ to_id: 'x1' }]);
    await raw.end();
  });

  it('remembers what each run was told last', async () => {
    const [a, b] = [randomUUID(), randomUUID()];
    await store.feed.told({ [a]: 'h1', [b]: 'h2' });
    await store.feed.told({ [b]: 'h3' });
    await store.feed.told({});
    expect(await store.feed.lastTold([a, b, 'nobody'])).toEqual({ [a]: 'h1', [b]: 'h3' });
    expect(await store.feed.lastTold([])).toEqual({});
  });

  it('projects only forward', async () => {
    await store.runs.project(story({ phase: 'tied-out', total: '9.99' }), 5);
    await store.runs.project(story({ phase: 'received' }), 3);
    expect((await store.runs.get('r1'))?.phase).toBe('tied-out');
    expect((await store.runs.counts())['tied-out']).toBe(1);
    expect(await store.runs.list({ phase: 'tied-out' })).toHaveLength(1);
  });

  it('keeps the first intent, its receipt, and finds the run by a document number', async () => {
    const ref = { pairId: 'p', system: 'gp', kind: 'sales-order', key: 'SHP-1' };
    await store.documents.intend({ ...ref, runId: 'r1', number: 'WO1' });
    const again = await store.documents.intend({ ...ref, runId: 'r2', number: 'WO2' });
    expect([again.runId, again.number]).toEqual(['r1', 'WO1']);
    await store.documents.written(ref, { externalId: 'x' });
    expect((await store.documents.byRun('r1'))[0]).toMatchObject({ state: 'written', externalId: 'x' });
    expect(await store.documents.ordersOf('p', ['WO1', 'WO7'])).toMatchObject({ WO1: { runId: 'r1' } });
    expect(await store.documents.ordersOf('p', ['WO7'])).toEqual({});
  });

  it('knows one payment by all its names', async () => {
    await store.payments.know({ pairId: 'p', runId: 'r1' }, [{ paymentId: 'pi_1', ids: ['pi_1', 'ch_1', 'ch_1'] }, { paymentId: 'pi_2', ids: ['pi_2'] }]);
    await store.payments.know({ pairId: 'p', runId: 'r9' }, []);
    expect(await store.payments.runOf('p', ['ch_1'])).toEqual({ runId: 'r1', paymentId: 'pi_1' });
    expect(await store.payments.runOf('other', ['ch_1'])).toBeUndefined();
  });

  it('saves a connection only over the version it read, sealed', async () => {
    expect(await store.connections.save('xero/demo', 'secret-token', 0)).toBe(true);
    expect(await store.connections.save('xero/demo', 'other', 0)).toBe(false);
    const saves = await Promise.all([store.connections.save('xero/demo', 'a', 1), store.connections.save('xero/demo', 'b', 1)]);
    expect(saves.filter(Boolean)).toHaveLength(1);
    expect((await store.connections.load('xero/demo'))?.version).toBe(2);
  });

  it('leases one name to one holder until it ends', async () => {
    const [a, b] = await Promise.all([store.leases.acquire('n', 300), store.leases.acquire('n', 300)]);
    expect([a, b].filter(Boolean)).toHaveLength(1);
    await new Promise((wake) => setTimeout(wake, 350));
    const c = await store.leases.acquire('n', 1000);
    expect(c).toBeDefined();
    await c?.release();
    expect(await store.leases.acquire('n', 10)).toBeDefined();
  });

  it('shares one budget: never above the minute, the day or the calls in flight', async () => {
    const ask = { organisation: randomUUID(), perMinute: 10, perDay: 8, inFlight: 5, slotTtlMs: 60_000, reserveForHigher: 0 };
    const taken = await Promise.all(Array.from({ length: 9 }, () => store.budget.take(ask)));
    const slots = taken.flatMap((t) => (t.ok ? [t.slot] : []));
    expect(slots).toHaveLength(5);
    await Promise.all(slots.map((s) => store.budget.release(ask.organisation, s)));
    const more = await Promise.all(Array.from({ length: 5 }, () => store.budget.take(ask)));
    expect(more.filter((t) => t.ok)).toHaveLength(3);
    expect(more.find((t) => !t.ok)).toMatchObject({ why: 'day' });
    const kept = { ...ask, organisation: randomUUID(), perMinute: 4, perDay: 100, reserveForHigher: 3 };
    expect((await store.budget.take(kept)).ok).toBe(true);
    expect(await store.budget.take(kept)).toMatchObject({ ok: false, why: 'minute' });
    expect((await store.budget.take({ ...kept, reserveForHigher: 0 })).ok).toBe(true);
    await store.budget.block(kept.organisation, Date.now() + 5_000);
    expect(await store.budget.take({ ...kept, reserveForHigher: 0 })).toMatchObject({ ok: false, why: 'blocked' });
  });

  it('verifies keys by hash, not after they were revoked', async () => {
    const { row, secret } = await store.apiKeys.create({ name: 'ann', role: 'approver' });
    expect((await store.apiKeys.verify(secret))?.role).toBe('approver');
    expect(await store.apiKeys.verify(`${secret}x`)).toBeUndefined();
    expect(await store.apiKeys.revoke(row.id)).toBe(true);
    expect(await store.apiKeys.verify(secret)).toBeUndefined();
    const boot = await store.apiKeys.create({ name: 'boot', role: 'admin', secret: 'tk_given' });
    expect((await store.apiKeys.create({ name: 'boot', role: 'admin', secret: 'tk_given' })).row.id).toBe(boot.row.id);
  });

  it('keeps one open exception per run, with its newest words and its attempts', async () => {
    const failure = { code: 'document-rejected' as const, message: 'm', fix: 'f', evidence: { request: '<a/>', reply: 'no' } };
    const { id, fresh } = await store.exceptions.open({ subject: 'rx', pairId: 'p', step: 's', failure, orderId: '7', amount: '10.50', currency: 'USD' });
    expect(fresh).toBe(true);
    expect(await store.exceptions.open({ subject: 'rx', pairId: 'p', step: 's2', failure: { ...failure, message: 'm2' }, orderId: '7' })).toEqual({ id, fresh: false });
    expect(await store.exceptions.get(id)).toMatchObject({ step: 's2', attempts: 2, class: 'value', failure: { message: 'm2', evidence: { request: '<a/>' } }, orderId: '7' });
    await store.exceptions.close('rx', { outcome: 'tied-out', decision: 'retry', by: 'ann' });
    expect(await store.exceptions.list({ open: true, subject: 'rx' })).toHaveLength(0);
    expect((await store.exceptions.open({ subject: 'rx', pairId: 'p', step: 's', failure })).id).not.toBe(id);
  });
  it('groups exceptions of one cause into one incident with the money at stake, and pages by place', async () => {
    const failure = (item: string) => ({ code: 'item-not-mapped' as const, field: 'sku', value: item, message: `no item ${item}`, fix: 'map it' });
    for (const n of [1, 2, 3]) await store.exceptions.open({ subject: `inc-${n}`, pairId: 'pi', step: 'accept', failure: failure('MUG'), orderId: String(n), amount: '1.10', currency: 'USD' });
    await store.exceptions.open({ subject: 'inc-4', pairId: 'pi', step: 'accept', failure: failure('CAP'), orderId: '4', amount: '5', currency: 'EUR' });
    const incidents = await store.exceptions.incidents({ pairId: 'pi', open: true });
    expect(incidents.map((i) => [i.count, i.money])).toEqual(expect.arrayContaining([[3, [{ currency: 'USD', amount: '3.30' }]], [1, [{ currency: 'EUR', amount: '5' }]]]));
    const { count, upto } = await store.exceptions.count({ pairId: 'pi', open: true });
    expect(count).toBe(4);
    await store.exceptions.open({ subject: 'inc-5', pairId: 'pi', step: 'accept', failure: failure('CAP') });
    const first = await store.exceptions.targets({ pairId: 'pi' }, { act: 'b', after: '0', upto, limit: 3 });
    const rest = await store.exceptions.targets({ pairId: 'pi' }, { act: 'b', after: first[2]?.place ?? '', upto, limit: 3 });
    expect([...first, ...rest].map((e) => e.subject)).toEqual(['inc-1', 'inc-2', 'inc-3', 'inc-4']);
    const newest = await store.exceptions.list({ pairId: 'pi', open: true, limit: 2 });
    expect((await store.exceptions.list({ pairId: 'pi', open: true, before: newest[1]?.place ?? '' })).map((e) => e.subject)).toEqual(['inc-3', 'inc-2', 'inc-1']);
  });
  it('keeps what stood before and after mapping, and every correction with who and why', async () => {
    await store.copies.keep({ runId: 'rc', pairId: 'p' }, { source: '{"a":1}' });
    await store.copies.keep({ runId: 'rc', pairId: 'p' }, { canonical: '{"b":2}' });
    expect(await store.copies.get('rc')).toMatchObject({ source: '{"a":1}', canonical: '{"b":2}' });
    const edit = (canonical: string) => ({ canonical, baseHash: 'h', baseVersion: 'v', diff: [{ path: '/b', before: 2, after: 3 }], by: 'ann', reason: 'typo' });
    await store.copies.edit('rc', edit('{"b":3}'));
    await store.copies.edit('rc', edit('{"b":4}'));
    expect(await store.copies.activeEdit('rc')).toMatchObject({ canonical: '{"b":4}', by: 'ann', diff: [{ path: '/b', before: 2, after: 3 }] });
    await store.copies.dropEdit('rc');
    expect(await store.copies.activeEdit('rc')).toBeUndefined();
    expect((await store.copies.edits('rc')).map((e) => e.canonical)).toEqual(expect.arrayContaining(['{"b":3}', '{"b":4}']));
  });
  it('knows which orders of the source no delivery spoke of', async () => {
    await store.inbox.put(entry({ orderId: '71', version: '2026-01-02T00:00:00Z', sourceId: 'sw' }));
    const told = await store.inbox.missing({ pairId: entry().pairId, sourceId: 'sw' }, [{ orderId: '71', version: '2026-01-01T00:00:00Z' }, { orderId: '71', version: '2026-01-03T00:00:00Z' }, { orderId: '72', version: '2026-01-01T00:00:00Z' }]);
    expect(told.map((o) => `${o.orderId}@${o.version.slice(0, 10)}`)).toEqual(['71@2026-01-03', '72@2026-01-01']);
  });
});

it('names the place, never the password, when the database is away', async () => {
  const store = createStore({ databaseUrl: 'postgres://u:hunter2@127.0.0.1:1/db', keyRing });
  await expect(store.ping()).rejects.toThrow(/127\.0\.0\.1:1/);
  await expect(store.ping()).rejects.not.toThrow(/hunter2/);
  await store.close();
});

it('loses no acknowledged row when the embedded store is killed with SIGKILL', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'tieout-kill-'));
  const first = await startChild<{ url: string }>('cli/store-main.js', ['--data', dir]);
  const before = createStore({ databaseUrl: first.ready.url, keyRing });
  await before.migrate();
  const ids = await Promise.all(Array.from({ length: 20 }, async () => (await before.inbox.put(entry())).id));
  await first.kill('SIGKILL');
  await before.close();
  const second = await startChild<{ url: string }>('cli/store-main.js', ['--data', dir]);
  const after = createStore({ databaseUrl: second.ready.url, keyRing });
  for (const id of ids) expect((await after.inbox.get(id))?.orderId).toBe('820982911946154508');
  await after.close();
  await second.kill();
  rmSync(dir, { recursive: true, force: true });
}, 60_000);

it('keeps statements of many connections apart: every one gets its own answer', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'tieout-turns-'));
  const server = await startChild<{ url: string }>('cli/store-main.js', ['--data', dir]);
  const clients = await Promise.all(Array.from({ length: 8 }, async () => { const c = new Client({ connectionString: server.ready.url }); await c.connect(); return c; }));
  await clients[0]?.query('create table t (k text primary key, v int)');
  await Promise.all(clients.map(async (c, n) => {
    for (let i = 0; i < 40; i += 1) {
      if (i % 5 === 0) await c.query('begin');
      await c.query('insert into t (k, v) values ($1, $2)', [`${n}-${i}`, i]);
      expect((await c.query<{ a: string; b: number }>('select $1::text as a, $2::int as b', [`x${n}`, i])).rows[0]).toEqual({ a: `x${n}`, b: i });
      if (i % 5 === 0) await c.query('commit');
      if (i % 7 === 0) await expect(c.query('select $1::int', ['no number'])).rejects.toThrow();
    }
  }));
  expect((await clients[0]?.query<{ n: string }>('select count(*) as n from t'))?.rows[0]?.n).toBe('320');
  await Promise.all(clients.map((c) => c.end()));
  await server.kill();
  rmSync(dir, { recursive: true, force: true });
}, 60_000);
