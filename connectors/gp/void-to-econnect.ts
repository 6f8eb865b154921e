import { rmReceipt } from './cash-receipt-to-econnect';
import { document, node } from './econnect-xml';
import { sopOrder } from './sales-order-to-econnect';

/** Voids an order; its number is burned for ever. */
export const orderVoidToEconnect = (order: { number: string; date: string }): string =>
  document('SOPVoidDocumentType', node('taSopVoidDocument', [['SOPTYPE', sopOrder], ['SOPNUMBE', order.number], ['RemovePayments', 1], ['VOIDDATE', order.date]]));

/** Voids a cash receipt that is applied to nothing. */
export const receiptVoidToEconnect = (receipt: { number: string; customer: string; date: string }): string =>
  document('RMVoidTransactionType', node('taRMVoidTransaction', [
    ['CUSTNMBR', receipt.customer], ['DOCNUMBR', receipt.number], ['VOIDSTTS', 1], ['RMDTYPAL', rmReceipt], ['VOIDDATE', receipt.date], ['GLPOSTDT', receipt.date],
  ]));
