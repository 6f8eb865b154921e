import { type MasterRecord, type MasterSystem, type MasterWrite, otherSystem } from '../../canonical/master';
import { type Pair } from '../../mapping/pair';
import { type Candidate } from '../../mapping/sync/match';
import { asNamed } from '../../mapping/sync/held';
import { planCreate, planPair, projectBy, stateKey } from '../../mapping/sync/plan';
import { type Project } from '../../mapping/sync/reconcile';
import { type KindRules, rulesOf } from '../../mapping/sync/rules';
import { type MasterLink, type SyncIssueType, type SyncTotals } from '../../store/master-types';
import { taskQueues } from '../../workflows/names';
import { type PlanInput, type PlannedRecord, type PlanResult, type SyncChoice, type SyncRef } from './contract';
import { type MasterDeps } from './deps';
import { bearersOf, foresee, foreseeMade, type Foreseeing, nameOf, show, written } from './foresee';
import { claim, inheritanceOf } from './heir';
import { wasLeft } from './left';
import { newGpId } from './new-id';
import { type Page, readPage, refKey } from './page';

export const noTotals = (): SyncTotals => ({ read: 0, looked: 0, linked: 0, matched: 0, created: 0, updated: 0, unchanged: 0, issues: 0, failed: 0, writes: 0, partly: 0 });

type Work = Foreseeing & { input: PlanInput; deps: MasterDeps; pair: Pair; rules: KindRules; project: Project; page: Page; result: PlanResult };
type Issue = { type: SyncIssueType; title: string; detail: unknown };

const subjectOf = (record: MasterRecord, link: MasterLink | undefined): string => (link ? `gp/${link.gpId}` : refKey(record));

async function ask(work: Work, planned: PlannedRecord, issue: Issue): Promise<void> {
  const { input: { pairId, kind, preview }, deps, result } = work;
  result.totals.issues += 1;
  planned.asked = true;
  if (!preview) await deps.store.master.issues.open({ pairId, kind, subject: planned.subject, ...(planned.gpId ? { gpId: planned.gpId } : {}), ...(planned.xeroId ? { xeroId: planned.xeroId } : {}), ...issue });
}

const fieldsOf = ({ set, clear = [] }: MasterWrite): string[] => [...Object.keys(set), ...clear];
/** With what its fields hold now, so that a change of another hand before it is written is not written over. */
const since = (record: MasterRecord, write: MasterWrite): MasterWrite => ({ ...write, before: Object.fromEntries(fieldsOf(write).map((f) => [f, record.fields[f] ?? ''])) });

function push(work: Work, planned: PlannedRecord, more: { system: MasterSystem; write: MasterWrite }): void {
  const list = more.system === 'gp' ? work.result.gpWrites : work.result.xeroWrites;
  planned.writes[more.system] = list.length;
  planned.sets = { ...planned.sets, [more.system]: fieldsOf(more.write) };
  list.push(more.write);
  work.result.totals.writes += 1;
}

/** Two linked records: compared, and written where they differ. */
async function settlePair(work: Work, planned: PlannedRecord, { gp, xero: standing, link }: { gp: MasterRecord; xero: MasterRecord; link?: MasterLink }): Promise<void> {
  const { input, rules, project, result } = work;
  const xero = asNamed({ gp, xero: standing }, project);
  const choices = input.choice?.fields;
  const plan = planPair({ kind: input.kind, gp, xero, rules, project, ...(link?.base ? { base: link.base } : {}), ...(choices ? { choices } : {}) });
  // What is to stay as it is becomes what both sides agree on: it is asked about again when it changes again.
  if (input.choice?.counterpart === 'leave') { plan.conflicts = []; plan.archivedAsk = false; }
  planned.compared = true;
  planned.conflicts = plan.conflicts.map((c) => c.field);
  planned.stateOpen = plan.archivedAsk;
  if (plan.gp) push(work, planned, { system: 'gp', write: since(gp, plan.gp) });
  if (plan.xero) push(work, planned, { system: 'xero', write: since(standing, plan.xero) });
  const writes = plan.gp !== undefined || plan.xero !== undefined;
  foresee(work, planned.subject, { gp: written(gp, plan.gp), xero: written(standing, plan.xero) });
  result.totals[writes ? 'updated' : 'unchanged'] += 1;
  if (plan.conflicts.length > 0) await ask(work, planned, { type: 'conflict', title: `${nameOf(gp)}: ${plan.conflicts.map((c) => c.label).join(', ')}`, detail: { conflicts: plan.conflicts, gp, xero } });
  if (plan.archivedAsk) await ask(work, planned, { type: 'archived', title: `${nameOf(gp)} is ${gp.state} in GP and ${xero.state} in Xero`, detail: { gp, xero, field: stateKey } });
  const fields = plan.decisions.map((d) => ({ field: d.field, ...(d.before === undefined ? {} : { before: d.before }), ...(d.value === undefined ? {} : { after: d.value }) }));
  if (writes || plan.conflicts.length > 0) show(work, { subject: planned.subject, name: nameOf(gp), does: writes ? 'update' : 'ask', ...(plan.gp && plan.xero ? {} : { to: plan.gp ? 'gp' : 'xero' }), fields, why: [...new Set(plan.decisions.map((d) => d.why)), ...plan.conflicts.map((c) => `both sides changed ${c.label}`)].join(', ') });
}

