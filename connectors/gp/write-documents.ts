import { done, failed, type Outcome } from '../../canonical/failure';
import { compareMoney, money, moneyText, type Money } from '../../canonical/money';
import { type SalesOrder } from '../../canonical/sales-order';
import { cashReceiptToEconnect } from './cash-receipt-to-econnect';
import { cashReceipts, receivables, sales } from './reads';
import { shapes, type Reader } from './reader';
import { salesOrderToEconnect, sopOrder } from './sales-order-to-econnect';
import { type SoapTransport } from './soap-transport';
import { find, parseXml, textOf } from './strict-xml';
import { type GpCashReceipt, type GpOrderCoding, type GpReceiptOfWrite, type GpSettings } from './types';
import { writeOnce, type Look } from './write-once';

export type Hands = { reader: Reader; transport: SoapTransport; settings: GpSettings; now: () => Date };

/** CreateTransactionEntity answers with the document as created: it must be about our number and amount. */
export function createdAs(result: string, wanted: { node: string; numberField: string; number: string }): boolean {
  try {
    return textOf(find(find(parseXml(result.trim(), 'eConnect'), wanted.node), wanted.numberField)).trimEnd() === wanted.number;
  } catch {
    return false;
  }
}

/** ISO currency → the id GP knows it by. */
export function currencyIdOf(iso: string, settings: GpSettings): string {
  return Object.entries(settings.currencies ?? {}).find(([, code]) => code === iso)?.[0] ?? iso;
}

const sameAmount = (text: string, amount: Money): boolean => {
  try { return compareMoney(money(text, amount.currency), amount) === 0; } catch { return false; }
};

async function lookForOrder(coding: GpOrderCoding, wanted: GpReceiptOfWrite, reader: Reader): Promise<Outcome<Look<GpReceiptOfWrite>>> {
  const rows = await sales(reader, 'SOPNUMBE', [coding.number]);
  if (!rows.ok) return rows;
  const row = rows.value.find((r) => r.SOPTYPE === sopOrder && r.SOPNUMBE === coding.number);
  if (!row) return done({ found: 'nothing' });
  if (row.VOIDSTTS === 1) return done({ found: 'other', what: 'a voided order, whose number is burned' });
  if (row.INTEGRATIONID !== coding.orderKey) return done({ found: 'other', what: `an order with the key "${row.INTEGRATIONID}"` });
  if (row.CURNCYID !== wanted.total.currency || !sameAmount(row.DOCAMNT, wanted.total)) return done({ found: 'other', what: `this order with the amount ${row.DOCAMNT} ${row.CURNCYID} instead of ${moneyText(wanted.total)} ${wanted.total.currency}` });
  return done({ found: 'ours', value: { ...wanted, existed: true } });
}

/** The class of a customer is set when GP has no such customer yet; only then it is worth a read. */
async function isNewCustomer(coding: GpOrderCoding, reader: Reader): Promise<Outcome<boolean>> {
  if (coding.customerClass === undefined) return done(false);
  const rows = await reader.readIn({ type: 'Customer', column: 'CUSTNMBR', values: [coding.customerNumber] }, shapes.customers);
  return rows.ok ? done(rows.value.length === 0) : rows;
}

/** See GpClient.createSalesOrder. */
export async function createSalesOrder(order: SalesOrder, coding: GpOrderCoding, { reader, transport }: Hands): Promise<Outcome<GpReceiptOfWrite>> {
  const checked = salesOrderToEconnect(order, coding, { newCustomer: false });
  if (!checked.ok) return checked;
  const newCustomer = await isNewCustomer(coding, reader);
  if (!newCustomer.ok) return newCustomer;
  const document = newCustomer.value ? salesOrderToEconnect(order, coding, { newCustomer: true }) : checked;
  if (!document.ok) return document;
  const { xml, total, warnings } = document.value;
  const written: GpReceiptOfWrite = { number: coding.number, total, existed: false, warnings };
  return writeOnce<GpReceiptOfWrite>({
    operation: 'CreateTransactionEntity', xml, document: coding.number, guard: 'number',
    settle: (result) => (createdAs(result, { node: 'taSopHdrIvcInsert', numberField: 'SOPNUMBE', number: coding.number }) ? written : undefined),
    look: () => lookForOrder(coding, written, reader),
  }, transport);
}

