import { randomUUID } from 'node:crypto';
import { done, failed, type Failure, type Outcome } from '../../canonical/failure';
import { type MasterKind, type MasterRecord, type MasterSide, type MasterWrite, type MasterWritten } from '../../canonical/master';
import { unknownOf } from './batch-write';
import { type Called, type Door } from './door';
import { betweenGroups, groupsText } from './master-contact';
import { contactsById } from './master-reads';
import { type ContactRow, GroupRow } from './master-wire';
import { rowsOf } from './reads';

const namesIn = (text: string | undefined): string[] => (text ?? '').split(betweenGroups).filter((n) => n !== '');

/** A contact may be in groups of any purpose: its class are those of them that stand for a class; blank: it has none. */
const classIn = (groups: string | undefined, classes: ReadonlySet<string>): string => namesIn(groups).filter((n) => classes.has(n)).join(betweenGroups);

/** The record with its class alone, instead of all its groups. */
export function inClasses(record: MasterRecord, classes: ReadonlySet<string>): MasterRecord {
  const { class: groups, ...fields } = record.fields;
  const kept = classIn(groups, classes);
  return { ...record, fields: kept === '' ? fields : { ...fields, class: kept } };
}

/** The side with contacts in the classes that the pair's value table names; without one, a contact has no class. `classes` is asked anew each time. */
export function sideInClasses(side: MasterSide, classes: (kind: MasterKind) => Promise<ReadonlySet<string>>): MasterSide {
  const isParty = (kind: MasterKind): boolean => kind === 'customer' || kind === 'vendor';
  return {
    ...side,
    async changedSince(ask) {
      const page = await side.changedSince(ask);
      if (!page.ok || !isParty(ask.kind)) return page;
      const names = await classes(ask.kind);
      return done({ ...page.value, records: page.value.records.map((r) => inClasses(r, names)) });
    },
    async read(kind, ids) {
      const records = await side.read(kind, ids);
      if (!records.ok || !isParty(kind)) return records;
      const names = await classes(kind);
      return done(records.value.map((r) => inClasses(r, names)));
    },
    async write(writes) {
      const outcomes = await side.write(writes);
      const [first] = writes;
      if (!first || !isParty(first.kind)) return outcomes;
      const names = await classes(first.kind);
      return outcomes.map((o) => (o.ok ? done({ ...o.value, record: inClasses(o.value.record, names) }) : o));
    },
  };
}

/** Whether a write says anything of the class, and anything of other fields. */
export const namesClass = ({ set, clear = [] }: MasterWrite): boolean => set['class'] !== undefined || clear.includes('class');
export const namesMore = ({ set, clear = [], state }: MasterWrite): boolean => state !== undefined || [...Object.keys(set), ...clear].some((f) => f !== 'class');

/** The write without its class: groups are no part of a contact on its way to Xero. */
export function withoutClass(write: MasterWrite): MasterWrite {
  if (!namesClass(write)) return write;
  const { class: _class, ...set } = write.set;
  return { ...write, set, ...(write.clear ? { clear: write.clear.filter((f) => f !== 'class') } : {}) };
}

/** Every class that a write knows of: what the contact had when it was planned, and what it is to have. */
export const classesOf = ({ set, before }: MasterWrite): ReadonlySet<string> => new Set([...namesIn(before?.['class']), ...namesIn(set['class'])]);

/** A contact that stands in Xero (`row`: as it was read right before), and the write that names its class. */
export type Regrouping = { id: string; row: ContactRow | undefined; write: MasterWrite };

const noGroup = (name: string): Failure => ({
  code: 'setup-missing', system: 'xero', field: 'class', value: name, message: `Xero has no contact group "${name}".`,
  fix: 'Make it in Xero under Contacts, Groups, or correct the pair\'s value table of "class".',
});

/** What a call ended with, where that is certain: a refusal in words. What is unclear is seen when the contacts are read back. */
const refusalOf = (call: Called<unknown>): Failure | undefined => (!call.ok && call.end.kind === 'refused' ? call.end.failure : undefined);