/** A counterpart was found: linked, then compared like any other pair. */
async function linkWith(work: Work, planned: PlannedRecord, more: { record: MasterRecord; other: MasterRecord; who: string; reason: string }): Promise<void> {
  const { record, other, who, reason } = more;
  const { input: { pairId, kind, preview }, deps, result } = work;
  const [gp, xero] = record.system === 'gp' ? [record, other] : [other, record];
  Object.assign(planned, { subject: `gp/${gp.id}`, gpId: gp.id, xeroId: xero.id });
  result.totals.matched += 1;
  planned.settles.push({ system: other.system, id: other.id, hash: work.page.hashOf(other) });
  if (preview) { show(work, { subject: planned.subject, name: nameOf(record), does: 'link', to: other.system, why: reason }); await settlePair(work, planned, { gp, xero }); return; }
  const made = await claim({ gp, xero, who, reason }, work);
  if (made === 'doubt') { planned.settles = []; return; }
  if (!made.ok) { await ask(work, planned, { type: 'match', title: `${nameOf(record)}: its counterpart is linked to another record`, detail: { record, candidates: [{ record: other, score: 100, reasons: [reason] }], taken: made.taken } }); return; }
  await deps.store.master.issues.closeSubjects({ pairId, kind, subjects: [refKey(record)] }, 'linked');
  planned.rev = made.link.rev;
  if (made.followed !== undefined) { result.totals.linked += 1; deps.log.info({ pairId, kind, subject: planned.subject }, 'a record was renumbered in GP: the cross-reference follows'); }
  await settlePair(work, planned, { gp, xero, link: made.link });
}

async function create(work: Work, planned: PlannedRecord, record: MasterRecord): Promise<void> {
  const { input, deps, pair, rules, project, result } = work;
  const to = otherSystem(record.system);
  const newId = to === 'gp' ? await newGpId({ record, pair, rules, preview: input.preview === true }, deps) : undefined;
  const plan = planCreate(record, { rules, project, ...(newId === undefined ? {} : { newId }) });
  if ('missing' in plan) { await ask(work, planned, { type: 'refused', title: `${nameOf(record)} cannot be made in ${to}: ${plan.missing.join(', ')} is missing`, detail: { record, missing: plan.missing } }); return; }
  planned.creates = to;
  result.totals.created += 1;
  foreseeMade(work, record, { subject: planned.subject, write: plan.write });
  show(work, { subject: planned.subject, name: nameOf(record), does: 'create', to, fields: Object.entries(plan.write.set).map(([field, after]) => ({ field, after })), why: `only ${record.system} has it` });
  push(work, planned, { system: to, write: plan.write });
}

const shown = (candidates: readonly Candidate[]): unknown => candidates.map(({ record, score, reasons }) => ({ record, score, reasons }));

/** A record without a link: its counterpart is found, asked about, or made. */
async function settleAlone(work: Work, planned: PlannedRecord, record: MasterRecord): Promise<void> {
  const { input, rules, page, result } = work;
  const { choice } = input;
  if (record.state !== 'active' || record.mergedInto !== undefined) { result.totals.unchanged += 1; return; }
  if (choice?.counterpart === 'leave') { result.totals.unchanged += 1; return; }
  if (choice?.counterpart === 'create') return create(work, planned, record);
  if (choice?.counterpart) {
    const other = page.byRef.get(refKey({ system: otherSystem(record.system), id: choice.counterpart.id }));
    if (other) return linkWith(work, planned, { record, other, who: choice.by, reason: choice.reason });
  }
  let match = page.matchOf(record);
  if (match.verdict === 'none') {
    const inherits = await inheritanceOf(record, page.likeOf(record), { ...work, thresholds: rules.match });
    if (inherits === 'doubt') { planned.settles = []; return; }
    match = inherits ?? match;
  }
  // A preview goes through all of GP first: this one was told with its counterpart there.
  if (input.preview && record.system === 'xero' && match.verdict === 'sure') { result.totals.looked -= 1; return; }
  if (match.verdict === 'sure') return linkWith(work, planned, { record, other: match.candidate.record, who: 'tieout', reason: `${match.candidate.reasons.join(', ')} (${match.candidate.score})` });
  if (match.verdict === 'ask') {
    const { pairId, kind } = input;
    if (!choice && wasLeft(await work.deps.store.master.issues.lastClosed({ pairId, kind, type: 'match', subject: planned.subject }), record, match.candidates)) { result.totals.unchanged += 1; return; }
    show(work, { subject: planned.subject, name: nameOf(record), does: 'ask', why: `may be ${match.candidates.map((c) => nameOf(c.record)).join(' or ')}` });
    return ask(work, planned, { type: 'match', title: `${nameOf(record)}: which record in ${otherSystem(record.system)} is it?`, detail: { record, candidates: shown(match.candidates) } });
  }
  if (rules.createIn.includes(otherSystem(record.system)) && !record.protected) return create(work, planned, record);
  result.totals.unchanged += 1;
}

