import { randomUUID } from 'node:crypto';
import { type Kysely, type Selectable, sql } from 'kysely';
import { type MasterKind } from '../canonical/master';
import { type KeyRing, open, seal } from './sealing';
import { type Tables } from './schema';
import { type SyncBatch, type SyncBatchStore, type SyncIssue, type SyncIssueStore, type SyncIssueType } from './master-types';

const place = (id: string): string => `sync-issues/${id}`;

function toIssue(ring: KeyRing, r: Selectable<Tables['sync_issues']>): SyncIssue {
  const { title, detail } = JSON.parse(open(ring, place(r.subject), r.detail).toString('utf8')) as { title: string; detail: unknown };
  return {
    id: r.id, pairId: r.pair_id, kind: r.kind as MasterKind, type: r.type as SyncIssueType, subject: r.subject, title, detail, place: String(r.seq), openedAt: r.opened_at.toISOString(), ...(r.gp_id ? { gpId: r.gp_id } : {}), ...(r.xero_id ? { xeroId: r.xero_id } : {}),
    ...(r.closed_at ? { closedAt: r.closed_at.toISOString() } : {}), ...(r.decision ? { decision: r.decision } : {}), ...(r.decided_by ? { by: r.decided_by } : {}), ...(r.reason ? { reason: r.reason } : {}),
  };
}

/** What people decide about master data: conflicts, matches, merges, deletions. Titles and versions are sealed: they hold names. */
export function createSyncIssues(db: Kysely<Tables>, ring: KeyRing): SyncIssueStore {
  return {
    async open({ pairId, kind, type, subject, gpId, xeroId, title, detail }) {
      const told = { gp_id: gpId ?? null, xero_id: xeroId ?? null, title: type, detail: seal(ring, place(subject), JSON.stringify({ title, detail })) };
      const row = await db.insertInto('sync_issues').values({ id: randomUUID(), pair_id: pairId, kind, type, subject, ...told, closed_at: null, decision: null, decided_by: null, reason: null })
        .onConflict((c) => c.columns(['pair_id', 'kind', 'subject', 'type']).where('closed_at', 'is', null).doUpdateSet(told)).returning('id').executeTakeFirstOrThrow();
      return row.id;
    },
    async close(id, { decision, by, reason }) {
      const row = await db.updateTable('sync_issues').set({ closed_at: new Date(), decision, decided_by: by, reason }).where('id', '=', id).where('closed_at', 'is', null).returning('id').executeTakeFirst();
      return row !== undefined;
    },
    async closeSubjects({ pairId, kind, subjects }, decision) {
      if (subjects.length === 0) return;
      await db.updateTable('sync_issues').set({ closed_at: new Date(), decision }).where('pair_id', '=', pairId).where('kind', '=', kind).where('subject', 'in', [...subjects]).where('closed_at', 'is', null).execute();
    },
    async get(id) {
      const row = await db.selectFrom('sync_issues').selectAll().where('id', '=', id).executeTakeFirst();
      return row ? toIssue(ring, row) : undefined;
    },
    async lastClosed({ pairId, kind, type, subject }) {
      const row = await db.selectFrom('sync_issues').selectAll().where('pair_id', '=', pairId).where('kind', '=', kind).where('type', '=', type).where('subject', '=', subject).where('closed_at', 'is not', null).orderBy('seq', 'desc').limit(1).executeTakeFirst();
      return row ? toIssue(ring, row) : undefined;
    },
    async list({ pairId, kind, type, subject, open: isOpen = true, limit = 100, after = '0' }) {
      let query = db.selectFrom('sync_issues').selectAll().where('seq', '>', after).where('closed_at', isOpen ? 'is' : 'is not', null).orderBy('seq').limit(limit);
      for (const [column, value] of [['pair_id', pairId], ['kind', kind], ['type', type], ['subject', subject]] as const) if (value !== undefined) query = query.where(column, '=', value);
      return (await query.execute()).map((r) => toIssue(ring, r));
    },
    async counts(pairId) {
      const rows = await db.selectFrom('sync_issues').select(['type', sql<string>`count(*)`.as('n')]).where('pair_id', '=', pairId).where('closed_at', 'is', null).groupBy('type').execute();
      return Object.fromEntries(rows.map((r) => [r.type, Number(r.n)]));
    },
  };
}

const toBatch = (ring: KeyRing, r: Selectable<Tables['sync_batches']>): SyncBatch => ({
  id: r.id, pairId: r.pair_id, kinds: JSON.parse(r.kinds) as MasterKind[], mode: r.mode as SyncBatch['mode'], state: r.state as SyncBatch['state'], who: r.who, startedAt: r.started_at.toISOString(), total: r.total, totals: JSON.parse(r.totals) as SyncBatch['totals'],
  samples: r.samples === '[]' ? [] : (JSON.parse(open(ring, `sync-batches/${r.id}`, r.samples).toString('utf8')) as unknown[]), ...(r.ended_at ? { endedAt: r.ended_at.toISOString() } : {}), ...(r.note ? { note: r.note } : {}),
});

export function createSyncBatches(db: Kysely<Tables>, ring: KeyRing): SyncBatchStore {
  const get = async (id: string): Promise<SyncBatch | undefined> => {
    const row = await db.selectFrom('sync_batches').selectAll().where('id', '=', id).executeTakeFirst();
    return row ? toBatch(ring, row) : undefined;
  };
  return {
    get,
    async start({ id, pairId, kinds, mode, who }) {
      await db.insertInto('sync_batches').values({ id, pair_id: pairId, kinds: JSON.stringify(kinds), mode, state: 'running', who, ended_at: null, note: null }).onConflict((c) => c.column('id').doUpdateSet({ state: 'running', ended_at: null, note: null })).execute();
      const batch = await get(id);
      if (!batch) throw new Error(`The batch ${id} could not be kept.`);
      return batch;
    },
    async progress(id, { total, totals, samples }) {
      await db.updateTable('sync_batches').set({ totals: JSON.stringify(totals), ...(total === undefined ? {} : { total }), ...(samples ? { samples: seal(ring, `sync-batches/${id}`, JSON.stringify(samples)) } : {}) }).where('id', '=', id).execute();
    },
    async end(id, state, note) { await db.updateTable('sync_batches').set({ state, ended_at: new Date(), ...(note ? { note } : {}) }).where('id', '=', id).execute(); },
    async list({ pairId, limit = 20 }) {
      let query = db.selectFrom('sync_batches').selectAll().orderBy('started_at', 'desc').limit(limit);
      if (pairId !== undefined) query = query.where('pair_id', '=', pairId);
      return (await query.execute()).map((r) => toBatch(ring, r));
    },
  };
}