/** Group → contacts that are to join it, and contacts that are to leave one: only what does not hold already. */
function changesOf(asks: readonly Regrouping[], idOf: (name: string) => string | undefined): { join: Map<string, string[]>; leave: { group: string; contact: string }[] } {
  const join = new Map<string, string[]>();
  const leave: { group: string; contact: string }[] = [];
  for (const { id, row, write } of asks) {
    const wanted = write.set['class'];
    const [held, known] = [row?.contactGroups ?? [], classesOf(write)];
    const group = wanted === undefined ? undefined : idOf(wanted);
    if (group !== undefined && !held.some((g) => g.contactGroupID === group)) join.set(group, [...join.get(group) ?? [], id]);
    leave.push(...held.filter((g) => known.has(g.name) && g.name !== wanted).map((g) => ({ group: g.contactGroupID, contact: id })));
  }
  return { join, leave };
}

/**
 * Puts contacts into the group that stands for their class and takes them out of the one that stood for it before; groups of other purposes stay. One call
 * for all contacts that join a group, one for each that leaves one (Xero has no other). Being in a group twice is being in it once, so what is unclear is
 * simply read back. Answers by contact id: the contact as it stands, `setup-missing` for a group that is not there, `outcome-unknown`.
 */
export async function regroup(door: Door, asks: readonly Regrouping[]): Promise<Map<string, Outcome<ContactRow>>> {
  const outcomes = new Map<string, Outcome<ContactRow>>();
  if (asks.length === 0) return outcomes;
  const all = (failure: Failure): Map<string, Outcome<ContactRow>> => new Map(asks.map((a) => [a.id, failed(failure)]));
  const body = await door.read('contact groups', 3, (api, tenant) => api.getContactGroups(tenant));
  const groups = body.ok ? rowsOf(body.value.contactGroups, GroupRow, 'contact groups') : body;
  if (!groups.ok) return all(groups.failure);
  const byName = new Map(groups.value.filter((g) => g.status !== 'DELETED').map((g) => [g.name, g.contactGroupID]));
  const able = asks.filter(({ id, write: { set } }) => {
    const { class: name } = set;
    if (name === undefined || byName.has(name)) return true;
    outcomes.set(id, failed(noGroup(name)));
    return false;
  });
  const { join, leave } = changesOf(able, (name) => byName.get(name));
  const refused = new Map<string, Failure>();
  for (const [group, ids] of join) {
    const failure = refusalOf(await door.write({ what: `${ids.length} contacts of a group`, priority: 3 }, (api, tenant) => api.createContactGroupContacts(tenant, group, { contacts: ids.map((contactID) => ({ contactID })) }, door.key(['master-group', group, ids, randomUUID()]))));
    if (failure) for (const id of ids) refused.set(id, failure);
  }
  for (const { group, contact } of leave.filter((l) => !refused.has(l.contact))) {
    const failure = refusalOf(await door.write({ what: 'a contact of a group', priority: 3 }, async (api, tenant) => ({ response: (await api.deleteContactGroupContact(tenant, group, contact)).response, body: {} })));
    if (failure) refused.set(contact, failure);
  }
  const after = able.length === 0 ? done([]) : await contactsById(door, able.map((a) => a.id));
  for (const { id, write } of able) {
    const row = after.ok ? after.value.find((r) => r.contactID === id) : undefined;
    const stands = row !== undefined && classIn(groupsText(row), classesOf(write)) === (write.set['class'] ?? '');
    const failure = refused.get(id) ?? (after.ok ? unknownOf(`the groups of contact ${id}`, 'they are not as wanted when they are read back') : unknownOf(`the groups of contact ${id}`, after.failure.message));
    outcomes.set(id, row && stands ? done(row) : failed(failure));
  }
  return outcomes;
}

/** A write with what became of the contact's groups. */
export const withGroups = (written: Outcome<MasterWritten>, grouped: Outcome<MasterRecord> | undefined): Outcome<MasterWritten> => (!written.ok || grouped === undefined ? written : grouped.ok ? done({ ...written.value, record: grouped.value }) : grouped);
