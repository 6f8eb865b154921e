import { randomUUID } from 'node:crypto';
import { type Kysely } from 'kysely';
import { type Tables } from './schema';
import { type AuditStore, type BulkAct, type BulkStore, type ExceptionFilter } from './types';

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

/** Decisions over many exceptions: the cursor moves with the work, so that a crash goes on where it stopped. */
export function createBulk(db: Kysely<Tables>): BulkStore {
  return {
    async create({ by, filter, decision, total, upto }) {
      const id = randomUUID();
      await db.insertInto('bulk_acts').values({ id, who: by, filter: JSON.stringify(filter), decision: JSON.stringify(decision), total, upto, state: total === 0 ? 'done' : 'running', finished_at: total === 0 ? new Date() : null }).execute();
      return id;
    },
    async get(id) {
      const r = await db.selectFrom('bulk_acts').selectAll().where('id', '=', id).executeTakeFirst();
      if (!r) return undefined;
      return {
        id: r.id, by: r.who, filter: JSON.parse(r.filter) as ExceptionFilter, decision: JSON.parse(r.decision) as BulkAct['decision'], total: r.total, done: r.done, failed: r.failed, cursor: String(r.cursor), upto: String(r.upto),
        state: r.state as BulkAct['state'], createdAt: r.created_at.toISOString(), ...(r.finished_at ? { finishedAt: r.finished_at.toISOString() } : {}),
      };
    },
    async advance(id, step) {
      await db.updateTable('bulk_acts').set((q) => ({ cursor: step.cursor, done: q('done', '+', step.done), failed: q('failed', '+', step.failed), ...(step.finished ? { state: 'done', finished_at: new Date() } : {}) }))
        .where('id', '=', id).where('cursor', '<=', step.cursor).execute();
    },
  };
}
