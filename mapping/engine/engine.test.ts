import fc from 'fast-check';
import { createCatalogue } from '../catalogue/catalogue';
import { Schema } from '../catalogue/schema';
import { parseMapping } from '../document/document';
import { compileMapping } from './compile';
import { abbreviate, fitText } from './fit';
import { runMapping } from './run';
import { type MappingInput, type MappingResult } from './state';
import { fieldLengths, gpText, type GpField } from '../../connectors/gp/gp-text';
import { linePrice as referenceLinePrice } from './line-price.test-data';
import { money, moneyText } from '../../canonical/money';
import { linePrice } from './price';

const catalogue = createCatalogue([
  Schema.parse({ id: 'test.source', system: 'test', systemName: 'Test', title: 'A source', roles: ['source'], open: true, origin: 'test', fields: [] }),
  Schema.parse({ id: 'test.target', system: 'gp', systemName: 'GP', title: 'A target', roles: ['target'], origin: 'test', codePage: 'windows-1252', fields: [
    { path: 'name', type: 'text', length: 12 }, { path: 'code', type: 'text', length: 5 }, { path: 'rate', type: 'decimal', decimals: 5 }, { path: 'net', type: 'money' }, { path: 'on', type: 'date' }, { path: 'at', type: 'instant' },
    { path: 'count', type: 'whole' }, { path: 'kind', type: 'text', enum: ['a', 'b'] }, { path: 'flag', type: 'boolean' }, { path: 'lines', type: 'list' }, { path: 'lines[].item', type: 'text', length: 10, required: true }, { path: 'lines[].net', type: 'money' }, { path: 'total', type: 'money' },
  ], identities: [{ name: 'sum', left: '$total(lines.net)', right: 'total', field: 'total', says: 'The lines are not the total' }] }),
]);

const run = async (rules: object[], input: Partial<MappingInput> & { source: unknown }, more: object = {}): Promise<MappingResult> => {
  const parsed = parseMapping({ format: 'tieout-mapping/1', name: 'test-map', title: 't', version: 1, expressions: 'jsonata@2.2.2', source: 'test.source', target: 'test.target', currency: 'currency', rules, ...more });
  if (!parsed.ok) throw new Error(parsed.failure.message);
  const compiled = compileMapping(parsed.value, catalogue);
  if (!compiled.ok) return { ok: false, failure: compiled.failure, hold: false, warnings: [], explanations: [], document: { name: 'test-map', version: 1 } };
  return runMapping(compiled.value, input, { explain: true });
};
const value = (r: MappingResult): unknown => { if (!r.ok) throw new Error(`${r.failure.code}: ${r.failure.message}`); return r.value; };
const code = (r: MappingResult): string => (r.ok ? 'ok' : r.failure.code);

