import { Decimal } from 'decimal.js';
import { done, failed, type Failure, type Outcome } from '../../canonical/failure';
import { compareMoney, money, moneyText } from '../../canonical/money';
import { rmInvoice, rmReceipt, rmReturn, sopOrder, type CreditType } from './document-kinds';
import { written } from './econnect-xml';
import { cashReceipts, receivables, sales, sopInvoice } from './reads';
import { type GpApplicationDraft, type GpKeep } from './types';
import { receiptVoidToEconnect, salesVoidToEconnect, unapplicationToEconnect } from './void-to-econnect';
import { type ReceivableRow, type SalesTransaction } from './wire';
import { type Hands } from './write-documents';
import { writeOnce, type Look } from './write-once';

type Existed = { existed: boolean };
const stood: Existed = { existed: true };
/** Voids, applies and un-applies answer with true or with a document; an empty answer proves nothing. */
const accepted = (result: string): Existed | undefined => (/^\s*(true|<eConnect[\s>][\s\S]*)\s*$/.test(result) ? stood : undefined);

const cannotUndo = (document: string, message: string, fix: string): Failure => ({ code: 'cannot-undo', system: 'gp', document, message, fix });

async function readSalesOrder(number: string, hands: Hands): Promise<Outcome<{ order?: SalesTransaction; invoices: SalesTransaction[]; voided: SalesTransaction[] }>> {
  const [orders, invoices] = await Promise.all([sales(hands.reader, 'SOPNUMBE', [number]), sales(hands.reader, 'ORIGNUMB', [number])]);
  if (!orders.ok) return orders;
  if (!invoices.ok) return invoices;
  const own = invoices.value.filter((row) => row.SOPTYPE === sopInvoice);
  return done({ order: orders.value.find((row) => row.SOPTYPE === sopOrder && row.SOPNUMBE === number), invoices: own.filter((row) => row.VOIDSTTS === 0), voided: own.filter((row) => row.VOIDSTTS !== 0) });
}

/** How far the warehouse is with an order that is not transferred yet. */
function begun(order: SalesTransaction, keep: GpKeep): string | undefined {
  const some = (column: 'ATYALLOC' | 'QTYFULFI'): boolean => order.lines.some((line) => new Decimal(line[column]).gt(0));
  if (keep !== 'transferred' && some('QTYFULFI')) return 'picked';
  return keep === 'allocated' && some('ATYALLOC') ? 'set aside' : undefined;
}

/** See GpClient.voidSalesOrder. Failure `cannot-undo` once the warehouse has transferred any of it, or from the work on that `keep` names. */
export async function voidSalesOrder({ number, keep = 'transferred' }: { number: string; keep?: GpKeep | undefined }, hands: Hands): Promise<Outcome<Existed>> {
  const found = await readSalesOrder(number, hands);
  if (!found.ok) return found;
  const { order, invoices, voided } = found.value;
  if (!order) return done({ existed: false });
  if (order.VOIDSTTS === 1 || (invoices.length === 0 && voided.length > 0 && order.TABLENAME === 'SOP30200')) return done(stood);
  if (invoices.length > 0 || order.TABLENAME === 'SOP30200') {
    return failed(cannotUndo(number, `The order ${number} is already invoiced (${invoices.map((row) => row.SOPNUMBE).join(', ') || 'in history'}).`, 'Correct it by a return or credit memo in GP.'));
  }
  const work = begun(order, keep);
  if (work !== undefined) return failed(cannotUndo(number, `The warehouse has ${work} goods of the order ${number}.`, 'Have the warehouse put them back, or change the order in GP by hand.'));
  return writeOnce<Existed>({
    operation: hands.settings.voidOperation ?? 'CreateTransactionEntity', document: number, guard: 'state',
    xml: salesVoidToEconnect({ type: sopOrder, number, date: hands.now().toISOString().slice(0, 10) }), settle: accepted,
    look: async (): Promise<Outcome<Look<Existed>>> => {
      const again = await readSalesOrder(number, hands);
      if (!again.ok) return again;
      return done(again.value.order?.VOIDSTTS === 1 ? { found: 'ours', value: stood } : { found: 'nothing' });
    },
  }, hands.transport);
}

/** See GpClient.voidInvoice. Failure `cannot-undo` once it is posted: a posted invoice is returned, never voided. */
export async function voidInvoice(number: string, hands: Hands): Promise<Outcome<Existed>> {
  const read = async (): Promise<Outcome<SalesTransaction | undefined>> => {
    const rows = await sales(hands.reader, 'SOPNUMBE', [number]);
    return rows.ok ? done(rows.value.find((row) => row.SOPTYPE === sopInvoice && row.SOPNUMBE === number)) : rows;
  };
  const found = await read();
  if (!found.ok) return found;
  const invoice = found.value;
  if (!invoice) return done({ existed: false });
  if (invoice.VOIDSTTS === 1) return done(stood);
  if (invoice.TABLENAME === 'SOP30200') return failed(cannotUndo(number, `The invoice ${number} was posted a moment ago.`, 'Retry: a posted invoice is taken back by a return.'));
  return writeOnce<Existed>({
    operation: hands.settings.voidOperation ?? 'CreateTransactionEntity', document: number, guard: 'state',
    xml: salesVoidToEconnect({ type: sopInvoice, number, date: hands.now().toISOString().slice(0, 10) }), settle: accepted,
    look: async (): Promise<Outcome<Look<Existed>>> => {
      const again = await read();
      if (!again.ok) return again;
      return done(again.value?.VOIDSTTS === 1 ? { found: 'ours', value: stood } : { found: 'nothing' });
    },
  }, hands.transport);
}

