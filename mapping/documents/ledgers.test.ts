import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { type GpCustomerNumber, type GpSalesNumber, type OrderKey } from '../../canonical/ids';
import { type LedgerInvoice } from '../../canonical/ledger';
import { add, money, moneyText, sum, type Money } from '../../canonical/money';
import { type OrderLine, type SalesOrder } from '../../canonical/sales-order';
import demo from '../../config/pairs/demo.json';
import { applicationToEconnect } from '../../connectors/gp/application-to-econnect';
import { cashReceiptToEconnect, rmReceipt } from '../../connectors/gp/cash-receipt-to-econnect';
import { document as econnect, items, node, type Entry } from '../../connectors/gp/econnect-xml';
import { line, orderOf, receiptOf, returnOf, tax } from '../../connectors/gp/order.test-data';
import { returnToEconnect } from '../../connectors/gp/return-to-econnect';
import { salesOrderToEconnect } from '../../connectors/gp/sales-order-to-econnect';
import { type GpOrderCoding } from '../../connectors/gp/types';
import { contactDraft, creditNoteDraft, invoiceDraft } from '../../connectors/xero/documents';
import { paymentToXero } from '../../connectors/xero/money-to-xero';
import { type XeroInvoiceDraft, type XeroPaymentDraft } from '../../connectors/xero/types';
import { translated } from '../../test/support/source-orders';
import { standardCatalogue } from '../catalogue/standard';
import { codeOrder, passMarketplaceTaxThrough } from '../code-order';
import { compileMapping, type CompiledMapping } from '../engine/compile';
import { runMapping } from '../engine/run';
import { type MappingResult } from '../engine/state';
import { explodeBundles } from '../explode-bundles';
import { parsePair, type Pair } from '../pair';
import { gpOrderParams, pairTables, xeroInvoiceParams } from '../pair-tables';
import { shippedMapping } from './shipped';

const pair = parsePair(demo);
const folder = resolve(__dirname, '../../../shared/samples');

const compiled = new Map<string, CompiledMapping>();
async function run(name: string, source: unknown, more: { params: Record<string, unknown>; pair?: Pair }): Promise<MappingResult> {
  const known = compiled.get(name);
  const fresh = known ? undefined : compileMapping(shippedMapping(name), standardCatalogue());
  if (fresh && !fresh.ok) throw new Error(fresh.failure.message);
  const mapping = known ?? (fresh as { value: CompiledMapping }).value;
  compiled.set(name, mapping);
  return runMapping(mapping, { source, params: more.params, tables: pairTables(more.pair ?? pair) });
}

/** A GP document as eConnect XML, nodes and fields in the order of the schema. */
function xmlOf(schemaId: string, type: string, value: Record<string, unknown>): string {
  const schema = standardCatalogue().schema(schemaId);
  const order = schema?.fields.map((f) => f.path) ?? [];
  const row = (prefix: string, one: Record<string, unknown>): Entry[] => order.filter((p) => p.startsWith(prefix) && Object.hasOwn(one, p.slice(prefix.length))).map((p): Entry => [p.slice(prefix.length), one[p.slice(prefix.length)] as string | number]);
  const nodes = order.filter((p) => !p.includes('.') && value[p] !== undefined);
  return econnect(type, ...nodes.map((name) => (Array.isArray(value[name]) ? items(name.replace('_Items', ''), (value[name] as Record<string, unknown>[]).map((one) => row(`${name}[].`, one))) : node(name, row(`${name}.`, value[name] as Record<string, unknown>)))));
}

const numbers = { orderKey: 'SHP-1001' as OrderKey, number: 'WO0000001' as GpSalesNumber, customerNumber: 'WEB0000001' as GpCustomerNumber, batch: 'TO261102', date: '2026-11-02' };
type Options = { pair?: Pair; sharedName?: string; newCustomer?: boolean; customerClass?: string };

