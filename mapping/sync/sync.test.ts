import fc from 'fast-check';
import { type MasterFields, type MasterRecord, type MasterSystem, masterFields } from '../../canonical/master';
import { matchAll, Matcher, scoreOf } from './match';
import { plainName } from './normalise';
import { type Base, type Project, reconcile } from './reconcile';
import { rulesOf, SyncRules } from './rules';

const record = (system: MasterSystem, fields: MasterFields, over: Partial<MasterRecord> = {}): MasterRecord => ({ kind: 'customer', system, id: `${system}-1`, fields: { name: 'Adatum', ...fields }, state: 'active', version: '2026-11-01T00:00:00.000Z', ...over });
const plain: Project = (_field, value) => ({ value });
const look = (gp: MasterFields, xero: MasterFields, more: { base?: MasterFields | Base; rules?: object; project?: Project; newer?: MasterSystem } = {}): ReturnType<typeof reconcile> => {
  const base = more.base === undefined ? undefined : 'gp' in more.base && typeof more.base.gp === 'object' ? (more.base as Base) : { gp: { name: 'Adatum', ...(more.base as MasterFields) }, xero: { name: 'Adatum', ...(more.base as MasterFields) } };
  return reconcile({ kind: 'customer', gp: record('gp', gp, more.newer === 'gp' ? { version: '2026-11-09T00:00:00.000Z' } : {}), xero: record('xero', xero, more.newer === 'xero' ? { version: '2026-11-09T00:00:00.000Z' } : {}),
    ...(base ? { base } : {}), rules: rulesOf(SyncRules.parse(more.rules ? { customer: more.rules } : {}), 'customer'), project: more.project ?? plain });
};

