import { randomUUID } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import { type Tables } from './schema';
import { type BudgetStore } from './types';

const minuteMs = 60_000;
/** What is further ahead than these was written by a clock that has been set back since, and counts as over. */
const longestSlotMs = 10 * minuteMs;
const longestBlockMs = 25 * 3_600_000;
/** A row that was just made, or a limit that was just left, is worth asking again at once. */
const triesMax = 3;

type Ask = Parameters<BudgetStore['take']>[0];
type Row = { minute_start: Date; minute_used: number; day: string; day_used: number; blocked_until: Date | null; slots: Record<string, number> };

const liveSlots = (slots: Record<string, number>, nowMs: number): number => Object.values(slots).filter((until) => until >= nowMs && until <= nowMs + longestSlotMs).length;

/**
 * All limits are held by one statement on one row: it takes the call when none is reached, else it changes nothing. Two askers of one moment
 * queue on the row, and the second one's conditions are judged on what the first one left.
 */
async function takeNow(db: Kysely<Tables>, ask: Ask, now: Date): Promise<string | undefined> {
  const slot = randomUUID();
  const day = now.toISOString().slice(0, 10);
  const nowMs = now.getTime();
  const newMinute = sql`(minute_start <= ${new Date(nowMs - minuteMs)} or minute_start > ${new Date(nowMs + minuteMs)})`;
  const minuteUsed = sql`(case when ${newMinute} then 0 else minute_used end)`;
  const live = sql`(s.value)::bigint between ${nowMs}::bigint and ${nowMs + longestSlotMs}::bigint`;
  const dayUsed = sql`(case when day = ${day} then day_used else 0 end)`;
  const { rows } = await sql<{ organisation: string }>`
    update budget set minute_used = ${minuteUsed} + 1, day_used = ${dayUsed} + 1, day = ${day}, minute_start = case when ${newMinute} then ${now}::timestamptz else minute_start end,
      slots = (select coalesce(jsonb_object_agg(s.key, s.value), '{}'::jsonb) from jsonb_each(slots) s where ${live}) || jsonb_build_object(${slot}::text, ${nowMs + ask.slotTtlMs}::bigint)
    where organisation = ${ask.organisation} and (blocked_until is null or blocked_until <= ${now} or blocked_until > ${new Date(nowMs + longestBlockMs)}) and ${dayUsed} < ${ask.perDay} and ${minuteUsed} < ${ask.perMinute - ask.reserveForHigher}
      and (select count(*) from jsonb_each(slots) s where ${live}) < ${ask.inFlight}
    returning organisation`.execute(db);
  return rows.length > 0 ? slot : undefined;
}

/** Which limit is reached, and for how long; undefined when none is. */
function refusal(row: Row, ask: Ask, now: Date): { waitMs: number; why: 'minute' | 'day' | 'in-flight' | 'blocked' } | undefined {
  const day = now.toISOString().slice(0, 10);
  const minuteAge = now.getTime() - row.minute_start.getTime();
  if (row.blocked_until && row.blocked_until > now && row.blocked_until.getTime() <= now.getTime() + longestBlockMs) return { waitMs: row.blocked_until.getTime() - now.getTime(), why: 'blocked' };
  if (row.day === day && row.day_used >= ask.perDay) return { waitMs: Date.parse(`${day}T24:00:00Z`) - now.getTime(), why: 'day' };
  if (Math.abs(minuteAge) < minuteMs && row.minute_used >= ask.perMinute - ask.reserveForHigher) return { waitMs: Math.max(1, minuteMs - minuteAge), why: 'minute' };
  if (liveSlots(row.slots, now.getTime()) >= ask.inFlight) return { waitMs: 50, why: 'in-flight' };
  return undefined;
}

/** The rate budget of one outside organisation, one row for all processes: calls this minute, calls this day (UTC), calls in flight. */
export function createBudget(db: Kysely<Tables>): BudgetStore {
  return {
    async take(ask) {
      for (let attempt = 1; ; attempt += 1) {
        const now = new Date();
        const slot = await takeNow(db, ask, now);
        if (slot !== undefined) return { ok: true, slot };
        const row = await db.selectFrom('budget').selectAll().where('organisation', '=', ask.organisation).executeTakeFirst();
        const reached = row ? refusal(row, ask, now) : undefined;
        if (reached) return { ok: false, ...reached };
        if (attempt >= triesMax) return { ok: false, waitMs: 50, why: 'in-flight' };
        if (!row) await db.insertInto('budget').values({ organisation: ask.organisation, minute_start: now, minute_used: 0, day: now.toISOString().slice(0, 10), day_used: 0, blocked_until: null }).onConflict((c) => c.column('organisation').doNothing()).execute();
      }
    },
    async release(organisation, slot) { await db.updateTable('budget').set({ slots: sql<string>`slots - ${slot}::text` }).where('organisation', '=', organisation).execute(); },
    async block(organisation, untilMs) { await db.updateTable('budget').set({ blocked_until: new Date(untilMs) }).where('organisation', '=', organisation).execute(); },
    async read(organisation) {
      const row = await db.selectFrom('budget').selectAll().where('organisation', '=', organisation).executeTakeFirst();
      if (!row) return undefined;
      return { minuteStart: row.minute_start.toISOString(), minuteUsed: row.minute_used, day: row.day, dayUsed: row.day_used, inFlight: liveSlots(row.slots, Date.now()), ...(row.blocked_until ? { blockedUntil: row.blocked_until.toISOString() } : {}) };
    },
  };
}
