import { moneyText, type Money } from '../../canonical/money';
import { rmInvoice, rmReceipt, type rmReturn } from './cash-receipt-to-econnect';
import { document, node } from './econnect-xml';

/** What can pay an invoice: a cash receipt or a return. */
export type CreditType = typeof rmReceipt | typeof rmReturn;

/** One receipt or return applied to one invoice; the type holds exactly one application. */
export const applicationToEconnect = (application: { credit: string; type: CreditType; invoice: string; amount: Money; date: string }): string => document('RMApplyType', node('taRMApply', [
  ['APTODCNM', application.invoice], ['APFRDCNM', application.credit], ['APPTOAMT', moneyText(application.amount)], ['APFRDCTY', application.type], ['APTODCTY', rmInvoice],
  ['DISTKNAM', '0'], ['WROFAMNT', '0'], ['APPLYDATE', application.date], ['GLPOSTDT', application.date],
]));

/** Takes one receipt off one invoice again. */
export const unapplicationToEconnect = (application: { customer: string; receipt: string; invoice: string; invoiceType: number; date: string }): string =>
  document('RMUnapplyTransactionType', node('taRMUnapplyTransaction', [
    ['CUSTNMBR', application.customer], ['DOCNUMBR', application.receipt], ['RMDTYPAL', rmReceipt], ['APTODCTY', application.invoiceType], ['APTODCNM', application.invoice], ['GLPOSTDT', application.date],
  ]));
