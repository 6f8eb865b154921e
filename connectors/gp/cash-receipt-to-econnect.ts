import { done, type Outcome } from '../../canonical/failure';
import { moneyText } from '../../canonical/money';
import { document, node } from './econnect-xml';
import { checkKeys } from './gp-text';
import { TextWriter } from './gp-warnings';
import { rateFields } from './sales-order-to-econnect';
import { type GpCashReceipt } from './types';

/** RMDTYPAL and apply type of a cash receipt. */
export const rmReceipt = 9;
/** RMDTYPAL and apply type of a sales invoice. */
export const rmInvoice = 1;
/** RMDTYPAL and apply type of a sales return. */
export const rmReturn = 8;
/** CSHRCTYP cash: the only kind whose deposit goes to a checkbook of ours without a check or card. */
const cash = 1;

/**
 * A cash receipt in its clearing checkbook, dated and posted on one day. With `withCustomer` a bare customer goes first, for money that came before
 * the order. Failures: `text-unusable`.
 */
export function cashReceiptToEconnect(receipt: GpCashReceipt, options: { currencyId: string; withCustomer: boolean }): Outcome<{ xml: string; warnings: string[] }> {
  const keys = checkKeys([['DOCNUMBR', receipt.number], ['CUSTNMBR', receipt.customerNumber], ['BACHNUMB', receipt.batch], ['CHEKBKID', receipt.checkbook], ['CURNCYID', options.currencyId]]);
  if (!keys.ok) return keys;
  const writer = new TextWriter();
  const { rate, method } = rateFields(receipt.rate);
  const customer = options.withCustomer
    ? node('taUpdateCreateCustomerRcd', [['CUSTNMBR', receipt.customerNumber], ['CUSTNAME', writer.text('CUSTNAME', receipt.customer.name)], ['CreateAddress', 0], ['UpdateIfExists', 1]])
    : '';
  const body = node('taRMCashReceiptInsert', [
    ['CUSTNMBR', receipt.customerNumber], ['DOCNUMBR', receipt.number], ['DOCDATE', receipt.date], ['ORTRXAMT', moneyText(receipt.amount)], ['GLPOSTDT', receipt.date],
    ['BACHNUMB', receipt.batch], ['CSHRCTYP', cash], ['CHEKBKID', receipt.checkbook], ['CHEKNMBR', writer.text('CHEKNMBR', receipt.reference)],
    ['TRXDSCRN', writer.text('TRXDSCRN', receipt.description)], ['BatchCHEKBKID', receipt.checkbook], ['CURNCYID', options.currencyId], ['XCHGRATE', rate], ['RTCLCMTD', method], ['CREATEDIST', 1],
  ]);
  return done({ xml: document('RMCashReceiptsType', customer, body), warnings: writer.warnings });
}
