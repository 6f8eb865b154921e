import { randomUUID } from 'node:crypto';
import { Decimal } from 'decimal.js';
import { roundTo, total } from '../kit/decimal';
import { postInvoice } from './books';
import { checkLock } from './lock';
import { trackingOfLine } from './line-tracking';
import { indexDocument, type Invoice, type Line, nextNumber, type Organisation } from './model';
import { dateOf, get, NotFoundError, PostDataError, textOf, ValidationError } from './refusal';
import { baseCurrency } from './seeds';

const statuses = ['DRAFT', 'SUBMITTED', 'AUTHORISED', 'DELETED', 'VOIDED'];
const lineTypes = ['Exclusive', 'Inclusive', 'NoTax'];
/** From → allowed to. PAID is Xero's own; removing payments reopens. */
const moves: Record<string, string[]> = { DRAFT: ['DRAFT', 'SUBMITTED', 'AUTHORISED', 'DELETED'], SUBMITTED: ['SUBMITTED', 'DRAFT', 'AUTHORISED', 'DELETED'], AUTHORISED: ['AUTHORISED', 'VOIDED'], PAID: [], VOIDED: [], DELETED: [] };

function number(value: unknown, name: string): Decimal | undefined {
  const v = get(value, name);
  if (v === undefined || v === null) return undefined;
  if (typeof v !== 'number' && !(typeof v === 'string' && /^-?\d+(\.\d+)?$/.test(v))) throw new PostDataError(`Error converting value to type decimal. Path ${name}`);
  return new Decimal(v);
}

/** Xero's own arithmetic: unit price rounded first (2 or 4 decimals), line rounded to cents, tax by line unless it is given. */
export function readLine(o: Organisation, value: unknown, more: { unitDecimals: number; lineAmountTypes: string }): Line {
  const description = textOf(value, 'Description');
  const quantity = number(value, 'Quantity') ?? new Decimal(1);
  const unit = roundTo(number(value, 'UnitAmount') ?? number(value, 'LineAmount')?.div(quantity) ?? 0, more.unitDecimals);
  const computed = roundTo(roundTo(quantity, 4).times(unit), 2);
  const stated = number(value, 'LineAmount');
  if (stated && !roundTo(stated, 2).eq(computed)) throw new ValidationError(`The line total ${stated.toFixed()} does not match the expected line total ${computed.toFixed(2)}`);
  if (description === '' && !stated && unit.isZero()) throw new ValidationError('Description cannot be empty.');
  if (description.length > 4000) throw new ValidationError('The description field has a maximum length of 4000 characters.');
  const code = textOf(value, 'AccountCode');
  const account = o.accounts.get(o.accountByCode.get(code) ?? '');
  if (!account || account.status !== 'ACTIVE' || account.type === 'BANK' || account.system === 'DEBTORS') throw new ValidationError(`Account code '${code}' is not a valid code for this document.`);
  const taxType = textOf(value, 'TaxType') || account.taxType;
  const rate = o.taxRates.get(taxType);
  if (rate?.status !== 'ACTIVE') throw new ValidationError(`The TaxType code '${taxType}' does not exist or cannot be used.`);
  const given = number(value, 'TaxAmount');
  const share = more.lineAmountTypes === 'Inclusive' ? computed.minus(computed.div(new Decimal(rate.rate).div(100).plus(1))) : computed.times(rate.rate).div(100);
  const tax = more.lineAmountTypes === 'NoTax' ? new Decimal(0) : given && taxType !== 'NONE' ? roundTo(given, 2) : roundTo(share, 2);
  const itemCode = textOf(value, 'ItemCode');
  if (itemCode !== '' && !o.itemByCode.has(itemCode)) throw new ValidationError(`Item code '${itemCode}' is not valid`);
  return { id: randomUUID(), description, quantity: quantity.toFixed(), unitAmount: unit.toFixed(), lineAmount: computed.toFixed(2), taxAmount: tax.toFixed(2), taxType, accountCode: code, ...(itemCode === '' ? {} : { itemCode }), ...trackingOfLine(o, value) };
}

