import { done, type Outcome } from '../../canonical/failure';
import { type MasterFields, type MasterRecord } from '../../canonical/master';
import { gpToForeignId } from './master-foreign-id';
import { cell, type GpRow, numberIn, oddRow, present, unknownInstant } from './master-row';

/** GP's currency id → ISO; blank is the company's own. */
export type GpCodes = { isoOf(currencyId: string): string; currencyIdOf(iso: string): string };

/** What tells RM00101 with RM00102 from PM00200 with PM00300. `codes` name the address that is billed and the one that is delivered to or from. */
export type PartyShape = {
  kind: 'customer' | 'vendor'; key: 'CUSTNMBR' | 'VENDORID'; name: string; contact: string; fax: string; class: string; codes: { primary: string; billing: string; delivery: string }; internet: 'CUS' | 'VEN';
  node: string; addressNode: string; type: string;
};
export const customerShape: PartyShape = { kind: 'customer', key: 'CUSTNMBR', name: 'CUSTNAME', contact: 'CNTCPRSN', fax: 'FAX', class: 'CUSTCLAS', codes: { primary: 'ADRSCODE', billing: 'PRBTADCD', delivery: 'PRSTADCD' }, internet: 'CUS', node: 'taUpdateCreateCustomerRcd', addressNode: 'taCreateCustomerAddress', type: 'RMCustomerMasterType' };
export const vendorShape: PartyShape = { kind: 'vendor', key: 'VENDORID', name: 'VENDNAME', contact: 'VNDCNTCT', fax: 'FAXNUMBR', class: 'VNDCLSID', codes: { primary: 'VADDCDPR', billing: 'VADCDTRO', delivery: 'VADCDSFR' }, internet: 'VEN', node: 'taUpdateCreateVendorRcd', addressNode: 'taCreateVendorAddress', type: 'PMVendorMasterType' };

/** The addresses of a record: its primary one (with contact and phones), the billed one, and the other one where it is another. */
export function addressCodes({ columns }: GpRow, { codes }: PartyShape): { primary: string; billing: string; delivery?: string } {
  const primary = cell(columns, codes.primary);
  const billing = cell(columns, codes.billing) || primary;
  const delivery = cell(columns, codes.delivery);
  return { primary, billing, ...(delivery === '' || delivery === billing ? {} : { delivery }) };
}

export const internetOf = (row: GpRow, code: string): Record<string, string> => row.lists['internet']?.find((i) => cell(i, 'ADRSCODE') === code) ?? {};
const addressOf = (row: GpRow, code: string): Record<string, string> | undefined => row.lists['addresses']?.find((a) => cell(a, 'ADRSCODE') === code);

function addressFields(name: 'billing' | 'delivery', cells: Record<string, string> | undefined, contact: string): MasterFields {
  if (!cells) return {};
  return present({
    ...(name === 'delivery' ? { 'delivery.attention': cell(cells, contact) } : {}), [`${name}.line1`]: cell(cells, 'ADDRESS1'), [`${name}.line2`]: cell(cells, 'ADDRESS2'), [`${name}.line3`]: cell(cells, 'ADDRESS3'), [`${name}.city`]: cell(cells, 'CITY'),
    [`${name}.region`]: cell(cells, 'STATE'), [`${name}.postalCode`]: cell(cells, 'ZIP', 'ZIPCODE'), [`${name}.country`]: cell(cells, 'COUNTRY'),
  });
}

/** CRLMTTYP 0 no credit, 1 unlimited (no limit at all), 2 the amount. */
function creditLimitOf({ columns }: GpRow): string | undefined {
  const type = cell(columns, 'CRLMTTYP');
  return type === '2' ? numberIn(columns, 'CRLMTAMT') : type === '0' ? '0' : undefined;
}

/** The latest change of the record or of any row below it. */
export const latestOf = (row: GpRow, stamps: readonly (string | undefined)[]): string => [row.changedAt, ...stamps].reduce<string>((a, b) => (b !== undefined && b > a ? b : a), unknownInstant);
const stampOf = (cells: Record<string, string>): string | undefined => { const at = Date.parse(`${cell(cells, 'DEX_ROW_TS').replace(' ', 'T').replace('Z', '')}Z`); return Number.isNaN(at) ? undefined : new Date(at).toISOString(); };

function rowToParty(row: GpRow, shape: PartyShape, codes: GpCodes): Outcome<MasterRecord> {
  const { columns } = row;
  const id = cell(columns, shape.key);
  if (id === '' || id.length > 120) return oddRow(shape.kind, id, { field: shape.key, value: columns[shape.key] ?? '' });
  const limit = cell(columns, 'CRLMTAMT');
  if (shape.kind === 'customer' && cell(columns, 'CRLMTTYP') === '2' && numberIn(columns, 'CRLMTAMT') === undefined) return oddRow(shape.kind, id, { field: 'CRLMTAMT', value: limit });
  const { primary, billing, delivery } = addressCodes(row, shape);
  const internet = internetOf(row, primary);
  const hold = cell(columns, 'HOLD') === '1';
  const inactive = shape.kind === 'customer' ? cell(columns, 'INACTIVE') === '1' : cell(columns, 'VENDSTTS') === '2';
  const foreignId = shape.kind === 'customer' ? gpToForeignId(cell(columns, 'INTEGRATIONID')) : undefined;
  const fields = present({
    name: cell(columns, shape.name), contactPerson: cell(columns, shape.contact), email: cell(internet, 'INET1') || cell(internet, 'EmailToAddress').split(/[;,]/)[0]?.trim(), phone: cell(columns, 'PHONE1', 'PHNUMBR1'), mobile: cell(columns, 'PHONE2', 'PHNUMBR2'), fax: cell(columns, shape.fax),
    taxNumber: cell(columns, 'TXRGNNUM'), currency: codes.isoOf(cell(columns, 'CURNCYID')), terms: cell(columns, 'PYMTRMID'), class: cell(columns, shape.class), taxCode: cell(columns, 'TAXSCHID'), hold: String(hold),
    ...addressFields('billing', addressOf(row, billing) ?? (billing === primary ? columns : undefined), shape.contact), ...(delivery === undefined ? {} : addressFields('delivery', addressOf(row, delivery), shape.contact)),
    ...(shape.kind === 'customer' ? { creditLimit: creditLimitOf(row), priceLevel: cell(columns, 'PRCLEVEL') } : { accountNumber: cell(columns, 'ACNMVNDR') }),
  });
  const long = Object.entries(fields).find(([, v]) => v.length > 8_000);
  if (long) return oddRow(shape.kind, id, { field: long[0], value: long[1] });
  const rows = [...(row.lists['addresses'] ?? []), ...(row.lists['internet'] ?? [])];
  return done({ kind: shape.kind, system: 'gp', id, fields, state: hold || inactive ? 'archived' : 'active', version: latestOf(row, rows.map(stampOf)), ...(foreignId === undefined || foreignId.length > 120 ? {} : { foreignId }) });
}

/** A row of RM00101 with its addresses (RM00102) and internet addresses (SY01200). On hold or inactive is archived. */
export const customerRowToMaster = (row: GpRow, codes: GpCodes): Outcome<MasterRecord> => rowToParty(row, customerShape, codes);
/** A row of PM00200 with its addresses (PM00300) and internet addresses (SY01200). On hold or inactive is archived. */
export const vendorRowToMaster = (row: GpRow, codes: GpCodes): Outcome<MasterRecord> => rowToParty(row, vendorShape, codes);
