import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { validateXML } from 'xmllint-wasm';
import { type LedgerInvoice } from '../../canonical/ledger';
import { money, moneyText, type Money } from '../../canonical/money';
import { type OrderLine, type SalesOrder } from '../../canonical/sales-order';
import recorded from '../../mapping/documents/recorded/econnect.json';
import { parsePair, type Pair } from '../../mapping/pair';
import { applicationDraftOf, demoPair, gpOrderOf, orderDraftOf, receiptDraftOf, returnDraftOf, withFields } from '../../test/support/gp-drafts';
import { applicationDraft, orderDraft, receiptDraft, returnDraft } from './drafts';
import { written } from './econnect-xml';
import { invoiceOf, line, orderOf, tax } from './order.test-data';
import { requestToEconnect } from './requests-to-econnect';
import { type GpNodes, type GpRow } from './types';
import { receiptVoidToEconnect, salesVoidToEconnect, unapplicationToEconnect } from './void-to-econnect';

const xsdPath = join(__dirname, '../../../shared/reference/gp/eConnect.xsd');
const withXsd = existsSync(xsdPath) ? it : it.skip;
if (!existsSync(xsdPath)) console.warn(`eConnect.xsd is not at ${xsdPath}: documents are not validated`);

const usd = (text: string): Money => money(text, 'USD');
const cad = (text: string): Money => money(text, 'CAD');
const names = { Customer: 'Customer', Sales_Transaction: 'Sales_Transaction', Cash_Receipt: 'Cash_Receipt', Receivables_Transaction: 'Receivables_Transaction', GL_Transaction: 'GL_Transaction', Fiscal_Period: 'Fiscal_Period' };
const xmlOf = <T>(outcome: { ok: true; value: T } | { ok: false }): T => { if (!outcome.ok) throw new Error('refused'); return outcome.value; };
const gp = (over: object): Pair => ({ ...demoPair, gp: { ...demoPair.gp, ...over } });
const goods = parsePair({ ...demoPair, gp: { ...demoPair.gp, taxDetails: { '*': 'WEB-TAX', 'City tax': 'CITY' }, units: { BOX: { decimals: 0, units: [{ unit: 'CASE', holds: '12' }, { unit: 'EACH', holds: '1' }] } }, items: { ...demoPair.gp.items, BOX: 'BOX-12' }, itemSites: { 'BOX-12': 'NORTH' }, bundles: { KIT: { as: 'kit', item: 'KIT-ITEM' }, SET: { as: 'components', components: [{ item: 'MUG-WHITE', quantity: '1', price: '3' }, { item: 'CAP-RED', quantity: '2', price: '1' }] } } } });
const pairs: Record<string, Pair> = { demo: demoPair, goods, short: { ...demoPair, policies: { ...demoPair.policies, shortage: 'sell-anyway' } } };

type Sop = { header: GpRow; customer: GpRow; addresses: GpRow[]; lines: GpRow[]; taxes: GpRow[] };
const rowsOf = (nodes: GpNodes, name: string): GpRow[] => (nodes[name] ?? []) as GpRow[];
const sopOf = (nodes: GpNodes): Sop => ({ header: nodes['taSopHdrIvcInsert'] as GpRow, customer: nodes['taUpdateCreateCustomerRcd'] as GpRow, addresses: rowsOf(nodes, 'taCreateCustomerAddress_Items'), lines: rowsOf(nodes, 'taSopLineIvcInsert_Items'), taxes: rowsOf(nodes, 'taSopLineIvcTaxInsert_Items') });
const build = async (order: SalesOrder, pair?: Pair): Promise<Sop> => sopOf((await orderDraftOf(order, {}, pair)).nodes);

const rich = orderOf([
  line({ lineId: '1', quantity: '3', discount: usd('1'), net: usd('29'), taxes: [tax(usd('2.9')), tax(usd('0.5'), { name: 'City tax' })] }),
  line({ lineId: '2', kind: 'tip', sku: undefined, description: 'Tip & <thanks>', quantity: '1', unitPrice: '3', net: usd('3'), taxes: [] }),
], { currency: 'USD', shipTo: { name: 'Łukasz', company: 'Acme & Sons', line1: '2 Side St', city: 'Springfield', countryCode: 'US' } });
const application = { receipt: 'WR1', invoice: 'STDINV1', amount: usd('5'), date: '2026-11-03' };

