import { writeContact } from './contacts';
import { creditNoteOf } from './credit-notes';
import { type Call, elements, type Result, writeAll } from './elements';
import { writeInvoice } from './invoices';
import { listCalls } from './list-calls';
import { deleteItem, writeAccount, writeItem } from './masters';
import { type Account, type Contact, type Invoice, type Item, type Organisation, type Payment } from './model';
import { createPayment, deletePayment } from './payments';
import { allocations, bankTransactions, prepayments } from './prepayment-calls';
import { candidates, documentIndex, invoiceField, listOf, modifiedSince, pageOf, parseWhere, paymentField, paymentIndex } from './query';
import { get, NotFoundError, record, textOf } from './refusal';
import { envelope, renderAccount, renderContact, renderInvoice, renderItem, renderOrganisation, renderPayment, wireDate } from './render';
import { books } from './books';

export { type Call, type Result } from './elements';

function listInvoices(o: Organisation, call: Call, type: Invoice['type']): Result {
  const name = type === 'ACCREC' ? 'Invoices' : 'CreditNotes';
  const { query } = call;
  const [ids, numbers, contacts, statuses] = [listOf(query['IDs']), listOf(query['InvoiceNumbers'])?.map((x) => x.toLowerCase()), listOf(query['ContactIDs']), listOf(query['Statuses'])];
  const search = typeof query['searchTerm'] === 'string' ? query['searchTerm'].toLowerCase() : '';
  const clause = typeof query['where'] === 'string' ? query['where'] : '';
  const where = parseWhere<Invoice>(clause, invoiceField(o));
  const byNumber = type === 'ACCREC' ? o.byNumber : o.creditByNumber;
  const known = numbers ? numbers.map((x) => byNumber.get(x) ?? '') : ids ?? candidates(clause, documentIndex(o));
  const named = known ? [...new Set(known)].map((x) => o.invoices.get(x)).filter((i): i is Invoice => i !== undefined) : o.invoices.values();
  const since = modifiedSince(call.ifModifiedSince);
  const rows = named.filter((i) => i.type === type && (!contacts || contacts.includes(i.contactId)) && (!statuses || statuses.includes(i.status)) && since(i) && where(i) && (search === '' || i.number.toLowerCase().includes(search) || i.reference.toLowerCase().includes(search)));
  const page = pageOf(rows, query, statuses !== undefined || query['summaryOnly'] === 'true');
  const summary = query['summaryOnly'] === 'true' || (page.pagination === undefined && numbers === undefined && ids === undefined);
  return { status: 200, body: envelope(name, page.rows.map((i) => renderInvoice(o, i, summary)), page.pagination ? { pagination: page.pagination } : {}) };
}

function invoices(o: Organisation, call: Call, type: Invoice['type']): Result {
  const name = type === 'ACCREC' ? 'Invoices' : 'CreditNotes';
  const [, id, sub] = call.path;
  const one = (): Invoice => {
    if (type === 'ACCRECCREDIT') return creditNoteOf(o, id ?? '');
    const found = o.invoices.get(id ?? '') ?? o.invoices.get(o.byNumber.get((id ?? '').toLowerCase()) ?? '');
    if (found?.type !== type) throw new NotFoundError(id ?? '');
    return found;
  };
  if (sub === 'History') {
    const invoice = one();
    if (call.method === 'PUT') o.invoices.put(invoice.id, { ...invoice, history: [...invoice.history, ...elements(call.body, 'HistoryRecords').map((h) => String(get(h, 'Details') ?? '').slice(0, 2500))] });
    return { status: 200, body: envelope('HistoryRecords', (o.invoices.get(invoice.id)?.history ?? []).map((Details) => ({ Details, Changes: 'Note', User: 'System Generated', DateUTC: wireDate(o.now().toISOString()) }))) };
  }
  if (sub === 'Allocations' && type === 'ACCRECCREDIT') return allocations(o, call, one());
  if (call.method === 'GET') return id ? { status: 200, body: envelope(name, [renderInvoice(o, one())]) } : listInvoices(o, call, type);
  const unitDecimals = call.query['unitdp'] === '4' ? 4 : 2;
  const method = call.method === 'PUT' ? 'PUT' : 'POST';
  const withId = (value: unknown): unknown => (id ? { ...record(value), [type === 'ACCREC' ? 'InvoiceID' : 'CreditNoteID']: one().id } : value);
  return writeAll(o, name, { values: elements(call.body, name).map(withId), summarize: call.query['summarizeErrors'] !== 'false', write: (value) => renderInvoice(o, writeInvoice(o, value, { method, unitDecimals, type })) });
}

