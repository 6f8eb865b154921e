import { XMLParser } from 'fast-xml-parser';
import { GpError, GpSqlError, ownNumbers } from './errors';
import { type Fields, NodeReader } from './fields';
import { type Company, type Customer } from './model';
import { type Desk, reverse } from './posting';
import { applyReceipt, createReceipt, unapplyReceipt, voidReceipt } from './receivables';
import { createSop, voidSop } from './sop';

type Tree = Record<string, unknown>;
const parser = new XMLParser({ ignoreAttributes: true, parseTagValue: false, trimValues: true, processEntities: true });
const record = (value: unknown): Tree => (typeof value === 'object' && value !== null ? (value as Tree) : {});

/** Repeating nodes stand in `<node>_Items`. */
function nodes(type: Tree, name: string): NodeReader[] {
  const holder = type[`${name}_Items`] !== undefined ? record(type[`${name}_Items`])[name] : type[name];
  const list = holder === undefined || holder === '' ? [] : Array.isArray(holder) ? holder : [holder];
  return list.map((n) => new NodeReader(name, Object.fromEntries(Object.entries(record(n)).map(([k, v]) => [k, typeof v === 'string' ? v : ''])) as Fields));
}

const only = (type: Tree, name: string): NodeReader | undefined => nodes(type, name)[0];

function mustHave(type: Tree, name: string): NodeReader {
  const node = only(type, name);
  if (!node) throw new GpError(ownNumbers.required, name, `Required node ${name} is missing`);
  return node;
}

const addressFields = ['CNTCPRSN', 'ADDRESS1', 'ADDRESS2', 'ADDRESS3', 'CITY', 'STATE', 'ZIPCODE', 'COUNTRY', 'PHNUMBR1'];
const given = (node: NodeReader, names: readonly string[]): Record<string, string> => Object.fromEntries(names.filter((n) => node.fields[n] !== undefined).map((n) => [n, node.text(n)]));

/** taUpdateCreateCustomerRcd: field level, what is not sent keeps its value. */
function upsertCustomer(c: Company, node: NodeReader): void {
  const number = node.required('CUSTNMBR');
  const before = c.customers.get(number);
  if (before && node.text('UpdateIfExists') === '0') return;
  const name = node.text('CUSTNAME') || before?.name;
  if (!name) return node.refuse(ownNumbers.required, 'Required field CUSTNAME is missing', 'CUSTNMBR');
  const code = node.text('ADRSCODE');
  const addresses = { ...(before?.addresses ?? {}), ...(code ? { [code]: { ...(before?.addresses[code] ?? {}), ...given(node, addressFields) } } : {}) };
  const customer: Customer = { number, name, hold: node.fields['HOLD'] === undefined ? before?.hold ?? false : node.text('HOLD') === '1', addresses,
    fields: { ...(before?.fields ?? {}), ...given(node, ['CUSTCLAS', 'PYMTRMID', 'TAXSCHID']) }, changedAt: c.now().toISOString(), ...(before?.creditLimit === undefined ? {} : { creditLimit: before.creditLimit }) };
  c.customers.put(number, customer);
}

function upsertAddress(c: Company, node: NodeReader): void {
  const customer = c.customers.get(node.required('CUSTNMBR'));
  if (!customer) return node.refuse(ownNumbers.unknownCustomer, 'Customer does not exist in RM00101', 'CUSTNMBR');
  const code = node.required('ADRSCODE');
  c.customers.put(customer.number, { ...customer, addresses: { ...customer.addresses, [code]: { ...(customer.addresses[code] ?? {}), ...given(node, addressFields) } }, changedAt: c.now().toISOString() });
}

function customers(c: Company, type: Tree): void {
  const customer = only(type, 'taUpdateCreateCustomerRcd');
  if (customer) upsertCustomer(c, customer);
  for (const address of nodes(type, 'taCreateCustomerAddress')) upsertAddress(c, address);
}

/** Each transaction type does its nodes in order; the whole call is one transaction. */
const types: Record<string, (c: Company, type: Tree, desk: Desk) => void> = {
  SOPTransactionType: (c, type, desk) => {
    customers(c, type);
    const doc = createSop(c, { header: mustHave(type, 'taSopHdrIvcInsert'), lines: nodes(type, 'taSopLineIvcInsert'), taxes: nodes(type, 'taSopLineIvcTaxInsert') });
    (doc.type === 2 ? desk.orders : doc.type === 4 ? desk.returns : desk.invoices).add(doc.number);
  },
  SOPVoidDocumentType: (c, type) => voidSop(c, mustHave(type, 'taSopVoidDocument')),
  SOPDeleteDocumentType: (c, type) => voidSop(c, mustHave(type, 'taSopDeleteDocument')),
  RMCustomerMasterType: (c, type) => customers(c, type),
  RMCashReceiptsType: (c, type, desk) => { customers(c, type); desk.receipts.add(createReceipt(c, mustHave(type, 'taRMCashReceiptInsert')).number); },
  RMApplyType: (c, type) => applyReceipt(c, mustHave(type, 'taRMApply')),
  RMUnapplyTransactionType: (c, type) => unapplyReceipt(c, mustHave(type, 'taRMUnapplyTransaction')),
  RMVoidTransactionType: (c, type) => voidReceipt(c, mustHave(type, 'taRMVoidTransaction'), (document, date) => reverse(c, document, date)),
  SMTransactionBatchType: (_c, type) => { const node = mustHave(type, 'taCreateUpdateBatchHeaderRcd'); for (const f of ['BACHNUMB', 'SERIES', 'BCHSOURC', 'ORIGIN', 'NUMOFTRX', 'DOCAMT']) node.required(f); },
  IVItemMasterType: (c, type) => { const node = mustHave(type, 'taUpdateCreateItemRcd'); const item = node.required('ITEMNMBR'); c.items.put(item, { ...c.items.get(item), item, description: node.text('ITEMDESC') || item }); },
};

/** The document number that a fault or a call log names. */
export function documentOf(xml: string): string {
  return /<(?:SOPNUMBE|DOCNUMBR|APTODCNM)>([^<]*)</.exec(xml)?.[1] ?? /<CUSTNMBR>([^<]*)</.exec(xml)?.[1] ?? '';
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
