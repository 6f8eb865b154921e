import { ownNumbers } from './errors';
import { type NodeReader } from './fields';
import { type Company, type Customer } from './model';
import { seedCurrencies } from './seeds';

/** Elements of an address, as RM00102 and PM00300 hold them; a vendor's contact and fax have names of their own. */
export const addressFields = ['CNTCPRSN', 'ADDRESS1', 'ADDRESS2', 'ADDRESS3', 'CITY', 'STATE', 'ZIPCODE', 'CCode', 'COUNTRY', 'PHNUMBR1', 'PHNUMBR2', 'PHNUMBR3', 'FAX', 'ShipToName'] as const;
export const internetFields = ['INET1', 'INET2', 'INET3', 'INET4', 'INET5', 'INET6', 'INET7', 'INET8', 'INETINFO', 'EmailToAddress', 'EmailCcAddress', 'EmailBccAddress', 'Messenger_Address'] as const;
const vendorNames: Record<string, string> = { CNTCPRSN: 'VNDCNTCT', FAX: 'FAXNUMBR' };

/** What tells a customer's procedures from a vendor's. `codes`: columns that name an address. */
export type PartySpec = { kind: 'customer' | 'vendor'; key: string; name: string; primary: string; codes: readonly string[]; text: readonly string[]; class: string; classTable: string };
export const customerSpec: PartySpec = {
  kind: 'customer', key: 'CUSTNMBR', name: 'CUSTNAME', primary: 'ADRSCODE', codes: ['PRBTADCD', 'PRSTADCD', 'STADDRCD'], class: 'CUSTCLAS', classTable: 'customerClasses',
  text: ['SHRTNAME', 'STMTNAME', 'CUSTCLAS', 'TAXSCHID', 'SHIPMTHD', 'PRSTADCD', 'PRBTADCD', 'STADDRCD', 'SLPRSNID', 'SALSTERR', 'COMMENT1', 'COMMENT2', 'PYMTRMID', 'PRCLEVEL', 'TAXEXMT1', 'TAXEXMT2', 'TXRGNNUM', 'CURNCYID', 'INTEGRATIONSOURCE', 'INTEGRATIONID'],
};
export const vendorSpec: PartySpec = {
  kind: 'vendor', key: 'VENDORID', name: 'VENDNAME', primary: 'VADDCDPR', codes: ['VADCDPAD', 'VADCDTRO', 'VADCDSFR'], class: 'VNDCLSID', classTable: 'vendorClasses',
  text: ['VENDSHNM', 'VNDCHKNM', 'VNDCLSID', 'TAXSCHID', 'SHIPMTHD', 'VADCDPAD', 'VADCDTRO', 'VADCDSFR', 'ACNMVNDR', 'COMMENT1', 'COMMENT2', 'CURNCYID', 'PYMTRMID', 'TXIDNMBR', 'TXRGNNUM'],
};
export const partiesOf = (c: Company, spec: PartySpec): Company['customers'] => (spec.kind === 'customer' ? c.customers : c.vendors);

/** Fields that were sent: a field-level procedure keeps all others. An empty element says nothing; an empty CDATA section blanks. */
export const given = (node: NodeReader, names: readonly string[]): Record<string, string> => Object.fromEntries(names.filter((n) => node.sent(n)).map((n) => [n, node.text(n)]));
function addressOf(node: NodeReader, spec: PartySpec): Record<string, string> {
  return Object.fromEntries(addressFields.map((field) => [field, spec.kind === 'vendor' ? vendorNames[field] ?? field : field] as const).filter(([, element]) => node.sent(element)).map(([field, element]) => [field, node.text(element)]));
}

/** A stamp later than every one of this party before it, as DEX_ROW_TS is: two changes within a millisecond stay apart. */
const touch = (c: Company, before: Customer | undefined): string => {
  const now = c.now().toISOString();
  return before?.touchedAt !== undefined && before.touchedAt >= now ? new Date(Date.parse(before.touchedAt) + 1).toISOString() : now;
};

function checkSetup(c: Company, node: NodeReader, spec: PartySpec): void {
  const known = (table: string, field: string, refusal: { number: number; says: string }): void => {
    const value = node.text(field);
    if (value !== '' && !c.masters[table]?.get(value)) node.refuse(refusal.number, refusal.says, field);
  };
  known(spec.classTable, spec.class, { number: ownNumbers.unknownClass, says: `The ${spec.kind} class does not exist in ${spec.kind === 'customer' ? 'RM00201' : 'PM00100'}` });
  known('terms', 'PYMTRMID', { number: ownNumbers.unknownTerms, says: 'The payment terms id does not exist in SY03300' });
  known('taxSchedules', 'TAXSCHID', { number: 7023, says: 'Tax schedule does not exist in TX00101' });
  if (spec.kind === 'customer') known('salespersons', 'SLPRSNID', { number: ownNumbers.unknownSalesperson, says: 'Salesperson ID does not exist in RM00301' });
  if (spec.kind === 'customer') known('territories', 'SALSTERR', { number: ownNumbers.unknownTerritory, says: 'Sales territory does not exist in RM00303' });
  if (spec.kind === 'customer') known('shippingMethods', 'SHIPMTHD', { number: ownNumbers.unknownShippingMethod, says: 'Shipping method does not exist in SY03000' });
  if (spec.kind === 'customer') known('priceLevels', 'PRCLEVEL', { number: ownNumbers.unknownPriceLevel, says: 'The price level does not exist in IV40800' });
  const currency = node.text('CURNCYID');
  if (currency !== '' && !seedCurrencies.includes(currency)) node.refuse(483, 'Currency ID does not exist in MC40200', 'CURNCYID');
}

