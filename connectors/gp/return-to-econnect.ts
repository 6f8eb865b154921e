import { done, failed, type Outcome } from '../../canonical/failure';
import { isZero, moneyText, sum, type Money } from '../../canonical/money';
import { document, items, node, type Entry } from './econnect-xml';
import { checkKeys } from './gp-text';
import { TextWriter } from './gp-warnings';
import { linePrice } from './line-price';
import { lineStep } from './order-amounts';
import { integrationSource, rateFields } from './sales-order-to-econnect';
import { type GpReturn } from './types';

/** SOPTYPE of a return. */
export const sopReturn = 4;

type Line = GpReturn['invoice']['lines'][number];
const sequenceOf = (index: number): number => lineStep * (index + 1);
const someMoney = (amount: Money): string | undefined => (isZero(amount) ? undefined : moneyText(amount));

/** What comes back goes on hand again (QTYONHND); a line that is no item of stock has no quantity to keep. */
function lineRow(line: Line, index: number, { ret, currencyId, writer }: Parts): Entry[] {
  const nonInventory = ret.nonInventory.includes(line.item);
  const price = linePrice({ quantity: line.quantity, unitPrice: line.unitPrice, discount: { ...line.net, minor: '0' }, net: line.net });
  return [
    ['SOPTYPE', sopReturn], ['SOPNUMBE', ret.number], ['CUSTNMBR', ret.invoice.customerNumber], ['DOCDATE', ret.date], ['LOCNCODE', ret.itemSites?.[line.item] ?? ret.site],
    ['ITEMNMBR', line.item], ['UNITPRCE', price.unitPrice], ['XTNDPRCE', moneyText(line.net)], ['QUANTITY', price.quantity], ['MRKDNAMT', price.markdown],
    ['COMMENT_1', writer.text('COMMENT_1', price.comment)], ['UNITCOST', nonInventory ? '0' : undefined], ['ITEMDESC', writer.text('ITEMDESC', line.description)],
    ['TAXAMNT', moneyText(line.tax)], ['QTYONHND', nonInventory ? undefined : price.quantity], ['NONINVEN', nonInventory ? 1 : 0], ['LNITMSEQ', sequenceOf(index)],
    ['DOCID', ret.documentId], ['RTNSINDX', ret.accounts[line.item]], ['CURNCYID', currencyId], ['UOFM', line.unit],
  ];
}

function taxRows({ ret }: Parts): Entry[][] {
  const { invoice } = ret;
  const key = (type: 0 | 1, sequence: number): Entry[] => [['SOPTYPE', sopReturn], ['TAXTYPE', type], ['SOPNUMBE', ret.number], ['CUSTNMBR', invoice.customerNumber], ['LNITMSEQ', sequence]];
  const goods = invoice.lines.flatMap((line, i): Entry[][] => (isZero(line.tax) ? [] : [[...key(0, sequenceOf(i)),
    ['SALESAMT', moneyText(line.net)], ['TAXDTLID', ret.taxDetailId], ['STAXAMNT', moneyText(line.tax)], ['TDTTXSLS', moneyText(line.net)]]]));
  const freight = isZero(invoice.freightTax) ? [] : [[...key(1, 0),
    ['FRTTXAMT', moneyText(invoice.freightTax)], ['FREIGHT', moneyText(invoice.freight)], ['TAXDTLID', ret.taxDetailId], ['STAXAMNT', moneyText(invoice.freightTax)], ['TDTTXSLS', moneyText(invoice.freight)]] as Entry[]];
  return [...goods, ...freight];
}

function header({ ret, currencyId, writer }: Parts, goodsTax: Money): string {
  const { invoice } = ret;
  const { rate, method } = rateFields(invoice.rate);
  return node('taSopHdrIvcInsert', [
    ['SOPTYPE', sopReturn], ['DOCID', ret.documentId], ['SOPNUMBE', ret.number], ['TAXSCHID', ret.taxScheduleId], ['TAXAMNT', moneyText(goodsTax)], ['LOCNCODE', ret.site], ['DOCDATE', ret.date],
    ['FREIGHT', moneyText(invoice.freight)], ['MISCAMNT', moneyText(invoice.misc)], ['TRDISAMT', moneyText(invoice.tradeDiscount)], ['CUSTNMBR', invoice.customerNumber],
    ['CSTPONBR', writer.text('CSTPONBR', invoice.number)], ['SUBTOTAL', moneyText(sum(invoice.lines.map((l) => l.net), invoice.currency))], ['DOCAMNT', moneyText(invoice.total)], ['BACHNUMB', ret.batch],
    ['FRTTXAMT', someMoney(invoice.freightTax) ?? '0'], ['MSCTXAMT', '0'], ['REFRENCE', writer.text('REFRENCE', ret.reason)], ['USINGHEADERLEVELTAXES', 0], ['CREATEDIST', 1], ['CREATETAXES', 0], ['DEFTAXSCHDS', 0],
    ['CURNCYID', currencyId], ['XCHGRATE', rate], ['RTCLCMTD', method], ['INTEGRATIONSOURCE', integrationSource], ['INTEGRATIONID', ret.orderKey],
  ]);
}

type Parts = { ret: GpReturn; currencyId: string; writer: TextWriter };

/**
 * A posted invoice as its return (SOP type 4): same lines, freight, taxes and rate, dated into an open period. The invoice does not tell which
 * tax details it carried, so all returned tax goes to one. Failures: `cannot-undo` for a tax on misc charges, `text-unusable`.
 */
export function returnToEconnect(ret: GpReturn, options: { currencyId: string }): Outcome<{ xml: string; warnings: string[] }> {
  const { invoice } = ret;
  const goodsTax = sum(invoice.lines.map((l) => l.tax), invoice.currency);
  if (goodsTax.minor !== invoice.tax.minor) {
    return failed({ code: 'cannot-undo', system: 'gp', document: invoice.number, field: 'TAXAMNT', value: moneyText(invoice.tax), message: `The tax of invoice ${invoice.number} is not only on its lines and freight.`, fix: 'Enter the return in GP by hand.' });
  }
  const keys = checkKeys([
    ['SOPNUMBE', ret.number], ['CUSTNMBR', invoice.customerNumber], ['DOCID', ret.documentId], ['LOCNCODE', ret.site], ['BACHNUMB', ret.batch], ['TAXSCHID', ret.taxScheduleId], ['CURNCYID', options.currencyId],
    ['INTEGRATIONID', ret.orderKey], ...(isZero(goodsTax) && isZero(invoice.freightTax) ? [] : [['TAXDTLID', ret.taxDetailId] as const]), ...invoice.lines.map((line) => ['ITEMNMBR', line.item] as const),
  ]);
  if (!keys.ok) return keys;
  const parts: Parts = { ret, currencyId: options.currencyId, writer: new TextWriter() };
  const xml = document('SOPTransactionType', items('taSopLineIvcInsert', invoice.lines.map((line, i) => lineRow(line, i, parts))), items('taSopLineIvcTaxInsert', taxRows(parts)), header(parts, goodsTax));
  return done({ xml, warnings: parts.writer.warnings });
}
