import { createHmac, randomUUID } from 'node:crypto';
import { type AddressInfo } from 'node:net';
import pino from 'pino';
import Stripe from 'stripe';
import { type InboxEntry, type InboxRow, type Role, type RunRow, type Store } from '../store/types';
import { createApi } from './app';
import { type ApiDeps, type OrderDoor } from './deps';
import { relayOne } from './relay';
import { routes } from './routes';
import { Tide } from './tide';

const shop = 'a.myshopify.com';
const logged: string[] = [];
const story = { runId: 'order-to-cash/p/shopify/1', pairId: 'p', sourceId: 'shopify', orderId: '1', phase: 'awaiting-approval', waitingFor: 'x', needsAttention: false, gpInvoices: [], xeroInvoices: [], payments: [], receipts: [], hops: [], warnings: [], updatedAt: '2026-01-01T00:00:00Z' };
const run = { ...story, story, createdAt: '2026-01-01T00:00:00Z' } as unknown as RunRow;

/** A store in memory with just what the doors use. */
function memory(): { store: Store; rows: (InboxEntry & { id: string })[]; broken: { put: boolean; ping: boolean }; known: { version: boolean; payment: boolean } } {
  const rows: (InboxEntry & { id: string })[] = [];
  const broken = { put: false, ping: false };
  const known = { version: false, payment: false };
  const keys: Record<string, Role> = { viewer_key_0001: 'viewer', operator_key_01: 'operator', approver_key_01: 'approver', admin_key_00001: 'admin' };
  const store = {
    inbox: {
      put: async (e: InboxEntry) => { if (broken.put) throw new Error('disk full'); const old = rows.find((r) => r.dedupKey === e.dedupKey); if (old) return { id: old.id, fresh: false }; const id = randomUUID(); rows.push({ ...e, id }); return { id, fresh: true }; },
      get: async (id: string) => rows.find((r) => r.id === id), list: async () => [], finish: async () => undefined, knowsVersion: async () => known.version,
    },
    payments: { runOf: async () => (known.payment ? { runId: 'r', paymentId: 'pi_1' } : undefined) },
    runs: { list: async () => [run], counts: async () => ({ 'tied-out': 1 }), get: async (id: string) => (id === story.runId ? run : undefined), seqOf: async () => 7 },
    documents: { byRun: async () => [] }, copies: { get: async () => undefined, edits: async () => [] }, bulk: { create: async () => 'b', get: async () => undefined, list: async () => [] },
    exceptions: { list: async () => [], get: async () => undefined, incidents: async () => [], standings: async () => [], assign: async () => 0, decideDeliveries: async (ids: string[]) => ids, count: async () => ({ count: 0, upto: '0' }), open: async () => ({ id: 'e', fresh: true }), close: async () => undefined }, pairs: { list: async () => [], get: async () => undefined }, mappings: { list: async () => [], get: async () => undefined }, notices: { list: async () => [] },
    master: { batches: { get: async () => undefined, list: async () => [] }, issues: { get: async () => undefined, list: async () => [] }, links: { list: async () => [], history: async () => [] } },
    apiKeys: { verify: async (s: string) => (keys[s] ? { id: s, name: `${keys[s]} person`, role: keys[s], createdAt: 'x' } : undefined), list: async () => [], create: async () => ({ row: { id: 'k', name: 'n', role: 'viewer', createdAt: 'x' }, secret: 's' }), revoke: async () => true },
    audit: { add: async () => undefined, list: async () => [] }, ping: async () => { if (broken.ping) throw new Error('down'); },
  } as unknown as Store;
  return { store, rows, broken, known };
}

function door(over: Partial<OrderDoor> = {}): OrderDoor & { sent: unknown[] } {
  const sent: unknown[] = [];
  return { sent, start: async (i) => { sent.push(['start', i]); return 'started'; }, signal: async (...a) => { sent.push(['signal', ...a]); return 'sent'; }, paymentSeen: async (...a) => { sent.push(['payment', ...a]); return 'sent'; }, reopen: async (i) => { sent.push(['reopen', i]); return 'started'; }, startBulk: async () => undefined, isRunning: async () => false, endedEarly: async () => [], story: async () => undefined, ready: async () => true, ...over };
}

