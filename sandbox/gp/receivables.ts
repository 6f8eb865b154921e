import { Decimal } from 'decimal.js';
import { decimalsOf } from '../kit/decimal';
import { ownNumbers } from './errors';
import { type NodeReader } from './fields';
import { type Company, isOpen, type Receipt } from './model';
import { baseCurrency, seedCurrencies } from './seeds';

export const applyKey = (from: string, to: string): string => `${from}>${to}`;

/** CSHRCTYP 0 check, 1 cash, 2 card. A card stands in SY03100, and its receipts go to the checkbook that stands there. */
function kindOf(c: Company, node: NodeReader): [kind: number, card?: { id: string; checkbook: string }] {
  const kind = Number(node.required('CSHRCTYP'));
  if (![0, 1, 2].includes(kind)) return node.refuse(ownNumbers.badValue, 'CSHRCTYP is 0 check, 1 cash or 2 credit card', 'CSHRCTYP');
  if (kind !== 2) return [kind];
  const id = node.required('CRCARDID');
  const card = c.masters['cards']?.get(id);
  if (!card) return node.refuse(ownNumbers.unknownCard, 'Credit card ID does not exist in SY03100', 'CRCARDID');
  return [kind, { id, checkbook: card.columns['CHEKBKID'] ?? '' }];
}

/** taRMCashReceiptInsert: a receipt in the work table, for the poster to post. */
export function createReceipt(c: Company, node: NodeReader): Receipt {
  const number = node.required('DOCNUMBR');
  if (c.receipts.get(number)) node.refuse(ownNumbers.duplicateReceipt, 'Document number already exists in RM00401', 'DOCNUMBR');
  if (!c.customers.get(node.required('CUSTNMBR'))) node.refuse(221, 'Customer does not exist in RM00101', 'CUSTNMBR');
  const [kind, card] = kindOf(c, node);
  const checkbook = card?.checkbook ?? node.required('CHEKBKID');
  if (!c.checkbooks.has(checkbook)) node.refuse(ownNumbers.unknownCheckbook, 'Checkbook ID does not exist in CM00100', 'CHEKBKID');
  const currency = node.text('CURNCYID') || baseCurrency;
  if (!seedCurrencies.includes(currency)) node.refuse(483, 'Currency ID does not exist in MC40200', 'CURNCYID');
  if (currency !== baseCurrency && (node.decimal('XCHGRATE').lte(0) || node.int('RTCLCMTD') !== 1)) node.refuse(ownNumbers.rate, 'A rate with divide method is needed for a currency that is not functional', 'XCHGRATE');
  if (!isOpen(c, node.date('GLPOSTDT'))) node.refuse(ownNumbers.closedPeriod, 'The fiscal period of the posting date is closed', 'GLPOSTDT');
  const amount = node.decimal('ORTRXAMT');
  if (amount.lte(0) || amount.decimalPlaces() > decimalsOf(currency)) node.refuse(ownNumbers.badValue, 'ORTRXAMT must be positive in the decimals of its currency', 'ORTRXAMT');
  const stamp = c.now().toISOString();
  const receipt: Receipt = {
    number, customer: node.text('CUSTNMBR'), date: node.date('DOCDATE'), amount: amount.toFixed(), open: amount.toFixed(), currency, rate: currency === baseCurrency ? '1' : node.decimal('XCHGRATE').toFixed(),
    batch: node.required('BACHNUMB'), checkbook, checkNumber: node.text('CHEKNMBR'), description: node.text('TRXDSCRN'), posted: false, voided: false, createdAt: stamp, changedAt: stamp, kind, ...(card ? { card: card.id } : {}),
  };
  c.receipts.put(number, receipt);
  return receipt;
}

