import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { type Outcome } from '../canonical/failure';
import { createGenericClient } from './generic/client';
import { createMagentoClient } from './magento/client';
import { createShopifyClient } from './shopify/client';
import { type SourceClient } from './source';
import { createWooCommerceClient } from './woocommerce/client';
import { createTokenSource, createXeroClient } from './xero/connector';
import { invoiceOf, type InvoiceWords, paymentOf } from './xero/drafts.test-data';
import { type XeroClient, type XeroInvoiceDraft, type XeroSettings, type XeroTokens } from './xero/types';

const servers: Server[] = [];
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((up) => { server.listen(0, '127.0.0.1', up); });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const answering = (body: string | Buffer, status = 200, headers: Record<string, string> = {}): Promise<string> => serve((_req, res) => { res.writeHead(status, { 'content-type': 'application/json', ...headers }); res.end(body); });
function pour(res: ServerResponse): void {
  const part = Buffer.alloc(1_000_000, 0x20);
  const more = (): void => { while (res.write(part)); if (!res.destroyed) res.once('drain', more); };
  more();
}
afterAll(() => { for (const server of servers) { server.closeAllConnections(); server.close(); } });

const planted = ['token-planted', 'secret-planted', 'consumer-planted'];
const timeoutMs = 10_000;
const clients: Record<string, (base: string) => SourceClient> = {
  shopify: (base) => createShopifyClient({ adminBaseUrl: base, apiVersion: '2026-07', accessToken: 'token-planted', timeoutMs }),
  woocommerce: (base) => createWooCommerceClient({ baseUrl: base, consumerKey: 'consumer-planted', consumerSecret: 'secret-planted', timeoutMs }),
  magento: (base) => createMagentoClient({ baseUrl: base, storeCode: 'default', access: { kind: 'bearer', token: 'token-planted' }, timeoutMs }),
  generic: (base) => createGenericClient({ readUrl: `${base}/o/{orderId}`, listUrl: `${base}/o?since={since}&limit={limit}`, token: 'token-planted', timeoutMs }, { account: 'a', paths: { orderId: 'id' } }),
};
const kinds = Object.keys(clients);
const both = (client: SourceClient): Promise<Outcome<unknown>[]> => Promise.all([client.readOrder('5'), client.listSince({ since: '2026-01-01T00:00:00.000Z' }, 50)]);
const clientOf = (kind: string, base: string): SourceClient => { const make = clients[kind]; if (!make) throw new Error(kind); return make(base); };
const away = { ok: false, failure: { code: 'system-unavailable' } };

describe.each(kinds)('a hostile shop (%s)', (kind) => {
  it.each([
    ['HTML', '<html>Sign in</html>'], ['nothing', ''], ['half an answer', '{"id":5,"orders":['], ['a word', '"orders"'], ['null', 'null'], ['5,000 levels', '['.repeat(5_000) + ']'.repeat(5_000)], ['a million levels', '{"a":'.repeat(1_000_000)], ['100 levels in an order', `{"id":5,"x":${'['.repeat(100)}${']'.repeat(100)}}`], ['NaN', '{"id":NaN}'],
  ])('that answers with %s is asked again later, and nothing is taken from it', async (_what, body) => {
    expect(await both(clientOf(kind, await answering(body)))).toMatchObject([away, away]);
  });
  it('cannot fill the memory: endless, and compressed a thousand times', async () => {
    const rss = process.memoryUsage().rss;
    for (const base of [await serve((_req, res) => { res.writeHead(200, { 'content-type': 'application/json' }); pour(res); }), await answering(gzipSync(Buffer.alloc(100_000_000, 0x20)), 200, { 'content-encoding': 'gzip' })]) expect(await clientOf(kind, base).readOrder('5')).toMatchObject(away);
    expect((process.memoryUsage().rss - rss) / 1e6).toBeLessThan(200);
  }, 60_000);
  it.each([301, 302, 307, 308])('cannot send us elsewhere (%i): the other address is never called', async (status) => {
    const called: string[] = [];
    const inner = await serve((req, res) => { called.push(String(req.url)); res.end('{}'); });
    expect(await both(clientOf(kind, await answering('', status, { location: `${inner}/latest/meta-data/` })))).toMatchObject([away, away]);
    expect(called).toEqual([]);
  });
  it('is never asked for an id that is a path', async () => {
    const asked: string[] = [];
    const client = clientOf(kind, await serve((req, res) => { asked.push(new URL(String(req.url), 'http://x').pathname); res.statusCode = 404; res.end(); }));
    for (const id of ['../../admin', '5/../6', '5?x=1', '5#', '%2e%2e%2f', '5\r\nX: y', '__proto__', '']) await client.readOrder(id);
    expect(asked.filter((path) => kind !== 'generic' || path.split('/').length !== 3)).toEqual([]);
  });
  it.each([401, 403, 429, 500, 503])('that answers %i is named, without our credentials', async (status) => {
    const outcomes = await both(clientOf(kind, await answering(planted.join(' '), status, { 'retry-after': '1e400' })));
    for (const outcome of outcomes) expect(outcome).toMatchObject({ ok: false, failure: { code: status === 429 ? 'rate-limited' : status < 429 ? 'unauthorized' : 'system-unavailable' } });
    for (const secret of planted) expect(JSON.stringify(outcomes)).not.toContain(secret);
  });
  it('never breaks us and never changes an object of ours, whatever JSON it answers', async () => {
    let body = '';
    const client = clientOf(kind, await serve((_req, res) => { res.end(body); }));
    const key = fc.constantFrom('id', 'order', 'orders', 'items', 'updated_at', 'total_count', 'date_modified_gmt', '__proto__', 'constructor', 'x');
    const leaf = fc.constantFrom('5', '9007199254740993', '1e400', '-0', '"2026-01-01T00:00:00Z"', '"9999999-01-01"', 'null', 'true', '"\\u0000"', '[]', '{}');
    const { json } = fc.letrec<{ json: string }>((tie) => ({ json: fc.oneof({ maxDepth: 5 }, leaf, fc.array(tie('json'), { maxLength: 3 }).map((l) => `[${l.join(',')}]`), fc.array(fc.tuple(key, tie('json')), { maxLength: 4 }).map((l) => `{${l.map(([k, v]) => `"${k}":${v}`).join(',')}}`)) }));
    await fc.assert(fc.asyncProperty(json, async (text) => {
      body = text;
      for (const outcome of await both(client)) if (!outcome.ok) expect(outcome.failure.message.length).toBeGreaterThan(10);
      expect([({} as Record<string, unknown>)['id'], ({} as Record<string, unknown>)['orders']]).toEqual([undefined, undefined]);
    }), { numRuns: 60 });
  }, 60_000);
});

