import { roundMoney } from '../../canonical/money';
import { XeroInvoiceId } from '../../canonical/ids';
import { type CreditNoteWire, type InvoiceWire, type PaymentWire } from './wire';
import { type XeroCreditNote, type XeroInvoice, type XeroPayment } from './types';

/** By id of payment or prepayment: the account its money came in on; of a prepayment our key too. */
export type MoneyIn = ReadonlyMap<string, { accountCode: string; key?: string }>;

/** Xero's invoice as read back; payments and prepayments carry the account where it was read beside them. */
export function toXeroInvoice(wire: InvoiceWire, moneyIn: MoneyIn = new Map()): XeroInvoice {
  const account = (id: string): { accountCode?: string } => { const found = moneyIn.get(id); return found ? { accountCode: found.accountCode } : {}; };
  const amount = (value: number): ReturnType<typeof roundMoney> => roundMoney(value, wire.currencyCode);
  return {
    invoiceId: XeroInvoiceId.parse(wire.invoiceID), invoiceNumber: wire.invoiceNumber, reference: wire.reference, status: wire.status, contactId: wire.contact.contactID, date: wire.date.slice(0, 10), currency: wire.currencyCode,
    subTotal: amount(wire.subTotal), tax: amount(wire.totalTax), total: amount(wire.total), amountDue: amount(wire.amountDue), amountPaid: amount(wire.amountPaid), amountCredited: amount(wire.amountCredited),
    lines: wire.lineItems.map((l) => ({ accountCode: l.accountCode, net: amount(l.lineAmount), tax: amount(l.taxAmount), ...(l.tracking.length > 0 ? { tracking: l.tracking.map((t) => ({ categoryId: t.trackingCategoryID, optionId: t.trackingOptionID })) } : {}) })),
    payments: wire.payments.map((p) => ({ paymentId: p.paymentID, amount: amount(p.amount), date: p.date.slice(0, 10), reference: p.reference, ...account(p.paymentID) })),
    prepayments: wire.prepayments.map((p) => ({ prepaymentId: p.prepaymentID, amount: amount(p.appliedAmount), reference: moneyIn.get(p.prepaymentID)?.key ?? '', ...account(p.prepaymentID) })),
    updatedAt: wire.updatedDateUTC,
  };
}

export const toXeroPayment = (wire: PaymentWire, currency: string): XeroPayment => ({
  paymentId: wire.paymentID, invoiceId: wire.invoice.invoiceID, accountCode: wire.account?.code ?? '', amount: roundMoney(wire.amount, currency), reference: wire.reference, status: wire.status, date: wire.date.slice(0, 10),
});

/** A sales credit note as read back: what it is, where it went, what of it is still open. */
export function toXeroCreditNote(wire: CreditNoteWire): XeroCreditNote {
  const amount = (value: number): ReturnType<typeof roundMoney> => roundMoney(value, wire.currencyCode);
  return {
    creditNoteId: wire.creditNoteID, creditNoteNumber: wire.creditNoteNumber, reference: wire.reference, status: wire.status, contactId: wire.contact.contactID, date: wire.date.slice(0, 10), currency: wire.currencyCode,
    subTotal: amount(wire.subTotal), tax: amount(wire.totalTax), total: amount(wire.total), remaining: amount(wire.remainingCredit),
    allocations: wire.allocations.map((a) => ({ invoiceId: a.invoice.invoiceID, amount: amount(a.amount) })), refunds: wire.payments.map((p) => ({ paymentId: p.paymentID, amount: amount(p.amount), reference: p.reference })),
  };
}
