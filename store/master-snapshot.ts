import { createHash } from 'node:crypto';
import { type Kysely, type Selectable, sql } from 'kysely';
import { MasterFields, type MasterKind, type MasterRecord, type MasterSystem } from '../canonical/master';
import { keyedHash, type KeyRing, open, seal } from './sealing';
import { type Tables } from './schema';
import { type MasterRef, type MasterSnapshotStore } from './master-types';

const place = (pairId: string, kind: string, ref: { system: string; id: string }): string => `master/${pairId}/${kind}/${ref.system}/${ref.id}`;
/** Rows of one statement: bounded, and far below what a statement may carry. */
const rowsMax = 500;

/** Content that matters: two records with one hash are equal for the synchronisation. */
export function recordHash({ fields, state, mergedInto, foreignId }: MasterRecord): string {
  const sorted = Object.entries(fields).filter(([, v]) => v !== '').sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify([sorted, state, mergedInto ?? '', foreignId ?? ''])).digest('base64url').slice(0, 32);
}

function toRecord(ring: KeyRing, r: Selectable<Tables['master_records']>): MasterRecord {
  const ref = { system: r.system as MasterSystem, id: r.id };
  return {
    kind: r.kind as MasterKind, ...ref, fields: MasterFields.parse(JSON.parse(open(ring, place(r.pair_id, r.kind, ref), r.fields).toString('utf8'))), state: r.state as MasterRecord['state'], version: r.version.toISOString(),
    ...(r.foreign_id ? { foreignId: r.foreign_id } : {}), ...(r.merged_into ? { mergedInto: r.merged_into } : {}), ...(r.protected ? { protected: r.protected } : {}),
  };
}

type Kept = { record: MasterRecord; keys: readonly string[] };
type Writing = { db: Kysely<Tables>; ring: KeyRing; pairId: string; mark: boolean; hashed: (key: string) => string };

/** Reads stamp what they saw, changed or not. */
async function seen(rows: readonly Kept[], { db, pairId }: Pick<Writing, 'db' | 'pairId'>): Promise<void> {
  for (const [place, { record }] of new Map(rows.map((row) => [`${row.record.kind}/${row.record.system}`, row]))) {
    const ids = rows.filter(({ record: r }) => `${r.kind}/${r.system}` === place).map(({ record: r }) => r.id);
    await db.updateTable('master_records').set({ seen_at: sql<Date>`clock_timestamp()` }).where('pair_id', '=', pairId).where('kind', '=', record.kind).where('system', '=', record.system).where('id', 'in', ids).execute();
  }
}

async function keepSome(rows: readonly Kept[], { db, ring, pairId, mark, hashed }: Writing): Promise<number> {
  const values = rows.map(({ record: r }) => ({
    pair_id: pairId, kind: r.kind, system: r.system, id: r.id, foreign_id: r.foreignId ?? null, state: r.state, merged_into: r.mergedInto ?? null, protected: r.protected ?? null, version: new Date(r.version),
    fields: seal(ring, place(pairId, r.kind, r), JSON.stringify(r.fields)), hash: recordHash(r), changed: mark ? sql<string>`nextval('master_changes')` : null,
  }));
  const kept = await db.insertInto('master_records').values(values).onConflict((c) => c.columns(['pair_id', 'kind', 'system', 'id']).doUpdateSet((eb) => ({
    foreign_id: eb.ref('excluded.foreign_id'), state: eb.ref('excluded.state'), merged_into: eb.ref('excluded.merged_into'), protected: eb.ref('excluded.protected'), version: eb.ref('excluded.version'), fields: eb.ref('excluded.fields'), hash: eb.ref('excluded.hash'),
    changed: mark ? eb.ref('excluded.changed') : sql<string>`null`,
  })).where(sql<boolean>`master_records.version <= excluded.version and (master_records.hash <> excluded.hash${mark ? sql`` : sql` or master_records.changed is not null`})`)).returning(['kind', 'system', 'id']).execute();
  if (mark) await seen(rows, { db, pairId });
  const changed = new Set(kept.map((k) => `${k.kind}/${k.system}/${k.id}`));
  const touched = rows.filter(({ record: r }) => changed.has(`${r.kind}/${r.system}/${r.id}`));
  if (touched.length === 0) return 0;
  for (const group of new Map(touched.map((t) => [`${t.record.kind}/${t.record.system}`, t.record])).values()) {
    const mine = touched.filter((t) => t.record.kind === group.kind && t.record.system === group.system);
    await db.deleteFrom('master_keys').where('pair_id', '=', pairId).where('kind', '=', group.kind).where('system', '=', group.system).where('id', 'in', mine.map((t) => t.record.id)).execute();
  }
  const keys = touched.flatMap(({ record: r, keys: list }) => [...new Set(list)].map((key) => ({ pair_id: pairId, kind: r.kind, system: r.system, key: hashed(key), id: r.id })));
  for (let at = 0; at < keys.length; at += 1_000) await db.insertInto('master_keys').values(keys.slice(at, at + 1_000)).onConflict((c) => c.doNothing()).execute();
  return touched.length;
}