const usd = (minor: string): { minor: string; currency: string } => ({ minor, currency: 'USD' });
const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const told: InvoiceWords = { invoiceNumber: 'I1', contactId: id(1) as XeroInvoiceDraft['contactId'], reference: 'SHP-1', date: '2026-11-20', dueDate: '2026-12-04', currency: 'USD', status: 'AUTHORISED', lines: [{ description: 'Cap', quantity: '1', net: usd('1000'), tax: usd('0'), accountCode: '200', taxType: 'NONE' }] };
const draft = invoiceOf(told);
const settingsOf = (base: string): XeroSettings => ({ apiBaseUrl: base, identityBaseUrl: base, connectionsUrl: base, clientId: 'consumer-planted', clientSecret: 'secret-planted', flow: 'authorization-code', tenantId: id(2), baseCurrency: 'USD', timeoutMs });
const xeroAt = (base: string): XeroClient => createXeroClient({ settings: settingsOf(base), tokens: { accessToken: async () => ({ ok: true, value: 'token-planted' }), refresh: async () => ({ ok: true, value: 'token-planted' }) }, budget: { take: async () => ({ ok: true, value: { release: () => undefined } }), observe: async () => undefined } });
const invoiceReply = (over: object = {}): object => ({ InvoiceID: id(3), InvoiceNumber: 'I1', Type: 'ACCREC', Reference: 'SHP-1', Status: 'AUTHORISED', DateString: '2026-11-20T00:00:00', Date: '/Date(1795132800000+0000)/', CurrencyCode: 'USD', SubTotal: 10, TotalTax: 0, Total: 10, AmountDue: 10, AmountPaid: 0, AmountCredited: 0, UpdatedDateUTC: '/Date(1795132800000+0000)/', Contact: { ContactID: id(1) }, Payments: [], LineItems: [], StatusAttributeString: 'OK', ...over });

