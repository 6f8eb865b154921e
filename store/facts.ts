import { type Kysely, sql } from 'kysely';
import { type Tables } from './schema';
import { type FactStore, type FeedStore, type PairStore, type WatermarkStore } from './types';

export function createWatermarks(db: Kysely<Tables>): WatermarkStore {
  return {
    async get(name) { return (await db.selectFrom('watermarks').select('value').where('name', '=', name).executeTakeFirst())?.value; },
    async set(name, value) { await db.insertInto('watermarks').values({ name, value }).onConflict((c) => c.column('name').doUpdateSet({ value })).execute(); },
  };
}

export function createFeed(db: Kysely<Tables>): FeedStore {
  return {
    async lastTold(runIds) {
      if (runIds.length === 0) return {};
      return Object.fromEntries((await db.selectFrom('feed').selectAll().where('run_id', 'in', runIds).execute()).map((r) => [r.run_id, r.hash]));
    },
    async told(hashes) {
      const rows = Object.entries(hashes).map(([run_id, hash]) => ({ run_id, hash }));
      if (rows.length > 0) await db.insertInto('feed').values(rows).onConflict((c) => c.column('run_id').doUpdateSet({ hash: sql<string>`excluded.hash` })).execute();
    },
  };
}

export function createFacts(db: Kysely<Tables>): FactStore {
  return {
    async get<T>(name: string) {
      const row = await db.selectFrom('facts').selectAll().where('name', '=', name).executeTakeFirst();
      return row ? { value: JSON.parse(row.value) as T, readAt: row.read_at.toISOString() } : undefined;
    },
    async put(name, value) {
      const row = { value: JSON.stringify(value), read_at: new Date() };
      await db.insertInto('facts').values({ name, ...row }).onConflict((c) => c.column('name').doUpdateSet(row)).execute();
    },
  };
}

export function createPairs(db: Kysely<Tables>): PairStore {
  return {
    async put(pairId, configuration) {
      const row = { configuration: JSON.stringify(configuration), updated_at: new Date() };
      await db.insertInto('pairs').values({ pair_id: pairId, ...row }).onConflict((c) => c.column('pair_id').doUpdateSet(row)).execute();
    },
    async get(pairId) { return (await db.selectFrom('pairs').select('configuration').where('pair_id', '=', pairId).executeTakeFirst())?.configuration; },
    async list() { return (await db.selectFrom('pairs').selectAll().orderBy('pair_id').execute()).map((r) => ({ pairId: r.pair_id, configuration: r.configuration })); },
  };
}
