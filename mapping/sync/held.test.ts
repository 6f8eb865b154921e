import fc from 'fast-check';
import { masterFields, type MasterFields, type MasterRecord, type MasterSystem } from '../../canonical/master';
import { asNamed, heldInPart, worthCounting } from './held';
import { type Project, reconcile } from './reconcile';
import { rulesOf } from './rules';

const record = (system: MasterSystem, fields: MasterFields, over: Partial<MasterRecord> = {}): MasterRecord => ({ kind: 'customer', system, id: system === 'gp' ? 'C1' : 'X1', fields, state: 'active', version: '2026-11-01T00:00:00.000Z', ...over });
const rules = rulesOf({}, 'customer');
/** GP holds eight characters of a name and no mobile of more than five; Xero has no place for a price level. */
const project: Project = (field, value, to) => {
  if (value === undefined || value === '') return { value: undefined };
  if (field === 'priceLevel' && to === 'xero') return { value: undefined };
  if (field === 'mobile' && value.length > 5) return { value: undefined, warning: `mobile "${value}" is left alone` };
  if (field === 'name' && to === 'gp' && value.length > 8) return { value: value.slice(0, 8), warning: `name "${value}" was shortened` };
  return { value };
};
const parts = (gp: MasterFields, xero: MasterFields, over: Partial<MasterRecord> = {}): [string, MasterSystem, string][] => heldInPart({ gp: record('gp', gp), xero: record('xero', xero, over) }, { rules, project }).map((p) => [p.field, p.system, p.how]);

describe('what is held only in part', () => {
  it.each([
    ['a shortened name, with both forms', { name: 'Adatum C' }, { name: 'Adatum Corporation' }, [['name', 'gp', 'shortened']]],
    ['a number that is never cut', { name: 'A', mobile: '1234567' }, { name: 'A' }, [['mobile', 'xero', 'left-out']]],
    ['one that is left out where an older one stands', { name: 'A', mobile: '1234567' }, { name: 'A', mobile: '99' }, [['mobile', 'xero', 'left-out']]],
    ['a field without a place', { name: 'A', priceLevel: 'GOLD' }, { name: 'A' }, [['priceLevel', 'xero', 'no-place']]],
    ['a name with its number', { name: 'Eve Low' }, { name: 'Eve Low (C1)' }, [['name', 'xero', 'numbered']]],
    ['nothing where both are whole', { name: 'A', phone: '1' }, { name: 'A', phone: '1' }, []],
    ['nothing of a difference that is still to be carried over', { name: 'A', phone: '1' }, { name: 'A', phone: '2' }, []],
  ] as [string, MasterFields, MasterFields, unknown][])('%s', (_name, gp, xero, wanted) => { expect(parts(gp, xero)).toEqual(wanted); });

  it('tells values in its words, and why a protected record is not written', () => {
    expect(heldInPart({ gp: record('gp', { name: 'Adatum C' }), xero: record('xero', { name: 'Adatum Corporation' }) }, { rules, project })).toEqual([{ field: 'name', label: 'name', system: 'gp', how: 'shortened', full: 'Adatum Corporation', held: 'Adatum C', says: 'name "Adatum Corporation" was shortened' }]);
    expect(parts({ name: 'A', terms: 'NET30' }, { name: 'A', terms: 'NET60' }, { protected: 'a system account' })).toEqual([['terms', 'xero', 'not-written']]);
    expect(worthCounting(heldInPart({ gp: record('gp', { name: 'A', priceLevel: 'GOLD' }), xero: record('xero', { name: 'A' }) }, { rules, project }))).toEqual([]);
    expect(heldInPart({ gp: record('gp', { name: 'Adatum C' }), xero: record('xero', { name: 'Adatum Corporation' }) }, { rules: rulesOf({ customer: { fields: { name: 'none' } } }, 'customer'), project })).toEqual([]);
  });

  it('a name that only bears its number is no difference; one that was changed is, also where it begins alike', () => {
    const named = (gp: string, xero: string, over: Partial<MasterRecord> = {}): string | undefined => asNamed({ gp: record('gp', { name: gp }), xero: record('xero', { name: xero }, over) }, (_f, value) => ({ value })).fields['name'];
    expect(named('Eve Low', 'Eve Low (C1)')).toBe('Eve Low');
    expect(named('Eve Low', 'Eve Low (OLD9)', { foreignId: 'OLD9' })).toBe('Eve Low');
    expect(named('Eve Lowe', 'Eve Low (C1)')).toBe('Eve Low (C1)');
    const long = 'a'.repeat(255);
    expect(named(long, `${'a'.repeat(250)} (C1)`)).toBe(long);
    expect(named(`b${long.slice(1)}`, `${'a'.repeat(250)} (C1)`)).toBe(`${'a'.repeat(250)} (C1)`);
  });

  it('nothing that differs at rest is silent: whatever both sides hold once it is settled, each difference is told', () => {
    const field = fc.constantFrom('name', 'mobile', 'priceLevel', 'email', 'terms');
    const values = fc.dictionary(field, fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }).filter((t) => t.trim() === t));
    fc.assert(fc.property(values, (gp) => {
      const two = { gp: record('gp', { ...gp }), xero: record('xero', {}) };
      for (const d of reconcile({ kind: 'customer', ...two, rules, project }).decisions) if (d.value !== undefined) two[d.write].fields[d.field] = d.value;
      const told = new Set(heldInPart(two, { rules, project }).map((p) => p.field));
      for (const f of Object.keys(masterFields.customer)) if ((two.gp.fields[f] ?? '') !== (two.xero.fields[f] ?? '')) expect([f, told.has(f)]).toEqual([f, true]);
    }));
  });
});