describe('a hostile Xero', () => {
  /** Answers writes with one body and every look with another; tells how often it was written to. */
  async function liar(write: object, look: object): Promise<{ client: XeroClient; writes(): number }> {
    let writes = 0;
    const base = await serve((req, res) => { if (req.method !== 'GET') writes += 1; res.setHeader('content-type', 'application/json'); res.end(JSON.stringify(req.method === 'GET' ? look : write)); });
    return { client: xeroAt(base), writes: () => writes };
  }
  it.each([
    ['another total', { Total: 11 }, 'totals-do-not-add-up'], ['another number', { InvoiceNumber: 'I2' }, 'duplicate-conflict'], ['no id', { InvoiceID: null }, 'duplicate-conflict'], ['a total as a word', { Total: 'NaN' }, 'duplicate-conflict'],
    ['a total without end', { Total: 1e300 }, 'duplicate-conflict'], ['a blank total', { Total: '' }, 'duplicate-conflict'], ['a hexadecimal total', { Total: '0xA' }, 'duplicate-conflict'],
  ] as [string, object, string][])('that answers an invoice with %s is not believed, and is written to once', async (_what, over, code) => {
    const { client, writes } = await liar({ Invoices: [invoiceReply(over)] }, { Invoices: [invoiceReply({ Total: 99 })], Payments: [] });
    expect(await client.createInvoice(draft)).toMatchObject({ ok: false, failure: { code } });
    expect(writes()).toBe(1);
  });
  it.each([['another amount', { Amount: 4 }], ['a negative amount', { Amount: -5 }], ['another invoice', { Invoice: { InvoiceID: id(9) } }], ['a blank amount', { Amount: '' }]] as [string, object][])('that answers a payment with %s is not believed: it is looked up', async (_what, over) => {
    const payment = (more: object = {}): object => ({ PaymentID: id(4), Amount: 5, Date: '/Date(1795132800000+0000)/', Reference: 'SHP-1/p1', Status: 'AUTHORISED', Account: { Code: '090' }, Invoice: { InvoiceID: id(3) }, StatusAttributeString: 'OK', ...more });
    const ask = paymentOf({ invoiceId: id(3) as Parameters<XeroClient['createPayment']>[0]['invoiceId'], accountCode: '090', amount: usd('500'), date: '2026-11-20', reference: 'SHP-1/p1' });
    const wrong = await liar({ Payments: [payment(over)] }, { Invoices: [invoiceReply({ Payments: [payment({ Amount: 4 })] })], Payments: [payment({ Amount: 4 })] });
    expect(await wrong.client.createPayment(ask)).toMatchObject({ ok: false, failure: { code: 'duplicate-conflict' } });
    const right = await liar({ Payments: [payment(over)] }, { Invoices: [invoiceReply({ Payments: [payment()] })], Payments: [payment()] });
    expect(await right.client.createPayment(ask)).toMatchObject({ ok: true, value: { payment: { amount: usd('500') }, existed: true } });
    expect([wrong.writes(), right.writes()]).toEqual([1, 1]);
  });
  it.each([301, 302, 307, 308])('cannot send our token elsewhere (%i)', async (status) => {
    const called: string[] = [];
    const inner = await serve((req, res) => { called.push(`${req.method} ${req.headers.authorization}`); res.end('{}'); });
    const client = xeroAt(await answering('', status, { location: `${inner}/x` }));
    expect(await client.readInvoices(['I1'])).toMatchObject(away);
    expect(await client.createInvoice(draft)).toMatchObject({ ok: false, failure: { code: 'outcome-unknown' } });
    expect(called).toEqual([]);
  });
  it('cannot fill the memory', async () => {
    const rss = process.memoryUsage().rss;
    const outcome = await xeroAt(await serve((_req, res) => { res.writeHead(200, { 'content-type': 'application/json' }); pour(res); })).readInvoices(['I1']);
    expect([outcome.ok, (process.memoryUsage().rss - rss) / 1e6 < 200]).toEqual([false, true]);
    for (const secret of planted) expect(JSON.stringify(outcome)).not.toContain(secret);
  }, 60_000);
});

describe('a hostile identity service', () => {
  const askAt = async (base: string): Promise<Outcome<string>> => {
    let kept: XeroTokens = { refreshToken: 'token-planted' };
    return createTokenSource({ settings: settingsOf(base), store: { load: async () => ({ tokens: kept, version: 1 }), save: async (tokens) => { kept = tokens; return true; }, lease: async () => ({ release: async () => undefined }) } }).accessToken();
  };
  it.each([
    ['no JSON', 'Sign in'], ['a life without end', '{"access_token":"a","expires_in":1e308}'], ['a life of a century', '{"access_token":"a","expires_in":3153600000}'], ['a line feed in the token', '{"access_token":"a\\r\\nX: y","expires_in":1800}'], ['a token of a megabyte', `{"access_token":"${'a'.repeat(1_000_000)}","expires_in":1800}`], ['a million levels', '['.repeat(90_000)], ['no token', '{"expires_in":1800}'],
  ])('that answers with %s gives us no token', async (_what, body) => expect(await askAt(await answering(body))).toMatchObject(away));
  it('cannot send our secret elsewhere, nor fill the memory', async () => {
    const called: string[] = [];
    const inner = await serve((req, res) => { called.push(String(req.url)); res.end('{}'); });
    expect(await askAt(await answering('', 307, { location: inner }))).toMatchObject(away);
    expect(await askAt(await serve((_req, res) => { res.writeHead(200); pour(res); }))).toMatchObject(away);
    expect(called).toEqual([]);
  });
});
