import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { XMLParser } from 'fast-xml-parser';
import { validateXML } from 'xmllint-wasm';
import { money, moneyText } from '../../canonical/money';
import { type SalesOrder } from '../../canonical/sales-order';
import { applicationToEconnect, unapplicationToEconnect } from './application-to-econnect';
import { cashReceiptToEconnect } from './cash-receipt-to-econnect';
import { codingOf, line, orderOf, receiptOf, returnOf, tax } from './order.test-data';
import { requestToEconnect } from './requests-to-econnect';
import { returnToEconnect } from './return-to-econnect';
import { salesOrderToEconnect } from './sales-order-to-econnect';
import { type GpApplication, type GpOrderCoding } from './types';
import { salesVoidToEconnect, receiptVoidToEconnect } from './void-to-econnect';

const xsdPath = join(__dirname, '../../../shared/reference/gp/eConnect.xsd');
const withXsd = existsSync(xsdPath) ? it : it.skip;
if (!existsSync(xsdPath)) console.warn(`eConnect.xsd is not at ${xsdPath}: documents are not validated`);

const usd = (text: string) => money(text, 'USD');
const names = { Customer: 'Customer', Sales_Transaction: 'Sales_Transaction', Cash_Receipt: 'Cash_Receipt', Receivables_Transaction: 'Receivables_Transaction', GL_Transaction: 'GL_Transaction', Fiscal_Period: 'Fiscal_Period' };
const build = (order: SalesOrder, over: Partial<GpOrderCoding> = {}) => {
  const document = salesOrderToEconnect(order, codingOf(order, over), { newCustomer: true });
  if (!document.ok) throw new Error(document.failure.message);
  return document.value;
};
const xmlOf = <T>(outcome: { ok: true; value: T } | { ok: false }): T => { if (!outcome.ok) throw new Error('refused'); return outcome.value; };
const fieldsOf = (xml: string) => (new XMLParser({ parseTagValue: false, isArray: (name) => ['taSopLineIvcInsert', 'taSopLineIvcTaxInsert', 'taCreateCustomerAddress'].includes(name) }).parse(xml) as
  { eConnect: { SOPTransactionType: { taSopHdrIvcInsert: Record<string, string>; taUpdateCreateCustomerRcd: Record<string, string>; taSopLineIvcInsert_Items: { taSopLineIvcInsert: Record<string, string>[] }; taSopLineIvcTaxInsert_Items?: { taSopLineIvcTaxInsert: Record<string, string>[] }; taCreateCustomerAddress_Items: { taCreateCustomerAddress: Record<string, string>[] } } } }).eConnect.SOPTransactionType;

const rich = orderOf([
  line({ lineId: '1', quantity: '3', discount: usd('1'), net: usd('29'), taxes: [tax(usd('2.9')), tax(usd('0.5'), { name: 'City tax' })] }),
  line({ lineId: '2', kind: 'tip', sku: undefined, description: 'Tip & <thanks>', quantity: '1', unitPrice: '3', net: usd('3'), taxes: [] }),
], { currency: 'USD', shipTo: { name: 'Łukasz', company: 'Acme & Sons', line1: '2 Side St', city: 'Springfield', countryCode: 'US' } });

