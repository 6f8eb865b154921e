import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import fc from 'fast-check';
import { failureCatalogue, type Outcome } from '../../canonical/failure';
import { createXeroClient } from './connector';
import { contactOf, creditNoteOf, invoiceOf, type InvoiceWords, paymentOf } from './drafts.test-data';
import { type XeroClient, type XeroInvoiceDraft } from './types';
import { toCallFailure } from './xero-errors';

const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const usd = (minor: string): { minor: string; currency: string } => ({ minor, currency: 'USD' });
const invoiceId = id(3) as Parameters<XeroClient['setInvoiceStatus']>[0];
const told: InvoiceWords = { invoiceNumber: 'I1', contactId: id(1) as XeroInvoiceDraft['contactId'], reference: 'SHP-1', date: '2026-11-20', dueDate: '2026-12-04', currency: 'USD', status: 'AUTHORISED', lines: [{ description: 'Cap', quantity: '1', net: usd('1000'), tax: usd('0'), accountCode: '200', taxType: 'NONE' }] };
const draft = invoiceOf(told);

/** What Xero answers next, whatever it is asked. */
let answer: (res: ServerResponse) => void = (res) => res.end();
let server: Server;
let client: XeroClient;
const waits: number[] = [];
const timeoutMs = 1_500;
beforeAll(async () => {
  server = createServer((req, res) => { req.resume(); req.on('end', () => answer(res)); });
  await new Promise<void>((up) => { server.listen(0, '127.0.0.1', up); });
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const tokens = { accessToken: async () => ({ ok: true as const, value: 'token-planted' }), refresh: async () => ({ ok: true as const, value: 'token-planted' }) };
  client = createXeroClient({ settings: { apiBaseUrl: base, identityBaseUrl: base, connectionsUrl: base, clientId: 'c', clientSecret: 's', flow: 'authorization-code', tenantId: id(2), baseCurrency: 'USD', timeoutMs }, tokens,
    budget: { take: async () => ({ ok: true, value: { release: () => undefined } }), observe: async ({ retryAfterMs }) => { if (retryAfterMs !== undefined) waits.push(retryAfterMs); } } });
});
afterAll(() => { server.closeAllConnections(); server.close(); });
const say = (text: string, status = 200, headers: Record<string, string> = {}): void => { answer = (res) => { res.writeHead(status, { 'content-type': 'application/json', ...headers }); res.end(text); }; };

const reads = (): Promise<Outcome<unknown>[]> => Promise.all([client.readInvoices(['I1']), client.listInvoicesSince('2026-11-01T00:00:00Z'), client.readOrganisation(), client.readCreditNotes(['C1']), client.findByOrderKeys(['SHP-1'])]);
const refund = { creditNoteId: id(5), accountCode: '090', amount: usd('500'), date: '2026-11-20', reference: 'R1' } as Parameters<XeroClient['refundCreditNote']>[0];
const allocation = { creditNoteId: id(5), invoiceId, amount: usd('500'), date: '2026-11-20' } as Parameters<XeroClient['allocateCreditNote']>[0];
const writes = (): Promise<Outcome<unknown>[]> => Promise.all([
  client.createInvoice(draft), client.createPayment(paymentOf({ invoiceId, accountCode: '090', amount: usd('500'), date: '2026-11-20', reference: 'SHP-1/p1' })), client.ensureContact(contactOf('WEB1', 'Ann')),
  client.createCreditNote(creditNoteOf({ ...told, creditNoteNumber: 'C1' })), client.setInvoiceStatus(invoiceId, 'VOIDED'), client.deletePayment(id(4)), client.allocateCreditNote(allocation), client.refundCreditNote(refund),
]);
function isNamed(outcome: Outcome<unknown>): void {
  if (outcome.ok) return;
  const { code, message, fix, causes = [], retryAfterMs = 0 } = outcome.failure;
  expect([Object.keys(failureCatalogue).includes(code), message.length > 10 && message.length <= 1_000, fix.length > 10, causes.length <= 50, retryAfterMs >= 0 && retryAfterMs <= 90_000_000, JSON.stringify(outcome).includes('token-planted')]).toEqual([true, true, true, true, true, false]);
}

