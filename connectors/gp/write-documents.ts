import { done, type Outcome } from '../../canonical/failure';
import { compareMoney, money, moneyText, type Money } from '../../canonical/money';
import { sopOrder } from './document-kinds';
import { written } from './econnect-xml';
import { cashReceipts, receivables, sales } from './reads';
import { shapes, type Reader } from './reader';
import { type SoapTransport } from './soap-transport';
import { find, parseXml, textOf } from './strict-xml';
import { type GpNodes, type GpOrderDraft, type GpReceiptDraft, type GpReceiptOfWrite, type GpRow, type GpSettings } from './types';
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

/** The document with this company's currency ids: a mapping writes ISO codes. */
export function inCompany(nodes: GpNodes, settings: GpSettings): GpNodes {
  if (Object.keys(settings.currencies ?? {}).length === 0) return nodes;
  const coded = (row: GpRow): GpRow => (typeof row['CURNCYID'] === 'string' ? { ...row, CURNCYID: currencyIdOf(row['CURNCYID'], settings) } : row);
  return Object.fromEntries(Object.entries(nodes).map(([name, content]) => [name, Array.isArray(content) ? (content as readonly GpRow[]).map(coded) : coded(content as GpRow)]));
}

async function lookForOrder(draft: GpOrderDraft, wanted: GpReceiptOfWrite, reader: Reader): Promise<Outcome<Look<GpReceiptOfWrite>>> {
  const rows = await sales(reader, 'SOPNUMBE', [draft.number]);
  if (!rows.ok) return rows;
  const row = rows.value.find((r) => r.SOPTYPE === sopOrder && r.SOPNUMBE === draft.number);
  if (!row) return done({ found: 'nothing' });
  if (row.VOIDSTTS === 1) return done({ found: 'other', what: 'a voided order, whose number is burned' });
  if (row.INTEGRATIONID !== draft.orderKey) return done({ found: 'other', what: `an order with the key "${row.INTEGRATIONID}"` });
  if (row.CURNCYID !== wanted.total.currency || !sameAmount(row.DOCAMNT, wanted.total)) return done({ found: 'other', what: `this order with the amount ${row.DOCAMNT} ${row.CURNCYID} instead of ${moneyText(wanted.total)} ${wanted.total.currency}` });
  return done({ found: 'ours', value: { ...wanted, existed: true } });
}

const customerNode = 'taUpdateCreateCustomerRcd';
const addressNode = 'taCreateCustomerAddress_Items';
/** What an order says of its buyer: names, addresses, phones. Everything else of a customer's card is GP's, once GP has the customer. */
const buyersOwn = new Set(['CUSTNMBR', 'CUSTNAME', 'ADRSCODE', 'CNTCPRSN', 'ADDRESS1', 'ADDRESS2', 'ADDRESS3', 'CITY', 'STATE', 'ZIPCODE', 'CCode', 'COUNTRY', 'PHNUMBR1', 'PHNUMBR2', 'PHNUMBR3', 'FAX', 'ShipToName', 'CreateAddress', 'UpdateIfExists', 'RequesterTrx']);
const ofCard = (row: GpRow): boolean => Object.keys(row).some((field) => !buyersOwn.has(field));
const ofBuyer = (row: GpRow): GpRow => Object.fromEntries(Object.entries(row).filter(([field]) => buyersOwn.has(field)));

/** Class, salesperson, terms and the like go with a new customer only, and only where a document names any of it that is worth a read. */
async function withCardOfNew(draft: GpOrderDraft, reader: Reader): Promise<Outcome<GpNodes>> {
  const customer = draft.nodes[customerNode] as GpRow | undefined;
  const addresses = (draft.nodes[addressNode] ?? []) as readonly GpRow[];
  if (customer === undefined || ![customer, ...addresses].some(ofCard)) return done(draft.nodes);
  const rows = await reader.readIn({ type: 'Customer', column: 'CUSTNMBR', values: [draft.customerNumber] }, shapes.customers);
  if (!rows.ok) return rows;
  return done(rows.value.length === 0 ? draft.nodes : { ...draft.nodes, [customerNode]: ofBuyer(customer), ...(addresses.length > 0 ? { [addressNode]: addresses.map(ofBuyer) } : {}) });
}

/** A person's word on a hold or a limit goes over what the document says. */
const withWaiver = (nodes: GpNodes): GpNodes => ({ ...nodes, taSopHdrIvcInsert: { ...(nodes['taSopHdrIvcInsert'] as GpRow), CKCreditLimit: 0, CKHOLD: 0 } });

