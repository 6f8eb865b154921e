import { type Decimal } from 'decimal.js';
import { decimalsOf, roundTo, total } from '../kit/decimal';
import { ownNumbers } from './errors';
import { type NodeReader } from './fields';
import { checkItem, moveStock } from './inventory';
import { type Company, isOpen, settingsOf, type SopDocument, type SopLine, type SopTax, sopKey } from './model';
import { distributionsOf, headerMore, lineMore, userDefinedOf } from './sales-setup';
import { baseCurrency, seedCurrencies, seedDocIds, seedSites, seedTaxDetails, seedTaxSchedules } from './seeds';

export type SopNodes = { header: NodeReader; lines: NodeReader[]; taxes: NodeReader[]; userDefined?: NodeReader | undefined; distributions?: NodeReader[] };

const money = (node: NodeReader, name: string, decimals: number): Decimal => {
  const value = node.decimal(name);
  if (value.decimalPlaces() > decimals) node.refuse(ownNumbers.badValue, `${name} has more decimals than its currency`, name);
  return value;
};

/** Where a returned quantity goes. */
const returnQuantities = ['QTYONHND', 'QTYRTRND', 'QTYINUSE', 'QTYINSVC', 'QTYDMGED'];

function readLine(c: Company, node: NodeReader, more: { header: NodeReader; decimals: number; given: Record<string, string> }): SopLine {
  const { header, decimals, given } = more;
  if (node.int('SOPTYPE') !== header.int('SOPTYPE') || node.text('SOPNUMBE') !== header.text('SOPNUMBE')) node.refuse(67, 'The subtotal does not match the lines of this document', 'SOPTYPE', 'SOPNUMBE');
  if (node.text('CURNCYID') !== header.text('CURNCYID')) header.refuse(9370, 'Currency ID of the header is not the same on the line', 'CURNCYID');
  const item = node.required('ITEMNMBR');
  const quantity = node.decimal('QUANTITY');
  if (quantity.lte(0)) node.refuse(ownNumbers.badValue, 'QUANTITY must be more than zero', 'QUANTITY');
  const uofm = checkItem(c, node);
  const site = node.text('LOCNCODE') || 'MAIN';
  if (!seedSites.includes(site)) node.refuse(ownNumbers.unknownSite, 'Site does not exist in IV40700', 'LOCNCODE');
  const [unit, markdown, extended] = [node.decimal('UNITPRCE'), node.decimal('MRKDNAMT'), money(node, 'XTNDPRCE', decimals)];
  if (unit.decimalPlaces() > 5 || markdown.decimalPlaces() > 5) node.refuse(ownNumbers.badValue, 'Prices have at most five decimals', 'UNITPRCE', 'MRKDNAMT');
  if (!roundTo(quantity.times(unit.minus(markdown)), decimals).eq(extended)) node.refuse(722, 'Unit price calculation does not match the extended price', 'UNITPRCE', 'XTNDPRCE', 'QUANTITY');
  const account = node.text('SLSINDX');
  if (account !== '' && !c.accounts.has(account)) node.refuse(ownNumbers.unknownAccount, 'Account number in SLSINDX does not exist', 'SLSINDX');
  const returns = node.text('RTNSINDX');
  if (returns !== '' && !c.accounts.has(returns)) node.refuse(ownNumbers.unknownAccount, 'Account number in RTNSINDX does not exist', 'RTNSINDX');
  const back = total(returnQuantities.map((name) => node.decimal(name).toFixed()));
  if (node.int('SOPTYPE') === 4 && node.int('NONINVEN') !== 1 && !back.eq(quantity)) node.refuse(ownNumbers.badValue, 'The quantities returned do not add up to QUANTITY', 'QUANTITY', ...returnQuantities);
  const own = lineMore(c, node, given);
  return {
    seq: node.int('LNITMSEQ'), item, description: node.text('ITEMDESC') || (c.items.get(item)?.description ?? item), quantity: quantity.toFixed(), remaining: quantity.toFixed(), unitPrice: unit.toFixed(),
    markdown: markdown.toFixed(), extended: extended.toFixed(), tax: money(node, 'TAXAMNT', decimals).toFixed(), site, unit: uofm, ...(account ? { salesAccount: account } : {}), ...(returns ? { returnsAccount: returns } : {}), ...(Object.keys(own).length > 0 ? { more: own } : {}),
  };
}

