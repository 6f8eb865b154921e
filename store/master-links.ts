import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import { HeldInPart, MasterFields, type MasterKind } from '../canonical/master';
import { type KeyRing, open, seal } from './sealing';
import { type Tables } from './schema';
import { type LinkChange, type MasterLink, type MasterLinkStore, type MasterRef } from './master-types';

type Row = Selectable<Tables['links']>;
type Place = Pick<MasterLink, 'pairId' | 'kind' | 'gpId'>;
const placeOf = (l: Place): string => `links/${l.pairId}/${l.kind}/${l.gpId}`;

function toLink(ring: KeyRing, r: Row): MasterLink {
  const link = { pairId: r.pair_id, kind: r.kind as MasterKind, gpId: r.from_id, xeroId: r.to_id, rev: r.rev, updatedAt: r.updated_at.toISOString() };
  if (r.base === null) return link;
  const base = JSON.parse(open(ring, placeOf(link), r.base).toString('utf8')) as { gp: unknown; xero: unknown; held?: unknown };
  return { ...link, base: { gp: MasterFields.parse(base.gp), xero: MasterFields.parse(base.xero) }, ...(base.held === undefined ? {} : { held: HeldInPart.array().parse(base.held) }) };
}

const one = (db: Kysely<Tables>, l: Place) => db.selectFrom('links').selectAll().where('pair_id', '=', l.pairId).where('kind', '=', l.kind).where('from_system', '=', 'gp').where('to_system', '=', 'xero').where('from_id', '=', l.gpId);
const note = (tx: Transaction<Tables>, l: Place & { xeroId: string }, entry: { action: LinkChange['action']; who: string; reason: string }) =>
  tx.insertInto('link_history').values({ pair_id: l.pairId, kind: l.kind, from_system: 'gp', from_id: l.gpId, to_system: 'xero', to_id: l.xeroId, ...entry }).execute();

/** PostgreSQL's word for a second link to one record. */
const taken = (error: unknown): boolean => (error as { code?: unknown } | null)?.code === '23505';