async function lookForReceipt(receipt: GpCashReceipt, wanted: GpReceiptOfWrite, reader: Reader): Promise<Outcome<Look<GpReceiptOfWrite>>> {
  const rows = await cashReceipts(reader, 'DOCNUMBR', [receipt.number]);
  if (!rows.ok) return rows;
  const row = rows.value.find((r) => r.DOCNUMBR === receipt.number);
  if (!row) return lookForPosted(receipt, wanted, reader);
  if (row.VOIDSTTS === 1) return done({ found: 'other', what: 'a voided receipt, whose number is burned' });
  if (row.CUSTNMBR !== receipt.customerNumber || row.TRXDSCRN !== receipt.description) return done({ found: 'other', what: `a receipt of customer ${row.CUSTNMBR} for "${row.TRXDSCRN}"` });
  if (row.CURNCYID !== receipt.amount.currency || !sameAmount(row.ORTRXAMT, receipt.amount)) return done({ found: 'other', what: `this receipt with the amount ${row.ORTRXAMT} ${row.CURNCYID} instead of ${moneyText(receipt.amount)} ${receipt.amount.currency}` });
  return done({ found: 'ours', value: { ...wanted, existed: true } });
}

/** A posted receipt may stand in receivables only, where customer and amount are what identifies it. */
async function lookForPosted(receipt: GpCashReceipt, wanted: GpReceiptOfWrite, reader: Reader): Promise<Outcome<Look<GpReceiptOfWrite>>> {
  const rows = await receivables(reader, [receipt.number]);
  if (!rows.ok) return rows;
  const row = rows.value.find((r) => r.DOCNUMBR === receipt.number);
  if (!row) return done({ found: 'nothing' });
  const ours = row.VOIDSTTS === 0 && row.CUSTNMBR === receipt.customerNumber && row.CURNCYID === receipt.amount.currency && sameAmount(row.ORTRXAMT, receipt.amount);
  return done(ours ? { found: 'ours', value: { ...wanted, existed: true } } : { found: 'other', what: `a posted document of customer ${row.CUSTNMBR} over ${row.ORTRXAMT} ${row.CURNCYID}` });
}

async function sendReceipt(receipt: GpCashReceipt, withCustomer: boolean, { reader, transport, settings }: Hands): Promise<Outcome<GpReceiptOfWrite>> {
  const document = cashReceiptToEconnect(receipt, { currencyId: currencyIdOf(receipt.amount.currency, settings), withCustomer });
  if (!document.ok) return document;
  const written: GpReceiptOfWrite = { number: receipt.number, total: receipt.amount, existed: false, warnings: document.value.warnings };
  return writeOnce<GpReceiptOfWrite>({
    operation: 'CreateTransactionEntity', xml: document.value.xml, document: receipt.number, guard: 'number',
    settle: (result) => (createdAs(result, { node: 'taRMCashReceiptInsert', numberField: 'DOCNUMBR', number: receipt.number }) ? written : undefined),
    look: () => lookForReceipt(receipt, written, reader),
  }, transport);
}

/** See GpClient.createCashReceipt. The customer's master record is GP's: it is created only when GP says that there is none. */
export async function createCashReceipt(receipt: GpCashReceipt, hands: Hands): Promise<Outcome<GpReceiptOfWrite>> {
  if (BigInt(receipt.amount.minor) <= 0n) {
    return failed({ code: 'money-invalid', system: 'gp', document: receipt.number, field: 'ORTRXAMT', value: moneyText(receipt.amount), message: `A receipt of ${moneyText(receipt.amount)} ${receipt.amount.currency} cannot be entered.`, fix: 'Correct the payment: a receipt is more than zero.' });
  }
  const first = await sendReceipt(receipt, false, hands);
  return !first.ok && first.failure.code === 'master-missing' ? sendReceipt(receipt, true, hands) : first;
}