/** What a person said about a record that is gone: another one stands for it, its counterpart is made again, is archived too, or stays as it is. */
async function settleGoneAsTold(work: Work, planned: PlannedRecord, more: { record: MasterRecord; link: MasterLink; choice: SyncChoice }): Promise<void> {
  const { record, link, choice } = more;
  const { deps, result, page } = work;
  const by = { who: choice.by, reason: choice.reason };
  const other = page.byRef.get(refKey({ system: otherSystem(record.system), id: record.system === 'gp' ? link.xeroId : link.gpId }));
  if (typeof choice.counterpart === 'object') {
    if (await deps.store.master.links.move(link, { system: record.system, id: choice.counterpart.id }, by)) result.totals.linked += 1;
    else await ask(work, planned, { type: 'match', title: `${choice.counterpart.id} in ${record.system} stands for another record`, detail: { record } });
    return;
  }
  if (choice.counterpart === 'create' && other?.state === 'active') {
    await deps.store.master.links.unlink(link, by);
    for (const key of ['rev', 'gpId', 'xeroId'] as const) delete planned[key];
    Object.assign(planned, { subject: refKey(other) }, other.system === 'gp' ? { gpId: other.id } : { xeroId: other.id });
    return create(work, planned, other);
  }
  if (choice.fields?.[stateKey] === record.system && other?.state === 'active' && !other.protected) {
    result.totals.updated += 1;
    return push(work, planned, { system: other.system, write: { kind: record.kind, id: other.id, set: {}, state: 'archived' } });
  }
  result.totals.unchanged += 1;
}

/** Merged or combined away: the link follows, unless the survivor has a link of its own; gone: a person is asked. Never re-created by itself. */
async function settleGone(work: Work, planned: PlannedRecord, more: { record: MasterRecord; link: MasterLink }): Promise<void> {
  const { record, link } = more;
  const { input: { pairId, kind, preview, choice }, deps, result } = work;
  if (choice) return settleGoneAsTold(work, planned, { ...more, choice });
  // A record of this very page may stand for it by now.
  const [known] = await deps.store.master.links.find(pairId, kind, [record]);
  if (known?.rev !== link.rev) { result.totals.unchanged += 1; return; }
  if (record.mergedInto === undefined) return ask(work, planned, { type: 'deleted', title: `${nameOf(record)} is no longer in ${record.system}`, detail: { record } });
  if (preview) { result.totals.linked += 1; return; }
  const moved = await deps.store.master.links.move(link, { system: record.system, id: record.mergedInto }, { who: 'tieout', reason: `${record.system} says it was merged` });
  if (moved) { result.totals.linked += 1; deps.log.info({ pairId, kind, subject: planned.subject }, 'a merged record: the cross-reference follows'); return; }
  await ask(work, planned, { type: 'merged', title: `${nameOf(record)} was merged in ${record.system} into a record that stands for another one`, detail: { record, mergedInto: record.mergedInto } });
}

/** Made by an order: linked by it, or in Xero under a customer number of our series, whose GP record is not known yet. */
const isOurs = (record: MasterRecord, link: MasterLink | undefined, pair: Pair): boolean =>
  link !== undefined || (record.kind === 'customer' && record.system === 'xero' && record.foreignId !== undefined && pair.gp.customerPrefix !== '' && record.foreignId.startsWith(pair.gp.customerPrefix) && /^\d{7,}$/.test(record.foreignId.slice(pair.gp.customerPrefix.length)));

