import { type Kysely, sql } from 'kysely';
import { type Notice } from '../canonical/notice';
import { type NoticeStore } from './notice-types';
import { type Tables } from './schema';
import { fromNow, isOver } from './until';

const read = (body: string): Notice => JSON.parse(body) as Notice;

/** The outbox of notices. A subject (one question, one incident) and its first notice are written in one transaction. */
export function createNotices(db: Kysely<Tables>): NoticeStore {
  return {
    async put({ notice, pairId, about, channels, opens }) {
      if (channels.length === 0) return false;
      const body = JSON.stringify(notice);
      return db.transaction().execute(async (tx) => {
        if (opens) await tx.insertInto('notice_subjects').values({ pair_id: pairId, about, started_at: new Date(opens.startedAt), notice: body }).onConflict((c) => c.columns(['pair_id', 'about']).doNothing()).execute();
        const added = await tx.insertInto('notices').values(channels.map((channel) => ({ id: notice.id, channel, pair_id: pairId, body, state: 'new', note: null, claimed_until: null, sent_at: null }))).onConflict((c) => c.columns(['id', 'channel']).doNothing()).returning('id').execute();
        return added.length > 0;
      });
    },
    async open(pairId, prefix) {
      const rows = await db.selectFrom('notice_subjects').selectAll().where('pair_id', '=', pairId).where(sql<boolean>`starts_with(about, ${prefix})`).execute();
      return rows.map((r) => ({ about: r.about, notice: read(r.notice), startedAt: r.started_at.toISOString() }));
    },
    async end(pairId, about) { await db.deleteFrom('notice_subjects').where('pair_id', '=', pairId).where('about', '=', about).execute(); },
    async claimDue({ pairId, channels, limit, claimMs }) {
      if (channels.length === 0) return [];
      const rows = await db.updateTable('notices').set({ claimed_until: fromNow(claimMs) }).where('seq', 'in', (q) => q.selectFrom('notices').select('seq').where('pair_id', '=', pairId).where('channel', 'in', [...channels])
        .where('state', '=', 'new').where(isOver('due_at')).where(isOver('claimed_until')).orderBy('seq').limit(limit).forUpdate().skipLocked()).returning(['body', 'channel', 'pair_id', 'attempts', 'seq']).execute();
      return rows.sort((a, b) => (BigInt(a.seq) < BigInt(b.seq) ? -1 : 1)).map((r) => ({ notice: read(r.body), channel: r.channel, pairId: r.pair_id, attempts: r.attempts }));
    },
    async sent({ notice, channel }) { await db.updateTable('notices').set({ state: 'sent', sent_at: new Date(), claimed_until: null, note: null }).where('id', '=', notice.id).where('channel', '=', channel).execute(); },
    async defer({ notice, channel }, why, afterMs) {
      await db.updateTable('notices').set((q) => ({ attempts: q('attempts', '+', 1), note: why.slice(0, 300), claimed_until: null, ...(afterMs === undefined ? { state: 'given-up' } : { due_at: fromNow(afterMs) }) })).where('id', '=', notice.id).where('channel', '=', channel).execute();
    },
    async list({ pairId, limit }) {
      let query = db.selectFrom('notices').selectAll().orderBy('seq', 'desc').limit(limit);
      if (pairId !== undefined) query = query.where('pair_id', '=', pairId);
      return (await query.execute()).map((r) => ({ notice: read(r.body), channel: r.channel, state: r.state as 'new' | 'sent' | 'given-up', attempts: r.attempts, ...(r.note === null ? {} : { note: r.note }) }));
    },
  };
}
