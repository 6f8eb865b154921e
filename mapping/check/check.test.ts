import { discoverFields, withCustomFields } from '../catalogue/custom';
import { standardCatalogue } from '../catalogue/standard';
import { parseMapping, type MappingDocument } from '../document/document';
import { type Table } from '../engine/state';
import { checkMapping } from './check';

const catalogue = standardCatalogue();
function document(target: string, rules: object[], more: object = {}): MappingDocument {
  const parsed = parseMapping({ format: 'tieout-mapping/1', name: 'test-map', title: 't', version: 1, expressions: 'jsonata@2.2.2', source: 'canonical.sales-order', target, currency: 'currency', rules, ...more });
  if (!parsed.ok) throw new Error(parsed.failure.message);
  return parsed.value;
}
/** `level code rule field` of each finding, but those about required fields and missing tests, which these cut-down documents all have. */
function findings(target: string, rules: object[], more: { head?: object; tables?: Record<string, Table>; required?: boolean } = {}): string[] {
  return checkMapping(document(target, rules, more.head), catalogue, more.tables ? { tables: more.tables } : {}).filter((f) => f.code !== 'no-tests' && (more.required || f.code !== 'required-unfilled')).map((f) => `${f.level} ${f.code} ${f.rule} ${f.field}`);
}
const line = (rules: object[]): object => ({ kind: 'lines', to: 'LineItems', from: 'lines', rules });

describe('check without data', () => {
  it('names fields that neither side has, with the nearest', () => {
    expect(findings('xero.contact', [{ kind: 'direct', to: 'Name', from: 'customer.nme', fit: 'free' }, { kind: 'direct', to: 'EmailAdress', from: 'customer.email' }])).toEqual(['error unknown-field 1 customer.nme', 'error unknown-field 2 EmailAdress']);
    expect(checkMapping(document('xero.contact', [{ kind: 'direct', to: 'EmailAdress', from: 'customer.email' }]), catalogue)[0]?.fix).toContain('perhaps "EmailAddress"');
  });
  it('looks inside lists, filters, conditions and expressions, and leaves what it cannot tell', () => {
    expect(findings('xero.invoice', [line([{ kind: 'direct', to: 'Description', from: 'description', fit: 'free' }, { kind: 'direct', to: 'ItemCode', from: 'skuu', fit: 'key' }, { kind: 'expression', to: 'TaxType', expression: 'taxes[nme = "x"].name' }]),
      { kind: 'constant', to: 'Type', value: 'ACCREC', when: { field: 'totals.grand', above: '0' } }, { kind: 'expression', to: 'Reference', expression: '$map(lines, function($l){ $l.whatever })[0]' }]).filter((f) => f.includes('unknown')))
      .toEqual(['error unknown-field 1.2 lines[].skuu', 'error unknown-field 1.3 lines[].taxes[].nme', 'error unknown-field 2 totals.grand']);
  });
  it('knows names and parameters', () => {
    expect(findings('xero.contact', [{ kind: 'expression', to: 'Name', expression: '$params.name & $later' }, { kind: 'direct', to: '$later', from: 'note' }], { head: { parameters: { number: { type: 'text' } } } })).toEqual(['error unknown-name 1 $params.name', 'error unknown-name 1 $later']);
  });
  it('tells types that do not fit, unless they are converted', () => {
    expect(findings('xero.invoice', [{ kind: 'direct', to: 'Date', from: 'placedAt' }, { kind: 'direct', to: 'DueDate', from: 'placedAt', as: { type: 'date', from: 'instant', zone: 'UTC' } }, { kind: 'direct', to: 'CurrencyRate', from: 'note' }, { kind: 'direct', to: 'SentToContact', from: 'test' }])).toEqual(['error type-mismatch 1 Date', 'error type-mismatch 3 CurrencyRate']);
  });
  it('tells required fields that nothing fills, only in what is written', () => {
    expect(findings('gp.cash-receipt', [{ kind: 'constant', to: 'taRMCashReceiptInsert.CUSTNMBR', value: 'A' }], { required: true }).filter((f) => f.includes('required'))).toEqual(['DOCNUMBR', 'DOCDATE', 'ORTRXAMT', 'GLPOSTDT', 'BACHNUMB', 'CSHRCTYP'].map((f) => `error required-unfilled – taRMCashReceiptInsert.${f}`));
  });
  it('tells rules and rows that are never reached', () => {
    expect(findings('xero.contact', [{ kind: 'constant', to: 'Name', value: 'x' }, { kind: 'direct', to: 'Name', from: 'customer.name', fit: 'free' }, { kind: 'table', to: 'ContactNumber', rows: [{ when: { field: 'note', is: 'a' }, value: '1' }, { when: { field: 'note', is: 'a' }, value: '2' }] }, { kind: 'lookup', to: 'AccountNumber', lookup: 'bands', key: 'totals.total' }],
      { head: { lookups: { bands: { kind: 'static', match: 'range', noMatch: { policy: 'blank' }, rows: [{ below: '100', value: 'LOW' }, { from: '10', below: '50', value: 'DEAD' }, { from: '100', value: 'HIGH' }] } } } })).toEqual(['error unreachable-rule 2 Name', 'error unreachable-rule 3 ContactNumber', 'error unreachable-rule – lookups.bands']);
    expect(findings('xero.contact', [{ kind: 'constant', to: 'Name', value: 'x', when: { field: 'paymentState', is: 'payed' } }])).toEqual(['error unreachable-rule 1 paymentState']);
  });
  it('tells enum values without a word, on both sides', () => {
    expect(findings('xero.invoice', [{ kind: 'direct', to: 'Status', from: 'paymentState', as: { type: 'enum', map: { paid: 'PAID', pending: 'OPEN' } } }])).toEqual(['error enum-unmapped 1 paymentState', 'error enum-unmapped 1 Status']);
  });
  it('tells text that will be cut, unknown lookups and fields that are Xero\'s own', () => {
    expect(findings('gp.customer', [{ kind: 'direct', to: 'taUpdateCreateCustomerRcd.CUSTNAME', from: 'customer.name' }, { kind: 'constant', to: 'taUpdateCreateCustomerRcd.CUSTCLAS', value: 'A CLASS THAT IS FAR TOO LONG' }, { kind: 'lookup', to: 'taUpdateCreateCustomerRcd.PYMTRMID', lookup: 'terms', key: 'terms.name' }])).toEqual(expect.arrayContaining(['warning text-cut 1 taUpdateCreateCustomerRcd.CUSTNAME', 'error text-cut 2 taUpdateCreateCustomerRcd.CUSTCLAS', 'error lookup-unknown 3 taUpdateCreateCustomerRcd.PYMTRMID']));
    expect(findings('xero.invoice', [{ kind: 'constant', to: 'HasErrors', value: true }, { kind: 'constant', to: 'HasAttachments', value: true }])).toContain('error read-only 2 HasAttachments');
  });
  it('says which rule cannot be compiled', () => {
    expect(findings('xero.contact', [{ kind: 'expression', to: 'Name', expression: 'a[' }])).toEqual(['error mapping-invalid – Name']);
  });
});

