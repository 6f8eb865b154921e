import { roundMoney } from '../../canonical/money';
import { XeroInvoiceId } from '../../canonical/ids';
import { type InvoiceWire, type PaymentWire } from './wire';
import { type XeroInvoice, type XeroPayment } from './types';

/** Xero's invoice as read back; payments carry the account where it was read beside them. */
export function toXeroInvoice(wire: InvoiceWire, accounts: ReadonlyMap<string, string> = new Map()): XeroInvoice {
  const amount = (value: number): ReturnType<typeof roundMoney> => roundMoney(value, wire.currencyCode);
  return {
    invoiceId: XeroInvoiceId.parse(wire.invoiceID), invoiceNumber: wire.invoiceNumber, reference: wire.reference, status: wire.status, contactId: wire.contact.contactID, date: wire.date.slice(0, 10), currency: wire.currencyCode,
    subTotal: amount(wire.subTotal), tax: amount(wire.totalTax), total: amount(wire.total), amountDue: amount(wire.amountDue), amountPaid: amount(wire.amountPaid),
    lines: wire.lineItems.map((l) => ({ accountCode: l.accountCode, net: amount(l.lineAmount), tax: amount(l.taxAmount) })),
    payments: wire.payments.map((p) => ({ paymentId: p.paymentID, amount: amount(p.amount), date: p.date.slice(0, 10), reference: p.reference, ...(accounts.has(p.paymentID) ? { accountCode: accounts.get(p.paymentID) ?? '' } : {}) })),
    updatedAt: wire.updatedDateUTC,
  };
}

export const toXeroPayment = (wire: PaymentWire, currency: string): XeroPayment => ({
  paymentId: wire.paymentID, invoiceId: wire.invoice.invoiceID, accountCode: wire.account?.code ?? '', amount: roundMoney(wire.amount, currency), reference: wire.reference, status: wire.status, date: wire.date.slice(0, 10),
});
