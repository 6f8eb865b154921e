import { type MasterKind, type MasterRecord, otherSystem } from '../../canonical/master';
import { matchKeys } from '../../mapping/sync/match';
import { keptKinds } from '../../mapping/sync/rules';
import { taskQueues } from '../../workflows/names';
import { type MasterActivities, type SyncRef, type SyncStand } from './contract';
import { type MasterDeps } from './deps';
import { isAtWork, keepMark, lookFrom } from './watermark';

/** Candidates of one look for what is gone. */
const goneMax = 100;

/** Keeps what was read, and how far. A page without a watermark is one of several. */
export async function keepMasters({ pairId, records, watermark }: Parameters<MasterActivities['keepMasters']>[0], deps: MasterDeps): Promise<{ changed: number }> {
  const changed = await deps.store.master.snapshot.keep(pairId, records.map((record) => ({ record, keys: matchKeys(record) })), { mark: true });
  if (watermark) {
    const { kind, system, ...looked } = watermark;
    await keepMark({ place: { pairId, kind, system }, now: deps.now().getTime(), overlapMs: (await deps.pairs.get(pairId)).policies.syncOverlapSeconds * 1000 }, looked, deps);
  }
  return { changed };
}

/** Counterparts of these records that are linked to them, or that they name. */
async function beside(refs: readonly SyncRef[], place: { pairId: string; kind: MasterKind }, { store }: MasterDeps): Promise<SyncRef[]> {
  const { pairId, kind } = place;
  const [links, records] = await Promise.all([store.master.links.find(pairId, kind, refs), store.master.snapshot.get(pairId, kind, refs)]);
  const known = new Set(refs.map((r) => `${r.system}/${r.id}`));
  const found = [
    ...links.flatMap((l): SyncRef[] => [{ system: 'gp', id: l.gpId }, { system: 'xero', id: l.xeroId }]),
    ...records.flatMap((r): SyncRef[] => (r.foreignId === undefined ? [] : [{ system: otherSystem(r.system), id: r.foreignId }])),
  ];
  return [...new Map(found.filter((r) => !known.has(`${r.system}/${r.id}`)).map((r) => [`${r.system}/${r.id}`, r])).values()];
}

export async function loadSync({ pairId, kind, refs = [] }: Parameters<MasterActivities['loadSync']>[0], deps: MasterDeps): Promise<SyncStand> {
  const { store } = deps;
  const pair = await deps.pairs.get(pairId);
  const stand: SyncStand = { kinds: keptKinds(pair.sync), since: {}, gpQueue: taskQueues.gp(pair.gp.company), changed: 0, clock: await store.master.snapshot.clock(), counterparts: [], marked: false };
  if (kind === undefined) return stand;
  for (const system of ['gp', 'xero'] as const) {
    const from = await lookFrom({ place: { pairId, kind, system }, now: deps.now().getTime(), overlapMs: pair.policies.syncOverlapSeconds * 1000 }, deps);
    if (from !== undefined) stand.since[system] = from;
  }
  if (refs.length === 0) return { ...stand, busy: await isAtWork(pairId, kind, deps), changed: (await store.master.snapshot.counts(pairId, kind)).changed };
  return { ...stand, counterparts: await beside(refs, { pairId, kind }, deps), marked: await store.master.snapshot.marked(pairId, kind, refs) };
}

/** Pages through what no read has seen; what its system was asked for by id and did not give is marked as deleted. */
export async function findGone({ pairId, kind, system, since, confirm, among }: Parameters<MasterActivities['findGone']>[0], { store }: MasterDeps): Promise<{ ids: string[] }> {
  const { snapshot } = store.master;
  const ids = await snapshot.unseen(pairId, kind, { system, since, limit: goneMax, ...(among ? { among } : {}) });
  if (!confirm || ids.length === 0) return { ids };
  const records = await snapshot.get(pairId, kind, ids.map((id) => ({ system, id })));
  const gone = (r: MasterRecord): MasterRecord => ({ ...r, state: 'deleted' });
  await snapshot.keep(pairId, records.map((r) => ({ record: gone(r), keys: [] })), { mark: true });
  return { ids };
}