async function settle(work: Work, record: MasterRecord): Promise<PlannedRecord> {
  const { page, result, input } = work;
  const link = page.linkOf(record);
  const managed = link && link.rev > 0 ? link : undefined;
  const planned: PlannedRecord = { subject: subjectOf(record, managed), settles: [{ system: record.system, id: record.id, hash: page.hashOf(record) }], writes: {}, conflicts: [], stateOpen: false, compared: false, asked: false, ...(managed ? { gpId: managed.gpId, xeroId: managed.xeroId, rev: managed.rev } : record.system === 'gp' ? { gpId: record.id } : { xeroId: record.id }) };
  if (input.preview && managed && record.system === 'xero' && page.byRef.get(`gp/${managed.gpId}`)) return planned;
  result.totals.looked += 1;
  if (!managed) {
    const adopted = link ? page.byRef.get(refKey({ system: otherSystem(record.system), id: record.system === 'gp' ? link.xeroId : link.gpId })) : undefined;
    // An order made it just now, and the other side was not read since: it waits for that, instead of being made twice.
    if (!adopted && !page.knows(record) && isOurs(record, link, work.pair)) { planned.settles = []; result.totals.unchanged += 1; return planned; }
    if (adopted && record.state === 'active') await linkWith(work, planned, { record, other: adopted, who: 'tieout', reason: 'an order linked them' });
    else await settleAlone(work, planned, record);
    return planned;
  }
  if (record.state === 'deleted' || record.mergedInto !== undefined) { await settleGone(work, planned, { record, link: managed }); return planned; }
  const [gp, xero] = (['gp', 'xero'] as const).map((system) => page.byRef.get(refKey({ system, id: system === 'gp' ? managed.gpId : managed.xeroId })));
  if (gp && xero && gp.state !== 'deleted' && xero.state !== 'deleted' && xero.mergedInto === undefined && gp.mergedInto === undefined) {
    const other = record.system === 'gp' ? xero : gp;
    planned.settles.push({ system: other.system, id: other.id, hash: page.hashOf(other) });
    await settlePair(work, planned, { gp, xero, link: managed });
  } else result.totals.unchanged += 1;
  return planned;
}

/** A preview goes through everything, GP first; `after` is `<system>:<id>`. */
async function allRefs({ pairId, kind, limit, after = 'gp:' }: PlanInput, { store }: MasterDeps): Promise<{ refs: SyncRef[]; next?: string }> {
  const system = after.startsWith('gp:') ? 'gp' : 'xero';
  const ids = await store.master.snapshot.ids(pairId, kind, { system, after: after.slice(after.indexOf(':') + 1), limit });
  const refs = ids.map((id) => ({ system, id }) as const);
  if (ids.length === limit) return { refs, next: `${system}:${ids[ids.length - 1] ?? ''}` };
  return { refs, ...(system === 'gp' ? { next: 'xero:' } : {}) };
}

async function pageRefs(input: PlanInput, deps: MasterDeps): Promise<{ refs: SyncRef[]; next?: string }> {
  const { pairId, kind, limit, after, refs, preview } = input;
  if (refs) return { refs };
  if (preview) return allRefs(input, deps);
  const dirty = await deps.store.master.snapshot.dirty(pairId, kind, { limit, ...(after === undefined ? {} : { after }) });
  return { refs: dirty, ...(dirty.length === limit ? { next: dirty[dirty.length - 1]?.place ?? '' } : {}) };
}

/** Whether the answer still counts: the question was open, or it was this very answer that closed it before this act was cut off. */
async function taken({ issueId, by, reason, decision = '' }: SyncChoice, { store }: MasterDeps): Promise<boolean> {
  if (issueId === undefined || await store.master.issues.close(issueId, { decision, by, reason })) return true;
  const issue = await store.master.issues.get(issueId);
  return issue?.by === by && issue.decision === decision && issue.reason === reason;
}

/** See the contract. A pair whose both sides changed is looked at once. */
export async function planMasters(input: PlanInput, deps: MasterDeps): Promise<PlanResult> {
  const { pairId, kind } = input;
  const pair = await deps.pairs.get(pairId);
  const rules = rulesOf(pair.sync, kind);
  const { refs, next } = await pageRefs(input, deps);
  const result: PlanResult = { planned: [], gpWrites: [], xeroWrites: [], totals: noTotals(), samples: [], gpQueue: taskQueues.gp(pair.gp.company), ...(next === undefined ? {} : { next }) };
  if (input.choice && !await taken(input.choice, deps)) return result;
  const counterpart = input.choice?.counterpart;
  const wanted = typeof counterpart === 'object' && refs[0] ? [...refs, { system: otherSystem(refs[0].system), id: counterpart.id }] : refs;
  const page = await readPage(wanted, { pairId, kind, deps, thresholds: rules.match });
  const bearers = input.preview ? await bearersOf(page.records, { pairId, kind, deps }) : new Map<string, string[]>();
  const work: Work = { input, deps, pair, rules, project: projectBy(kind, rules, deps.holds), page, result, bearers };
  const done = new Set<string>();
  for (const ref of refs) {
    const record = page.byRef.get(refKey(ref));
    if (!record || done.has(refKey(ref))) continue;
    const planned = await settle(work, record);
    for (const s of planned.settles) done.add(refKey(s));
    result.planned.push(planned);
  }
  return result;
}