describe('api', () => {
  const mem = memory();
  const orders = door();
  let ready = true;
  let nudges = 0;
  const deps: ApiDeps = {
    store: mem.store, orders: { ...orders, ready: async () => ready }, sync: {} as ApiDeps['sync'], log: pino({ level: 'trace' }, { write: (line: string) => { logged.push(line); } }), trustedProxies: 1, uiBaseUrl: 'http://ui', namespace: 'default', version: '1', tide: new Tide(), nudge: () => { nudges += 1; },
    sources: { find: (kind, account) => (kind === 'shopify' && account === shop ? { pairId: 'p', sourceId: 'shopify', secrets: ['new', 'old'], setup: { account } } : kind === 'stripe' && account === 's' ? { pairId: 'p', sourceId: 'shopify', secrets: ['whsec'], setup: { account } } : kind === 'xero' && account === 'x' ? { pairId: 'p', sourceId: 'xero', secrets: ['xk'], setup: { account } } : undefined) },
  };
  const server = createApi(deps).listen(0);
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  afterAll(() => { server.close(); server.closeAllConnections(); });

  const hook = (body: string, over: { secret?: string; headers?: Record<string, string>; path?: string } = {}): Promise<Response> => fetch(`${base}${over.path ?? `/webhooks/shopify/${shop}`}`, {
    method: 'POST', body, headers: { 'x-shopify-topic': 'orders/create', 'x-shopify-shop-domain': shop, 'x-shopify-webhook-id': randomUUID(), 'x-shopify-hmac-sha256': createHmac('sha256', over.secret ?? 'new').update(body).digest('base64'), ...over.headers },
  });

  it('stores a rightly signed delivery byte for byte, once, and answers 200 for its copies', async () => {
    const body = '{"id":820982911946154508, "note":"a\\/b é"}\r\n';
    const headers = { 'x-shopify-event-id': 'e1' };
    expect((await hook(body, { headers })).status).toBe(200);
    expect(await (await hook(body, { headers, secret: 'old' })).json()).toEqual({ received: true, duplicate: true });
    expect(mem.rows).toHaveLength(1);
    expect(mem.rows[0]).toMatchObject({ orderId: '820982911946154508', topic: 'orders/create', pairId: 'p' });
    expect(mem.rows[0]?.rawBody.toString()).toBe(body);
    expect(nudges).toBe(1);
  });

  it.each([
    ['a forged signature', () => hook('{}', { secret: 'evil' }), 401], ['no signature', () => hook('{}', { headers: { 'x-shopify-hmac-sha256': '' } }), 401], ['an unknown shop', () => hook('{}', { path: '/webhooks/shopify/b.myshopify.com' }), 404],
    ['another shop in the header', () => hook('{}', { headers: { 'x-shopify-shop-domain': 'b.myshopify.com' } }), 400], ['no topic', () => hook('{}', { headers: { 'x-shopify-topic': '' } }), 400],
    ['a GET', () => fetch(`${base}/webhooks/shopify/${shop}`), 405], ['6 MB', () => hook(`{"x":"${'a'.repeat(6_000_000)}"}`), 413],
  ] as [string, () => Promise<Response>, number][])('refuses %s', async (_what, send, status) => {
    const reply = await send();
    expect(reply.status).toBe(status);
    expect(reply.headers.get('content-type')).toContain('application/problem+json');
    expect(await reply.json()).toMatchObject({ status });
  });

  it('takes 3 MB', async () => expect((await hook(`{"id":5,"x":"${'a'.repeat(3_000_000)}"}`)).status).toBe(200));

  it('asks the sender to come again when it cannot write down', async () => {
    mem.broken.put = true;
    expect((await hook('{"id":9}')).status).toBe(503);
    mem.broken.put = false;
  });

  it('verifies Stripe by signature and time, and answers Xero\'s intent-to-receive', async () => {
    const body = JSON.stringify({ id: 'evt_1', type: 'payment_intent.succeeded', created: 1, data: { object: { id: 'pi_1', amount: 5, currency: 'usd' } } });
    const stripe = (timestamp: number): Promise<Response> => fetch(`${base}/webhooks/stripe/s`, { method: 'POST', body, headers: { 'stripe-signature': Stripe.webhooks.generateTestHeaderString({ payload: body, secret: 'whsec', timestamp }) } });
    expect((await stripe(Math.floor(Date.now() / 1000))).status).toBe(200);
    expect((await stripe(Math.floor(Date.now() / 1000) - 400)).status).toBe(401);
    const itr = '{"events":[],"firstEventSequence":0,"lastEventSequence":0,"entropy":"x"}';
    const xero = (key: string): Promise<Response> => fetch(`${base}/webhooks/xero/x`, { method: 'POST', body: itr, headers: { 'x-xero-signature': createHmac('sha256', key).update(itr).digest('base64') } });
    const [right, wrong] = [await xero('xk'), await xero('zz')];
    expect([right.status, await right.text(), right.headers.get('set-cookie'), wrong.status, await wrong.text()]).toEqual([200, '', null, 401, '']);
  });

  const paths = routes.map((r) => ({ ...r, url: r.path.replace('{id}', /^.(runs|approvals)/.test(r.path) ? encodeURIComponent(story.runId) : randomUUID()).replace('{pair}', 'p').replace('{source}', 'shopify').replace('{order}', '1') }));
  // Each door from an address of its own: failed keys are counted by address.
  it.each(paths.map((r, i) => [`${r.method} ${r.path}`, r, `10.0.0.${i}`] as const))('%s asks for a key and for its right', async (_name, route, address) => {
    const call = (key?: string): Promise<Response> => fetch(`${base}${route.url}`, { method: route.method.toUpperCase(), headers: { 'x-forwarded-for': address, ...(key ? { authorization: `Bearer ${key}`, 'content-type': 'application/json' } : {}) }, ...(route.method === 'post' ? { body: JSON.stringify({ decision: route.path.endsWith('approval') ? 'approve' : 'retry', reason: 'r', name: 'n', role: 'viewer' }) } : {}) });
    expect((await call()).status).toBe(401);
    expect((await call('wrong_key_0000')).status).toBe(401);
    const may: Role[] = route.role === 'viewer' ? ['viewer', 'operator', 'approver', 'admin'] : route.role === 'admin' ? ['admin'] : [route.role, 'admin'];
    for (const [key, role] of [['viewer_key_0001', 'viewer'], ['operator_key_01', 'operator'], ['approver_key_01', 'approver'], ['admin_key_00001', 'admin']] as [string, Role][]) {
      const { status } = await call(key);
      if (may.includes(role)) expect(status === 403 || status >= 500).toBe(false); else expect(status).toBe(403);
    }
  });

  it('documents every door and serves the page offline', async () => {
    const document = (await (await fetch(`${base}/openapi.json`)).json()) as { paths: Record<string, Record<string, unknown>> };
    for (const route of routes) expect(document.paths[route.path]?.[route.method]).toBeDefined();
    expect((await fetch(`${base}/docs`)).status).toBe(200);
    expect((await fetch(`${base}/docs/assets/swagger-ui-bundle.js`)).status).toBe(200);
  });

  it('names field and fix for bad input, keeps harmless request ids, and knows nothing at other addresses', async () => {
    const bad = await fetch(`${base}/runs?limit=0`, { headers: { authorization: 'Bearer viewer_key_0001', 'x-request-id': 'mine-1' } });
    expect(bad.status).toBe(400);
    expect(bad.headers.get('x-request-id')).toBe('mine-1');
    expect(await bad.json()).toMatchObject({ errors: [{ field: 'limit' }], instance: 'mine-1' });
    expect((await fetch(`${base}/nowhere`)).status).toBe(404);
  });

  it('says which part is not ready', async () => {
    ready = false;
    const reply = await fetch(`${base}/ready`);
    expect([reply.status, await reply.json()]).toEqual([503, { ready: false, store: true, temporal: false }]);
    ready = true;
    expect((await fetch(`${base}/health`)).status).toBe(200);
  });

  it('wrote no secret, key or body into its log', () => expect(logged.join('')).not.toMatch(/admin_key|viewer_key|whsec|820982911946154508|hmac-sha256/));
});

