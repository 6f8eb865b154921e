import { allocate, removeAllocation } from './credit-notes';
import { type Call, elements, type Result, writeAll } from './elements';
import { type Invoice, type Organisation } from './model';
import { prepaymentOf, receivePrepayment } from './prepayments';
import { listOf, modifiedSince, pageOf, parseWhere } from './query';
import { NotFoundError } from './refusal';
import { envelope, renderAllocation, renderBankTransaction, renderPrepayment } from './render';

const clauseOf = (call: Call): string => (typeof call.query['where'] === 'string' ? call.query['where'] : '');
const all = (o: Organisation): Invoice[] => o.invoices.values().filter((i) => i.type === 'ARPREPAYMENT');

/** PUT allocates, DELETE takes one allocation back and answers it bare, as the API's description has it. */
export function allocations(o: Organisation, call: Call, credit: Invoice): Result {
  const [, , , allocationId] = call.path;
  if (call.method === 'DELETE' && allocationId) return { status: 200, body: { ...renderAllocation(o, o.disk.transaction(() => removeAllocation(o, credit, allocationId))), IsDeleted: true } };
  if (call.method !== 'PUT') throw new NotFoundError('Allocations');
  const of = credit.type === 'ARPREPAYMENT' ? { Prepayment: { PrepaymentID: credit.id } } : { CreditNote: { CreditNoteID: credit.id, CreditNoteNumber: credit.number } };
  // Each anew: the one before took of the credit.
  const now = (): Invoice => o.invoices.get(credit.id) ?? credit;
  return writeAll(o, 'Allocations', { values: elements(call.body, 'Allocations'), summarize: call.query['summarizeErrors'] !== 'false', write: (v) => ({ ...renderAllocation(o, allocate(o, now(), v).allocation), ...of }) });
}

function listed(o: Organisation, call: Call, rows: { name: string; field: (i: Invoice, name: string) => string | number | undefined; render: (i: Invoice, summary: boolean) => Record<string, unknown> }): Result {
  const where = parseWhere<Invoice>(clauseOf(call), rows.field);
  const [since, ids] = [modifiedSince(call.ifModifiedSince), listOf(call.query['IDs'])];
  const page = pageOf(all(o).filter((i) => since(i) && where(i) && (!ids || ids.includes(i.id))), call.query, false);
  return { status: 200, body: envelope(rows.name, page.rows.map((i) => rows.render(i, page.pagination === undefined)), page.pagination ? { pagination: page.pagination } : {}) };
}

/** Bank transactions of type RECEIVE-PREPAYMENT: received, listed, read; none can be changed. */
export function bankTransactions(o: Organisation, call: Call): Result {
  const [, id] = call.path;
  if (call.method === 'GET' && id) {
    const found = all(o).find((i) => i.received?.bankTransactionId === id);
    if (!found) throw new NotFoundError(id);
    return { status: 200, body: envelope('BankTransactions', [renderBankTransaction(o, found)]) };
  }
  if (call.method === 'GET') {
    return listed(o, call, {
      name: 'BankTransactions', render: (i, summary) => renderBankTransaction(o, i, summary),
      field: (i, name) => ({ Type: 'RECEIVE-PREPAYMENT', Status: 'AUTHORISED', Date: i.date, 'Contact.ContactID': i.contactId, Total: Number(i.total), BankTransactionID: i.received?.bankTransactionId ?? '' } as Record<string, string | number>)[name],
    });
  }
  if (id || call.method !== 'PUT') throw new NotFoundError(call.path.join('/'));
  return writeAll(o, 'BankTransactions', { values: elements(call.body, 'BankTransactions'), summarize: call.query['summarizeErrors'] !== 'false', write: (v) => renderBankTransaction(o, receivePrepayment(o, v)) });
}

export function prepayments(o: Organisation, call: Call): Result {
  const [, id, sub] = call.path;
  if (id && sub === 'Allocations') return allocations(o, call, prepaymentOf(o, id));
  if (call.method !== 'GET') throw new NotFoundError(call.path.join('/'));
  if (id) return { status: 200, body: envelope('Prepayments', [renderPrepayment(o, prepaymentOf(o, id))]) };
  return listed(o, call, { name: 'Prepayments', render: (i, summary) => renderPrepayment(o, i, summary), field: (i, name) => ({ Type: 'RECEIVE-PREPAYMENT', Status: i.status, Date: i.date, 'Contact.ContactID': i.contactId, PrepaymentID: i.id, RemainingCredit: Number(i.amountDue) } as Record<string, string | number>)[name] });
}
