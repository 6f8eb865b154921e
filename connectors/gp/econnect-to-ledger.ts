import { Decimal } from 'decimal.js';
import { type JournalLine, type LedgerInvoice, type LedgerOrderState, type LedgerReceipt } from '../../canonical/ledger';
import { add, money, moneyText, type Money } from '../../canonical/money';
import { type GpFiscalPeriod } from './types';
import { type CashReceiptRow, type FiscalPeriodRow, type JournalRow, type ReceivableRow, type SalesTransaction } from './wire';

const plain = (value: string): string => new Decimal(value).toFixed();
/** GP: 0 stands in the company's own currency. */
const rateOf = (value: string): string => (new Decimal(value).isZero() ? '1' : plain(value));

/** Blank columns say nothing. */
const soldBy = (row: { SLPRSNID: string; SALSTERR: string }): { salesperson?: string; territory?: string } => ({ ...(row.SLPRSNID === '' ? {} : { salesperson: row.SLPRSNID }), ...(row.SALSTERR === '' ? {} : { territory: row.SALSTERR }) });

/** PSTGSTUS of a posted document, and the history table it then stands in. */
export const posted = 2;
const history = 'SOP30200';

/** What a kit is made of bears no price of its own: the kit's line has it. A back-ordered kit that GP took apart has priced components instead. */
const insideKit = (line: SalesTransaction['lines'][number]): boolean => line.CMPNTSEQ !== 0 && new Decimal(line.XTNDPRCE).isZero() && new Decimal(line.TAXAMNT).isZero();

/** A sales invoice (SOPTYPE 3) as GP made it, in document currency. Throws MoneyError for an amount its currency cannot hold. */
export function salesTransactionToInvoice(row: SalesTransaction): LedgerInvoice {
  const currency = row.CURNCYID;
  const amount = (value: string): Money => money(plain(value), currency);
  return {
    number: row.SOPNUMBE, orderNumber: row.ORIGNUMB, date: row.DOCDATE, customerNumber: row.CUSTNMBR, currency, rate: rateOf(row.XCHGRATE),
    lines: row.lines.filter((line) => !insideKit(line)).map((line) => ({
      lineKey: line.CMPNTSEQ === 0 ? String(line.LNITMSEQ) : `${line.LNITMSEQ}/${line.CMPNTSEQ}`, ...(line.UOFM === '' ? {} : { unit: line.UOFM }), item: line.ITEMNMBR, description: line.ITEMDESC, quantity: plain(line.QUANTITY), unitPrice: plain(line.UNITPRCE),
      net: amount(line.XTNDPRCE), tax: amount(line.TAXAMNT), ...soldBy(line),
    })),
    ...soldBy(row),
    freight: amount(row.FRTAMNT), freightTax: amount(row.FRTTXAMT), misc: amount(row.MISCAMNT), tradeDiscount: amount(row.TRDISAMT),
    tax: add(amount(row.TAXAMNT), amount(row.MSCTXAMT)), total: amount(row.DOCAMNT),
    posted: row.PSTGSTUS === posted, voided: row.VOIDSTTS === 1, changedAt: row.DEX_ROW_TS,
  };
}

/** One receipt from what the cash receipt says and, once posted, what the receivable says (it alone may know what is left to apply). */
export function rowsToReceipt(cash: CashReceiptRow | undefined, receivable: ReceivableRow | undefined): LedgerReceipt | undefined {
  const row = cash ?? receivable;
  if (!row) return undefined;
  const amount = (value: string): Money => money(plain(value), row.CURNCYID);
  return {
    number: row.DOCNUMBR, customerNumber: row.CUSTNMBR, amount: amount(row.ORTRXAMT), unapplied: amount(receivable?.CURTRXAM ?? cash?.CURTRXAM ?? row.ORTRXAMT),
    posted: receivable !== undefined || cash?.PSTGSTUS === posted, voided: cash?.VOIDSTTS === 1 || receivable?.VOIDSTTS === 1,
  };
}

/** Lines of a posted journal in document currency. */
export function journalToLines(row: JournalRow): JournalLine[] {
  return row.lines.map((line) => ({
    account: line.ACTNUMST, debit: money(plain(line.ORDBTAMT), row.CURNCYID), credit: money(plain(line.ORCRDAMT), row.CURNCYID), document: line.ORDOCNUM || row.ORDOCNUM,
  })).filter((line) => moneyText(line.debit) !== moneyText(line.credit));
}

/** Sales and financial periods; other series and the opening balance are nothing we post to. */
export function rowToFiscalPeriod(row: FiscalPeriodRow): GpFiscalPeriod | undefined {
  const series = row.SERIES === 3 ? 'sales' : row.SERIES === 2 ? 'financial' : undefined;
  if (!series || row.PERIODID === 0) return undefined;
  return { year: row.YEAR1, period: row.PERIODID, series, from: row.PERIODDT, to: row.PERDENDT, closed: row.CLOSED === 1 };
}

function statusOf(order: SalesTransaction, invoices: readonly SalesTransaction[]): LedgerOrderState['status'] {
  if (order.VOIDSTTS === 1) return 'voided';
  if (order.TABLENAME === history) return 'invoiced';
  const left = order.lines.some((line) => new Decimal(line.QTYREMAI).gt(0)) || new Decimal(order.REMSUBTO ?? '0').gt(0);
  return invoices.length > 0 && !left ? 'invoiced' : 'open';
}

/** Order, invoices and receipts as one state; changed when the latest of them changed. */
export function rowsToOrderState(order: SalesTransaction, invoices: readonly SalesTransaction[], receipts: readonly LedgerReceipt[]): LedgerOrderState {
  const stamps = [order, ...invoices].map((row) => row.DEX_ROW_TS).sort();
  return {
    orderNumber: order.SOPNUMBE, customerNumber: order.CUSTNMBR, status: statusOf(order, invoices), invoices: invoices.map(salesTransactionToInvoice), receipts: [...receipts],
    changedAt: stamps[stamps.length - 1] ?? order.DEX_ROW_TS,
  };
}
