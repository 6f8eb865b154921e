import { randomUUID } from 'node:crypto';
import { type Kysely, type RawBuilder, type Selectable, sql } from 'kysely';
import { createCustomerLine } from './customer-line';
import { type Tables } from './schema';
import { type DocumentRow, type DocumentStore, type LinkStore, type PaymentStore, type Standing } from './types';
import { fromNow, isOver } from './until';

const toRow = (r: Selectable<Tables['documents']>): DocumentRow => ({
  pairId: r.pair_id, system: r.system, kind: r.kind, key: r.key, runId: r.run_id, state: r.state as DocumentRow['state'], asked: r.asked, intendedAt: r.intended_at.toISOString(),
  ...(r.number ? { number: r.number } : {}), ...(r.external_id ? { externalId: r.external_id } : {}), ...(r.amount ? { amount: r.amount } : {}),
  ...(r.currency ? { currency: r.currency } : {}), ...(r.content_hash ? { contentHash: r.content_hash } : {}), ...(r.written_at ? { writtenAt: r.written_at.toISOString() } : {}),
});

/** While it is only intended, the latest intent is what will be written; what was written keeps its receipt. */
const newest = (column: 'content_hash' | 'amount' | 'external_id'): RawBuilder<string | null> =>
  sql<string | null>`case when documents.state = 'intended' then coalesce(${sql.ref(`excluded.${column}`)}, ${sql.ref(`documents.${column}`)}) else ${sql.ref(`documents.${column}`)} end`;

type Intent = Parameters<DocumentStore['intend']>[0];
const intentRow = (d: Intent) => ({
  pair_id: d.pairId, system: d.system, kind: d.kind, key: d.key, run_id: d.runId, number: d.number ?? null, external_id: d.externalId ?? null, amount: d.amount ?? null,
  currency: d.currency ?? null, content_hash: d.contentHash ?? null, state: 'intended', written_at: null,
});

/** The statement that makes documents stand as written, whether their intent was recorded or not; what is not named of them stays as it was. */
export function standAsWritten(db: Kysely<Tables>, run: { pairId: string; runId: string }, documents: readonly Standing[]) {
  const written = { state: 'written', written_at: new Date() };
  const keep = (column: 'number' | 'external_id' | 'amount' | 'currency') => sql<string | null>`coalesce(${sql.ref(`excluded.${column}`)}, ${sql.ref(`documents.${column}`)})`;
  return db.insertInto('documents').values(documents.map((d) => ({ ...intentRow({ ...run, ...d }), ...written })))
    .onConflict((c) => c.columns(['pair_id', 'system', 'kind', 'key']).doUpdateSet({ ...written, number: keep('number'), external_id: keep('external_id'), amount: keep('amount'), currency: keep('currency') }));
}

const askedAgain = { asked: sql<number>`documents.asked + 1`, content_hash: newest('content_hash'), amount: newest('amount'), external_id: newest('external_id') };

