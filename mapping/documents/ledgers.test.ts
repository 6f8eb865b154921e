import fc from 'fast-check';
import { type XeroInvoiceId } from '../../canonical/ids';
import { type LedgerInvoice } from '../../canonical/ledger';
import { add, money, sum, type Money } from '../../canonical/money';
import { type SalesOrder } from '../../canonical/sales-order';
import demo from '../../config/pairs/demo.json';
import { invoiceOf, line, orderOf } from '../../connectors/gp/order.test-data';
import { contactDraft, creditNoteDraft, invoiceDraft, paymentDraft } from '../../connectors/xero/documents';
import { type XeroInvoiceDraft } from '../../connectors/xero/types';
import { standardCatalogue } from '../catalogue/standard';
import { compileMapping, type CompiledMapping } from '../engine/compile';
import { runMapping } from '../engine/run';
import { type MappingResult } from '../engine/state';
import { parsePair, type Pair } from '../pair';
import { pairTables, xeroInvoiceParams } from '../pair-tables';
import { shippedMapping } from './shipped';

const pair = parsePair(demo);

const compiled = new Map<string, CompiledMapping>();
async function run(name: string, source: unknown, more: { params: Record<string, unknown>; pair?: Pair }): Promise<MappingResult> {
  const known = compiled.get(name);
  const fresh = known ? undefined : compileMapping(shippedMapping(name), standardCatalogue());
  if (fresh && !fresh.ok) throw new Error(fresh.failure.message);
  const mapping = known ?? (fresh as { value: CompiledMapping }).value;
  compiled.set(name, mapping);
  return runMapping(mapping, { source, params: more.params, tables: pairTables(more.pair ?? pair) });
}

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
    const invoice: LedgerInvoice = { ...invoiceOf(), lines: [{ lineKey: '1', item: 'MUG', description: 'Mug', quantity: '7000', unitPrice: '0.00001', net: money('10', 'USD'), tax: money('0', 'USD') }], freight: money('0', 'USD'), freightTax: money('0', 'USD'), tax: money('0', 'USD'), total: money('10', 'USD') };
    const made = await run('invoice-to-xero-invoice', invoice, { params });
    expect(made.ok && made.value['LineItems']).toMatchObject([{ Description: '7000 × Mug', Quantity: 1, UnitAmount: 10 }]);
    expect(made.ok && invoiceDraft(made.value, invoice.total).ok).toBe(true);
    expect(made.ok && invoiceDraft(made.value, money('10.01', 'USD'))).toMatchObject({ ok: false, failure: { code: 'totals-do-not-add-up', document: 'STDINV0001001', value: '10.00' } });
  });
  it('lines are tracked and items named as the pair says, in invoice and credit note alike; without its word nothing is', async () => {
    const own = parsePair({ ...demo, xero: { ...demo.xero, itemCodes: { MUG: 'MUG-1' }, tracking: [{ category: 'Region', options: { 'TERRITORY 1': 'East' } }, { category: 'Range', by: 'item', options: { MUG: 'Kitchen' }, otherwise: 'Other' }], fields: { invoice: { BrandingThemeID: 'b' }, creditNote: { BrandingThemeID: 'b' } } } });
    const zero = money('0', 'USD');
    const invoice: LedgerInvoice = { ...invoiceOf(), territory: 'TERRITORY 1', lines: ['MUG', 'CAP'].map((item) => ({ lineKey: item, item, description: item, quantity: '1', unitPrice: '10', net: money('10', 'USD'), tax: zero })), freight: money('1', 'USD'), freightTax: zero, tax: zero, total: money('21', 'USD') };
    for (const [name, more] of [['invoice-to-xero-invoice', {}], ['invoice-to-xero-credit-note', { number: 'CN-1' }]] as const) {
      const [made, plain] = [await run(name, invoice, { params: { ...params, ...xeroInvoiceParams(own), ...more }, pair: own }), await run(name, invoice, { params: { ...params, ...more } })];
      const linesOf = (of: MappingResult): unknown[] => (of.ok ? of.value['LineItems'] as { ItemCode?: string; Tracking?: unknown[] }[] : []).map((l) => [l.ItemCode, l.Tracking]);
      const east = { Name: 'Region', Option: 'East' };
      expect(linesOf(made)).toEqual([['MUG-1', [east, { Name: 'Range', Option: 'Kitchen' }]], [undefined, [east, { Name: 'Range', Option: 'Other' }]], [undefined, [east, { Name: 'Range', Option: 'Other' }]]]);
      expect(linesOf(plain)).toEqual([[undefined, undefined], [undefined, undefined], [undefined, undefined]]);
      expect([made.ok && made.value['BrandingThemeID'], plain.ok && 'BrandingThemeID' in plain.value]).toEqual(['b', false]);
    }
  });
  it('a payment', async () => {
    const payment = { paymentId: 'pi_1', aliases: [], gateway: '', amount: money('12.34', 'CAD'), paidAt: '2026-11-02T10:00:00Z' };
    const made = await run('payment-to-xero-payment', payment, { params: { invoiceId: contactId, orderKey: 'SHP-1001', date: '2026-11-02', baseCurrency: 'USD', rate: '1.38' } });
    expect(made.ok ? made.value : made.failure).toEqual({ Invoice: { InvoiceID: contactId }, Account: { Code: '094' }, Date: '2026-11-02', Amount: 12.34, Reference: 'SHP-1001/pi_1', CurrencyRate: 1.38 });
    const of = { invoiceId: contactId as unknown as XeroInvoiceId, amount: payment.amount, reference: 'SHP-1001/pi_1' };
    const draft = (over: object, asked: object = {}) => paymentDraft({ ...(made.ok ? made.value : {}), ...over }, { ...of, ...asked });
    expect(draft({})).toMatchObject({ ok: true, value: { accountCode: '094', date: '2026-11-02', reference: 'SHP-1001/pi_1' } });
    // What a payment is found again by, and what it pays, no document decides.
    for (const [over, field] of [[{ Reference: 'mine' }, 'Reference'], [{ Invoice: { InvoiceID: 'x' } }, 'Invoice.InvoiceID'], [{ Account: {} }, 'Account.Code'], [{ Date: 'x' }, 'Date']] as const) expect(draft(over)).toMatchObject({ ok: false, failure: { code: 'document-rejected', field } });
    expect(draft({ Amount: 12.35 })).toMatchObject({ ok: false, failure: { code: 'totals-do-not-add-up', field: 'Amount', value: '12.35' } });
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
