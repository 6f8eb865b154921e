import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Story } from '../canonical/story';
import { parsePair } from '../mapping/pair';
import { parseKeyRing } from '../store/sealing';
import { createStore } from '../store/store';
import { type Store } from '../store/types';
import { storeServers } from '../test/support/store-servers';
import { startNotices } from './notices';

const demo = JSON.parse(readFileSync(join(__dirname, '../config/pairs/demo.json'), 'utf8')) as object;
const pair = parsePair({ ...demo, notify: { lookSeconds: 1, incidents: { afterSeconds: 0, remindAfterMinutes: 0.02 } } });
const secret = `whsec_${Buffer.from('a-secret-of-notices').toString('base64')}`;
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const asked = (orderId: string, more: Partial<NonNullable<Story['approval']>> = {}, over: Partial<Story> = {}): Story => ({
  runId: `order-to-cash/demo/shopify/${orderId}`, pairId: 'demo', sourceId: 'shopify', orderId, phase: 'awaiting-approval', waitingFor: 'an approver', needsAttention: false, total: '6000.00', currency: 'USD', gpInvoices: [], xeroInvoices: [], payments: [], receipts: [], hops: [], warnings: [],
  approval: { needed: 'above', contentHash: 'h', askedAt: '2026-11-01T10:00:00.000Z', ...more }, updatedAt: '2026-11-01T10:00:00.000Z', ...over,
});

describe.each(storeServers.slice(0, 1))('notices over %s', (_name, start) => {
  let server: { url: string; stop(): Promise<void> };
  let store: Store;
  let receiver: Server;
  let status = 204;
  const got: { id: string; type: string }[] = [];
  let running: (() => Promise<void>)[] = [];
  const worker = (): void => { running.push(startNotices([pair], { store, log, access: new Map([['demo', { webhook: { url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`, secret, timeoutMs: 1_000 } }]]) })); };
  beforeAll(async () => {
    server = await start();
    store = createStore({ databaseUrl: server.url, keyRing: parseKeyRing(`k1:${randomBytes(32).toString('base64')}`), poolMax: 4 });
    await store.migrate();
    receiver = createServer((req, res) => { let body = ''; req.on('data', (c: Buffer) => { body += c.toString('utf8'); }); req.on('end', () => { if (status === 204) got.push({ id: String(req.headers['webhook-id']), type: (JSON.parse(body) as { type: string }).type }); res.writeHead(status).end(); }); });
    await new Promise<void>((up) => { receiver.listen(0, '127.0.0.1', up); });
  }, 60_000);
  afterEach(async () => { await Promise.all(running.map((stop) => stop())); running = []; got.length = 0; });
  afterAll(async () => { await store.close(); await server.stop(); receiver.close(); receiver.closeAllConnections(); });
  const until = async (n: number): Promise<string[]> => { for (let i = 0; i < 100 && got.length < n; i += 1) await new Promise((wake) => setTimeout(wake, 100)); return got.map((g) => g.type); };

  it('two workers tell each stage of a question once, also what was stamped while nobody looked; the policy\'s answer is the last word', async () => {
    await store.runs.project(asked('1', { remindedAt: '2026-11-01T14:00:00.000Z' }), 1);
    worker();
    worker();
    expect((await until(2)).sort()).toEqual(['approval.asked', 'approval.reminded']);
    await store.runs.project(asked('1', { remindedAt: '2026-11-01T14:00:00.000Z', escalatedAt: '2026-11-02T10:00:00.000Z' }), 2);
    expect((await until(3))[2]).toBe('approval.escalated');
    await store.runs.project(asked('1', { decided: { approver: 'policy', decision: 'reject', reason: '', at: '2026-11-03T10:00:00.000Z' } }, { phase: 'cancelled' }), 3);
    expect((await until(4))[3]).toBe('approval.answered-by-policy');
    await new Promise((wake) => setTimeout(wake, 2_200));
    expect(got).toHaveLength(4);
    expect(await store.notices.open('demo', 'approval/')).toEqual([]);
  });

  it('a receiver that is away is told later, by a worker that started meanwhile; a person\'s answer is not told', async () => {
    status = 503;
    await store.runs.project(asked('2'), 1);
    worker();
    for (let i = 0; i < 50 && !(await store.notices.list({ pairId: 'demo', limit: 1 }))[0]?.note; i += 1) await new Promise((wake) => setTimeout(wake, 100));
    expect(await store.notices.list({ pairId: 'demo', limit: 1 })).toMatchObject([{ state: 'new', attempts: 1, note: expect.stringContaining('HTTP 503') }]);
    await running.pop()?.();
    status = 204;
    worker();
    expect(await until(1)).toEqual(['approval.asked']);
    await store.runs.project(asked('2', { decided: { approver: 'ann', decision: 'approve', reason: '' } }, { phase: 'ordering' }), 2);
    await new Promise((wake) => setTimeout(wake, 2_200));
    expect(got).toHaveLength(1);
  });

  it('an incident is told once for all its orders, reminded of while it lasts, and told anew when it comes back', async () => {
    const open = (id: string): Promise<unknown> => store.exceptions.open({ subject: id, pairId: 'demo', step: 'accept', failure: { code: 'item-not-mapped', message: 'Ann bought it', fix: '', value: 'SKU' }, orderId: id, amount: '10.00', currency: 'USD' });
    for (const id of ['a', 'b', 'c']) await open(id);
    worker();
    expect(await until(2)).toEqual(['incident.opened', 'incident.reminded']);
    await store.exceptions.close('a', { outcome: 'mended' });
    await new Promise((wake) => setTimeout(wake, 2_200));
    expect(got).toHaveLength(2);
    for (const id of ['b', 'c']) await store.exceptions.close(id, { outcome: 'mended' });
    for (let i = 0; i < 50 && (await store.notices.open('demo', 'incident/')).length > 0; i += 1) await new Promise((wake) => setTimeout(wake, 100));
    await open('d');
    expect((await until(3))[2]).toBe('incident.opened');
  });
});