/** See GpClient.createSalesOrder. */
export async function createSalesOrder(draft: GpOrderDraft, waived: boolean, { reader, transport, settings }: Hands): Promise<Outcome<GpReceiptOfWrite>> {
  const nodes = await withCardOfNew(draft, reader);
  if (!nodes.ok) return nodes;
  const wanted: GpReceiptOfWrite = { number: draft.number, total: draft.total, existed: false };
  return writeOnce<GpReceiptOfWrite>({
    operation: 'CreateTransactionEntity', xml: written('SOPTransactionType', inCompany(waived ? withWaiver(nodes.value) : nodes.value, settings)), document: draft.number, guard: 'number',
    settle: (result) => (createdAs(result, { node: 'taSopHdrIvcInsert', numberField: 'SOPNUMBE', number: draft.number }) ? wanted : undefined),
    look: () => lookForOrder(draft, wanted, reader),
  }, transport);
}

async function lookForReceipt(draft: GpReceiptDraft, wanted: GpReceiptOfWrite, reader: Reader): Promise<Outcome<Look<GpReceiptOfWrite>>> {
  const rows = await cashReceipts(reader, 'DOCNUMBR', [draft.number]);
  if (!rows.ok) return rows;
  const row = rows.value.find((r) => r.DOCNUMBR === draft.number);
  if (!row) return lookForPosted(draft, wanted, reader);
  if (row.VOIDSTTS === 1) return done({ found: 'other', what: 'a voided receipt, whose number is burned' });
  if (row.CUSTNMBR !== draft.customerNumber || row.TRXDSCRN !== draft.orderKey) return done({ found: 'other', what: `a receipt of customer ${row.CUSTNMBR} for "${row.TRXDSCRN}"` });
  if (row.CURNCYID !== draft.amount.currency || !sameAmount(row.ORTRXAMT, draft.amount)) return done({ found: 'other', what: `this receipt with the amount ${row.ORTRXAMT} ${row.CURNCYID} instead of ${moneyText(draft.amount)} ${draft.amount.currency}` });
  return done({ found: 'ours', value: { ...wanted, existed: true } });
}

/** A posted receipt may stand in receivables only, where customer and amount are what identifies it. */
async function lookForPosted(draft: GpReceiptDraft, wanted: GpReceiptOfWrite, reader: Reader): Promise<Outcome<Look<GpReceiptOfWrite>>> {
  const rows = await receivables(reader, [draft.number]);
  if (!rows.ok) return rows;
  const row = rows.value.find((r) => r.DOCNUMBR === draft.number);
  if (!row) return done({ found: 'nothing' });
  const ours = row.VOIDSTTS === 0 && row.CUSTNMBR === draft.customerNumber && row.CURNCYID === draft.amount.currency && sameAmount(row.ORTRXAMT, draft.amount);
  return done(ours ? { found: 'ours', value: { ...wanted, existed: true } } : { found: 'other', what: `a posted document of customer ${row.CUSTNMBR} over ${row.ORTRXAMT} ${row.CURNCYID}` });
}

async function sendReceipt(draft: GpReceiptDraft, withCustomer: boolean, { reader, transport, settings }: Hands): Promise<Outcome<GpReceiptOfWrite>> {
  const { [customerNode]: _customer, ...money } = draft.nodes;
  const wanted: GpReceiptOfWrite = { number: draft.number, total: draft.amount, existed: false };
  return writeOnce<GpReceiptOfWrite>({
    operation: 'CreateTransactionEntity', xml: written('RMCashReceiptsType', inCompany(withCustomer ? draft.nodes : money, settings)), document: draft.number, guard: 'number',
    settle: (result) => (createdAs(result, { node: 'taRMCashReceiptInsert', numberField: 'DOCNUMBR', number: draft.number }) ? wanted : undefined),
    look: () => lookForReceipt(draft, wanted, reader),
  }, transport);
}

/** See GpClient.createCashReceipt. The customer's master record is GP's: it is created only when GP says that there is none. */
export async function createCashReceipt(draft: GpReceiptDraft, hands: Hands): Promise<Outcome<GpReceiptOfWrite>> {
  const first = await sendReceipt(draft, false, hands);
  return !first.ok && first.failure.code === 'master-missing' && draft.nodes[customerNode] !== undefined ? sendReceipt(draft, true, hands) : first;
}
