import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openOrganisation } from './model';
import { candidates, documentIndex, paymentIndex } from './query';
import { tenantId } from './seeds';
import { startXero } from './server';

type Json = Record<string, unknown>;
type Row = Json & { CreditNoteID: string; InvoiceID: string; PaymentID: string; AllocationID: string };

describe('credit notes of the Xero organisation', () => {
  const dir = mkdtempSync(join(tmpdir(), 'tieout-xcn-'));
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
  const settings = (patch: Json): Promise<Response> => fetch(`${xero.url}/_sandbox/settings`, { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: JSON.stringify(patch) });
  const books = async (): Promise<Json & { journals: { sourceType: string; sourceId: string; lines: { account: string; debit: string; credit: string }[] }[] }> => (await fetch(`${xero.url}/_sandbox/books`)).json() as never;
  const lines = [{ Description: 'x', Quantity: 2, UnitAmount: 10, AccountCode: '200', TaxType: 'NONE' }];
  const invoice = (over: Json = {}): Promise<Row> => first('PUT', '/Invoices', { Invoices: [{ Type: 'ACCREC', InvoiceNumber: randomUUID(), Contact: { ContactID: contact }, Date: '2026-11-20', DueDate: '2026-12-01', Status: 'AUTHORISED', LineItems: lines, ...over }] });
  const note = (over: Json = {}): Promise<Row> => first('PUT', '/CreditNotes?summarizeErrors=false', { CreditNotes: [{ Type: 'ACCRECCREDIT', CreditNoteNumber: randomUUID(), Contact: { ContactID: contact }, Date: '2026-11-21', Status: 'AUTHORISED', LineItems: lines, ...over }] });
  const allocate = (creditId: string, invoiceId: string, more: Json = {}): Promise<Row> => first('PUT', `/CreditNotes/${creditId}/Allocations?summarizeErrors=false`, { Allocations: [{ Invoice: { InvoiceID: invoiceId }, Amount: 5, Date: '2026-11-22', ...more }] });
  const refund = (creditId: string, more: Json = {}): Promise<Row> => first('PUT', '/Payments?summarizeErrors=false', { Payments: [{ CreditNote: { CreditNoteID: creditId }, Account: { Code: '091' }, Amount: 5, Date: '2026-11-22', Reference: 're_1', ...more }] });
  const noteNow = async (id: string): Promise<Row> => (await list(`/CreditNotes/${id}`))[0] as Row;
  const locked = async <T>(date: string, work: () => Promise<T>): Promise<T> => { await settings({ periodLockDate: date }); try { return await work(); } finally { await settings({ periodLockDate: null }); } };

  beforeAll(async () => {
    xero = await startXero({ port: 0, dataDir: dir });
    const reply = await fetch(`${xero.url}/connect/token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: 'sandbox-refresh-token' }), headers: { authorization: `Basic ${Buffer.from('tieout-sandbox:tieout-sandbox-secret').toString('base64')}` } });
    token = String(((await reply.json()) as Json)['access_token']);
    contact = String((await first('PUT', '/Contacts', { Contacts: [{ Name: 'Ann' }] }))['ContactID']);
    stranger = String((await first('PUT', '/Contacts', { Contacts: [{ Name: 'Bob' }] }))['ContactID']);
  });
  afterEach(async () => { expect(await books()).toMatchObject({ balanced: true, receivablesControlMatches: true }); });
  afterAll(async () => { await xero.close(); rmSync(dir, { recursive: true, force: true }); });

  it.each([
    ['a number that is taken', async () => { const number = randomUUID(); await note({ CreditNoteNumber: number }); return note({ CreditNoteNumber: number.toUpperCase() }); }, /Credit Note # must be unique\./],
    ['a new number that is another note\'s', async () => { const number = randomUUID(); await note({ CreditNoteNumber: number }); return (await ask('POST', `/CreditNotes/${(await note({ Status: 'DRAFT' })).CreditNoteID}`, { CreditNoteNumber: number })).body; }, /Credit Note # must be unique\./],
    ['an allocation of a draft', async () => allocate((await note({ Status: 'DRAFT' })).CreditNoteID, (await invoice()).InvoiceID), /Authorised documents/],
    ['an allocation to a draft', async () => allocate((await note()).CreditNoteID, (await invoice({ Status: 'DRAFT' })).InvoiceID), /Authorised documents/],
    ['an allocation to another contact', async () => allocate((await note()).CreditNoteID, (await invoice({ Contact: { ContactID: stranger } })).InvoiceID), /contact of the credit note/],
    ['an allocation in another currency', async () => allocate((await note({ CurrencyCode: 'EUR', CurrencyRate: 0.9 })).CreditNoteID, (await invoice()).InvoiceID), /currency of the credit note/],
    ['an allocation above the remaining credit', async () => allocate((await note()).CreditNoteID, (await invoice({ LineItems: [...lines, ...lines] })).InvoiceID, { Amount: 20.01 }), /exceeds the amount outstanding: the remaining credit/],
    ['an allocation above what is due', async () => allocate((await note({ LineItems: [...lines, ...lines] })).CreditNoteID, (await invoice()).InvoiceID, { Amount: 20.01 }), /exceeds the amount outstanding: the amount due/],
    ['an allocation of nothing', async () => allocate((await note()).CreditNoteID, (await invoice()).InvoiceID, { Amount: 0 }), /greater than zero/],
    ['an allocation into a locked period', async () => { const [n, i] = [await note(), await invoice()]; return locked('2026-11-22', () => allocate(n.CreditNoteID, i.InvoiceID)); }, /lock date/],
    ['a refund of a draft', async () => refund((await note({ Status: 'DRAFT' })).CreditNoteID), /Authorised documents/],
    ['a refund above the remaining credit', async () => { const n = await note(); await allocate(n.CreditNoteID, (await invoice()).InvoiceID, { Amount: 18 }); return refund(n.CreditNoteID, { Amount: 2.01 }); }, /exceeds the amount outstanding/],
    ['a refund from an account that takes none', async () => refund((await note()).CreditNoteID, { Account: { Code: '200' } }), /payments are not enabled/],
    ['a refund in a locked period', async () => { const n = await note(); return locked('2026-11-22', () => refund(n.CreditNoteID)); }, /lock date/],
    ['taking back a refund of a locked period', async () => { const p = await refund((await note()).CreditNoteID); return (await locked('2026-11-22', () => ask('POST', `/Payments/${p.PaymentID}`, { Status: 'DELETED' }))).body; }, /lock date/],
    ['taking back an allocation of a locked period', async () => { const n = await note(); const a = await allocate(n.CreditNoteID, (await invoice()).InvoiceID); return (await locked('2026-11-22', () => ask('DELETE', `/CreditNotes/${n.CreditNoteID}/Allocations/${a.AllocationID}`))).body; }, /lock date/],
    ['a note dated in a locked period', async () => locked('2026-11-21', () => note()), /lock date/],
    ['the void of a note of a locked period', async () => { const n = await note(); return (await locked('2026-11-21', () => ask('POST', `/CreditNotes/${n.CreditNoteID}`, { Status: 'VOIDED' }))).body; }, /lock date/],
    ['the void of a note that is allocated', async () => { const n = await note(); await allocate(n.CreditNoteID, (await invoice()).InvoiceID); return (await ask('POST', `/CreditNotes/${n.CreditNoteID}`, { Status: 'VOIDED' })).body; }, /payment or credit note allocated/],
    ['the void of an invoice that is credited', async () => { const i = await invoice(); await allocate((await note()).CreditNoteID, i.InvoiceID); return (await ask('POST', `/Invoices/${i.InvoiceID}`, { Status: 'VOIDED' })).body; }, /payment or credit note allocated/],
    ['a payment on two documents', async () => refund((await note()).CreditNoteID, { Invoice: { InvoiceID: (await invoice()).InvoiceID } }), /one document only/],
  ] as [string, () => Promise<Json>, RegExp][])('refuses %s', async (_what, make, words) => {
    const row = await make();
    expect(JSON.stringify(row['ValidationErrors'] ?? row['Elements'] ?? row)).toMatch(words);
  });

  it('does not tell two equal allocations apart: the second one is made, until the amounts stop it', async () => {
    const [n, i] = [await note(), await invoice()];
    const made = [await allocate(n.CreditNoteID, i.InvoiceID, { Amount: 8 }), await allocate(n.CreditNoteID, i.InvoiceID, { Amount: 8 })];
    expect(new Set(made.map((a) => a.AllocationID)).size).toBe(2);
    expect(await allocate(n.CreditNoteID, i.InvoiceID, { Amount: 8 })).toMatchObject({ StatusAttributeString: 'ERROR' });
    expect(await noteNow(n.CreditNoteID)).toMatchObject({ RemainingCredit: 4, Status: 'AUTHORISED', Allocations: [{ Amount: 8, Invoice: { InvoiceID: i.InvoiceID } }, { Amount: 8 }] });
    expect((await list(`/Invoices/${i.InvoiceID}`))[0]).toMatchObject({ AmountDue: 4, AmountCredited: 16, CreditNotes: [{ CreditNoteID: n.CreditNoteID, AppliedAmount: 8 }, { AppliedAmount: 8 }] });
  });

  it('takes an allocation back and opens both documents again', async () => {
    const [n, i] = [await note(), await invoice()];
    const a = await allocate(n.CreditNoteID, i.InvoiceID, { Amount: 20 });
    expect([(await noteNow(n.CreditNoteID))['Status'], (await list(`/Invoices/${i.InvoiceID}`))[0]?.['Status']]).toEqual(['PAID', 'PAID']);
    const path = `/CreditNotes/${n.CreditNoteID}/Allocations/${a.AllocationID}`;
    expect((await ask('DELETE', path)).body).toMatchObject({ AllocationID: a.AllocationID, IsDeleted: true });
    expect(await noteNow(n.CreditNoteID)).toMatchObject({ Status: 'AUTHORISED', RemainingCredit: 20, Allocations: [] });
    expect((await list(`/Invoices/${i.InvoiceID}`))[0]).toMatchObject({ Status: 'AUTHORISED', AmountDue: 20, AmountCredited: 0, CreditNotes: [] });
    expect((await ask('DELETE', path)).status).toBe(404);
  });

  it('refunds: receivables debit, the account credit, less credit; taken back, all is as before', async () => {
    const n = await note();
    const p = await refund(n.CreditNoteID);
    expect(p).toMatchObject({ PaymentType: 'ARCREDITPAYMENT', CreditNote: { CreditNoteID: n.CreditNoteID }, Amount: 5, Reference: 're_1' });
    expect(p['Invoice']).toBeUndefined();
    expect(await noteNow(n.CreditNoteID)).toMatchObject({ RemainingCredit: 15, Payments: [{ PaymentID: p.PaymentID, Amount: 5, Reference: 're_1' }] });
    expect((await books()).journals.filter((j) => j.sourceId === p.PaymentID)).toMatchObject([{ sourceType: 'ARCREDITPAYMENT', lines: [{ account: '091', credit: '5' }, { account: '610', debit: '5' }] }]);
    const held = (await (await fetch(`${xero.url}/_sandbox/documents`)).json()) as { creditNotes: Json[]; payments: Json[] };
    expect([held.creditNotes.find((c) => c['id'] === n.CreditNoteID), held.payments.filter((x) => x['id'] === p.PaymentID)]).toMatchObject([{ remaining: '15.00', refunds: [{ amount: '5.00', reference: 're_1' }], allocations: [] }, []]);
    await ask('POST', `/Payments/${p.PaymentID}`, { Status: 'DELETED' });
    expect(await noteNow(n.CreditNoteID)).toMatchObject({ RemainingCredit: 20, Status: 'AUTHORISED', Payments: [] });
  });

  it('is found by id, by number, and by a filtered page; never among the invoices', async () => {
    const number = `CN-${randomUUID()}`;
    const n = await note({ CreditNoteNumber: number, Reference: 'SHP-9 #9' });
    const same = await invoice({ InvoiceNumber: number });
    for (const path of [`/CreditNotes/${number.toLowerCase()}`, `/CreditNotes/${n.CreditNoteID}`, `/CreditNotes?page=1&where=${encodeURIComponent(`CreditNoteNumber=="${number}" OR CreditNoteNumber=="nobody"`)}`, `/CreditNotes?where=${encodeURIComponent('Reference=="shp-9 #9"')}`]) {
      expect((await list(path)).map((r) => r.CreditNoteID)).toEqual([n.CreditNoteID]);
    }
    expect((await list(`/Invoices/${number}`)).map((r) => r.InvoiceID)).toEqual([same.InvoiceID]);
    expect([(await ask('GET', `/CreditNotes/${same.InvoiceID}`)).status, (await ask('GET', `/Invoices/${n.CreditNoteID}`)).status, (await ask('PUT', `/CreditNotes/${same.InvoiceID}/Allocations`, { Allocations: [{}] })).status]).toEqual([404, 404, 404]);
  });

  it('lists payments of an invoice or a note by their filters', async () => {
    const [n, i] = [await note(), await invoice()];
    const p = await refund(n.CreditNoteID);
    const paid = await first('PUT', '/Payments', { Payments: [{ Invoice: { InvoiceID: i.InvoiceID }, Account: { Code: '091' }, Amount: 1, Date: '2026-11-22' }] });
    const by = async (where: string): Promise<string[]> => (await list(`/Payments?where=${encodeURIComponent(where)}`)).map((r) => r.PaymentID);
    expect(await by(`CreditNote.CreditNoteID==guid("${n.CreditNoteID}")`)).toEqual([p.PaymentID]);
    expect(await by(`Invoice.InvoiceId==guid("${n.CreditNoteID}") OR Invoice.InvoiceId==guid("${i.InvoiceID}")`)).toEqual([paid.PaymentID]);
    expect(await by(`PaymentType=="ARCREDITPAYMENT" AND CreditNote.CreditNoteID==guid("${i.InvoiceID}")`)).toEqual([]);
  });

  it('remembers all of it, and follows a changed reference', async () => {
    const [n, i] = [await note(), await invoice({ Status: 'DRAFT', Reference: 'old' })];
    await ask('POST', `/Invoices/${i.InvoiceID}`, { Reference: 'new', Status: 'AUTHORISED' });
    await allocate(n.CreditNoteID, i.InvoiceID);
    const before = [await books(), await list('/CreditNotes?page=1&pageSize=1000'), await list(`/Invoices/${i.InvoiceID}`)];
    await xero.close();
    xero = await startXero({ port: 0, dataDir: dir });
    expect([await books(), await list('/CreditNotes?page=1&pageSize=1000'), await list(`/Invoices/${i.InvoiceID}`)]).toEqual(before);
    expect((await list(`/Invoices?where=${encodeURIComponent('Reference=="new" AND Status=="AUTHORISED"')}`)).map((r) => r.InvoiceID)).toEqual([i.InvoiceID]);
    expect(await list(`/Invoices?where=${encodeURIComponent('Reference=="old"')}`)).toEqual([]);
  });
});

it('an index answers a filter whenever it can, and only then', () => {
  const dir = mkdtempSync(join(tmpdir(), 'tieout-xix-'));
  const o = openOrganisation(join(dir, 'x.jsonl'));
  o.byReference.set('shp-1', new Set(['a', 'b']));
  o.byNumber.set('i1', 'c');
  o.paymentsByInvoice.set('a', ['p1', 'p2']);
  const by = (where: string): string[] | undefined => { const ids = candidates(where, documentIndex(o)); return ids && [...ids]; };
  expect([by('Reference=="SHP-1"'), by('Type=="ACCREC" AND Reference=="SHP-1"'), by('InvoiceNumber=="I1" OR Reference=="shp-1" OR InvoiceID==guid("D")'), by('InvoiceNumber=="nobody"')]).toEqual([['a', 'b'], ['a', 'b'], ['c', 'a', 'b', 'd'], []]);
  expect([by(''), by('Type=="ACCREC"'), by('Reference>="SHP-1"'), by('Reference=="SHP-1" OR Status=="PAID"')]).toEqual([undefined, undefined, undefined, undefined]);
  expect(candidates('Invoice.InvoiceId==guid("A")', paymentIndex(o))).toEqual(new Set(['p1', 'p2']));
  rmSync(dir, { recursive: true, force: true });
});