describe('documents against the eConnect schema', () => {
  const documents: [string, () => string | Promise<string>][] = [
    ['order', async () => written('SOPTransactionType', (await orderDraftOf({ ...rich, note: 'Please <ring> twice' }, { rate: '1.2345678' }, goods)).nodes)],
    ['receipt with its customer', async () => written('RMCashReceiptsType', (await receiptDraftOf({ rate: '0.78' })).nodes)],
    ['application', async () => written('RMApplyType', (await applicationDraftOf(application)).nodes)],
    ['unapplication', () => unapplicationToEconnect({ customer: 'C', receipt: 'WR1', invoice: 'STDINV1', invoiceType: 1, date: '2026-11-03' })],
    ['return', async () => written('SOPTransactionType', (await returnDraftOf(invoiceOf())).nodes)],
    ['return in a foreign currency', async () => written('SOPTransactionType', (await returnDraftOf(invoiceOf({ rate: '0.78' }))).nodes)],
    ['return application', async () => written('RMApplyType', (await applicationDraftOf({ ...application, receipt: 'WT1' }, 8)).nodes)],
    ['order void', () => salesVoidToEconnect({ type: 2, number: 'WO1', date: '2026-11-03' })],
    ['invoice void', () => salesVoidToEconnect({ type: 3, number: 'INV1', date: '2026-11-03' })],
    ['receipt void', () => receiptVoidToEconnect({ number: 'WR1', customer: 'C', date: '2026-11-03' })],
    ['request', () => xmlOf(requestToEconnect({ type: 'Sales_Transaction', index: ['WO1', '2'], where: [{ column: 'ORIGNUMB', op: 'IN', values: ['a', 'b'] }], rowMax: 5 }, names))],
  ];
  const judge = async (contents: string) => validateXML({ xml: [{ fileName: 'document.xml', contents }], schema: [readFileSync(xsdPath, 'utf8')], maxMemoryPages: 4096 });
  withXsd.each(documents)('%s is valid', async (_name, make) => { expect((await judge(await make())).errors.map((e) => e.message)).toEqual([]); });
  withXsd('the judge refuses a header before its lines', async () => {
    const { taSopHdrIvcInsert, ...rest } = (await orderDraftOf(rich)).nodes;
    expect((await judge(written('SOPTransactionType', { taSopHdrIvcInsert: taSopHdrIvcInsert as GpRow, ...rest }))).valid).toBe(false);
  });
});

describe('the documents that ship write to the byte what GP was sent before there were documents', () => {
  it.each(recorded.orders.map((r) => [r.name, r] as const))('an order of %s', async (_name, { order, pair, xml, ...more }) => {
    const { rates } = demoPair;
    const rate = order.currency === 'USD' ? '1' : rates[order.currency]?.rate ?? '';
    expect(written('SOPTransactionType', (await orderDraftOf(order as unknown as SalesOrder, { rate, ...('sharedName' in more ? { sharedName: more.sharedName } : {}) }, pairs[pair])).nodes)).toBe(xml);
  });
  it.each(recorded.receipts.map((r) => [r.name, r] as const))('a receipt, %s', async (_name, { ask, xml }) => {
    const { taUpdateCreateCustomerRcd: customer, ...money } = (await receiptDraftOf(ask)).nodes;
    expect(written('RMCashReceiptsType', money)).toBe(xml);
    expect(customer).toEqual({ CUSTNMBR: 'WEB000001', CUSTNAME: 'Ada Lovelace', CreateAddress: 0, UpdateIfExists: 1 });
  });
  it.each(recorded.returns.map((r) => [r.name, r] as const))('a return of %s', async (_name, { invoice, xml }) => { expect(written('SOPTransactionType', (await returnDraftOf(invoice)).nodes)).toBe(xml); });
  it.each(recorded.applications.map((r) => [r.name, r] as const))('an application of %s', async (_name, { ask, type, xml }) => { expect(written('RMApplyType', (await applicationDraftOf(ask, type as 8 | 9)).nodes)).toBe(xml); });
});

