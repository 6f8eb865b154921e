import fc from 'fast-check';
import { type MasterKind, masterFields, MasterRecord, type MasterWrite } from '../../canonical/master';
import { accountToMaster, itemToMaster, masterToAccount, masterToItem } from './master-coded';
import { contactToMaster, masterToContact } from './master-contact';
import { xeroHolds } from './master-holds';
import { currencyToMaster, CurrencyRow, taxRateToMaster, TaxRow, trackingToMasters, TrackingRow } from './master-lists';
import { AccountRow, ContactRow, ItemRow } from './master-wire';
import { rowsOf } from './reads';

const id = '0b3f7a52-7e0e-4d6b-9f54-1a2b3c4d5e6f';
const stamp = { updatedDateUTC: '2026-11-20T10:00:00Z' };
const words = fc.oneof(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 }), fc.string({ minLength: 1, maxLength: 40 }), fc.constantFrom('30 DAYSAFTERBILLDATE', 'EUR', 'ann@example.org', '12.5', 'true', 'expense', '4100'));

/** Any values that Xero can hold, as the plan hands them over. */
const held = (kind: MasterKind) => fc.dictionary(fc.constantFrom(...Object.keys(masterFields[kind])), words, { maxKeys: 16 }).map((fields) => Object.fromEntries(Object.entries(fields).flatMap(([f, v]) => { const { value } = xeroHolds(kind, f, v); expect(value).not.toBe(''); return value === undefined ? [] : [[f, value]]; })));

describe('there and back', () => {
  it.each(['customer', 'vendor'] as const)('a %s comes back as it was written; what is cleared is gone, what is not said is kept', (kind) => {
    fc.assert(fc.property(held(kind), held(kind), fc.subarray(['phone', 'email', 'billing.city', 'taxNumber', 'fax']), (first, then, clear) => {
      const names = { name: first['name'] ?? 'Party' };
      const made = ContactRow.parse({ contactID: id, ...stamp, contactStatus: 'ACTIVE', ...masterToContact({ kind, foreignId: 'C1', set: { ...first, ...names } }, { name: names.name }) });
      const record = contactToMaster(made, kind);
      expect(record).toMatchObject({ foreignId: 'C1', state: 'active', fields: { ...first, ...names } });
      const { name: _name, ...set } = then;
      const gone = clear.filter((f) => set[f] === undefined);
      const changed = ContactRow.parse({ ...made, ...masterToContact({ kind, id, set, clear: gone }, { row: made }) });
      const wanted = { ...record.fields, ...set };
      expect(contactToMaster(changed, kind).fields).toEqual(Object.fromEntries(Object.entries(wanted).filter(([f]) => !gone.includes(f))));
    }), { numRuns: 400 });
  });

  it('an item comes back as it was written, and keeps what a change does not say', () => {
    fc.assert(fc.property(held('item'), held('item'), (first, then) => {
      const set = { ...first, code: first['code'] ?? 'SKU' };
      const made = ItemRow.parse({ itemID: id, ...stamp, ...masterToItem({ kind: 'item', set }, undefined) });
      expect(itemToMaster(made).fields).toEqual(set);
      const { code: _code, ...rest } = then;
      const changed = ItemRow.parse({ ...made, ...masterToItem({ kind: 'item', id, set: rest }, made) });
      expect(itemToMaster(changed).fields).toEqual({ ...set, ...rest });
    }), { numRuns: 400 });
  });

  it('an account comes back as it was written, its class as a type of that class', () => {
    fc.assert(fc.property(held('account'), (fields) => {
      const write: MasterWrite = { kind: 'account', set: { number: '4100', name: 'Sales', ...fields } };
      const row = AccountRow.parse({ accountID: id, ...stamp, status: 'ACTIVE', _class: fields['class']?.toUpperCase(), ...masterToAccount(write, true) });
      expect(accountToMaster(row)).toMatchObject({ state: 'active', fields: write.set });
    }), { numRuns: 300 });
  });
});

