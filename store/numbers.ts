import { type Kysely, sql } from 'kysely';
import { type Tables } from './schema';
import { type NumberStore } from './types';

/**
 * One number per (pair, series, key), for ever. The counter row is locked by its own update, so two askers queue; a key that already has its
 * number answers without a counter step. A number taken by a process that died is a gap, never a double.
 */
export function createNumbers(db: Kysely<Tables>): NumberStore {
  return {
    async reserve({ pairId, series, key, first }) {
      const known = await db.selectFrom('numbers').select('n').where('pair_id', '=', pairId).where('series', '=', series).where('key', '=', key).executeTakeFirst();
      if (known) return Number(known.n);
      return db.transaction().execute(async (tx) => {
        const counter = await tx.insertInto('counters').values({ pair_id: pairId, series, next: String(first + 1) })
          .onConflict((c) => c.columns(['pair_id', 'series']).doUpdateSet({ next: sql<string>`counters.next + 1` })).returning(sql<string>`next - 1`.as('n')).executeTakeFirstOrThrow();
        const added = await tx.insertInto('numbers').values({ pair_id: pairId, series, key, n: counter.n }).onConflict((c) => c.columns(['pair_id', 'series', 'key']).doNothing()).returning('n').executeTakeFirst();
        if (added) return Number(added.n);
        const other = await tx.selectFrom('numbers').select('n').where('pair_id', '=', pairId).where('series', '=', series).where('key', '=', key).executeTakeFirstOrThrow();
        return Number(other.n);
      });
    },
  };
}