/** A contact by id; a bare name finds or makes one, as the real API does. */
export function contactOf(o: Organisation, value: unknown): string {
  const contact = get(value, 'Contact');
  const id = textOf(contact, 'ContactID');
  if (id !== '') {
    const known = o.contacts.get(id);
    if (!known) throw new NotFoundError(id);
    if (known.status !== 'ACTIVE') throw new ValidationError('The specified contact details matched an archived contact. Archived contacts cannot currently be edited via the API.');
    return id;
  }
  const name = textOf(contact, 'Name');
  const found = o.contactByName.get(name.toLowerCase());
  if (found) return found;
  if (name === '') throw new ValidationError('The Contact must contain at least 1 of the following elements to identify the contact: Name, ContactID, ContactNumber');
  const made = randomUUID();
  o.contacts.put(made, { id: made, name, number: '', email: '', status: 'ACTIVE', addresses: [], phones: [], updatedAt: o.now().toISOString() });
  o.contactByName.set(name.toLowerCase(), made);
  return made;
}

function currencyOf(o: Organisation, value: unknown): { currency: string; rate: string } {
  const currency = textOf(value, 'CurrencyCode') || baseCurrency;
  if (!o.currencies.get(currency)) throw new ValidationError(`Organisation is not subscribed to currency ${currency}`);
  const rate = number(value, 'CurrencyRate');
  if (currency !== baseCurrency && (!rate || rate.lte(0))) throw new ValidationError('The currency rate must be given in this organisation');
  return { currency, rate: currency === baseCurrency ? '1' : roundTo(rate ?? 1, 6).toFixed() };
}

function fill(o: Organisation, value: unknown, more: { before?: Invoice; unitDecimals: number; type: Invoice['type'] }): Invoice {
  const { before } = more;
  const lineAmountTypes = textOf(value, 'LineAmountTypes') || before?.lineAmountTypes || 'Exclusive';
  if (!lineTypes.includes(lineAmountTypes)) throw new PostDataError(`Error converting value "${lineAmountTypes}" to type LineAmountTypes`);
  const list = get(value, 'LineItems');
  const lines = Array.isArray(list) ? list.map((l) => readLine(o, l, { unitDecimals: more.unitDecimals, lineAmountTypes })) : before?.lines ?? [];
  if (lines.length === 0) throw new ValidationError('One or more line items must be specified');
  const date = dateOf(value, 'Date') ?? before?.date ?? o.now().toISOString().slice(0, 10);
  const status = textOf(value, 'Status') || before?.status || 'DRAFT';
  if (!statuses.includes(status)) throw new PostDataError(`Error converting value "${status}" to type Status`);
  const dueDate = dateOf(value, 'DueDate') ?? before?.dueDate ?? '';
  if (status === 'AUTHORISED' && dueDate === '' && more.type === 'ACCREC') throw new ValidationError('Invoice not of valid status for modification: DueDate is required');
  const tax = total(lines.map((l) => l.taxAmount));
  const sum = total(lines.map((l) => l.lineAmount));
  const subTotal = lineAmountTypes === 'Inclusive' ? sum.minus(tax) : sum;
  const grand = subTotal.plus(tax);
  if (grand.lt(0)) throw new ValidationError('The document total cannot be negative');
  const { currency, rate } = before && get(value, 'CurrencyCode') === undefined ? before : currencyOf(o, value);
  return {
    id: before?.id ?? randomUUID(), number: textOf(value, more.type === 'ACCREC' ? 'InvoiceNumber' : 'CreditNoteNumber') || before?.number || `${more.type === 'ACCREC' ? 'INV' : 'CN'}-${String(nextNumber(o, more.type)).padStart(4, '0')}`,
    type: more.type, contactId: get(value, 'Contact') === undefined && before ? before.contactId : contactOf(o, value), reference: textOf(value, 'Reference') || before?.reference || '', date, dueDate, status, currency, rate, lineAmountTypes, lines,
    subTotal: subTotal.toFixed(2), totalTax: tax.toFixed(2), total: grand.toFixed(2), amountDue: grand.toFixed(2), amountPaid: '0.00', amountCredited: '0.00', updatedAt: o.now().toISOString(), allocations: before?.allocations ?? [], history: before?.history ?? [],
    ...(textOf(value, 'Url') ? { url: textOf(value, 'Url') } : {}),
  };
}

