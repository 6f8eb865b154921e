import { Decimal } from 'decimal.js';
import { addressFields, customerSpec, internetFields, partiesOf, type PartySpec, vendorSpec } from './parties';
import { type Company, type Customer } from './model';
import { char, type Columns, type RowSet, some, type Source, stamp } from './row-set';

/** Element → column, where the table of the company calls it otherwise. */
const customerColumns: Record<string, string> = { ZIPCODE: 'ZIP', PHNUMBR1: 'PHONE1', PHNUMBR2: 'PHONE2', PHNUMBR3: 'PHONE3', CCode: 'CCODE' };
const vendorColumns: Record<string, string> = { CNTCPRSN: 'VNDCNTCT', FAX: 'FAXNUMBR', PHNUMBR3: 'PHONE3', CCode: 'CCODE' };
const lengths: Record<string, number> = { CUSTNMBR: 15, VENDORID: 15, CUSTNAME: 65, VENDNAME: 65, CUSTCLAS: 15, VNDCLSID: 11, PYMTRMID: 21, TAXSCHID: 15, CURNCYID: 15, PRCLEVEL: 11, TXRGNNUM: 25, INTEGRATIONID: 31 };
const padded = (name: string, value: string): string => char(value, lengths[name] ?? 31);

const columnsOf = (address: Record<string, string>, spec: PartySpec): Columns => {
  const names = spec.kind === 'vendor' ? vendorColumns : customerColumns;
  return Object.fromEntries(addressFields.filter((f) => f !== 'ShipToName' || spec.kind === 'customer').map((f) => [names[f] ?? f, char(address[f] ?? '', 61)]));
};
const details = (party: Customer, spec: PartySpec): Columns => ({
  Address: Object.entries(party.addresses).map(([code, a]) => ({ ADRSCODE: char(code, 15), ...columnsOf(a, spec), DEX_ROW_TS: stamp(party.stamps?.[`address/${code}`] ?? party.changedAt) })),
  Internet_Address: Object.entries(party.internet ?? {}).map(([code, row]) => ({ ADRSCODE: char(code, 15), ...Object.fromEntries(internetFields.map((f) => [f, row[f] ?? ''])), DEX_ROW_TS: stamp(party.stamps?.[`internet/${code}`] ?? party.changedAt) })),
});
/** MODIFDT holds a day and nothing finer; DEX_ROW_TS is the row's own and does not move with its addresses. */
const modified = (party: Customer): Columns => ({ MODIFDT: `${party.changedAt.slice(0, 10)}T00:00:00` });

const customerRow = (k: Customer): RowSet => ({
  documentType: 'Customer', table: 'RM00101', element: 'Customer', keys: { CUSTNMBR: k.number }, stamp: stamp(k.changedAt),
  columns: () => ({
    CUSTNMBR: char(k.number, 15), CUSTNAME: char(k.name, 65), HOLD: k.hold ? '1' : '0', INACTIVE: k.inactive ? '1' : '0', ADRSCODE: char(k.fields['ADRSCODE'] ?? '', 15), ...columnsOf(k.addresses[k.fields['ADRSCODE'] ?? ''] ?? {}, customerSpec),
    ...Object.fromEntries(customerSpec.text.map((f) => [f, padded(f, k.fields[f] ?? '')])), CRLMTTYP: k.creditLimit === undefined ? '1' : k.creditLimit === '0' ? '0' : '2', CRLMTAMT: new Decimal(k.creditLimit ?? 0).toFixed(5), ...modified(k), ...details(k, customerSpec),
  }),
});
const vendorRow = (k: Customer): RowSet => ({
  documentType: 'Vendor', table: 'PM00200', element: 'Vendor', keys: { VENDORID: k.number }, stamp: stamp(k.changedAt),
  columns: () => ({
    VENDORID: char(k.number, 15), VENDNAME: char(k.name, 65), HOLD: k.hold ? '1' : '0', VENDSTTS: k.inactive ? '2' : '1', VADDCDPR: char(k.fields['VADDCDPR'] ?? '', 15), ...columnsOf(k.addresses[k.fields['VADDCDPR'] ?? ''] ?? {}, vendorSpec),
    ...Object.fromEntries(vendorSpec.text.map((f) => [f, padded(f, k.fields[f] ?? '')])), ...modified(k), ...details(k, vendorSpec),
  }),
});

