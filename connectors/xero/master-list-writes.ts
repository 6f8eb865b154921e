import { randomUUID } from 'node:crypto';
import { type Currency, type TaxRate, type TrackingOption } from 'xero-node';
import { done, failed, type Failure, type Outcome } from '../../canonical/failure';
import { type MasterRecord, type MasterWrite, type MasterWritten, overtaken } from '../../canonical/master';
import { unknownOf } from './batch-write';
import { type Called, type Door } from './door';
import { currencyToMaster, taxRateToMaster, type TaxRow, trackingToMasters, type TrackingRow } from './master-lists';
import { allCurrencies, allTaxRates, allTracking } from './master-list-reads';

/** What stands in Xero, and how to send a write of it. */
type Way<R> = { key: string; look(): Promise<Outcome<R>>; find(held: R): MasterRecord | undefined; send(held: R): Promise<Called<unknown>> | Failure };

const sameText = (a: string | undefined, b: string | undefined): boolean => (a ?? '').trim().toLowerCase() === (b ?? '').trim().toLowerCase();
const asWanted = (record: MasterRecord, { set, state }: MasterWrite, fields: readonly string[]): boolean => fields.every((f) => set[f] === undefined || record.fields[f] === set[f] || (f === 'category' && sameText(record.fields[f], set[f]))) && (state === undefined || record.state === state);
const missing = ({ kind, id = '' }: MasterWrite): Failure => ({ code: 'document-missing', system: 'xero', document: id, message: `Xero has no ${kind} ${id}.`, fix: 'Look for it in Xero; a full compare tells what else is gone.' });

/** Lists that take one record a call: looked at before every write, and read back after it. The list is short, so it is read whole. */
async function writeListed<R>(write: MasterWrite, way: Way<R>, fields: readonly string[]): Promise<Outcome<MasterWritten>> {
  const before = await way.look();
  if (!before.ok) return before;
  const there = way.find(before.value);
  if (!there && write.id !== undefined) return failed(missing(write));
  if (there && asWanted(there, write, fields)) return done({ record: there, existed: true, warnings: [] });
  if (there && overtaken(there, write)) return done({ record: there, existed: true, warnings: [], overtaken: true });
  const sent = way.send(before.value);
  if (!(sent instanceof Promise)) return failed(sent);
  const call = await sent;
  const after = await way.look();
  if (!after.ok) return failed(!call.ok && call.end.kind === 'refused' ? call.end.failure : unknownOf(way.key, after.failure.message));
  const now = way.find(after.value);
  if (now && asWanted(now, write, fields)) return done({ record: now, existed: there !== undefined, warnings: [] });
  if (!call.ok && call.end.kind === 'refused') return failed(call.end.failure);
  return failed(unknownOf(way.key, call.ok ? 'it was taken, but is not there when it is read back' : call.end.kind === 'unknown' ? call.end.why : 'the access expired'));
}

function writeTracking(door: Door, write: MasterWrite): Promise<Outcome<MasterWritten>> {
  const { id, set } = write;
  const home = (held: TrackingRow[]): TrackingRow | undefined => held.find((c) => (id === undefined ? sameText(c.name, set['category']) : c.options.some((o) => o.trackingOptionID === id)));
  return writeListed(write, {
    key: `tracking option ${id ?? set['name'] ?? ''}`, look: () => allTracking(door),
    find: (held) => held.flatMap(trackingToMasters).find((r) => (id === undefined ? sameText(r.fields['category'], set['category']) && sameText(r.fields['name'], set['name']) : r.id === id)),
    send(held) {
      const category = home(held);
      if (!category) return { code: 'setup-missing', system: 'xero', field: 'category', value: set['category'] ?? '', message: `Xero has no tracking category "${set['category'] ?? ''}".`, fix: 'Make it in Xero under Settings, Tracking categories (two can be in use), name the category that stands for it in the pair\'s value table of "category", or switch this kind off.' };
      if (id !== undefined && set['category'] !== undefined && !sameText(set['category'], category.name)) return { code: 'value-unusable', system: 'xero', field: 'category', value: set['category'], message: `Xero cannot move a tracking option from "${category.name}" to "${set['category']}".`, fix: 'Make the option in the other category, and archive this one.' };
      const known = category.options.find((o) => (id === undefined ? sameText(o.name, set['name']) : o.trackingOptionID === id));
      const option = { name: set['name'] ?? known?.name ?? '', ...(write.state === undefined ? {} : { status: write.state === 'archived' ? 'ARCHIVED' : 'ACTIVE' }) } as unknown as TrackingOption;
      const idempotency = door.key(['master-option', category.trackingCategoryID, option, randomUUID()]);
      return door.write({ what: 'a tracking option', priority: 3 }, (api, tenant) => (known ? api.updateTrackingOptions(tenant, category.trackingCategoryID, known.trackingOptionID, option, idempotency) : api.createTrackingOptions(tenant, category.trackingCategoryID, option, idempotency)));
    },
  }, ['name', 'category']);
}

