import { randomBytes } from 'node:crypto';
import demo from '../config/pairs/demo.json';
import { shippedMapping } from '../mapping/documents/shipped';
import { parseKeyRing } from '../store/sealing';
import { createStore } from '../store/store';
import { type ApiKeyRow, type Store } from '../store/types';
import { storeServers } from '../test/support/store-servers';
import { type ApiDeps } from './deps';
import { mappingRoutes } from './mapping-routes';
import { Problem } from './problem';

const [server] = storeServers;
const name = 'payment-to-xero-payment';
const key = { id: 'k', name: 'ann', role: 'admin', createdAt: 'x' } as ApiKeyRow;
let store: Store;
let stop: () => Promise<void>;
beforeAll(async () => {
  const started = await (server as (typeof storeServers)[0])[1]();
  store = createStore({ databaseUrl: started.url, keyRing: parseKeyRing(`k1:${randomBytes(32).toString('base64')}`) });
  await store.migrate();
  await store.pairs.put('demo', demo);
  stop = async () => { await store.close(); await started.stop(); };
}, 60_000);
afterAll(() => stop());

async function call(method: string, path: string, more: { params?: Record<string, string>; query?: Record<string, unknown>; body?: Record<string, unknown> } = {}): Promise<Record<string, unknown>> {
  const route = mappingRoutes.find((r) => r.method === method && r.path === path);
  if (!route) throw new Error(`no ${path}`);
  const reply = await route.handle({ params: { pair: 'demo', name, ...more.params }, query: more.query ?? {}, body: more.body ?? {}, key }, { store } as ApiDeps);
  return route.reply.parse(reply) as Record<string, unknown>;
}
/** The version that ships; drafts are numbered above it. */
const ships = shippedMapping(name).version;
const place = '/mappings/{pair}/{name}';
const document = (over: object = {}): object => ({ ...JSON.parse(JSON.stringify(shippedMapping(name))) as object, ...over });
const refused = async (act: Promise<unknown>): Promise<[number, string]> => act.then(() => [200, ''], (e: unknown) => (e instanceof Problem ? [e.status, `${e.title} ${JSON.stringify(e.more)}`] : Promise.reject(e)));

describe('mapping documents by api', () => {
  it('lists what ships, and reads it', async () => {
    expect(((await call('get', '/mappings/{pair}'))['mappings'] as object[])).toContainEqual(expect.objectContaining({ name, version: ships, own: false, drafts: 0 }));
    expect(await call('get', place)).toMatchObject({ state: 'shipped', versions: [], document: { name } });
    expect((await refused(call('get', place, { params: { name: 'nothing' } })))[0]).toBe(404);
    expect((await refused(call('get', '/mappings/{pair}', { params: { pair: 'other' } })))[0]).toBe(404);
  });
  it('a draft is numbered, checked and tested before it works; the one before is retired', async () => {
    const rules = (shippedMapping(name).rules as object[]).map((r) => ('to' in r && r.to === 'Reference' ? { ...r, expression: '$params.orderKey & " " & paymentId' } : r));
    const bad = await call('post', `${place}/draft`, { body: { document: document({ rules: [...rules, { kind: 'constant', to: 'Nothing', value: 1 }] }), reason: 'a try' } });
    expect(bad).toMatchObject({ version: ships + 1, state: 'draft', by: 'ann' });
    expect(await refused(call('post', `${place}/versions/{version}/publish`, { params: { version: String(ships + 1) }, body: { reason: 'go' } }))).toEqual([409, expect.stringContaining('has no field')]);
    await call('post', `${place}/draft`, { body: { document: document({ rules }), reason: 'a blank' } });
    expect(await refused(call('post', `${place}/versions/{version}/publish`, { params: { version: String(ships + 2) }, body: { reason: 'go' } }))).toEqual([409, expect.stringContaining('a card payment')]);
    await call('post', `${place}/draft`, { body: { document: document({ rules, tests: [{ ...shippedMapping(name).tests[0], expect: { Reference: 'SHP-1001 pi_3Nxyz1234567890abcdefghij' } }] }), reason: 'a blank, tested' } });
    expect(await call('post', `${place}/versions/{version}/publish`, { params: { version: String(ships + 3) }, body: { reason: 'go' } })).toEqual({ ok: true });
    expect(await call('get', place)).toMatchObject({ state: 'published', document: { version: ships + 3 } });
    expect((await refused(call('post', `${place}/versions/{version}/publish`, { params: { version: String(ships + 3) }, body: { reason: 'again' } })))[0]).toBe(409);
    expect(await call('get', `${place}/diff`, { query: { from: String(ships), to: String(ships + 3) } })).toMatchObject({ same: false, changes: [{ says: expect.stringContaining('Reference is the result of') as string }, {}, {}, {}] });
    expect(await call('get', `${place}/versions/{version}`, { params: { version: String(ships) } })).toMatchObject({ state: 'shipped' });
  });
  it('runs on a recorded document with the pair\'s own tables, and says why', async () => {
    const ask = { params: { invoiceId: 'x', orderKey: 'SHP-1', date: '2026-11-02', baseCurrency: 'USD' }, sourceText: '{"paymentId":"p","aliases":[],"gateway":"stripe","amount":{"minor":"1200","currency":"USD"},"paidAt":"2026-11-02T10:00:00Z"}' };
    expect(await call('post', `${place}/run`, { body: ask })).toMatchObject({ ok: true, version: ships + 3, value: { Account: { Code: '091' }, Reference: 'SHP-1 p' }, explanations: expect.arrayContaining([expect.objectContaining({ field: 'Account.Code', because: expect.stringContaining('lookup gateways, row') as string })]) as unknown });
    expect(await call('post', `${place}/run`, { body: { ...ask, version: ships } })).toMatchObject({ ok: true, version: ships, value: { Reference: 'SHP-1/p' } });
    expect(await call('post', `${place}/run`, { body: { ...ask, sourceText: ask.sourceText.replace('stripe', 'bank of nowhere') } })).toMatchObject({ ok: false, failure: { code: 'gateway-not-mapped', value: 'bank of nowhere' } });
  });
  it('checks and tests what is not kept; refuses what is no document', async () => {
    expect(await call('post', '/mappings/check', { body: { document: document() } })).toMatchObject({ ok: true, findings: [] });
    expect(await call('post', '/mappings/test', { body: { document: document() } })).toMatchObject({ ok: true });
    expect((await refused(call('post', '/mappings/check', { body: { document: { rules: 1 } } })))[0]).toBe(400);
    expect((await refused(call('post', `${place}/draft`, { params: { name: 'other-name' }, body: { document: document(), reason: 'x' } })))[0]).toBe(400);
  });
  it('retiring falls back to what ships, and all of it is on record', async () => {
    await call('post', `${place}/versions/{version}/retire`, { params: { version: String(ships + 3) }, body: { reason: 'wrong' } });
    expect(await call('get', place)).toMatchObject({ state: 'shipped' });
    expect((await store.audit.list({ subject: `mapping/demo/${name}` })).map((a) => a.action)).toEqual(['mapping:retire', 'mapping:publish', 'mapping:draft', 'mapping:draft', 'mapping:draft']);
  });
});
