import { type Allocations, type Payment } from './accounting-sdk';
import { type Failure } from '../../canonical/failure';
import { exponentOf, moneyDecimal } from '../../canonical/money';
import { type XeroAllocationAsk, type XeroPrepaymentRefund, type XeroRefundAsk } from './types';

/** Xero keeps two decimals: a currency with three cannot be kept there. */
export const canHold = (currency: string): boolean => exponentOf(currency) <= 2;
export const notHeld = (currency: string, document: string): Failure => ({ code: 'currency-not-configured', system: 'xero', document, field: 'currency', value: currency, message: `${currency} has three decimals; Xero keeps two.`, fix: 'Enter the document by hand in another currency.' });

export const allocationToXero = (ask: Omit<XeroAllocationAsk, 'creditNoteId'>): Allocations => ({ allocations: [{ invoice: { invoiceID: ask.invoiceId }, amount: moneyDecimal(ask.amount).toNumber(), date: ask.date }] });

/** A payment on a credit note is a refund (ARCREDITPAYMENT). */
export function refundToXero(ask: XeroRefundAsk): Payment {
  return {
    creditNote: { creditNoteID: ask.creditNoteId }, account: { code: ask.accountCode }, date: ask.date, amount: moneyDecimal(ask.amount).toNumber(), reference: ask.reference, ...(ask.rate ? { currencyRate: Number(ask.rate) } : {}),
  };
}

/** A payment on a prepayment is a refund, too (ARPREPAYMENTPAYMENT). */
export const prepaymentRefundToXero = (ask: XeroPrepaymentRefund): Payment => ({ prepayment: { prepaymentID: ask.prepaymentId }, account: { code: ask.accountCode }, date: ask.date, amount: moneyDecimal(ask.amount).toNumber(), reference: ask.reference });