describe('an order', () => {
  it('adds up as GP checks it, with taxes per line and detail and freight tax apart', async () => {
    const { header, taxes, lines, addresses } = await build(rich);
    expect(header).toMatchObject({ SUBTOTAL: '32.00', FREIGHT: '5.00', TAXAMNT: '3.40', FRTTXAMT: '1.00', TRDISAMT: '0', DOCAMNT: '41.40', CREATETAXES: 0, INTEGRATIONID: 'SH-1001', CSTPONBR: '#1001', CKHOLD: 1 });
    expect(taxes).toEqual([expect.objectContaining({ LNITMSEQ: 16384, TAXTYPE: 0, STAXAMNT: '3.40', SALESAMT: '29.00' }), expect.objectContaining({ LNITMSEQ: 0, TAXTYPE: 1, FRTTXAMT: '1.00', FREIGHT: '5.00' })]);
    expect([lines.map((l) => l['LNITMSEQ']), addresses.map((a) => a['ADRSCODE'])]).toEqual([[16384, 32768], ['PRIMARY', 'SHIPTO']]);
  });
  it('keeps details apart per line when the pair maps two taxes to two details', async () => {
    const { taxes } = await build(rich, gp({ taxDetails: { 'State tax': 'STATE-SALES', 'City tax': 'WEB-TAX' } }));
    expect(taxes.filter((t) => t['TAXTYPE'] === 0).map((t) => [t['TAXDTLID'], t['STAXAMNT']])).toEqual([['STATE-SALES', '2.90'], ['WEB-TAX', '0.50']]);
  });
  it('bears a rate with the divide method for foreign money only', async () => {
    const foreign = sopOf((await orderDraftOf(orderOf([line({ lineId: '1' }, 'EUR')], { currency: 'EUR' }), { rate: '0.92' })).nodes);
    expect(foreign.header).toMatchObject({ XCHGRATE: '0.92', RTCLCMTD: 1, CURNCYID: 'EUR' });
    expect((await build(rich)).header).not.toHaveProperty('XCHGRATE');
  });
  it('leaves the tax of a marketplace out of its taxes: it passes through as a line', async () => {
    const { header, lines } = await build(orderOf([line({ lineId: '1', taxes: [tax(usd('2'), { collectedByMarketplace: true })] })], { shipping: [] }));
    expect([header, lines.map((l) => [l['ITEMNMBR'], l['XTNDPRCE']])]).toMatchObject([{ TAXAMNT: '0.00', DOCAMNT: '22.00' }, [['TSHIRT-BLK-M', '20.00'], ['WEB-FEE', '2.00']]]);
  });
  it('is refused before anything is sent when it does not add up, has no tax detail, no item or an overlong key', async () => {
    const order = orderOf([line({ lineId: '1' })]);
    const wrong = { ...order, totals: { ...order.totals, total: usd('28.01') } };
    const held = { ...demoPair, policies: { ...demoPair.policies, unknownItem: 'hold' as const } };
    const code = async (o: SalesOrder, over: Parameters<typeof gpOrderOf>[1] = {}, pair?: Pair): Promise<string> => { const out = await gpOrderOf(o, over, pair); return out.ok ? 'ok' : out.failure.code; };
    expect(await Promise.all([code(order), code(wrong), code(order, {}, gp({ taxDetails: { other: 'X' } })), code(orderOf([line({ lineId: '1', sku: 'NOPE' })]), {}, held), code(order, { batch: 'B'.repeat(16) })])).toEqual(['ok', 'totals-do-not-add-up', 'tax-not-mapped', 'item-not-mapped', 'text-unusable']);
  });
  it('says what it had to change of a text, and is escaped', async () => {
    const made = await gpOrderOf(rich);
    expect(made.ok && made.value.warnings.some((w) => w.includes('Łukasz'))).toBe(true);
    expect(made.ok && written('SOPTransactionType', made.value.draft.nodes)).toContain('Tip &amp; &lt;thanks&gt;');
  });
  it('that adds up gives a document that adds up, whatever is in it, and tells what each line became', async () => {
    const cents = fc.integer({ min: 0, max: 500_000 });
    const anyLine = fc.record({ kind: fc.constantFrom<OrderLine['kind']>('goods', 'goods', 'custom', 'tip', 'gift-card', 'fee'), sku: fc.constantFrom('MUG-WHITE', 'BOX', 'KIT', 'SET', undefined), quantity: fc.integer({ min: 0, max: 40 }), net: cents, discount: fc.integer({ min: 0, max: 900 }), taxes: fc.array(fc.record({ amount: fc.integer({ min: 0, max: 9_000 }), name: fc.constantFrom('State tax', 'City tax'), market: fc.boolean() }), { maxLength: 3 }), text: fc.constantFrom('Mug', 'Żółć & <tea>', '東京', `Long ${'description '.repeat(12)}`) });
    const minor = (amount: number): Money => ({ minor: String(amount), currency: 'USD' });
    let made = 0;
    await fc.assert(fc.asyncProperty(fc.array(anyLine, { minLength: 1, maxLength: 6 }), fc.array(fc.tuple(cents, fc.integer({ min: 0, max: 900 })), { maxLength: 2 }), async (given, shipping) => {
      const order = orderOf(given.map((g, i) => line({ lineId: `l${i}`, kind: g.kind, sku: g.sku, description: g.text, quantity: String(g.quantity), unitPrice: moneyText(minor(Math.round((g.net + g.discount) / Math.max(1, g.quantity)))), discount: minor(g.discount), net: minor(g.net), taxes: g.taxes.map((t) => tax(minor(t.amount), { name: t.name, collectedByMarketplace: t.market })) })),
        { shipping: shipping.map(([net, t], i) => ({ title: `Post ${i}`, net: minor(net), taxes: [tax(minor(t)), tax(minor(t), { name: 'City tax' })] })) });
      const out = await gpOrderOf(order, {}, goods);
      if (!out.ok) { expect(['quantity-not-convertible', 'value-unusable']).toContain(out.failure.code); return; }
      made += 1;
      const { header, lines, taxes } = sopOf(out.value.draft.nodes);
      const cent = (text: unknown): number => Math.round(Number(text ?? 0) * 100);
      const total = (rows: GpRow[], field: string): number => rows.reduce((a, r) => a + cent(r[field]), 0);
      expect(cent(header['DOCAMNT'])).toBe(cent(header['SUBTOTAL']) + cent(header['FREIGHT']) + cent(header['TAXAMNT']) + cent(header['FRTTXAMT']));
      expect([cent(header['DOCAMNT']), cent(header['SUBTOTAL']), cent(header['TAXAMNT'])]).toEqual([Number(order.totals.total.minor), total(lines, 'XTNDPRCE'), total(lines, 'TAXAMNT')]);
      for (const row of lines) expect(Math.round(Number(row['QUANTITY']) * (Number(row['UNITPRCE']) - Number(row['MRKDNAMT'] ?? 0)) * 100 + 1e-6)).toBe(cent(row['XTNDPRCE']));
      expect(total(taxes.filter((t) => t['TAXTYPE'] === 0), 'STAXAMNT')).toBe(cent(header['TAXAMNT']));
      expect(Object.values(out.value.lines).map((l) => l.item)).toEqual(lines.map((l) => l['ITEMNMBR']));
    }), { numRuns: 120 });
    expect(made).toBeGreaterThan(50);
  });
});