function readTax(node: NodeReader, decimals: number): SopTax {
  const detail = node.required('TAXDTLID');
  if (!seedTaxDetails.includes(detail)) node.refuse(309, 'Tax detail does not exist in TX00201', 'TAXDTLID');
  const type = node.int('TAXTYPE');
  return { seq: node.int('LNITMSEQ'), type, detail, amount: money(node, 'STAXAMNT', decimals).toFixed(), base: (type === 0 ? money(node, 'SALESAMT', decimals) : money(node, 'FREIGHT', decimals)).toFixed() };
}

function checkTotals(header: NodeReader, doc: SopDocument): void {
  if (!total(doc.lines.map((l) => l.extended)).eq(doc.subtotal)) header.refuse(67, 'Subtotal does not equal the sum of the lines', 'SUBTOTAL');
  const goods = total(doc.taxes.filter((t) => t.type === 0).map((t) => t.amount));
  const freight = total(doc.taxes.filter((t) => t.type === 1).map((t) => t.amount));
  if (!goods.eq(doc.tax) || !total(doc.lines.map((l) => l.tax)).eq(doc.tax)) header.refuse(ownNumbers.taxSum, 'Tax amount does not equal the sum of the tax details', 'TAXAMNT');
  if (!freight.eq(doc.freightTax)) header.refuse(ownNumbers.taxSum, 'Freight tax amount does not equal the sum of the tax details', 'FRTTXAMT');
  const sum = total([doc.subtotal, doc.freight, doc.misc, doc.tax, doc.freightTax, doc.miscTax]).minus(doc.tradeDiscount);
  if (!sum.eq(doc.total)) header.refuse(235, 'Document amount is not equal to subtotal + freight + misc + taxes - trade discount', 'DOCAMNT');
}

function checkSetup(c: Company, header: NodeReader): void {
  const type = header.int('SOPTYPE');
  if (type < 2 || type > 4) header.refuse(ownNumbers.badValue, 'This company enters orders (2), invoices (3) and returns (4) only', 'SOPTYPE');
  if (seedDocIds[header.required('DOCID')] !== type) header.refuse(ownNumbers.unknownDocId, 'Document ID does not exist for this type in SOP40200', 'DOCID');
  const number = header.required('SOPNUMBE');
  if (c.sop.get(sopKey(type, number))) header.refuse(2221, 'Duplicate document number. If adding or updating lines to an existing document, UpdateExisting must be 1', 'SOPNUMBE');
  const currency = header.text('CURNCYID') || baseCurrency;
  if (!seedCurrencies.includes(currency)) header.refuse(483, 'Currency ID does not exist in MC40200', 'CURNCYID');
  if (currency !== baseCurrency && (header.decimal('XCHGRATE').lte(0) || header.int('RTCLCMTD') !== 1)) header.refuse(ownNumbers.rate, 'A rate with divide method is needed for a currency that is not functional', 'XCHGRATE', 'RTCLCMTD');
  if (!seedSites.includes(header.text('LOCNCODE') || 'MAIN')) header.refuse(ownNumbers.unknownSite, 'Site does not exist in IV40700', 'LOCNCODE');
  const schedule = header.text('TAXSCHID');
  if (schedule !== '' && !seedTaxSchedules.includes(schedule)) header.refuse(7023, 'Tax schedule does not exist in TX00101', 'TAXSCHID');
  if (settingsOf(c).lockedBatches.includes(header.required('BACHNUMB'))) header.refuse(2079, 'Document is being edited by another user', 'BACHNUMB');
  if (type !== 2 && !isOpen(c, header.date('DOCDATE'))) header.refuse(ownNumbers.closedPeriod, 'The fiscal period of the document date is closed', 'DOCDATE');
}