describe('the bookkeeper\'s look', () => {
  it('tax modes that contradict each other', () => {
    const amounts = (mode: string): object[] => [{ kind: 'constant', to: 'LineAmountTypes', value: mode }, line([{ kind: 'direct', to: 'Description', from: 'description', fit: 'free' }, { kind: 'direct', to: 'LineAmount', from: 'net' }, { kind: 'expression', to: 'TaxAmount', expression: '$total(taxes.amount)' }])];
    expect(findings('xero.invoice', amounts('Exclusive'))).toEqual([]);
    expect(findings('xero.invoice', amounts('Inclusive'))).toEqual(['error tax-mode-mixed 1 LineAmountTypes']);
    expect(findings('xero.invoice', amounts('NoTax'))).toEqual(['error tax-mode-mixed 2.3 LineItems[].TaxAmount']);
    const header = (more: object[]): string[] => findings('gp.sales-transaction', [{ kind: 'lines', to: 'taSopLineIvcInsert_Items', from: 'lines', rules: [{ kind: 'expression', to: 'TAXAMNT', expression: '$total(taxes.amount)' }] }, ...more]).filter((f) => f.includes('tax-mode'));
    expect(header([])).toEqual(['error tax-mode-mixed 1.1 taSopLineIvcInsert_Items[].TAXAMNT']);
    expect(header([{ kind: 'constant', to: 'taSopHdrIvcInsert.CREATETAXES', value: 1 }, { kind: 'lines', to: 'taSopLineIvcTaxInsert_Items', from: 'lines.taxes', rules: [{ kind: 'direct', to: 'STAXAMNT', from: 'amount' }] }])).toEqual(['error tax-mode-mixed 2 taSopHdrIvcInsert.CREATETAXES']);
  });
  it('sums that nothing can make', () => {
    expect(findings('gp.sales-transaction', [{ kind: 'lines', to: 'taSopLineIvcInsert_Items', from: 'lines', rules: [{ kind: 'direct', to: 'XTNDPRCE', from: 'net' }] }])).toEqual(['error line-sums – taSopHdrIvcInsert.SUBTOTAL']);
  });
  it('accounts of the wrong class, by the chart or by the lookup\'s own word', () => {
    const rules = [{ kind: 'constant', to: 'LineAmountTypes', value: 'Exclusive' }, line([{ kind: 'direct', to: 'Description', from: 'description', fit: 'free' }, { kind: 'table', to: 'AccountCode', rows: [{ when: { field: 'kind', is: 'tip' }, value: '826' }], otherwise: { value: '400' } }])];
    expect(findings('xero.invoice', rules, { tables: { 'xero.accounts': { rows: [{ code: '826', class: 'LIABILITY' }, { code: '400', class: 'EXPENSE' }] } } })).toEqual(['error account-class 2.2 LineItems[].AccountCode']);
    expect(findings('xero.invoice', rules)).toEqual([]);
  });
  it('journals that do not balance', () => {
    const rows = (debit: string, credit: string): object[] => [['DEBITAMT', debit], ['CRDTAMNT', credit]].map(([to, value]) => ({ kind: 'lines', to: 'taGLTransactionLineInsert_Items', rules: [{ kind: 'constant', to, value }] }));
    const journal = (rules: object[]): string[] => findings('gp.journal', rules).filter((f) => f.includes('journal'));
    expect(journal(rows('10.00', '10'))).toEqual([]);
    const own = (more: object[]): string[] => findings('gp.sales-transaction', [{ kind: 'lines', to: 'taSopDistribution_Items', from: 'lines', rules: [{ kind: 'direct', to: 'DEBITAMT', from: 'net' }, { kind: 'direct', to: 'CRDTAMNT', from: 'discount' }] }, ...more]).filter((f) => f.includes('journal'));
    expect(own([])).toEqual(['warning journal-unbalanced – taSopDistribution_Items']);
    expect(own([{ kind: 'check', code: 'totals-do-not-add-up', equal: ['$total($made.taSopDistribution_Items.DEBITAMT)', '$total($made.taSopDistribution_Items.CRDTAMNT)'], message: 'm', fix: 'f' }])).toEqual([]);
    expect(journal(rows('10.00', '9.99'))).toEqual(['error journal-unbalanced – taGLTransactionLineInsert_Items']);
    expect(journal(rows('10.00', '10').slice(0, 1))).toEqual(['error journal-unbalanced – taGLTransactionLineInsert_Items']);
    expect(findings('xero.manual-journal', ['5.00', '-4.00'].map((value) => ({ kind: 'lines', to: 'JournalLines', rules: [{ kind: 'constant', to: 'LineAmount', value }] })))).toEqual(['error journal-unbalanced – JournalLines']);
  });
});

it('fields of an installation can be found in a document and become known', () => {
  const shopify = catalogue.schema('shopify.order');
  if (!shopify) throw new Error('no schema');
  const found = discoverFields(shopify, { id: 1, metafields: [{ key: 'x', value: '1.50' }], 'my plugin': { on: true } });
  expect(found.map((f) => `${f.path} ${f.type}`)).toEqual(['metafields list', 'metafields[].key text', 'metafields[].value decimal', '`my plugin` object', '`my plugin`.on boolean']);
  const mine = document('xero.contact', [{ kind: 'direct', to: 'ContactNumber', from: 'metafields.key', fit: 'key' }], { source: 'shopify.order' });
  const codes = (c: typeof catalogue): string[] => checkMapping(mine, c).filter((f) => f.code === 'unknown-field').map((f) => `${f.level} ${f.field}`);
  expect(codes(catalogue)).toEqual(['warning metafields']);
  expect(codes(withCustomFields(catalogue, 'shopify.order', found))).toEqual([]);
});
