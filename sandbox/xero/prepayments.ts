import { randomUUID } from 'node:crypto';
import { Decimal } from 'decimal.js';
import { total } from '../kit/decimal';
import { postPrepayment } from './books';
import { contactOf, readLine } from './invoices';
import { checkLock } from './lock';
import { type Account, type Invoice, type Organisation } from './model';
import { dateOf, get, NotFoundError, PostDataError, textOf, ValidationError } from './refusal';
import { baseCurrency } from './seeds';

export function prepaymentOf(o: Organisation, id: string): Invoice {
  const found = o.invoices.get(id);
  if (found?.type !== 'ARPREPAYMENT') throw new NotFoundError(id);
  return found;
}

function bankOf(o: Organisation, value: unknown): Account {
  const ref = get(value, 'BankAccount');
  const account = o.accounts.get(textOf(ref, 'AccountID') || (o.accountByCode.get(textOf(ref, 'Code')) ?? ''));
  if (account?.type !== 'BANK' || account.status !== 'ACTIVE') throw new ValidationError('The bank account is not valid: it must be an active account of type BANK');
  return account;
}

/**
 * Money that comes in before its invoice (RECEIVE-PREPAYMENT): in base currency, onto a bank account, coded by lines, which bear no tax here. It has no reference, and nothing keeps
 * Xero from taking the same one twice. What of it no invoice takes stands as a credit of the contact.
 */
export function receivePrepayment(o: Organisation, value: unknown): Invoice {
  const type = textOf(value, 'Type');
  if (type !== 'RECEIVE-PREPAYMENT') throw new PostDataError(`Error converting value "${type}" to type BankTransactionType in this simulator (RECEIVE-PREPAYMENT only)`);
  const currency = textOf(value, 'CurrencyCode') || baseCurrency;
  if (currency !== baseCurrency) throw new ValidationError('A prepayment can be received in the base currency only');
  const list = get(value, 'LineItems');
  const lineAmountTypes = textOf(value, 'LineAmountTypes') || 'Inclusive';
  const lines = Array.isArray(list) ? list.map((l) => readLine(o, l, { unitDecimals: 2, lineAmountTypes })) : [];
  if (lines.length === 0) throw new ValidationError('One or more line items must be specified');
  if (lines.some((l) => new Decimal(l.unitAmount).isZero() || new Decimal(l.quantity).lte(0))) throw new ValidationError('A line of a bank transaction must have a quantity above zero and an amount');
  if (lines.some((l) => !new Decimal(l.taxAmount).isZero())) throw new ValidationError('In this simulator the lines of a prepayment bear no tax');
  const sum = total(lines.map((l) => l.lineAmount));
  if (sum.lte(0)) throw new ValidationError('The total of a bank transaction must be positive');
  const account = bankOf(o, value);
  const date = dateOf(value, 'Date') ?? o.now().toISOString().slice(0, 10);
  checkLock(o, date);
  const made: Invoice = {
    id: randomUUID(), number: '', type: 'ARPREPAYMENT', contactId: contactOf(o, value), reference: '', date, dueDate: '', status: 'AUTHORISED', currency, rate: '1', lineAmountTypes, lines, subTotal: sum.toFixed(2), totalTax: '0.00', total: sum.toFixed(2),
    amountDue: sum.toFixed(2), amountPaid: '0.00', amountCredited: '0.00', updatedAt: o.now().toISOString(), allocations: [], history: [], received: { accountId: account.id, bankTransactionId: randomUUID() },
  };
  o.invoices.put(made.id, made);
  postPrepayment(o, made, account);
  o.changed('PREPAYMENT', made.id, true);
  return made;
}