/** Credit limit: CRLMTTYP 0 no credit, 1 unlimited, 2 the amount. */
function creditOf(node: NodeReader, before: Customer | undefined): { creditLimit?: string } {
  if (!node.sent('CRLMTTYP')) return before?.creditLimit === undefined ? {} : { creditLimit: before.creditLimit };
  const type = node.int('CRLMTTYP');
  if (type === 1) return {};
  return { creditLimit: type === 2 ? node.decimal('CRLMTAMT').toFixed() : '0' };
}

/** taUpdateCreateCustomerRcd and taUpdateCreateVendorRcd: field level, what is not sent keeps its value. */
export function upsertParty(c: Company, node: NodeReader, spec: PartySpec): void {
  const number = node.required(spec.key);
  const parties = partiesOf(c, spec);
  const before = parties.get(number);
  if (before && node.text('UpdateIfExists') === '0') return node.refuse(ownNumbers.exists, `The ${spec.kind} already exists and UpdateIfExists is 0`, spec.key);
  const name = node.text(spec.name) || before?.name;
  if (!name) return node.refuse(ownNumbers.required, `Required field ${spec.name} is missing`, spec.key);
  checkSetup(c, node, spec);
  const address = addressOf(node, spec);
  const code = node.text(spec.primary) || before?.fields[spec.primary] || '';
  const creates = node.text('CreateAddress') !== '0' && (node.text(spec.primary) !== '' || Object.keys(address).length > 0);
  if (creates && code === '') return node.refuse(ownNumbers.required, `Required field ${spec.primary} is missing: an address is to be created`, spec.key);
  const changedAt = touch(c, before);
  const addresses = creates ? { ...before?.addresses, [code]: { ...before?.addresses[code], ...address } } : before?.addresses ?? {};
  const missing = spec.codes.find((field) => node.text(field) !== '' && !addresses[node.text(field)]);
  if (missing) return node.refuse(ownNumbers.unknownAddress, `The address code of ${missing} does not exist for this ${spec.kind}`, spec.key, missing);
  const inactive = spec.kind === 'customer' ? (node.sent('INACTIVE') ? node.text('INACTIVE') === '1' : before?.inactive ?? false) : (node.sent('VENDSTTS') ? node.text('VENDSTTS') === '2' : before?.inactive ?? false);
  parties.put(number, {
    number, name, hold: node.sent('HOLD') ? node.text('HOLD') === '1' : before?.hold ?? false, inactive, addresses, internet: before?.internet ?? {}, fields: { ...before?.fields, ...given(node, spec.text), ...(code === '' ? {} : { [spec.primary]: code }) },
    stamps: { ...before?.stamps, ...(creates ? { [`address/${code}`]: changedAt } : {}) }, changedAt, touchedAt: changedAt, ...creditOf(node, before),
  });
}

/** taCreateCustomerAddress and taCreateVendorAddress: stamps the address alone, not the party. */
export function upsertAddress(c: Company, node: NodeReader, spec: PartySpec): void {
  const party = partiesOf(c, spec).get(node.required(spec.key));
  if (!party) return node.refuse(spec.kind === 'customer' ? ownNumbers.unknownCustomer : 3252, spec.kind === 'customer' ? 'Customer does not exist in RM00101' : 'Vendor does not exist in PM00200', spec.key);
  const code = node.required('ADRSCODE');
  if (party.addresses[code] && node.text('UpdateIfExists') === '0') return node.refuse(ownNumbers.exists, 'The address already exists and UpdateIfExists is 0', spec.key, 'ADRSCODE');
  const touchedAt = touch(c, party);
  partiesOf(c, spec).put(party.number, { ...party, addresses: { ...party.addresses, [code]: { ...party.addresses[code], ...addressOf(node, spec) } }, stamps: { ...party.stamps, [`address/${code}`]: touchedAt }, touchedAt });
}

/** taCreateInternetAddresses (SY01200): the row of one address is replaced as a whole; what is not sent is blank afterwards. */
export function putInternet(c: Company, node: NodeReader): void {
  const type = node.required('Master_Type');
  const spec = type === 'CUS' ? customerSpec : type === 'VEN' ? vendorSpec : undefined;
  if (!spec) return node.refuse(ownNumbers.badValue, 'Master_Type is none that is known', 'Master_Type');
  const party = partiesOf(c, spec).get(node.required('Master_ID'));
  if (!party) return node.refuse(ownNumbers.unknownCustomer, `The ${spec.kind} does not exist`, 'Master_ID');
  const code = node.required('ADRSCODE');
  if (!party.addresses[code]) return node.refuse(ownNumbers.unknownAddress, `The address code does not exist for this ${spec.kind}`, 'Master_ID', 'ADRSCODE');
  const touchedAt = touch(c, party);
  partiesOf(c, spec).put(party.number, { ...party, internet: { ...party.internet, [code]: Object.fromEntries(internetFields.map((f) => [f, node.text(f)]).filter(([, v]) => v !== '')) }, stamps: { ...party.stamps, [`internet/${code}`]: touchedAt }, touchedAt });
}
