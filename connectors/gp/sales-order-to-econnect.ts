import { Decimal } from 'decimal.js';
import { done, type Outcome } from '../../canonical/failure';
import { isZero, moneyText, type Money } from '../../canonical/money';
import { type SalesOrder } from '../../canonical/sales-order';
import { customerToEconnect, type CustomerNodes } from './customer-to-econnect';
import { document, items, node, type Entry } from './econnect-xml';
import { checkKeys } from './gp-text';
import { TextWriter } from './gp-warnings';
import { orderAmounts, type CodedOrderLine, type OrderAmounts } from './order-amounts';
import { type GpOrderCoding } from './types';

/** SOPTYPE of an order. */
export const sopOrder = 2;
/** Marks documents of ours in GP's INTEGRATIONSOURCE. */
export const integrationSource = 7;

/** QtyShrtOpt: what GP does with a quantity it does not have. */
const overrideShortage = 2;
const backOrderBalance = 4;

const someMoney = (amount: Money): string | undefined => (isZero(amount) ? undefined : moneyText(amount));

/** Rate fields of a foreign document: foreign units per base unit, so GP divides (RTCLCMTD 1). */
export function rateFields(rate: string): { rate?: string; method?: number } {
  return new Decimal(rate).eq(1) ? {} : { rate: new Decimal(rate).toDecimalPlaces(7, Decimal.ROUND_HALF_UP).toFixed(), method: 1 };
}

function lineRow(line: CodedOrderLine, coding: GpOrderCoding, writer: TextWriter): Entry[] {
  return [
    ['SOPTYPE', sopOrder], ['SOPNUMBE', coding.number], ['CUSTNMBR', coding.customerNumber], ['DOCDATE', coding.date], ['LOCNCODE', line.site ?? coding.site],
    ['ITEMNMBR', line.item], ['UNITPRCE', line.price.unitPrice], ['XTNDPRCE', moneyText(line.line.net)], ['QUANTITY', line.price.quantity],
    ['MRKDNAMT', line.price.markdown], ['COMMENT_1', writer.text('COMMENT_1', line.price.comment)], ['UNITCOST', line.nonInventory ? '0' : undefined],
    ['ITEMDESC', writer.text('ITEMDESC', line.line.description)], ['TAXAMNT', moneyText(line.tax)], ['NONINVEN', line.nonInventory ? 1 : 0],
    ['LNITMSEQ', line.sequence], ['DOCID', coding.documentId], ['SLSINDX', line.salesAccount], ['CURNCYID', coding.currencyId], ['UOFM', line.unit?.unit], ['QtyShrtOpt', coding.shortage === 'sell-anyway' ? overrideShortage : backOrderBalance],
  ];
}

function taxRowsOf(amounts: OrderAmounts, coding: GpOrderCoding): Entry[][] {
  const key = (type: 0 | 1, sequence: number): Entry[] => [['SOPTYPE', sopOrder], ['TAXTYPE', type], ['SOPNUMBE', coding.number], ['CUSTNMBR', coding.customerNumber], ['LNITMSEQ', sequence]];
  const goods = amounts.lines.flatMap((line) => line.taxes.map((tax): Entry[] => [...key(0, line.sequence),
    ['SALESAMT', moneyText(tax.base)], ['TAXDTLID', tax.detail], ['STAXAMNT', moneyText(tax.amount)], ['TDTTXSLS', moneyText(tax.base)]]));
  const freight = amounts.freightTaxes.map((tax): Entry[] => [...key(1, 0),
    ['FRTTXAMT', moneyText(tax.amount)], ['FREIGHT', moneyText(tax.base)], ['TAXDTLID', tax.detail], ['STAXAMNT', moneyText(tax.amount)], ['TDTTXSLS', moneyText(tax.base)]]);
  return [...goods, ...freight];
}