describe('value rules', () => {
  it('the first rule that gives a value wins; later ones stand in; blanks count as nothing', async () => {
    const rules = [{ kind: 'direct', to: 'name', from: ['company', 'person'] }, { kind: 'constant', to: 'name', value: 'Web customer' }];
    expect(value(await run(rules, { source: { company: ' ', person: 'Ann' } }))).toEqual({ name: 'Ann' });
    expect(value(await run(rules, { source: {} }))).toEqual({ name: 'Web customer' });
  });
  it.each([
    ['dd/MM/yyyy', { type: 'date', from: 'dd/MM/yyyy' }, 'on', '03/02/2026', '2026-02-03'], ['an instant in a zone', { type: 'date', from: 'instant', zone: 'Pacific/Auckland' }, 'on', '2026-01-31T11:30:00Z', '2026-02-01'],
    ['wall time to UTC', { type: 'instant', zone: 'America/New_York' }, 'at', '2026-07-01T10:00:00', '2026-07-01T14:00:00.000Z'], ['Xero\'s dates', { type: 'date', from: 'xero' }, 'on', '/Date(1573755038314+0000)/', '2019-11-14'],
    ['GP\'s blank date', { type: 'date', from: 'iso', blank: ['1900-01-01'] }, 'on', '1900-01-01 00:00:00.000', undefined], ['thousands', { type: 'decimal', thousands: ',' }, 'rate', '1,234.50', '1234.5'], ['a comma', { type: 'decimal', point: ',', thousands: '.' }, 'rate', '1.234,5', '1234.5'],
    ['yes and no', { type: 'boolean', true: ['Y'], false: ['N'] }, 'flag', 'Y', true], ['enum', { type: 'enum', map: { paid: 'a', open: 'b' } }, 'kind', 'paid', 'a'], ['a segment', { type: 'segment', separator: '-', part: 2 }, 'code', '000-1100-00', '1100'],
    ['rounding', { type: 'round', decimals: 2 }, 'rate', '2.165', '2.17'], ['digits', [{ type: 'digits' }, { type: 'whole' }], 'count', '+1 (55) 5', 1555], ['money', { type: 'money' }, 'net', '12.50', { minor: '1250', currency: 'USD' }],
  ])('converts %s', async (_name, as, to, from, wanted) => {
    expect((value(await run([{ kind: 'direct', to, from: 'v', as }, { kind: 'constant', to: 'total', value: '0', when: { field: 'never', filled: true } }], { source: { v: from, currency: 'USD' } })) as Record<string, unknown>)[to]).toEqual(wanted);
  });
  it.each([
    ['no date', 'on', { type: 'date', from: 'dd/MM/yyyy' }, '31/02/2026', 'value-unusable'], ['no number', 'rate', { type: 'decimal' }, 'ten', 'value-unusable'], ['too many decimals', 'net', undefined, '1.005', 'money-invalid'], ['not in the enum', 'kind', { type: 'enum', map: { x: 'a' } }, 'y', 'value-unusable'],
    ['not in the target\'s enum', 'kind', undefined, 'c', 'value-unusable'], ['an object for text', 'name', undefined, { a: '1' }, 'value-unusable'], ['a float', 'rate', undefined, 0.1, 'value-unusable'],
  ])('%s is a failure with rule, field and value', async (_name, to, as, v, wanted) => {
    const result = await run([{ kind: 'direct', to, from: 'v', ...(as ? { as } : {}) }], { source: { v, currency: 'USD' } });
    expect(result.ok ? {} : result.failure).toMatchObject({ code: wanted, field: to, causes: ['test-map version 1, rule 1'] });
    expect(result.ok ? '' : result.failure.value).toContain(typeof v === 'object' ? 'a' : String(v).slice(0, 3));
  });
  it('a rule table: the first row that holds', async () => {
    const rules = [{ kind: 'table', to: 'code', rows: [{ when: { field: 'tracking.Project', is: 'Project A' }, value: '100' }, { when: { field: 'amount', above: '1000' }, from: 'own' }], otherwise: { value: '000' } }];
    expect(value(await run(rules, { source: { tracking: { Project: 'Project A' }, amount: '5000', own: '9' } }))).toEqual({ code: '100' });
    expect(value(await run(rules, { source: { amount: '5000', own: '9' } }))).toEqual({ code: '9' });
    const other = await run(rules, { source: {} });
    expect([value(other), other.explanations[0]?.because]).toEqual([{ code: '000' }, 'rule 1: no row of its table held']);
  });
  it('required and missing is a named failure, a default is not', async () => {
    expect(code(await run([{ kind: 'direct', to: 'name', from: 'x', required: true }], { source: {} }))).toBe('field-missing');
    expect(value(await run([{ kind: 'direct', to: 'name', from: 'x', default: 'none' }], { source: {} }))).toEqual({ name: 'none' });
    expect(code(await run([{ kind: 'lines', to: 'lines', from: 'l', rules: [{ kind: 'direct', to: 'item', from: 'sku' }] }], { source: { l: [{}] } }))).toBe('field-missing');
  });
  it('text: a key never changes, free text is shortened with a warning, and nothing is cut in silence', async () => {
    const long = 'International Widgets';
    expect(code(await run([{ kind: 'direct', to: 'name', from: 'v' }], { source: { v: long } }))).toBe('text-unusable');
    expect(code(await run([{ kind: 'direct', to: 'code', from: 'v', fit: 'key' }], { source: { v: 'é ' } }))).toBe('text-unusable');
    const free = await run([{ kind: 'direct', to: 'name', from: 'v', fit: 'free' }], { source: { v: `Łódź ${long}` } });
    expect([value(free), free.warnings]).toEqual([{ name: 'Ldz Intrntn~' }, [expect.stringContaining('was written as "Lódz'), expect.stringContaining('was shortened')]]);
    expect(value(await run([{ kind: 'direct', to: 'code', from: 'v', fit: 'tail' }], { source: { v: 'pi_123456' } }))).toEqual({ code: '23456' });
  });
});

