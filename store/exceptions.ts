import { randomUUID } from 'node:crypto';
import { type Kysely } from 'kysely';
import { type Failure } from '../canonical/failure';
import { type Tables } from './schema';
import { type AuditStore, type ExceptionStore } from './types';

/** At most one open exception per run; it closes when the run goes on. */
export function createExceptions(db: Kysely<Tables>): ExceptionStore {
  return {
    async open({ runId, pairId, step, failure }) {
      const id = randomUUID();
      const row = await db.insertInto('exceptions').values({ id, run_id: runId, pair_id: pairId, step, failure: JSON.stringify(failure), closed_at: null, decision: null, decided_by: null, reason: null })
        .onConflict((c) => c.column('run_id').where('closed_at', 'is', null).doUpdateSet({ failure: JSON.stringify(failure), step })).returning('id').executeTakeFirstOrThrow();
      return row.id;
    },
    async close(runId, { decision, by, reason }) {
      await db.updateTable('exceptions').set({ closed_at: new Date(), decision, decided_by: by ?? null, reason: reason ?? null }).where('run_id', '=', runId).where('closed_at', 'is', null).execute();
    },
    async list(filter) {
      let query = db.selectFrom('exceptions').selectAll().orderBy('opened_at', 'desc').limit(filter.limit ?? 100);
      if (filter.open !== undefined) query = query.where('closed_at', filter.open ? 'is' : 'is not', null);
      if (filter.runId) query = query.where('run_id', '=', filter.runId);
      return (await query.execute()).map((r) => ({
        id: r.id, runId: r.run_id, pairId: r.pair_id, step: r.step, failure: JSON.parse(r.failure) as Failure, openedAt: r.opened_at.toISOString(),
        ...(r.closed_at ? { closedAt: r.closed_at.toISOString() } : {}), ...(r.decision ? { decision: r.decision } : {}), ...(r.decided_by ? { by: r.decided_by } : {}), ...(r.reason ? { reason: r.reason } : {}),
      }));
    },
  };
}

export function createAudit(db: Kysely<Tables>): AuditStore {
  return {
    async add({ who, action, subject, detail }) { await db.insertInto('audit').values({ who, action, subject, detail: detail === undefined ? null : JSON.stringify(detail) }).execute(); },
    async list(filter) {
      let query = db.selectFrom('audit').selectAll().orderBy('id', 'desc').limit(filter.limit ?? 100);
      if (filter.subject) query = query.where('subject', '=', filter.subject);
      return (await query.execute()).map((r) => ({ at: r.at.toISOString(), who: r.who, action: r.action, subject: r.subject, ...(r.detail ? { detail: JSON.parse(r.detail) as unknown } : {}) }));
    },
  };
}