describe('reconcile', () => {
  it.each([
    ['GP owns terms: its change goes to Xero', { terms: 'NET60' }, { terms: 'NET30' }, { terms: 'NET30' }, { write: 'xero', value: 'NET60', why: 'owner' }],
    ['Xero owns e-mail: its change goes to GP', { email: 'a@x.org' }, { email: 'b@x.org' }, { email: 'a@x.org' }, { write: 'gp', value: 'b@x.org', why: 'owner' }],
    ['a change by who does not own it is put back', { terms: 'NET30' }, { terms: 'NET60' }, { terms: 'NET30' }, { write: 'xero', value: 'NET30', why: 'restored' }],
    ['either side may change the phone', { phone: '1' }, { phone: '2' }, { phone: '1' }, { write: 'gp', value: '2', why: 'owner' }],
    ['both changed an owned field: the owner stands', { terms: 'A' }, { terms: 'B' }, { terms: 'C' }, { write: 'xero', value: 'A', why: 'owner' }],
    ['the owner cleared it: it is cleared there too', {}, { terms: 'NET30' }, { terms: 'NET30' }, { write: 'xero', value: undefined, why: 'owner' }],
  ] as [string, MasterFields, MasterFields, MasterFields, object][])('%s', (_name, gp, xero, base, wanted) => {
    const { decisions, conflicts } = look(gp, xero, { base });
    expect(conflicts).toEqual([]);
    expect(decisions).toEqual([expect.objectContaining(wanted)]);
  });
  it('both sides changed a shared field: a person sees both versions and what they agreed on; a choice or a policy decides', () => {
    const both = { base: { phone: '0' } };
    expect(look({ phone: '1' }, { phone: '2' }, both)).toMatchObject({ decisions: [], conflicts: [{ field: 'phone', label: 'phone', gp: '1', xero: '2', base: '0', why: 'both-changed' }] });
    expect(look({ phone: '1' }, { phone: '2' }, { ...both, rules: { bothChanged: 'newest' }, newer: 'xero' }).decisions).toMatchObject([{ write: 'gp', value: '2', why: 'newest' }]);
    expect(look({ terms: '1' }, { terms: '2' }, { base: { terms: '0' }, rules: { bothChanged: 'ask' } }).conflicts).toHaveLength(1);
    expect(look({ terms: '0' }, { terms: '2' }, { base: { terms: '0' }, rules: { foreignChange: 'ask' } }).conflicts).toMatchObject([{ why: 'foreign-change' }]);
    expect(reconcile({ kind: 'customer', gp: record('gp', { phone: '1' }), xero: record('xero', { phone: '2' }), base: { gp: { phone: '0', name: 'Adatum' }, xero: { phone: '0', name: 'Adatum' } }, rules: rulesOf({}, 'customer'), project: plain, choices: { phone: 'gp' } }).decisions).toMatchObject([{ write: 'xero', value: '1', why: 'chosen' }]);
  });
  it('at the first meeting the owner stands and blanks are filled', () => {
    expect(look({ terms: 'NET30' }, { terms: 'NET60', taxNumber: 'DE1' }).decisions).toMatchObject([{ field: 'taxNumber', write: 'gp', value: 'DE1', why: 'filled' }, { field: 'terms', write: 'xero', value: 'NET30' }]);
    expect(look({ phone: '1' }, { phone: '2' }).conflicts).toHaveLength(1);
  });
  it('what the other side cannot hold in full counts as agreed once it holds what it can', () => {
    const short: Project = (field, value, to) => (field === 'name' && to === 'gp' && value ? { value: value.slice(0, 8), ...(value.length > 8 ? { warning: 'name shortened for GP' } : {}) } : { value });
    expect(look({ name: 'Adatum C' }, { name: 'Adatum Corporation' }, { project: short }).decisions).toEqual([]);
    const changed = look({ name: 'Adatum' }, { name: 'Adatum Corporation' }, { base: {}, project: short, rules: { fields: { name: 'xero' } } });
    expect(changed).toMatchObject({ decisions: [{ write: 'gp', value: 'Adatum C' }], warnings: ['name shortened for GP'] });
  });
  it('what the other side cannot hold is left alone there; a value that people enter there instead is carried back, and never cleared away', () => {
    const short: Project = (field, value, to) => (field === 'mobile' && to === 'xero' && (value ?? '').length > 5 ? { value: undefined, warning: 'left alone' } : { value });
    const base: Base = { gp: { name: 'Adatum', mobile: '1234567' }, xero: { name: 'Adatum' } };
    expect(look({ mobile: '1234567' }, {}, { base, project: short }).decisions).toEqual([]);
    expect(look({ mobile: '1234567' }, { mobile: '99' }, { base, project: short }).decisions).toMatchObject([{ write: 'gp', value: '99' }]);
    expect(look({ mobile: '1234567' }, { mobile: '99' }, { base, project: short, rules: { fields: { mobile: 'gp' } } }).decisions).toEqual([]);
    const none: Project = (_field, value, to) => ({ value: to === 'xero' ? undefined : value });
    expect(look({ priceLevel: 'GOLD' }, {}, { base: {}, project: none, rules: { fields: { priceLevel: 'xero' }, fillBlank: false } }).decisions).toEqual([]);
  });
  it('is at rest after its own decisions were written, whatever the two sides held', () => {
    const fields = fc.dictionary(fc.constantFrom(...Object.keys(masterFields.customer)), fc.constantFrom('', 'a', 'b', 'c'));
    fc.assert(fc.property(fields, fields, fields, fields, (gp, xero, baseGp, baseXero) => {
      const first = look(gp, xero, { base: { gp: baseGp, xero: baseXero } });
      const after = { gp: { ...record('gp', gp).fields }, xero: { ...record('xero', xero).fields } };
      for (const d of first.decisions) { if (d.value === undefined) delete after[d.write][d.field]; else after[d.write][d.field] = d.value; }
      const open = new Set(first.conflicts.map((c) => c.field));
      const settled = { gp: { ...after.gp }, xero: { ...after.xero } };
      for (const f of open) { for (const s of ['gp', 'xero'] as const) { const was = (s === 'gp' ? baseGp : baseXero)[f]; if (was === undefined) delete settled[s][f]; else settled[s][f] = was; } }
      const second = look(after.gp, after.xero, { base: settled });
      expect(second.decisions).toEqual([]);
      expect(new Set(second.conflicts.map((c) => c.field))).toEqual(open);
    }));
  });
});