describe('documents against the eConnect schema', () => {
  const application: GpApplication = { receipt: 'WR1' as GpApplication['receipt'], invoice: 'STDINV1', amount: usd('5'), date: '2026-11-03' };
  const documents: [string, () => string][] = [
    ['order', () => build(rich, { rate: '1.2345678', customerClass: 'WEB', lines: { 1: { item: 'TSHIRT-BLK-M', nonInventory: false }, 2: { item: 'TIP', nonInventory: true, salesAccount: '000-4130-00' } } }).xml],
    ['receipt', () => xmlOf(cashReceiptToEconnect(receiptOf({ rate: '0.78' }), { currencyId: 'USD', withCustomer: true })).xml],
    ['application', () => applicationToEconnect({ ...application, credit: application.receipt, type: 9 })],
    ['unapplication', () => unapplicationToEconnect({ customer: 'C', receipt: 'WR1', invoice: 'STDINV1', invoiceType: 1, date: '2026-11-03' })],
    ['return', () => xmlOf(returnToEconnect(returnOf(), { currencyId: 'USD' })).xml],
    ['return in a foreign currency', () => xmlOf(returnToEconnect(returnOf({ rate: '0.78' }), { currencyId: 'USD' })).xml],
    ['return application', () => applicationToEconnect({ ...application, credit: 'WT1', type: 8 })],
    ['order void', () => salesVoidToEconnect({ type: 2, number: 'WO1', date: '2026-11-03' })],
    ['invoice void', () => salesVoidToEconnect({ type: 3, number: 'INV1', date: '2026-11-03' })],
    ['receipt void', () => receiptVoidToEconnect({ number: 'WR1', customer: 'C', date: '2026-11-03' })],
    ['request', () => xmlOf(requestToEconnect({ type: 'Sales_Transaction', index: ['WO1', '2'], where: [{ column: 'ORIGNUMB', op: 'IN', values: ['a', 'b'] }], rowMax: 5 }, names))],
  ];
  withXsd.each(documents)('%s is valid', async (_name, make) => {
    const result = await validateXML({ xml: [{ fileName: 'document.xml', contents: make() }], schema: [readFileSync(xsdPath, 'utf8')], maxMemoryPages: 4096 });
    expect(result.errors.map((e) => e.message)).toEqual([]);
  });
  withXsd('the judge refuses a header before its lines', async () => {
    const swapped = build(rich).xml.replace(/(<taSopLineIvcInsert_Items>.*<\/taSopLineIvcInsert_Items>)(.*)(<taSopHdrIvcInsert>.*<\/taSopHdrIvcInsert>)/, '$3$2$1');
    const result = await validateXML({ xml: [{ fileName: 'document.xml', contents: swapped }], schema: [readFileSync(xsdPath, 'utf8')], maxMemoryPages: 4096 });
    expect(result.valid).toBe(false);
  });
});