/** The cross-reference between GP and Xero with its history. */
export function createMasterLinks(db: Kysely<Tables>, ring: KeyRing): MasterLinkStore {
  const managed = (pairId: string, kind: MasterKind) => db.selectFrom('links').selectAll().where('pair_id', '=', pairId).where('kind', '=', kind).where('from_system', '=', 'gp').where('to_system', '=', 'xero');
  const find = async (pairId: string, kind: MasterKind, refs: readonly MasterRef[]): Promise<MasterLink[]> => {
    const [gp, xero] = (['gp', 'xero'] as const).map((s) => refs.filter((r) => r.system === s).map((r) => r.id));
    const rows: Row[] = [];
    if (gp && gp.length > 0) rows.push(...await managed(pairId, kind).where('from_id', 'in', gp).execute());
    if (xero && xero.length > 0) rows.push(...await managed(pairId, kind).where('to_id', 'in', xero).execute());
    return [...new Map(rows.map((r) => [r.from_id, toLink(ring, r)])).values()];
  };
  return {
    find,
    async link({ pairId, kind, gpId, xeroId, who, reason }) {
      const place = { pairId, kind, gpId };
      try {
        const row = await db.transaction().execute(async (tx) => {
          const known = await one(tx, place).executeTakeFirst();
          if (known && known.to_id !== xeroId && known.rev > 0) return undefined;
          await note(tx, { ...place, xeroId }, { action: 'linked', who, reason });
          return tx.insertInto('links').values({ pair_id: pairId, kind, from_system: 'gp', from_id: gpId, to_system: 'xero', to_id: xeroId, base: null, rev: 1 })
            .onConflict((c) => c.columns(['pair_id', 'kind', 'from_system', 'from_id', 'to_system']).doUpdateSet({ to_id: xeroId, rev: sql<number>`greatest(links.rev, 1)`, updated_at: new Date() })).returningAll().executeTakeFirstOrThrow();
        });
        if (row) return { ok: true, link: toLink(ring, row) };
      } catch (error) { if (!taken(error)) throw error; }
      const [other] = await find(pairId, kind, [{ system: 'gp', id: gpId }, { system: 'xero', id: xeroId }]);
      if (!other) throw new Error(`The link of ${kind} ${gpId} moved while it was made.`);
      return { ok: false, taken: other };
    },
    async move(place, to, { who, reason }) {
      try {
        return await db.transaction().execute(async (tx) => {
          const known = await one(tx, place).executeTakeFirst();
          if (!known) return false;
          const next = { gpId: to.system === 'gp' ? to.id : known.from_id, xeroId: to.system === 'xero' ? to.id : known.to_id };
          await note(tx, { ...place, xeroId: known.to_id }, { action: 'moved', who, reason: `${reason} → ${next.gpId} = ${next.xeroId}` });
          await tx.deleteFrom('links').where('pair_id', '=', place.pairId).where('kind', '=', place.kind).where('from_system', '=', 'gp').where('to_system', '=', 'xero').where('from_id', '=', place.gpId).execute();
          // What an order noted of the new number beforehand says the same, or less.
          await tx.deleteFrom('links').where('pair_id', '=', place.pairId).where('kind', '=', place.kind).where('from_system', '=', 'gp').where('to_system', '=', 'xero').where('from_id', '=', next.gpId).where('rev', '=', 0).execute();
          await tx.insertInto('links').values({ pair_id: place.pairId, kind: place.kind, from_system: 'gp', from_id: next.gpId, to_system: 'xero', to_id: next.xeroId, base: null, rev: known.rev + 1 }).execute();
          return true;
        });
      } catch (error) {
        if (taken(error)) return false;
        throw error;
      }
    },
    async unlink(place, { who, reason }) {
      return db.transaction().execute(async (tx) => {
        const known = await one(tx, place).executeTakeFirst();
        if (!known) return false;
        await note(tx, { ...place, xeroId: known.to_id }, { action: 'unlinked', who, reason });
        await tx.deleteFrom('links').where('pair_id', '=', place.pairId).where('kind', '=', place.kind).where('from_system', '=', 'gp').where('to_system', '=', 'xero').where('from_id', '=', place.gpId).execute();
        return true;
      });
    },
    async linkNew(pairId, kind, { pairs, who, reason }) {
      if (pairs.length === 0) return [];
      return db.transaction().execute(async (tx) => {
        const rows = await tx.insertInto('links').values(pairs.map(({ gpId, xeroId }) => ({ pair_id: pairId, kind, from_system: 'gp', from_id: gpId, to_system: 'xero', to_id: xeroId, base: null, rev: 1 }))).onConflict((c) => c.doNothing()).returningAll().execute();
        if (rows.length > 0) await tx.insertInto('link_history').values(rows.map((r) => ({ pair_id: pairId, kind, from_system: 'gp', from_id: r.from_id, to_system: 'xero', to_id: r.to_id, action: 'linked', who, reason }))).execute();
        return rows.map((r) => toLink(ring, r));
      });
    },
    async remember(pairId, kind, bases) {
      if (bases.length === 0) return new Set();
      const values = sql.join(bases.map(({ gpId, rev, base, held = [] }) => sql`(${gpId}::text, ${rev}::int, ${seal(ring, placeOf({ pairId, kind, gpId }), JSON.stringify(held.length > 0 ? { ...base, held } : base))}::text, ${held.filter((h) => h.how !== 'no-place').length}::int)`));
      const { rows } = await sql<{ from_id: string }>`update links set base = v.base, partly = v.partly, rev = links.rev + 1, updated_at = now() from (values ${values}) as v (gp_id, rev, base, partly)
        where links.pair_id = ${pairId} and links.kind = ${kind} and links.from_system = 'gp' and links.to_system = 'xero' and links.from_id = v.gp_id and links.rev = v.rev returning links.from_id`.execute(db);
      return new Set(rows.map((r) => r.from_id));
    },
    async list(pairId, { kind, id, partly, after = '', limit = 100 }) {
      let query = db.selectFrom('links').selectAll().where('pair_id', '=', pairId).where('from_system', '=', 'gp').where('to_system', '=', 'xero').where(sql<boolean>`kind || '/' || from_id > ${after}`).orderBy(sql`kind || '/' || from_id`).limit(limit);
      if (kind) query = query.where('kind', '=', kind);
      if (partly) query = query.where('partly', '>', 0);
      if (id) query = query.where((eb) => eb.or([eb('from_id', '=', id), eb('to_id', '=', id)]));
      return (await query.execute()).map((r) => toLink(ring, r));
    },
    async history(pairId, kind, ref) {
      const rows = await db.selectFrom('link_history').selectAll().where('pair_id', '=', pairId).where('kind', '=', kind).where(ref.system === 'gp' ? 'from_id' : 'to_id', '=', ref.id).orderBy('n').limit(500).execute();
      return rows.map((r) => ({ at: r.replaced_at.toISOString(), action: r.action as LinkChange['action'], gpId: r.from_id, xeroId: r.to_id, who: r.who, reason: r.reason }));
    },
  };
}