type Place = { pairId: string; kind: MasterKind; system: MasterSystem };
type Holder = { key: string; id: string };
/** A key that so many records share is not looked at one by one. */
const crowdMax = 200;
/** Holders of keys that one look goes through. */
const holdersMax = 10_000;
const ofId = (key: string): boolean => key.startsWith('id ');

/** Who holds one of these keys, a crowd's key left out; keys of an id count always. */
async function holders(db: Kysely<Tables>, { place: { pairId, kind, system }, keys, hashed, crowdMax: most }: { place: Place; keys: readonly string[]; hashed(key: string): string; crowdMax: number | undefined }): Promise<Holder[]> {
  if (keys.length === 0) return [];
  const always = keys.filter(ofId).map(hashed);
  const told = sql.join([most === undefined ? sql`true` : sql`n <= ${most}`, ...(always.length === 0 ? [] : [sql`key in (${sql.join(always)})`])], sql` or `);
  const { rows } = await sql<Holder>`select key, id from (select key, id, count(*) over (partition by key) as n from master_keys where pair_id = ${pairId} and kind = ${kind} and system = ${system} and key in (${sql.join(keys.map(hashed))})) as shared where ${told} order by n, id limit ${holdersMax}`.execute(db);
  return rows;
}

/** Those that stand in no link. Asked by id: as a join, and where nobody gathers statistics, every link would be read for every record. */
async function unlinked(db: Kysely<Tables>, { pairId, kind, system }: Place, held: readonly Holder[]): Promise<Holder[]> {
  const ids = [...new Set(held.map((h) => h.id))];
  const column = system === 'gp' ? 'from_id' : 'to_id';
  const linked = new Set<string>();
  for (let at = 0; at < ids.length; at += rowsMax) {
    const rows = await db.selectFrom('links').select([`${column} as id`, 'rev']).where('pair_id', '=', pairId).where('kind', '=', kind).where('from_system', '=', 'gp').where('to_system', '=', 'xero').where(column, 'in', ids.slice(at, at + rowsMax)).execute();
    for (const row of rows) if (row.rev > 0) linked.add(row.id);
  }
  return held.filter((h) => !linked.has(h.id));
}

/** Ids by the rarest key they hold: should there be more than may be looked at, those come first of which a key tells most. */
function rarestFirst(held: readonly Holder[], { sharedMax, always }: { sharedMax: number | undefined; always: ReadonlySet<string> }): string[] {
  const counts = new Map<string, number>();
  for (const { key } of held) counts.set(key, (counts.get(key) ?? 0) + 1);
  const telling = held.filter(({ key }) => sharedMax === undefined || (counts.get(key) ?? 0) <= sharedMax || always.has(key));
  return [...new Set(telling.sort((a, b) => (counts.get(a.key) ?? 0) - (counts.get(b.key) ?? 0) || (a.id < b.id ? -1 : 1)).map((h) => h.id))];
}