describe('what a mapping made is held to what it is found again by', () => {
  const differently = async (node: string, fields: GpRow): Promise<string[]> => {
    const draft = withFields(await orderDraftOf(rich), node, fields);
    const out = orderDraft(draft.nodes, draft);
    return out.ok ? ['ok'] : [out.failure.code, out.failure.field ?? '', out.failure.document ?? ''];
  };
  it('an order keeps its number, key, customer, currency and total; all other fields are the document\'s own', async () => {
    for (const [field, value] of [['SOPNUMBE', 'WO9'], ['INTEGRATIONID', 'other'], ['CUSTNMBR', 'C'], ['CURNCYID', 'EUR'], ['SOPTYPE', 3]] as const) expect(await differently('taSopHdrIvcInsert', { [field]: value })).toEqual(['document-rejected', field, 'WO000001001']);
    expect(await differently('taSopHdrIvcInsert', { DOCAMNT: '41.39' })).toEqual(['totals-do-not-add-up', 'DOCAMNT', 'WO000001001']);
    expect(await differently('taSopHdrIvcInsert', { SLPRSNID: 'ANN', SALSTERR: 'WEST', LOCNCODE: 'NORTH', BACHNUMB: 'OTHER' })).toEqual(['ok']);
  });
  it('receipts, returns and applications too; a receipt is over more than nothing, a negative invoice has no return', async () => {
    const [receipt, ret, applied] = [await receiptDraftOf(), await returnDraftOf(invoiceOf()), await applicationDraftOf(application)];
    expect(receiptDraft(withFields(receipt, 'taRMCashReceiptInsert', { TRXDSCRN: 'x' }).nodes, receipt)).toMatchObject({ ok: false, failure: { code: 'document-rejected', field: 'TRXDSCRN' } });
    expect(receiptDraft(withFields(receipt, 'taRMCashReceiptInsert', { CSHRCTYP: 2, CRCARDID: 'VISA', CHEKNMBR: 'x' }).nodes, receipt).ok).toBe(true);
    expect(receiptDraft(receipt.nodes, { ...receipt, amount: usd('0') })).toMatchObject({ ok: false, failure: { code: 'money-invalid' } });
    expect(returnDraft(withFields(ret, 'taSopHdrIvcInsert', { INTEGRATIONID: 'x' }).nodes, ret)).toMatchObject({ ok: false, failure: { code: 'document-rejected', field: 'INTEGRATIONID' } });
    expect(returnDraft(ret.nodes, { ...ret, total: usd('-1') })).toMatchObject({ ok: false, failure: { code: 'cannot-undo' } });
    expect(applicationDraft(withFields(applied, 'taRMApply', { APPTOAMT: '6' }).nodes, applied)).toMatchObject({ ok: false, failure: { code: 'totals-do-not-add-up', field: 'APPTOAMT' } });
    expect(applicationDraft({}, applied)).toMatchObject({ ok: false, failure: { code: 'document-rejected', field: 'taRMApply' } });
  });
  it('names that are none of XML and values that are no text or number are refused, not written', async () => {
    const { nodes, ...rest } = await orderDraftOf(rich);
    for (const odd of [{ 'a><b': {} }, { taX: 'text' }, { taX: { 'A B': '1' } }, { taX: { A: true } }, { taX: { A: { B: '1' } } }, { taX: [[]] }]) expect(orderDraft({ ...nodes, ...odd }, rest)).toMatchObject({ ok: false, failure: { code: 'document-rejected' } });
  });
});

