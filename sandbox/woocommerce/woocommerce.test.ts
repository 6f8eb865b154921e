import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { stringify } from 'lossless-json';
import { moneyText } from '../../canonical/money';
import { oauth1Header } from '../../connectors/oauth1';
import { createWooCommerceClient, woocommerceSource } from '../../connectors/woocommerce/connector';
import { verifyWooCommerce } from '../../connectors/woocommerce/webhook';
import { translated } from '../../test/support/source-orders';
import { type Listening } from '../kit/http';
import { generateOrders } from './generate';
import { startWooCommerce } from './server';

type Got = { body: string; headers: Record<string, string | undefined> };
const keys = { consumerKey: 'ck_test', consumerSecret: 'cs_test' };
const secret = 'hook-secret';

describe('a WooCommerce site', () => {
  const dir = mkdtempSync(join(tmpdir(), 'tieout-woo-'));
  const got: Got[] = [];
  let status = 200;
  let receiver: Server;
  let site: Listening;
  const start = async (): Promise<Listening> => startWooCommerce({ port: 0, dataDir: dir, site: 'https://woo.example', webhookUrl: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`, secret, ...keys });
  beforeAll(async () => {
    receiver = createServer((req, res) => { let body = ''; req.on('data', (c: Buffer) => { body += c.toString('utf8'); }); req.on('end', () => { got.push({ body, headers: req.headers as Got['headers'] }); res.writeHead(status).end(); }); });
    await new Promise<void>((up) => { receiver.listen(0, '127.0.0.1', up); });
    site = await start();
  });
  afterAll(async () => { await site.close(); receiver.close(); receiver.closeAllConnections(); rmSync(dir, { recursive: true, force: true }); });
  beforeEach(() => { got.length = 0; status = 200; });
  const until = async (n: number): Promise<void> => { for (let i = 0; i < 150 && got.length < n; i += 1) await new Promise((wake) => setTimeout(wake, 20)); };
  const control = (path: string, body: object | string, method = 'POST'): Promise<Response> => fetch(`${site.url}/_sandbox${path}`, { method, body: typeof body === 'string' ? body : JSON.stringify(body), headers: { 'content-type': 'application/json' } });
  const rest = (path: string, more: { method?: string; body?: string } = {}): Promise<Response> => {
    const url = `${site.url}/wp-json/wc/v3${path}`;
    return fetch(url, { method: more.method ?? 'GET', ...(more.body ? { body: more.body } : {}), headers: { 'content-type': 'application/json', authorization: oauth1Header(more.method ?? 'GET', url, keys) } });
  };
  const small = (id: number, over: object = {}): string => JSON.stringify({ id, number: String(id), status: 'processing', currency: 'USD', date_created_gmt: '2026-11-01T10:00:00', date_modified_gmt: '2026-11-01T10:00:00', total: '5', total_tax: '0', line_items: [{ id: 1, quantity: 1, total: '4.999999', taxes: [{ id: 2, total: '0.123456' }] }], ...over });

  it('tells of an order by webhooks that the connector believes, and serves it to the connector\'s own client, decimals as asked', async () => {
    const { orderIds: [id = ''] } = (await (await control('/generate', { count: 1, seed: 3 })).json()) as { orderIds: string[] };
    await until(2);
    expect(got.map((g) => [g.headers['x-wc-webhook-topic'], g.headers['x-wc-webhook-resource'], g.headers['x-wc-webhook-event'], verifyWooCommerce(Buffer.from(g.body), g.headers, [secret]).ok]).sort()).toEqual([['order.created', 'order', 'created', true], ['order.updated', 'order', 'updated', true]]);
    expect(got[0]?.headers['x-wc-webhook-delivery-id']).not.toBe(got[1]?.headers['x-wc-webhook-delivery-id']);
    const client = createWooCommerceClient({ baseUrl: site.url, ...keys, timeoutMs: 2_000 });
    const read = await client.readOrder(id);
    expect(read.ok && woocommerceSource.identify(read.value?.orderText ?? '', { account: 'x' })).toMatchObject({ orderId: id });
    expect(await client.readOrder('424242')).toEqual({ ok: true, value: undefined });
    const listed = await client.listSince({ since: '2026-01-01T00:00:00.000Z' }, 50);
    expect(listed.ok && listed.value.orderTexts).toHaveLength(1);
    await control('/orders', small(77));
    expect(await (await rest('/orders/77')).text()).toContain('"total":"5.00"');
    expect(await (await rest('/orders/77?dp=6')).text()).toMatch(/"line_items":\[\{"id":1,"quantity":1,"total":"4.999999","taxes":\[\{"id":2,"total":"0.123456"\}\]\}\]/);
  });

  it('refuses what a real site refuses, in its own words', async () => {
    const plain = async (path: string, headers: Record<string, string> = {}): Promise<unknown> => { const r = await fetch(`${site.url}/wp-json/wc/v3${path}`, { headers }); return [r.status, ((await r.json()) as { code: string }).code]; };
    const basic = (user: string, password: string): Record<string, string> => ({ authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` });
    expect(await plain('/orders', basic(keys.consumerKey, keys.consumerSecret))).toEqual([401, 'woocommerce_rest_cannot_view']);
    const url = `${site.url}/wp-json/wc/v3/orders`;
    const signed = oauth1Header('GET', url, keys);
    expect((await fetch(url, { headers: { authorization: signed } })).status).toBe(200);
    for (const authorization of [signed, oauth1Header('GET', url, { ...keys, consumerSecret: 'no' }), oauth1Header('GET', `${url}?page=2`, keys), oauth1Header('GET', url, { ...keys, moment: { nonce: 'n', timestamp: '1000' } }), oauth1Header('GET', url, { ...keys, consumerKey: 'ck_no' })]) expect(await plain('/orders', { authorization })).toEqual([401, 'woocommerce_rest_authentication_error']);
    const ask = async (path: string, method = 'GET'): Promise<unknown> => { const r = await rest(path, { method }); return [r.status, ((await r.json()) as { code: string }).code]; };
    expect(await ask('/orders?per_page=101')).toEqual([400, 'rest_invalid_param']);
    expect(await ask('/orders?orderby=total')).toEqual([400, 'rest_invalid_param']);
    expect(await ask('/orders?modified_after=yesterday')).toEqual([400, 'rest_invalid_param']);
    expect(await ask('/orders/999999')).toEqual([404, 'woocommerce_rest_shop_order_invalid_id']);
    expect(await ask('/orders/77', 'PUT')).toEqual([401, 'woocommerce_rest_authentication_error']);
    await control('/settings', { ssl: true }, 'PATCH');
    expect((await fetch(url, { headers: basic(keys.consumerKey, keys.consumerSecret) })).status).toBe(200);
    expect(await plain('/orders', basic(keys.consumerKey, 'no'))).toEqual([401, 'woocommerce_rest_authentication_error']);
    await control('/settings', { ssl: false }, 'PATCH');
    expect((await control('/settings', { drop: 2 }, 'PATCH')).status).toBe(400);
  });

  it('lists by the change, both bounds shut, in its own time unless told otherwise, and hides the trash', async () => {
    for (const [id, at] of [[501, '2020-01-01T00:00:00'], [502, '2020-01-01T00:00:01'], [503, '2020-01-01T00:00:02']] as const) await control('/orders', small(id, { date_modified_gmt: at }));
    const ids = async (query: string): Promise<unknown> => { const r = await rest(`/orders?orderby=modified&order=asc&modified_before=2020-01-02T00:00:00Z&${query}`); return [((await r.json()) as { id: number }[]).map((o) => o.id), r.headers.get('x-wp-total'), r.headers.get('x-wp-totalpages')]; };
    expect(await ids('modified_after=2020-01-01T00:00:00&dates_are_gmt=true&per_page=1')).toEqual([[502], '2', '2']);
    expect(await ids('modified_after=2020-01-01T00:00:00&dates_are_gmt=true&per_page=1&page=3')).toEqual([[], '2', '2']);
    expect(await ids('modified_after=2019-12-31T21:00:00')).toEqual([[502, 503], '2', '1']);
    await control('/orders/502/trash', '{}');
    const all = async (query: string): Promise<unknown> => ((await (await rest(`/orders?per_page=100&${query}`)).json()) as { id: number }[]).map((o) => o.id);
    expect(await all('')).not.toContain(502);
    expect(await all('status=trash')).toEqual([502]);
  });

  it('sends the order as it is when the delivery goes out, in any order, twice or never, and an id alone when it is gone', async () => {
    await until(1);
    await control('/settings', { lateMs: 400, duplicates: 1, shuffle: true }, 'PATCH');
    await control('/orders', small(600));
    await control('/orders/600/update', { customer_note: 'later' });
    got.length = 0;
    await until(2);
    await control('/settings', { lateMs: 0, duplicates: 0, shuffle: false, drop: 1 }, 'PATCH');
    await until(4);
    expect(got.filter((g) => g.body.includes('"id":600')).length).toBeGreaterThanOrEqual(2);
    expect(got.some((g) => g.body.includes('later') && g.headers['x-wc-webhook-topic'] === 'order.created')).toBe(true);
    got.length = 0;
    await control('/orders/600/update', { customer_note: 'dropped' });
    await control('/settings', { drop: 0 }, 'PATCH');
    await control('/orders/600/delete', {});
    await until(1);
    expect(got.map((g) => [g.headers['x-wc-webhook-topic'], g.body])).toEqual([['order.deleted', '{"id":600}']]);
    expect((await rest('/orders/600')).status).toBe(404);
  });

  it('has no topic for refunds: the order changes, its total stays, and the whole amount back makes it "refunded"', async () => {
    await control('/orders', small(700, { total: '9.00' }));
    await until(1);
    got.length = 0;
    await control('/orders/700/refund', { amount: '4.00', reason: 'late' });
    await until(1);
    expect([got[0]?.headers['x-wc-webhook-topic'], JSON.parse(got[0]?.body ?? '{}')]).toEqual(['order.updated', expect.objectContaining({ total: '9.00', status: 'processing', refunds: [expect.objectContaining({ total: '-4.00', reason: 'late' })] })]);
    await control('/orders/700/refund', { amount: '5.00' });
    expect(await (await rest('/orders/700')).json()).toMatchObject({ total: '9.00', status: 'refunded' });
    expect(((await (await rest('/orders/700/refunds')).json()) as { amount: string }[]).map((r) => r.amount)).toEqual(['5.00', '4.00']);
  });

  it('never tries a delivery again, disables a webhook that failed more than five times in a row, and pings before it is active again', async () => {
    status = 500;
    for (let i = 0; i < 9; i += 1) await control('/deliver', { topic: 'order.restored', body: `{"id":${i}}` });
    await until(7);
    await new Promise((wake) => setTimeout(wake, 300));
    const hooks = async (): Promise<Record<string, string>> => Object.fromEntries(((await (await rest('/webhooks')).json()) as { topic: string; status: string }[]).map((w) => [w.topic, w.status]));
    expect([got.length <= 9, (await hooks())['order.restored'], (await hooks())['order.created']]).toEqual([true, 'disabled', 'active']);
    got.length = 0;
    await control('/deliver', { topic: 'order.restored', body: '{"id":10}' });
    expect((await rest('/webhooks/4', { method: 'PUT', body: '{"status":"active"}' })).status).toBe(500);
    status = 200;
    expect((await rest('/webhooks/4', { method: 'PUT', body: '{"status":"active"}' })).status).toBe(200);
    expect(got.map((g) => [g.body, g.headers['x-wc-webhook-signature']])).toEqual([['webhook_id=4', undefined], ['webhook_id=4', undefined]]);
  });

  it('keeps orders and what is still to be sent when it dies', async () => {
    await control('/settings', { lateMs: 1_000 }, 'PATCH');
    await control('/orders', small(800));
    await control('/orders', small(801));
    await site.close();
    got.length = 0;
    site = await start();
    await until(2);
    expect(new Set(got.map((g) => (JSON.parse(g.body) as { id: number }).id))).toEqual(new Set([800, 801]));
    expect((await rest('/orders/800')).status).toBe(200);
  });
});

it('orders of a site add up as WooCommerce adds: to the mapping document, whatever the decimals asked for, and the payments make the total', async () => {
  await fc.assert(fc.asyncProperty(fc.integer({ min: 0, max: 9_999 }), async (seed) => {
    for (const order of generateOrders({ count: 5, seed }, (at) => at.toISOString().slice(0, 19))) {
      const outcome = await translated(stringify(order) ?? '', { kind: 'woocommerce' });
      if (!outcome.ok) throw new Error(`${outcome.failure.message} ${stringify(order) ?? ''}`);
      const cents = (text: string): number => Math.round(Number(text) * 100);
      expect(outcome.value.payments.reduce((a, p) => a + cents(moneyText(p.amount)), 0)).toBe(cents(moneyText(outcome.value.totals.total)));
    }
  }), { numRuns: 60 });
});
