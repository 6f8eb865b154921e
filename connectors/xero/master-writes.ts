import { done, failed, type Failure, type Outcome } from '../../canonical/failure';
import { type MasterRecord, type MasterWrite, type MasterWritten, overtaken } from '../../canonical/master';
import { type BatchKind, BatchWriter, type Found, type Written } from './batch-write';
import { type Door } from './door';
import { itemToMaster, masterToItem } from './master-coded';
import { contactToMaster, masterToContact } from './master-contact';
import { classesOf, inClasses, namesClass, namesMore, regroup, withGroups, withoutClass } from './master-groups';
import { contactsById, contactsByNumber, allItems, itemsByCode } from './master-reads';
import { ContactRow, ItemRow } from './master-wire';
import { unreadable } from './reads';

export type Party = MasterWrite & { kind: 'customer' | 'vendor' };
type Ask<R> = { write: MasterWrite; key: string; name?: string; row?: R | undefined };

const field = (value: unknown, name: string): string => { const v = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined; return typeof v === 'string' ? v : ''; };
const missing = (id: string): Failure => ({ code: 'document-missing', system: 'xero', document: id, message: `Xero has no record ${id}.`, fix: 'Look for it in Xero; a full compare tells what else is gone.' });
const nameTaken = /contact name .* (is )?already (assigned|used)/i;
/** Told in words of ours, so that it is taken for what it is and not for a document of our number. */
const takenWords = 'NAME-TAKEN';

/** Whether Xero holds already what a change wants: then it was done before. */
const holds = (record: MasterRecord, { set, clear = [], state }: MasterWrite): boolean => Object.entries(set).every(([f, v]) => record.fields[f] === v) && clear.every((f) => (record.fields[f] ?? '') === '') && (state === undefined || record.state === state);

function renamed(body: unknown): unknown {
  return Array.isArray(body) ? body.map((element: unknown) => {
    const errors = (element as { validationErrors?: { message?: string }[] } | null)?.validationErrors;
    return errors?.some((e) => nameTaken.test(e.message ?? '')) ? { ...(element as object), validationErrors: errors.map((e) => ({ message: nameTaken.test(e.message ?? '') ? `${takenWords}: somebody else bears this name` : e.message ?? '' })) } : element;
  }) : body;
}

const partyOf = (row: ContactRow, write: MasterWrite): MasterRecord => contactToMaster(row, write.kind as Party['kind']);
const parsedContact = (element: unknown, { write, key }: Ask<ContactRow>): Outcome<MasterRecord> => { const row = ContactRow.safeParse(element); return row.success ? done(partyOf(row.data, write)) : failed(unreadable(key, row.error.issues[0]?.message ?? '')); };

/** New contacts: PUT, because a POST would take over whoever bears the name. Looked up by our number. */
function newContacts(door: Door): BatchKind<Ask<ContactRow>, MasterRecord> {
  return {
    name: 'contact', keyOf: (a) => a.key, elementKey: (e) => field(e, 'contactNumber'), wire: (a) => masterToContact(a.write, a), parse: parsedContact,
    async send(asks, { generation, ready }) {
      const contacts = asks.map((a) => masterToContact(a.write, a));
      const call = await door.write({ what: `${asks.length} contacts`, priority: 3, ready }, (api, tenant) => api.createContacts(tenant, { contacts }, false, door.key(['master-contacts', contacts, generation])));
      return call.ok ? { ok: true, body: renamed(call.body.contacts) } : call;
    },
    async look(asks) {
      const rows = await contactsByNumber(door, asks.map((a) => a.key));
      return rows.ok ? done(asks.map((a): Found<MasterRecord> => { const row = rows.value.find((r) => r.contactNumber === a.key); return !row ? { kind: 'absent' } : row.contactStatus === 'ACTIVE' ? { kind: 'ours', value: partyOf(row, a.write) } : { kind: 'foreign' }; })) : rows;
    },
  };
}

