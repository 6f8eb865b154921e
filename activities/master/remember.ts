import { classOf, type FailureClass } from '../../canonical/failure';
import { type MasterRecord } from '../../canonical/master';
import { matchKeys } from '../../mapping/sync/match';
import { heldInPart, worthCounting } from '../../mapping/sync/held';
import { baseAfter, projectBy } from '../../mapping/sync/plan';
import { rulesOf } from '../../mapping/sync/rules';
import { recordHash } from '../../store/master-snapshot';
import { type MasterLink, type SyncTotals } from '../../store/master-types';
import { type PlannedRecord, type RememberInput, type WriteOutcome } from './contract';
import { type MasterDeps } from './deps';
import { refKey } from './page';

/** One planned record with what its writes left behind. */
type Ended = { planned: PlannedRecord; written: MasterRecord[]; /** A write was left undone: another hand changed the record first. */ overtaken: boolean; failures: { system: string; outcome: Extract<WriteOutcome, { ok: false }> }[] };

function endOf(planned: PlannedRecord, input: RememberInput): Ended {
  const ended: Ended = { planned, written: [], overtaken: false, failures: [] };
  for (const system of ['gp', 'xero'] as const) {
    const at = planned.writes[system];
    const outcome = at === undefined ? undefined : input[system][at];
    if (outcome?.ok) { ended.written.push(outcome.value.record); ended.overtaken ||= outcome.value.overtaken === true; }
    else if (outcome) ended.failures.push({ system, outcome });
  }
  return ended;
}

/** Trouble of the way there, not of the record: it stays marked and is tried again, and nobody is asked. */
const passing = new Set<FailureClass>(['connection', 'rate', 'unknown-outcome', 'plan-limit', 'bug']);
const willPass = (ended: Ended): boolean => ended.failures.some(({ outcome }) => passing.has(classOf(outcome.failure.code)));

/** A refused write is a question with the reason, for whoever owns the record. */
async function tellRefusals(refused: readonly Ended[], input: RememberInput, deps: MasterDeps): Promise<void> {
  for (const { planned, failures } of refused) {
    const told = failures.map(({ system, outcome: { failure: { evidence: _evidence, ...failure } } }) => ({ system, failure }));
    await deps.store.master.issues.open({
      pairId: input.pairId, kind: input.kind, type: 'refused', subject: planned.subject, title: `${told.map((t) => t.system).join(' and ')} refused it: ${told[0]?.failure.message ?? ''}`, detail: { failures: told },
      ...(planned.gpId ? { gpId: planned.gpId } : {}), ...(planned.xeroId ? { xeroId: planned.xeroId } : {}),
    });
  }
}

/** Records that were made stand in the cross-reference from now on; one that turns out to be linked elsewhere is a question. */
async function linkMade(ended: readonly Ended[], input: RememberInput, deps: MasterDeps): Promise<MasterLink[]> {
  const { pairId, kind } = input;
  const made = ended.flatMap(({ planned, written }) => {
    const record = planned.creates ? written.find((r) => r.system === planned.creates) : undefined;
    return record ? [{ planned, record, gpId: record.system === 'gp' ? record.id : planned.gpId ?? '', xeroId: record.system === 'gp' ? planned.xeroId ?? '' : record.id }] : [];
  });
  const links = await deps.store.master.links.linkNew(pairId, kind, { pairs: made, who: 'tieout', reason: 'made here from the other system' });
  const known = new Set(links.map((l) => l.gpId));
  for (const { planned, record, gpId, xeroId } of made.filter((m) => !known.has(m.gpId))) {
    const linked = await deps.store.master.links.link({ pairId, kind, gpId, xeroId, who: 'tieout', reason: `made in ${record.system}` });
    if (linked.ok) links.push(linked.link);
    else await deps.store.master.issues.open({ pairId, kind, type: 'match', subject: planned.subject, gpId, xeroId, title: `${record.fields['name'] ?? record.id}: it stands in ${record.system}, and that record is linked to another one`, detail: { record, taken: linked.taken } });
  }
  return links;
}

/** What a person or another hand changed between our plan and our write: its record stays marked, so that the change is no part of what both agree on. */
class Meanwhile {
  constructor(private readonly before: ReadonlyMap<string, MasterRecord>) {}
  /** The record was read again with other content since it was compared. */
  moved({ settles }: PlannedRecord): boolean {
    return settles.some((s) => { const now = this.before.get(refKey(s)); return now !== undefined && recordHash(now) !== s.hash; });
  }
  /** The write's reading back shows a change that the write did not make. */
  strayed(record: MasterRecord, planned: PlannedRecord): boolean {
    const was = this.before.get(refKey(record));
    if (!was || planned.creates) return false;
    const ours = new Set(planned.sets?.[record.system]);
    return [...new Set([...Object.keys(was.fields), ...Object.keys(record.fields)])].some((f) => !ours.has(f) && (was.fields[f] ?? '') !== (record.fields[f] ?? ''));
  }
}

