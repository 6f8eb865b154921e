import { type MasterKind, type MasterRecord, type MasterSystem, otherSystem } from '../../canonical/master';
import { type Match, Matcher, matchKeys, sharedMax, type Thresholds } from '../../mapping/sync/match';
import { recordHash } from '../../store/master-snapshot';
import { type MasterLink } from '../../store/master-types';
import { type SyncRef } from './contract';
import { type MasterDeps } from './deps';

/** Candidates that one page may look at. */
const candidatesMax = 2_000;
export const refKey = ({ system, id }: SyncRef): string => `${system}/${id}`;

/** A page of changed records with everything known of them: links, counterparts, and candidates for those that have none. Read in a handful of statements. */
export type Page = {
  records: MasterRecord[]; byRef: Map<string, MasterRecord>; linkOf(ref: SyncRef): MasterLink | undefined; hashOf(record: MasterRecord): string;
  /** Whether the record whose id it carries was ever read. */
  knows(record: MasterRecord): boolean;
  /** The counterpart of an unlinked record, sure only where it is sure from both sides. */
  matchOf(record: MasterRecord): Match;
  /** Whom a record of GP without a counterpart is like among those of Xero, linked ones included. */
  likeOf(record: MasterRecord): Match;
};

class Links {
  private readonly byRef = new Map<string, MasterLink>();
  add(links: readonly MasterLink[]): void { for (const l of links) { this.byRef.set(refKey({ system: 'gp', id: l.gpId }), l); this.byRef.set(refKey({ system: 'xero', id: l.xeroId }), l); } }
  of(ref: SyncRef): MasterLink | undefined { return this.byRef.get(refKey(ref)); }
}

type Ask = { pairId: string; kind: MasterKind; deps: MasterDeps };

/** Unlinked, living records of one system that share a key with these. */
async function candidatesFor(records: readonly MasterRecord[], system: MasterSystem, { pairId, kind, deps, links }: Ask & { links: Links }): Promise<MasterRecord[]> {
  if (records.length === 0) return [];
  const { snapshot, links: crossReference } = deps.store.master;
  const found = (await snapshot.sharing(pairId, kind, { system, keys: [...new Set(records.flatMap(matchKeys))], limit: candidatesMax, sharedMax, free: true })).filter((r) => r.state !== 'deleted' && r.mergedInto === undefined);
  links.add(await crossReference.find(pairId, kind, found));
  return found.filter((r) => { const link = links.of(r); return !link || link.rev === 0; });
}

export async function readPage(refs: readonly SyncRef[], ask: Ask & { thresholds: Thresholds }): Promise<Page> {
  const { pairId, kind, deps, thresholds } = ask;
  const { snapshot, links: crossReference } = deps.store.master;
  const records = await snapshot.get(pairId, kind, refs);
  const byRef = new Map(records.map((r) => [refKey(r), r]));
  const links = new Links();
  links.add(await crossReference.find(pairId, kind, refs));
  const counterparts = records.flatMap((r) => { const l = links.of(r); return l ? [{ system: otherSystem(r.system), id: r.system === 'gp' ? l.xeroId : l.gpId }] : []; }).filter((ref) => !byRef.has(refKey(ref)));
  for (const r of await snapshot.get(pairId, kind, counterparts)) byRef.set(refKey(r), r);
  const matchers = new Map<MasterSystem, { there: Matcher; back: Matcher }>();
  for (const system of ['gp', 'xero'] as const) {
    const alone = records.filter((r) => r.system === system && r.state === 'active' && r.mergedInto === undefined && (links.of(r)?.rev ?? 0) === 0);
    const there = await candidatesFor(alone, otherSystem(system), { ...ask, links });
    const back = there.length === 0 ? [] : await candidatesFor(there, system, { ...ask, links });
    matchers.set(system, { there: new Matcher(there, thresholds), back: new Matcher([...new Map([...back, ...alone].map((r) => [r.id, r])).values()], thresholds) });
    for (const r of there) byRef.set(refKey(r), r);
  }
  const matchOf: Page['matchOf'] = (record) => {
    const { there, back } = matchers.get(record.system) ?? {};
    const match = there?.find(record) ?? { verdict: 'none' as const };
    if (match.verdict !== 'sure') return match;
    const answer = back?.find(match.candidate.record);
    return answer?.verdict === 'sure' && answer.candidate.record.id === record.id ? match : { verdict: 'ask', candidates: [match.candidate] };
  };
  const lonely = records.filter((r) => r.system === 'gp' && r.state === 'active' && (links.of(r)?.rev ?? 0) === 0 && matchOf(r).verdict === 'none');
  const like = new Matcher((await snapshot.sharing(pairId, kind, { system: 'xero', keys: [...new Set(lonely.flatMap(matchKeys))], limit: candidatesMax, sharedMax })).filter((r) => r.state === 'active' && r.mergedInto === undefined), thresholds);
  return {
    records, byRef, matchOf, likeOf: (record) => like.find(record), knows: (r) => r.foreignId !== undefined && byRef.has(refKey({ system: otherSystem(r.system), id: r.foreignId })), linkOf: (ref) => links.of(ref), hashOf: recordHash,
  };
}