const addressRows = (spec: PartySpec) => (party: Customer): RowSet[] => Object.entries(party.addresses).map(([code, a]) => ({
  documentType: spec.kind === 'customer' ? 'Customer_Address' : 'Vendor_Address', table: spec.kind === 'customer' ? 'RM00102' : 'PM00300', element: spec.kind === 'customer' ? 'Customer_Address' : 'Vendor_Address', keys: { [spec.key]: party.number, ADRSCODE: code }, stamp: stamp(party.stamps?.[`address/${code}`] ?? party.changedAt),
  columns: () => ({ [spec.key]: char(party.number, 15), ADRSCODE: char(code, 15), ...columnsOf(a, spec) }),
}));
const internetRows = (spec: PartySpec) => (party: Customer): RowSet[] => Object.entries(party.internet ?? {}).map(([code, row]) => ({
  documentType: 'Internet_Address', table: 'SY01200', element: 'Internet_Address', keys: { Master_Type: spec.kind === 'customer' ? 'CUS' : 'VEN', Master_ID: party.number, ADRSCODE: code }, stamp: stamp(party.stamps?.[`internet/${code}`] ?? party.changedAt),
  columns: () => ({ Master_Type: spec.kind === 'customer' ? 'CUS' : 'VEN', Master_ID: char(party.number, 31), ADRSCODE: char(code, 15), ...Object.fromEntries(internetFields.map((f) => [f, row[f] ?? ''])) }),
}));

const all = (c: Company, spec: PartySpec): Customer[] => partiesOf(c, spec).values();
/** Every party that was touched in any of its tables since; the exact stamp is compared afterwards. */
const since = (c: Company, spec: PartySpec, iso: string): Customer[] => (spec.kind === 'customer' ? c.find.customersSince(iso) : c.find.vendorsSince(iso));
const byKey = (spec: PartySpec, row: (k: Customer) => RowSet[]) => (c: Company, v: string): RowSet[] => some(partiesOf(c, spec).get(v)).flatMap(row);

/** Requester documents of customers and vendors. */
export const partySources: Record<string, Source> = {
  Customer: { all: (c) => all(c, customerSpec).map(customerRow), since: (c, iso) => since(c, customerSpec, iso).map(customerRow), by: { CUSTNMBR: byKey(customerSpec, (k) => [customerRow(k)]), INTEGRATIONID: (c, v) => c.find.customersByIntegration(v).map(customerRow) } },
  Customer_Address: { all: (c) => all(c, customerSpec).flatMap(addressRows(customerSpec)), since: (c, iso) => since(c, customerSpec, iso).flatMap(addressRows(customerSpec)), by: { CUSTNMBR: byKey(customerSpec, addressRows(customerSpec)) } },
  Vendor: { all: (c) => all(c, vendorSpec).map(vendorRow), since: (c, iso) => since(c, vendorSpec, iso).map(vendorRow), by: { VENDORID: byKey(vendorSpec, (k) => [vendorRow(k)]) } },
  Vendor_Address: { all: (c) => all(c, vendorSpec).flatMap(addressRows(vendorSpec)), since: (c, iso) => since(c, vendorSpec, iso).flatMap(addressRows(vendorSpec)), by: { VENDORID: byKey(vendorSpec, addressRows(vendorSpec)) } },
  Internet_Address: { all: (c) => [...all(c, customerSpec).flatMap(internetRows(customerSpec)), ...all(c, vendorSpec).flatMap(internetRows(vendorSpec))], since: (c, iso) => [...since(c, customerSpec, iso).flatMap(internetRows(customerSpec)), ...since(c, vendorSpec, iso).flatMap(internetRows(vendorSpec))] },
};
