import { type Kysely, type RawBuilder, type Selectable, sql } from 'kysely';
import { type Tables } from './schema';
import { type DocumentRow, type DocumentStore, type LinkStore, type PaymentStore } from './types';

const toRow = (r: Selectable<Tables['documents']>): DocumentRow => ({
  pairId: r.pair_id, system: r.system, kind: r.kind, key: r.key, runId: r.run_id, state: r.state as DocumentRow['state'], asked: r.asked, intendedAt: r.intended_at.toISOString(),
  ...(r.number ? { number: r.number } : {}), ...(r.external_id ? { externalId: r.external_id } : {}), ...(r.amount ? { amount: r.amount } : {}),
  ...(r.currency ? { currency: r.currency } : {}), ...(r.content_hash ? { contentHash: r.content_hash } : {}), ...(r.written_at ? { writtenAt: r.written_at.toISOString() } : {}),
});

/** While it is only intended, the latest intent is what will be written; what was written keeps its receipt. */
const newest = (column: 'content_hash' | 'amount' | 'external_id'): RawBuilder<string | null> =>
  sql<string | null>`case when documents.state = 'intended' then coalesce(${sql.ref(`excluded.${column}`)}, ${sql.ref(`documents.${column}`)}) else ${sql.ref(`documents.${column}`)} end`;

/** Intent before the call, receipt after it: what we meant to write and what stands there. */
export function createDocuments(db: Kysely<Tables>): DocumentStore {
  const one = (ref: { pairId: string; system: string; kind: string; key: string }) =>
    db.updateTable('documents').where('pair_id', '=', ref.pairId).where('system', '=', ref.system).where('kind', '=', ref.kind).where('key', '=', ref.key);
  return {
    async intend(d) {
      const row = await db.insertInto('documents').values({
        pair_id: d.pairId, system: d.system, kind: d.kind, key: d.key, run_id: d.runId, number: d.number ?? null, external_id: d.externalId ?? null, amount: d.amount ?? null,
        currency: d.currency ?? null, content_hash: d.contentHash ?? null, state: 'intended', written_at: null,
      }).onConflict((c) => c.columns(['pair_id', 'system', 'kind', 'key']).doUpdateSet({
        asked: sql<number>`documents.asked + 1`, content_hash: newest('content_hash'), amount: newest('amount'), external_id: newest('external_id'),
      })).returningAll().executeTakeFirstOrThrow();
      return toRow(row);
    },
    async written(ref, receipt) {
      await one(ref).set({ state: 'written', written_at: new Date(), ...(receipt.number ? { number: receipt.number } : {}), ...(receipt.externalId ? { external_id: receipt.externalId } : {}),
        ...(receipt.amount ? { amount: receipt.amount } : {}), ...(receipt.currency ? { currency: receipt.currency } : {}) }).execute();
    },
    async undone(ref) { await one(ref).set({ state: 'undone' }).execute(); },
    async byRun(runId) { return (await db.selectFrom('documents').selectAll().where('run_id', '=', runId).orderBy('intended_at').execute()).map(toRow); },
    async runsOf(pairId, system, numbers) {
      if (numbers.length === 0) return {};
      const rows = await db.selectFrom('documents').select(['number', 'kind', 'run_id']).where('pair_id', '=', pairId).where('system', '=', system)
        .where('number', 'in', numbers.map((n) => n.number)).execute();
      return Object.fromEntries(rows.filter((r) => numbers.some((n) => n.kind === r.kind && n.number === r.number)).map((r) => [r.number ?? '', r.run_id]));
    },
  };
}

export function createLinks(db: Kysely<Tables>): LinkStore {
  return {
    async get(ref) {
      const row = await db.selectFrom('links').select('to_id').where('pair_id', '=', ref.pairId).where('kind', '=', ref.kind).where('from_system', '=', ref.from).where('from_id', '=', ref.fromId)
        .where('to_system', '=', ref.to).executeTakeFirst();
      return row?.to_id;
    },
    async put(ref) {
      const key = { pair_id: ref.pairId, kind: ref.kind, from_system: ref.from, from_id: ref.fromId, to_system: ref.to };
      await db.transaction().execute(async (tx) => {
        const before = await tx.selectFrom('links').select('to_id').where('pair_id', '=', ref.pairId).where('kind', '=', ref.kind).where('from_system', '=', ref.from).where('from_id', '=', ref.fromId)
          .where('to_system', '=', ref.to).executeTakeFirst();
        if (before && before.to_id !== ref.toId) await tx.insertInto('link_history').values({ ...key, to_id: before.to_id }).execute();
        await tx.insertInto('links').values({ ...key, to_id: ref.toId }).onConflict((c) => c.columns(['pair_id', 'kind', 'from_system', 'from_id', 'to_system']).doUpdateSet({ to_id: ref.toId, updated_at: new Date() })).execute();
      });
    },
  };
}

/** All names of one movement of money lead to one run. */
export function createPayments(db: Kysely<Tables>): PaymentStore {
  return {
    async know({ pairId, runId }, { paymentId, ids }) {
      const rows = [...new Set(ids)].map((id) => ({ pair_id: pairId, id, payment_id: paymentId, run_id: runId }));
      if (rows.length > 0) await db.insertInto('payments').values(rows).onConflict((c) => c.columns(['pair_id', 'id']).doNothing()).execute();
    },
    async runOf(pairId, ids) {
      if (ids.length === 0) return undefined;
      const row = await db.selectFrom('payments').select(['run_id', 'payment_id']).where('pair_id', '=', pairId).where('id', 'in', ids).limit(1).executeTakeFirst();
      return row ? { runId: row.run_id, paymentId: row.payment_id } : undefined;
    },
  };
}
