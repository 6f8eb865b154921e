import { randomUUID } from 'node:crypto';
import { type Contact, indexContact, type Organisation } from './model';
import { get, NotFoundError, textOf, ValidationError } from './refusal';

function checkName(name: string): void {
  if (/[<>]/.test(name)) throw new ValidationError('The contact name cannot contain angle brackets.');
  if (name !== name.trim() || /\s{2}/.test(name)) throw new ValidationError('The contact name cannot have leading, trailing or double spaces.');
  if (name.length > 255) throw new ValidationError('Name has a maximum length of 255 characters.');
}

function checkFields(value: unknown): void {
  const email = textOf(value, 'EmailAddress');
  if (email !== '' && !/^[\x21-\x7e]+@[\x21-\x7e]+\.[\x21-\x7e]+$/.test(email)) throw new ValidationError('Email address must be valid.');
  if (textOf(value, 'ContactNumber').length > 50) throw new ValidationError('ContactNumber has a maximum length of 50 characters.');
  for (const address of (get(value, 'Addresses') as unknown[] | undefined) ?? []) {
    if (!['POBOX', 'STREET', 'DELIVERY'].includes(textOf(address, 'AddressType'))) throw new ValidationError('AddressType must be POBOX or STREET.');
    if (/[^\p{L}\s.,'()-]/u.test(textOf(address, 'Country'))) throw new ValidationError('Country may contain letters only.');
    if (textOf(address, 'PostalCode').length > 50) throw new ValidationError('PostalCode has a maximum length of 50 characters.');
  }
}

/** Fields that are kept as they were sent; one that is not sent keeps its value, empty text blanks it. */
const otherFields = ['AccountNumber', 'FirstName', 'LastName', 'CompanyNumber', 'TaxNumber', 'AccountsReceivableTaxType', 'AccountsPayableTaxType', 'DefaultCurrency', 'PaymentTerms'] as const;
const limits: Partial<Record<(typeof otherFields)[number], number>> = { AccountNumber: 50, FirstName: 255, LastName: 255, CompanyNumber: 50, TaxNumber: 50 };
function otherOf(value: unknown, before: Record<string, unknown> | undefined): Record<string, unknown> {
  const sent = Object.fromEntries(otherFields.flatMap((f) => { const v = get(value, f); return v === undefined ? [] : [[f, v]]; }));
  for (const [f, max] of Object.entries(limits)) if (textOf(sent, f).length > max) throw new ValidationError(`${f} has a maximum length of ${max} characters.`);
  return { ...before, ...sent };
}

/** PUT creates, POST upserts by id, number or name. */
export function writeContact(o: Organisation, value: unknown, method: 'PUT' | 'POST'): Contact {
  const id = textOf(value, 'ContactID');
  const number = textOf(value, 'ContactNumber');
  const name = textOf(value, 'Name');
  const known = id !== '' ? o.contacts.get(id) : o.contacts.get(o.contactByNumber.get(number) ?? '') ?? (method === 'POST' ? o.contacts.get(o.contactByName.get(name.toLowerCase()) ?? '') : undefined);
  if (id !== '' && !known) throw new NotFoundError(id);
  if (known && known.status !== 'ACTIVE') throw new ValidationError('The specified contact details matched an archived contact. Archived contacts cannot currently be edited via the API.');
  if (!known && name === '') throw new ValidationError('The Contact must contain at least 1 of the following elements to identify the contact: Name, ContactID, ContactNumber');
  if (name !== '') checkName(name);
  checkFields(value);
  if (known && method === 'PUT') throw new ValidationError(`The contact number ${number} is already assigned to another contact.`);
  const sameName = o.contactByName.get(name.toLowerCase());
  if (name !== '' && sameName !== undefined && sameName !== known?.id) throw new ValidationError(`The contact name ${name} is already assigned to another contact. The contact name must be unique across all active contacts.`);
  if (known && known.name !== name && name !== '') o.contactByName.delete(known.name.toLowerCase());
  const list = (field: string, before: unknown[]): unknown[] => { const v = get(value, field); return Array.isArray(v) ? v : before; };
  const contact: Contact = {
    id: known?.id ?? randomUUID(), name: name || (known?.name ?? ''), number: number || (known?.number ?? ''), email: get(value, 'EmailAddress') === undefined ? known?.email ?? '' : textOf(value, 'EmailAddress'), more: otherOf(value, known?.more),
    status: textOf(value, 'ContactStatus') === 'ARCHIVED' ? 'ARCHIVED' : 'ACTIVE', ...(known?.supplier ? { supplier: true } : {}), addresses: list('Addresses', known?.addresses ?? []), phones: list('Phones', known?.phones ?? []), updatedAt: o.now().toISOString(),
  };
  if (contact.status === 'ARCHIVED') o.contactByName.delete(contact.name.toLowerCase());
  o.contacts.put(contact.id, contact);
  indexContact(o, contact);
  o.changed('CONTACT', contact.id, known === undefined);
  return contact;
}

/** People merge a contact into another, or archive it: the old one stays readable as archived, and says where it went. */
export function retireContact(o: Organisation, number: string, into?: string): boolean {
  const contact = o.contacts.get(o.contactByNumber.get(number) ?? '');
  const target = into === undefined ? undefined : o.contacts.get(o.contactByNumber.get(into) ?? '');
  if (!contact || (into !== undefined && !target)) return false;
  o.contactByName.delete(contact.name.toLowerCase());
  o.contacts.put(contact.id, { ...contact, status: 'ARCHIVED', ...(target ? { mergedTo: target.id } : {}), updatedAt: o.now().toISOString() });
  if (target) for (const invoice of o.invoices.values().filter((i) => i.contactId === contact.id)) o.invoices.put(invoice.id, { ...invoice, contactId: target.id, updatedAt: o.now().toISOString() });
  o.changed('CONTACT', contact.id, false);
  return true;
}

/** A person brings an archived contact back. */
export function restoreContact(o: Organisation, number: string): boolean {
  const contact = o.contacts.get(o.contactByNumber.get(number) ?? '');
  if (!contact || contact.mergedTo) return false;
  o.contacts.put(contact.id, { ...contact, status: 'ACTIVE', updatedAt: o.now().toISOString() });
  o.contactByName.set(contact.name.toLowerCase(), contact.id);
  o.changed('CONTACT', contact.id, false);
  return true;
}

/** A person's data is to be forgotten: what tells who it was is blanked, the record stays for its documents. */
export function forgetContact(o: Organisation, number: string): boolean {
  const contact = o.contacts.get(o.contactByNumber.get(number) ?? '');
  if (!contact) return false;
  o.contactByName.delete(contact.name.toLowerCase());
  o.contacts.put(contact.id, { ...contact, name: `Removed ${contact.id.slice(0, 8)}`, email: '', addresses: [], phones: [], more: {}, status: 'GDPRREQUEST', updatedAt: o.now().toISOString() });
  o.changed('CONTACT', contact.id, false);
  return true;
}

/** Somebody enters a bill of this contact: from now on it is a supplier. */
export function becomeSupplier(o: Organisation, number: string): boolean {
  const contact = o.contacts.get(o.contactByNumber.get(number) ?? '');
  if (!contact) return false;
  o.contacts.put(contact.id, { ...contact, supplier: true, updatedAt: o.now().toISOString() });
  o.changed('CONTACT', contact.id, false);
  return true;
}