/** A rate of several components has no single one to change: people say which. */
function writeTax(door: Door, write: MasterWrite): Promise<Outcome<MasterWritten>> {
  const { id, set } = write;
  const rowOf = (held: TaxRow[]): TaxRow | undefined => held.find((r) => (id === undefined ? sameText(r.name, set['name']) && r.status !== 'DELETED' : r.taxType === id));
  return writeListed(write, {
    key: `tax rate ${id ?? set['name'] ?? ''}`, look: () => allTaxRates(door), find: (held) => { const row = rowOf(held); return row && taxRateToMaster(row); },
    send(held) {
      const row = rowOf(held);
      if (row && id === undefined) return { code: 'duplicate-conflict', system: 'xero', document: row.taxType, field: 'name', value: row.name, message: `Xero has a tax rate "${row.name}" of another percentage.`, fix: 'Link the two in the cross-reference, or rename one of them.' };
      const parts = row?.taxComponents ?? [];
      if (set['rate'] !== undefined && parts.length > 1) return { code: 'value-unusable', system: 'xero', field: 'rate', value: set['rate'], message: `Xero's tax rate ${id ?? ''} is made of ${parts.length} components: which of them changes cannot be told from ${set['rate']} %.`, fix: 'Change the components in Xero under Settings, Tax rates.' };
      if (set['rate'] === undefined && parts.length === 0) return { code: 'field-missing', system: 'xero', field: 'rate', message: 'A tax rate needs its percentage.', fix: 'Enter it in the other system.' };
      const name = set['name'] ?? row?.name ?? '';
      const taxComponents = set['rate'] === undefined ? parts.map((p) => ({ name: p.name, rate: Number(p.rate ?? 0) })) : [{ name: parts[0]?.name || name, rate: Number(set['rate']) }];
      const rate = { ...(id === undefined ? {} : { taxType: id }), name, taxComponents, ...(write.state === undefined ? {} : { status: write.state === 'archived' ? 'ARCHIVED' : 'ACTIVE' }) } as unknown as TaxRate;
      const idempotency = door.key(['master-tax', rate, randomUUID()]);
      return door.write({ what: 'a tax rate', priority: 3 }, (api, tenant) => (id === undefined ? api.createTaxRates(tenant, { taxRates: [rate] }, idempotency) : api.updateTaxRate(tenant, { taxRates: [rate] }, idempotency)));
    },
  }, ['name', 'rate']);
}

/** A currency is subscribed to; there is nothing of it to change. */
function writeCurrency(door: Door, write: MasterWrite): Promise<Outcome<MasterWritten>> {
  const code = write.id ?? write.set['code'] ?? '';
  return writeListed(write, {
    key: `currency ${code}`, look: () => allCurrencies(door), find: (held) => { const row = held.find((c) => c.code === code); return row && currencyToMaster(row); },
    send: () => (write.id === undefined && write.state !== 'archived' ? door.write({ what: 'a currency', priority: 3 }, (api, tenant) => api.createCurrency(tenant, { code: code as unknown as NonNullable<Currency['code']> }, door.key(['master-currency', code, randomUUID()])))
      : { code: 'value-unusable', system: 'xero', field: 'code', value: code, message: `Xero's currency ${code} cannot be changed from outside.`, fix: 'Do it in Xero under Settings, Currencies.' }),
  }, ['code']);
}

/** Writes of tax rates, tracking options and currencies; `setup-missing` where Xero lacks what they stand in, `outcome-unknown` where nothing tells. */
export async function writeList(door: Door, write: MasterWrite): Promise<Outcome<MasterWritten>> {
  return write.kind === 'tracking' ? writeTracking(door, write) : write.kind === 'tax' ? writeTax(door, write) : writeCurrency(door, write);
}
