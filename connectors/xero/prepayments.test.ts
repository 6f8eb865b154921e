import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Outcome } from '../../canonical/failure';
import { type XeroContactId } from '../../canonical/ids';
import { money } from '../../canonical/money';
import { startXero } from '../../sandbox/xero/server';
import { createTokenSource, createXeroClient } from './connector';
import { prepaymentDraft } from './documents';
import { contactOf, invoiceOf } from './drafts.test-data';
import { type XeroClient, type XeroInvoice, type XeroPrepaymentDraft, type XeroSettings, type XeroTokens } from './types';

const usd = (text: string): ReturnType<typeof money> => money(text, 'USD');
function must<T>(outcome: Outcome<T>): T { if (!outcome.ok) throw new Error(`${outcome.failure.code}: ${outcome.failure.message}`); return outcome.value; }
const code = (outcome: Outcome<unknown>): string => (outcome.ok ? 'ok' : outcome.failure.code);

describe('prepayments against the simulator', () => {
  const dir = mkdtempSync(join(tmpdir(), 'tieout-prepay-'));
  let xero: Awaited<ReturnType<typeof startXero>>;
  let client: XeroClient;
  let contactId: XeroContactId;
  let n = 0;
  const control = (path: string, method: string, body?: object): Promise<Response> => fetch(`${xero.url}/_sandbox${path}`, { method, ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}) });
  const documentOf = (key: string, amount: number, over: object = {}): Record<string, unknown> => ({
    Type: 'RECEIVE-PREPAYMENT', Contact: { ContactID: contactId }, BankAccount: { Code: '091' }, Date: '2026-11-20', LineAmountTypes: 'NoTax', LineItems: [{ Description: `${key} Paid before the invoice of #1`, Quantity: 1, UnitAmount: amount, AccountCode: '830' }], ...over,
  });
  const draft = (amount = 20, over: Partial<XeroPrepaymentDraft> = {}): XeroPrepaymentDraft => {
    n += 1;
    const key = over.key ?? `SHP-${n}/pi_1`;
    return must(prepaymentDraft(documentOf(key, amount), { contactId, amount: usd(String(amount)), key, notBefore: '2026-11-20', ...over }));
  };
  const invoice = async (): Promise<XeroInvoice> => {
    n += 1;
    return must(await client.createInvoice(invoiceOf({ invoiceNumber: `STDINV${n}`, contactId, reference: `SHP-${n} #${n}`, date: '2026-11-21', dueDate: '2026-12-04', currency: 'USD', status: 'AUTHORISED', lines: [{ description: 'Cap', quantity: '1', net: usd('20'), tax: usd('0'), accountCode: '200', taxType: 'NONE' }] }))).invoice;
  };

  beforeAll(async () => {
    xero = await startXero({ port: 0, dataDir: dir });
    const settings: XeroSettings = { apiBaseUrl: `${xero.url}/api.xro/2.0`, identityBaseUrl: xero.url, connectionsUrl: `${xero.url}/connections`, clientId: 'tieout-sandbox', clientSecret: 'tieout-sandbox-secret', flow: 'authorization-code', tenantId: '3f8a2c1e-5b7d-4e9a-8c6f-1d2e3f4a5b6c', baseCurrency: 'USD', timeoutMs: 800 };
    let kept: { tokens: XeroTokens; version: number } = { tokens: { refreshToken: 'sandbox-refresh-token' }, version: 1 };
    const store = { load: async () => kept, save: async (tokens: XeroTokens, version: number) => { kept = { tokens, version: version + 1 }; return true; }, lease: async () => ({ release: async () => undefined }) };
    const budget = { take: async () => ({ ok: true as const, value: { release: () => undefined } }), observe: async () => undefined };
    client = createXeroClient({ settings, tokens: createTokenSource({ settings, store }), budget });
    await control('/entries/accounts', 'POST', [{ Code: '830', Name: 'Income in advance', Type: 'CURRLIAB' }]);
    contactId = must(await client.ensureContact(contactOf('WEB0000001', 'Ann Lee'))).contactId;
  });
  afterEach(async () => { expect(await (await control('/books', 'GET')).json()).toMatchObject({ balanced: true, receivablesControlMatches: true }); });
  afterAll(async () => { await xero.close(); rmSync(dir, { recursive: true, force: true }); });

  it('is found by its key, used for an invoice that tells where its money came in, and paid back for the rest; each of it once', async () => {
    const asked = draft();
    const { prepaymentId } = must(await client.createPrepayment(asked));
    expect(await client.createPrepayment(asked)).toEqual({ ok: true, value: { prepaymentId, existed: true } });
    const find = { contactId, key: asked.key, notBefore: '2026-11-20' };
    const whole = { prepaymentId, key: asked.key, status: 'AUTHORISED', contactId, accountCode: '091', date: '2026-11-20', total: usd('20'), remaining: usd('20'), allocations: [], refunds: [] };
    expect([must(await client.readPrepayment(find)), must(await client.readPrepayment({ prepaymentId })), must(await client.readPrepayment({ ...find, key: `${asked.key}0` })), must(await client.readPrepayment({ ...find, notBefore: '2026-11-21' }))]).toEqual([whole, whole, undefined, undefined]);

    const sold = await invoice();
    const use = { prepaymentId, invoiceId: sold.invoiceId, amount: usd('12'), date: '2026-11-21' };
    expect([must(await client.allocatePrepayment(use)).existed, must(await client.allocatePrepayment(use)).existed, code(await client.allocatePrepayment({ ...use, amount: usd('13') }))]).toEqual([false, true, 'duplicate-conflict']);
    expect(must(await client.readInvoices([sold.invoiceNumber]))[0]).toMatchObject({ amountDue: usd('8'), payments: [], prepayments: [{ prepaymentId, amount: usd('12'), reference: asked.key, accountCode: '091' }] });

    const back = { prepaymentId, accountCode: '091', amount: usd('8'), date: '2026-11-22', reference: `${asked.key}/unused` };
    const { paymentId } = must(await client.refundPrepayment(back));
    expect(await client.refundPrepayment(back)).toEqual({ ok: true, value: { paymentId, existed: true } });
    expect(code(await client.refundPrepayment({ ...back, amount: usd('7') }))).toBe('duplicate-conflict');
    expect(must(await client.readPrepayment({ prepaymentId }))).toMatchObject({ status: 'PAID', remaining: usd('0'), allocations: [{ invoiceId: sold.invoiceId, amount: usd('12') }], refunds: [{ paymentId, amount: usd('8'), reference: `${asked.key}/unused` }] });
  });
  it('says what Xero refuses, what stands otherwise and what is gone', async () => {
    const asked = draft();
    const { prepaymentId } = must(await client.createPrepayment(asked));
    expect(code(await client.createPrepayment(draft(21, { key: asked.key })))).toBe('duplicate-conflict');
    const bank = { ...draft(), document: documentOf('SHP-x/pi_1', 20, { BankAccount: { Code: '825' } }) };
    expect(await client.createPrepayment({ ...bank, key: 'SHP-x/pi_1' })).toMatchObject({ ok: false, failure: { system: 'xero', message: expect.stringMatching(/of type BANK/) } });
    const sold = await invoice();
    expect(code(await client.allocatePrepayment({ prepaymentId, invoiceId: sold.invoiceId, amount: usd('20.01'), date: '2026-11-21' }))).not.toBe('ok');
    const gone = '11111111-2222-4333-8444-555555555555';
    expect([must(await client.readPrepayment({ prepaymentId: gone })), code(await client.allocatePrepayment({ prepaymentId: gone, invoiceId: sold.invoiceId, amount: usd('1'), date: '2026-11-21' }))]).toEqual([undefined, 'document-missing']);
  });
  it('sends none whose contact, key or amount is not what was asked', () => {
    const of = { contactId, amount: usd('20'), key: 'SHP-1/pi_1', notBefore: '2026-11-20' };
    const made = (over: object, amount = 20): Outcome<unknown> => prepaymentDraft(documentOf(of.key, amount, over), of);
    expect(code(made({}))).toBe('ok');
    expect(made({}, 20.01)).toMatchObject({ ok: false, failure: { code: 'totals-do-not-add-up', value: '20.01' } });
    for (const [over, field] of [
      [{ Contact: { ContactID: 'x' } }, 'Contact.ContactID'], [{ LineItems: [{ Description: 'Deposit SHP-1/pi_1', Quantity: 1, UnitAmount: 20 }] }, 'LineItems.0.Description'], [{ Type: 'RECEIVE' }, 'Type'], [{ BankAccount: {} }, 'BankAccount.Code'],
    ] as const) expect(made(over)).toMatchObject({ ok: false, failure: { code: 'document-rejected', field } });
  });
});
