import { Decimal } from 'decimal.js';
import { moneyDecimal, sum, type Money } from '../../canonical/money';
import { type XeroContactDraft, type XeroCreditNoteDraft, type XeroDocument, type XeroInvoiceDraft, type XeroPaymentDraft } from './types';

type Line = { description: string; quantity: string; net: Money; tax: Money; accountCode: string; taxType: string };
type Words = { contactId: XeroInvoiceDraft['contactId']; reference: string; date: string; currency: string; rate?: string; lines: Line[] };
export type InvoiceWords = Words & { invoiceNumber: string; dueDate: string; status: 'DRAFT' | 'AUTHORISED' };
export type CreditNoteWords = Words & { creditNoteNumber: string };

const lineOf = (l: Line): XeroDocument => ({
  Description: l.description, Quantity: Number(l.quantity), UnitAmount: moneyDecimal(l.net).div(l.quantity).toDecimalPlaces(4, Decimal.ROUND_HALF_UP).toNumber(), AccountCode: l.accountCode, TaxType: l.taxType, TaxAmount: moneyDecimal(l.tax).toNumber(),
});
const shared = (w: Words): Pick<XeroInvoiceDraft, 'contactId' | 'reference' | 'currency' | 'total'> => ({ contactId: w.contactId, reference: w.reference, currency: w.currency, total: sum(w.lines.flatMap((l) => [l.net, l.tax]), w.lines[0]?.net.currency ?? w.currency) });
const words = (w: Words): XeroDocument => ({
  Contact: { ContactID: w.contactId }, Reference: w.reference, Date: w.date, CurrencyCode: w.currency, ...(w.rate ? { CurrencyRate: Number(w.rate) } : {}), LineAmountTypes: 'Exclusive', LineItems: w.lines.map(lineOf),
});

/** Documents as a mapping would make them, also such as none would. */
export const invoiceOf = (w: InvoiceWords): XeroInvoiceDraft => ({ ...shared(w), invoiceNumber: w.invoiceNumber, document: { Type: 'ACCREC', InvoiceNumber: w.invoiceNumber, DueDate: w.dueDate, Status: w.status, ...words(w) } });
export const creditNoteOf = (w: CreditNoteWords): XeroCreditNoteDraft => ({ ...shared(w), creditNoteNumber: w.creditNoteNumber, document: { Type: 'ACCRECCREDIT', CreditNoteNumber: w.creditNoteNumber, Status: 'AUTHORISED', ...words(w) } });
export const contactOf = (contactNumber: string, name: string, more: XeroDocument = {}): XeroContactDraft => ({ contactNumber, name, document: { ContactNumber: contactNumber, Name: name, ...more } });
export const paymentOf = ({ rate, ...p }: Omit<XeroPaymentDraft, 'document'> & { rate?: string }): XeroPaymentDraft => ({
  ...p, document: { Invoice: { InvoiceID: p.invoiceId }, Account: { Code: p.accountCode }, Date: p.date, Amount: moneyDecimal(p.amount).toNumber(), Reference: p.reference, ...(rate ? { CurrencyRate: Number(rate) } : {}) },
});
