import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Outcome } from '../../canonical/failure';
import { moneyText } from '../../canonical/money';
import { startXero } from '../../sandbox/xero/server';
import { createTokenSource, createXeroClient } from './connector';
import { contactOf, invoiceOf, type InvoiceWords, paymentOf } from './drafts.test-data';
import { type XeroClient, type XeroInvoiceDraft, type XeroSettings, type XeroTokens, type XeroTokenStore } from './types';

const usd = (minor: string): { minor: string; currency: string } => ({ minor, currency: 'USD' });
function must<T>(outcome: Outcome<T>): T { if (!outcome.ok) throw new Error(`${outcome.failure.code}: ${outcome.failure.message}`); return outcome.value; }
const code = (outcome: Outcome<unknown>): string => (outcome.ok ? 'ok' : outcome.failure.code);

function memoryStore(first: XeroTokens): XeroTokenStore & { tokens: XeroTokens; saves: number } {
  let version = 1;
  let held = false;
  const store = {
    tokens: first, saves: 0,
    load: async () => ({ tokens: store.tokens, version }),
    save: async (tokens: XeroTokens, seen: number) => { if (seen !== version) return false; store.tokens = tokens; version += 1; store.saves += 1; return true; },
    lease: async () => { if (held) return undefined; held = true; return { release: async () => { held = false; } }; },
  };
  return store;
}

