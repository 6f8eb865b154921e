import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Outcome } from '../../canonical/failure';
import { moneyText } from '../../canonical/money';
import { startXero } from '../../sandbox/xero/server';
import { createTokenSource, createXeroClient } from './connector';
import { contactOf, creditNoteOf, type CreditNoteWords, invoiceOf, type InvoiceWords } from './drafts.test-data';
import { type XeroClient, type XeroCreditNote, type XeroCreditNoteDraft, type XeroInvoice, type XeroInvoiceDraft, type XeroSettings, type XeroTokens } from './types';
import { createWriteOnce } from './write-once';

const usd = (minor: string): { minor: string; currency: string } => ({ minor, currency: 'USD' });
function must<T>(outcome: Outcome<T>): T { if (!outcome.ok) throw new Error(`${outcome.failure.code}: ${outcome.failure.message}`); return outcome.value; }
const code = (outcome: Outcome<unknown>): string => (outcome.ok ? 'ok' : outcome.failure.code);

type Documents = {
  creditNotes: { number: string; reference: string; status: string; total: string; remaining: string; allocations: { invoiceNumber: string; amount: string }[]; refunds: { amount: string; reference: string }[] }[];
  payments: { reference: string }[]; invoices: { number: string; status: string; amountDue: string }[];
};
const lossModes = ['reset-after-commit', 'timeout-after-commit', 'html-200-after-commit', 'truncated-after-commit', 'error-500-after-commit', 'error-500-before-commit', 'reset-before-commit', 'timeout-before-commit', 'html-200-before-commit'];