/** True where both wrote a document, false where both refused for the same reason. */
async function sameOrder(order: SalesOrder, { pair: of = pair, ...more }: Options = {}): Promise<boolean> {
  const posted = passMarketplaceTaxThrough(explodeBundles(order, of));
  const { newCustomer = false, ...extra } = more;
  const coded = codeOrder(posted, of);
  const rate = order.currency === of.baseCurrency ? '1' : of.rates[order.currency]?.rate ?? '1';
  const coding = coded.ok ? { ...numbers, documentId: of.gp.documentId, site: of.gp.site, currencyId: order.currency, rate, taxScheduleId: of.gp.taxScheduleId, addressCode: of.gp.addressCode, lines: coded.value.lines, taxDetails: coded.value.taxDetails, respectHold: true, respectCreditLimit: false, ...(of.policies.shortage === 'sell-anyway' ? { shortage: 'sell-anyway' } : {}), ...extra } as GpOrderCoding : undefined;
  const hand = coded.ok && coding ? salesOrderToEconnect(posted, coding, { newCustomer }) : coded;
  const made = await run('sales-order-to-gp-order', posted, { pair: of, params: { ...gpOrderParams(of), ...numbers, currencyId: order.currency, rate, newCustomer, ...extra } });
  if (!hand.ok) { expect(made.ok ? made.value : made.failure.code).toBe(hand.failure.code); return false; }
  if (!made.ok) throw new Error(`${made.failure.code} ${made.failure.field ?? ''}: ${made.failure.message}`);
  const document = hand.value as { xml: string; warnings: string[] };
  expect(xmlOf('gp.sales-transaction', 'SOPTransactionType', made.value)).toBe(document.xml);
  expect(made.warnings.filter((w) => /^[A-Z]+[a-zA-Z]*: /.test(w)).sort()).toEqual(document.warnings.filter((w) => /^[A-Z]+[a-zA-Z]*: /.test(w)).sort());
  return true;
}

const cents = fc.integer({ min: 0, max: 500_000 });
const usd = (minor: number): Money => ({ minor: String(minor), currency: 'USD' });
const anyLine = fc.record({ kind: fc.constantFrom<OrderLine['kind']>('goods', 'goods', 'custom', 'tip', 'gift-card', 'fee'), sku: fc.constantFrom('MUG-WHITE', 'BOX', 'KIT', 'SET', undefined), quantity: fc.integer({ min: 1, max: 40 }), net: cents, discount: fc.integer({ min: 0, max: 900 }), taxes: fc.array(fc.record({ amount: fc.integer({ min: 0, max: 9_000 }), name: fc.constantFrom('State tax', 'City tax'), market: fc.boolean() }), { maxLength: 3 }), text: fc.constantFrom('Mug', 'Żółć & <tea>', '東京', `Long ${'description '.repeat(12)}`) })
  .map(({ kind, sku, quantity, net, discount, taxes, text }, i = 0): Omit<OrderLine, 'lineId'> => ({ kind, ...(sku ? { sku } : {}), description: `${text} ${i}`, quantity: String(quantity), unitPrice: moneyText(usd(Math.round((net + discount) / quantity))), discount: usd(discount), net: usd(net), taxes: taxes.map((t) => tax(usd(t.amount), { name: t.name, collectedByMarketplace: t.market })) }));
const goods = parsePair({ ...demo, gp: { ...demo.gp, taxDetails: { '*': 'WEB-TAX', 'City tax': 'CITY' }, units: { BOX: { decimals: 0, units: [{ unit: 'CASE', holds: '12' }, { unit: 'EACH', holds: '1' }] } }, items: { ...demo.gp.items, BOX: 'BOX-12' }, itemSites: { 'BOX-12': 'NORTH' }, bundles: { KIT: { as: 'kit', item: 'KIT-ITEM' }, SET: { as: 'components', components: [{ item: 'MUG-WHITE', quantity: '1', price: '3' }, { item: 'CAP-RED', quantity: '2', price: '1' }] } } } });

describe('canonical order → GP order, as the connector writes it to the byte', () => {
  const someLine = line({ lineId: '1', sku: 'MUG-WHITE' });
  it('any order', async () => {
    let written = 0;
    await fc.assert(fc.asyncProperty(fc.array(anyLine, { minLength: 1, maxLength: 6 }), fc.array(fc.tuple(cents, fc.integer({ min: 0, max: 900 })), { maxLength: 2 }), async (lines, shipping) => {
      written += Number(await sameOrder(orderOf(lines.map((l, i) => ({ ...l, lineId: String(i + 1) })), { shipping: shipping.map(([net, t], i) => ({ title: `Post ${i}`, net: usd(net), taxes: [tax(usd(t)), tax(usd(t), { name: 'City tax' })] })) }), { pair: goods }));
    }), { numRuns: 150 });
    expect(written).toBeGreaterThan(75);
  });
  it.each<[string, Partial<SalesOrder>, Options]>([
    ['two addresses and odd letters', { shipTo: { name: 'Łukasz', company: 'Acme & Sons International Trading Company of the Northern Hemisphere Ltd', line1: '2 Side St', city: 'Springfield', countryCode: 'US' } }, { newCustomer: true, customerClass: 'WEB' }],
    ['no address at all', { billTo: undefined }, {}], ['a shared account', {}, { sharedName: 'Web customer' }], ['a name that is too long', { customer: { name: 'x'.repeat(90), guest: true } }, {}], ['sold below stock', {}, { pair: parsePair({ ...demo, policies: { ...demo.policies, shortage: 'sell-anyway' } }) }],
    ['an item that nobody listed, held', { lines: [{ ...someLine, sku: 'NOPE' }] }, { pair: parsePair({ ...demo, policies: { ...demo.policies, unknownItem: 'hold' } }) }], ['a tax without a detail', {}, { pair: parsePair({ ...demo, gp: { ...demo.gp, taxDetails: { other: 'X' } } }) }],
  ])('%s', async (_name, over, options) => { await sameOrder(orderOf(over.lines ?? [someLine], over), options); });
  const files = existsSync(resolve(folder, 'shopify')) ? readdirSync(resolve(folder, 'shopify')).filter((f) => /^order-|orders-create/.test(f)) : [];
  if (files.length === 0) process.stderr.write('real order bodies are not beside this checkout: the documents are not compared on them\n');
  (files.length > 0 ? it.each(files) : it.skip.each(['(no samples)']))('real body %s', async (file) => {
    const order = await translated(readFileSync(resolve(folder, 'shopify', file), 'utf8'), { kind: 'shopify' });
    if (order.ok) await sameOrder(order.value);
  });
});

