import { done, type Outcome } from '../../canonical/failure';
import { type LedgerOrderState, type LedgerReceipt } from '../../canonical/ledger';
import { money, type Money } from '../../canonical/money';
import { rmInvoice, rmReceipt, sopReturn, sopOrder } from './document-kinds';
import { journalToLines, rowsToOrderState, rowsToReceipt, rowToFiscalPeriod, salesTransactionToInvoice } from './econnect-to-ledger';
import { shapes, translated, type Reader } from './reader';
import { type GpClient } from './types';
import { type CashReceiptRow, type ReceivableRow, type SalesTransaction } from './wire';

/** SOPTYPE of an invoice. */
export const sopInvoice = 3;
/** Fiscal periods of one company: years × periods × series. */
const periodRowMax = 5_000;

const newestLast = (a: SalesTransaction, b: SalesTransaction): number => (a.DOCDATE + a.SOPNUMBE < b.DOCDATE + b.SOPNUMBE ? -1 : 1);

export const sales = (reader: Reader, column: 'SOPNUMBE' | 'ORIGNUMB' | 'INTEGRATIONID', values: readonly string[]): Promise<Outcome<SalesTransaction[]>> =>
  reader.readIn({ type: 'Sales_Transaction', column, values }, shapes.sales);
export const receivables = (reader: Reader, numbers: readonly string[]): Promise<Outcome<ReceivableRow[]>> =>
  reader.readIn({ type: 'Receivables_Transaction', column: 'DOCNUMBR', values: numbers }, shapes.receivables);
export const cashReceipts = (reader: Reader, column: 'DOCNUMBR' | 'TRXDSCRN', values: readonly string[]): Promise<Outcome<CashReceiptRow[]>> =>
  reader.readIn({ type: 'Cash_Receipt', column, values }, shapes.cash);

/** Receivables are asked only for what the cash receipts leave open: receipts they do not hold any more, and posted ones without a balance. */
async function withReceivables(reader: Reader, cash: readonly CashReceiptRow[], wanted: readonly string[]): Promise<Outcome<LedgerReceipt[]>> {
  const known = new Map(cash.map((row) => [row.DOCNUMBR, row]));
  const numbers = [...new Set([...wanted, ...known.keys()])];
  const open = numbers.filter((number) => { const row = known.get(number); return row === undefined || (row.PSTGSTUS !== 0 && row.CURTRXAM === undefined); });
  const rows = await receivables(reader, open);
  if (!rows.ok) return rows;
  const rm = new Map(rows.value.filter((row) => row.RMDTYPAL === rmReceipt).map((row) => [row.DOCNUMBR, row]));
  return translated(() => numbers.flatMap((number) => rowsToReceipt(known.get(number), rm.get(number)) ?? []));
}

async function readReceipts(reader: Reader, numbers: readonly string[]): Promise<Outcome<LedgerReceipt[]>> {
  const cash = await cashReceipts(reader, 'DOCNUMBR', numbers);
  return cash.ok ? withReceivables(reader, cash.value, numbers) : cash;
}

const invoicesOf = (order: string, rows: readonly SalesTransaction[]): SalesTransaction[] => rows.filter((row) => row.SOPTYPE === sopInvoice && row.ORIGNUMB === order).sort(newestLast);

async function readOrder(reader: Reader, orderNumber: string, receiptNumbers: readonly string[]): Promise<Outcome<LedgerOrderState | undefined>> {
  const [orders, invoices, receipts] = await Promise.all([sales(reader, 'SOPNUMBE', [orderNumber]), sales(reader, 'ORIGNUMB', [orderNumber]), readReceipts(reader, receiptNumbers)]);
  if (!orders.ok) return orders;
  if (!invoices.ok) return invoices;
  if (!receipts.ok) return receipts;
  const order = orders.value.find((row) => row.SOPTYPE === sopOrder && row.SOPNUMBE === orderNumber);
  return order ? translated(() => rowsToOrderState(order, invoicesOf(orderNumber, invoices.value), receipts.value)) : done(undefined);
}

