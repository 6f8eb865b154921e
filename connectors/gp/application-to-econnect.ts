import { moneyText } from '../../canonical/money';
import { rmInvoice, rmReceipt } from './cash-receipt-to-econnect';
import { document, node } from './econnect-xml';
import { type GpApplication } from './types';

/** One receipt applied to one invoice; the type holds exactly one application. */
export const applicationToEconnect = (application: GpApplication): string => document('RMApplyType', node('taRMApply', [
  ['APTODCNM', application.invoice], ['APFRDCNM', application.receipt], ['APPTOAMT', moneyText(application.amount)], ['APFRDCTY', rmReceipt], ['APTODCTY', rmInvoice],
  ['DISTKNAM', '0'], ['WROFAMNT', '0'], ['APPLYDATE', application.date], ['GLPOSTDT', application.date],
]));

/** Takes one receipt off one invoice again. */
export const unapplicationToEconnect = (application: { customer: string; receipt: string; invoice: string; invoiceType: number; date: string }): string =>
  document('RMUnapplyTransactionType', node('taRMUnapplyTransaction', [
    ['CUSTNMBR', application.customer], ['DOCNUMBR', application.receipt], ['RMDTYPAL', rmReceipt], ['APTODCTY', application.invoiceType], ['APTODCNM', application.invoice], ['GLPOSTDT', application.date],
  ]));
