import fc from 'fast-check';
import { createCatalogue } from '../catalogue/catalogue';
import { Schema } from '../catalogue/schema';
import { parseMapping } from '../document/document';
import { compileMapping, type CompiledMapping } from './compile';
import { runMapping } from './run';

const open = (id: string): Schema => Schema.parse({ id, system: 'any', systemName: 'Any', title: id, roles: ['source', 'target'], open: true, origin: 'test', fields: [] });
const catalogue = createCatalogue([open('any.source'), open('any.target')]);
function mapping(rules: object[], lookups: object = {}): CompiledMapping {
  const parsed = parseMapping({ format: 'tieout-mapping/1', name: 'one-way', title: 't', version: 1, expressions: 'jsonata@2.2.2', source: 'any.source', target: 'any.target', currency: '"USD"', rules, lookups });
  if (!parsed.ok) throw new Error(parsed.failure.message);
  const compiled = compileMapping(parsed.value, catalogue);
  if (!compiled.ok) throw new Error(compiled.failure.message);
  return compiled.value;
}
const value = async (m: CompiledMapping, source: unknown): Promise<Record<string, unknown>> => { const r = await runMapping(m, { source }); if (!r.ok) throw new Error(r.failure.message); return r.value; };

const terms = { 'net 30': 'N30', 'net 60': 'N60', 'on receipt': 'COD' };
const lookup = (back: boolean): object => ({ terms: { kind: 'static', match: 'exact', noMatch: { policy: 'error' }, rows: Object.entries(terms).map(([a, b]) => (back ? { key: b, value: a } : { key: a, value: b })) } });
const there = mapping([
  { kind: 'direct', to: 'on', from: 'date', as: { type: 'date', from: 'iso', to: 'dd/MM/yyyy' } }, { kind: 'lookup', to: 'terms', lookup: 'terms', key: 'terms' }, { kind: 'direct', to: 'amount', from: 'net', as: { type: 'money' } }, { kind: 'direct', to: 'hold', from: 'onHold', as: { type: 'flag' } },
  { kind: 'direct', to: 'seg1', from: 'account', as: { type: 'segment', separator: '-', part: 1 } }, { kind: 'direct', to: 'seg2', from: 'account', as: { type: 'segment', separator: '-', part: 2 } },
  { kind: 'lines', to: 'rows', from: 'lines', rules: [{ kind: 'direct', to: 'item', from: 'sku' }, { kind: 'expression', to: 'credit', expression: '$neg(net)' }] },
], lookup(false));
const back = mapping([
  { kind: 'direct', to: 'date', from: 'on', as: { type: 'date', from: 'dd/MM/yyyy' } }, { kind: 'lookup', to: 'terms', lookup: 'terms', key: 'terms' }, { kind: 'direct', to: 'net', from: 'amount', as: { type: 'amount' } }, { kind: 'direct', to: 'onHold', from: 'hold', as: { type: 'boolean', true: [1], false: [0] } }, { kind: 'join', to: 'account', from: ['seg1', 'seg2'], with: '-' },
  { kind: 'lines', to: 'lines', from: 'rows', rules: [{ kind: 'direct', to: 'sku', from: 'item' }, { kind: 'expression', to: 'net', expression: '$neg(credit)', as: { type: 'round', decimals: 2 } }] },
], lookup(true));

it('there and back keeps what both sides can hold: dates, terms, money, flags, account segments, lines', async () => {
  const day = fc.date({ min: new Date('1990-01-01'), max: new Date('2089-12-31'), noInvalidDate: true }).map((d) => d.toISOString().slice(0, 10));
  const cents = fc.integer({ min: -9_999_999, max: 9_999_999 });
  const two = (n: number): string => (n / 100).toFixed(2);
  const plain = (n: number): string => String(n / 100).replace(/^-0$/, '0');
  const key = fc.string({ unit: fc.constantFrom('A', 'B', '7', '0', 'Z'), minLength: 1, maxLength: 8 });
  await fc.assert(fc.asyncProperty(day, fc.constantFrom(...Object.keys(terms)), cents, fc.boolean(), fc.tuple(key, key), fc.array(fc.record({ sku: key, net: cents.map(plain) }), { minLength: 1, maxLength: 5 }), async (date, term, net, onHold, [a, b], lines) => {
    const source = { date, terms: term, net: two(net), onHold, account: `${a}-${b}`, lines };
    expect(await value(back, await value(there, source))).toEqual(source);
  }), { numRuns: 300 });
});