describe('any answer', () => {
  const text = fc.string({ maxLength: 12 });
  const key = fc.constantFrom('contactID', 'itemID', 'accountID', 'taxType', 'name', 'code', 'addresses', 'phones', 'paymentTerms', 'salesDetails', 'purchaseDetails', 'unitPrice', 'contactStatus', 'status', 'options', 'trackingOptionID', 'trackingCategoryID', 'effectiveRate', 'updatedDateUTC', 'mergedToContactID', 'type', '_class', '__proto__');
  const leaf = fc.oneof(fc.constantFrom(id, '2026-11-20T10:00:00Z', '/Date(1763632800000+0000)/', 'ARCHIVED', 'GDPRREQUEST', 'DELETED', '0x10', '1e400'), text, fc.double(), fc.integer(), fc.constant(null), fc.boolean(), fc.date({ noInvalidDate: false }));
  const { tree } = fc.letrec((tie) => ({ tree: fc.oneof({ depthSize: 'small' }, leaf, fc.array(tie('tree'), { maxLength: 3 }), fc.dictionary(key, tie('tree'), { maxKeys: 8 })) }));
  const sound = { contactID: id, itemID: id, accountID: id, taxType: 'TAX001', trackingCategoryID: 'c', code: 'EUR', name: 'N', ...stamp };
  const near = fc.dictionary(key, tree, { maxKeys: 6 }).map((odd) => ({ ...sound, ...odd }));
  const ways = {
    contact: (b: unknown) => { const r = rowsOf(b, ContactRow, 'x'); return r.ok ? r.value.map((row) => contactToMaster(row, 'customer')) : r; }, item: (b: unknown) => { const r = rowsOf(b, ItemRow, 'x'); return r.ok ? r.value.map(itemToMaster) : r; },
    account: (b: unknown) => { const r = rowsOf(b, AccountRow, 'x'); return r.ok ? r.value.map(accountToMaster) : r; }, tax: (b: unknown) => { const r = rowsOf(b, TaxRow, 'x'); return r.ok ? r.value.map(taxRateToMaster) : r; },
    tracking: (b: unknown) => { const r = rowsOf(b, TrackingRow, 'x'); return r.ok ? r.value.flatMap(trackingToMasters) : r; }, currency: (b: unknown) => { const r = rowsOf(b, CurrencyRow, 'x'); return r.ok ? r.value.map(currencyToMaster) : r; },
  };
  it.each(Object.entries(ways))('of a %s gives sound records or a named failure', (_kind, way) => {
    fc.assert(fc.property(fc.oneof(tree, fc.array(near, { maxLength: 3 }), fc.array(tree, { maxLength: 3 })), (body) => {
      const result = way(body);
      if (Array.isArray(result)) for (const record of result) expect(MasterRecord.safeParse(record).error).toBeUndefined();
      else expect(result).toMatchObject({ ok: false, failure: { code: 'reply-unreadable', system: 'xero' } });
    }), { numRuns: 600 });
  });

  it('a person who asked to be forgotten is gone, one that was merged says where it went', () => {
    const row = (over: object): ContactRow => ContactRow.parse({ contactID: id, name: 'N', ...stamp, contactStatus: 'ACTIVE', ...over });
    expect(contactToMaster(row({ contactStatus: 'GDPRREQUEST' }), 'customer').state).toBe('deleted');
    expect(contactToMaster(row({ contactStatus: 'ARCHIVED', mergedToContactID: 'other' }), 'customer')).toMatchObject({ state: 'archived', mergedInto: 'other' });
    expect(trackingToMasters(TrackingRow.parse({ trackingCategoryID: 'c', name: 'R', status: 'ARCHIVED', options: [{ trackingOptionID: 'o', name: 'N', status: 'ACTIVE' }] }))).toMatchObject([{ state: 'archived' }]);
  });
});