function keep(o: Organisation, invoice: Invoice, before: Invoice | undefined): Invoice {
  const posted = (i: Invoice | undefined): boolean => i !== undefined && ['AUTHORISED', 'PAID'].includes(i.status);
  if (posted(invoice) || posted(before)) checkLock(o, invoice.date);
  if (posted(before)) checkLock(o, before?.date ?? invoice.date);
  const paid = invoice.status === 'AUTHORISED' && new Decimal(invoice.total).isZero() ? { ...invoice, status: 'PAID' } : invoice;
  if (posted(before) && before) postInvoice(o, before, -1);
  if (posted(paid)) postInvoice(o, paid, 1);
  o.invoices.put(paid.id, paid);
  indexDocument(o, paid, before);
  o.changed(paid.type === 'ACCREC' ? 'INVOICE' : 'CREDITNOTE', paid.id, before === undefined);
  return paid;
}

function update(o: Organisation, value: unknown, more: { before: Invoice; unitDecimals: number }): Invoice {
  const { before } = more;
  const wanted = textOf(value, 'Status') || before.status;
  if (Number(before.amountPaid) > 0 || Number(before.amountCredited) > 0) throw new ValidationError('This document cannot be edited as it has a payment or credit note allocated to it.');
  if (!(moves[before.status] ?? []).includes(wanted)) throw new ValidationError('Invoice not of valid status for modification');
  const statusOnly = get(value, 'LineItems') === undefined;
  const next = statusOnly ? { ...before, status: wanted, dueDate: dateOf(value, 'DueDate') ?? before.dueDate, reference: textOf(value, 'Reference') || before.reference, updatedAt: o.now().toISOString() }
    : fill(o, value, { before, unitDecimals: more.unitDecimals, type: before.type });
  const emptied = ['VOIDED', 'DELETED'].includes(wanted) ? { ...next, amountDue: '0.00' } : next;
  return keep(o, emptied, before);
}

/** PUT creates; POST creates or updates by id or number. One element. */
export function writeInvoice(o: Organisation, value: unknown, more: { method: 'PUT' | 'POST'; unitDecimals: number; type: Invoice['type'] }): Invoice {
  const id = textOf(value, more.type === 'ACCREC' ? 'InvoiceID' : 'CreditNoteID');
  const docNumber = textOf(value, more.type === 'ACCREC' ? 'InvoiceNumber' : 'CreditNoteNumber');
  if (docNumber.length > 255) throw new ValidationError('Invoice Number has a maximum length of 255 characters.');
  const holder = docNumber !== '' ? o.invoices.get((more.type === 'ACCREC' ? o.byNumber : o.creditByNumber).get(docNumber.toLowerCase()) ?? '') : undefined;
  const known = id !== '' ? o.invoices.get(id) : holder;
  if (id !== '' && known?.type !== more.type) throw new NotFoundError(id);
  const taken = more.type === 'ACCREC' ? 'Invoice # must be unique.' : 'Credit Note # must be unique.';
  if (known && holder && holder.id !== known.id) throw new ValidationError(taken);
  if (more.method === 'POST' && known) return update(o, value, { before: known, unitDecimals: more.unitDecimals });
  if (known) throw new ValidationError(taken);
  const type = textOf(value, 'Type');
  if (type !== more.type) throw new PostDataError(`Error converting value "${type}" to type InvoiceType in this simulator (${more.type} only)`);
  const made = fill(o, value, { unitDecimals: more.unitDecimals, type: more.type });
  if (!['DRAFT', 'SUBMITTED', 'AUTHORISED'].includes(made.status)) throw new ValidationError('Invoice not of valid status for creation');
  return keep(o, made, undefined);
}
