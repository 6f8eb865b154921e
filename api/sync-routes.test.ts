import { randomBytes } from 'node:crypto';
import demo from '../config/pairs/demo.json';
import { type MasterRecord } from '../canonical/master';
import { parseKeyRing } from '../store/sealing';
import { createStore } from '../store/store';
import { type SyncIssue } from '../store/master-types';
import { type ApiKeyRow, type Store } from '../store/types';
import { storeServers } from '../test/support/store-servers';
import { type ApiDeps } from './deps';
import { Problem } from './problem';
import { type SyncDoor } from './sync-door';
import { syncRoutes } from './sync-routes';

const key = { id: 'k', name: 'ann', role: 'operator', createdAt: 'x' } as ApiKeyRow;
let store: Store;
let stop: () => Promise<void>;
const told: unknown[] = [];
/** Stands in for the runs: an answer closes its question, as theirs does. */
const sync: SyncDoor = {
  start: async (run) => { told.push(['start', run]); return 'started'; }, stop: async (id) => { told.push(['stop', id]); return 'sent'; },
  progress: async () => ({ kind: 'customer', mode: 'full', stage: 'pages', done: 50, total: 200, perSecond: 25, secondsLeft: 6, totals: {} as never, stopping: false }),
  changed: async (record, ref) => { told.push(['changed', record.key, ref]); }, sweep: async () => undefined,
  decide: async (_record, { ref, choice }) => { told.push(['decide', ref, choice]); await store.master.issues.close(choice.issueId ?? '', { decision: choice.decision ?? '', by: choice.by, reason: choice.reason }); },
};
beforeAll(async () => {
  const started = await (storeServers[0] as (typeof storeServers)[0])[1]();
  store = createStore({ databaseUrl: started.url, keyRing: parseKeyRing(`k1:${randomBytes(32).toString('base64')}`) });
  await store.migrate();
  await store.pairs.put('demo', { ...demo, sync: { item: {}, customer: {}, vendor: { enabled: false } } });
  await store.pairs.put('none', { ...demo, pairId: 'none', sync: {} });
  stop = async () => { await store.close(); await started.stop(); };
}, 60_000);
afterAll(() => stop());
beforeEach(() => { told.length = 0; });

