import { type MasterRecord } from '../../canonical/master';
import { type Candidate, type Match, type Thresholds } from '../../mapping/sync/match';
import { type MasterLink } from '../../store/master-types';
import { type PlanInput, type PlanResult } from './contract';
import { type MasterDeps } from './deps';

type Ask = { input: Pick<PlanInput, 'pairId' | 'kind' | 'verified' | 'preview'>; deps: Pick<MasterDeps, 'store'>; result: Pick<PlanResult, 'doubts'> };
/** Records of Xero that a number which is new in GP may stand for: the number they were linked to is gone. */
export type Inheritance = Exclude<Match, { verdict: 'none' }>;

/** Whether GP still has the number of a link. `doubt`: nobody asked GP since the other number appeared; it is named in the plan's doubts. */
export async function standing(link: MasterLink, { input: { pairId, kind, verified = [], preview }, deps, result }: Ask): Promise<'gone' | 'there' | 'doubt'> {
  const [old] = await deps.store.master.snapshot.get(pairId, kind, [{ system: 'gp', id: link.gpId }]);
  if (old?.state === 'deleted') return 'gone';
  if (verified.includes(link.gpId)) return old === undefined ? 'gone' : 'there';
  if (preview) return 'there';
  result.doubts = [...new Set([...(result.doubts ?? []), link.gpId])];
  return 'doubt';
}

/**
 * A customer that is renumbered in GP appears as a new one, and nothing tells of the old number: before a record is made for it in Xero, those that
 * are like it and linked are looked at. A link whose number GP still has is another party's, one whose number is gone is this one's.
 */
export async function inheritanceOf(record: MasterRecord, like: Match, more: Ask & { thresholds: Thresholds }): Promise<Inheritance | 'doubt' | undefined> {
  if (like.verdict === 'none' || record.system !== 'gp') return undefined;
  const { input: { pairId, kind }, deps, thresholds } = more;
  const candidates = like.verdict === 'sure' ? [like.candidate] : like.candidates;
  const links = new Map((await deps.store.master.links.find(pairId, kind, candidates.map((c) => c.record))).filter((l) => l.rev > 0).map((l) => [l.xeroId, l]));
  const free: Candidate[] = [];
  let doubt = false;
  for (const candidate of candidates) {
    const link = links.get(candidate.record.id);
    const stands = link ? await standing(link, more) : 'there';
    doubt ||= stands === 'doubt';
    if (stands === 'gone') free.push(candidate);
  }
  if (doubt) return 'doubt';
  const [first, ...others] = free;
  if (!first) return undefined;
  return others.length === 0 && first.score >= thresholds.linkAt ? { verdict: 'sure', candidate: first } : { verdict: 'ask', candidates: free };
}

type Claim = { gp: MasterRecord; xero: MasterRecord; who: string; reason: string };

/** Links two records. Where the one of Xero stands for a number that GP no longer has, that link follows to the new number; its history tells. */
export async function claim({ gp, xero, who, reason }: Claim, more: Ask): Promise<{ ok: true; link: MasterLink; followed?: string } | { ok: false; taken: MasterLink } | 'doubt'> {
  const { input: { pairId, kind }, deps: { store: { master: { links, issues } } } } = more;
  const made = await links.link({ pairId, kind, gpId: gp.id, xeroId: xero.id, who, reason });
  if (made.ok || made.taken.xeroId !== xero.id || made.taken.gpId === gp.id) return made;
  const { gpId: old } = made.taken;
  const stands = await standing(made.taken, more);
  if (stands === 'doubt') return stands;
  if (stands === 'there' || !(await links.move(made.taken, { system: 'gp', id: gp.id }, { who, reason: `${reason}; GP no longer has ${old}` }))) return made;
  await issues.closeSubjects({ pairId, kind, subjects: [`gp/${old}`] }, 'followed');
  const [link] = await links.find(pairId, kind, [{ system: 'gp', id: gp.id }]);
  return link ? { ok: true, link, followed: old } : made;
}
