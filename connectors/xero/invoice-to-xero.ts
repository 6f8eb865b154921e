import { Decimal } from 'decimal.js';
import { type Allocations, type CreditNote, CreditNote as CreditNoteModel, type Invoice, Invoice as InvoiceModel, type LineItem, type LineAmountTypes, type CurrencyCode, type Contact, Address as AddressModel, Phone, type Payment } from './accounting-sdk';
import { type Failure } from '../../canonical/failure';
import { exponentOf, moneyDecimal } from '../../canonical/money';
import { type Address } from '../../canonical/sales-order';
import { type XeroAllocationAsk, type XeroContactDraft, type XeroCreditNoteDraft, type XeroInvoiceDraft, type XeroPaymentDraft, type XeroRefundAsk } from './types';

/** Xero keeps two decimals: a currency with three cannot be kept there. */
export const canHold = (currency: string): boolean => exponentOf(currency) <= 2;
export const notHeld = (currency: string, document: string): Failure => ({ code: 'currency-not-configured', system: 'xero', document, field: 'currency', value: currency, message: `${currency} has three decimals; Xero keeps two.`, fix: 'Enter the document by hand in another currency.' });

/** Quantity and unit price (four decimals) whose rounded product is the net; otherwise one piece at the net, the quantity in words. */
export function lineToXero(line: XeroInvoiceDraft['lines'][number]): LineItem {
  const net = moneyDecimal(line.net);
  const quantity = new Decimal(line.quantity);
  const unit = net.div(quantity).toDecimalPlaces(4, Decimal.ROUND_HALF_UP);
  const fits = quantity.decimalPlaces() <= 4 && quantity.times(unit).toDecimalPlaces(2, Decimal.ROUND_HALF_UP).eq(net);
  const description = (fits ? line.description : `${line.quantity} × ${line.description}`).slice(0, 4000);
  return {
    description: description === '' ? 'Item' : description, quantity: fits ? quantity.toNumber() : 1, unitAmount: fits ? unit.toNumber() : net.toNumber(),
    accountCode: line.accountCode, taxType: line.taxType, taxAmount: moneyDecimal(line.tax).toNumber(),
  };
}

/** Exclusive amounts, tax given per line: Xero's own sum is then the ledger's to the cent. */
export function invoiceToXero(draft: XeroInvoiceDraft): Invoice {
  return {
    type: InvoiceModel.TypeEnum.ACCREC, invoiceNumber: draft.invoiceNumber, contact: { contactID: draft.contactId }, reference: draft.reference.slice(0, 255), date: draft.date, dueDate: draft.dueDate,
    currencyCode: draft.currency as unknown as CurrencyCode, ...(draft.rate ? { currencyRate: Number(draft.rate) } : {}), lineAmountTypes: 'Exclusive' as unknown as LineAmountTypes,
    status: draft.status === 'DRAFT' ? InvoiceModel.StatusEnum.DRAFT : InvoiceModel.StatusEnum.AUTHORISED, lineItems: draft.lines.map(lineToXero), ...(draft.url ? { url: draft.url } : {}),
  };
}

/** The lines that are taken back, with the same arithmetic as the invoice they stood on. */
export function creditNoteToXero(draft: XeroCreditNoteDraft): CreditNote {
  return {
    type: CreditNoteModel.TypeEnum.ACCRECCREDIT, creditNoteNumber: draft.creditNoteNumber, contact: { contactID: draft.contactId }, reference: draft.reference.slice(0, 255), date: draft.date,
    currencyCode: draft.currency as unknown as CurrencyCode, ...(draft.rate ? { currencyRate: Number(draft.rate) } : {}), lineAmountTypes: 'Exclusive' as unknown as LineAmountTypes,
    status: CreditNoteModel.StatusEnum.AUTHORISED, lineItems: draft.lines.map(lineToXero),
  };
}

export const allocationToXero = (ask: XeroAllocationAsk): Allocations => ({ allocations: [{ invoice: { invoiceID: ask.invoiceId }, amount: moneyDecimal(ask.amount).toNumber(), date: ask.date }] });

const letters = (text: string | undefined): string | undefined => text?.replace(/[^\p{L}\s]/gu, '').slice(0, 50);

function addressToXero(type: AddressModel.AddressTypeEnum, address: Address): AddressModel {
  return {
    addressType: type, addressLine1: address.line1?.slice(0, 500), addressLine2: address.line2?.slice(0, 500), city: address.city?.slice(0, 255), region: address.region?.slice(0, 255),
    postalCode: address.postalCode?.slice(0, 50), country: letters(address.country), attentionTo: address.name?.slice(0, 255),
  };
}

/** Xero's rules for names: no angle brackets, single spaces, 255. */
export const contactName = (name: string): string => name.replace(/[<>]/g, ' ').replace(/\s+/g, ' ').trim().slice(0, 255) || 'Web customer';
const usableEmail = (email: string | undefined): string | undefined => (email && /^[\x21-\x7e]+@[\x21-\x7e]+\.[\x21-\x7e]+$/.test(email) && email.length <= 255 ? email : undefined);

export function contactToXero(draft: XeroContactDraft, name: string): Contact {
  const email = usableEmail(draft.email);
  return {
    contactNumber: draft.contactNumber, name, ...(email ? { emailAddress: email } : {}),
    ...(draft.phone ? { phones: [{ phoneType: Phone.PhoneTypeEnum.DEFAULT, phoneNumber: draft.phone.slice(0, 50) }] } : {}),
    addresses: [...(draft.billTo ? [addressToXero(AddressModel.AddressTypeEnum.POBOX, draft.billTo)] : []), ...(draft.shipTo ? [addressToXero(AddressModel.AddressTypeEnum.STREET, draft.shipTo)] : [])],
  };
}

export function paymentToXero(draft: XeroPaymentDraft): Payment {
  return {
    invoice: { invoiceID: draft.invoiceId }, account: { code: draft.accountCode }, date: draft.date, amount: moneyDecimal(draft.amount).toNumber(), reference: draft.reference, ...(draft.rate ? { currencyRate: Number(draft.rate) } : {}),
  };
}

/** A payment on a credit note is a refund (ARCREDITPAYMENT). */
export function refundToXero(ask: XeroRefundAsk): Payment {
  return {
    creditNote: { creditNoteID: ask.creditNoteId }, account: { code: ask.accountCode }, date: ask.date, amount: moneyDecimal(ask.amount).toNumber(), reference: ask.reference, ...(ask.rate ? { currencyRate: Number(ask.rate) } : {}),
  };
}