type Applied = { invoice: string; type: number; amount: string };
/** What a credit is applied to, whichever of the two documents lists it. */
function appliesOf(rows: readonly ReceivableRow[], credit: string, type: CreditType = rmReceipt): Applied[] {
  const all = rows.flatMap((row) => row.applies).filter((a) => a.APFRDCNM === credit && a.APFRDCTY === type);
  return [...new Map(all.map((a) => [`${a.APTODCTY} ${a.APTODCNM}`, { invoice: a.APTODCNM, type: a.APTODCTY, amount: a.APPTOAMT }])).values()];
}

async function unapply(receipt: { number: string; customer: string; date: string }, from: Applied, hands: Hands): Promise<Outcome<Existed>> {
  return writeOnce<Existed>({
    operation: 'CreateTransactionEntity', document: `${receipt.number} → ${from.invoice}`, guard: 'state',
    xml: unapplicationToEconnect({ customer: receipt.customer, receipt: receipt.number, invoice: from.invoice, invoiceType: from.type, date: receipt.date }), settle: accepted,
    look: async (): Promise<Outcome<Look<Existed>>> => {
      const rows = await receivables(hands.reader, [receipt.number]);
      if (!rows.ok) return rows;
      return done(appliesOf(rows.value, receipt.number).some((a) => a.invoice === from.invoice) ? { found: 'nothing' } : { found: 'ours', value: stood });
    },
  }, hands.transport);
}

type FoundReceipt = { customer: string; voided: boolean; applies: Applied[] };
async function findReceipt(number: string, hands: Hands): Promise<Outcome<FoundReceipt | undefined>> {
  const [cash, rm] = await Promise.all([cashReceipts(hands.reader, 'DOCNUMBR', [number]), receivables(hands.reader, [number])]);
  if (!cash.ok) return cash;
  if (!rm.ok) return rm;
  const row = cash.value.find((r) => r.DOCNUMBR === number) ?? rm.value.find((r) => r.DOCNUMBR === number && r.RMDTYPAL === rmReceipt);
  if (!row) return done(undefined);
  const voided = [...cash.value, ...rm.value].some((r) => r.DOCNUMBR === number && r.VOIDSTTS === 1);
  return done({ customer: row.CUSTNMBR, voided, applies: appliesOf(rm.value, number) });
}

/** See GpClient.voidCashReceipt: un-applies first, then voids; a missing or void receipt is success. `date` is yyyy-mm-dd in an open period. */
export async function voidCashReceipt(number: string, date: string, hands: Hands): Promise<Outcome<Existed>> {
  const found = await findReceipt(number, hands);
  if (!found.ok) return found;
  if (!found.value) return done({ existed: false });
  if (found.value.voided) return done(stood);
  const { customer, applies } = found.value;
  for (const applied of applies) {
    const undone = await unapply({ number, customer, date }, applied, hands);
    if (!undone.ok) return undone;
  }
  return writeOnce<Existed>({
    operation: hands.settings.voidOperation ?? 'CreateTransactionEntity', document: number, guard: 'state', xml: receiptVoidToEconnect({ number, customer, date }), settle: accepted,
    look: async (): Promise<Outcome<Look<Existed>>> => {
      const again = await findReceipt(number, hands);
      if (!again.ok) return again;
      return done(again.value === undefined || again.value.voided ? { found: 'ours', value: stood } : { found: 'nothing' });
    },
  }, hands.transport);
}

const wordOf = { [rmReceipt]: 'receipt', [rmReturn]: 'return' } as const;

async function lookForApplication({ credit, type, invoice, amount }: GpApplicationDraft, hands: Hands): Promise<Outcome<Look<Existed> & { posted: boolean }>> {
  const rows = await receivables(hands.reader, [credit, invoice]);
  if (!rows.ok) return rows;
  const standing = (document: string, kind: number): boolean => rows.value.some((row) => row.DOCNUMBR === document && row.RMDTYPAL === kind && row.VOIDSTTS === 0);
  const both = standing(credit, type) && standing(invoice, rmInvoice);
  const there = appliesOf(rows.value, credit, type).find((a) => a.invoice === invoice && a.type === rmInvoice);
  if (!there) return done({ found: 'nothing', posted: both });
  const equal = compareMoney(money(there.amount, amount.currency), amount) === 0;
  return done(equal ? { found: 'ours', value: stood, posted: both } : { found: 'other', what: `an application of ${there.amount} instead of ${moneyText(amount)}`, posted: both });
}

/**
 * See GpClient.applyReceipt and applyReturn. GP numbers no applications, so it looks first: an equal one is success, another amount is
 * `duplicate-conflict`, an unposted document is `document-locked`. A lost reply is looked up, never blindly repeated.
 */
export async function applyCredit(draft: GpApplicationDraft, hands: Hands): Promise<Outcome<Existed>> {
  const document = `${draft.credit} → ${draft.invoice}`;
  const before = await lookForApplication(draft, hands);
  if (!before.ok) return before;
  if (before.value.found === 'ours') return done(before.value.value);
  if (before.value.found === 'other') return failed({ code: 'duplicate-conflict', system: 'gp', document, message: `GP already holds ${before.value.what}.`, fix: 'Compare both in GP; un-apply the wrong one, then retry.' });
  if (!before.value.posted) return failed({ code: 'document-locked', system: 'gp', document, message: `The ${wordOf[draft.type]} ${draft.credit} or the invoice ${draft.invoice} is not posted yet.`, fix: 'Wait until its batch is posted; it is tried again by itself.' });
  return writeOnce<Existed>({
    operation: 'CreateTransactionEntity', document, guard: 'look', xml: written('RMApplyType', draft.nodes),
    settle: (result) => (accepted(result) ? { existed: false } : undefined), look: () => lookForApplication(draft, hands),
  }, hands.transport);
}