function contacts(o: Organisation, call: Call): Result {
  const [, id] = call.path;
  if (call.method !== 'GET') return writeAll(o, 'Contacts', { values: elements(call.body, 'Contacts').map((v) => (id ? { ...record(v), ContactID: id } : v)), summarize: call.query['summarizeErrors'] !== 'false', write: (v) => renderContact(o, writeContact(o, v, call.method === 'PUT' ? 'PUT' : 'POST')) });
  if (id) {
    const found = o.contacts.get(id) ?? o.contacts.get(o.contactByNumber.get(id) ?? '');
    if (!found) throw new NotFoundError(id);
    return { status: 200, body: envelope('Contacts', [renderContact(o, found)]) };
  }
  const ids = listOf(call.query['IDs']);
  const field = (c: Contact, name: string): string | undefined => ({ Name: c.name, EmailAddress: c.email, ContactNumber: c.number, ContactID: c.id, ContactStatus: c.status }[name]);
  const where = parseWhere<Contact>(typeof call.query['where'] === 'string' ? call.query['where'] : '', field);
  const since = modifiedSince(call.ifModifiedSince);
  const search = typeof call.query['searchTerm'] === 'string' ? call.query['searchTerm'].toLowerCase() : '';
  const rows = o.contacts.values().filter((c) => (c.status === 'ACTIVE' || call.query['includeArchived'] === 'true') && (!ids || ids.includes(c.id)) && since(c) && where(c) && (search === '' || [c.name, c.email, c.number].some((t) => t.toLowerCase().includes(search))));
  const page = pageOf(rows, call.query, false);
  return { status: 200, body: envelope('Contacts', page.rows.map((c) => renderContact(o, c)), page.pagination ? { pagination: page.pagination } : {}) };
}

const clauseOf = (call: Call): string => (typeof call.query['where'] === 'string' ? call.query['where'] : '');

/** Accounts: the list comes whole; a new one by PUT, a change by POST to its id, never a list of them. */
function accounts(o: Organisation, call: Call): Result {
  const [, id] = call.path;
  if (call.method === 'GET') {
    const where = parseWhere<Account>(clauseOf(call), (a, name) => ({ Code: a.code, Name: a.name, Status: a.status, Type: a.type, AccountID: a.id }[name]));
    const since = modifiedSince(call.ifModifiedSince);
    return { status: 200, body: envelope('Accounts', o.accounts.values().filter((a) => (!id || a.id === id) && where(a) && since({ updatedAt: a.updatedAt ?? '2026-01-01T00:00:00Z' })).map(renderAccount)) };
  }
  const [value] = elements(call.body, 'Accounts');
  return writeAll(o, 'Accounts', { values: [value], summarize: true, write: (v) => renderAccount(writeAccount(o, v, id)) });
}

/** Items: the list comes whole; upserted by id or code, many at a time. */
function items(o: Organisation, call: Call): Result {
  const [, id] = call.path;
  if (call.method === 'GET') {
    const where = parseWhere<Item>(clauseOf(call), (i, name) => ({ Code: i.code, Name: textOf(i.fields, 'Name'), ItemID: i.id }[name]));
    const since = modifiedSince(call.ifModifiedSince);
    return { status: 200, body: envelope('Items', o.items.values().filter((i) => (!id || i.id === id || i.code === id) && where(i) && since(i)).map(renderItem)) };
  }
  if (call.method === 'DELETE') { deleteItem(o, id ?? ''); return { status: 204, body: {} }; }
  return writeAll(o, 'Items', { values: elements(call.body, 'Items').map((v) => (id ? { ...record(v), ItemID: id } : v)), summarize: call.query['summarizeErrors'] !== 'false', write: (v) => renderItem(writeItem(o, v, call.method === 'PUT')) });
}