/** Changes of contacts: POST by their id; the same values twice are the same contact. */
function changedContacts(door: Door): BatchKind<Ask<ContactRow>, MasterRecord> {
  return {
    name: 'contact', keyOf: (a) => a.key, elementKey: (e) => field(e, 'contactID'), wire: (a) => masterToContact(a.write, a), parse: parsedContact,
    async send(asks, { generation, ready }) {
      const contacts = asks.map((a) => masterToContact(a.write, a));
      const call = await door.write({ what: `${asks.length} contacts`, priority: 3, ready }, (api, tenant) => api.updateOrCreateContacts(tenant, { contacts }, false, door.key(['master-contacts', contacts, generation])));
      return call.ok ? { ok: true, body: renamed(call.body.contacts) } : call;
    },
    async look(asks) {
      const rows = await contactsById(door, asks.map((a) => a.key));
      return rows.ok ? done(asks.map((a): Found<MasterRecord> => { const row = rows.value.find((r) => r.contactID === a.key); const record = row && partyOf(row, a.write); return record && holds(record, a.write) ? { kind: 'ours', value: record } : { kind: 'absent' }; })) : rows;
    },
  };
}

/** Items: upserted by their code. */
function codedItems(door: Door): BatchKind<Ask<ItemRow>, MasterRecord> {
  return {
    name: 'item', keyOf: (a) => a.key, elementKey: (e) => field(e, 'code'), wire: (a) => masterToItem(a.write, a.row),
    parse: (element, { key }) => { const row = ItemRow.safeParse(element); return row.success ? done(itemToMaster(row.data)) : failed(unreadable(key, row.error.issues[0]?.message ?? '')); },
    async send(asks, { generation, ready }) {
      const items = asks.map((a) => masterToItem(a.write, a.row));
      const call = await door.write({ what: `${asks.length} items`, priority: 3, ready }, (api, tenant) => api.updateOrCreateItems(tenant, { items }, false, 4, door.key(['master-items', items, generation])));
      return call.ok ? { ok: true, body: call.body.items } : call;
    },
    async look(asks) {
      const rows = await itemsByCode(door, asks.map((a) => a.key));
      return rows.ok ? done(asks.map((a): Found<MasterRecord> => { const row = rows.value.find((r) => r.code === a.key); const record = row && itemToMaster(row); return record && holds(record, a.write) ? { kind: 'ours', value: record } : { kind: 'absent' }; })) : rows;
    },
  };
}

const written = (outcome: Written<MasterRecord> | undefined, key: string): Outcome<MasterWritten> => (outcome === undefined ? failed(unreadable(key, 'it is not in the answer')) : outcome.ok ? done({ record: outcome.value.value, existed: outcome.value.existed, warnings: [] }) : outcome);
const isTaken = (outcome: Written<MasterRecord> | undefined): boolean => outcome?.ok === false && (outcome.failure.causes ?? [outcome.failure.message]).some((c) => c.includes(takenWords));
/** What somebody changed since the write was planned is left as it is. */
const left = (record: MasterRecord | undefined, write: MasterWrite): MasterWritten | undefined => (record && overtaken(record, write) ? { record, existed: true, warnings: [], overtaken: true } : undefined);
const plain = <R>(ask: Ask<R>): Ask<R> => ({ ...ask, write: withoutClass(ask.write) });
const suffixed = (name: string, key: string): string => `${name.slice(0, 255 - key.length - 3)} (${key})`;

export type MasterWriters = { contacts(writes: readonly MasterWrite[]): Promise<Outcome<MasterWritten>[]>; items(writes: readonly MasterWrite[]): Promise<Outcome<MasterWritten>[]> };