describe('whatever Xero answers, every call ends with a word of ours', () => {
  const bodies = ['', 'null', '5', '"x"', '[]', '{}', '[null]', '{"Invoices":null}', '{"Invoices":"x"}', '{"Invoices":{}}', '{"Invoices":[null]}', '{"Invoices":[[]]}', '{"Invoices":[5]}', '{"Payments":[null],"Contacts":[null],"CreditNotes":[null],"Allocations":[null],"Organisations":[null]}', '<html>Sign in</html>', '{"Invoices":[{"Date":"never"}]}', `{"Invoices":${'['.repeat(2_000)}${']'.repeat(2_000)}}`];
  it.each(bodies)('200 with %s', async (body) => {
    say(body);
    for (const outcome of await reads()) { isNamed(outcome); if (!outcome.ok) expect(['reply-unreadable', 'system-unavailable']).toContain(outcome.failure.code); }
    for (const outcome of await writes()) { isNamed(outcome); expect(outcome.ok && JSON.stringify(outcome.value).includes('00000000-0000')).toBe(false); }
  }, 60_000);
  it.each([
    '{"Elements":{}}', '{"Elements":"x"}', '{"Elements":[null]}', '{"Elements":[{"ValidationErrors":{}}]}', '{"Elements":[{"ValidationErrors":"x"}]}', '{"Elements":[{"ValidationErrors":[null,5,{"Message":{}}]}]}', `{"Message":"${'x'.repeat(100_000)}"}`, `{"Elements":[{"ValidationErrors":[${'{"Message":"no"},'.repeat(5_000)}{"Message":"no"}]}]}`, 'null', '', '5', '<html>',
  ])('400 with %s', async (body) => {
    say(body, 400);
    for (const outcome of [...await reads(), ...await writes()]) isNamed(outcome);
  }, 60_000);
  it.each(['1e400', '-5', '999999999999', 'NaN', '', 'Fri, 31 Dec 9999 23:59:59 GMT', '0x10', '1e9'])('429 with Retry-After: %s waits a bounded time', async (given) => {
    waits.length = 0;
    say('', 429, { 'retry-after': given });
    for (const outcome of await reads()) { isNamed(outcome); expect(outcome).toMatchObject({ ok: false, failure: { code: 'rate-limited' } }); }
    expect(waits.every((ms) => ms >= 500 && ms <= 86_400_000)).toBe(true);
    say('', 429, { 'retry-after': given, 'x-rate-limit-problem': 'day' });
    for (const outcome of await reads()) { isNamed(outcome); expect(outcome).toMatchObject({ ok: false, failure: { code: 'day-limit' } }); }
    expect([waits.length > 0, waits.every((ms) => ms >= 500 && ms <= 86_400_000)]).toEqual([true, true]);
  });
  it('an answer that comes drop by drop is given up in time', async () => {
    const drips: ReturnType<typeof setInterval>[] = [];
    answer = (res) => { res.writeHead(200, { 'content-type': 'application/json' }); drips.push(setInterval(() => res.write(' '), 200)); };
    const began = Date.now();
    const [outcome] = await Promise.all([client.readInvoices(['I1'])]);
    drips.forEach(clearInterval);
    expect([outcome, Date.now() - began < 3 * timeoutMs]).toEqual([expect.objectContaining({ ok: false }), true]);
  }, 30_000);
  it('any JSON at any status', async () => {
    const key = fc.constantFrom('Invoices', 'Payments', 'Contacts', 'CreditNotes', 'Allocations', 'Organisations', 'Elements', 'ValidationErrors', 'Message', 'InvoiceID', 'Total', 'Date', 'Invoice', 'HasErrors', 'StatusAttributeString', '__proto__');
    const leaf = fc.constantFrom('5', '-1', '1e400', '"NaN"', '""', `"${id(3)}"`, '"ERROR"', '"/Date(99999999999999999)/"', 'null', 'true', '[]', '{}', '"must be unique"');
    const { json } = fc.letrec<{ json: string }>((tie) => ({ json: fc.oneof({ maxDepth: 5 }, leaf, fc.array(tie('json'), { maxLength: 3 }).map((l) => `[${l.join(',')}]`), fc.array(fc.tuple(key, tie('json')), { maxLength: 4 }).map((l) => `{${l.map(([k, v]) => `"${k}":${v}`).join(',')}}`)) }));
    await fc.assert(fc.asyncProperty(json, fc.constantFrom(200, 400, 401, 403, 404, 409, 412, 418, 429, 500, 503), async (text, status) => {
      say(text, status);
      for (const outcome of await reads()) isNamed(outcome);
      isNamed(await client.setInvoiceStatus(invoiceId, 'VOIDED'));
    }), { numRuns: 60 });
    expect(Object.keys(Object.prototype)).toEqual([]);
  }, 120_000);
  it('anything that is thrown becomes an end, without what was sent', () => {
    const thrown = fc.oneof(fc.anything(), fc.json(), fc.record({ response: fc.record({ statusCode: fc.oneof(fc.integer({ min: 0, max: 700 }), fc.anything()), headers: fc.oneof(fc.anything(), fc.dictionary(fc.constantFrom('retry-after', 'x-rate-limit-problem', 'www-authenticate'), fc.anything())), body: fc.anything() }), body: fc.anything() }, { requiredKeys: ['response'] }));
    fc.assert(fc.property(thrown, (error) => { expect(['refused', 'unauthorized', 'unknown']).toContain(toCallFailure(error, 'I1').kind); }), { numRuns: 2_000 });
  });
});