type Settling = { input: RememberInput; deps: MasterDeps; meanwhile: Meanwhile };
type Remembered = { again: Set<string>; /** Pairs of which one side holds less than the other. */ partly: number };

/** The base of every pair that is settled, with what either side holds only in part; answers the subjects that another hand touched meanwhile. */
async function rememberBases(ended: readonly Ended[], made: readonly MasterLink[], more: Settling): Promise<Remembered> {
  const { input: { pairId, kind }, deps, meanwhile } = more;
  const rules = rulesOf((await deps.pairs.get(pairId)).sync, kind);
  const project = projectBy(kind, rules, deps.holds);
  const { snapshot, links, issues } = deps.store.master;
  const standing = await links.find(pairId, kind, ended.flatMap(({ planned }) => (planned.rev !== undefined && planned.gpId ? [{ system: 'gp' as const, id: planned.gpId }] : [])));
  const byGp = new Map([...standing, ...made].map((l) => [l.gpId, l]));
  const byXero = new Map([...standing, ...made].map((l) => [l.xeroId, l]));
  const pairs = ended.flatMap((e) => { const link = byGp.get(e.planned.gpId ?? '') ?? byXero.get(e.planned.xeroId ?? ''); return link && (e.planned.compared || e.planned.creates) ? [{ ...e, link }] : []; });
  const records = new Map((await snapshot.get(pairId, kind, pairs.flatMap(({ link }) => [{ system: 'gp' as const, id: link.gpId }, { system: 'xero' as const, id: link.xeroId }]))).map((r) => [refKey(r), r]));
  const again = new Set<string>();
  const bases = pairs.flatMap(({ planned, link, written, overtaken }) => {
    let [gp, xero] = [records.get(`gp/${link.gpId}`), records.get(`xero/${link.xeroId}`)];
    const moved = meanwhile.moved(planned);
    if (moved || overtaken || written.some((w) => meanwhile.strayed(w, planned)) || (planned.rev !== undefined && planned.rev !== link.rev)) again.add(planned.subject);
    if (again.has(planned.subject) && !planned.creates) return [];
    // What was made is what its origin held then.
    if (moved && planned.creates === 'xero' && gp && xero) gp = { ...gp, fields: xero.fields };
    if (moved && planned.creates === 'gp' && gp && xero) xero = { ...xero, fields: gp.fields };
    return gp && xero ? [{ planned, held: heldInPart({ gp, xero }, { rules, project }), gpId: link.gpId, xeroId: link.xeroId, rev: link.rev, base: baseAfter(gp, xero, { conflicts: planned.conflicts.map((field) => ({ field })), stateOpen: planned.stateOpen, ...(link.base ? { base: link.base } : {}) }) }] : [];
  });
  const kept = await links.remember(pairId, kind, bases);
  for (const b of bases) if (!kept.has(b.gpId)) again.add(b.planned.subject);
  await issues.closeSubjects({ pairId, kind, subjects: bases.filter((b) => kept.has(b.gpId) && !b.planned.asked).flatMap((b) => [b.planned.subject, `gp/${b.gpId}`, `xero/${b.xeroId}`]) }, 'settled');
  return { again, partly: bases.filter((b) => kept.has(b.gpId) && worthCounting(b.held).length > 0).length };
}

/**
 * What the writes left behind becomes what we know: read-back records without a mark (our own echo is no change), the link of a record that was
 * made, and the base of the pair. Another hand on the same pair meanwhile: the record stays marked and is looked at again. A page costs a handful of
 * statements, however many records it holds.
 */
export async function rememberMasters(input: RememberInput, deps: MasterDeps): Promise<SyncTotals> {
  const { pairId, kind } = input;
  const { snapshot } = deps.store.master;
  const ended = input.planned.map((planned) => endOf(planned, input));
  const meanwhile = new Meanwhile(new Map((await snapshot.get(pairId, kind, input.planned.flatMap((p) => p.settles))).map((r) => [refKey(r), r])));
  const read = ended.flatMap(({ planned, written, overtaken }) => written.map((record) => ({ record, keys: matchKeys(record), mark: overtaken || meanwhile.moved(planned) || meanwhile.strayed(record, planned) })));
  for (const mark of [false, true]) await snapshot.keep(pairId, read.filter((r) => r.mark === mark), { mark });
  const stopped = ended.filter(willPass);
  const refused = ended.filter((e) => e.failures.length > 0 && !willPass(e));
  await tellRefusals(refused, input, deps);
  const made = await linkMade(ended, input, deps);
  const { again, partly } = await rememberBases(ended.filter((e) => e.failures.length === 0), made, { input, deps, meanwhile });
  for (const { planned } of stopped) again.add(planned.subject);
  const settled = input.planned.filter((p) => !again.has(p.subject)).flatMap((p) => p.settles);
  if (settled.length > 0) await snapshot.settled(pairId, kind, settled);
  return { ...input.totals, partly, failed: input.totals.failed + refused.length + stopped.length, issues: input.totals.issues + refused.length };
}
