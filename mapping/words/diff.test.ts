import { parseMapping, type MappingDocument } from '../document/document';
import { diffMappings } from './diff';

function document(over: object = {}): MappingDocument {
  const parsed = parseMapping({
    format: 'tieout-mapping/1', name: 'test-map', title: 't', version: 1, expressions: 'jsonata@2.2.2', source: 'canonical.sales-order', target: 'xero.contact',
    lookups: { terms: { kind: 'static', match: 'exact', noMatch: { policy: 'hold' }, rows: [{ key: 'net 30', value: 'N30' }, { key: 'net 60', value: 'N60' }] } },
    rules: [{ kind: 'direct', to: 'Name', from: 'customer.name', fit: 'free' }, { kind: 'table', id: 'department', to: 'AccountNumber', rows: [{ when: { field: 'channel', is: 'Project A' }, value: '100' }] }, { kind: 'lookup', to: 'TaxNumber', lookup: 'terms', key: 'terms.name' }], ...over,
  });
  if (!parsed.ok) throw new Error(parsed.failure.message);
  return parsed.value;
}
const says = (over: object): string[] => diffMappings(document(), document({ version: 2, ...over })).map((c) => `${c.kind}: ${c.says}`);

describe('what changed, in business words', () => {
  it('nothing, when only the version number is another', () => expect(says({})).toEqual([]));
  it('rules that came, went and changed', () => {
    expect(says({ rules: [{ kind: 'direct', to: 'Name', from: ['customer.company', 'customer.name'], fit: 'free' }, { kind: 'table', id: 'department', to: 'AccountNumber', rows: [{ when: { field: 'channel', is: 'Project A' }, value: '200' }] }, { kind: 'constant', to: 'ContactNumber', value: 'C1', when: { field: 'totals.total', above: '1000' } }] })).toEqual([
      'changed: rule 1: Name is what is in customer.company or else customer.name, made to fit (free). Before: Name is what is in customer.name, made to fit (free).',
      'changed: rule 2 (department): in the table for AccountNumber, new: "200" where channel is "Project A"; gone: "100" where channel is "Project A".',
      'added: new rule 3: ContactNumber is always "C1", only where totals.total is above 1000.',
      'removed: gone, was rule 3: TaxNumber is what the lookup "terms" gives for terms.name.',
    ]);
  });
  it('rows and policies of lookups', () => {
    expect(says({ lookups: { terms: { kind: 'static', match: 'exact', noMatch: { policy: 'default', value: 'N14' }, rows: [{ key: 'net 30', value: 'N31' }, { key: 'net 90', value: 'N90' }] } } })).toEqual([
      'changed: Lookup "terms": a value without a row takes "N14"; before, it waits for a person.', 'changed: Lookup "terms": "net 30" gives "N31" instead of "N30".', 'added: Lookup "terms": "net 90" now gives "N90".', 'removed: Lookup "terms": "net 60" has no row any more (was "N60").',
    ]);
  });
  it('an order of rules that decides', () => {
    const two = [{ kind: 'direct', to: 'Name', from: 'customer.name' }, { kind: 'direct', to: 'Name', from: 'customer.company' }];
    expect(diffMappings(document({ rules: two }), document({ rules: [...two].reverse() })).length).toBeGreaterThan(0);
  });
});
