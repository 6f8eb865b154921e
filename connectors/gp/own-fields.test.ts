import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { validateXML } from 'xmllint-wasm';
import { standardCatalogue } from '../../mapping/catalogue/standard';
import { isNested, type Rule } from '../../mapping/document/rules';
import { shippedMapping } from '../../mapping/documents/shipped';
import { parsePair, type Pair } from '../../mapping/pair';
import { applicationDraftOf, demoPair, gpOrderOf, orderDraftOf, receiptDraftOf, returnDraftOf } from '../../test/support/gp-drafts';
import { gpApplicationParams } from '../../mapping/pair-tables';
import { written } from './econnect-xml';
import { invoiceOf, line, orderOf } from './order.test-data';
import { type GpNodes, type GpRow } from './types';

const xsdPath = join(__dirname, '../../../shared/reference/gp/eConnect.xsd');
const withXsd = existsSync(xsdPath) ? it : it.skip;

/** Names that rules of kind "fields" take, by the group of the pair's settings, with a value of each one's type. */
function everyField(name: string): Record<string, Record<string, string | number>> {
  const document = shippedMapping(name);
  const schema = standardCatalogue().schema(document.target);
  const found: Record<string, Record<string, string | number>> = {};
  const walk = (rules: readonly Rule[], prefix: string): void => rules.forEach((rule) => {
    if (isNested(rule)) walk(rule.rules, `${prefix}${rule.to}${rule.kind === 'object' ? '' : '[]'}.`);
    if (rule.kind !== 'fields') return;
    const group = rule.from.split('.').pop() ?? '';
    for (const field of rule.names) {
      const type = schema?.fields.find((f) => f.path === `${prefix}${field}`)?.type;
      (found[group] ??= {})[field] = type === 'whole' ? 1 : type === 'decimal' ? '1' : type === 'date' || type === 'instant' ? '2026-11-02' : 'X';
    }
  });
  walk(document.rules, '');
  return found;
}

const withFields = (fields: object, more: object = {}): Pair => parsePair({ ...demoPair, gp: { ...demoPair.gp, ...more, fields } });
const docs = ['sales-order-to-gp-customer', 'sales-order-to-gp-order', 'payment-to-gp-receipt', 'payment-to-gp-application', 'invoice-to-gp-return'];
const all = docs.map(everyField).reduce((a, b) => Object.fromEntries([...new Set([...Object.keys(a), ...Object.keys(b)])].map((g) => [g, { ...a[g], ...b[g] }])));
const foreign = orderOf([line({ lineId: '1' }, 'EUR')], { currency: 'EUR', tags: ['a', 'b'], channel: 'web', note: 'n', shipTo: { name: 'S', line1: '9 Side St', countryCode: 'FR' } });
const settings = { also: ['order-date', 'note', 'comment', 'country-code'], userDefined: { USERDEF1: 'channel', USRDEF03: 'tags', USRDAT01: 'placedOn' },
  distributions: { order: [{ type: 2, account: '000-1200-00', side: 'debit', of: 'total' }, { type: 1, account: '000-4100-00', side: 'credit', of: 'total' }], return: [{ type: 2, account: '000-1200-00', side: 'credit', of: 'total' }, { type: 16, account: '000-4100-00', side: 'debit', of: 'total' }] } };
const { application, ...fields } = all;
const pair = withFields({ ...fields, application }, settings);

describe('whatever a pair names goes to GP in the order that its schema has', () => {
  const judge = async (contents: string) => (await validateXML({ xml: [{ fileName: 'document.xml', contents }], schema: [readFileSync(xsdPath, 'utf8')], maxMemoryPages: 4096 })).errors.map((e) => e.message);
  withXsd.each<[string, () => Promise<[type: string, nodes: GpNodes]>]>([
    ['an order with its customer', async () => ['SOPTransactionType', (await orderDraftOf(foreign, { rate: '0.92' }, pair)).nodes]],
    ['a receipt with its customer', async () => ['RMCashReceiptsType', (await receiptDraftOf({ rate: '0.92' }, pair)).nodes]],
    ['a return', async () => ['SOPTransactionType', (await returnDraftOf(invoiceOf({ rate: '0.92', salesperson: 'PAUL W.' }), {}, pair)).nodes]],
    ['an application', async () => ['RMApplyType', (await applicationDraftOf({ receipt: 'WR1', invoice: 'I1', amount: foreign.totals.total, date: '2026-11-03' }, 9, gpApplicationParams(pair))).nodes]],
  ])('%s', async (_what, make) => {
    const [type, nodes] = await make();
    expect(await judge(written(type, nodes))).toEqual([]);
    expect(Object.values(nodes).flatMap((n) => (Array.isArray(n) ? (n as GpRow[]) : [n as GpRow])).reduce((sum, row) => sum + Object.keys(row).length, 0)).toBeGreaterThan(type === 'RMApplyType' ? 13 : 100);
  });
  it('a name that the node does not take stops the order and is told; nothing of it vanishes', async () => {
    expect(await gpOrderOf(foreign, { rate: '0.92' }, withFields({ order: { SALESMAN: 'X' } }))).toMatchObject({ ok: false, failure: { code: 'value-unusable', field: 'taSopHdrIvcInsert.SALESMAN' } });
    expect(await gpOrderOf(foreign, { rate: '0.92' }, withFields({ order: { UPSZONE: 'FOUR' } }))).toMatchObject({ ok: false, failure: { code: 'text-unusable', field: 'UPSZONE' } });
    expect(() => withFields({ order: { DOCAMNT: true } })).toThrow('gp.fields.order.DOCAMNT');
  });
  it('what an order is found again by cannot be set', async () => {
    for (const name of ['SOPNUMBE', 'INTEGRATIONID', 'CUSTNMBR', 'CURNCYID', 'DOCAMNT', 'SUBTOTAL']) expect(await gpOrderOf(foreign, { rate: '0.92' }, withFields({ order: { [name]: 'X' } }))).toMatchObject({ ok: false, failure: { code: 'value-unusable' } });
  });
});