function header(amounts: OrderAmounts, parts: { order: SalesOrder; coding: GpOrderCoding; customer: CustomerNodes }, writer: TextWriter): string {
  const { order, coding, customer: { shipTo, shipToCode } } = parts;
  const { rate, method } = rateFields(coding.rate);
  return node('taSopHdrIvcInsert', [
    ['SOPTYPE', sopOrder], ['DOCID', coding.documentId], ['SOPNUMBE', coding.number], ['TAXSCHID', coding.taxScheduleId], ['TAXAMNT', moneyText(amounts.goodsTax)],
    ['LOCNCODE', coding.site], ['DOCDATE', coding.date], ['FREIGHT', moneyText(amounts.freight)], ['MISCAMNT', '0'], ['TRDISAMT', '0'],
    ['MRKDNAMT', someMoney(amounts.markdown)], ['CUSTNMBR', coding.customerNumber], ['CUSTNAME', writer.text('CUSTNAME', order.customer.name)],
    ['CSTPONBR', writer.text('CSTPONBR', order.source.orderName)], ['ShipToName', writer.text('ShipToName', order.shipTo?.company ?? order.shipTo?.name)],
    ['ADDRESS1', shipTo.address1], ['ADDRESS2', shipTo.address2], ['CNTCPRSN', shipTo.contact], ['CITY', shipTo.city], ['STATE', shipTo.state],
    ['ZIPCODE', shipTo.zip], ['COUNTRY', shipTo.country], ['PHNUMBR1', shipTo.phone],
    ['SUBTOTAL', moneyText(amounts.subtotal)], ['DOCAMNT', moneyText(amounts.total)], ['BACHNUMB', coding.batch], ['PRBTADCD', coding.addressCode], ['PRSTADCD', shipToCode],
    ['FRTTXAMT', moneyText(amounts.freightTax)], ['MSCTXAMT', '0'], ['REFRENCE', coding.orderKey], ['USINGHEADERLEVELTAXES', 0], ['CREATEDIST', 1], ['CREATETAXES', 0], ['DEFTAXSCHDS', 0],
    ['CURNCYID', coding.currencyId], ['XCHGRATE', rate], ['RTCLCMTD', method], ['INTEGRATIONSOURCE', integrationSource], ['INTEGRATIONID', coding.orderKey],
    ['CKCreditLimit', coding.respectCreditLimit ? 1 : 0], ['CKHOLD', coding.respectHold ? 1 : 0],
  ]);
}

function keysFit(coding: GpOrderCoding, amounts: OrderAmounts): Outcome<true> {
  return checkKeys([
    ['SOPNUMBE', coding.number], ['CUSTNMBR', coding.customerNumber], ['DOCID', coding.documentId], ['LOCNCODE', coding.site], ['BACHNUMB', coding.batch],
    ['TAXSCHID', coding.taxScheduleId], ['ADRSCODE', coding.addressCode], ['CURNCYID', coding.currencyId], ['INTEGRATIONID', coding.orderKey],
    ...(coding.customerClass === undefined ? [] : [['CUSTCLAS', coding.customerClass] as const]),
    ...amounts.lines.flatMap((line) => [['ITEMNMBR', line.item] as const, ...(line.site === undefined ? [] : [['LOCNCODE', line.site] as const]), ...(line.unit === undefined ? [] : [['UOFM', line.unit.unit] as const]), ...(line.salesAccount === undefined ? [] : [['SLSINDX', line.salesAccount] as const])]),
    ...[...amounts.lines.flatMap((line) => line.taxes), ...amounts.freightTaxes].map((tax) => ['TAXDTLID', tax.detail] as const),
  ]);
}

export type OrderDocument = { xml: string; total: Money; warnings: string[] };

/**
 * A coded order as one eConnect document: customer, addresses, lines, taxes and header, in schema order (GP runs details before the header).
 * Taxes are ours to the cent (GP recomputes none). Failures: `totals-do-not-add-up`, `tax-not-mapped`, `item-not-mapped`, `text-unusable`.
 */
export function salesOrderToEconnect(order: SalesOrder, coding: GpOrderCoding, options: { newCustomer: boolean }): Outcome<OrderDocument> {
  const computed = orderAmounts(order, coding);
  if (!computed.ok) return computed;
  const amounts = computed.value;
  const keys = keysFit(coding, amounts);
  if (!keys.ok) return keys;
  const writer = new TextWriter();
  amounts.warnings.forEach((warning) => writer.warn(warning));
  const customer = customerToEconnect({ order, coding, newCustomer: options.newCustomer }, writer);
  const xml = document('SOPTransactionType', customer.xml,
    items('taSopLineIvcInsert', amounts.lines.map((line) => lineRow(line, coding, writer))),
    items('taSopLineIvcTaxInsert', taxRowsOf(amounts, coding)),
    header(amounts, { order, coding, customer }, writer));
  return done({ xml, total: amounts.total, warnings: writer.warnings });
}