describe('money and returns in GP', () => {
  it('a receipt', async () => {
    for (const rate of ['1', '1.3800001']) {
      const receipt = receiptOf({ rate, checkbook: 'STRIPE', reference: 'pi_3Nxyz' });
      const made = await run('payment-to-gp-receipt', { paymentId: 'pi_3Nxyz', aliases: [], gateway: ' Stripe', amount: receipt.amount, paidAt: '2026-11-02T10:00:00Z' }, { params: { number: receipt.number, customerNumber: receipt.customerNumber, customerName: receipt.customer.name, orderKey: receipt.description, batch: receipt.batch, date: receipt.date, currencyId: 'USD', rate } });
      const hand = cashReceiptToEconnect(receipt, { currencyId: 'USD', withCustomer: true });
      expect(made.ok && hand.ok && xmlOf('gp.cash-receipt', 'RMCashReceiptsType', made.value)).toBe(hand.ok && hand.value.xml);
    }
  });
  it('an application', async () => {
    const amount = money('12.34', 'USD');
    const made = await run('payment-to-gp-application', { paymentId: 'p', aliases: [], gateway: 'x', amount, paidAt: '2026-11-02T10:00:00Z' }, { params: { credit: 'WR1', creditType: '9', invoice: 'STDINV1', date: '2026-11-03' } });
    expect(made.ok && xmlOf('gp.apply', 'RMApplyType', made.value)).toBe(applicationToEconnect({ credit: 'WR1', type: rmReceipt, invoice: 'STDINV1', amount, date: '2026-11-03' }));
  });
  it.each([['plain', {}], ['without tax', { tax: money('0', 'USD'), freightTax: money('0', 'USD'), total: money('28', 'USD'), lines: [{ lineKey: '1', item: 'MUG', description: 'Mug', quantity: '1', unitPrice: '23', net: money('23', 'USD'), tax: money('0', 'USD') }] }], ['in another currency', { rate: '1.52' }], ['tax that is not on its lines', { tax: money('3', 'USD'), total: money('32', 'USD') }]] as [string, Partial<LedgerInvoice>][])('a return, %s', async (_name, over) => {
    const ret = returnOf(over, { nonInventory: ['WEB-TIP', 'WEB-ITEM', 'WEB-FEE', 'WEB-GIFTCARD'] });
    const hand = returnToEconnect(ret, { currencyId: 'USD' });
    const { number, orderKey, batch, date, documentId, site, taxScheduleId, taxDetailId, reason } = ret;
    const made = await run('invoice-to-gp-return', ret.invoice, { params: { number, orderKey, batch, date, documentId, site, taxScheduleId, taxDetailId, reason, currencyId: 'USD' } });
    if (!hand.ok) { expect(made.ok ? '' : made.failure.code).toBe(hand.failure.code); return; }
    expect(made.ok ? xmlOf('gp.sales-transaction', 'SOPTransactionType', made.value) : made.failure).toBe(hand.value.xml);
  });
});

