import { randomUUID } from 'node:crypto';
import { Decimal } from 'decimal.js';
import { roundTo } from '../kit/decimal';
import { postPayment } from './books';
import { type Account, type Invoice, lockedThrough, type Organisation, type Payment } from './model';
import { dateOf, get, NotFoundError, PostDataError, textOf, ValidationError } from './refusal';
import { baseCurrency } from './seeds';

function settle(o: Organisation, invoice: Invoice, amount: Decimal): void {
  const due = new Decimal(invoice.amountDue).minus(amount);
  o.invoices.put(invoice.id, { ...invoice, amountDue: due.toFixed(2), amountPaid: new Decimal(invoice.amountPaid).plus(amount).toFixed(2), status: due.isZero() ? 'PAID' : 'AUTHORISED', updatedAt: o.now().toISOString() });
  o.changed('INVOICE', invoice.id, false);
}

function accountOf(o: Organisation, value: unknown): Account {
  const ref = get(value, 'Account');
  const account = o.accounts.get(textOf(ref, 'AccountID') || (o.accountByCode.get(textOf(ref, 'Code')) ?? ''));
  if (!account || !account.paymentsEnabled) throw new ValidationError('Account code is not a valid code for this document: payments are not enabled for it.');
  return account;
}

function checkLock(o: Organisation, date: string): void {
  const locked = lockedThrough(o);
  if (locked !== undefined && date <= locked) throw new ValidationError(`The document date cannot be before the period lock date of ${locked}`);
}

/** One payment on an authorised invoice, in the invoice's currency, never above what is outstanding. */
export function createPayment(o: Organisation, value: unknown): Payment {
  const ref = get(value, 'Invoice');
  const invoice = o.invoices.get(textOf(ref, 'InvoiceID') || (o.byNumber.get(textOf(ref, 'InvoiceNumber').toLowerCase()) ?? ''));
  if (!invoice) throw new NotFoundError('invoice');
  const account = accountOf(o, value);
  const raw = get(value, 'Amount');
  if (typeof raw !== 'number') throw new PostDataError('Error converting value to type decimal. Path Amount');
  const amount = roundTo(raw, 2);
  if (amount.lte(0)) throw new ValidationError('Payment amount must be greater than zero');
  if (!['AUTHORISED', 'PAID'].includes(invoice.status)) throw new ValidationError('Payments can only be made against Authorised documents');
  if (amount.gt(invoice.amountDue)) throw new ValidationError('Payment amount exceeds the amount outstanding on this document');
  const date = dateOf(value, 'Date') ?? o.now().toISOString().slice(0, 10);
  checkLock(o, date);
  const rate = get(value, 'CurrencyRate');
  const payment: Payment = {
    id: randomUUID(), invoiceId: invoice.id, accountId: account.id, date, amount: amount.toFixed(2), rate: invoice.currency === baseCurrency ? '1' : typeof rate === 'number' ? roundTo(rate, 6).toFixed() : invoice.rate,
    reference: textOf(value, 'Reference'), status: 'AUTHORISED', updatedAt: o.now().toISOString(),
  };
  o.payments.put(payment.id, payment);
  o.paymentsByInvoice.set(invoice.id, [...(o.paymentsByInvoice.get(invoice.id) ?? []), payment.id]);
  postPayment(o, payment, { invoice, account, sign: 1 });
  settle(o, invoice, amount);
  return payment;
}

/** Payments are immutable: the only update is Status DELETED, which reopens the invoice. */
export function deletePayment(o: Organisation, id: string, value: unknown): Payment {
  const payment = o.payments.get(id);
  if (!payment) throw new NotFoundError(id);
  if (textOf(value, 'Status') !== 'DELETED') throw new ValidationError('Payments cannot be updated, only deleted');
  if (payment.status === 'DELETED') throw new ValidationError('Payment has already been deleted');
  const invoice = o.invoices.get(payment.invoiceId);
  const account = o.accounts.get(payment.accountId);
  checkLock(o, payment.date);
  const gone: Payment = { ...payment, status: 'DELETED', updatedAt: o.now().toISOString() };
  o.payments.put(id, gone);
  if (invoice && account) {
    postPayment(o, payment, { invoice, account, sign: -1 });
    settle(o, invoice, new Decimal(payment.amount).negated());
  }
  return gone;
}

/** A credit note against an invoice of the same contact: lowers what is due without a payment. */
export function allocate(o: Organisation, creditId: string, value: unknown): Invoice {
  const credit = o.invoices.get(creditId);
  const invoice = o.invoices.get(textOf(get(value, 'Invoice'), 'InvoiceID'));
  if (!credit || !invoice) throw new NotFoundError(creditId);
  const raw = get(value, 'Amount');
  const amount = roundTo(typeof raw === 'number' ? raw : 0, 2);
  if (credit.status !== 'AUTHORISED' || invoice.status !== 'AUTHORISED') throw new ValidationError('Allocations can only be made between Authorised documents');
  if (credit.contactId !== invoice.contactId) throw new ValidationError('The contact of the credit note is not the contact of the invoice');
  if (amount.lte(0) || amount.gt(credit.amountDue) || amount.gt(invoice.amountDue)) throw new ValidationError('Allocation amount exceeds the amount outstanding');
  const take = (doc: Invoice): Invoice => {
    const due = new Decimal(doc.amountDue).minus(amount);
    return { ...doc, amountDue: due.toFixed(2), amountCredited: new Decimal(doc.amountCredited).plus(amount).toFixed(2), status: due.isZero() ? 'PAID' : 'AUTHORISED', updatedAt: o.now().toISOString() };
  };
  o.invoices.put(invoice.id, take(invoice));
  const next = { ...take(credit), allocations: [...credit.allocations, { id: randomUUID(), invoiceId: invoice.id, amount: amount.toFixed(2), date: o.now().toISOString().slice(0, 10) }] };
  o.invoices.put(credit.id, next);
  return next;
}