describe('Xero is believed only about what was asked', () => {
  const invoice = (over: object = {}): object => ({ InvoiceID: id(3), InvoiceNumber: 'I1', Type: 'ACCREC', Reference: 'SHP-1', Status: 'VOIDED', DateString: '2026-11-20T00:00:00', Date: '/Date(1795132800000+0000)/', CurrencyCode: 'USD', SubTotal: 10, TotalTax: 0, Total: 10, AmountDue: 10, AmountPaid: 0, AmountCredited: 0, UpdatedDateUTC: '/Date(1795132800000+0000)/', Contact: { ContactID: id(1) }, LineItems: [], Payments: [], ...over });
  it('another invoice than the one that was asked for by id is unreadable', async () => {
    say(JSON.stringify({ Invoices: [invoice({ InvoiceID: id(9) })], Payments: [] }));
    expect(await client.setInvoiceStatus(invoiceId, 'VOIDED')).toMatchObject({ ok: false, failure: { code: 'reply-unreadable' } });
    say(JSON.stringify({ Invoices: [invoice()], Payments: [] }));
    expect(await client.setInvoiceStatus(invoiceId, 'VOIDED')).toMatchObject({ ok: true });
  });
  it('another payment, contact or credit note likewise', async () => {
    say(JSON.stringify({ Payments: [{ PaymentID: id(9), Amount: 5, Date: '/Date(1795132800000+0000)/', Reference: 'x', Status: 'DELETED', Account: { Code: '090' }, Invoice: { InvoiceID: id(3) } }] }));
    expect(await client.deletePayment(id(4))).toMatchObject({ ok: false, failure: { code: 'reply-unreadable' } });
    say(JSON.stringify({ Contacts: [{ ContactID: id(9), Name: 'Bob', ContactNumber: 'WEB2', ContactStatus: 'ACTIVE' }] }));
    expect(await client.ensureContact(contactOf('WEB1', 'Ann'))).toMatchObject({ ok: false, failure: { code: 'reply-unreadable' } });
    say(JSON.stringify({ CreditNotes: [{ CreditNoteID: id(9), CreditNoteNumber: 'C9', Type: 'ACCRECCREDIT', Reference: 'x', Status: 'AUTHORISED', Date: '/Date(1795132800000+0000)/', CurrencyCode: 'USD', SubTotal: 5, TotalTax: 0, Total: 5, RemainingCredit: 0, Contact: { ContactID: id(1) }, Allocations: [{ Amount: 5, Invoice: { InvoiceID: id(3) } }], Payments: [] }] }));
    expect(await client.allocateCreditNote(allocation)).toMatchObject({ ok: false, failure: { code: 'reply-unreadable' } });
  });
  it.each([['no currency', { CurrencyCode: 'usd' }], ['a change in the year 275760', { UpdatedDateUTC: '/Date(8640000000000000)/' }]])('an invoice with %s is unreadable', async (_what, over) => {
    say(JSON.stringify({ Invoices: [invoice(over)], Payments: [] }));
    expect(await client.readInvoices(['I1'])).toMatchObject({ ok: false, failure: { code: 'reply-unreadable' } });
  });
  it('an invoice of the same amount in another currency is not ours', async () => {
    answer = (res) => { res.setHeader('content-type', 'application/json'); res.end(JSON.stringify({ Invoices: [invoice({ Status: 'AUTHORISED', CurrencyCode: 'NZD' })], Payments: [] })); };
    expect(await client.createInvoice(draft)).toMatchObject({ ok: false, failure: { code: expect.stringMatching(/duplicate-conflict|totals-do-not-add-up/) } });
  });
});