async function call(method: string, path: string, more: { params?: Record<string, string>; query?: Record<string, unknown>; body?: Record<string, unknown>; role?: ApiKeyRow['role'] } = {}): Promise<Record<string, unknown>> {
  const route = syncRoutes.find((r) => r.method === method && r.path === path);
  if (!route) throw new Error(`no ${path}`);
  const fit = route.body?.safeParse(more.body ?? {});
  if (fit && !fit.success) throw new Problem(400, fit.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; '));
  return route.reply.parse(await route.handle({ params: more.params ?? {}, query: more.query ?? {}, body: more.body ?? {}, key: { ...key, role: more.role ?? key.role } }, { store, sync } as ApiDeps)) as Record<string, unknown>;
}
const refused = async (act: Promise<unknown>): Promise<[number, string]> => act.then(() => [200, ''], (e: unknown) => (e instanceof Problem ? [e.status, `${e.title} ${JSON.stringify(e.more)}`] : Promise.reject(e)));
const record = (system: 'gp' | 'xero', id: string, name = id): MasterRecord => ({ kind: 'customer', system, id, fields: { name }, state: 'active', version: '2026-11-01T00:00:00.000Z' });
const keep = (...records: MasterRecord[]): Promise<number> => store.master.snapshot.keep('demo', records.map((r) => ({ record: r, keys: [] })), { mark: true });

describe('batches by api', () => {
  it('starts the kinds asked for in the order one needs the other, shows progress, stops and resumes; all on record', async () => {
    const batch = await call('post', '/sync', { body: { pairId: 'demo', kinds: ['item', 'customer'], mode: 'full' } });
    expect(batch).toMatchObject({ pairId: 'demo', kinds: ['customer', 'item'], mode: 'full', state: 'running', who: 'ann', done: 0 });
    const params = { id: String(batch['id']) };
    expect(told).toEqual([['start', { batchId: batch['id'], pairId: 'demo', kinds: ['customer', 'item'], mode: 'full', who: 'ann' }]]);
    expect(await call('get', '/sync/{id}', { params })).toMatchObject({ now: { done: 50, total: 200, perSecond: 25, secondsLeft: 6 } });
    expect(await call('post', '/sync/{id}/stop', { params })).toEqual({ ok: true });
    await store.master.batches.end(params.id, 'stopped');
    expect(await call('post', '/sync/{id}/resume', { params })).toMatchObject({ state: 'running' });
    await store.master.batches.end(params.id, 'done');
    expect((await refused(call('post', '/sync/{id}/resume', { params })))[0]).toBe(409);
    expect((await call('get', '/sync', { query: { pairId: 'demo' } }))['batches']).toMatchObject([{ id: batch['id'], state: 'done' }]);
    expect((await store.audit.list({ subject: `sync/${params.id}` })).map((a) => a.action)).toEqual(['sync:resume', 'sync:stop', 'sync:start-full']);
  });
  it('refuses what the pair does not keep, by name; a kind that is switched off can be previewed', async () => {
    expect(await refused(call('post', '/sync', { body: { pairId: 'demo', kinds: ['account'] } }))).toEqual([400, expect.stringMatching(/account.*one of customer, item/)]);
    expect((await refused(call('post', '/sync', { body: { pairId: 'demo', kinds: ['vendor'] } })))[0]).toBe(400);
    expect(await call('post', '/sync', { body: { pairId: 'demo', kinds: ['vendor'], mode: 'preview' } })).toMatchObject({ kinds: ['vendor'] });
    expect((await refused(call('post', '/sync', { body: { pairId: 'none' } })))[0]).toBe(409);
    expect((await refused(call('post', '/sync', { body: { pairId: 'nowhere' } })))[0]).toBe(404);
    expect((await refused(call('get', '/sync/{id}', { params: { id: '../x' } })))[0]).toBe(404);
    expect((await refused(call('post', '/sync', { body: { pairId: 'demo', mode: 'everything' } })))[0]).toBe(400);
  });
});

describe('questions by api', () => {
  const open = (over: Partial<SyncIssue>): Promise<string> => store.master.issues.open({ pairId: 'demo', kind: 'customer', type: 'conflict', subject: 'gp/C1', gpId: 'C1', xeroId: 'X1', title: 'Adatum: phone', detail: { conflicts: [{ field: 'phone', label: 'phone', gp: '1', xero: '2', why: 'both-changed' }] }, ...over });
  const decide = (id: string, body: Record<string, unknown>): Promise<Record<string, unknown>> => call('post', '/sync/questions/{id}/decision', { params: { id }, body: { reason: 'called them', ...body } });

  it('lists them without both versions, shows one with them, and takes a decision per field or for all of one side', async () => {
    const id = await open({});
    const listed = await call('get', '/sync/questions', { query: { pairId: 'demo', type: 'conflict' } });
    expect([listed['questions'], JSON.stringify(listed).includes('conflicts')]).toMatchObject([[{ id, title: 'Adatum: phone' }], false]);
    expect(await call('get', '/sync/questions/{id}', { params: { id } })).toMatchObject({ decisions: ['take', 'leave'], detail: { conflicts: [{ gp: '1' }] } });
    expect(await decide(id, { decision: 'take', side: 'xero' })).toEqual({ ok: true, id, decision: 'take' });
    expect(told).toEqual([['decide', { system: 'gp', id: 'C1' }, { by: 'ann', reason: 'called them', issueId: id, decision: 'take', fields: { phone: 'xero' } }]]);
    expect((await store.audit.list({ subject: 'sync/demo/customer/gp/C1' }))[0]).toMatchObject({ who: 'ann', action: 'sync:take', detail: { reason: 'called them', fields: { phone: 'xero' } } });
    expect(await refused(decide(id, { decision: 'leave' }))).toEqual([409, expect.stringContaining('ann decided')]);
  });
  it('refuses a decision without a reason, of the wrong kind, about another field, or for a record that is not there', async () => {
    const id = await open({ subject: 'gp/C2' });
    expect(await refused(decide(id, { decision: 'take', side: 'gp', reason: ' ' }))).toEqual([400, expect.stringContaining('a reason')]);
    expect(await refused(decide(id, { decision: 'take' }))).toEqual([400, expect.stringContaining('give side')]);
    expect(await refused(decide(id, { decision: 'take', fields: { email: 'gp' } }))).toEqual([400, expect.stringMatching(/email.*phone/)]);
    expect(await refused(decide(id, { decision: 'create' }))).toEqual([400, expect.stringContaining('one of take, leave')]);
    const match = await open({ type: 'match', subject: 'gp/C3', detail: { record: record('gp', 'C3'), candidates: [{ record: record('xero', 'X3'), score: 80, reasons: [] }] } });
    expect(await refused(decide(match, { decision: 'link' }))).toEqual([400, expect.stringContaining('counterpart')]);
    expect(await refused(decide(match, { decision: 'link', counterpart: 'X9' }))).toEqual([400, expect.stringContaining('one of X3')]);
    await keep(record('xero', 'X3'));
    await decide(match, { decision: 'link', counterpart: 'X3' });
    expect(told).toEqual([['decide', { system: 'gp', id: 'C3' }, expect.objectContaining({ counterpart: { id: 'X3' } })]]);
  });
  it('about a record that is gone, the word goes to the record that is gone', async () => {
    const id = await open({ type: 'deleted', subject: 'gp/C4', detail: { record: record('xero', 'X4') } });
    await decide(id, { decision: 'take', side: 'xero' });
    expect(told).toEqual([['decide', { system: 'xero', id: 'X4' }, expect.objectContaining({ fields: { '~state': 'xero' } })]]);
  });
  it('whose answer came second is told so', async () => {
    const id = await open({ subject: 'gp/C5' });
    const { decide: first } = sync;
    sync.decide = async (record_, word) => first(record_, { ...word, choice: { ...word.choice, by: 'bob' } });
    expect(await refused(decide(id, { decision: 'leave' }))).toEqual([409, expect.stringContaining('bob decided')]);
    sync.decide = first;
  });
});

describe('the cross-reference by api', () => {
  const link = (gpId: string, xeroId: string): Promise<Record<string, unknown>> => call('post', '/sync/links', { body: { pairId: 'demo', kind: 'customer', gpId, xeroId, reason: 'same firm' } });
  it('links, moves and unlinks with a history, finds by either id, and never lets one stand for two', async () => {
    await keep(record('gp', 'L1'), record('gp', 'L2'), record('xero', 'Y1'), record('xero', 'Y2'));
    expect(await link('L1', 'Y1')).toMatchObject({ gpId: 'L1', xeroId: 'Y1' });
    expect(told).toEqual([['changed', 'gp/L1', { system: 'gp', id: 'L1' }]]);
    expect(await refused(link('L2', 'Y1'))).toEqual([409, expect.stringContaining('stands for L1')]);
    expect(await refused(link('L2', 'Y9'))).toEqual([404, expect.stringContaining('Y9')]);
    expect(await link('L1', 'Y2')).toMatchObject({ xeroId: 'Y2' });
    for (const id of ['L1', 'Y2']) expect((await call('get', '/sync/links', { query: { pairId: 'demo', id } }))['links']).toMatchObject([{ gpId: 'L1', xeroId: 'Y2' }]);
    expect(await call('post', '/sync/links/unlink', { body: { pairId: 'demo', kind: 'customer', gpId: 'L1', reason: 'a mistake' } })).toEqual({ ok: true });
    expect((await refused(call('post', '/sync/links/unlink', { body: { pairId: 'demo', kind: 'customer', gpId: 'L1', reason: 'again' } })))[0]).toBe(404);
    const { changes } = await call('get', '/sync/links/history', { query: { pairId: 'demo', kind: 'customer', system: 'gp', id: 'L1' } });
    expect((changes as { action: string; who: string }[]).map((c) => [c.action, c.who])).toEqual([['linked', 'ann'], ['moved', 'ann'], ['unlinked', 'ann']]);
    expect((await store.audit.list({ subject: 'sync/demo/customer/gp/L1' })).map((a) => a.action)).toEqual(['sync:unlink', 'sync:set-link', 'sync:set-link']);
  });
  it('tells what is held only in part: to a viewer which fields, to an operator the values too', async () => {
    const { links } = store.master;
    await links.link({ pairId: 'none', kind: 'customer', gpId: 'H1', xeroId: 'H2', who: 'ann', reason: 'r' });
    await links.link({ pairId: 'none', kind: 'customer', gpId: 'H3', xeroId: 'H4', who: 'ann', reason: 'r' });
    const part = { field: 'name', label: 'name', system: 'gp' as const, how: 'shortened' as const, full: 'Adatum Corporation', held: 'Adatum Crp', says: 'name "Adatum Corporation" was shortened' };
    await links.remember('none', 'customer', [{ gpId: 'H1', rev: 1, base: { gp: {}, xero: {} }, held: [part] }]);
    const ask = { pairId: 'none', partly: 'true' };
    expect((await call('get', '/sync/links', { query: ask }))['links']).toMatchObject([{ gpId: 'H1', held: [part] }]);
    for (const role of ['viewer', 'approver'] as const) expect((await call('get', '/sync/links', { query: ask, role }))['links']).toMatchObject([{ held: [{ field: 'name', label: 'name', system: 'gp', how: 'shortened' }] }]);
    expect(JSON.stringify(await call('get', '/sync/links', { query: ask, role: 'viewer' }))).not.toContain('Adatum');
    expect((await call('get', '/sync/links', { query: { pairId: 'none' } }))['links']).toHaveLength(2);
  });
  it('tells how many each side holds and what waits', async () => {
    expect(await call('get', '/sync/stand', { query: { pairId: 'demo' } })).toMatchObject({ kinds: [{ kind: 'vendor', enabled: false }, { kind: 'customer', gp: 2, xero: 3 }, { kind: 'item', gp: 0 }] });
  });
});
