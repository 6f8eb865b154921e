import { randomUUID } from 'node:crypto';
import { type Kysely, type Selectable, sql } from 'kysely';
import { type Failure } from '../canonical/failure';
import { inGroups } from './in-groups';
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
/** What a relay asks and notes of its rows may wait a moment for others'; a delivery's own row may not. */
const noting = { max: groupMax, gatherMs: 5 };

type Finished = { id: string } & Parameters<InboxStore['finish']>[1];
async function finishMany(db: Kysely<Tables>, rows: readonly Finished[]): Promise<undefined[]> {
  const [ids, states, runs, reasons, notes] = [rows.map((r) => r.id), rows.map((r) => r.state), rows.map((r) => r.workflowId ?? null), rows.map((r) => (r.reason ? JSON.stringify(r.reason) : null)), rows.map((r) => r.note ?? null)];
  await sql`update inbox as i set state = v.state, workflow_id = v.workflow_id, reason = v.reason, note = v.note, handled_at = ${new Date()}, claimed_until = null
    from unnest(${ids}::uuid[], ${states}::text[], ${runs}::text[], ${reasons}::text[], ${notes}::text[]) as v(id, state, workflow_id, reason, note) where i.id = v.id`.execute(db);
  return rows.map(() => undefined);
}

type Asked = { order: Parameters<InboxStore['knowsVersion']>[0]; version: string; exceptId: string };
async function knownVersions(db: Kysely<Tables>, asked: readonly Asked[]): Promise<boolean[]> {
  const [pairs, sources, orders] = [asked.map((a) => a.order.pairId), asked.map((a) => a.order.sourceId), asked.map((a) => a.order.orderId)];
  const { rows } = await sql<{ n: string }>`select v.n from unnest(${pairs}::text[], ${sources}::text[], ${orders}::text[], ${asked.map((a) => a.version)}::text[], ${asked.map((a) => a.exceptId)}::uuid[]) with ordinality as v(pair_id, source_id, order_id, version, except_id, n)
    cross join lateral (select 1 from inbox i where i.pair_id = v.pair_id and i.source_id = v.source_id and i.order_id = v.order_id and i.state = 'started' and i.version >= v.version and i.id <> v.except_id limit 1) as known`.execute(db);
  const known = new Set(rows.map((r) => Number(r.n)));
  return asked.map((_a, i) => known.has(i + 1));
}

/** Deliveries as they came in: written before the 200, bodies sealed, handled later by a relay. */
export function createInbox(db: Kysely<Tables>, ring: KeyRing): InboxStore {
  const put = inGroups((entries: readonly InboxEntry[]) => putMany(db, ring, entries), { max: groupMax });
  const finish = inGroups((rows: readonly Finished[]) => finishMany(db, rows), noting);
  const knowsVersion = inGroups((asked: readonly Asked[]) => knownVersions(db, asked), noting);
  return {
    put,
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
    finish: (id, outcome) => finish({ id, ...outcome }),
    async giveBack(ids) {
      if (ids.length > 0) await db.updateTable('inbox').set({ claimed_until: null }).where('id', 'in', [...ids]).where('state', '=', 'new').execute();
    },
    async defer(id, why, afterMs) {
      const due = afterMs === undefined ? sql<Date>`now() + least(60, power(2, least(attempts, 6))) * interval '500 milliseconds'` : fromNow(afterMs);
      await db.updateTable('inbox').set((q) => ({ attempts: q('attempts', '+', 1), note: why, claimed_until: null, due_at: due })).where('id', '=', id).execute();
    },
    knowsVersion: (order, version, exceptId) => knowsVersion({ order, version, exceptId }),
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
