import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openOrganisation } from './model';
import { tenantId } from './seeds';
import { startXero } from './server';

type Json = Record<string, unknown>;
type Row = Json & { PrepaymentID: string; InvoiceID: string; PaymentID: string; AllocationID: string };
type Journal = { sourceType: string; lines: { account: string; debit: string; credit: string }[] };

describe('prepayments of the Xero organisation', () => {
  const dir = mkdtempSync(join(tmpdir(), 'tieout-xpp-'));
  let xero: Awaited<ReturnType<typeof startXero>>;
  let token = '';
  let contact = '';
  let stranger = '';
  const ask = async (method: string, path: string, body?: unknown): Promise<{ status: number; body: Json; text: string }> => {
    const reply = await fetch(`${xero.url}/api.xro/2.0${path}`, { method, headers: { authorization: `Bearer ${token}`, 'xero-tenant-id': tenantId }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const text = await reply.text();
    return { status: reply.status, body: text.startsWith('{') ? JSON.parse(text) as Json : {}, text };
  };
  const first = async (method: string, path: string, body: Json): Promise<Row> => Object.values((await ask(method, path, body)).body).filter(Array.isArray)[0]?.[0] as Row;
  const list = async (path: string): Promise<Row[]> => Object.values((await ask('GET', path)).body).filter(Array.isArray)[0] as Row[];
  const control = (path: string, method: string, body: unknown): Promise<Response> => fetch(`${xero.url}/_sandbox${path}`, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const books = async (): Promise<Json & { journals: Journal[] }> => (await fetch(`${xero.url}/_sandbox/books`)).json() as never;
  const journal = async (type: string): Promise<string[]> => ((await books()).journals.filter((j) => j.sourceType === type).at(-1)?.lines ?? []).map((l) => `${l.account} ${l.debit} ${l.credit}`);
  const lines = [{ Description: 'SHP-1/pi_1 Paid before the invoice', Quantity: 1, UnitAmount: 20, AccountCode: '830' }];
  const receive = (over: Json = {}): Promise<Row> => first('PUT', '/BankTransactions?summarizeErrors=false', { BankTransactions: [{ Type: 'RECEIVE-PREPAYMENT', Contact: { ContactID: contact }, BankAccount: { Code: '091' }, Date: '2026-11-20', LineAmountTypes: 'NoTax', LineItems: lines, ...over }] });
  const invoice = (over: Json = {}): Promise<Row> => first('PUT', '/Invoices', { Invoices: [{ Type: 'ACCREC', InvoiceNumber: randomUUID(), Contact: { ContactID: contact }, Date: '2026-11-21', DueDate: '2026-12-01', Status: 'AUTHORISED', LineItems: [{ Description: 'x', Quantity: 2, UnitAmount: 10, AccountCode: '200', TaxType: 'NONE' }], ...over }] });
  const allocate = (id: string, invoiceId: string, more: Json = {}): Promise<Row> => first('PUT', `/Prepayments/${id}/Allocations?summarizeErrors=false`, { Allocations: [{ Invoice: { InvoiceID: invoiceId }, Amount: 5, Date: '2026-11-22', ...more }] });
  const refund = (id: string, more: Json = {}): Promise<Row> => first('PUT', '/Payments?summarizeErrors=false', { Payments: [{ Prepayment: { PrepaymentID: id }, Account: { Code: '091' }, Amount: 5, Date: '2026-11-22', Reference: 're_1', ...more }] });
  const now = async (id: string): Promise<Row> => (await list(`/Prepayments/${id}`))[0] as Row;
  const locked = async <T>(date: string, work: () => Promise<T>): Promise<T> => { await control('/settings', 'PATCH', { periodLockDate: date }); try { return await work(); } finally { await control('/settings', 'PATCH', { periodLockDate: null }); } };

  beforeAll(async () => {
    xero = await startXero({ port: 0, dataDir: dir });
    const reply = await fetch(`${xero.url}/connect/token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: 'sandbox-refresh-token' }), headers: { authorization: `Basic ${Buffer.from('tieout-sandbox:tieout-sandbox-secret').toString('base64')}` } });
    token = String(((await reply.json()) as Json)['access_token']);
    await control('/entries/accounts', 'POST', [{ Code: '830', Name: 'Income in advance', Type: 'CURRLIAB' }]);
    contact = String((await first('PUT', '/Contacts', { Contacts: [{ Name: 'Ann' }] }))['ContactID']);
    stranger = String((await first('PUT', '/Contacts', { Contacts: [{ Name: 'Bob' }] }))['ContactID']);
  });
  afterEach(async () => { expect(await books()).toMatchObject({ balanced: true, receivablesControlMatches: true }); });
  afterAll(async () => { await xero.close(); rmSync(dir, { recursive: true, force: true }); });

  it('holds money on the account of its line until an invoice takes it, and pays back the rest', async () => {
    const { PrepaymentID: id } = await receive();
    expect(await journal('CASHREC')).toEqual(['091 20 0', '830 0 20']);
    const sold = await invoice();
    const { AllocationID } = await allocate(id, sold.InvoiceID, { Amount: 12 });
    expect(await journal('ARPREPAYMENT')).toEqual(['830 12 0', '610 0 12']);
    expect((await list(`/Invoices/${sold.InvoiceID}`))[0]).toMatchObject({ AmountDue: 8, AmountCredited: 12, AmountPaid: 0, Payments: [], Prepayments: [{ PrepaymentID: id, AppliedAmount: 12 }], CreditNotes: [] });
    expect(await now(id)).toMatchObject({ Status: 'AUTHORISED', RemainingCredit: 8, Total: 20, Allocations: [{ AllocationID, Amount: 12, Invoice: { InvoiceID: sold.InvoiceID } }], Payments: [] });
    const paid = await refund(id, { Amount: 8 });
    expect(paid).toMatchObject({ PaymentType: 'ARPREPAYMENTPAYMENT', Prepayment: { PrepaymentID: id } });
    expect(await journal('ARPREPAYMENTPAYMENT')).toEqual(['091 0 8', '830 8 0']);
    expect(await now(id)).toMatchObject({ Status: 'PAID', RemainingCredit: 0, Payments: [{ PaymentID: paid.PaymentID, Reference: 're_1', Amount: 8 }] });
    expect((await ask('DELETE', `/Prepayments/${id}/Allocations/${AllocationID}`)).body).toMatchObject({ IsDeleted: true });
    expect([(await list(`/Invoices/${sold.InvoiceID}`))[0], await now(id)]).toMatchObject([{ AmountDue: 20, Prepayments: [] }, { Status: 'AUTHORISED', RemainingCredit: 12 }]);
  });
  it('is listed by contact and day, with its lines and its bank account in pages only; the same one twice is two', async () => {
    const buyer = String((await first('PUT', '/Contacts', { Contacts: [{ Name: randomUUID() }] }))['ContactID']);
    const made = [await receive({ Contact: { ContactID: buyer } }), await receive({ Contact: { ContactID: buyer } }), await receive({ Contact: { ContactID: buyer }, Date: '2026-11-25' })].map((p) => p.PrepaymentID);
    const found = (where: string, more = '&page=1'): Promise<Row[]> => list(`/BankTransactions?where=${encodeURIComponent(where)}${more}`);
    const mine = `Type=="RECEIVE-PREPAYMENT" AND Contact.ContactID==guid("${buyer}")`;
    expect((await found(mine)).map((r) => r.PrepaymentID).sort()).toEqual([...made].sort());
    expect(await found(`${mine} AND Date>=DateTime(2026,11,21)`)).toMatchObject([{ PrepaymentID: made[2], BankAccount: { Code: '091' }, LineItems: [{ Description: lines[0]?.Description }] }]);
    expect((await found(mine, '')).map((r) => r['LineItems'])).toEqual([undefined, undefined, undefined]);
    expect(await found(`Type=="RECEIVE-PREPAYMENT" AND Contact.ContactID==guid("${stranger}")`)).toEqual([]);
  });
  it.each([
    ['another currency', () => receive({ CurrencyCode: 'EUR' }), /base currency/],
    ['an account that is no bank', () => receive({ BankAccount: { Code: '825' } }), /of type BANK/],
    ['no lines', () => receive({ LineItems: [] }), /line items must be specified/],
    ['a line of nothing', () => receive({ LineItems: [{ ...lines[0], UnitAmount: 0 }] }), /quantity above zero and an amount/],
    ['an account that nobody has', () => receive({ LineItems: [{ ...lines[0], AccountCode: '831' }] }), /not a valid code/],
    ['a day that is locked', () => locked('2026-11-20', () => receive()), /lock date/],
    ['another kind of bank transaction', async () => ask('PUT', '/BankTransactions', { BankTransactions: [{ Type: 'RECEIVE' }] }), /RECEIVE-PREPAYMENT only/],
    ['an allocation to another contact', async () => allocate((await receive()).PrepaymentID, (await invoice({ Contact: { ContactID: stranger } })).InvoiceID), /contact of the prepayment/],
    ['an allocation above what is left', async () => allocate((await receive()).PrepaymentID, (await invoice({ LineItems: [{ Description: 'x', Quantity: 9, UnitAmount: 10, AccountCode: '200', TaxType: 'NONE' }] })).InvoiceID, { Amount: 20.01 }), /the remaining credit/],
    ['an allocation above what is due', async () => allocate((await receive({ LineItems: [{ ...lines[0], UnitAmount: 30 }] })).PrepaymentID, (await invoice()).InvoiceID, { Amount: 20.01 }), /the amount due/],
    ['an allocation into a locked period', async () => { const [p, i] = [await receive(), await invoice()]; return locked('2026-11-22', () => allocate(p.PrepaymentID, i.InvoiceID)); }, /lock date/],
    ['a refund above what is left', async () => { const p = await receive(); await allocate(p.PrepaymentID, (await invoice()).InvoiceID, { Amount: 18 }); return refund(p.PrepaymentID, { Amount: 2.01 }); }, /exceeds the amount outstanding/],
    ['a payment of a prepayment and an invoice', async () => refund((await receive()).PrepaymentID, { Invoice: { InvoiceID: (await invoice()).InvoiceID } }), /one document only/],
    ['a void of an invoice that took of it', async () => { const i = await invoice(); await allocate((await receive()).PrepaymentID, i.InvoiceID); return (await ask('POST', `/Invoices/${i.InvoiceID}`, { Status: 'VOIDED' })).body; }, /payment or credit note allocated/],
  ])('refuses %s', async (_what, act, words) => { expect(JSON.stringify(await act())).toMatch(words); });
  it('stands with contacts that are merged, and after a restart', async () => {
    const [from, into] = [randomUUID(), randomUUID()];
    for (const number of [from, into]) await first('PUT', '/Contacts', { Contacts: [{ Name: number, ContactNumber: number.slice(0, 30) }] });
    const [old, kept] = await Promise.all([from, into].map(async (n) => String((await list(`/Contacts/${n.slice(0, 30)}`))[0]?.['ContactID'])));
    const { PrepaymentID: id } = await receive({ Contact: { ContactID: old } });
    await fetch(`${xero.url}/_sandbox/contacts/${from.slice(0, 30)}/merge?into=${into.slice(0, 30)}`, { method: 'POST' });
    expect(await now(id)).toMatchObject({ Contact: { ContactID: kept } });
    const sold = await invoice({ Contact: { ContactID: kept } });
    await allocate(id, sold.InvoiceID);
    await xero.close();
    const again = openOrganisation(join(dir, 'xero.jsonl'));
    expect([again.invoices.get(id)?.amountDue, [...(again.creditsByInvoice.get(sold.InvoiceID) ?? [])], again.creditByNumber.has('')]).toEqual(['15.00', [id], false]);
    xero = await startXero({ port: 0, dataDir: dir });
  });
});