/** taRMApply: a posted receipt against a posted invoice of the same customer and currency, never above what either has left. */
export function applyReceipt(c: Company, node: NodeReader): void {
  const [from, to] = [node.required('APFRDCNM'), node.required('APTODCNM')];
  if (node.int('APFRDCTY') === 8) return applyReturn(c, node);
  const receipt = c.receipts.get(from);
  const invoice = c.receivables.get(to);
  if (!receipt || receipt.voided) return node.refuse(ownNumbers.unknownDocument, 'The apply-from document does not exist', 'APFRDCNM');
  if (!receipt.posted || !invoice) return node.refuse(ownNumbers.unpostedApply, 'Both documents must be posted before they are applied', 'APFRDCNM', 'APTODCNM');
  if (receipt.customer !== invoice.customer || receipt.currency !== invoice.currency) node.refuse(ownNumbers.badValue, 'Both documents must be of one customer and currency', 'APFRDCNM', 'APTODCNM');
  const amount = node.decimal('APPTOAMT');
  if (amount.lte(0) || amount.gt(receipt.open) || amount.gt(invoice.open)) node.refuse(ownNumbers.overApply, 'Apply amount exceeds the remaining amount of a document', 'APPTOAMT');
  const stamp = c.now().toISOString();
  const before = c.applies.get(applyKey(from, to));
  c.applies.put(applyKey(from, to), { from, type: 9, to, amount: amount.plus(before?.amount ?? 0).toFixed(), date: node.text('APPLYDATE') });
  c.receipts.put(from, { ...receipt, open: new Decimal(receipt.open).minus(amount).toFixed(), changedAt: stamp });
  c.receivables.put(to, { ...invoice, open: new Decimal(invoice.open).minus(amount).toFixed(), changedAt: stamp });
}

function applyReturn(c: Company, node: NodeReader): void {
  const [from, to] = [node.required('APFRDCNM'), node.required('APTODCNM')];
  const [credit, invoice] = [c.returns.get(from), c.receivables.get(to)];
  if (!c.sop.get(`4/${from}`)) return node.refuse(ownNumbers.unknownDocument, 'The apply-from document does not exist', 'APFRDCNM');
  if (!credit || !invoice) return node.refuse(ownNumbers.unpostedApply, 'Both documents must be posted before they are applied', 'APFRDCNM', 'APTODCNM');
  if (credit.customer !== invoice.customer || credit.currency !== invoice.currency) node.refuse(ownNumbers.badValue, 'Both documents must be of one customer and currency', 'APFRDCNM', 'APTODCNM');
  const amount = node.decimal('APPTOAMT');
  if (amount.lte(0) || amount.gt(credit.open) || amount.gt(invoice.open)) node.refuse(ownNumbers.overApply, 'Apply amount exceeds the remaining amount of a document', 'APPTOAMT');
  const stamp = c.now().toISOString();
  c.applies.put(applyKey(from, to), { from, type: 8, to, amount: amount.plus(c.applies.get(applyKey(from, to))?.amount ?? 0).toFixed(), date: node.text('APPLYDATE') });
  c.returns.put(from, { ...credit, open: new Decimal(credit.open).minus(amount).toFixed(), changedAt: stamp });
  c.receivables.put(to, { ...invoice, open: new Decimal(invoice.open).minus(amount).toFixed(), changedAt: stamp });
}

/** taRMUnapplyTransaction: all applications of a receipt come off. */
export function unapplyReceipt(c: Company, node: NodeReader): void {
  const number = node.required('DOCNUMBR');
  const receipt = c.receipts.get(number);
  if (!receipt) return node.refuse(ownNumbers.unknownDocument, 'The document does not exist', 'DOCNUMBR');
  const stamp = c.now().toISOString();
  for (const apply of c.find.appliesFrom(number).filter((a) => a.type !== 8)) {
    const invoice = c.receivables.get(apply.to);
    if (invoice) c.receivables.put(apply.to, { ...invoice, open: new Decimal(invoice.open).plus(apply.amount).toFixed(), changedAt: stamp });
    c.applies.delete(applyKey(number, apply.to));
  }
  c.receipts.put(number, { ...receipt, open: receipt.amount, changedAt: stamp });
}

/** taRMVoidTransaction: an unapplied receipt; a posted one is reversed in the ledger. */
export function voidReceipt(c: Company, node: NodeReader, reverse: (document: string, date: string) => void): void {
  const number = node.required('DOCNUMBR');
  const receipt = c.receipts.get(number);
  if (!receipt) return node.refuse(ownNumbers.unknownDocument, 'The document does not exist', 'DOCNUMBR');
  if (receipt.voided) node.refuse(ownNumbers.voidRefused, 'The document is void already', 'DOCNUMBR');
  if (receipt.open !== receipt.amount) node.refuse(ownNumbers.voidRefused, 'An applied document cannot be voided', 'DOCNUMBR');
  if (!isOpen(c, node.date('GLPOSTDT'))) node.refuse(ownNumbers.closedPeriod, 'The fiscal period of the posting date is closed', 'GLPOSTDT');
  if (receipt.posted) reverse(number, node.date('GLPOSTDT'));
  c.receipts.put(number, { ...receipt, voided: true, open: '0', changedAt: c.now().toISOString() });
}
