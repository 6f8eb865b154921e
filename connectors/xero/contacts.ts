import { type Contact } from './accounting-sdk';
import { done, failed, type Outcome } from '../../canonical/failure';
import { type Door } from './door';
import { toModel } from './documents';
import { rowsOf, sameId, unreadable } from './reads';
import { type XeroContactDraft } from './types';
import { ContactWire } from './wire';
import { createWriteOnce } from './write-once';

type Ensured = { contactId: string; name: string; existed: boolean };
const mergesMax = 5;

async function byNumber(door: Door, key: string): Promise<Outcome<ContactWire | undefined>> {
  const body = await door.read('a contact', 3, (api, tenant) => api.getContact(tenant, key));
  if (!body.ok) return body.failure.code === 'document-missing' ? done(undefined) : body;
  const rows = rowsOf(body.value.contacts, ContactWire, 'a contact');
  if (!rows.ok) return rows;
  const [row] = rows.value;
  return row && !sameId(row.contactNumber, key) && !sameId(row.contactID, key) ? failed(unreadable('a contact', 'it tells of another one')) : done(row);
}

/** A merged contact leads to the one it was merged into; an archived one is a person's to revive. */
async function follow(door: Door, contact: ContactWire): Promise<Outcome<Ensured>> {
  let current = contact;
  for (let step = 0; current.mergedToContactID && step < mergesMax; step += 1) {
    const next = await byNumber(door, current.mergedToContactID);
    if (!next.ok) return next;
    if (!next.value) break;
    current = next.value;
  }
  if (current.contactStatus === 'ARCHIVED') {
    return failed({ code: 'contact-archived', system: 'xero', document: current.name, message: `The Xero contact "${current.name}" is archived.`, fix: 'Restore the contact in Xero, then retry.' });
  }
  return done({ contactId: current.contactID, name: current.name, existed: true });
}

type WriteOnce = ReturnType<typeof createWriteOnce>;

/** Makes the contact under one name. Its number is looked up before, and after every unclear end; a taken name is `duplicate-conflict`. */
async function create(draft: XeroContactDraft, name: string, more: { door: Door; writeOnce: WriteOnce }): Promise<Outcome<Ensured>> {
  const { door, writeOnce } = more;
  const contact = toModel<Contact>({ ...draft.document, Name: name });
  const written = await writeOnce<Ensured>({
    key: JSON.stringify(['contact', contact]), document: draft.contactNumber, request: contact, conflict: { message: `Xero has another contact ${draft.contactNumber}.`, fix: 'Compare both in Xero, then retry.' },
    async look() {
      const found = await byNumber(door, draft.contactNumber);
      if (!found.ok) return found;
      if (!found.value) return done({ kind: 'absent' });
      const followed = await follow(door, found.value);
      return followed.ok ? done({ kind: 'ours', value: followed.value }) : followed;
    },
    async send(generation) {
      const call = await door.write({ what: draft.contactNumber, priority: 3 }, (api, tenant) => api.createContacts(tenant, { contacts: [contact] }, false, door.key(['contact', contact, generation])));
      return call.ok ? { ok: true, body: call.body.contacts } : call;
    },
    parse(element) {
      const wire = ContactWire.safeParse(element);
      return wire.success ? done({ contactId: wire.data.contactID, name: wire.data.name, existed: false }) : failed(unreadable(draft.contactNumber, 'it is no contact'));
    },
  });
  return written.ok ? done({ ...written.value.value, existed: written.value.existed }) : written;
}

/** The contact of our number: found, or made; an equal name of somebody else gets a visible suffix, never a shared record. */
export function createContacts(door: Door): (draft: XeroContactDraft) => Promise<Outcome<Ensured>> {
  const writeOnce = createWriteOnce();
  return async (draft) => {
    const { name } = draft;
    for (const candidate of [name, `${name.slice(0, 250 - draft.contactNumber.length)} (${draft.contactNumber})`]) {
      const made = await create(draft, candidate, { door, writeOnce });
      // The name is somebody else's, or the number was taken this very moment: the next look tells which.
      if (made.ok || made.failure.code !== 'duplicate-conflict') return made;
    }
    return failed({ code: 'duplicate-conflict', system: 'xero', document: draft.contactNumber, message: `Xero has other contacts named like "${name}".`, fix: 'Rename one of them in Xero, then retry.' });
  };
}