describe('the Xero client against the simulator', () => {
  const dir = mkdtempSync(join(tmpdir(), 'tieout-xero-'));
  let xero: Awaited<ReturnType<typeof startXero>>;
  let client: XeroClient;
  let settings: XeroSettings;
  let contactId: XeroInvoiceDraft['contactId'];
  let n = 0;
  const control = (path: string, method: string, body?: object): Promise<Response> => fetch(`${xero.url}/_sandbox${path}`, { method, ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}) });
  const documents = async (): Promise<{ invoices: { number: string; status: string; total: string }[]; payments: { reference: string; status: string; account: string }[]; contacts: { name: string; number: string }[] }> => (await control('/documents', 'GET')).json() as never;
  const draft = (over: Partial<InvoiceWords> = {}): XeroInvoiceDraft => {
    n += 1;
    return invoiceOf({ invoiceNumber: `STDINV${n}`, contactId, reference: `SHP-${n} #${n}`, date: '2026-11-20', dueDate: '2026-12-04', currency: 'USD', status: 'AUTHORISED',
      lines: [{ description: 'Cap', quantity: '3', net: usd('10000'), tax: usd('725'), accountCode: '200', taxType: 'TAX001' }, { description: 'Freight', quantity: '1', net: usd('500'), tax: usd('0'), accountCode: '210', taxType: 'NONE' }], ...over });
  };

  beforeAll(async () => {
    xero = await startXero({ port: 0, dataDir: dir });
    settings = { apiBaseUrl: `${xero.url}/api.xro/2.0`, identityBaseUrl: xero.url, connectionsUrl: `${xero.url}/connections`, clientId: 'tieout-sandbox', clientSecret: 'tieout-sandbox-secret', flow: 'authorization-code', tenantId: '3f8a2c1e-5b7d-4e9a-8c6f-1d2e3f4a5b6c', baseCurrency: 'USD', timeoutMs: 1_500 };
    const budget = { take: async () => ({ ok: true as const, value: { release: () => undefined } }), observe: async () => undefined };
    client = createXeroClient({ settings, tokens: createTokenSource({ settings, store: memoryStore({ refreshToken: 'sandbox-refresh-token' }) }), budget });
    contactId = must(await client.ensureContact(contactOf('WEB0000001', 'Ann b Lee', { EmailAddress: 'ann@example.org' }))).contactId;
  });
  afterAll(async () => { await xero.close(); rmSync(dir, { recursive: true, force: true }); });

  it('makes an invoice whose total is ours to the cent, though no unit price divides it', async () => {
    const { invoice, existed } = must(await client.createInvoice(draft()));
    expect([moneyText(invoice.total), moneyText(invoice.tax), invoice.status, existed]).toEqual(['112.25', '7.25', 'AUTHORISED', false]);
  });

  it('shares calls: 60 invoices of one moment are few requests and each asker gets its own', async () => {
    const before = ((await (await control('/calls', 'GET')).json()) as { counts: Record<string, number> }).counts['PUT Invoices'] ?? 0;
    const drafts = Array.from({ length: 60 }, () => draft());
    const results = await Promise.all(drafts.map((d) => client.createInvoice(d)));
    expect(results.map((r) => must(r).invoice.invoiceNumber)).toEqual(drafts.map((d) => d.invoiceNumber));
    const after = ((await (await control('/calls', 'GET')).json()) as { counts: Record<string, number> }).counts['PUT Invoices'] ?? 0;
    expect(after - before).toBeLessThanOrEqual(4);
  });

  it('lets one bad document fail alone', async () => {
    const good = draft();
    const bad = draft({ lines: [{ description: 'x', quantity: '1', net: usd('100'), tax: usd('0'), accountCode: '999', taxType: 'NONE' }] });
    const foreign = draft({ contactId: '11111111-1111-4111-8111-111111111111' as XeroInvoiceDraft['contactId'] });
    const [, a, b, c] = await Promise.all([client.createInvoice(draft()), client.createInvoice(good), client.createInvoice(bad), client.createInvoice(foreign)]);
    expect([code(a as never), code(b as never), code(c as never)]).toEqual(['ok', 'account-not-mapped', 'document-missing']);
  });

  it.each(['timeout-after-commit', 'reset-after-commit', 'error-500-after-commit', 'truncated-after-commit', 'html-200-after-commit', 'timeout-before-commit', 'reset-before-commit', 'error-500-before-commit', 'html-200-before-commit'])('%s leaves exactly one invoice and one payment', async (mode) => {
    await control('/faults', 'POST', { mode, operation: 'PUT Invoices', times: 1 });
    const mine = draft();
    const { invoice } = must(await client.createInvoice(mine));
    await control('/faults', 'POST', { mode, operation: 'PUT Payments', times: 1 });
    const payment = paymentOf({ invoiceId: invoice.invoiceId, accountCode: '091', amount: usd('11225'), date: '2026-11-20', reference: `SHP-${mine.invoiceNumber}/pi_1` });
    must(await client.createPayment(payment));
    expect(must(await client.createPayment(payment, { lookFirst: true })).existed).toBe(true);
    const held = await documents();
    expect(held.invoices.filter((i) => i.number === mine.invoiceNumber)).toMatchObject([{ status: 'PAID', total: '112.25' }]);
    expect(held.payments.filter((p) => p.reference === payment.reference && p.status === 'AUTHORISED')).toHaveLength(1);
  }, 20_000);

  it('says conflict when the number is somebody else\'s document', async () => {
    const mine = draft();
    const { invoice } = must(await client.createInvoice(mine));
    expect(must(await client.createInvoice(mine)).invoice.invoiceId).toBe(invoice.invoiceId);
    expect(must(await client.createInvoice(mine, { lookFirst: true })).existed).toBe(true);
    expect(code(await client.createInvoice(draft({ invoiceNumber: mine.invoiceNumber, reference: 'OTHER-1 #9' })))).toBe('duplicate-conflict');
  });

  it('reads invoices back with lines, payments and their accounts', async () => {
    const mine = draft();
    const { invoice } = must(await client.createInvoice(mine));
    must(await client.createPayment(paymentOf({ invoiceId: invoice.invoiceId, accountCode: '092', amount: usd('1000'), date: '2026-11-20', reference: 'SHP-x/p1' })));
    const [read] = must(await client.readInvoices([mine.invoiceNumber, 'nobody']));
    expect(read).toMatchObject({ status: 'AUTHORISED', amountDue: usd('10225'), payments: [{ accountCode: '092', reference: 'SHP-x/p1' }], lines: [{ accountCode: '200' }, { accountCode: '210' }] });
    expect(Object.keys(must(await client.findByOrderKeys([mine.reference.split(' ')[0] ?? ''])))).toHaveLength(1);
  });

  it('walks drafts forward and back, and voids only what is unpaid', async () => {
    const { invoice } = must(await client.createInvoice(draft({ status: 'DRAFT' })));
    expect(must(await client.setInvoiceStatus(invoice.invoiceId, 'AUTHORISED')).status).toBe('AUTHORISED');
    expect(must(await client.setInvoiceStatus(invoice.invoiceId, 'VOIDED')).status).toBe('VOIDED');
    const gone = must(await client.createInvoice(draft({ status: 'DRAFT' }))).invoice;
    expect(must(await client.setInvoiceStatus(gone.invoiceId, 'DELETED')).status).toBe('DELETED');
  });

  it('refuses what Xero refuses, with a code', async () => {
    await control('/settings', 'PATCH', { periodLockDate: '2026-10-31' });
    expect(code(await client.createInvoice(draft({ date: '2026-10-01' })))).toBe('period-closed');
    await control('/settings', 'PATCH', { periodLockDate: null });
    expect(code(await client.createInvoice(draft({ currency: 'BHD' })))).toBe('currency-not-configured');
    const { invoice } = must(await client.createInvoice(draft()));
    expect(code(await client.createPayment(paymentOf({ invoiceId: invoice.invoiceId, accountCode: '091', amount: usd('99999'), date: '2026-11-20', reference: 'r' })))).toBe('payments-do-not-match');
    await control('/faults', 'POST', { mode: 'rate-minute', times: 1 });
    expect(await client.readOrganisation()).toMatchObject({ ok: false, failure: { code: 'rate-limited', retryAfterMs: 1000 } });
  });

  it('is not answered by an old refusal once its cause is mended', async () => {
    const mine = draft();
    await control('/settings', 'PATCH', { periodLockDate: '2099-12-31' });
    for (let i = 0; i < 3; i += 1) expect(code(await client.createInvoice(mine))).toBe('period-closed');
    await control('/settings', 'PATCH', { periodLockDate: null });
    expect(must(await client.createInvoice(mine)).invoice.status).toBe('AUTHORISED');
  });

  it('gives two people of one name two contacts, told apart in sight', async () => {
    const first = must(await client.ensureContact(contactOf('WEB0000010', 'Sam Smith')));
    const second = must(await client.ensureContact(contactOf('WEB0000011', 'sam smith')));
    expect(second.contactId).not.toBe(first.contactId);
    expect(second.name).toBe('sam smith (WEB0000011)');
    expect(must(await client.ensureContact(contactOf('WEB0000010', 'Sam Smith')))).toMatchObject({ contactId: first.contactId, existed: true });
  });

  it('renews an expired token once for all askers, stores it before use, and never shows it', async () => {
    await control('/settings', 'PATCH', { accessTokenTtlSeconds: 1 });
    const store = memoryStore({ refreshToken: 'sandbox-refresh-token' });
    let clock = Date.now();
    const source = createTokenSource({ settings, store, now: () => clock });
    const tokens = await Promise.all([1, 2, 3, 4].map(() => source.accessToken()));
    expect(new Set(tokens.map(must)).size).toBe(1);
    clock += 3_600_000;
    await Promise.all([source.accessToken(), source.accessToken()]);
    expect(store.saves).toBe(2);
    await control('/settings', 'PATCH', { accessTokenTtlSeconds: 1800 });
    const refused = createTokenSource({ settings, store: memoryStore({ refreshToken: 'stolen' }) });
    const failure = await refused.accessToken();
    expect(code(failure)).toBe('reconnect-needed');
    expect(JSON.stringify(failure)).not.toMatch(/stolen|sandbox-secret|rt-|at-/);
  });

  it('keeps balanced books behind all this', async () => {
    expect(await (await control('/books', 'GET')).json()).toMatchObject({ balanced: true, receivablesControlMatches: true });
  });
});