describe('a return', () => {
  it.each<[string, Partial<LedgerInvoice>]>([['in another currency', { currency: 'CAD', rate: '1.38', freight: cad('5'), freightTax: cad('1'), misc: cad('0'), tradeDiscount: cad('0'), tax: cad('2'), total: cad('31'), lines: invoiceOf().lines.map((l) => ({ ...l, net: { ...l.net, currency: 'CAD' }, tax: { ...l.tax, currency: 'CAD' } })) }], ['as it was', {}]])('%s takes back what the invoice was', async (_name, over) => {
    const invoice = invoiceOf(over);
    const { header, lines } = sopOf((await returnDraftOf(invoice)).nodes);
    expect(header).toMatchObject({ SOPTYPE: 4, DOCAMNT: '31.00', SUBTOTAL: '23.00', FREIGHT: '5.00', CURNCYID: invoice.currency, CSTPONBR: invoice.number });
    expect(lines.map((l) => [l['ITEMNMBR'], l['QTYONHND'], l['RTNSINDX']])).toEqual([['TSHIRT-BLK-M', '3', undefined], ['WEB-TIP', undefined, '000-4130-00']]);
  });
  it('of an invoice whose tax is not on its lines and freight is a person\'s', async () => {
    await expect(returnDraftOf(invoiceOf({ tax: usd('3'), total: usd('32') }))).rejects.toMatchObject({ failure: { code: 'cannot-undo', field: 'TAXAMNT' } });
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