describe('lookups', () => {
  const rules = (noMatch: object): object[] => [{ kind: 'lookup', to: 'code', lookup: 'acc', key: 'sku', take: 'account', noMatch }];
  const lookups = { acc: { kind: 'live', table: 'gp.items', key: ['sku'], noMatch: { policy: 'error' }, maxAgeSeconds: 60 } };
  const tables = { 'gp.items': { rows: [{ sku: 'A', account: '4100' }], ageSeconds: 5 } };
  it.each([['error', 'lookup-no-match', false], ['hold', 'lookup-no-match', true]])('%s', async (policy, wanted, hold) => {
    const result = await run(rules({ policy }), { source: { sku: 'B' }, tables }, { lookups });
    expect([code(result), !result.ok && result.hold, !result.ok && result.failure.value]).toEqual([wanted, hold, 'B']);
  });
  it('source, blank, default; and the row it came from', async () => {
    expect(value(await run(rules({ policy: 'source' }), { source: { sku: 'B' }, tables }, { lookups }))).toEqual({ code: 'B' });
    expect(value(await run(rules({ policy: 'blank' }), { source: { sku: 'B' }, tables }, { lookups }))).toEqual({});
    expect(value(await run(rules({ policy: 'default', value: '9' }), { source: { sku: 'B' }, tables }, { lookups }))).toEqual({ code: '9' });
    const found = await run(rules({ policy: 'error' }), { source: { sku: 'A' }, tables }, { lookups });
    expect([value(found), found.explanations[0]?.because]).toEqual([{ code: '4100' }, 'rule 1: lookup acc, row 1 for A']);
  });
  it('a table that is too old or did not come in holds', async () => {
    expect(code(await run(rules({ policy: 'blank' }), { source: { sku: 'A' }, tables: { 'gp.items': { rows: [], ageSeconds: 61 } } }, { lookups }))).toBe('lookup-outdated');
    expect(await run(rules({ policy: 'blank' }), { source: { sku: 'A' } }, { lookups })).toMatchObject({ ok: false, hold: true, failure: { code: 'lookup-outdated' } });
  });
  it('static: exact, pattern and range', async () => {
    const statics = { exact: { kind: 'static', match: 'exact', ignoreCase: true, noMatch: { policy: 'blank' }, rows: [{ key: 'net 30', value: 'N30' }] }, pattern: { kind: 'static', match: 'pattern', noMatch: { policy: 'blank' }, rows: [{ pattern: '^SKU-\\d+$', value: 'GOODS' }] }, range: { kind: 'static', match: 'range', noMatch: { policy: 'blank' }, rows: [{ below: '100', value: 'LOW' }, { from: '100', value: 'HIGH' }] } };
    const by = async (lookup: string, v: string): Promise<unknown> => value(await run([{ kind: 'lookup', to: 'code', lookup, key: 'v' }], { source: { v } }, { lookups: statics }));
    expect([await by('exact', ' NET 30 '), await by('pattern', 'SKU-12'), await by('range', '99.99'), await by('range', '100'), await by('range', 'x')]).toEqual([{ code: 'N30' }, { code: 'GOODS' }, { code: 'LOW' }, { code: 'HIGH' }, {}]);
  });
});