function checkCustomer(c: Company, header: NodeReader): string {
  const customer = c.customers.get(header.required('CUSTNMBR'));
  if (!customer) return header.refuse(ownNumbers.unknownCustomer, 'Customer does not exist in RM00101', 'CUSTNMBR');
  if (customer.inactive) header.refuse(ownNumbers.inactiveCustomer, 'The customer is inactive in RM00101', 'CUSTNMBR');
  if (header.int('CKHOLD') === 1 && (customer.hold || customer.name.toLowerCase().includes('on-hold'))) header.refuse(ownNumbers.onHold, 'Customer is on hold', 'CUSTNMBR');
  if (header.int('CKCreditLimit') === 1 && customer.creditLimit !== undefined && header.decimal('DOCAMNT').gt(customer.creditLimit)) header.refuse(ownNumbers.creditLimit, 'Document exceeds the credit limit of the customer', 'CUSTNMBR');
  return customer.name;
}

/** A customer named so finds the warehouse ahead of its edits. */
function begunBy({ customerName }: SopDocument): Pick<SopDocument, 'warehouse'> {
  const name = customerName.toLowerCase();
  return name.includes('picked-early') ? { warehouse: 'picked' } : name.includes('set-aside') ? { warehouse: 'allocated' } : {};
}

/** taSopHdrIvcInsert with its lines and taxes, as one document in the work table. */
export function createSop(c: Company, { header, lines, taxes, userDefined, distributions = [] }: SopNodes): SopDocument {
  checkSetup(c, header);
  const name = checkCustomer(c, header);
  const currency = header.text('CURNCYID') || baseCurrency;
  const decimals = decimalsOf(currency);
  const amount = (field: string): string => money(header, field, decimals).toFixed();
  const stamp = c.now().toISOString();
  const given = headerMore(c, header, c.customers.get(header.text('CUSTNMBR')));
  const [user, own] = [userDefinedOf(userDefined, header), distributionsOf(c, distributions, header)];
  if (lines.length === 0) header.refuse(67, 'Subtotal does not equal the sum of the lines', 'SUBTOTAL');
  const doc: SopDocument = {
    type: header.int('SOPTYPE'), number: header.required('SOPNUMBE'), origin: header.text('ORIGNUMB'), docId: header.required('DOCID'), date: header.date('DOCDATE'), batch: header.required('BACHNUMB'),
    customer: header.required('CUSTNMBR'), customerName: header.text('CUSTNAME') || name, customerPo: header.text('CSTPONBR'), subtotal: amount('SUBTOTAL'), freight: amount('FREIGHT'), misc: amount('MISCAMNT'),
    tax: amount('TAXAMNT'), freightTax: amount('FRTTXAMT'), miscTax: amount('MSCTXAMT'), tradeDiscount: amount('TRDISAMT'), total: amount('DOCAMNT'), currency,
    rate: currency === baseCurrency ? '1' : header.decimal('XCHGRATE').toFixed(), voided: false, posted: false, history: false, integrationId: header.text('INTEGRATIONID'), reference: header.text('REFRENCE'),
    lines: lines.map((node) => readLine(c, node, { header, decimals, given })), taxes: taxes.map((node) => readTax(node, decimals)), createdAt: stamp, changedAt: stamp, shipments: 0,
    ...(Object.keys(given).length > 0 ? { more: given } : {}), ...(user ? { userDefined: user } : {}), ...(own ? { distributions: own } : {}),
  };
  checkTotals(header, doc);
  c.sop.put(sopKey(doc.type, doc.number), { ...doc, ...begunBy(doc) });
  moveStock(c, doc, doc.type === 4 ? 1 : -1);
  return doc;
}

/** taSopVoidDocument: only what nobody has transferred or posted; the number is burned. */
export function voidSop(c: Company, node: NodeReader): void {
  const key = sopKey(node.int('SOPTYPE'), node.required('SOPNUMBE'));
  const doc = c.sop.get(key);
  if (!doc) return node.refuse(ownNumbers.unknownDocument, 'The document does not exist', 'SOPNUMBE');
  if (doc.posted || doc.shipments > 0) node.refuse(ownNumbers.voidRefused, 'A posted or partly transferred document cannot be voided', 'SOPNUMBE');
  moveStock(c, doc, 1);
  c.sop.put(key, { ...doc, voided: true, history: true, changedAt: c.now().toISOString() });
}
