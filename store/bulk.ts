import { randomUUID } from 'node:crypto';
import { type Kysely, type Selectable } from 'kysely';
import { type Tables } from './schema';
import { type BulkAct, type BulkStore, type ExceptionFilter } from './types';

const toAct = (r: Selectable<Tables['bulk_acts']>): BulkAct => ({
  id: r.id, by: r.who, filter: JSON.parse(r.filter) as ExceptionFilter, decision: JSON.parse(r.decision) as BulkAct['decision'], total: r.total, done: r.done, failed: r.failed, cursor: String(r.cursor), upto: String(r.upto),
  state: r.state as BulkAct['state'], createdAt: r.created_at.toISOString(), ...(r.finished_at ? { finishedAt: r.finished_at.toISOString() } : {}),
});

/** Decisions over many exceptions: the cursor moves with the work, so that a crash goes on where it stopped. */
export function createBulk(db: Kysely<Tables>): BulkStore {
  return {
    async create({ by, filter, decision, total, upto }) {
      const id = randomUUID();
      await db.insertInto('bulk_acts').values({ id, who: by, filter: JSON.stringify(filter), decision: JSON.stringify(decision), total, upto, state: total === 0 ? 'done' : 'running', finished_at: total === 0 ? new Date() : null }).execute();
      return id;
    },
    async get(id) {
      const row = await db.selectFrom('bulk_acts').selectAll().where('id', '=', id).executeTakeFirst();
      return row ? toAct(row) : undefined;
    },
    async list(limit) { return (await db.selectFrom('bulk_acts').selectAll().orderBy('created_at', 'desc').limit(limit).execute()).map(toAct); },
    async advance(id, step) {
      await db.updateTable('bulk_acts').set((q) => ({ cursor: step.cursor, done: q('done', '+', step.done), failed: q('failed', '+', step.failed), ...(step.finished ? { state: 'done', finished_at: new Date() } : {}) }))
        .where('id', '=', id).where('state', '=', 'running').where('cursor', '=', step.from).execute();
    },
  };
}