const camel = (value: unknown): unknown => (Array.isArray(value) ? value.map(camel) : typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined).map(([k, v]) => [k.charAt(0).toLowerCase() + k.slice(1), camel(v)])) : value);
const anyInvoice = fc.record({ lines: fc.array(fc.record({ item: fc.constantFrom('MUG', 'WEB-TIP', 'WEB-FEE', 'WEB-GIFTCARD'), description: fc.constantFrom('Mug', '', 'Tea & more'), quantity: fc.constantFrom('1', '3', '7', '2.5', '1.23456'), net: fc.integer({ min: 1, max: 400_000 }), tax: fc.integer({ min: 0, max: 9_000 }) }), { minLength: 1, maxLength: 5 }), freight: fc.constantFrom(0, 500), freightTax: fc.constantFrom(0, 50), misc: fc.constantFrom(0, 100), off: fc.constantFrom(0, 70), foreign: fc.boolean() })
  .map(({ lines, freight, freightTax, misc, off, foreign }): LedgerInvoice => {
    const currency = foreign ? 'CAD' : 'USD';
    const of = (minor: number): Money => ({ minor: String(minor), currency });
    const made = lines.map((l, i) => ({ lineKey: String(i), item: l.item, description: l.description, quantity: l.quantity, unitPrice: '1', net: of(l.net), tax: of(l.tax) }));
    const taxes = sum(made.map((l) => l.tax), currency);
    return { number: 'STDINV1', orderNumber: 'WO1', date: '2026-11-02', customerNumber: 'WEB1', currency, rate: foreign ? '1.38' : '1', lines: made, freight: of(freight), freightTax: of(freightTax), misc: of(misc), tradeDiscount: of(off), tax: taxes, total: [taxes, of(freight), of(freightTax), of(misc), of(-off)].reduce(add, sum(made.map((l) => l.net), currency)), posted: true, voided: false, changedAt: '2026-11-02T00:00:00Z' };
  });
const contactId = '5040915e-8ce7-4177-8d08-fde416232f18' as XeroInvoiceDraft['contactId'];

