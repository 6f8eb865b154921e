import { XMLParser } from 'fast-xml-parser';
import { GpError, GpSqlError, ownNumbers } from './errors';
import { type Fields, NodeReader } from './fields';
import { putCustomerClass, upsertAccount, upsertItem } from './masters';
import { type Company } from './model';
import { customerSpec, type PartySpec, putInternet, upsertAddress, upsertParty, vendorSpec } from './parties';
import { type Desk, reverse } from './posting';
import { applyReceipt, createReceipt, unapplyReceipt, voidReceipt } from './receivables';
import { createSop, voidSop } from './sop';

type Tree = Record<string, unknown>;
const parser = new XMLParser({ ignoreAttributes: true, parseTagValue: false, trimValues: true, processEntities: true, cdataPropName: '#cdata' });
const record = (value: unknown): Tree => (typeof value === 'object' && value !== null ? (value as Tree) : {});

/** Text of an element; `blank` when all it holds is an empty CDATA section, which tells a field-level procedure to blank the field. */
function valueOf(value: unknown): { text: string; blank: boolean } {
  if (typeof value === 'string') return { text: value, blank: false };
  const cdata = record(value)['#cdata'];
  const text = [cdata, record(value)['#text']].filter((t) => typeof t === 'string').join('');
  return { text, blank: cdata !== undefined && text === '' };
}

/** Repeating nodes stand in `<node>_Items`. */
function nodes(type: Tree, name: string): NodeReader[] {
  const holder = type[`${name}_Items`] !== undefined ? record(type[`${name}_Items`])[name] : type[name];
  const list = holder === undefined || holder === '' ? [] : Array.isArray(holder) ? holder : [holder];
  return list.map((n) => {
    const values = Object.entries(record(n)).map(([k, v]) => [k, valueOf(v)] as const);
    return new NodeReader(name, Object.fromEntries(values.map(([k, v]) => [k, v.text])) as Fields, new Set(values.filter(([, v]) => v.blank).map(([k]) => k)));
  });
}

const only = (type: Tree, name: string): NodeReader | undefined => nodes(type, name)[0];

function mustHave(type: Tree, name: string): NodeReader {
  const node = only(type, name);
  if (!node) throw new GpError(ownNumbers.required, name, `Required node ${name} is missing`);
  return node;
}

/** A party with its addresses and internet addresses, in the order of the type. */
function party(c: Company, type: Tree, spec: PartySpec): void {
  const [record, address] = spec.kind === 'customer' ? ['taUpdateCreateCustomerRcd', 'taCreateCustomerAddress'] : ['taUpdateCreateVendorRcd', 'taCreateVendorAddress'];
  const node = only(type, record ?? '');
  if (node) upsertParty(c, node, spec);
  for (const a of nodes(type, address ?? '')) upsertAddress(c, a, spec);
  for (const internet of nodes(type, 'taCreateInternetAddresses')) putInternet(c, internet);
}
const customers = (c: Company, type: Tree): void => party(c, type, customerSpec);

/** Each transaction type does its nodes in order; the whole call is one transaction. */
const types: Record<string, (c: Company, type: Tree, desk: Desk) => void> = {
  SOPTransactionType: (c, type, desk) => {
    customers(c, type);
    const doc = createSop(c, { header: mustHave(type, 'taSopHdrIvcInsert'), lines: nodes(type, 'taSopLineIvcInsert'), taxes: nodes(type, 'taSopLineIvcTaxInsert'), userDefined: only(type, 'taSopUserDefined'), distributions: nodes(type, 'taSopDistribution') });
    (doc.type === 2 ? desk.orders : doc.type === 4 ? desk.returns : desk.invoices).add(doc.number);
  },
  SOPVoidDocumentType: (c, type) => voidSop(c, mustHave(type, 'taSopVoidDocument')),
  SOPDeleteDocumentType: (c, type) => voidSop(c, mustHave(type, 'taSopDeleteDocument')),
  RMCustomerMasterType: (c, type) => customers(c, type), RMCustomerAddressType: (c, type) => customers(c, type),
  PMVendorMasterType: (c, type) => party(c, type, vendorSpec), PMVendorAddressType: (c, type) => party(c, type, vendorSpec),
  RMCashReceiptsType: (c, type, desk) => { customers(c, type); desk.receipts.add(createReceipt(c, mustHave(type, 'taRMCashReceiptInsert')).number); },
  RMApplyType: (c, type) => applyReceipt(c, mustHave(type, 'taRMApply')),
  RMUnapplyTransactionType: (c, type) => unapplyReceipt(c, mustHave(type, 'taRMUnapplyTransaction')),
  RMVoidTransactionType: (c, type) => voidReceipt(c, mustHave(type, 'taRMVoidTransaction'), (document, date) => reverse(c, document, date)),
  SMTransactionBatchType: (_c, type) => { const node = mustHave(type, 'taCreateUpdateBatchHeaderRcd'); for (const f of ['BACHNUMB', 'SERIES', 'BCHSOURC', 'ORIGIN', 'NUMOFTRX', 'DOCAMT']) node.required(f); },
  IVItemMasterType: (c, type) => upsertItem(c, mustHave(type, 'taUpdateCreateItemRcd')), GLAccountType: (c, type) => upsertAccount(c, mustHave(type, 'taUpdateCreateAccountRcd')), RMCustomerClassType: (c, type) => putCustomerClass(c, mustHave(type, 'taCreateCustomerClass')),
};

/** The document number that a fault or a call log names. */
export function documentOf(xml: string): string {
  return /<(?:SOPNUMBE|DOCNUMBR|APTODCNM)>([^<]*)</.exec(xml)?.[1] ?? /<(?:CUSTNMBR|VENDORID|ITEMNMBR|ACTNUMST)>([^<]*)</.exec(xml)?.[1] ?? '';
}

/** Runs one eConnect document; all or nothing. Unknown transaction types, DOCTYPEs and broken XML are refused. */
export function runDocument(c: Company, desk: Desk, xml: string): void {
  if (/<!DOCTYPE|<!ENTITY/i.test(xml)) throw new GpSqlError(6602, 'The document type declaration is not allowed');
  let root: Tree;
  try { root = record(record(parser.parse(xml, true))['eConnect']); } catch (error) { throw new GpSqlError(6602, `The XML parse error: ${error instanceof Error ? error.message : ''}`); }
  const list = Object.entries(root);
  if (list.length === 0) throw new GpSqlError(6602, 'The eConnect document holds no transaction type');
  c.disk.transaction(() => {
    for (const [name, value] of list) {
      const run = types[name];
      if (!run) throw new GpError(ownNumbers.badValue, name, `Transaction type ${name} is not known`);
      for (const type of Array.isArray(value) ? value : [value]) run(c, record(type), desk);
    }
  });
}