describe('lines', () => {
  const source = { currency: 'USD', total: '30.00', items: [{ sku: 'KIT', amount: '10.00' }, { sku: 'B', amount: '20.00' }] };
  const total = { kind: 'direct', to: 'total', from: 'total' };
  it('one row per element, with rules of its own, and rows without a source', async () => {
    const rules = [total, { kind: 'lines', to: 'lines', from: 'items', as: 'line', where: { field: 'sku', isNot: 'B' }, rules: [{ kind: 'expression', to: 'item', expression: 'sku & "-" & $rowNumber' }, { kind: 'direct', to: 'net', from: 'amount' }] },
      { kind: 'lines', to: 'lines', rules: [{ kind: 'constant', to: 'item', value: 'FEE' }, { kind: 'constant', to: 'net', value: '20.00' }] }];
    expect(value(await run(rules, { source }))).toMatchObject({ lines: [{ item: 'KIT-1', net: { minor: '1000' } }, { item: 'FEE', net: { minor: '2000' } }] });
  });
  it('a row names values of its own, over those of the same name around it; outside they stay; what every object has is no named value', async () => {
    const rules = [
      { kind: 'constant', to: '$mark', value: 'outer' },
      { kind: 'lines', to: 'lines', from: 'items', rules: [{ kind: 'direct', to: '$mark', from: 'own' }, { kind: 'expression', to: 'item', expression: '$mark' }, { kind: 'constant', to: 'net', value: '1' }] },
      { kind: 'expression', to: 'name', expression: '$mark' }, { kind: 'expression', to: 'code', expression: '$constructor' }, { kind: 'constant', to: 'total', value: '2' },
    ];
    const made = value(await run(rules, { source: { currency: 'USD', items: [{ own: 'inner' }, {}] } }));
    expect(made).toMatchObject({ name: 'outer', lines: [{ item: 'inner' }, { item: 'outer' }] });
    expect(made).not.toHaveProperty('code');
  });
  it('the target\'s own arithmetic is proven', async () => {
    expect(await run([total, { kind: 'lines', to: 'lines', from: 'items[0]', rules: [{ kind: 'direct', to: 'item', from: 'sku' }, { kind: 'direct', to: 'net', from: 'amount' }] }], { source })).toMatchObject({ ok: false, failure: { code: 'totals-do-not-add-up', message: 'The lines are not the total: 10 is not 30.' } });
  });
  it('a kit becomes its components, and not a cent is lost', async () => {
    const rule = { kind: 'split', to: 'lines', from: 'items', parts: { lookup: 'kits', key: 'sku' }, amounts: { net: 'amount' }, weight: 'share', rules: [{ kind: 'expression', to: 'item', expression: '$exists($part.item) ? $part.item : sku' }, { kind: 'direct', to: 'net', from: '$share.net' }] };
    const kits = { kits: { kind: 'static', match: 'exact', noMatch: { policy: 'blank' }, rows: ['X', 'Y', 'Z'].map((item) => ({ key: 'KIT', value: { item, share: '1' } })) } };
    const result = value(await run([total, rule], { source }, { lookups: kits })) as { lines: { item: string; net: { minor: string } }[] };
    expect(result.lines.map((l) => `${l.item} ${l.net.minor}`)).toEqual(['X 334', 'Y 333', 'Z 333', 'B 2000']);
    await fc.assert(fc.asyncProperty(fc.bigInt({ min: 0n, max: 10_000_000n }), fc.array(fc.nat(50).map(String), { minLength: 1, maxLength: 6 }), async (minor, shares) => {
      const amount = moneyText({ minor: String(minor), currency: 'USD' });
      const parts = { kits: { kind: 'static', match: 'exact', noMatch: { policy: 'blank' }, rows: shares.map((share, i) => ({ key: 'KIT', value: { item: `P${i}`, share } })) } };
      expect(code(await run([{ ...total, from: 'items.amount' }, rule], { source: { currency: 'USD', items: [{ sku: 'KIT', amount }] } }, { lookups: parts }))).toBe('ok');
    }), { numRuns: 40 });
  });
  it('groups and adds up; shares out; rounds with a line of its own', async () => {
    const taxes = { currency: 'USD', stated: '7.01', taxes: [{ code: 'T1', amount: '2.00' }, { code: 'T2', amount: '1.00' }, { code: 'T1', amount: '4.00' }] };
    const rules = [{ kind: 'group', to: 'lines', from: 'taxes', by: { code: 'code' }, sum: { amount: 'amount' }, rules: [{ kind: 'direct', to: 'item', from: 'code' }, { kind: 'direct', to: 'net', from: 'amount' }] },
      { kind: 'rounding', to: 'lines', stated: 'stated', computed: '$total(taxes.amount)', tolerance: '0.05', rules: [{ kind: 'constant', to: 'item', value: 'ROUND' }, { kind: 'direct', to: 'net', from: '$difference' }] }, { kind: 'direct', to: 'total', from: 'stated' }];
    expect(value(await run(rules, { source: taxes }))).toMatchObject({ lines: [{ item: 'T1', net: { minor: '600' } }, { item: 'T2' }, { item: 'ROUND', net: { minor: '1' } }] });
    expect(code(await run(rules, { source: { ...taxes, stated: '7.06' } }))).toBe('totals-do-not-add-up');
    const shares = await run([{ kind: 'allocate', to: '$shares', amount: '"10.00"', over: 'taxes', weight: 'amount', decimals: 2 }, { kind: 'expression', to: 'name', expression: '$join($shares, "")' }], { source: taxes });
    expect((value(shares) as { name: string }).name).toBe('2.861.435.71');
  });
});

