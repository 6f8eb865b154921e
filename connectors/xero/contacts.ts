import { done, failed, type Outcome } from '../../canonical/failure';
import { type Called, type Door } from './door';
import { contactName, contactToXero } from './invoice-to-xero';
import { rowsOf } from './reads';
import { type XeroContactDraft } from './types';
import { ContactWire } from './wire';
import { validationToFailure } from './xero-errors';

type Ensured = { contactId: string; name: string; existed: boolean };
const mergesMax = 5;

async function byNumber(door: Door, key: string): Promise<Outcome<ContactWire | undefined>> {
  const body = await door.read('a contact', 3, (api, tenant) => api.getContact(tenant, key));
  if (!body.ok) return body.failure.code === 'document-missing' ? done(undefined) : body;
  const rows = rowsOf(body.value.contacts, ContactWire, 'a contact');
  return rows.ok ? done(rows.value[0]) : rows;
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
    return failed({ code: 'document-rejected', system: 'xero', document: current.name, message: `The Xero contact "${current.name}" is archived.`, fix: 'Restore the contact in Xero, then retry.' });
  }
  return done({ contactId: current.contactID, name: current.name, existed: true });
}

async function create(door: Door, draft: XeroContactDraft, name: string): Promise<{ outcome: Outcome<Ensured>; nameTaken: boolean; lost: boolean }> {
  const contact = contactToXero(draft, name);
  const call: Called<{ contacts?: unknown[] }> = await door.write(draft.contactNumber, 3, (api, tenant) => api.createContacts(tenant, { contacts: [contact] }, false, door.key(['contact', contact])));
  const gone = failed({ code: 'outcome-unknown', system: 'xero', document: draft.contactNumber, message: `Whether Xero has the contact ${draft.contactNumber} is not known.`, fix: 'It is looked up again by itself.' });
  if (!call.ok) {
    const failure = call.end.kind === 'refused' ? call.end.failure : undefined;
    return { outcome: failure ? failed(failure) : gone, nameTaken: failure?.code === 'duplicate-conflict', lost: failure === undefined };
  }
  const element = call.body.contacts?.[0] as { validationErrors?: { message?: string }[] } | undefined;
  const messages = (element?.validationErrors ?? []).map((v) => v.message ?? '').filter((m) => m !== '');
  if (messages.length > 0) { const failure = validationToFailure(messages, draft.contactNumber); return { outcome: failed(failure), nameTaken: failure.code === 'duplicate-conflict', lost: false }; }
  const rows = rowsOf(call.body.contacts, ContactWire, 'a contact');
  const [row] = rows.ok ? rows.value : [];
  return row ? { outcome: done({ contactId: row.contactID, name: row.name, existed: false }), nameTaken: false, lost: false } : { outcome: gone, nameTaken: false, lost: true };
}

/** The contact of our number: found, or made; an equal name of somebody else gets a visible suffix, never a shared record. */
export async function ensureContact(door: Door, draft: XeroContactDraft): Promise<Outcome<Ensured>> {
  const known = await byNumber(door, draft.contactNumber);
  if (!known.ok) return known;
  if (known.value) return follow(door, known.value);
  const name = contactName(draft.name);
  for (const candidate of [name, `${name.slice(0, 250 - draft.contactNumber.length)} (${draft.contactNumber})`]) {
    const made = await create(door, draft, candidate);
    if (made.outcome.ok) return made.outcome;
    if (made.nameTaken || made.lost) {
      const now = await byNumber(door, draft.contactNumber);
      if (!now.ok) return now;
      if (now.value) return follow(door, now.value);
      if (made.nameTaken) continue;
    }
    return made.outcome;
  }
  return failed({ code: 'duplicate-conflict', system: 'xero', document: draft.contactNumber, message: `Xero has other contacts named like "${name}".`, fix: 'Rename one of them in Xero, then retry.' });
}
