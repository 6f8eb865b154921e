import { rmReceipt, type sopOrder } from './document-kinds';
import { document, node } from './econnect-xml';
import { type sopInvoice } from './reads';

/** Voids an order or an invoice that is not posted; its number is burned for ever. */
export const salesVoidToEconnect = (sale: { type: typeof sopOrder | typeof sopInvoice; number: string; date: string }): string =>
  document('SOPVoidDocumentType', node('taSopVoidDocument', [['SOPTYPE', sale.type], ['SOPNUMBE', sale.number], ['RemovePayments', 1], ['VOIDDATE', sale.date]]));

/** Voids a cash receipt that is applied to nothing. */
export const receiptVoidToEconnect = (receipt: { number: string; customer: string; date: string }): string =>
  document('RMVoidTransactionType', node('taRMVoidTransaction', [
    ['CUSTNMBR', receipt.customer], ['DOCNUMBR', receipt.number], ['VOIDSTTS', 1], ['RMDTYPAL', rmReceipt], ['VOIDDATE', receipt.date], ['GLPOSTDT', receipt.date],
  ]));

/** Takes one receipt off one invoice again. */
export const unapplicationToEconnect = (application: { customer: string; receipt: string; invoice: string; invoiceType: number; date: string }): string =>
  document('RMUnapplyTransactionType', node('taRMUnapplyTransaction', [
    ['CUSTNMBR', application.customer], ['DOCNUMBR', application.receipt], ['RMDTYPAL', rmReceipt], ['APTODCTY', application.invoiceType], ['APTODCNM', application.invoice], ['GLPOSTDT', application.date],
  ]));
