import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { moneyText } from '../../canonical/money';
import { createMagentoClient, magentoSource } from '../../connectors/magento/connector';
import { oauth1Header } from '../../connectors/oauth1';
import { translated } from '../../test/support/source-orders';
import { type Listening } from '../kit/http';
import { generateOrders } from './generate';
import { startMagento } from './server';

const keys = { consumerKey: 'ck', consumerSecret: 'cs', token: 'tk', tokenSecret: 'ts' };
const orderText = (id: number, over: object = {}): string => JSON.stringify({ entity_id: id, increment_id: String(id), state: 'new', created_at: '2026-11-01 10:00:00', order_currency_code: 'USD', subtotal: 10, shipping_amount: 2.5, tax_amount: 0.8, grand_total: 13.3, items: [{ item_id: id * 10, sku: 'A', qty_ordered: 1, price: 10, row_total: 10, tax_amount: 0.8, tax_percent: 8 }], payment: { method: 'checkmo' }, ...over });

describe('a Magento installation', () => {
  const dir = mkdtempSync(join(tmpdir(), 'tieout-magento-'));
  let shop: Listening;
  const start = (): Promise<Listening> => startMagento({ port: 0, dataDir: dir, ...keys });
  beforeAll(async () => { shop = await start(); });
  afterAll(async () => { await shop.close(); rmSync(dir, { recursive: true, force: true }); });
  const control = async (path: string, body: object | string = {}, method = 'POST'): Promise<{ status: number; json: Record<string, unknown> }> => { const r = await fetch(`${shop.url}/_sandbox${path}`, { method, body: typeof body === 'string' ? body : JSON.stringify(body), headers: { 'content-type': 'application/json' } }); return { status: r.status, json: (await r.json()) as Record<string, unknown> }; };
  const rest = async (path: string, authorization?: string): Promise<{ status: number; json: Record<string, unknown> }> => { const url = `${shop.url}/rest/default/V1${path}`; const r = await fetch(url, { headers: { authorization: authorization ?? oauth1Header('GET', url, keys) } }); return { status: r.status, json: (await r.json()) as Record<string, unknown> }; };
  const client = (): ReturnType<typeof createMagentoClient> => createMagentoClient({ baseUrl: shop.url, storeCode: 'all', timeoutMs: 2_000, access: { kind: 'oauth1', ...keys } });
  const at = (field: string, value: string, condition: string): string => `searchCriteria[filter_groups][0][filters][0][field]=${field}&searchCriteria[filter_groups][0][filters][0][value]=${encodeURIComponent(value)}&searchCriteria[filter_groups][0][filters][0][condition_type]=${condition}`;
  const ids = (json: Record<string, unknown>): unknown => (json['items'] as { entity_id: number }[]).map((o) => o.entity_id);

  it('serves the connector\'s own client: an order with its invoices, and what changed since', async () => {
    for (const id of [1, 2, 3]) await control('/orders', orderText(id));
    const client1 = client();
    expect(await client1.readOrder('9')).toEqual({ ok: true, value: undefined });
    expect((await control('/orders/2/invoice', { transactionId: 'pi_1-capture' })).status).toBe(202);
    const read = await client1.readOrder('2');
    const order = read.ok && read.value ? await translated(read.value.orderText, { kind: 'magento', paymentsText: read.value.paymentsText }) : undefined;
    if (!read.ok || !read.value || !order?.ok) throw new Error('unreadable');
    expect(order.value.payments.map((p) => [p.paymentId, moneyText(p.amount)])).toEqual([['pi_1', '13.30']]);
    await new Promise((wake) => setTimeout(wake, 3_100));
    const listed = await client1.listSince({ since: '2026-01-01T00:00:00.000Z' }, 50);
    expect(listed.ok && listed.value.orderTexts.map((t) => magentoSource.identify(t, { account: 'x' }).orderId).sort()).toEqual(['1', '2', '2', '3']);
  });

  it('lets nobody in who does not sign with all four keys, and says why in Magento\'s words', async () => {
    const url = `${shop.url}/rest/default/V1/orders/1`;
    const status = async (authorization: string): Promise<unknown> => { const r = await rest('/orders/1', authorization); return [r.status, r.json['message']]; };
    const signed = oauth1Header('GET', url, keys);
    expect((await rest('/orders/1', signed)).status).toBe(200);
    expect(await status(signed)).toEqual([401, 'The nonce is already being used by the consumer with ID 1.']);
    expect(await status('Bearer tk')).toEqual([401, "The consumer isn't authorized to access %resources."]);
    expect(await status(oauth1Header('GET', url, { ...keys, tokenSecret: 'no' }))).toEqual([401, 'The signature is invalid. Verify and try again.']);
    expect(await status(oauth1Header('GET', url, { consumerKey: keys.consumerKey, consumerSecret: keys.consumerSecret }))).toEqual([400, 'oauth_token is required. Enter and try again.']);
    expect(await status(oauth1Header('GET', url, { ...keys, moment: { nonce: 'n', timestamp: String(Math.floor(Date.now() / 1000)), method: 'HMAC-SHA1' } }))).toEqual([400, 'Signature method is not supported.']);
    expect((await status(oauth1Header('GET', url, { ...keys, moment: { nonce: 'o', timestamp: '1000' } })))).toEqual([400, 'Incorrect timestamp value in the oauth_timestamp parameter']);
    await control('/settings', { bearer: true }, 'PATCH');
    expect((await rest('/orders/1', 'Bearer tk')).status).toBe(200);
    await control('/settings', { bearer: false }, 'PATCH');
  });

  it('searches as searchCriteria says: AND of groups, OR within one, sorted, paged, the last page again past the end', async () => {
    expect((await rest('/orders')).status).toBe(400);
    expect((await rest('/orders/abc')).status).toBe(400);
    expect((await rest('/orders/99')).json['message']).toMatch(/doesn't exist/);
    const sorted = 'searchCriteria[sortOrders][0][field]=entity_id&searchCriteria[sortOrders][0][direction]=ASC';
    const past = await rest(`/orders?${sorted}&searchCriteria[pageSize]=2&searchCriteria[currentPage]=7`);
    expect([past.json['total_count'], ids(past.json)]).toEqual([3, [3]]);
    expect(ids((await rest(`/orders?${at('entity_id', '2', 'gteq')}&${sorted}`)).json)).toEqual([2, 3]);
    expect(ids((await rest(`/orders?${at('entity_id', '1', 'eq')}&searchCriteria[filter_groups][0][filters][1][field]=entity_id&searchCriteria[filter_groups][0][filters][1][value]=3&${sorted}`)).json)).toEqual([1, 3]);
    expect(ids((await rest(`/orders?${at('entity_id', '1', 'gteq')}&searchCriteria[filterGroups][1][filters][0][field]=state&searchCriteria[filterGroups][1][filters][0][value]=processing&${sorted}`)).json)).toEqual([2]);
    expect(ids((await rest(`/orders?${at('updated_at', '2099-01-01 00:00:00', 'gteq')}`)).json)).toEqual([]);
    expect((await rest(`/orders?${at('entity_id', '1', 'resembles')}`)).status).toBe(400);
  });

  it('closes what is credited in full, and leaves the order alone where invoices do not touch it', async () => {
    await control('/orders/2/creditmemo', { amount: '13.30' });
    expect((await rest('/orders/2')).json).toMatchObject({ state: 'closed', total_refunded: 13.3, total_paid: 13.3, total_due: 0 });
    await control('/settings', { invoicesTouchOrder: false }, 'PATCH');
    const before = (await rest('/orders/3')).json;
    const { json } = await control('/orders/3/invoice');
    expect((await rest('/orders/3')).json).toEqual(before);
    expect((await rest(`/invoices/${String(json['id'])}`)).json).toMatchObject({ order_id: 3, state: 2, grand_total: 13.3 });
    expect((await control('/orders/3/creditmemo', { amount: '-1' })).status).toBe(400);
  });

  it('keeps its records when it dies, and lists what has no readable id as it is', async () => {
    await control('/orders', '{"increment_id":"x","items":[]}');
    await shop.close();
    shop = await start();
    const all = await rest('/orders?searchCriteria[pageSize]=10');
    expect([all.json['total_count'], (all.json['items'] as { increment_id?: string }[]).some((o) => o.increment_id === 'x')]).toEqual([4, true]);
  });
});

it('orders add up as Magento adds them: to the mapping document, with every tax by jurisdiction, and their invoice is what is due', async () => {
  await fc.assert(fc.asyncProperty(fc.integer({ min: 0, max: 9_999 }), async (seed) => {
    for (const { order, due } of generateOrders({ count: 5, seed })) {
      const outcome = await translated(JSON.stringify(order), { kind: 'magento' });
      if (!outcome.ok) throw new Error(`${outcome.failure.message} ${JSON.stringify(order)}`);
      const x = order['extension_attributes'] as { applied_taxes: { code: string; amount: number }[]; gift_cards_amount?: number };
      expect(due + (x.gift_cards_amount ?? 0)).toBeCloseTo(Number(moneyText(outcome.value.totals.total)), 4);
      const byName = new Map<string, number>();
      for (const t of outcome.value.lines.flatMap((l) => l.taxes)) byName.set(t.name, (byName.get(t.name) ?? 0) + Number(moneyText(t.amount)));
      for (const t of x.applied_taxes) expect(byName.get(t.code) ?? 0).toBeCloseTo(t.amount, 4);
    }
  }), { numRuns: 60 });
});