/** Snapshot of both systems' master records. */
export function createMasterSnapshot(db: Kysely<Tables>, ring: KeyRing): MasterSnapshotStore {
  /** Match keys hold names and e-mails: only their keyed hash is stored. */
  const hashed = (key: string): string => keyedHash(ring, key);
  const of = (pairId: string, kind: MasterKind) => db.selectFrom('master_records').where('pair_id', '=', pairId).where('kind', '=', kind);
  const bySystem = (refs: readonly MasterRef[], system: MasterSystem): string[] => refs.filter((r) => r.system === system).map((r) => r.id);
  return {
    async keep(pairId, records, { mark }) {
      let changed = 0;
      for (let at = 0; at < records.length; at += rowsMax) changed += await keepSome(records.slice(at, at + rowsMax), { db, ring, pairId, mark, hashed });
      return changed;
    },
    async get(pairId, kind, refs) {
      const found: MasterRecord[] = [];
      for (const system of ['gp', 'xero'] as const) {
        const ids = bySystem(refs, system);
        for (let at = 0; at < ids.length; at += rowsMax) found.push(...(await of(pairId, kind).selectAll().where('system', '=', system).where('id', 'in', ids.slice(at, at + rowsMax)).execute()).map((r) => toRecord(ring, r)));
      }
      return found;
    },
    async dirty(pairId, kind, { after = '0', limit }) {
      const rows = await of(pairId, kind).select(['system', 'id', 'hash', 'changed']).where('changed', '>', after).orderBy('changed').limit(limit).execute();
      return rows.map((r) => ({ system: r.system as MasterSystem, id: r.id, hash: r.hash, place: String(r.changed) }));
    },
    async marked(pairId, kind, refs) {
      if (refs.length === 0) return false;
      const row = await of(pairId, kind).select('id').where('changed', 'is not', null).where((eb) => eb.or((['gp', 'xero'] as const).flatMap((system) => { const ids = bySystem(refs, system); return ids.length === 0 ? [] : [eb('system', '=', system).and('id', 'in', ids)]; }))).limit(1).executeTakeFirst();
      return row !== undefined;
    },
    async settled(pairId, kind, refs) {
      for (let at = 0; at < refs.length; at += rowsMax) {
        const some = refs.slice(at, at + rowsMax);
        await db.updateTable('master_records').set({ changed: null }).where('pair_id', '=', pairId).where('kind', '=', kind)
          .where(sql<boolean>`(system, id, hash) in (${sql.join(some.map((r) => sql`(${r.system}, ${r.id}, ${r.hash})`))})`).execute();
      }
    },
    async sharing(pairId, kind, { system, keys, limit, sharedMax, free }) {
      const place = { pairId, kind, system };
      const held = await holders(db, { place, keys, hashed, crowdMax: free ? crowdMax : sharedMax });
      const ids = rarestFirst(free ? await unlinked(db, place, held) : held, { sharedMax: free ? sharedMax : undefined, always: new Set(keys.filter(ofId).map(hashed)) }).slice(0, limit);
      return ids.length === 0 ? [] : (await of(pairId, kind).selectAll().where('system', '=', system).where('id', 'in', ids).execute()).map((r) => toRecord(ring, r));
    },
    async ids(pairId, kind, { system, after = '', limit }) {
      return (await of(pairId, kind).select('id').where('system', '=', system).where('id', '>', after).orderBy('id').limit(limit).execute()).map((r) => r.id);
    },
    async markAll(pairId, kind) {
      for (const system of ['gp', 'xero']) {
        await db.updateTable('master_records').set({ changed: sql<string>`nextval('master_changes')` }).where('pair_id', '=', pairId).where('kind', '=', kind).where('system', '=', system).where('changed', 'is', null).where('state', '<>', 'deleted').execute();
      }
      const { n } = await of(pairId, kind).select(sql<string>`count(changed)`.as('n')).executeTakeFirstOrThrow();
      return Number(n);
    },
    async clock() {
      const { rows: [row] } = await sql<{ at: Date }>`select clock_timestamp() as at`.execute(db);
      if (!row) throw new Error('the store told no time');
      return row.at.toISOString();
    },
    async unseen(pairId, kind, { system, since, after = '', limit, among }) {
      if (among?.length === 0) return [];
      return (await (among ? of(pairId, kind).where('id', 'in', [...among]) : of(pairId, kind)).select('id').where('system', '=', system).where('state', '<>', 'deleted').where('seen_at', '<', new Date(since)).where('id', '>', after).orderBy('id').limit(limit).execute()).map((r) => r.id);
    },
    async counts(pairId, kind) {
      const rows = await of(pairId, kind).select(['system', sql<string>`count(*)`.as('n'), sql<string>`count(changed)`.as('changed')]).where('state', '<>', 'deleted').groupBy('system').execute();
      const links = await db.selectFrom('links').select(sql<string>`count(*)`.as('n')).where('pair_id', '=', pairId).where('kind', '=', kind).where('rev', '>', 0).executeTakeFirstOrThrow();
      const n = (system: string): number => Number(rows.find((r) => r.system === system)?.n ?? 0);
      return { gp: n('gp'), xero: n('xero'), linked: Number(links.n), changed: rows.reduce((a, r) => a + Number(r.changed), 0) };
    },
  };
}
