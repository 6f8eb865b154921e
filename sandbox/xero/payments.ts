import { randomUUID } from 'node:crypto';
import { Decimal } from 'decimal.js';
import { roundTo } from '../kit/decimal';
import { postPayment } from './books';
import { creditNoteOf } from './credit-notes';
import { checkLock } from './lock';
import { prepaymentOf } from './prepayments';
import { type Account, indexPayment, type Invoice, type Organisation, type Payment } from './model';
import { dateOf, get, NotFoundError, PostDataError, textOf, ValidationError } from './refusal';
import { baseCurrency } from './seeds';
import { settle } from './settle';

function accountOf(o: Organisation, value: unknown): Account {
  const ref = get(value, 'Account');
  const account = o.accounts.get(textOf(ref, 'AccountID') || (o.accountByCode.get(textOf(ref, 'Code')) ?? ''));
  if (!account || !account.paymentsEnabled) throw new ValidationError('Account code is not a valid code for this document: payments are not enabled for it.');
  return account;
}

/** Exactly one document: a sales invoice, or a sales credit note or a prepayment that is paid back. */
function documentOf(o: Organisation, value: unknown): Invoice {
  const [invoice, note, prepayment] = [get(value, 'Invoice'), get(value, 'CreditNote'), get(value, 'Prepayment')];
  if ([invoice, note, prepayment].filter((d) => d !== undefined).length > 1) throw new ValidationError('A payment can be made against one document only');
  if (prepayment !== undefined) return prepaymentOf(o, textOf(prepayment, 'PrepaymentID'));
  if (note !== undefined) return creditNoteOf(o, textOf(note, 'CreditNoteID') || textOf(note, 'CreditNoteNumber'));
  const found = o.invoices.get(textOf(invoice, 'InvoiceID') || (o.byNumber.get(textOf(invoice, 'InvoiceNumber').toLowerCase()) ?? ''));
  if (found?.type !== 'ACCREC') throw new NotFoundError('invoice');
  return found;
}

/** One payment on an authorised invoice, or refund of an authorised credit note or prepayment: in the document's currency, never above what is outstanding. */
export function createPayment(o: Organisation, value: unknown): Payment {
  const invoice = documentOf(o, value);
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
  indexPayment(o, payment);
  postPayment(o, payment, { invoice, account, sign: 1 });
  settle(o, invoice, { paid: amount });
  return payment;
}

/** Payments are immutable: the only update is Status DELETED, which reopens the document. */
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
    settle(o, invoice, { paid: new Decimal(payment.amount).negated() });
  }
  return gone;
}