describe('rules', () => {
  it('name a field that does not exist', () => {
    expect(() => SyncRules.parse({ customer: { fields: { emial: 'xero' } } })).toThrow(/no field \\?"emial/);
    expect(rulesOf(SyncRules.parse({ customer: { fields: { terms: 'xero' } } }), 'customer').fields).toMatchObject({ '*': 'gp', email: 'xero', terms: 'xero' });
  });
});

describe('matching', () => {
  const gp = (id: string, fields: MasterFields, foreignId?: string): MasterRecord => record('gp', fields, { id, ...(foreignId ? { foreignId } : {}) });
  const xero = (id: string, fields: MasterFields, foreignId?: string): MasterRecord => record('xero', fields, { id, ...(foreignId ? { foreignId } : {}) });
  const at = { linkAt: 90, askAt: 60 };
  it('compares names without accents, case and form of company', () => {
    expect(plainName('Müller & Söhne GmbH')).toBe(plainName('MULLER SOHNE'));
    expect(plainName('The Co')).toBe('the co');
  });
  it.each([
    ['the other\'s id', gp('C1', { name: 'x' }), xero('X', { name: 'y' }, 'C1'), 100],
    ['the tax number', gp('C1', { name: 'Adatum Corp', taxNumber: 'DE 123' }), xero('X', { name: 'Adatum', taxNumber: 'de123' }), 97],
    ['e-mail and name', gp('C1', { name: 'Adatum', email: 'A@x.org' }), xero('X', { name: 'Adatum Ltd', email: 'a@X.org' }), 94],
    ['name and postal code', gp('C1', { name: 'Adatum', 'billing.postalCode': 'SW1A 1AA' }), xero('X', { name: 'ADATUM', 'billing.postalCode': 'sw1a1aa' }), 92],
    ['the name alone is a question', gp('C1', { name: 'Adatum' }), xero('X', { name: 'Adatum' }), 62],
    ['other tax numbers are other parties', gp('C1', { name: 'Adatum', taxNumber: '1', email: 'a@x.org' }), xero('X', { name: 'Adatum', taxNumber: '2', email: 'a@x.org' }), 55],
  ])('%s', (_name, a, b, score) => {
    expect(scoreOf(a, b).score).toBe(score);
    expect(scoreOf(b, a).score).toBe(score);
  });
  it('asks where two are equally good, and where one is claimed by two', () => {
    const twins = [xero('X1', { name: 'Adatum', email: 'a@x.org' }), xero('X2', { name: 'Adatum', email: 'a@x.org' })];
    expect(new Matcher(twins, at).find(gp('C1', { name: 'Adatum', email: 'a@x.org' }))).toMatchObject({ verdict: 'ask', candidates: [{ record: { id: 'X1' } }, { record: { id: 'X2' } }] });
    const claims = matchAll([gp('C1', { name: 'Adatum', email: 'a@x.org' }), gp('C2', { name: 'Adatum', email: 'a@x.org' })], [xero('X', { name: 'Adatum', email: 'a@x.org' })], at);
    expect([...claims.values()].map((m) => m.verdict)).toEqual(['ask', 'ask']);
    expect(new Matcher(twins, at).find(gp('C9', { name: 'Contoso' })).verdict).toBe('none');
  });
  it('never gives two records one counterpart', () => {
    const party = fc.record({ name: fc.constantFrom('Adatum', 'Adatum Ltd', 'Contoso', 'Fabrikam'), email: fc.constantFrom('', 'a@x.org', 'b@x.org'), taxNumber: fc.constantFrom('', '1', '2'), 'billing.postalCode': fc.constantFrom('', '10', '20') });
    fc.assert(fc.property(fc.array(party, { maxLength: 8 }), fc.array(party, { maxLength: 8 }), (left, right) => {
      const matches = matchAll(left.map((f, i) => gp(`C${i}`, f)), right.map((f, i) => xero(`X${i}`, f)), at);
      const sure = [...matches.values()].flatMap((m) => (m.verdict === 'sure' ? [m.candidate.record.id] : []));
      expect(new Set(sure).size).toBe(sure.length);
    }));
  });
  it('compares ten thousand with ten thousand in seconds', () => {
    const many = (make: typeof gp, prefix: string): MasterRecord[] => Array.from({ length: 10_000 }, (_, i) => make(`${prefix}${i}`, { name: `Customer number ${i} of many`, email: `c${i}@x.org` }));
    const matches = matchAll(many(gp, 'C'), many(xero, 'X'), at);
    expect([...matches.values()].every((m) => m.verdict === 'sure')).toBe(true);
  }, 20_000);
});
