import { createHmac, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { startXero } from './server';
import { tenantId } from './seeds';

type Json = Record<string, unknown>;

describe('the Xero organisation', () => {
  const dir = mkdtempSync(join(tmpdir(), 'tieout-xs-'));
  let xero: Awaited<ReturnType<typeof startXero>>;
  let token = '';
  let contact = '';
  const ask = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<{ status: number; body: Json; headers: Headers; text: string }> => {
    const reply = await fetch(`${xero.url}/api.xro/2.0${path}`, { method, headers: { authorization: `Bearer ${token}`, 'xero-tenant-id': tenantId, accept: 'application/json', ...headers }, ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }) });
    const text = await reply.text();
    let parsed: Json = {};
    try { parsed = JSON.parse(text) as Json; } catch { parsed = {}; }
    return { status: reply.status, body: parsed, headers: reply.headers, text };
  };
  const settings = (patch: Json): Promise<Response> => fetch(`${xero.url}/_sandbox/settings`, { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: JSON.stringify(patch) });
  const mint = async (form: Record<string, string>, client = 'tieout-sandbox:tieout-sandbox-secret'): Promise<{ status: number; body: Json }> => {
    const reply = await fetch(`${xero.url}/connect/token`, { method: 'POST', body: new URLSearchParams(form), headers: { authorization: `Basic ${Buffer.from(client).toString('base64')}` } });
    return { status: reply.status, body: (await reply.json()) as Json };
  };
  const invoice = (over: Json = {}): Json => ({ Type: 'ACCREC', InvoiceNumber: randomUUID(), Contact: { ContactID: contact }, Date: '2026-11-20', DueDate: '2026-12-01', Status: 'AUTHORISED', LineItems: [{ Description: 'x', Quantity: 2, UnitAmount: 10, AccountCode: '200', TaxType: 'NONE' }], ...over });
  const messages = (row: unknown): string => JSON.stringify((row as Json)['ValidationErrors'] ?? (row as Json)['Elements'] ?? row);
  const put = async (...rows: Json[]): Promise<Json[]> => ((await ask('PUT', '/Invoices?summarizeErrors=false&unitdp=4', { Invoices: rows })).body['Invoices'] ?? []) as Json[];

  beforeAll(async () => {
    xero = await startXero({ port: 0, dataDir: dir });
    token = String((await mint({ grant_type: 'refresh_token', refresh_token: 'sandbox-refresh-token' })).body['access_token']);
    contact = String((((await ask('PUT', '/Contacts', { Contacts: [{ Name: 'Ann', ContactNumber: 'C1' }] })).body['Contacts'] as Json[])[0] as Json)['ContactID']);
  });
  afterAll(async () => { await xero.close(); rmSync(dir, { recursive: true, force: true }); });

  it.each([
    ['a number that is taken', async () => { const one = invoice(); await put(one); return (await put(one))[0]; }, /must be unique/], ['an unknown account', async () => (await put(invoice({ LineItems: [{ Description: 'x', Quantity: 1, UnitAmount: 1, AccountCode: '999' }] })))[0], /Account code '999'/],
    ['an unknown tax type', async () => (await put(invoice({ LineItems: [{ Description: 'x', Quantity: 1, UnitAmount: 1, AccountCode: '200', TaxType: 'NOPE' }] })))[0], /TaxType code 'NOPE'/], ['a line total that is not its parts', async () => (await put(invoice({ LineItems: [{ Description: 'x', Quantity: 2, UnitAmount: 10, LineAmount: 21, AccountCode: '200' }] })))[0], /does not match the expected line total/],
    ['no lines', async () => (await put(invoice({ LineItems: [] })))[0], /line items must be specified/], ['a currency it is not subscribed to', async () => (await put(invoice({ CurrencyCode: 'BHD' })))[0], /not subscribed to currency BHD/],
    ['a locked period', async () => { await settings({ periodLockDate: '2026-10-31' }); const row = (await put(invoice({ Date: '2026-10-31' })))[0]; await settings({ periodLockDate: null }); return row; }, /lock date/],
    ['an authorised invoice without a due date', async () => (await put(invoice({ DueDate: undefined })))[0], /DueDate/],
    ['a second contact of one name', async () => ((await ask('PUT', '/Contacts?summarizeErrors=false', { Contacts: [{ Name: 'ANN' }] })).body['Contacts'] as Json[])[0], /already assigned to another contact/],
    ['a name with angle brackets', async () => ((await ask('PUT', '/Contacts?summarizeErrors=false', { Contacts: [{ Name: 'a<b' }] })).body['Contacts'] as Json[])[0], /angle brackets/], ['an e-mail with umlauts', async () => ((await ask('PUT', '/Contacts?summarizeErrors=false', { Contacts: [{ Name: 'Q', EmailAddress: 'ü@x.de' }] })).body['Contacts'] as Json[])[0], /Email address/],
    ['a payment of a draft', async () => { const [d] = await put(invoice({ Status: 'DRAFT' })); return ((await ask('PUT', '/Payments?summarizeErrors=false', { Payments: [{ Invoice: { InvoiceID: d?.['InvoiceID'] }, Account: { Code: '091' }, Amount: 1, Date: '2026-11-21' }] })).body['Payments'] as Json[])[0]; }, /Authorised documents/],
    ['a payment above what is due', async () => { const [d] = await put(invoice()); return ((await ask('PUT', '/Payments?summarizeErrors=false', { Payments: [{ Invoice: { InvoiceID: d?.['InvoiceID'] }, Account: { Code: '091' }, Amount: 20.01, Date: '2026-11-21' }] })).body['Payments'] as Json[])[0]; }, /exceeds the amount outstanding/],
    ['a payment on an account that takes none', async () => { const [d] = await put(invoice()); return ((await ask('PUT', '/Payments?summarizeErrors=false', { Payments: [{ Invoice: { InvoiceID: d?.['InvoiceID'] }, Account: { Code: '200' }, Amount: 1, Date: '2026-11-21' }] })).body['Payments'] as Json[])[0]; }, /payments are not enabled/],
    ['a void of what is paid', async () => { const [d] = await put(invoice()); await ask('PUT', '/Payments', { Payments: [{ Invoice: { InvoiceID: d?.['InvoiceID'] }, Account: { Code: '091' }, Amount: 20, Date: '2026-11-21' }] }); return (await ask('POST', `/Invoices/${String(d?.['InvoiceID'])}`, { Status: 'VOIDED' })).body; }, /payment or credit note allocated/],
    ['a draft made of a void', async () => { const [d] = await put(invoice()); await ask('POST', `/Invoices/${String(d?.['InvoiceID'])}`, { Status: 'VOIDED' }); return (await ask('POST', `/Invoices/${String(d?.['InvoiceID'])}`, { Status: 'DRAFT' })).body; }, /not of valid status/],
  ] as [string, () => Promise<Json | undefined>, RegExp][])('refuses %s', async (_what, make, words) => {
    expect(messages(await make())).toMatch(words);
  });

  it('keeps the valid ones of a summarised batch while it answers 400', async () => {
    const [good, bad] = [invoice(), invoice({ LineItems: [{ Description: 'x', Quantity: 1, UnitAmount: 1, AccountCode: '999' }] })];
    const reply = await ask('PUT', '/Invoices', { Invoices: [good, bad] });
    expect([reply.status, (reply.body['Elements'] as unknown[]).length]).toEqual([400, 1]);
    expect((await ask('GET', `/Invoices/${String(good['InvoiceNumber'])}`)).status).toBe(200);
  });

  it('fails the whole request for an unknown id, in empty HTML; for a malformed one, with error 14', async () => {
    const gone = await ask('PUT', '/Invoices?summarizeErrors=false', { Invoices: [invoice({ Contact: { ContactID: randomUUID() } })] });
    expect([gone.status, gone.text, gone.headers.get('content-type')]).toEqual([404, '', 'text/html; charset=utf-8']);
    expect((await ask('PUT', '/Invoices', { Invoices: [invoice({ LineAmountTypes: 'NO_TAX' })] })).body).toMatchObject({ ErrorNumber: 14 });
    expect((await ask('PUT', '/Invoices', '{broken')).body).toMatchObject({ ErrorNumber: 14 });
  });

  it('answers a replayed key from memory, errors too, and refuses it for another request', async () => {
    const one = { Invoices: [invoice()] };
    const key = { 'idempotency-key': randomUUID() };
    const [a, b] = [await ask('PUT', '/Invoices', one, key), await ask('PUT', '/Invoices', one, key)];
    expect(b.text).toBe(a.text);
    expect((await ask('PUT', '/Invoices', { Invoices: [invoice()] }, key)).text).toContain('is used with a different request');
    await fetch(`${xero.url}/_sandbox/faults`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ mode: 'error-500-before-commit', times: 1 }) });
    const broken = { 'idempotency-key': randomUUID() };
    expect([(await ask('PUT', '/Invoices', one, broken)).status, (await ask('PUT', '/Invoices', one, broken)).status]).toEqual([500, 500]);
  });

  it('knows its limits: minute, day, concurrency, with the headers', async () => {
    await settings({ limits: { enabled: true, perMinute: 2, perDay: 100, concurrent: 5 } });
    const replies = [];
    for (let i = 0; i < 4; i += 1) replies.push(await ask('GET', '/Organisation'));
    await settings({ limits: { enabled: false } });
    const refused = replies.find((r) => r.status === 429);
    expect([refused?.headers.get('x-rate-limit-problem'), Number(refused?.headers.get('retry-after')) > 0, refused?.text]).toEqual(['minute', true, '']);
    expect((await ask('GET', '/Organisation')).headers.get('x-daylimit-remaining')).not.toBeNull();
  });

  it('rotates refresh tokens, forgives one replay, and refuses strangers', async () => {
    const first = await mint({ grant_type: 'refresh_token', refresh_token: 'sandbox-refresh-token' });
    const again = await mint({ grant_type: 'refresh_token', refresh_token: 'sandbox-refresh-token' });
    expect(again.body['refresh_token']).toBe(first.body['refresh_token']);
    expect((await mint({ grant_type: 'refresh_token', refresh_token: 'nope' })).body).toEqual({ error: 'invalid_grant' });
    expect((await mint({ grant_type: 'client_credentials' }, 'x:y')).body).toEqual({ error: 'invalid_client' });
    expect((await mint({ grant_type: 'client_credentials' }, 'tieout-custom:tieout-custom-secret')).status).toBe(200);
    expect((await ask('GET', '/Organisation', undefined, { authorization: 'Bearer old' })).status).toBe(401);
    expect((await ask('GET', '/Organisation', undefined, { 'xero-tenant-id': randomUUID() })).status).toBe(403);
    const authorize = await fetch(`${xero.url}/identity/connect/authorize?client_id=tieout-sandbox&redirect_uri=http://localhost:1/back&state=s`, { redirect: 'manual' });
    const code = new URL(authorize.headers.get('location') ?? '').searchParams.get('code') ?? '';
    expect((await mint({ grant_type: 'authorization_code', code })).status).toBe(200);
    expect((await mint({ grant_type: 'authorization_code', code })).body).toEqual({ error: 'invalid_grant' });
  });

  it('sends thin, signed, numbered events and passes its own intent-to-receive', async () => {
    const got: { body: string; signature: string }[] = [];
    const receiver: Server = createServer((req, res) => { let body = ''; req.on('data', (c: Buffer) => { body += c.toString(); }); req.on('end', () => {
      const right = createHmac('sha256', 'k').update(body).digest('base64') === req.headers['x-xero-signature'];
      if (right) got.push({ body, signature: String(req.headers['x-xero-signature']) });
      res.writeHead(right ? 200 : 401).end();
    }); });
    await new Promise<void>((up) => { receiver.listen(0, '127.0.0.1', up); });
    await settings({ webhook: { url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`, key: 'k' } });
    const itr = await (await fetch(`${xero.url}/_sandbox/webhook/intent-to-receive`, { method: 'POST' })).json() as Json;
    expect(itr).toEqual({ right: 200, wrong: 401 });
    await put(invoice(), invoice());
    for (let i = 0; i < 40 && got.length < 2; i += 1) await new Promise((wake) => setTimeout(wake, 50));
    const batch = JSON.parse(got[1]?.body ?? '{}') as { events: Json[]; firstEventSequence: number; lastEventSequence: number };
    expect(batch.events.map((e) => [e['eventCategory'], e['eventType']])).toEqual([['INVOICE', 'CREATE'], ['INVOICE', 'CREATE']]);
    expect(batch.lastEventSequence - batch.firstEventSequence).toBe(1);
    await settings({ webhook: { url: '', key: '' } });
    receiver.close();
    receiver.closeAllConnections();
  });

  it('keeps true books over any mix of sales, payments, voids and credit notes, and remembers them', async () => {
    const cents = fc.integer({ min: 1, max: 50_000 }).map((n) => n / 100);
    await fc.assert(fc.asyncProperty(fc.array(fc.record({ amount: cents, tax: fc.integer({ min: 0, max: 900 }), eur: fc.boolean(), then: fc.constantFrom('nothing', 'pay', 'void', 'unpay', 'credit') }), { minLength: 1, maxLength: 4 }), async (sales) => {
      for (const s of sales) {
        const money = s.eur ? { CurrencyCode: 'EUR', CurrencyRate: 0.92 } : {};
        const lines = [{ Description: 'x', Quantity: 1, UnitAmount: s.amount, TaxAmount: s.tax / 100, TaxType: 'TAX001', AccountCode: '200' }];
        const [made] = await put(invoice({ LineItems: lines, ...money }));
        const id = String(made?.['InvoiceID']);
        const total = Number(made?.['Total']);
        const pay = async (): Promise<string> => String((((await ask('PUT', '/Payments', { Payments: [{ Invoice: { InvoiceID: id }, Account: { Code: '091' }, Amount: total, Date: '2026-11-21' }] })).body['Payments'] as Json[])[0] as Json)['PaymentID']);
        if (s.then === 'pay') await pay();
        if (s.then === 'unpay') await ask('POST', `/Payments/${await pay()}`, { Status: 'DELETED' });
        if (s.then === 'void') await ask('POST', `/Invoices/${id}`, { Status: 'VOIDED' });
        if (s.then === 'credit') {
          const credit = ((await ask('PUT', '/CreditNotes', { CreditNotes: [{ Type: 'ACCRECCREDIT', Contact: { ContactID: contact }, Date: '2026-11-22', Status: 'AUTHORISED', LineItems: lines, ...money }] })).body['CreditNotes'] as Json[])[0] as Json;
          await ask('PUT', `/CreditNotes/${String(credit['CreditNoteID'])}/Allocations`, { Allocations: [{ Amount: total, Invoice: { InvoiceID: id } }] });
        }
      }
      expect(await (await fetch(`${xero.url}/_sandbox/books`)).json()).toMatchObject({ balanced: true, receivablesControlMatches: true });
    }), { numRuns: 8 });
    const before = await (await fetch(`${xero.url}/_sandbox/books`)).text();
    await xero.close();
    xero = await startXero({ port: 0, dataDir: dir });
    expect(await (await fetch(`${xero.url}/_sandbox/books`)).text()).toBe(before);
  }, 30_000);
});
