import { randomUUID } from 'node:crypto';
import { Decimal } from 'decimal.js';
import { roundTo } from '../kit/decimal';
import { postUse } from './books';
import { checkLock } from './lock';
import { type Allocation, type Invoice, type Organisation } from './model';
import { dateOf, get, NotFoundError, PostDataError, textOf, ValidationError } from './refusal';
import { settle } from './settle';

/** A sales credit note by id or number. */
export function creditNoteOf(o: Organisation, idOrNumber: string): Invoice {
  const found = o.invoices.get(idOrNumber) ?? o.invoices.get(o.creditByNumber.get(idOrNumber.toLowerCase()) ?? '');
  if (found?.type !== 'ACCRECCREDIT') throw new NotFoundError(idOrNumber);
  return found;
}

const nameOf = (credit: Invoice): string => (credit.type === 'ARPREPAYMENT' ? 'prepayment' : 'credit note');

/**
 * A credit note or a prepayment against an invoice of the same contact and currency: lowers what is due without a payment; without a journal where it is a note, since both
 * stand on receivables. The same allocation sent twice is two allocations, as with the real API: only the amounts stop it.
 */
export function allocate(o: Organisation, credit: Invoice, value: unknown): { credit: Invoice; allocation: Allocation } {
  const ref = get(value, 'Invoice');
  const invoice = o.invoices.get(textOf(ref, 'InvoiceID') || (o.byNumber.get(textOf(ref, 'InvoiceNumber').toLowerCase()) ?? ''));
  if (invoice?.type !== 'ACCREC') throw new NotFoundError('invoice');
  const raw = get(value, 'Amount');
  if (typeof raw !== 'number') throw new PostDataError('Error converting value to type decimal. Path Amount');
  const amount = roundTo(raw, 2);
  if (credit.status !== 'AUTHORISED' || invoice.status !== 'AUTHORISED') throw new ValidationError('Allocations can only be made between Authorised documents');
  if (credit.contactId !== invoice.contactId) throw new ValidationError(`The contact of the ${nameOf(credit)} is not the contact of the invoice`);
  if (credit.currency !== invoice.currency) throw new ValidationError(`The currency of the ${nameOf(credit)} is not the currency of the invoice`);
  if (amount.lte(0)) throw new ValidationError('Allocation amount must be greater than zero');
  if (amount.gt(credit.amountDue)) throw new ValidationError('Allocation amount exceeds the amount outstanding: the remaining credit');
  if (amount.gt(invoice.amountDue)) throw new ValidationError('Allocation amount exceeds the amount outstanding: the amount due of the invoice');
  const date = dateOf(value, 'Date') ?? o.now().toISOString().slice(0, 10);
  checkLock(o, date);
  const allocation: Allocation = { id: randomUUID(), invoiceId: invoice.id, amount: amount.toFixed(2), date };
  settle(o, invoice, { credited: amount });
  const next = { ...settle(o, credit, { credited: amount }), allocations: [...credit.allocations, allocation] };
  o.invoices.put(credit.id, next);
  o.creditsByInvoice.set(invoice.id, (o.creditsByInvoice.get(invoice.id) ?? new Set()).add(credit.id));
  if (credit.type === 'ARPREPAYMENT') postUse(o, credit, { ...allocation, sign: 1 });
  return { credit: next, allocation };
}

/** Takes an allocation back: both documents are open again by its amount. */
export function removeAllocation(o: Organisation, credit: Invoice, allocationId: string): Allocation {
  const allocation = credit.allocations.find((a) => a.id === allocationId);
  const invoice = o.invoices.get(allocation?.invoiceId ?? '');
  if (!allocation || !invoice) throw new NotFoundError(allocationId);
  checkLock(o, allocation.date);
  const back = new Decimal(allocation.amount).negated();
  settle(o, invoice, { credited: back });
  const allocations = credit.allocations.filter((a) => a.id !== allocationId);
  o.invoices.put(credit.id, { ...settle(o, credit, { credited: back }), allocations });
  if (!allocations.some((a) => a.invoiceId === invoice.id)) o.creditsByInvoice.get(invoice.id)?.delete(credit.id);
  if (credit.type === 'ARPREPAYMENT') postUse(o, credit, { ...allocation, sign: -1 });
  return allocation;
}

/** What was paid back on a note and still stands. */
export const refundsOf = (o: Organisation, creditId: string): { amount: string; reference: string }[] =>
  (o.paymentsByInvoice.get(creditId) ?? []).map((id) => o.payments.get(id)).flatMap((p) => (p?.status === 'AUTHORISED' ? [{ amount: p.amount, reference: p.reference }] : []));
