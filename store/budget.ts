import { randomUUID } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import { type Tables } from './schema';
import { type BudgetStore } from './types';

const minuteMs = 60_000;

/**
 * The rate budget of one outside organisation, one row for all processes: calls this minute, calls this day (UTC), calls in flight. The row is
 * locked for the length of one short transaction.
 */
export function createBudget(db: Kysely<Tables>): BudgetStore {
  return {
    async take(ask) {
      const now = new Date();
      const day = now.toISOString().slice(0, 10);
      return db.transaction().execute(async (tx) => {
        await tx.insertInto('budget').values({ organisation: ask.organisation, minute_start: now, minute_used: 0, day, day_used: 0, blocked_until: null }).onConflict((c) => c.column('organisation').doNothing()).execute();
        const row = await tx.selectFrom('budget').selectAll().where('organisation', '=', ask.organisation).forUpdate().executeTakeFirstOrThrow();
        const freshMinute = now.getTime() - row.minute_start.getTime() >= minuteMs;
        const minuteUsed = freshMinute ? 0 : row.minute_used;
        const dayUsed = row.day === day ? row.day_used : 0;
        const minuteLeftMs = minuteMs - (now.getTime() - row.minute_start.getTime());
        if (row.blocked_until && row.blocked_until > now) return { ok: false as const, waitMs: row.blocked_until.getTime() - now.getTime(), why: 'blocked' as const };
        if (dayUsed >= ask.perDay) return { ok: false as const, waitMs: Date.parse(`${day}T24:00:00Z`) - now.getTime(), why: 'day' as const };
        if (minuteUsed >= ask.perMinute - ask.reserveForHigher) return { ok: false as const, waitMs: Math.max(1, minuteLeftMs), why: 'minute' as const };
        await tx.deleteFrom('budget_slots').where('organisation', '=', ask.organisation).where('expires_at', '<', now).execute();
        const { n } = await tx.selectFrom('budget_slots').select(sql<string>`count(*)`.as('n')).where('organisation', '=', ask.organisation).executeTakeFirstOrThrow();
        if (Number(n) >= ask.inFlight) return { ok: false as const, waitMs: 50, why: 'in-flight' as const };
        const slot = randomUUID();
        await tx.insertInto('budget_slots').values({ organisation: ask.organisation, slot, expires_at: new Date(now.getTime() + ask.slotTtlMs) }).execute();
        await tx.updateTable('budget').set({ minute_start: freshMinute ? now : row.minute_start, minute_used: minuteUsed + 1, day, day_used: dayUsed + 1 }).where('organisation', '=', ask.organisation).execute();
        return { ok: true as const, slot };
      });
    },
    async release(organisation, slot) { await db.deleteFrom('budget_slots').where('organisation', '=', organisation).where('slot', '=', slot).execute(); },
    async block(organisation, untilMs) { await db.updateTable('budget').set({ blocked_until: new Date(untilMs) }).where('organisation', '=', organisation).execute(); },
    async read(organisation) {
      const row = await db.selectFrom('budget').selectAll().where('organisation', '=', organisation).executeTakeFirst();
      if (!row) return undefined;
      const { n } = await db.selectFrom('budget_slots').select(sql<string>`count(*)`.as('n')).where('organisation', '=', organisation).executeTakeFirstOrThrow();
      return { minuteStart: row.minute_start.toISOString(), minuteUsed: row.minute_used, day: row.day, dayUsed: row.day_used, inFlight: Number(n), ...(row.blocked_until ? { blockedUntil: row.blocked_until.toISOString() } : {}) };
    },
  };
}