describe('credit notes against the simulator', () => {
  const dir = mkdtempSync(join(tmpdir(), 'tieout-credit-'));
  let xero: Awaited<ReturnType<typeof startXero>>;
  let client: XeroClient;
  let contactId: XeroInvoiceDraft['contactId'];
  let n = 0;
  const control = (path: string, method: string, body?: object): Promise<Response> => fetch(`${xero.url}/_sandbox${path}`, { method, ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}) });
  const documents = async (): Promise<Documents> => (await control('/documents', 'GET')).json() as never;
  const counts = async (): Promise<Record<string, number>> => ((await (await control('/calls', 'GET')).json()) as { counts: Record<string, number> }).counts;
  const held = async (number: string): Promise<Documents['creditNotes']> => (await documents()).creditNotes.filter((c) => c.number === number);
  const told = (over: Partial<CreditNoteWords> = {}): CreditNoteWords => {
    n += 1;
    return { creditNoteNumber: `RTN${n}`, contactId, reference: `SHP-${n} #${n}`, date: '2026-11-22', currency: 'USD',
      lines: [{ description: 'Cap', quantity: '3', net: usd('10000'), tax: usd('725'), accountCode: '200', taxType: 'TAX001' }], ...over };
  };
  const draft = (over: Partial<CreditNoteWords> = {}): XeroCreditNoteDraft => creditNoteOf(told(over));
  const note = async (over: Partial<CreditNoteWords> = {}): Promise<XeroCreditNote> => must(await client.createCreditNote(draft(over))).creditNote;
  const invoice = async (over: Partial<InvoiceWords> = {}): Promise<XeroInvoice> => {
    n += 1;
    return must(await client.createInvoice(invoiceOf({ invoiceNumber: `STDINV${n}`, contactId, reference: `SHP-${n} #${n}`, date: '2026-11-20', dueDate: '2026-12-04', currency: 'USD', status: 'AUTHORISED', lines: told().lines, ...over }))).invoice;
  };

  beforeAll(async () => {
    xero = await startXero({ port: 0, dataDir: dir });
    const settings: XeroSettings = { apiBaseUrl: `${xero.url}/api.xro/2.0`, identityBaseUrl: xero.url, connectionsUrl: `${xero.url}/connections`, clientId: 'tieout-sandbox', clientSecret: 'tieout-sandbox-secret', flow: 'authorization-code', tenantId: '3f8a2c1e-5b7d-4e9a-8c6f-1d2e3f4a5b6c', baseCurrency: 'USD', timeoutMs: 800 };
    let kept: { tokens: XeroTokens; version: number } = { tokens: { refreshToken: 'sandbox-refresh-token' }, version: 1 };
    const store = { load: async () => kept, save: async (tokens: XeroTokens, version: number) => { kept = { tokens, version: version + 1 }; return true; }, lease: async () => ({ release: async () => undefined }) };
    const budget = { take: async () => ({ ok: true as const, value: { release: () => undefined } }), observe: async () => undefined };
    client = createXeroClient({ settings, tokens: createTokenSource({ settings, store }), budget });
    contactId = must(await client.ensureContact(contactOf('WEB0000001', 'Ann Lee'))).contactId;
  });
  afterEach(async () => {
    expect(await (await control('/books', 'GET')).json()).toMatchObject({ balanced: true, receivablesControlMatches: true });
    await control('/faults', 'DELETE');
  });
  afterAll(async () => { await xero.close(); rmSync(dir, { recursive: true, force: true }); });

  it('takes back part of an invoice and refunds the rest: both documents are closed, the receivable is settled', async () => {
    const sold = await invoice();
    const { creditNote, existed } = must(await client.createCreditNote(draft({ creditNoteNumber: 'RTN-A' })));
    expect([moneyText(creditNote.total), moneyText(creditNote.tax), moneyText(creditNote.remaining), creditNote.status, existed]).toEqual(['107.25', '7.25', '107.25', 'AUTHORISED', false]);
    expect(must(await client.allocateCreditNote({ creditNoteId: creditNote.creditNoteId, invoiceId: sold.invoiceId, amount: usd('7025'), date: '2026-11-22' }))).toEqual({ existed: false });
    const { paymentId } = must(await client.refundCreditNote({ creditNoteId: creditNote.creditNoteId, accountCode: '091', amount: usd('3700'), date: '2026-11-23', reference: 'SHP-A/re_1' }));
    const [read] = must(await client.readCreditNotes(['RTN-A', 'nobody']));
    expect(read).toMatchObject({ creditNoteId: creditNote.creditNoteId, status: 'PAID', remaining: usd('0'), allocations: [{ invoiceId: sold.invoiceId, amount: usd('7025') }], refunds: [{ paymentId, amount: usd('3700'), reference: 'SHP-A/re_1' }] });
    expect(must(await client.readInvoices([sold.invoiceNumber]))[0]).toMatchObject({ status: 'AUTHORISED', amountDue: usd('3700'), amountCredited: usd('7025'), amountPaid: usd('0') });
    expect(await held('RTN-A')).toMatchObject([{ status: 'PAID', total: '107.25', remaining: '0.00', allocations: [{ invoiceNumber: sold.invoiceNumber, amount: '70.25' }], refunds: [{ amount: '37.00', reference: 'SHP-A/re_1' }] }]);
    expect((await documents()).payments.filter((p) => p.reference === 'SHP-A/re_1')).toEqual([]);
  });

  it('keeps foreign money: the note and its refund carry the rate', async () => {
    const eur = (minor: string): { minor: string; currency: string } => ({ minor, currency: 'EUR' });
    const made = await note({ currency: 'EUR', rate: '0.92', lines: [{ description: 'Cap', quantity: '1', net: eur('5000'), tax: eur('0'), accountCode: '200', taxType: 'NONE' }] });
    must(await client.refundCreditNote({ creditNoteId: made.creditNoteId, accountCode: '091', amount: eur('5000'), date: '2026-11-22', reference: 'SHP-EUR/re_1', rate: '0.93' }));
    expect(must(await client.readCreditNotes([made.creditNoteNumber]))[0]).toMatchObject({ currency: 'EUR', remaining: eur('0'), refunds: [{ amount: eur('5000') }] });
  });

  it.each(lossModes)('%s leaves exactly one credit note, one allocation and one refund', async (mode) => {
    const sold = await invoice();
    const mine = draft();
    await control('/faults', 'POST', { mode, operation: 'PUT CreditNotes', times: 1 });
    const { creditNote } = must(await client.createCreditNote(mine));
    const { creditNoteId } = creditNote;
    const allocation = { creditNoteId, invoiceId: sold.invoiceId, amount: usd('4000'), date: '2026-11-22' };
    await control('/faults', 'POST', { mode, operation: 'PUT CreditNotes/Allocations', times: 1 });
    must(await client.allocateCreditNote(allocation));
    const refund = { creditNoteId, accountCode: '091', amount: usd('2000'), date: '2026-11-22', reference: `${mine.creditNoteNumber}/re_1` };
    await control('/faults', 'POST', { mode, operation: 'PUT Payments', times: 1 });
    const { paymentId } = must(await client.refundCreditNote(refund));
    expect(must(await client.createCreditNote(mine, { lookFirst: true }))).toMatchObject({ existed: true, creditNote: { creditNoteId } });
    expect(must(await client.allocateCreditNote(allocation))).toEqual({ existed: true });
    expect(must(await client.refundCreditNote(refund))).toEqual({ paymentId, existed: true });
    expect(await held(mine.creditNoteNumber)).toMatchObject([{ status: 'AUTHORISED', remaining: '47.25', allocations: [{ amount: '40.00' }], refunds: [{ amount: '20.00', reference: refund.reference }] }]);
  }, 30_000);

  it('passes a 5xx that Xero keeps under the key by the next key, and says unknown when every one fails, with nothing written twice after', async () => {
    const sold = await invoice();
    const { creditNoteId, creditNoteNumber } = await note();
    const allocation = { creditNoteId, invoiceId: sold.invoiceId, amount: usd('4000'), date: '2026-11-22' };
    const refund = { creditNoteId, accountCode: '091', amount: usd('2000'), date: '2026-11-22', reference: `${creditNoteNumber}/re_1` };
    const before = await counts();
    for (const operation of ['PUT CreditNotes/Allocations', 'PUT Payments']) await control('/faults', 'POST', { mode: 'error-500-before-commit', operation, times: 3 });
    expect([code(await client.allocateCreditNote(allocation)), code(await client.refundCreditNote(refund))]).toEqual(['outcome-unknown', 'outcome-unknown']);
    const after = await counts();
    expect(['PUT CreditNotes/Allocations', 'PUT Payments'].map((o) => (after[o] ?? 0) - (before[o] ?? 0))).toEqual([3, 3]);
    expect([must(await client.allocateCreditNote(allocation)).existed, must(await client.refundCreditNote(refund)).existed]).toEqual([false, false]);
    await control('/faults', 'POST', { mode: 'error-500-before-commit', operation: 'PUT CreditNotes', times: 3 });
    const mine = draft();
    expect(code(await client.createCreditNote(mine))).toBe('outcome-unknown');
    expect((await held(mine.creditNoteNumber))).toEqual([]);
    expect(must(await client.createCreditNote(mine)).existed).toBe(false);
    expect(await held(mine.creditNoteNumber)).toHaveLength(1);
    expect(await held(creditNoteNumber)).toMatchObject([{ remaining: '47.25', allocations: [{ amount: '40.00' }], refunds: [{ amount: '20.00' }] }]);
  });

  it('makes one of equal asks of one moment', async () => {
    const sold = await invoice();
    const { creditNoteId, creditNoteNumber } = await note();
    const allocation = { creditNoteId, invoiceId: sold.invoiceId, amount: usd('1000'), date: '2026-11-22' };
    const refund = { creditNoteId, accountCode: '091', amount: usd('1000'), date: '2026-11-22', reference: `${creditNoteNumber}/re_1` };
    const results = await Promise.all([1, 2, 3].flatMap(() => [client.allocateCreditNote(allocation), client.refundCreditNote(refund)]));
    expect(results.map((r) => code(r as Outcome<unknown>))).toEqual(Array(6).fill('ok'));
    expect(await held(creditNoteNumber)).toMatchObject([{ remaining: '87.25', allocations: [{ amount: '10.00' }], refunds: [{ amount: '10.00' }] }]);
  });

  it('shares calls: 60 notes of one moment are few requests and each asker gets its own', async () => {
    const before = (await counts())['PUT CreditNotes'] ?? 0;
    const drafts = Array.from({ length: 60 }, () => draft());
    const results = await Promise.all(drafts.map((d) => client.createCreditNote(d)));
    expect(results.map((r) => must(r).creditNote.creditNoteNumber)).toEqual(drafts.map((d) => d.creditNoteNumber));
    expect(((await counts())['PUT CreditNotes'] ?? 0) - before).toBeLessThanOrEqual(4);
    expect(must(await client.readCreditNotes(drafts.map((d) => d.creditNoteNumber)))).toHaveLength(60);
  });

  it.each([
    ['reference', { reference: 'OTHER-1 #9' }], ['total', { lines: [{ description: 'x', quantity: '1', net: usd('1'), tax: usd('0'), accountCode: '200', taxType: 'NONE' }] }],
  ] as [string, Partial<CreditNoteWords>][])('says conflict when the number is a note of another %s', async (_what, over) => {
    const words = told();
    const mine = creditNoteOf(words);
    const { creditNoteId } = must(await client.createCreditNote(mine)).creditNote;
    expect(must(await client.createCreditNote(mine)).creditNote.creditNoteId).toBe(creditNoteId);
    for (const lookFirst of [true, false]) expect(code(await client.createCreditNote(creditNoteOf({ ...words, ...over }), { lookFirst }))).toBe('duplicate-conflict');
  });

  it('says conflict for another contact, and for a note of that number that was voided', async () => {
    const mine = draft();
    const { creditNoteId } = must(await client.createCreditNote(mine)).creditNote;
    const other = must(await client.ensureContact(contactOf('WEB0000002', 'Bob Ray'))).contactId;
    expect(code(await client.createCreditNote({ ...mine, contactId: other }, { lookFirst: true }))).toBe('duplicate-conflict');
    const token = await (await fetch(`${xero.url}/connect/token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials' }), headers: { authorization: `Basic ${Buffer.from('tieout-custom:tieout-custom-secret').toString('base64')}` } })).json() as { access_token: string };
    const reply = await fetch(`${xero.url}/api.xro/2.0/CreditNotes/${creditNoteId}`, { method: 'POST', headers: { authorization: `Bearer ${token.access_token}`, 'xero-tenant-id': '3f8a2c1e-5b7d-4e9a-8c6f-1d2e3f4a5b6c' }, body: JSON.stringify({ Status: 'VOIDED' }) });
    expect(reply.status).toBe(200);
    expect(code(await client.createCreditNote(mine, { lookFirst: true }))).toBe('duplicate-conflict');
  });

  it('says conflict when the allocation or the refund stands with another amount', async () => {
    const sold = await invoice();
    const { creditNoteId, creditNoteNumber } = await note();
    const allocation = { creditNoteId, invoiceId: sold.invoiceId, amount: usd('1000'), date: '2026-11-22' };
    const refund = { creditNoteId, accountCode: '091', amount: usd('1000'), date: '2026-11-22', reference: `${creditNoteNumber}/re_1` };
    must(await client.allocateCreditNote(allocation));
    must(await client.refundCreditNote(refund));
    expect([code(await client.allocateCreditNote({ ...allocation, amount: usd('999') })), code(await client.refundCreditNote({ ...refund, amount: usd('999') }))]).toEqual(['duplicate-conflict', 'duplicate-conflict']);
    expect(must(await client.refundCreditNote({ ...refund, reference: `${creditNoteNumber}/re_2` })).existed).toBe(false);
  });

  it('refuses what Xero refuses, with a code, and is not answered by that refusal once its cause is mended', async () => {
    const sold = await invoice();
    const { creditNoteId, creditNoteNumber } = await note();
    const allocation = { creditNoteId, invoiceId: sold.invoiceId, amount: usd('1000'), date: '2026-11-22' };
    const refund = { creditNoteId, accountCode: '091', amount: usd('1000'), date: '2026-11-22', reference: `${creditNoteNumber}/re_1` };
    const unknownId = '11111111-1111-4111-8111-111111111111';
    expect(code(await client.createCreditNote(draft({ currency: 'BHD' })))).toBe('currency-not-configured');
    expect([code(await client.allocateCreditNote({ ...allocation, amount: usd('99999') })), code(await client.refundCreditNote({ ...refund, amount: usd('99999') }))]).toEqual(['payments-do-not-match', 'payments-do-not-match']);
    expect([code(await client.allocateCreditNote({ ...allocation, creditNoteId: unknownId })), code(await client.allocateCreditNote({ ...allocation, invoiceId: unknownId })), code(await client.refundCreditNote({ ...refund, creditNoteId: unknownId }))]).toEqual(['document-missing', 'document-missing', 'document-missing']);
    expect(code(await client.refundCreditNote({ ...refund, accountCode: '200' }))).toBe('account-not-mapped');
    const draftInvoice = await invoice({ status: 'DRAFT' });
    expect(code(await client.allocateCreditNote({ ...allocation, invoiceId: draftInvoice.invoiceId }))).toBe('document-rejected');
    await control('/settings', 'PATCH', { periodLockDate: '2026-12-31' });
    const late = draft();
    for (let i = 0; i < 2; i += 1) expect([code(await client.createCreditNote(late)), code(await client.allocateCreditNote(allocation)), code(await client.refundCreditNote(refund))]).toEqual(['period-closed', 'period-closed', 'period-closed']);
    await control('/settings', 'PATCH', { periodLockDate: null });
    expect([code(await client.createCreditNote(late)), code(await client.allocateCreditNote(allocation)), code(await client.refundCreditNote(refund))]).toEqual(['ok', 'ok', 'ok']);
  });

  it('passes rate limits on without writing', async () => {
    const { creditNoteId, creditNoteNumber } = await note();
    const refund = { creditNoteId, accountCode: '091', amount: usd('1000'), date: '2026-11-22', reference: `${creditNoteNumber}/re_1` };
    await control('/faults', 'POST', { mode: 'rate-minute', operation: 'PUT Payments', times: 1 });
    expect(await client.refundCreditNote(refund)).toMatchObject({ ok: false, failure: { code: 'rate-limited', retryAfterMs: 1000 } });
    expect(must(await client.refundCreditNote(refund)).existed).toBe(false);
  });
});

describe('a write that only looking can prove', () => {
  const ask = { key: 'k', document: 'the refund r', request: { reference: 'r' }, conflict: { message: 'm', fix: 'f' }, parse: (): Outcome<string> => ({ ok: true, value: 'p' }) };
  const absent = async (): Promise<Outcome<{ kind: 'absent' }>> => ({ ok: true, value: { kind: 'absent' } });

  it('asks for a lost answer under the same key, and goes on to the next key after an answer Xero keeps', async () => {
    const sent: number[] = [];
    const ends = [{ kind: 'unknown' as const, why: 'reset' }, { kind: 'unknown' as const, why: 'HTTP 500', status: 500 }];
    const once = createWriteOnce();
    const send = async (generation: number) => { sent.push(generation); const end = ends.shift(); return end ? { ok: false as const, end } : { ok: true as const, body: [{}] }; };
    expect(await once({ ...ask, look: absent, send })).toEqual({ ok: true, value: { value: 'p', existed: false } });
    await once({ ...ask, look: absent, send });
    expect(sent).toEqual([0, 0, 1, 2]);
  });

  it('believes the ledger over a refusal that follows a lost write', async () => {
    const looks = ['absent', 'absent', 'ours'];
    const ends = [{ kind: 'unknown' as const, why: 'reset' }, { kind: 'refused' as const, status: 400, failure: { code: 'payments-do-not-match' as const, message: 'm', fix: 'f' } }];
    const outcome = await createWriteOnce()({ ...ask, look: async () => ({ ok: true, value: looks.shift() === 'ours' ? { kind: 'ours', value: 'p' } : { kind: 'absent' } }), send: async () => ({ ok: false, end: ends.shift() ?? { kind: 'unknown', why: '' } }) });
    expect(outcome).toEqual({ ok: true, value: { value: 'p', existed: false } });
  });

  it('does not write again when it cannot look', async () => {
    let sent = 0;
    const looks: Outcome<{ kind: 'absent' }>[] = [{ ok: true, value: { kind: 'absent' } }, { ok: false, failure: { code: 'system-unavailable', message: 'm', fix: 'f' } }];
    const outcome = await createWriteOnce()({ ...ask, look: async () => looks.shift() ?? absent(), send: async () => { sent += 1; return { ok: false, end: { kind: 'unknown', why: 'reset' } }; } });
    expect([code(outcome), sent]).toEqual(['outcome-unknown', 1]);
  });
});
