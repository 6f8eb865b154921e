import fc from 'fast-check';
import { MasterRecord, masterFields, type MasterKind, type MasterWrite } from '../../canonical/master';
import { readRows } from './econnect-rows';
import { foreignIdToGp, gpToForeignId } from './master-foreign-id';
import { keepings } from './master-fields';
import { gpHolds } from './master-holds';
import { gpKinds } from './master-kinds';
import { desiredOf } from './master-desired';
import { GpRow } from './master-row';
import { parseXml } from './strict-xml';

const codes = { isoOf: (id: string): string => (id === '' ? 'USD' : id), currencyIdOf: (iso: string): string => iso };
const kinds = Object.keys(gpKinds) as MasterKind[];
const anyText = fc.oneof(fc.string({ maxLength: 250 }), fc.string({ unit: 'binary', maxLength: 80 }), fc.stringMatching(/^[A-Za-z0-9 .,'&-]{1,90}$/), fc.constantFrom('true', 'false', '12.345678', '0', 'EUR', 'Net 30', 'Łódź', '山田'));

describe('what GP holds of a value', () => {
  it('holds again unchanged, without another warning', () => fc.assert(fc.property(fc.constantFrom(...kinds), anyText, fc.nat(), (kind, value, at) => {
    const names = Object.keys(masterFields[kind]);
    const field = names[at % names.length] ?? 'name';
    const once = gpHolds(kind, field, value);
    if (once.value !== undefined) expect(gpHolds(kind, field, once.value)).toEqual({ value: once.value });
  })));
  it('is never longer than the column, and never loses anything in silence', () => fc.assert(fc.property(fc.constantFrom(...kinds), anyText, fc.nat(), (kind, value, at) => {
    const names = Object.keys(masterFields[kind]);
    const field = names[at % names.length] ?? 'name';
    const { value: held, warning } = gpHolds(kind, field, value);
    const asked = value.normalize('NFC').replaceAll(/\s+/gu, ' ').trim();
    if (asked === '' || keepings[kind][field] === undefined || keepings[kind][field]?.as === 'none') { expect(held).toBeUndefined(); return; }
    if (held?.toUpperCase() !== asked.toUpperCase() && Number(held) !== Number(asked)) expect(warning).toBeTruthy();
  })));
});

describe('the other side\'s id in INTEGRATIONID', () => {
  it('fits, and is read back', () => fc.assert(fc.property(fc.oneof(fc.uuid(), fc.stringMatching(/^[\x21-\x7e]{1,40}$/)), (id) => {
    const held = foreignIdToGp(id);
    if (held === undefined) { expect(id.length > 30 || /^X1-[A-Z2-7]{26}$/.test(id)).toBe(true); return; }
    expect(held.length).toBeLessThanOrEqual(30);
    expect(gpToForeignId(held)).toBe(id);
  })));
});

const shape = { element: 'R', details: { Address: 'addresses', Internet_Address: 'internet' }, schema: GpRow as never };
const columns = ['CUSTNMBR', 'VENDORID', 'CUSTNAME', 'VENDNAME', 'HOLD', 'INACTIVE', 'VENDSTTS', 'CRLMTTYP', 'CRLMTAMT', 'CURNCYID', 'ADRSCODE', 'PRBTADCD', 'PRSTADCD', 'DEX_ROW_TS', 'INTEGRATIONID', 'ITEMNMBR', 'ACTNUMST', 'CATEGORY', 'LISTPRCE', 'TAXDTLID', 'TXDTLPCT', 'PYMTRMID', 'DUEDTDS', 'SGMTNUMB', 'SGMNTID', 'PSTNGTYP', 'ACTIVE', 'ITEMTYPE'];
const cells = fc.dictionary(fc.constantFrom(...columns), fc.oneof(fc.string({ maxLength: 20 }), fc.constantFrom('1', '0', '2', 'A', '1500.00000', '2026-11-01 10:00:00.000', 'x'.repeat(9_000))));
const escape = (text: string): string => text.replace(/[^\x20-\x7e]/g, '').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const xmlOf = (row: Record<string, string>): string => Object.entries(row).map(([k, v]) => `<${k}>${escape(v)}</${k}>`).join('');

it('any row gives a record or a named failure', () => fc.assert(fc.property(fc.constantFrom(...kinds), cells, fc.array(cells, { maxLength: 3 }), (kind, row, addresses) => {
  const rows = readRows<GpRow>(`<root><eConnect><R>${xmlOf(row)}${addresses.map((a) => `<Address>${xmlOf(a)}</Address><Internet_Address>${xmlOf(a)}</Internet_Address>`).join('')}</R></eConnect></root>`, shape);
  if (!rows.ok) { expect(rows.failure.code).toBe('reply-unreadable'); return; }
  const record = gpKinds[kind].toRecord(rows.value[0] as GpRow, codes);
  if (!record.ok) { expect(record).toMatchObject({ failure: { code: 'reply-unreadable', system: 'gp' } }); return; }
  expect(MasterRecord.parse(record.value)).toEqual(record.value);
})));

it('any write is one well-formed document, with warnings for what is left out', () => fc.assert(fc.property(fc.constantFrom(...kinds.filter((k) => gpKinds[k]?.toEconnect !== undefined)), fc.func(anyText), fc.nat(), (kind, value, pick) => {
  const set = Object.fromEntries(Object.keys(masterFields[kind]).filter((_f, i) => (pick >> (i % 16)) % 2 === 0).map((f) => [f, value(f)]));
  const write: MasterWrite = { kind, newId: 'N1', set, clear: ['phone'], foreignId: '00000000-0000-4000-8000-000000000001' };
  const made = gpKinds[kind].toEconnect?.(write, undefined, { id: 'N1', codes });
  expect(() => parseXml(made?.xml ?? '', 'eConnect')).not.toThrow();
  expect(made?.warnings).toEqual(desiredOf(write).warnings);
})));
