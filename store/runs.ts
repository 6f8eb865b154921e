import { type Kysely, type OnConflictBuilder, type Selectable, sql } from 'kysely';
import { type Phase, type Story } from '../canonical/story';
import { standAsWritten } from './documents';
import { type Tables } from './schema';
import { type RunRow, type RunStore } from './types';

const toRow = (r: Selectable<Tables['runs']>): RunRow => ({
  runId: r.run_id, pairId: r.pair_id, sourceId: r.source_id, orderId: r.order_id, phase: r.phase as Phase, needsAttention: r.needs_attention, story: JSON.parse(r.story) as Story,
  createdAt: r.created_at.toISOString(), updatedAt: r.updated_at.toISOString(),
  ...(r.order_name ? { orderName: r.order_name } : {}), ...(r.total ? { total: r.total } : {}), ...(r.currency ? { currency: r.currency } : {}),
});

type Conflict = OnConflictBuilder<Tables, 'runs'>;
const projection = (story: Story, seq: number) => ({
  run_id: story.runId, pair_id: story.pairId, source_id: story.sourceId, order_id: story.orderId, order_name: story.orderName ?? null, phase: story.phase, needs_attention: story.needsAttention,
  total: story.total ?? null, currency: story.currency ?? null, story: JSON.stringify(story), seq, updated_at: new Date(),
});
/** An older projection never overwrites a newer one. */
const newer = (story: Story, seq: number) => (c: Conflict) => { const { run_id: _id, ...values } = projection(story, seq); return c.column('run_id').doUpdateSet(values).where('runs.seq', '<=', seq); };

/** The projection people list; the workflow stays the truth. */
export function createRuns(db: Kysely<Tables>): RunStore {
  return {
    project: async (story, seq) => { await db.insertInto('runs').values(projection(story, seq)).onConflict(newer(story, seq)).execute(); },
    async goOn(story, seq, documents) {
      const closed = { closed_at: new Date(), outcome: story.phase, decision: sql<string | null>`taken_decision`, decided_by: sql<string | null>`taken_by`, reason: sql<string | null>`taken_reason` };
      const closing = db.with('closed', (q) => q.updateTable('exceptions').set(closed).where('run_id', '=', story.runId).where('closed_at', 'is', null));
      if (documents.length === 0) await closing.insertInto('runs').values(projection(story, seq)).onConflict(newer(story, seq)).execute();
      else await closing.with('standing', () => standAsWritten(db, story, documents)).insertInto('runs').values(projection(story, seq)).onConflict(newer(story, seq)).execute();
    },
    async get(runId) {
      const row = await db.selectFrom('runs').selectAll().where('run_id', '=', runId).executeTakeFirst();
      return row ? toRow(row) : undefined;
    },
    async seqOf(runId) { return (await db.selectFrom('runs').select('seq').where('run_id', '=', runId).executeTakeFirst())?.seq; },
    async list(filter) {
      let query = db.selectFrom('runs').selectAll().orderBy('run_id').limit(filter.limit ?? 100);
      if (filter.pairId) query = query.where('pair_id', '=', filter.pairId);
      if (filter.phase) query = query.where('phase', '=', filter.phase);
      if (filter.needsAttention !== undefined) query = query.where('needs_attention', '=', filter.needsAttention);
      const { ref } = filter;
      if (ref) query = query.where((w) => w.or([w('run_id', '=', ref), w('order_id', '=', ref), w('order_name', '=', ref), w('order_name', '=', `#${ref}`)]));
      if (filter.orderId) query = query.where('order_id', '=', filter.orderId);
      if (filter.after) query = query.where('run_id', '>', filter.after);
      return (await query.execute()).map(toRow);
    },
    async counts() {
      const rows = await db.selectFrom('runs').select(['phase', sql<string>`count(*)`.as('n')]).groupBy('phase').execute();
      return Object.fromEntries(rows.map((r) => [r.phase, Number(r.n)]));
    },
  };
}
