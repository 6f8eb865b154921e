import { type Kysely, sql } from 'kysely';
import { type Tables } from './schema';
import { type NumberAsk, type NumberStore } from './types';

type Found = { series: string; key: string; n: string };
const placeOf = (a: { series: string; key: string }): string => JSON.stringify([a.series, a.key]);

/**
 * All numbers of one asking in one statement: the known ones as they stand, the missing ones behind their counters. A counter's row is locked by
 * its own update, always in the order of the series, so that askers queue and never hold each other.
 */
async function reserve(db: Kysely<Tables>, pairId: string, asks: readonly NumberAsk[]): Promise<Map<string, number>> {
  const list = sql.join(asks.map((a, i) => sql`(${a.series}::text, ${a.key}::text, ${i}::int, ${a.first}::bigint)`));
  const { rows } = await sql<Found>`
    with asked(series, key, place, first) as (values ${list}),
    known as (select n.series, n.key, n.n from asked a join numbers n on n.pair_id = ${pairId} and n.series = a.series and n.key = a.key),
    missing as (select a.series, a.key, a.first, row_number() over (partition by a.series order by a.place) as nth from asked a where not exists (select 1 from known k where k.series = a.series and k.key = a.key)),
    wanted as (select series, min(first) as first, count(*) as many from missing group by series),
    stepped as (insert into counters (pair_id, series, next) select ${pairId}, series, first + many from wanted order by series
      on conflict (pair_id, series) do update set next = counters.next + (select w.many from wanted w where w.series = counters.series) returning series, next),
    added as (insert into numbers (pair_id, series, key, n) select ${pairId}, m.series, m.key, s.next - w.many + m.nth - 1 from missing m join stepped s on s.series = m.series join wanted w on w.series = m.series
      on conflict (pair_id, series, key) do nothing returning series, key, n)
    select series, key, n from known union all select series, key, n from added`.execute(db);
  return new Map(rows.map((r) => [placeOf(r), Number(r.n)]));
}

/**
 * One number per (pair, series, key), for ever. A key that already has its number answers without a counter step. A number taken by a process that
 * died, or lost to another asker of the same key, is a gap, never a double.
 */
export function createNumbers(db: Kysely<Tables>): NumberStore {
  const all = async (pairId: string, asks: readonly NumberAsk[]): Promise<number[]> => {
    if (asks.length === 0) return [];
    const once = [...new Map(asks.map((a) => [placeOf(a), a])).values()];
    let found = await reserve(db, pairId, once);
    // Somebody else was given one of these numbers while we asked: it stands there now.
    if (asks.some((a) => !found.has(placeOf(a)))) found = await reserve(db, pairId, once);
    return asks.map((a) => {
      const n = found.get(placeOf(a));
      if (n === undefined) throw new Error(`no number was given for ${a.series} ${a.key}`);
      return n;
    });
  };
  return {
    reserveAll: (pairId, asks) => all(pairId, asks),
    reserve: async ({ pairId, ...ask }) => (await all(pairId, [ask]))[0] ?? 0,
  };
}
