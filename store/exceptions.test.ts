import { randomBytes, randomUUID } from 'node:crypto';
import { storeServers } from '../test/support/store-servers';
import { parseKeyRing } from './sealing';
import { createStore } from './store';
import { type ExceptionFilter, type NewException, type Store } from './types';

const keyRing = parseKeyRing(`k1:${randomBytes(32).toString('base64')}`);
const noItem = (item: string) => ({ code: 'item-not-mapped' as const, field: 'sku', value: item, message: `no item ${item}`, fix: 'map it' });

describe.each(storeServers)('exceptions on %s', (_name, start) => {
  let server: { url: string; stop(): Promise<void> };
  let store: Store;
  beforeAll(async () => {
    server = await start();
    store = createStore({ databaseUrl: server.url, keyRing, poolMax: 2 });
    await store.migrate();
  }, 60_000);
  afterAll(async () => { await store.close(); await server.stop(); });

  const put = (subject: string, over: Partial<NewException> = {}): Promise<{ id: string; fresh: boolean }> => store.exceptions.open({ subject, pairId: 'p', sourceId: 'shopify', step: 'accept', failure: noItem('MUG'), ...over });
  const subjects = async (filter: ExceptionFilter): Promise<string[]> => (await store.exceptions.list(filter)).map((e) => e.subject).sort();

  it('is found by every field of a filter, and by none of them when it differs', async () => {
    const { id } = await put('f/1', { pairId: 'pf', orderId: '7001', orderName: '#1001', amount: '99.99', currency: 'USD' });
    await put('f/2', { pairId: 'pf', sourceId: 'woo', orderId: '7002', step: 'order', amount: '100', currency: 'EUR', failure: { code: 'document-rejected', message: 'm', fix: 'f', system: 'gp' } });
    await put('f/3', { pairId: 'pf', kind: 'delivery', step: 'inbox', failure: { code: 'order-unreadable', message: 'm', fix: 'f' } });
    const both = { pairId: 'pf', open: true };
    const found: [ExceptionFilter, string[]][] = [
      [{ kind: 'delivery' }, ['f/3']], [{ class: 'lookup' }, ['f/1']], [{ code: 'document-rejected' }, ['f/2']], [{ cause: 'item-not-mapped:sku:MUG' }, ['f/1']], [{ system: 'gp' }, ['f/2']], [{ step: 'order' }, ['f/2']], [{ owner: 'master data' }, ['f/1']], [{ sourceId: 'woo' }, ['f/2']],
      [{ orderId: '7001' }, ['f/1']], [{ orderIds: ['7001', '7002', 'none'] }, ['f/1', 'f/2']], [{ orderIds: [] }, []], [{ ids: [id] }, ['f/1']], [{ ids: [] }, []], [{ currency: 'EUR' }, ['f/2']], [{ currency: 'USD', amountMin: '99.99' }, ['f/1']], [{ currency: 'USD', amountMin: '100' }, []], [{ amountMax: '99.99' }, ['f/1']],
      [{ openedBefore: '2020-01-01T00:00:00Z' }, []], [{ openedAfter: '2020-01-01T00:00:00Z' }, ['f/1', 'f/2', 'f/3']], [{ ref: id.slice(0, 8) }, ['f/1']], [{ ref: '1001' }, ['f/1']], [{ ref: '#1001' }, ['f/1']], [{ ref: '7002' }, ['f/2']], [{ ref: 'f/3' }, ['f/3']], [{ ref: '%' }, []], [{ ref: '____' }, []],
    ];
    for (const [filter, expected] of found) expect([filter, await subjects({ ...both, ...filter })]).toEqual([filter, expected]);
    expect(await store.exceptions.standings(both)).toEqual(expect.arrayContaining([{ kind: 'run', step: 'accept', count: 1 }, { kind: 'run', step: 'order', count: 1 }, { kind: 'delivery', step: 'inbox', count: 1 }]));
  });

  it('belongs to who usually mends its class, until somebody is told; a cause given away takes what comes later along', async () => {
    const { id } = await put('a/1', { pairId: 'pa', failure: noItem('CUP') });
    await put('a/2', { pairId: 'pa', failure: noItem('CUP') });
    expect(await store.exceptions.assign({ ids: [id] }, { owner: 'Ann', by: 'bob' })).toBe(1);
    expect(await store.exceptions.incidents({ pairId: 'pa', open: true })).toMatchObject([{ count: 2, owner: 'several' }]);
    expect(await store.exceptions.assign({ cause: 'item-not-mapped:sku:CUP' }, { owner: 'Cy', by: 'bob' })).toBe(2);
    await put('a/3', { pairId: 'pa', failure: noItem('CUP') });
    expect(await store.exceptions.incidents({ pairId: 'pa', open: true })).toMatchObject([{ count: 3, owner: 'Cy' }]);
    await put('a/3', { pairId: 'pa', failure: noItem('CAN') });
    expect((await store.exceptions.list({ subject: 'a/3', open: true }))[0]?.owner).toBe('Cy');
    expect(await store.exceptions.assign({ cause: 'item-not-mapped:sku:CUP' }, { owner: null, by: 'bob' })).toBe(2);
    await put('a/4', { pairId: 'pa', failure: noItem('CUP') });
    expect(await subjects({ pairId: 'pa', open: true, owner: 'master data' })).toEqual(['a/1', 'a/2', 'a/4']);
  });

  it('counts a word of its run once, however often a process that died says it again', async () => {
    const attempts = async (): Promise<number | undefined> => (await store.exceptions.list({ subject: 'w/1' }))[0]?.attempts;
    const counted: (number | undefined)[] = [];
    for (const stand of [3, 3, 5, 5, 3]) { await put('w/1', { stand }); counted.push(await attempts()); }
    expect(counted).toEqual([1, 1, 2, 2, 2]);
  });

  it('is decided by one person at a time, is free again when it comes back, and remembers who decided when it closes', async () => {
    const { id } = await put('t/1');
    const claim = (act: string, by: string, graceMs = 60_000): Promise<string[]> => store.exceptions.take([id], { decision: 'retry', by, reason: `${by} says so`, act, graceMs });
    expect([await claim('1', 'ann'), await claim('2', 'bob'), await claim('1', 'ann')]).toEqual([[id], [], [id]]);
    expect((await store.exceptions.get(id))?.taken).toMatchObject({ decision: 'retry', by: 'ann' });
    expect(await claim('2', 'bob', 0)).toEqual([id]);
    await store.exceptions.release([id], 'another');
    expect((await store.exceptions.get(id))?.taken?.by).toBe('bob');
    await put('t/1');
    expect((await store.exceptions.get(id))?.taken).toBeUndefined();
    expect(await claim('3', 'cy')).toEqual([id]);
    await store.exceptions.close('t/1', { outcome: 'tied-out' });
    expect(await store.exceptions.get(id)).toMatchObject({ outcome: 'tied-out', decision: 'retry', by: 'cy', reason: 'cy says so' });
    expect(await claim('4', 'di', 0)).toEqual([]);
  });

  it('counts one incident per cause with its money by currency and the words of the oldest', async () => {
    for (const [n, currency] of [[1, 'USD'], [2, 'EUR'], [3, 'USD']] as const) await put(`i/${n}`, { pairId: 'pi', failure: { ...noItem('HAT'), message: `words ${n}` }, amount: '0.10', currency });
    expect(await store.exceptions.incidents({ pairId: 'pi', open: true })).toMatchObject([{ count: 3, message: 'words 1', fix: 'map it', money: [{ currency: 'EUR', amount: '0.10' }, { currency: 'USD', amount: '0.20' }] }]);
    for (const n of [1, 2, 3]) await store.exceptions.close(`i/${n}`, { outcome: 'tied-out' });
    expect(await store.exceptions.incidents({ pairId: 'pi', open: true })).toEqual([]);
  });

  it('pages past any limit without a gap or a double', async () => {
    const db = Array.from({ length: 37 }, (_, i) => `g/${String(i).padStart(2, '0')}`);
    for (const subject of db) await put(subject, { pairId: 'pg' });
    const seen: string[] = [];
    for (let before: string | undefined; ;) {
      const page = await store.exceptions.list({ pairId: 'pg', open: true, limit: 10, ...(before ? { before } : {}) });
      seen.push(...page.map((e) => e.subject));
      before = page[page.length - 1]?.place;
      if (page.length < 10) break;
    }
    expect(seen).toEqual([...db].reverse());
  });

  it('finds runs and deliveries by what people have in hand', async () => {
    const story = { runId: 'order-to-cash/p/s/9', pairId: 'p', sourceId: 's', orderId: '9', orderName: '#99', phase: 'parked' as const, waitingFor: '', needsAttention: false, gpInvoices: [], xeroInvoices: [], payments: [], receipts: [], hops: [], warnings: [], updatedAt: '2026-01-01T00:00:00Z' };
    await store.runs.project(story, 1);
    for (const ref of ['9', '99', '#99', story.runId]) expect((await store.runs.list({ ref })).map((r) => r.runId)).toEqual([story.runId]);
    expect(await store.runs.list({ ref: 'nine' })).toEqual([]);
    const ids: string[] = [];
    for (const n of [1, 2, 3]) ids.push((await store.inbox.put({ pairId: 'px', sourceId: 's', sourceKind: 'shopify', account: 'a', dedupKey: randomUUID(), topic: 'orders/create', deliveryId: `d${n}`, orderId: '31', rawBody: Buffer.from('{}') })).id);
    expect((await store.inbox.list({ ref: 'd2' })).map((d) => d.id)).toEqual([ids[1]]);
    expect((await store.inbox.list({ ref: ids[0]?.slice(0, 13) ?? '' })).map((d) => d.id)).toEqual([ids[0]]);
    const [first] = await store.inbox.list({ ref: '31', limit: 1 });
    expect((await store.inbox.list({ ref: '31', beforePlace: first?.place ?? '' })).map((d) => d.id)).toEqual([ids[1], ids[0]]);
  });

  it('keeps decisions over many, newest first', async () => {
    const act = (reason: string): Promise<string> => store.bulk.create({ by: 'ann', filter: { open: true }, decision: { decision: 'retry', reason }, total: 1, upto: '1' });
    const [a, b] = [await act('one'), await act('two')];
    expect((await store.bulk.list(2)).map((x) => x.id)).toEqual([b, a]);
    await store.audit.add();
    await store.audit.add({ who: 'ann', action: 'x', subject: 'many' }, { who: 'bob', action: 'y', subject: 'many', detail: { reason: 'r' } });
    expect((await store.audit.list({ subject: 'many' })).map((e) => e.who)).toEqual(['bob', 'ann']);
  });
});
