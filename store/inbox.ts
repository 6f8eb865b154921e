import { randomUUID } from 'node:crypto';
import { type Kysely, type Selectable, sql } from 'kysely';
import { type Failure } from '../canonical/failure';
import { keyedHash, type KeyRing, open, seal } from './sealing';
import { type Tables } from './schema';
import { type InboxEntry, type InboxRow, type InboxState, type InboxStore } from './types';
import { fromNow, isOver } from './until';

type Row = Omit<Selectable<Tables['inbox']>, 'body' | 'buyer'>;
const place = (id: string): string => `inbox/${id}`;
const columns = ['id', 'pair_id', 'source_id', 'source_kind', 'account', 'dedup_key', 'topic', 'delivery_id', 'event_time', 'api_version', 'order_id', 'version', 'state', 'reason', 'note', 'workflow_id', 'attempts', 'received_at', 'due_at', 'claimed_until', 'handled_at', 'seq'] as const;

const toRow = (r: Row): InboxRow => ({
  id: r.id, pairId: r.pair_id, sourceId: r.source_id, sourceKind: r.source_kind, account: r.account, dedupKey: r.dedup_key, topic: r.topic, deliveryId: r.delivery_id,
  state: r.state as InboxState, attempts: r.attempts, place: String(r.seq), receivedAt: r.received_at.toISOString(),
  ...(r.event_time ? { eventTime: r.event_time.toISOString() } : {}), ...(r.api_version ? { apiVersion: r.api_version } : {}),
  ...(r.order_id ? { orderId: r.order_id } : {}), ...(r.version ? { version: r.version } : {}),
  ...(r.reason ? { reason: JSON.parse(r.reason) as Failure } : {}), ...(r.note ? { note: r.note } : {}),
  ...(r.workflow_id ? { workflowId: r.workflow_id } : {}), ...(r.handled_at ? { handledAt: r.handled_at.toISOString() } : {}),
});

type Put = { id: string; fresh: boolean };
const dedup = (e: { sourceKind: string; account: string; dedupKey: string }): string => JSON.stringify([e.sourceKind, e.account, e.dedupKey]);

/** Deliveries written by one statement; of two with one key the first is kept. */
async function putMany(db: Kysely<Tables>, ring: KeyRing, entries: readonly InboxEntry[]): Promise<Put[]> {
  const first = new Map<string, string>();
  const rows = entries.flatMap((entry) => {
    if (first.has(dedup(entry))) return [];
    const id = randomUUID();
    first.set(dedup(entry), id);
    return [{
      id, pair_id: entry.pairId, source_id: entry.sourceId, source_kind: entry.sourceKind, account: entry.account, dedup_key: entry.dedupKey, topic: entry.topic,
      delivery_id: entry.deliveryId, event_time: entry.eventTime ? new Date(entry.eventTime) : null, api_version: entry.apiVersion ?? null, order_id: entry.orderId ?? null,
      version: entry.version ?? null, body: seal(ring, place(id), entry.rawBody), state: 'new', reason: null, note: null, workflow_id: null, claimed_until: null, handled_at: null, buyer: entry.buyer === undefined ? null : keyedHash(ring, entry.buyer),
    }];
  });
  const added = new Set((await db.insertInto('inbox').values(rows).onConflict((c) => c.columns(['source_kind', 'account', 'dedup_key']).doNothing()).returning('id').execute()).map((r) => r.id));
  const repeated = rows.filter((r) => !added.has(r.id));
  const known = repeated.length === 0 ? [] : await db.selectFrom('inbox').select(['id', 'source_kind', 'account', 'dedup_key']).where('dedup_key', 'in', repeated.map((r) => r.dedup_key)).execute();
  const idOf = new Map(known.map((k) => [dedup({ sourceKind: k.source_kind, account: k.account, dedupKey: k.dedup_key }), k.id]));
  const claimed = new Set<string>();
  return entries.map((entry) => {
    const mine = first.get(dedup(entry)) ?? '';
    if (!added.has(mine)) return { id: idOf.get(dedup(entry)) ?? mine, fresh: false };
    const fresh = !claimed.has(mine);
    claimed.add(mine);
    return { id: mine, fresh };
  });
}

const groupMax = 50;

/**
 * Group commit: while one statement is under way, deliveries gather and go together in the next; a delivery that comes alone goes at once. Every
 * caller is answered after its own row is durable. A group that fails is written one by one, so that a bad delivery fails alone.
 */
