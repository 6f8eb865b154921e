import { type Contact } from 'xero-node';
import { type MasterFields, type MasterRecord, type MasterWrite } from '../../canonical/master';
import { type AddressPart, type ContactRow, type PhonePart } from './master-wire';

type Party = 'customer' | 'vendor';
/** Xero's postal address is where bills go, its street address where goods go. */
const addressTypes = { billing: 'POBOX', delivery: 'STREET' } as const;
const phoneTypes = { phone: 'DEFAULT', mobile: 'MOBILE', fax: 'FAX' } as const;
const parts = { attention: 'attentionTo', line1: 'addressLine1', line2: 'addressLine2', line3: 'addressLine3', city: 'city', region: 'region', postalCode: 'postalCode', country: 'country' } as const;

const filled = (fields: Record<string, string | undefined>): MasterFields => Object.fromEntries(Object.entries(fields).flatMap(([k, v]) => (v === undefined || v.trim() === '' ? [] : [[k, v.trim()]])));
const phoneText = (p: PhonePart | undefined): string => [p?.phoneCountryCode, p?.phoneAreaCode, p?.phoneNumber].filter((t) => t !== undefined && t !== '').join(' ');
const addressOf = (row: ContactRow, type: string): AddressPart | undefined => row.addresses.find((a) => a.addressType === type);

/** `30 DAYSAFTERBILLDATE`: how many days, counted how. The pair's value table says which terms of GP that is. */
function termsOf(row: ContactRow, kind: Party): string | undefined {
  const term = kind === 'customer' ? row.paymentTerms?.sales : row.paymentTerms?.bills;
  return term?.day === undefined || term.day === null || term.type === undefined || term.type === null ? undefined : `${term.day} ${String(term.type)}`;
}

/** Between the names of several groups, where a contact is in more than one. */
export const betweenGroups = '; ';
/** Names of the groups a contact is in, as one text; deleted groups are none. */
export const groupsText = (row: ContactRow): string => row.contactGroups.filter((g) => g.status !== 'DELETED').map((g) => g.name).sort().join(betweenGroups);

/** One whose person asked to be forgotten is gone: nothing of it is handed on, and it is never made again. */
const stateOf = (status: string): MasterRecord['state'] => (status === 'GDPRREQUEST' ? 'deleted' : status === 'ACTIVE' || status === '' ? 'active' : 'archived');

/** A contact of Xero as the synchronisation sees it, as customer or as vendor. */
export function contactToMaster(row: ContactRow, kind: Party): MasterRecord {
  const addresses = Object.fromEntries(Object.entries(addressTypes).flatMap(([name, type]) => Object.entries(parts).map(([part, key]) => [`${name}.${part}`, addressOf(row, type)?.[key]])));
  const phones = Object.fromEntries(Object.entries(phoneTypes).map(([name, type]) => [name, phoneText(row.phones.find((p) => p.phoneType === type))]));
  const fields = filled({
    name: row.name, contactPerson: `${row.firstName} ${row.lastName}`, email: row.emailAddress, taxNumber: row.taxNumber, accountNumber: row.accountNumber, currency: row.defaultCurrency === undefined || row.defaultCurrency === null ? undefined : String(row.defaultCurrency),
    terms: termsOf(row, kind), taxCode: kind === 'customer' ? row.accountsReceivableTaxType : row.accountsPayableTaxType, class: groupsText(row), ...phones, ...addresses,
  });
  return {
    kind, system: 'xero', id: row.contactID, fields, state: stateOf(row.contactStatus), version: row.updatedDateUTC,
    ...(row.contactNumber ? { foreignId: row.contactNumber } : {}), ...(row.mergedToContactID ? { mergedInto: row.mergedToContactID } : {}),
  };
}

/** One that has only ever been billed by us is no customer, and the other way round; one that nobody billed yet may be either. */
export const isParty = (row: ContactRow, kind: Party): boolean => (kind === 'customer' ? row.isCustomer === true || row.isSupplier !== true : row.isSupplier === true || row.isCustomer !== true);

const splitName = (full: string): { firstName: string; lastName: string } => { const at = full.lastIndexOf(' '); return at < 0 ? { firstName: full, lastName: '' } : { firstName: full.slice(0, at), lastName: full.slice(at + 1) }; };

/** Whole lists go over the wire, so what a write does not say is taken from what Xero holds. */
function addressesWith(wanted: ReadonlyMap<string, string>, row: ContactRow | undefined): AddressPart[] | undefined {
  if (![...wanted.keys()].some((f) => f.startsWith('billing.') || f.startsWith('delivery.'))) return undefined;
  const others = (row?.addresses ?? []).filter((a) => !Object.values(addressTypes).includes(a.addressType as 'POBOX'));
  return [...others, ...Object.entries(addressTypes).map(([name, type]) => ({
    ...(row ? addressOf(row, type) : undefined), addressType: type, ...Object.fromEntries(Object.entries(parts).flatMap(([part, key]) => { const v = wanted.get(`${name}.${part}`); return v === undefined ? [] : [[key, v]]; })),
  } as AddressPart))];
}
function phonesWith(wanted: ReadonlyMap<string, string>, row: ContactRow | undefined): PhonePart[] | undefined {
  if (!Object.keys(phoneTypes).some((f) => wanted.has(f))) return undefined;
  const kept = (row?.phones ?? []).filter((p) => !Object.entries(phoneTypes).some(([name, type]) => type === p.phoneType && wanted.has(name)));
  return [...kept, ...Object.entries(phoneTypes).flatMap(([name, phoneType]) => { const v = wanted.get(name); return v === undefined ? [] : [{ phoneType, phoneNumber: v, phoneAreaCode: '', phoneCountryCode: '' }]; })];
}

const simple: Record<string, keyof Contact> = { name: 'name', email: 'emailAddress', taxNumber: 'taxNumber', accountNumber: 'accountNumber', currency: 'defaultCurrency' };

/** What is to be written, as Xero takes it; a field that is to be blank goes as empty text. */
export function masterToContact(write: MasterWrite, more: { name?: string; row?: ContactRow | undefined }): Contact {
  const wanted = new Map([...Object.entries(write.set), ...(write.clear ?? []).map((f) => [f, ''] as const)]);
  const contact: Record<string, unknown> = { ...(write.id === undefined ? { contactNumber: write.foreignId } : { contactID: write.id, name: more.row?.name }), ...(write.state === 'archived' ? { contactStatus: 'ARCHIVED' } : {}) };
  for (const [field, key] of Object.entries(simple)) { const v = wanted.get(field); if (v !== undefined) contact[key] = v; }
  if (more.name !== undefined) contact['name'] = more.name;
  const person = wanted.get('contactPerson');
  if (person !== undefined) Object.assign(contact, splitName(person));
  const tax = wanted.get('taxCode');
  if (tax !== undefined) contact[write.kind === 'customer' ? 'accountsReceivableTaxType' : 'accountsPayableTaxType'] = tax;
  const [, day, type] = /^(\d+) ([A-Z]+)$/.exec(wanted.get('terms') ?? '') ?? [];
  if (day !== undefined) contact['paymentTerms'] = { ...more.row?.paymentTerms, [write.kind === 'customer' ? 'sales' : 'bills']: { day: Number(day), type } };
  const [addresses, phones] = [addressesWith(wanted, more.row), phonesWith(wanted, more.row)];
  return { ...contact, ...(addresses ? { addresses } : {}), ...(phones ? { phones } : {}) } as Contact;
}
