import { type AccountingApi } from 'xero-node';
import { type z } from 'zod';
import { done, type Outcome } from '../../canonical/failure';
import { type MasterKind, type MasterRecord } from '../../canonical/master';
import { accountToMaster, itemToMaster } from './master-coded';
import { contactToMaster, isParty } from './master-contact';
import { readList } from './master-list-reads';
import { AccountRow, ContactRow, ItemRow } from './master-wire';
import { type MasterAsk, type MasterPage } from './master-types';
import { type Door } from './door';
import { rowsOf } from './reads';

/** Contacts in one page, ids in one address, keys in one filter. */
const pageSize = 500;
export const idsMax = 50;
const filterMax = 20;

type Answer = Promise<{ response: unknown; body: object }>;

export const chunks = <T>(list: readonly T[], size: number): T[][] => Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size));
/** Text inside a filter: quotes would end it. */
export const quotable = (text: string): boolean => !/["\\]/.test(text);

async function rows<T extends z.ZodType>(door: Door, ask: { what: string; list: string; schema: T }, call: (api: AccountingApi, tenant: string) => Answer): Promise<Outcome<z.infer<T>[]>> {
  const body = await door.read(ask.what, 3, call);
  return body.ok ? rowsOf((body.value as Record<string, unknown>)[ask.list], ask.schema, ask.what) : body;
}
const contacts = (door: Door, call: (api: AccountingApi, tenant: string) => Answer): Promise<Outcome<ContactRow[]>> => rows(door, { what: 'contacts', list: 'contacts', schema: ContactRow }, call);
const items = (door: Door, call: (api: AccountingApi, tenant: string) => Answer): Promise<Outcome<ItemRow[]>> => rows(door, { what: 'items', list: 'items', schema: ItemRow }, call);
const accounts = (door: Door, call: (api: AccountingApi, tenant: string) => Answer): Promise<Outcome<AccountRow[]>> => rows(door, { what: 'accounts', list: 'accounts', schema: AccountRow }, call);

/** Contacts by id, archived and merged ones included. */
export async function contactsById(door: Door, ids: readonly string[]): Promise<Outcome<ContactRow[]>> {
  const found: ContactRow[] = [];
  for (const part of chunks(ids, idsMax)) {
    const answer = await contacts(door, (api, tenant) => api.getContacts(tenant, undefined, undefined, undefined, part, 1, true, undefined, undefined, idsMax));
    if (!answer.ok) return answer;
    found.push(...answer.value);
  }
  return done(found);
}

/** By one field, a filter of many at a time; what cannot be quoted is not found. */
async function filtered<R>(values: readonly string[], field: string, call: (where: string) => Promise<Outcome<R[]>>): Promise<Outcome<R[]>> {
  const found: R[] = [];
  for (const part of chunks(values.filter(quotable), filterMax)) {
    const answer = await call(part.map((v) => `${field}=="${v}"`).join(' OR '));
    if (!answer.ok) return answer;
    found.push(...answer.value);
  }
  return done(found);
}
export const contactsByNumber = (door: Door, numbers: readonly string[]): Promise<Outcome<ContactRow[]>> =>
  filtered(numbers, 'ContactNumber', (where) => contacts(door, (api, tenant) => api.getContacts(tenant, undefined, where, undefined, undefined, 1, true, undefined, undefined, idsMax)));
export const itemsByCode = (door: Door, codes: readonly string[]): Promise<Outcome<ItemRow[]>> => filtered(codes, 'Code', (where) => items(door, (api, tenant) => api.getItems(tenant, undefined, where, undefined, 4)));
export const accountsByCode = (door: Door, codes: readonly string[]): Promise<Outcome<AccountRow[]>> => filtered(codes, 'Code', (where) => accounts(door, (api, tenant) => api.getAccounts(tenant, undefined, where)));
/** Items and accounts are not paged: their lists come whole. */
export const allItems = (door: Door, since?: Date): Promise<Outcome<ItemRow[]>> => items(door, (api, tenant) => api.getItems(tenant, since, undefined, undefined, 4));
export const allAccounts = (door: Door, since?: Date): Promise<Outcome<AccountRow[]>> => accounts(door, (api, tenant) => api.getAccounts(tenant, since));

const converted = <R>(answer: Outcome<R[]>, to: (row: R) => MasterRecord): Outcome<MasterRecord[]> => (answer.ok ? done(answer.value.map(to)) : answer);

/** Records changed since, a page of them; everything without an instant. `cursor` is the next page's number and where the first one began. */
export async function changedMasters(door: Door, { kind, since, cursor }: MasterAsk, now: () => Date): Promise<Outcome<MasterPage>> {
  const [page, watermark] = cursor === undefined ? [1, now().toISOString()] : [Number(cursor.split(' ')[0]), cursor.split(' ')[1] ?? ''];
  const from = since === undefined ? undefined : new Date(since);
  if (kind === 'customer' || kind === 'vendor') {
    const answer = await contacts(door, (api, tenant) => api.getContacts(tenant, from, undefined, 'UpdatedDateUTC ASC', undefined, page, true, undefined, undefined, pageSize));
    if (!answer.ok) return answer;
    return done({ records: answer.value.filter((r) => isParty(r, kind)).map((r) => contactToMaster(r, kind)), watermark, ...(answer.value.length < pageSize ? {} : { next: `${page + 1} ${watermark}` }) });
  }
  const records = kind === 'item' ? converted(await allItems(door, from), itemToMaster) : kind === 'account' ? converted(await allAccounts(door, from), accountToMaster) : await readList(door, kind);
  return records.ok ? done({ records: records.value, watermark }) : records;
}

export async function readMasters(door: Door, kind: MasterKind, ids: readonly string[]): Promise<Outcome<MasterRecord[]>> {
  const wanted = new Set(ids);
  if (kind === 'customer' || kind === 'vendor') return converted(await contactsById(door, ids), (r) => contactToMaster(r, kind));
  const all = kind === 'item' ? converted(await allItems(door), itemToMaster) : kind === 'account' ? converted(await allAccounts(door), accountToMaster) : await readList(door, kind);
  return all.ok ? done(all.value.filter((r) => wanted.has(r.id))) : all;
}