describe('GP invoice → Xero', () => {
  const params = { ...xeroInvoiceParams(pair), contactId, orderKey: 'SHP-1001', orderName: '#1001', date: '2026-11-02', dueDate: '2026-11-16' };
  const { accounts, xero: { taxTypes } } = pair;
  /** Account and tax type of each line, as a bookkeeper would write them down. */
  const codesOf = (invoice: LedgerInvoice): [string, string][] => {
    const own: Record<string, string> = { 'WEB-TIP': accounts.tips.xero, 'WEB-FEE': accounts.fees.xero, 'WEB-GIFTCARD': accounts.giftCards.xero };
    const taxed = (minor: string): string => (minor === '0' ? taxTypes.untaxed : taxTypes.taxed);
    const extra = (there: boolean, account: string, taxType: string): [string, string][] => (there ? [[account, taxType]] : []);
    return [...invoice.lines.map((l): [string, string] => [own[l.item] ?? accounts.sales.xero, taxed(l.tax.minor)]), ...extra(invoice.freight.minor !== '0' || invoice.freightTax.minor !== '0', accounts.freight.xero, taxed(invoice.freightTax.minor)),
      ...extra(invoice.misc.minor !== '0', accounts.misc.xero, taxTypes.untaxed), ...extra(invoice.tradeDiscount.minor !== '0', accounts.discounts.xero, taxTypes.untaxed)];
  };
  it('any invoice and its credit note make the ledger\'s total in Xero\'s own arithmetic, each line on its account', async () => {
    await fc.assert(fc.asyncProperty(anyInvoice, fc.boolean(), async (invoice, asDraft) => {
      const made = await run('invoice-to-xero-invoice', invoice, { params: { ...params, asDraft } });
      const note = await run('invoice-to-xero-credit-note', invoice, { params: { ...params, number: 'CN-STDINV1', reason: 'Edited' } });
      if (!made.ok || !note.ok) throw new Error(JSON.stringify([made, note].map((r) => (r.ok ? '' : r.failure))));
      expect([invoiceDraft(made.value, invoice.total), creditNoteDraft(note.value, invoice.total)]).toMatchObject([{ ok: true, value: { invoiceNumber: 'STDINV1', contactId } }, { ok: true, value: { creditNoteNumber: 'CN-STDINV1', contactId } }]);
      const rate = invoice.currency === pair.baseCurrency ? undefined : Number(invoice.rate);
      expect(made.value).toMatchObject({ Type: 'ACCREC', Reference: 'SHP-1001 #1001', Date: '2026-11-02', DueDate: '2026-11-16', CurrencyCode: invoice.currency, LineAmountTypes: 'Exclusive', Status: asDraft ? 'DRAFT' : 'AUTHORISED' });
      expect(note.value).toMatchObject({ Type: 'ACCRECCREDIT', Reference: 'SHP-1001 STDINV1 Edited', Status: 'AUTHORISED', LineItems: made.value['LineItems'] });
      expect([made.value['CurrencyRate'], note.value['CurrencyRate']]).toEqual([rate, rate]);
      expect((made.value['LineItems'] as { AccountCode: string; TaxType: string }[]).map((l) => [l.AccountCode, l.TaxType])).toEqual(codesOf(invoice));
    }), { numRuns: 150 });
  });
  it('writes a line whose price Xero cannot keep as one piece, its quantity in words', async () => {
    const invoice: LedgerInvoice = { ...returnOf().invoice, lines: [{ lineKey: '1', item: 'MUG', description: 'Mug', quantity: '7000', unitPrice: '0.00001', net: money('10', 'USD'), tax: money('0', 'USD') }], freight: money('0', 'USD'), freightTax: money('0', 'USD'), tax: money('0', 'USD'), total: money('10', 'USD') };
    const made = await run('invoice-to-xero-invoice', invoice, { params });
    expect(made.ok && made.value['LineItems']).toMatchObject([{ Description: '7000 × Mug', Quantity: 1, UnitAmount: 10 }]);
    expect(made.ok && invoiceDraft(made.value, invoice.total).ok).toBe(true);
    expect(made.ok && invoiceDraft(made.value, money('10.01', 'USD'))).toMatchObject({ ok: false, failure: { code: 'totals-do-not-add-up', document: 'STDINV0001001', value: '10.00' } });
  });
  it('a payment', async () => {
    const payment = { paymentId: 'pi_1', aliases: [], gateway: '', amount: money('12.34', 'CAD'), paidAt: '2026-11-02T10:00:00Z' };
    const made = await run('payment-to-xero-payment', payment, { params: { invoiceId: contactId, orderKey: 'SHP-1001', date: '2026-11-02', baseCurrency: 'USD', rate: '1.38' } });
    expect(made.ok ? camel(made.value) : made.failure).toEqual(camel(paymentToXero({ invoiceId: contactId as unknown as XeroPaymentDraft['invoiceId'], accountCode: '094', amount: payment.amount, date: '2026-11-02', rate: '1.38', reference: 'SHP-1001/pi_1' })));
  });
  const home = { AddressType: 'POBOX', AddressLine1: '1 Main St', City: 'Springfield', Region: 'IL', PostalCode: '62701', Country: 'United States', AttentionTo: 'Ada Lovelace' };
  it.each<[string, Partial<SalesOrder>, object]>([
    ['a person', {}, { ContactNumber: 'WEB1', Name: 'Ada Lovelace', Phones: [{ PhoneType: 'DEFAULT', PhoneNumber: '+1 555 0100' }], Addresses: [home] }],
    ['a company', { customer: { name: 'Ada', company: ' Acme  <Ltd>', guest: false, email: 'ada@example.org' } }, { ContactNumber: 'WEB1', Name: 'Acme Ltd', EmailAddress: 'ada@example.org', Addresses: [home] }],
    ['an e-mail with an umlaut', { customer: { name: 'Jürgen', guest: true, email: 'jürgen@example.org' } }, { ContactNumber: 'WEB1', Name: 'Jürgen', Addresses: [home] }],
    ['two addresses', { customer: { name: 'Ada', guest: true }, shipTo: { name: 'x'.repeat(300), line1: 'y', country: 'Côte d\'Ivoire (Ivory Coast)', postalCode: '1' } }, { ContactNumber: 'WEB1', Name: 'Ada', Addresses: [home, { AddressType: 'STREET', AddressLine1: 'y', PostalCode: '1', Country: 'Côte dIvoire Ivory Coast', AttentionTo: 'x'.repeat(255) }] }],
  ])('%s', async (_name, over, expected) => {
    const { customer, billTo, shipTo } = orderOf([line({ lineId: '1' })], over);
    const made = await run('sales-order-to-xero-contact', { customer, billTo, shipTo }, { params: { contactNumber: 'WEB1' } });
    expect(made.ok ? made.value : made.failure).toEqual(expected);
    expect(made.ok && contactDraft(made.value)).toMatchObject({ ok: true, value: { contactNumber: 'WEB1' } });
  });
  it('an account that many share bears nobody\'s name and address', async () => {
    const { customer, billTo } = orderOf([line({ lineId: '1' })], { customer: { name: 'Ada', guest: true, email: 'ada@example.org', phone: '1' } });
    const made = await run('sales-order-to-xero-contact', { customer, billTo }, { params: { contactNumber: 'WEBGUEST', sharedName: 'Web customer' } });
    expect(made.ok && made.value).toEqual({ ContactNumber: 'WEBGUEST', Name: 'Web customer' });
  });
});