/** Receipts carry the order key as their description, returns as their own; they are told with the first order of that key that is not void. */
async function findByOrderKeys(reader: Reader, keys: readonly string[]): Promise<Outcome<Record<string, LedgerOrderState[]>>> {
  const [found, cash] = await Promise.all([sales(reader, 'INTEGRATIONID', keys), cashReceipts(reader, 'TRXDSCRN', keys)]);
  if (!found.ok) return found;
  if (!cash.ok) return cash;
  const orders = found.value.filter((row) => row.SOPTYPE === sopOrder);
  const [invoices, receipts] = await Promise.all([sales(reader, 'ORIGNUMB', orders.map((row) => row.SOPNUMBE)), withReceivables(reader, cash.value, [])]);
  if (!invoices.ok) return invoices;
  if (!receipts.ok) return receipts;
  const keyOf = new Map(cash.value.map((row) => [row.DOCNUMBR, row.TRXDSCRN]));
  return translated(() => Object.fromEntries(keys.map((key) => {
    const own = orders.filter((row) => row.INTEGRATIONID === key).sort((a, b) => a.VOIDSTTS - b.VOIDSTTS || newestLast(a, b));
    const returns = found.value.filter((row) => row.SOPTYPE === sopReturn && row.INTEGRATIONID === key && row.VOIDSTTS !== 1).map((row) => row.SOPNUMBE);
    return [key, own.map((order, i) => ({ ...rowsToOrderState(order, invoicesOf(order.SOPNUMBE, invoices.value), i === 0 ? receipts.value.filter((r) => keyOf.get(r.number) === key) : []), ...(i === 0 && returns.length > 0 ? { returns } : {}) }))];
  })));
}

async function readOpenAmounts(reader: Reader, numbers: readonly string[]): Promise<Outcome<Record<string, Money>>> {
  const rows = await receivables(reader, numbers);
  if (!rows.ok) return rows;
  return translated(() => Object.fromEntries(rows.value.filter((row) => row.RMDTYPAL === rmInvoice).map((row) => [row.DOCNUMBR, money(row.CURTRXAM, row.CURNCYID)])));
}

export type LedgerReads = Pick<GpClient, 'readOrder' | 'readJournals' | 'readInvoices' | 'readReceipts' | 'readOpenAmounts' | 'readFiscalPeriods' | 'readCustomers' | 'findByOrderKeys'>;

/** The reading half of the client; see GpClient. Failures: `system-unavailable`, `reply-unreadable`, `unauthorized`, `text-unusable`. */
export function createLedgerReads(reader: Reader): LedgerReads {
  return {
    readOrder: (orderNumber, receiptNumbers) => readOrder(reader, orderNumber, receiptNumbers),
    readReceipts: (numbers) => readReceipts(reader, numbers),
    readOpenAmounts: (numbers) => readOpenAmounts(reader, numbers),
    findByOrderKeys: (keys) => findByOrderKeys(reader, keys),
    async readInvoices(numbers) {
      const rows = await sales(reader, 'SOPNUMBE', numbers);
      return rows.ok ? translated(() => rows.value.filter((row) => row.SOPTYPE === sopInvoice).sort(newestLast).map(salesTransactionToInvoice)) : rows;
    },
    async readJournals(numbers) {
      const rows = await reader.readIn({ type: 'GL_Transaction', column: 'ORDOCNUM', values: numbers }, shapes.journals);
      const wanted = new Set(numbers);
      return rows.ok ? translated(() => rows.value.flatMap(journalToLines).filter((line) => wanted.has(line.document))) : rows;
    },
    async readCustomers(numbers) {
      const rows = await reader.readIn({ type: 'Customer', column: 'CUSTNMBR', values: numbers }, shapes.customers);
      return rows.ok ? done(rows.value.map((row) => row.CUSTNMBR)) : rows;
    },
    async readFiscalPeriods() {
      const rows = await reader.read({ type: 'Fiscal_Period', rowMax: periodRowMax }, shapes.periods);
      return rows.ok ? done(rows.value.flatMap((row) => rowToFiscalPeriod(row) ?? [])) : rows;
    },
  };
}