/** Intent before the call, receipt after it: what we meant to write and what stands there. */
export function createDocuments(db: Kysely<Tables>): DocumentStore {
  const one = (ref: { pairId: string; system: string; kind: string; key: string }) =>
    db.updateTable('documents').where('pair_id', '=', ref.pairId).where('system', '=', ref.system).where('kind', '=', ref.kind).where('key', '=', ref.key);
  const intends = (documents: readonly Intent[]) => db.insertInto('documents').values(documents.map(intentRow))
    .onConflict((c) => c.columns(['pair_id', 'system', 'kind', 'key']).doUpdateSet(askedAgain));
  return {
    intend: async (document) => toRow(await intends([document]).returningAll().executeTakeFirstOrThrow()),
    async intendAll(documents) { if (documents.length > 0) await intends(documents).execute(); },
    async claim(d, holdMs) {
      const holder = randomUUID();
      const until = fromNow(holdMs);
      const row = await db.insertInto('documents').values({ ...intentRow(d), holder, held_until: until }).onConflict((c) => c.columns(['pair_id', 'system', 'kind', 'key']).doUpdateSet({
        ...askedAgain, holder: sql<string>`case when ${isOver('documents.held_until')} then excluded.holder else documents.holder end`,
        held_until: sql<Date>`case when ${isOver('documents.held_until')} then excluded.held_until else documents.held_until end`,
      })).returningAll().executeTakeFirstOrThrow();
      if (row.holder !== holder) return undefined;
      return {
        row: toRow(row),
        renew: async () => (await one(d).where('holder', '=', holder).set({ held_until: until }).returning('holder').executeTakeFirst()) !== undefined,
        release: async () => { await one(d).where('holder', '=', holder).set({ holder: null, held_until: null }).execute(); },
      };
    },
    ...createCustomerLine(db, ([order, ...others], place) => sql`${db.insertInto('documents').values([{ ...intentRow(order), in_line: true, line_place: place }, ...others.map((d) => ({ ...intentRow(d), in_line: false, line_place: '' }))])
      .onConflict((c) => c.columns(['pair_id', 'system', 'kind', 'key']).doUpdateSet(askedAgain))}`),
    async written(ref, receipt) {
      await one(ref).set({ state: 'written', holder: null, held_until: null, written_at: new Date(), ...(receipt.number ? { number: receipt.number } : {}), ...(receipt.externalId ? { external_id: receipt.externalId } : {}),
        ...(receipt.amount ? { amount: receipt.amount } : {}), ...(receipt.currency ? { currency: receipt.currency } : {}) }).execute();
    },
    async stand(run, documents) { if (documents.length > 0) await standAsWritten(db, run, documents).execute(); },
    async undone(ref) { await one(ref).set({ state: 'undone' }).execute(); },
    async byRun(runId) { return (await db.selectFrom('documents').selectAll().where('run_id', '=', runId).orderBy('intended_at').execute()).map(toRow); },
    async ordersOf(pairId, numbers) {
      if (numbers.length === 0) return {};
      const rows = await db.selectFrom('documents').select(['number', 'run_id', 'external_id']).where('pair_id', '=', pairId).where('system', '=', 'gp').where('kind', '=', 'sales-order').where('number', 'in', numbers).execute();
      return Object.fromEntries(rows.map((r) => [r.number ?? '', { runId: r.run_id, ...(r.external_id ? { customer: r.external_id } : {}) }]));
    },
    async orderKeysOf(pairId, numbers) {
      const kinds = [...new Set(numbers.map((n) => n.kind))];
      if (kinds.length === 0) return [];
      // Of several GP orders of one run the first holds our key as the ledger knows it.
      const rows = await db.selectFrom('documents as d').innerJoin('documents as o', (j) => j.onRef('o.run_id', '=', 'd.run_id').on('o.system', '=', 'gp').on('o.kind', '=', 'sales-order')).distinctOn('o.run_id').select(['o.run_id', 'o.key'])
        .where('d.pair_id', '=', pairId).where('d.system', '=', 'gp')
        .where((w) => w.or(kinds.map((kind) => w.and([w('d.kind', '=', kind), w('d.number', 'in', numbers.filter((n) => n.kind === kind).map((n) => n.number))])))).orderBy('o.run_id').orderBy('o.intended_at').execute();
      return [...new Set(rows.map((r) => r.key))];
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
      await db.with('replaced', (q) => q.insertInto('link_history').columns(['pair_id', 'kind', 'from_system', 'from_id', 'to_system', 'to_id'])
        .expression((e) => e.selectFrom('links').select(['pair_id', 'kind', 'from_system', 'from_id', 'to_system', 'to_id']).where('pair_id', '=', ref.pairId).where('kind', '=', ref.kind).where('from_system', '=', ref.from).where('from_id', '=', ref.fromId)
          .where('to_system', '=', ref.to).where('to_id', '!=', ref.toId)))
        .insertInto('links').values({ ...key, to_id: ref.toId }).onConflict((c) => c.columns(['pair_id', 'kind', 'from_system', 'from_id', 'to_system']).doUpdateSet({ to_id: ref.toId, updated_at: new Date() })).execute();
    },
  };
}

/** All names of one movement of money lead to one run. */
export function createPayments(db: Kysely<Tables>): PaymentStore {
  return {
    async know({ pairId, runId }, payments) {
      const names = new Map(payments.flatMap(({ paymentId, ids }) => ids.map((id): [string, string] => [id, paymentId])));
      const rows = [...names].map(([id, paymentId]) => ({ pair_id: pairId, id, payment_id: paymentId, run_id: runId }));
      if (rows.length > 0) await db.insertInto('payments').values(rows).onConflict((c) => c.columns(['pair_id', 'id']).doNothing()).execute();
    },
    async runOf(pairId, ids) {
      if (ids.length === 0) return undefined;
      const row = await db.selectFrom('payments').select(['run_id', 'payment_id']).where('pair_id', '=', pairId).where('id', 'in', ids).limit(1).executeTakeFirst();
      return row ? { runId: row.run_id, paymentId: row.payment_id } : undefined;
    },
  };
}