function payments(o: Organisation, call: Call): Result {
  const [, id] = call.path;
  if (call.method === 'GET') {
    if (id) { const p = o.payments.get(id); if (!p) throw new NotFoundError(id); return { status: 200, body: envelope('Payments', [renderPayment(o, p)]) }; }
    const since = modifiedSince(call.ifModifiedSince);
    const clause = typeof call.query['where'] === 'string' ? call.query['where'] : '';
    const where = parseWhere<Payment>(clause, paymentField(o));
    const known = candidates(clause, paymentIndex(o));
    const page = pageOf((known ? [...known].map((x) => o.payments.get(x)).filter((p): p is Payment => p !== undefined) : o.payments.values()).filter((p) => since(p) && where(p)), call.query, false);
    return { status: 200, body: envelope('Payments', page.rows.map((p) => renderPayment(o, p)), page.pagination ? { pagination: page.pagination } : {}) };
  }
  if (id && call.method === 'POST') return writeAll(o, 'Payments', { values: [call.body], summarize: true, write: (v) => renderPayment(o, deletePayment(o, id, v)) });
  return writeAll(o, 'Payments', { values: elements(call.body, 'Payments'), summarize: call.query['summarizeErrors'] !== 'false', write: (v) => renderPayment(o, createPayment(o, v)) });
}

function journals(o: Organisation, call: Call): Result {
  const offset = Number(call.query['offset'] ?? 0) || 0;
  const rows = o.journals.values().filter((j) => j.number > offset).sort((a, b) => a.number - b.number).slice(0, 100);
  return { status: 200, body: envelope('Journals', rows.map((j) => ({
    JournalID: j.id, JournalNumber: j.number, JournalDate: wireDate(j.date), CreatedDateUTC: wireDate(j.createdAt), Reference: j.reference, SourceID: j.sourceId, SourceType: j.sourceType,
    JournalLines: j.lines.map((l, i) => ({ JournalLineID: `${j.id.slice(0, -2)}${String(i).padStart(2, '0')}`, AccountID: o.accountByCode.get(l.account), AccountCode: l.account, NetAmount: Number(l.baseDebit) - Number(l.baseCredit), GrossAmount: Number(l.baseDebit) - Number(l.baseCredit), TaxAmount: 0 })),
  }))) };
}

function trialBalance(o: Organisation): Result {
  const { trialBalance: rows } = books(o) as { trialBalance: { account: string; debit: string; credit: string }[] };
  const cells = rows.map((r) => ({ RowType: 'Row', Cells: [{ Value: `${o.accounts.get(o.accountByCode.get(r.account) ?? '')?.name ?? ''} (${r.account})`, Attributes: [{ Id: 'account', Value: o.accountByCode.get(r.account) ?? '' }] }, { Value: r.debit }, { Value: r.credit }, { Value: r.debit }, { Value: r.credit }] }));
  return { status: 200, body: envelope('Reports', [{ ReportID: 'TrialBalance', ReportName: 'Trial Balance', ReportTitles: ['Trial Balance'], ReportDate: o.now().toISOString().slice(0, 10), Rows: [{ RowType: 'Header', Cells: ['Account', 'Debit', 'Credit', 'YTD Debit', 'YTD Credit'].map((Value) => ({ Value })) }, { RowType: 'Section', Title: '', Rows: cells }] }]) };
}

/** The Accounting API: path after /api.xro/2.0, one call in, one answer out. */
export function accounting(o: Organisation, call: Call): Result {
  const read = (name: string, rows: unknown[]): Result => ({ status: 200, body: envelope(name, rows) });
  switch (call.path[0]) {
    case 'Invoices': return invoices(o, call, 'ACCREC');
    case 'CreditNotes': return invoices(o, call, 'ACCRECCREDIT');
    case 'Contacts': return contacts(o, call);
    case 'Payments': return payments(o, call);
    case 'BankTransactions': return bankTransactions(o, call);
    case 'Prepayments': return prepayments(o, call);
    case 'Accounts': return accounts(o, call);
    case 'TaxRates': case 'Currencies': case 'TrackingCategories': case 'ContactGroups': return listCalls(o, call);
    case 'Items': return items(o, call);
    case 'Organisation': return read('Organisations', [renderOrganisation(o)]);
    case 'Journals': return journals(o, call);
    case 'Reports': if (call.path[1] === 'TrialBalance') return trialBalance(o); throw new NotFoundError('report');
    default: throw new NotFoundError(call.path.join('/'));
  }
}
