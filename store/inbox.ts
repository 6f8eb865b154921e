import { randomUUID } from 'node:crypto';
import { type Kysely, type Selectable, sql } from 'kysely';
import { type Failure } from '../canonical/failure';
import { type KeyRing, open, seal } from './sealing';
import { type Tables } from './schema';
import { type InboxRow, type InboxState, type InboxStore } from './types';

type Row = Omit<Selectable<Tables['inbox']>, 'body'>;
const place = (id: string): string => `inbox/${id}`;
const columns = ['id', 'pair_id', 'source_id', 'source_kind', 'account', 'dedup_key', 'topic', 'delivery_id', 'event_time', 'api_version', 'order_id', 'version', 'state', 'reason', 'note', 'workflow_id', 'attempts', 'received_at', 'due_at', 'claimed_until', 'handled_at', 'seq'] as const;

const toRow = (r: Row): InboxRow => ({
  id: r.id, pairId: r.pair_id, sourceId: r.source_id, sourceKind: r.source_kind, account: r.account, dedupKey: r.dedup_key, topic: r.topic, deliveryId: r.delivery_id,
  state: r.state as InboxState, attempts: r.attempts, receivedAt: r.received_at.toISOString(),
  ...(r.event_time ? { eventTime: r.event_time.toISOString() } : {}), ...(r.api_version ? { apiVersion: r.api_version } : {}),
  ...(r.order_id ? { orderId: r.order_id } : {}), ...(r.version ? { version: r.version } : {}),
  ...(r.reason ? { reason: JSON.parse(r.reason) as Failure } : {}), ...(r.note ? { note: r.note } : {}),
  ...(r.workflow_id ? { workflowId: r.workflow_id } : {}), ...(r.handled_at ? { handledAt: r.handled_at.toISOString() } : {}),
});

/** Deliveries as they came in: written before the 200, bodies sealed, handled later by a relay. */
export function createInbox(db: Kysely<Tables>, ring: KeyRing): InboxStore {
  return {
    async put(entry) {
      const id = randomUUID();
      const added = await db.insertInto('inbox').values({
        id, pair_id: entry.pairId, source_id: entry.sourceId, source_kind: entry.sourceKind, account: entry.account, dedup_key: entry.dedupKey, topic: entry.topic,
        delivery_id: entry.deliveryId, event_time: entry.eventTime ? new Date(entry.eventTime) : null, api_version: entry.apiVersion ?? null, order_id: entry.orderId ?? null,
        version: entry.version ?? null, body: seal(ring, place(id), entry.rawBody), state: 'new', reason: null, note: null, workflow_id: null, claimed_until: null, handled_at: null,
      }).onConflict((c) => c.columns(['source_kind', 'account', 'dedup_key']).doNothing()).returning('id').executeTakeFirst();
      if (added) return { id, fresh: true };
      const known = await db.selectFrom('inbox').select('id').where('source_kind', '=', entry.sourceKind).where('account', '=', entry.account).where('dedup_key', '=', entry.dedupKey).executeTakeFirstOrThrow();
      return { id: known.id, fresh: false };
    },
    async get(id) {
      const row = await db.selectFrom('inbox').selectAll().where('id', '=', id).executeTakeFirst();
      return row ? { ...toRow(row), rawBody: open(ring, place(id), row.body) } : undefined;
    },
    async claimDue(limit, claimMs) {
      const until = new Date(Date.now() + claimMs);
      const rows = await db.updateTable('inbox').set({ claimed_until: until }).where('id', 'in', (q) => q.selectFrom('inbox').select('id')
        .where('state', '=', 'new').where('due_at', '<=', sql<Date>`now()`).where((w) => w.or([w('claimed_until', 'is', null), w('claimed_until', '<', sql<Date>`now()`)]))
        .orderBy('seq').limit(limit).forUpdate().skipLocked()).returning(columns).execute();
      return rows.sort((a, b) => (BigInt(a.seq) < BigInt(b.seq) ? -1 : 1)).map(toRow);
    },
    async finish(id, outcome) {
      await db.updateTable('inbox').set({
        state: outcome.state, workflow_id: outcome.workflowId ?? null, reason: outcome.reason ? JSON.stringify(outcome.reason) : null, note: outcome.note ?? null,
        handled_at: new Date(), claimed_until: null,
      }).where('id', '=', id).execute();
    },
    async defer(id, why) {
      await db.updateTable('inbox').set((q) => ({ attempts: q('attempts', '+', 1), note: why, claimed_until: null, due_at: sql<Date>`now() + least(60, power(2, least(attempts, 6))) * interval '500 milliseconds'` }))
        .where('id', '=', id).execute();
    },
    async replay(id) {
      const row = await db.updateTable('inbox').set({ state: 'new', attempts: 0, due_at: new Date(), claimed_until: null, handled_at: null, reason: null, note: 'replayed' })
        .where('id', '=', id).where('state', 'in', ['parked', 'ignored', 'started']).returning('id').executeTakeFirst();
      return row !== undefined;
    },
    async knowsVersion(order, version, exceptId) {
      const row = await db.selectFrom('inbox').select('id').where('pair_id', '=', order.pairId).where('source_id', '=', order.sourceId).where('order_id', '=', order.orderId)
        .where('state', '=', 'started').where('version', '>=', version).where('id', '!=', exceptId).limit(1).executeTakeFirst();
      return row !== undefined;
    },
    async list(filter) {
      let query = db.selectFrom('inbox').select(columns).orderBy('seq', 'desc').limit(filter.limit ?? 100);
      if (filter.state) query = query.where('state', '=', filter.state);
      if (filter.orderId) query = query.where('order_id', '=', filter.orderId);
      if (filter.before) query = query.where('received_at', '<', new Date(filter.before));
      return (await query.execute()).map(toRow);
    },
  };
}
