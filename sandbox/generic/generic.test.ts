import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { createGenericClient } from '../../connectors/generic/connector';
import { verifyStandardWebhook } from '../../connectors/generic/webhook';
import { translated } from '../../test/support/source-orders';
import { type Listening } from '../kit/http';
import { generateOrders } from './generate';
import { startGeneric } from './server';

type Got = { body: string; headers: Record<string, string | undefined> };
const secrets = [`whsec_${Buffer.from('an-old-secret-of-it').toString('base64')}`, `whsec_${Buffer.from('a-new-secret-of-it').toString('base64')}`];

describe('a generic sender', () => {
  const dir = mkdtempSync(join(tmpdir(), 'tieout-generic-'));
  const got: Got[] = [];
  let status = 200;
  let receiver: Server;
  let shop: Listening;
  const start = (): Promise<Listening> => startGeneric({ port: 0, dataDir: dir, webhookUrl: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`, secrets, token: 't' });
  beforeAll(async () => {
    receiver = createServer((req, res) => { let body = ''; req.on('data', (c: Buffer) => { body += c.toString('utf8'); }); req.on('end', () => { got.push({ body, headers: req.headers as Got['headers'] }); res.writeHead(status).end(); }); });
    await new Promise<void>((up) => { receiver.listen(0, '127.0.0.1', up); });
    shop = await start();
  });
  afterAll(async () => { await shop.close(); receiver.close(); receiver.closeAllConnections(); rmSync(dir, { recursive: true, force: true }); });
  beforeEach(() => { got.length = 0; status = 200; });
  const until = async (n: number): Promise<void> => { for (let i = 0; i < 150 && got.length < n; i += 1) await new Promise((wake) => setTimeout(wake, 20)); };
  const post = (path: string, body: string, method = 'POST'): Promise<Response> => fetch(`${shop.url}/_sandbox${path}`, { method, body, headers: { 'content-type': path === '/orders' || path === '/deliver' ? 'text/plain' : 'application/json' } });

  it('signs as Standard Webhooks says, with each of its secrets, and serves what it told to who has the token', async () => {
    const { orderIds } = (await (await post('/generate', '{"count":3,"seed":2}')).json()) as { orderIds: string[] };
    await until(3);
    for (const g of got) for (const secret of secrets) expect(verifyStandardWebhook(Buffer.from(g.body), g.headers, { secrets: [secret], now: Date.now() })).toMatchObject({ ok: true });
    expect(new Set(got.map((g) => g.headers['webhook-id'])).size).toBe(3);
    const client = (token: string): ReturnType<typeof createGenericClient> => createGenericClient({ readUrl: `${shop.url}/orders/{orderId}`, listUrl: `${shop.url}/orders?since={since}&limit={limit}`, token, timeoutMs: 2_000 }, { account: 'x' });
    const read = await client('t').readOrder(orderIds[1] ?? '');
    expect(read.ok && read.value?.orderText).toBe(got.find((g) => g.body.includes(`"${orderIds[1] ?? ''}"`))?.body);
    const listed = await client('t').listSince({ since: '2026-01-01T00:00:00Z' }, 10);
    expect(listed.ok && listed.value.orderTexts.length).toBe(3);
    expect(await client('no').readOrder('x')).toMatchObject({ ok: false, failure: { code: 'unauthorized' } });
    expect((await fetch(`${shop.url}/orders?since=then`, { headers: { authorization: 'Bearer t' } })).status).toBe(400);
  });

  it('tries again under the same id with a fresh signature, also after it died; copies bear one id', async () => {
    status = 503;
    await post('/deliver', '{"orderId":"A"}');
    await until(1);
    await shop.close();
    status = 200;
    shop = await start();
    await until(2);
    expect(got[1]?.headers['webhook-id']).toBe(got[0]?.headers['webhook-id']);
    got.length = 0;
    await post('/settings', '{"duplicates":2}', 'PATCH');
    await post('/deliver', '{"orderId":"B"}');
    await until(3);
    await post('/settings', '{"duplicates":0}', 'PATCH');
    expect(new Set(got.map((g) => g.headers['webhook-id'])).size).toBe(1);
  });

  it('changes an order with a later version, and says nothing more to who answers 410', async () => {
    await post('/orders', '{"orderId":"C","updatedAt":"2026-01-01T00:00:00Z","total":"1"}');
    await post('/orders/C/cancel', '{"cancelReason":"customer"}');
    await until(2);
    expect(got.map((g) => JSON.parse(g.body) as { cancelledAt?: string; updatedAt: string }).some((o) => o.cancelledAt !== undefined && o.updatedAt > '2026-06')).toBe(true);
    expect((await post('/orders/none/cancel', '')).status).toBe(404);
    status = 410;
    got.length = 0;
    await post('/deliver', '{"orderId":"D"}');
    await until(1);
    await new Promise((wake) => setTimeout(wake, 100));
    await post('/deliver', '{"orderId":"E"}');
    await new Promise((wake) => setTimeout(wake, 300));
    expect(got.map((g) => g.body)).toEqual(['{"orderId":"D"}']);
  });
});

it('orders add up to the mapping document', async () => {
  await fc.assert(fc.asyncProperty(fc.integer({ min: 0, max: 9_999 }), async (seed) => {
    for (const order of generateOrders({ count: 5, seed, prefix: 'G-' })) {
      const outcome = await translated(JSON.stringify(order), { kind: 'generic' });
      if (!outcome.ok) throw new Error(`${outcome.failure.message} ${JSON.stringify(order)}`);
      expect(outcome.value.paymentState).toBe('paid');
    }
  }), { numRuns: 60 });
});
