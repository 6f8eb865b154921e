import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import Stripe from 'stripe';
import { startGateway } from '../gateway/server';
import { generateOrders } from './generate';
import { startShop } from './server';

type Got = { path: string; body: string; headers: Record<string, string | undefined> };

describe('shop and gateway', () => {
  const dir = mkdtempSync(join(tmpdir(), 'tieout-shop-'));
  const got: Got[] = [];
  let status = 200;
  let receiver: Server;
  let shop: Awaited<ReturnType<typeof startShop>>;
  let gateway: Awaited<ReturnType<typeof startGateway>>;
  beforeAll(async () => {
    receiver = createServer((req, res) => { let body = ''; req.on('data', (c: Buffer) => { body += c.toString('utf8'); }); req.on('end', () => { got.push({ path: req.url ?? '', body, headers: req.headers as Got['headers'] }); res.writeHead(status).end(); }); });
    await new Promise<void>((up) => { receiver.listen(0, '127.0.0.1', up); });
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
    gateway = await startGateway({ port: 0, dataDir: dir, webhookUrl: `${url}/stripe`, secret: 'whsec_x' });
    shop = await startShop({ port: 0, dataDir: dir, shop: 's.myshopify.com', webhookUrl: `${url}/shop`, secret: 'sec' });
  });
  afterAll(async () => { await shop.close(); await gateway.close(); receiver.close(); receiver.closeAllConnections(); rmSync(dir, { recursive: true, force: true }); });
  beforeEach(() => { got.length = 0; status = 200; });
  const until = async (n: number): Promise<void> => { for (let i = 0; i < 100 && got.length < n; i += 1) await new Promise((wake) => setTimeout(wake, 30)); };
  const post = (path: string, body: string, type = 'application/json'): Promise<Response> => fetch(`${shop.url}/_sandbox${path}`, { method: 'POST', body, headers: { 'content-type': type } });
  const big = '{"order": {"id": 820982911946154508, "note":"a\\/b é", "updated_at":"2026-11-01T00:00:00Z","currency":"USD","total_price":"10.00","total_outstanding":"0.00","financial_status":"paid","payment_gateway_names":["manual"],"line_items":[]}}';

  it('signs what it sends and serves what it got, byte for byte, big ids too', async () => {
    await post('/orders', big, 'text/plain');
    await until(1);
    expect(got[0]?.body).toBe(big);
    expect(got[0]?.headers['x-shopify-hmac-sha256']).toBe(createHmac('sha256', 'sec').update(big).digest('base64'));
    expect(got[0]?.headers).toMatchObject({ 'x-shopify-topic': 'orders/create', 'x-shopify-shop-domain': 's.myshopify.com' });
    const read = async (path: string, token = 'shpat_sandbox'): Promise<Response> => fetch(`${shop.url}/admin/api/2026-07/${path}`, { headers: { 'x-shopify-access-token': token } });
    expect(await (await read('orders/820982911946154508.json')).text()).toContain('{"id": 820982911946154508, "note":"a\\/b é"');
    expect(await (await read('orders/820982911946154508/transactions.json')).text()).toMatch(/"kind":"sale","status":"success".*"amount":"10.00"/);
    expect((await read('orders/1.json')).status).toBe(404);
    expect((await read('orders/1.json', 'nope')).status).toBe(401);
  });

  it('sends again after a failure, twice when told, and never when told', async () => {
    status = 500;
    await post('/deliver', JSON.stringify({ topic: 'orders/paid', body: '{"id":1}' }));
    await until(1);
    status = 200;
    await until(2);
    expect(got[0]?.headers['x-shopify-webhook-id']).toBe(got[1]?.headers['x-shopify-webhook-id']);
    got.length = 0;
    const behave = (b: object): Promise<Response> => fetch(`${shop.url}/_sandbox/settings`, { method: 'PATCH', body: JSON.stringify(b), headers: { 'content-type': 'application/json' } });
    await behave({ duplicates: 2, shuffle: true });
    await post('/deliver', JSON.stringify({ topic: 'orders/paid', body: '{"id":2}' }));
    await until(3);
    expect(got).toHaveLength(3);
    await behave({ duplicates: 0, shuffle: false, drop: 1 });
    await post('/deliver', JSON.stringify({ topic: 'orders/paid', body: '{"id":3}' }));
    await new Promise((wake) => setTimeout(wake, 200));
    expect(got).toHaveLength(3);
    expect((await behave({ drop: 2 })).status).toBe(400);
    await behave({ drop: 0 });
  });

  it('makes orders whose totals add up, the same for one seed, every tenth id beyond 2^53', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 1_000_000 }), (seed) => {
      const made = generateOrders({ count: 10, seed });
      expect(made[9]?.id.length).toBe(18);
      for (const m of made) {
        const o = JSON.parse(m.text.replace(`"id":${m.id}`, `"id":"${m.id}"`)) as { taxes_included: boolean; total_price: string; total_tax: string; subtotal_price: string; total_tip_received: string; shipping_lines: { price: string }[]; line_items: { price: string; quantity: number; discount_allocations: { amount: string }[]; tax_lines: { price: string }[] }[] };
        const cents = (t: string): number => Math.round(Number(t) * 100);
        const lines = o.line_items.reduce((a, l) => a + cents(l.price) * l.quantity - l.discount_allocations.reduce((b, d) => b + cents(d.amount), 0), 0);
        expect(lines).toBe(cents(o.subtotal_price));
        expect(o.line_items.reduce((a, l) => a + l.tax_lines.reduce((b, t) => b + cents(t.price), 0), 0)).toBe(cents(o.total_tax));
        expect(lines + o.shipping_lines.reduce((a, s) => a + cents(s.price), 0) + cents(o.total_tip_received) + (o.taxes_included ? 0 : cents(o.total_tax))).toBe(cents(o.total_price));
        expect(m.tenders.reduce((a, t) => a + cents(t.amount), 0)).toBe(cents(o.total_price));
      }
    }), { numRuns: 40 });
  });

  it('tells of a payment with a signature that Stripe\'s own library accepts', async () => {
    const id = gateway.pay({ orderId: '820982911946154508', amountMinor: 500, currency: 'jpy', events: ['payment_intent.succeeded', 'charge.succeeded'] });
    await until(2);
    for (const g of got) expect(Stripe.webhooks.constructEvent(g.body, g.headers['stripe-signature'] ?? '', 'whsec_x').livemode).toBe(false);
    expect(got.map((g) => (JSON.parse(g.body) as { data: { object: { metadata: { order_id: string } } } }).data.object.metadata.order_id)).toEqual(['820982911946154508', '820982911946154508']);
    expect((await fetch(`${gateway.url}/v1/payment_intents/${id}`)).status).toBe(200);
    expect((await fetch(`${gateway.url}/v1/payment_intents/pi_none`)).status).toBe(404);
  });
});
