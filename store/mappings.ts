import { type Kysely, type Selectable, sql } from 'kysely';
import { type MappingState, type MappingStore, type MappingVersion } from './mapping-types';
import { type Tables } from './schema';

type Row = Omit<Selectable<Tables['mapping_versions']>, 'document'>;
const columns = ['pair_id', 'name', 'version', 'state', 'who', 'reason', 'created_at', 'published_at', 'published_by', 'publish_reason', 'retired_at'] as const;

const toVersion = (r: Row): MappingVersion => ({
  pairId: r.pair_id, name: r.name, version: r.version, state: r.state as MappingState, by: r.who, reason: r.reason, createdAt: r.created_at.toISOString(),
  ...(r.published_at ? { publishedAt: r.published_at.toISOString() } : {}), ...(r.published_by ? { publishedBy: r.published_by } : {}), ...(r.publish_reason ? { publishReason: r.publish_reason } : {}), ...(r.retired_at ? { retiredAt: r.retired_at.toISOString() } : {}),
});

/** Mapping documents of a pair, version by version. */
export function createMappings(db: Kysely<Tables>): MappingStore {
  const one = (ask: { pairId: string; name: string; version: number }, state: MappingState[]) => db.updateTable('mapping_versions').where('pair_id', '=', ask.pairId).where('name', '=', ask.name).where('version', '=', ask.version).where('state', 'in', state);
  return {
    async draft({ pairId, name, document, by, reason, above }) {
      return db.transaction().execute(async (tx) => {
        // Two drafts of one moment come one after the other: the number is the row's key.
        await sql`select pg_advisory_xact_lock(hashtext(${`mapping/${pairId}/${name}`}))`.execute(tx);
        const { n } = await tx.selectFrom('mapping_versions').select(sql<number>`coalesce(max(version), 0)`.as('n')).where('pair_id', '=', pairId).where('name', '=', name).executeTakeFirstOrThrow();
        const version = Math.max(Number(n), above) + 1;
        const row = await tx.insertInto('mapping_versions').values({ pair_id: pairId, name, version, state: 'draft', document: JSON.stringify({ ...document, version }), who: by, reason }).returning(columns).executeTakeFirstOrThrow();
        return toVersion(row);
      });
    },
    async get(pairId, name, version) {
      const rows = db.selectFrom('mapping_versions').selectAll().where('pair_id', '=', pairId).where('name', '=', name);
      const row = await (version === undefined ? rows.where('state', '=', 'published') : rows.where('version', '=', version)).executeTakeFirst();
      return row ? { ...toVersion(row), document: JSON.parse(row.document) as unknown } : undefined;
    },
    async published(pairId) {
      const rows = await db.selectFrom('mapping_versions').select(['name', 'version']).where('pair_id', '=', pairId).where('state', '=', 'published').execute();
      return Object.fromEntries(rows.map((r) => [r.name, r.version]));
    },
    async keepShipped({ pairId, name, document }) {
      const textOf = (version: number): string => JSON.stringify({ ...document, version });
      const versions = (from: Kysely<Tables>) => from.selectFrom('mapping_versions').where('pair_id', '=', pairId).where('name', '=', name);
      const same = async (from: Kysely<Tables>): Promise<number | undefined> =>
        (await versions(from).select(['version', 'document']).where('state', '=', 'shipped').execute()).find((r) => r.document === textOf(r.version))?.version;
      return await same(db) ?? db.transaction().execute(async (tx) => {
        await sql`select pg_advisory_xact_lock(hashtext(${`mapping/${pairId}/${name}`}))`.execute(tx);
        const known = await same(tx);
        if (known !== undefined) return known;
        const taken = (await versions(tx).select('version').execute()).map((r) => r.version);
        const version = taken.includes(document.version) ? Math.max(...taken) + 1 : document.version;
        await tx.insertInto('mapping_versions').values({ pair_id: pairId, name, version, state: 'shipped', document: textOf(version), who: 'tieout', reason: 'came with the release' }).execute();
        return version;
      });
    },
    async list(pairId, name) {
      const rows = db.selectFrom('mapping_versions').select(columns).where('pair_id', '=', pairId).orderBy('name').orderBy('version', 'desc').limit(1_000);
      return (await (name === undefined ? rows : rows.where('name', '=', name)).execute()).map(toVersion);
    },
    async publish({ pairId, name, version, by, reason }) {
      return db.transaction().execute(async (tx) => {
        await sql`select pg_advisory_xact_lock(hashtext(${`mapping/${pairId}/${name}`}))`.execute(tx);
        const draft = await tx.selectFrom('mapping_versions').select('state').where('pair_id', '=', pairId).where('name', '=', name).where('version', '=', version).executeTakeFirst();
        if (draft?.state !== 'draft') return false;
        const now = new Date();
        await tx.updateTable('mapping_versions').set({ state: 'retired', retired_at: now }).where('pair_id', '=', pairId).where('name', '=', name).where('state', '=', 'published').execute();
        await tx.updateTable('mapping_versions').set({ state: 'published', published_at: now, published_by: by, publish_reason: reason }).where('pair_id', '=', pairId).where('name', '=', name).where('version', '=', version).execute();
        return true;
      });
    },
    async retire(ask) {
      const { numUpdatedRows } = await one(ask, ['draft', 'published']).set({ state: 'retired', retired_at: new Date() }).executeTakeFirst();
      return numUpdatedRows > 0n;
    },
  };
}
