import { type Kysely, type Selectable, sql } from 'kysely';
import { type KeyRing, open, seal } from './sealing';
import { type Tables } from './schema';
import { type OrderCopyStore, type OrderEdit } from './types';

/** Documents of orders in trouble, before and after mapping, and what people changed in them; all sealed. */
export function createOrderCopies(db: Kysely<Tables>, ring: KeyRing): OrderCopyStore {
  const place = (runId: string): string => `order-copies/${runId}`;
  const sealed = (runId: string, text: string | undefined): string | null => (text === undefined ? null : seal(ring, place(runId), text));
  const opened = (runId: string, text: string | null): string | undefined => (text === null ? undefined : open(ring, place(runId), text).toString('utf8'));
  const toEdit = (r: Selectable<Tables['order_edits']>): OrderEdit => ({
    canonical: opened(r.run_id, r.canonical) ?? '{}', baseHash: r.base_hash, baseVersion: r.base_version, diff: JSON.parse(opened(r.run_id, r.diff) ?? '[]') as OrderEdit['diff'], by: r.who, reason: r.reason, at: r.at.toISOString(), active: r.active,
  });
  return {
    async keep({ runId, pairId }, copy) {
      const given = { ...(copy.source === undefined ? {} : { source: sealed(runId, copy.source) }), ...(copy.canonical === undefined ? {} : { canonical: sealed(runId, copy.canonical) }), ...(copy.coded === undefined ? {} : { coded: sealed(runId, copy.coded) }) };
      await db.insertInto('order_copies').values({ run_id: runId, pair_id: pairId, source: null, canonical: null, coded: null, ...given }).onConflict((c) => c.column('run_id').doUpdateSet({ ...given, updated_at: new Date() })).execute();
    },
    async get(runId) {
      const row = await db.selectFrom('order_copies').selectAll().where('run_id', '=', runId).executeTakeFirst();
      if (!row) return undefined;
      const [source, canonical, coded] = [opened(runId, row.source), opened(runId, row.canonical), opened(runId, row.coded)];
      return { ...(source === undefined ? {} : { source }), ...(canonical === undefined ? {} : { canonical }), ...(coded === undefined ? {} : { coded }), updatedAt: row.updated_at.toISOString() };
    },
    async edit(runId, edit) {
      return db.transaction().execute(async (tx) => {
        const { n } = await tx.selectFrom('order_edits').select(sql<number>`coalesce(max(n), 0)`.as('n')).where('run_id', '=', runId).executeTakeFirstOrThrow();
        await tx.updateTable('order_edits').set({ active: false }).where('run_id', '=', runId).execute();
        await tx.insertInto('order_edits').values({ run_id: runId, n: Number(n) + 1, canonical: seal(ring, place(runId), edit.canonical), base_hash: edit.baseHash, base_version: edit.baseVersion, diff: seal(ring, place(runId), JSON.stringify(edit.diff)), who: edit.by, reason: edit.reason }).execute();
        return Number(n) + 1;
      });
    },
    async activeEdit(runId) {
      const row = await db.selectFrom('order_edits').selectAll().where('run_id', '=', runId).where('active', '=', true).executeTakeFirst();
      return row ? toEdit(row) : undefined;
    },
    async edits(runId) { return (await db.selectFrom('order_edits').selectAll().where('run_id', '=', runId).orderBy('n').execute()).map(toEdit); },
    async dropEdit(runId) { await db.updateTable('order_edits').set({ active: false }).where('run_id', '=', runId).execute(); },
  };
}