function createGroupPut(db: Kysely<Tables>, ring: KeyRing): (entry: InboxEntry) => Promise<Put> {
  type Waiting = { entry: InboxEntry; done(put: Put): void; fail(error: unknown): void };
  const queue: Waiting[] = [];
  let busy = false;
  const write = async (group: Waiting[]): Promise<void> => {
    try {
      const puts = await putMany(db, ring, group.map((w) => w.entry));
      group.forEach((w, i) => { const put = puts[i]; if (put) w.done(put); });
    } catch (error) {
      if (group.length === 1) { group[0]?.fail(error); return; }
      for (const one of group) await write([one]);
    }
  };
  const pump = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    while (queue.length > 0) await write(queue.splice(0, groupMax));
    busy = false;
  };
  return (entry) => new Promise((done, fail) => { queue.push({ entry, done, fail }); void pump(); });
}

/** Deliveries as they came in: written before the 200, bodies sealed, handled later by a relay. */
export function createInbox(db: Kysely<Tables>, ring: KeyRing): InboxStore {
  const put = createGroupPut(db, ring);
  return {
    put: (entry) => put(entry),
    async get(id) {
      const row = await db.selectFrom('inbox').selectAll().where('id', '=', id).executeTakeFirst();
      return row ? { ...toRow(row), rawBody: open(ring, place(id), row.body) } : undefined;
    },
    async claimDue(limit, claimMs) {
      const rows = await db.updateTable('inbox').set({ claimed_until: fromNow(claimMs) }).where('id', 'in', (q) => q.selectFrom('inbox').select('id')
        .where('state', '=', 'new').where(isOver('due_at')).where(isOver('claimed_until'))
        .orderBy('seq').limit(limit).forUpdate().skipLocked()).returning(columns).execute();
      return rows.sort((a, b) => (BigInt(a.seq) < BigInt(b.seq) ? -1 : 1)).map(toRow);
    },
    async finish(id, outcome) {
      await db.updateTable('inbox').set({
        state: outcome.state, workflow_id: outcome.workflowId ?? null, reason: outcome.reason ? JSON.stringify(outcome.reason) : null, note: outcome.note ?? null,
        handled_at: new Date(), claimed_until: null,
      }).where('id', '=', id).execute();
    },
    async giveBack(ids) {
      if (ids.length > 0) await db.updateTable('inbox').set({ claimed_until: null }).where('id', 'in', [...ids]).where('state', '=', 'new').execute();
    },
    async defer(id, why, afterMs) {
      const due = afterMs === undefined ? sql<Date>`now() + least(60, power(2, least(attempts, 6))) * interval '500 milliseconds'` : fromNow(afterMs);
      await db.updateTable('inbox').set((q) => ({ attempts: q('attempts', '+', 1), note: why, claimed_until: null, due_at: due })).where('id', '=', id).execute();
    },
    async knowsVersion(order, version, exceptId) {
      const row = await db.selectFrom('inbox').select('id').where('pair_id', '=', order.pairId).where('source_id', '=', order.sourceId).where('order_id', '=', order.orderId)
        .where('state', '=', 'started').where('version', '>=', version).where('id', '!=', exceptId).limit(1).executeTakeFirst();
      return row !== undefined;
    },
    async missing({ pairId, sourceId }, orders) {
      if (orders.length === 0) return [];
      const rows = await db.selectFrom('inbox').select(['order_id', sql<string | null>`max(version)`.as('version')]).where('pair_id', '=', pairId).where('source_id', '=', sourceId)
        .where('order_id', 'in', [...new Set(orders.map((o) => o.orderId))]).groupBy('order_id').execute();
      const known = new Map(rows.map((r) => [r.order_id, r.version ?? '']));
      return orders.filter((o) => (known.get(o.orderId) ?? '') < o.version);
    },
    async list(filter) {
      let query = db.selectFrom('inbox').select(columns).orderBy('seq', 'desc').limit(filter.limit ?? 100);
      if (filter.state) query = query.where('state', '=', filter.state);
      if (filter.orderId) query = query.where('order_id', '=', filter.orderId);
      const { ref } = filter;
      if (ref) query = query.where((w) => w.or([w('order_id', '=', ref), w('delivery_id', '=', ref), ...(/^[0-9a-f-]{4,36}$/.test(ref) ? [sql<boolean>`id::text like ${`${ref}%`}`] : [])]));
      if (filter.beforePlace) query = query.where('seq', '<', filter.beforePlace);
      if (filter.before) query = query.where('received_at', '<', new Date(filter.before));
      return (await query.execute()).map(toRow);
    },
  };
}