describe('salesOrderToEconnect', () => {
  it('adds up as GP checks it, with taxes per line and detail and freight tax apart', () => {
    const fields = fieldsOf(build(rich).xml);
    expect(fields.taSopHdrIvcInsert).toMatchObject({ SUBTOTAL: '32.00', FREIGHT: '5.00', TAXAMNT: '3.40', FRTTXAMT: '1.00', TRDISAMT: '0', DOCAMNT: '41.40', CREATETAXES: '0', INTEGRATIONID: 'SH-1001', CSTPONBR: '#1001', CKHOLD: '1' });
    expect(fields.taSopLineIvcTaxInsert_Items?.taSopLineIvcTaxInsert).toEqual([
      expect.objectContaining({ LNITMSEQ: '16384', TAXTYPE: '0', STAXAMNT: '3.40', SALESAMT: '29.00' }), expect.objectContaining({ LNITMSEQ: '0', TAXTYPE: '1', FRTTXAMT: '1.00', FREIGHT: '5.00' }),
    ]);
    expect(fields.taSopLineIvcInsert_Items.taSopLineIvcInsert.map((l) => l['LNITMSEQ'])).toEqual(['16384', '32768']);
    expect(fields.taCreateCustomerAddress_Items.taCreateCustomerAddress.map((a) => a['ADRSCODE'])).toEqual(['PRIMARY', 'SHIPTO']);
  });
  it('keeps details apart per line when the pair maps two taxes to two details', () => {
    const fields = fieldsOf(build(rich, { taxDetails: { 'State tax': 'STATE-SALES', 'City tax': 'WEB-TAX' } }).xml);
    expect(fields.taSopLineIvcTaxInsert_Items?.taSopLineIvcTaxInsert.filter((t) => t['TAXTYPE'] === '0').map((t) => [t['TAXDTLID'], t['STAXAMNT']])).toEqual([['STATE-SALES', '2.90'], ['WEB-TAX', '0.50']]);
  });
  it('sends a rate with the divide method for foreign money only, and the class to a new customer only', () => {
    const foreign = orderOf([line({ lineId: '1' }, 'EUR')], { currency: 'EUR' });
    expect(fieldsOf(build(foreign, { rate: '0.92' }).xml).taSopHdrIvcInsert).toMatchObject({ XCHGRATE: '0.92', RTCLCMTD: '1', CURNCYID: 'EUR' });
    expect(fieldsOf(build(rich).xml).taSopHdrIvcInsert).not.toHaveProperty('XCHGRATE');
    expect(fieldsOf(build(rich, { customerClass: 'WEB' }).xml).taUpdateCreateCustomerRcd).toHaveProperty('CUSTCLAS', 'WEB');
    const known = salesOrderToEconnect(rich, codingOf(rich, { customerClass: 'WEB' }), { newCustomer: false });
    expect(known.ok && known.value.xml).not.toContain('CUSTCLAS');
  });
  it('leaves the tax of a marketplace out of taxes and total', () => {
    const order = orderOf([line({ lineId: '1', taxes: [tax(usd('2'), { collectedByMarketplace: true })] })], { shipping: [] });
    expect(fieldsOf(build(order, { taxDetails: {} }).xml).taSopHdrIvcInsert).toMatchObject({ TAXAMNT: '0.00', DOCAMNT: '20.00' });
  });
  it('refuses before sending what does not add up, has no tax detail, no item or an overlong key', () => {
    const order = orderOf([line({ lineId: '1' })]);
    const wrong = { ...order, totals: { ...order.totals, total: usd('28.01') } };
    const code = (o: SalesOrder, over: Partial<GpOrderCoding> = {}) => { const out = salesOrderToEconnect(o, codingOf(o, over), { newCustomer: false }); return out.ok ? 'ok' : out.failure.code; };
    expect([code(order), code(wrong), code(order, { taxDetails: {} }), code(order, { lines: {} }), code(order, { batch: 'B'.repeat(16) })]).toEqual(['ok', 'totals-do-not-add-up', 'tax-not-mapped', 'item-not-mapped', 'text-unusable']);
  });
  it('warns about text it had to change and escapes markup', () => {
    const { xml, warnings } = build(rich);
    expect(warnings.some((w) => w.includes('Łukasz'))).toBe(true);
    expect(xml).toContain('Tip &amp; &lt;thanks&gt;');
  });
  it('any order that adds up gives a document that adds up', () => {
    const cents = fc.integer({ min: 0, max: 1_000_000 }).map((n) => moneyText({ minor: String(n), currency: 'USD' }));
    const lines = fc.array(fc.record({ quantity: fc.integer({ min: 1, max: 5000 }).map(String), net: cents, tax: cents }), { minLength: 1, maxLength: 8 });
    fc.assert(fc.property(lines, cents, (given, freight) => {
      const order = orderOf(given.map((g, i) => line({ lineId: String(i), quantity: g.quantity, unitPrice: '1', net: usd(g.net), taxes: [tax(usd(g.tax))] })), { shipping: [{ title: 'Post', net: usd(freight), taxes: [] }] });
      const { taSopHdrIvcInsert: header, taSopLineIvcInsert_Items: rows } = fieldsOf(build(order).xml);
      const cent = (text: string | undefined): number => Math.round(Number(text) * 100);
      expect(cent(header['DOCAMNT'])).toBe(cent(header['SUBTOTAL']) + cent(header['FREIGHT']) + cent(header['TAXAMNT']) + cent(header['FRTTXAMT']));
      expect(cent(header['SUBTOTAL'])).toBe(rows.taSopLineIvcInsert.reduce((a, r) => a + cent(r['XTNDPRCE']), 0));
    }), { numRuns: 100 });
  });
});

describe('requestToEconnect', () => {
  it.each(["a'b", 'x;y', 'a--b', 'é', ''])('refuses %j as a value', (value) => {
    expect(requestToEconnect({ type: 'Cash_Receipt', where: [{ column: 'DOCNUMBR', op: '=', values: [value] }], rowMax: 1 }, names)).toMatchObject({ ok: false, failure: { code: 'text-unusable' } });
  });
  it('joins conditions by AND', () => {
    const xml = xmlOf(requestToEconnect({ type: 'Sales_Transaction', where: [{ column: 'DEX_ROW_TS', op: '>=', values: ['2026-01-01 00:00:00.000'] }, { column: 'ORIGNUMB', op: 'IN', values: ['a', 'b'] }], rowMax: 500 }, names));
    expect(xml).toContain("<WhereClause>DEX_ROW_TS &gt;= '2026-01-01 00:00:00.000' AND ORIGNUMB IN ('a','b')</WhereClause>");
  });
});