describe('what is like what GP\'s connector does', () => {
  const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 80 }), fc.string({ maxLength: 120 }), fc.constantFrom('東京', 'Łukasz  Żak', '  ', '👩‍👩‍👧 & co'));
  it('code page and abbreviation', () => {
    fc.assert(fc.property(text, fc.constantFrom(...(Object.keys(fieldLengths) as GpField[])), (t, field) => {
      const warnings: string[] = [];
      expect({ ...fitText({ place: { name: field, length: fieldLengths[field], codePage: 'windows-1252', system: 'GP' }, fit: 'free', text: t }, (w) => warnings.push(w)), warnings }).toEqual(gpText(field, t));
    }));
    expect(abbreviate('International Widgets', 12)).toHaveLength(12);
  });
  it('unit prices', () => {
    const cents = fc.integer({ min: 0, max: 500_000 });
    fc.assert(fc.property(fc.integer({ min: 1, max: 999 }), cents, cents, cents, (quantity, unit, discount, net) => {
      const [d, n] = [money(moneyText({ minor: String(discount), currency: 'USD' }), 'USD'), money(moneyText({ minor: String(net), currency: 'USD' }), 'USD')];
      const theirs = referenceLinePrice({ quantity: String(quantity), unitPrice: String(unit / 100), discount: d, net: n });
      const ours = linePrice({ quantity: String(quantity), unitPrice: String(unit / 100), discount: moneyText(d), net: moneyText(n), decimals: 5, productDecimals: 2 });
      expect([ours.quantity, ours.unitPrice, ours.markdown]).toEqual([theirs.quantity, theirs.unitPrice, theirs.markdown]);
    }));
  });
});

it('any JSON ends as a document or a named failure', async () => {
  const rules = [{ kind: 'direct', to: 'name', from: 'a.b', fit: 'free' }, { kind: 'expression', to: 'code', expression: '$uppercase(a.c)' }, { kind: 'direct', to: 'on', from: 'd', as: { type: 'date' } }, { kind: 'lines', to: 'lines', from: 'l', rules: [{ kind: 'direct', to: 'item', from: 'x', fit: 'cut', default: '-' }, { kind: 'direct', to: 'net', from: 'n' }] }, { kind: 'expression', to: '$slow', expression: '$map(l, function($v){ $v.x })' }];
  const key = fc.constantFrom('a', 'b', 'c', 'd', 'l', 'x', 'n', '__proto__', 'currency');
  const json = fc.letrec((tie) => ({ v: fc.oneof({ depthSize: 'medium', withCrossShrink: true }, fc.jsonValue({ maxDepth: 1 }), fc.constantFrom('1.50', 'USD', '2026-01-31'), fc.array(tie('v'), { maxLength: 3 }), fc.dictionary(key, tie('v'), { maxKeys: 5 })) })).v;
  await fc.assert(fc.asyncProperty(json, async (source) => {
    const result = await run(rules, { source });
    expect(result.ok || (result.failure.message.length > 5 && result.failure.fix.length > 5)).toBe(true);
    expect(JSON.stringify(result)).toBe(JSON.stringify(await run(rules, { source })));
  }), { numRuns: 300 });
});