describe('relay', () => {
  const row = (over: Partial<InboxRow> = {}): InboxRow => ({ id: 'i1', pairId: 'p', sourceId: 'shopify', sourceKind: 'shopify', account: shop, dedupKey: 'd', topic: 'orders/create', deliveryId: 'd', orderId: '1', version: '2026-01-01T00:00:00Z', state: 'new', attempts: 0, receivedAt: '2020-01-01T00:00:00Z', ...over });
  const decide = async (r: InboxRow, over: Partial<OrderDoor> = {}, known: { version?: boolean; payment?: boolean } = {}, body = ''): Promise<{ outcome: Awaited<ReturnType<typeof relayOne>>; sent: unknown[] }> => {
    const mem = memory();
    Object.assign(mem.known, known);
    mem.rows.push({ ...(r as unknown as InboxEntry), id: r.id, rawBody: Buffer.from(body) });
    const orders = door(over);
    return { outcome: await relayOne(r, { store: mem.store, orders } as unknown as ApiDeps), sent: orders.sent };
  };
  const paid = JSON.stringify({ id: 'evt', type: 'payment_intent.succeeded', created: 1, data: { object: { id: 'pi_1', amount: 5, currency: 'usd', metadata: { order_id: '1' } } } });
  const payment = (over: Partial<InboxRow> = {}): InboxRow => row({ sourceKind: 'stripe', topic: 'payment_intent.succeeded', ...over });

  it('starts an unknown order and signals a running one', async () => {
    expect((await decide(row())).outcome).toMatchObject({ state: 'started', workflowId: 'order-to-cash/p/shopify/1' });
    const running = await decide(row({ topic: 'orders/updated' }), { start: async () => 'running' });
    expect(running.outcome).toMatchObject({ state: 'started' });
    expect(running.sent).toMatchObject([['signal', 'order-to-cash/p/shopify/1', 'sourceChanged', { inboxId: 'i1' }]]);
  });
  it('tells nothing twice', async () => {
    const { outcome, sent } = await decide(row(), {}, { version: true });
    expect([(outcome as { state: string }).state, sent]).toEqual(['ignored', []]);
    expect((await decide(payment(), {}, { payment: true }, paid)).outcome).toMatchObject({ state: 'ignored' });
  });
  it('lets nothing disappear: late, unreadable and money topics are parked with a reason', async () => {
    const later = await decide(row(), { start: async () => 'finished' });
    expect([later.outcome, later.sent]).toMatchObject([{ state: 'started' }, [['reopen', { orderId: '1', reopen: { seq: 7 } }]]]);
    expect((await decide(row({ orderId: undefined }))).outcome).toMatchObject({ state: 'parked', reason: { code: 'order-unreadable' } });
    expect((await decide(row({ topic: 'refunds/create' }))).outcome).toMatchObject({ state: 'parked', reason: { code: 'topic-not-handled' } });
    expect((await decide(row({ topic: 'products/update' }))).outcome).toMatchObject({ state: 'ignored' });
    expect((await decide(payment({ orderId: undefined }), {}, {}, paid)).outcome).toMatchObject({ state: 'parked', reason: { code: 'payments-do-not-match' } });
  });
  it('gives the shop\'s word on the same money a moment, then tells the run of the payment', async () => {
    expect((await decide(payment({ receivedAt: new Date().toISOString() }), {}, {}, paid)).outcome).toBe('later');
    expect((await decide(payment(), {}, {}, paid)).sent).toMatchObject([['payment', { orderId: '1' }, { payment: { paymentId: 'pi_1' } }]]);
  });
  it('throws when Temporal is away, so that the row stays and comes again', async () => {
    await expect(decide(row(), { start: async () => { throw new Error('unavailable'); } })).rejects.toThrow('unavailable');
  });
});