/** A whole page in one call of each kind; what is doubtful is looked up before it is sent again (batch-write). */
export function createMasterWriters(door: Door): MasterWriters {
  const [made, changed, items] = [new BatchWriter(newContacts(door)), new BatchWriter(changedContacts(door)), new BatchWriter(codedItems(door))];
  const send = async <R>(writer: BatchWriter<Ask<R>, MasterRecord>, asks: readonly Ask<R>[]): Promise<Map<string, Written<MasterRecord>>> => (asks.length === 0 ? new Map() : writer.write(asks.map((draft) => ({ draft, asked: false }))));
  /** Where a write names the class: the contact, once it stands, joins the group of that name. */
  const group = async (writes: readonly MasterWrite[], { outcomes, rows }: { outcomes: Map<string, Outcome<MasterWritten>>; rows: readonly ContactRow[] }): Promise<void> => {
    const asks = writes.filter(namesClass).flatMap((write) => { const o = outcomes.get(write.id ?? write.foreignId ?? ''); return o?.ok && !o.value.overtaken ? [{ id: o.value.record.id, write, row: rows.find((r) => r.contactID === write.id) }] : []; });
    const grouped = await regroup(door, asks);
    for (const { id, write } of asks) { const [key, is] = [write.id ?? write.foreignId ?? '', grouped.get(id)]; const o = outcomes.get(key); if (o && is) outcomes.set(key, withGroups(o, is.ok ? done(partyOf(is.value, write)) : is)); }
  };
  return {
    async contacts(writes) {
      const outcomes = new Map<string, Outcome<MasterWritten>>();
      const news = writes.filter((w) => w.id === undefined).map((write): Ask<ContactRow> => plain({ write, key: write.foreignId ?? '', name: write.set['name'] ?? '' }));
      const first = await send(made, news);
      const again = news.filter((a) => isTaken(first.get(a.key))).map((a) => ({ ...a, name: suffixed(a.name ?? '', a.key) }));
      const second = await send(made, again);
      for (const { key } of news) outcomes.set(key, written(second.get(key) ?? first.get(key), key));
      const old = writes.filter((w) => w.id !== undefined);
      const rows = old.length === 0 ? done([]) : await contactsById(door, old.map((w) => w.id ?? ''));
      const asks = rows.ok ? old.map((write): Ask<ContactRow> => ({ write, key: write.id ?? '', row: rows.value.find((r) => r.contactID === write.id) })) : [];
      const undone = new Map(asks.flatMap(({ key, row, write }) => { const is = left(row && inClasses(partyOf(row, write), classesOf(write)), write); return is ? [[key, done(is)] as const] : []; }));
      const open = asks.filter((a) => a.row !== undefined && !undone.has(a.key));
      const tried = await send(changed, open.filter((a) => namesMore(a.write)).map(plain));
      const marked = asks.filter((a) => isTaken(tried.get(a.key))).map((a) => ({ ...plain(a), name: suffixed(a.write.set['name'] ?? '', a.row?.contactNumber || a.key) }));
      const updated = new Map([...tried, ...await send(changed, marked)]);
      const asItStands = ({ row, write }: Ask<ContactRow>): Outcome<MasterWritten> => (row ? done({ record: partyOf(row, write), existed: true, warnings: [] }) : failed(missing(write.id ?? '')));
      for (const ask of asks) outcomes.set(ask.key, undone.get(ask.key) ?? (ask.row && namesMore(ask.write) ? written(updated.get(ask.key), ask.key) : asItStands(ask)));
      if (!rows.ok) for (const { id = '' } of old) outcomes.set(id, rows);
      await group(writes, { outcomes, rows: rows.ok ? rows.value : [] });
      return writes.map((w) => outcomes.get(w.id ?? w.foreignId ?? '') ?? failed(unreadable(w.id ?? w.foreignId ?? '', 'it was not sent')));
    },
    async items(writes) {
      const held = writes.some((w) => w.id !== undefined) ? await allItems(door) : done([]);
      if (!held.ok) return writes.map(() => held);
      const asks = writes.map((write): Ask<ItemRow> => { const row = write.id === undefined ? undefined : held.value.find((r) => r.itemID === write.id); return { write, row, key: write.set['code'] ?? row?.code ?? write.id ?? '' }; });
      const undone = new Map(asks.flatMap(({ key, row, write }) => { const is = left(row && itemToMaster(row), write); return is ? [[key, done(is)] as const] : []; }));
      const sent = await send(items, asks.filter((a) => (a.write.id === undefined || a.row !== undefined) && !undone.has(a.key)));
      return asks.map((a) => (a.write.id !== undefined && a.row === undefined ? failed(missing(a.write.id)) : undone.get(a.key) ?? written(sent.get(a.key), a.key)));
    },
  };
}
