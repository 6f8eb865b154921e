import { type MasterKind, type MasterSystem } from '../canonical/master';
import { stateKey } from '../mapping/sync/plan';
import { type SyncChoice } from '../activities/master/contract';
import { type SyncIssue, type SyncIssueType } from '../store/master-types';
import { type ApiDeps } from './deps';
import { Problem } from './problem';
import { type Ask } from './route';
import { isUuid, type z } from './schemas';
import { DecideQuestion, type decisions } from './sync-schemas';

type Decision = (typeof decisions)[number];
type Wanted = z.infer<typeof DecideQuestion>;
type Detail = { record?: { system: MasterSystem; id: string }; conflicts?: { field: string }[]; candidates?: { record: { id: string } }[] };

/** How long an answer is waited for to be taken up. */
const waitMs = 2_000;

/** What can be said to each kind of question. */
export const decisionsFor: Record<SyncIssueType, readonly Decision[]> = {
  conflict: ['take', 'leave'], archived: ['take', 'leave'], match: ['link', 'create', 'leave'], merged: ['link', 'create', 'leave'], deleted: ['take', 'create', 'leave'], refused: ['retry', 'leave'],
};

export async function findQuestion({ params }: Ask, { store }: ApiDeps): Promise<SyncIssue> {
  const issue = isUuid(params['id']) ? await store.master.issues.get(params['id'] ?? '') : undefined;
  if (!issue) throw new Problem(404, 'No such question');
  return issue;
}

const detailOf = (issue: SyncIssue): Detail => (typeof issue.detail === 'object' && issue.detail !== null ? (issue.detail as Detail) : {});

/** The record that the question is about. */
function refOf(issue: SyncIssue): { system: MasterSystem; id: string } {
  const { record } = detailOf(issue);
  if (record && (issue.type === 'merged' || issue.type === 'deleted' || issue.type === 'match')) return { system: record.system, id: record.id };
  const at = issue.subject.indexOf('/');
  return { system: issue.subject.startsWith('gp/') ? 'gp' : 'xero', id: issue.subject.slice(at + 1) };
}

function fieldsOf(issue: SyncIssue, { side, fields }: Wanted): Record<string, MasterSystem> {
  if (issue.type !== 'conflict') {
    const whose = side ?? fields?.[stateKey];
    if (!whose) throw new Problem(400, 'Whose state stands?', { errors: [{ field: 'side', fix: 'give gp or xero' }] });
    return { [stateKey]: whose };
  }
  const open = (detailOf(issue).conflicts ?? []).map((c) => c.field);
  for (const field of Object.keys(fields ?? {})) if (!open.includes(field)) throw new Problem(400, 'This field is in no conflict', { errors: [{ field: 'fields', value: field, fix: `one of ${open.join(', ')}` }] });
  return fields ?? Object.fromEntries(open.map((field) => [field, side ?? 'gp']));
}

function choiceOf(issue: SyncIssue, wanted: Wanted, by: string): SyncChoice {
  const { decision, reason, counterpart } = wanted;
  const word = { by, reason, issueId: issue.id, decision };
  switch (decision) {
    case 'take': return { ...word, fields: fieldsOf(issue, wanted) };
    case 'link': return { ...word, counterpart: { id: counterpart ?? '' } };
    case 'create': case 'leave': return { ...word, counterpart: decision };
    case 'retry': return word;
  }
}

/** A counterpart must be a record that was read: a typing mistake would link nothing to something. */
async function mustBeKnown(issue: SyncIssue, counterpart: string, { store }: ApiDeps): Promise<void> {
  const { system } = refOf(issue);
  // The survivor of a merge is in the same system, a counterpart in the other one.
  const where: MasterSystem = issue.type === 'merged' ? system : system === 'gp' ? 'xero' : 'gp';
  const [found] = await store.master.snapshot.get(issue.pairId, issue.kind, [{ system: where, id: counterpart }]);
  const known = (detailOf(issue).candidates ?? []).map((c) => c.record.id);
  if (!found) throw new Problem(400, `There is no such ${issue.kind} in ${where}`, { errors: [{ field: 'counterpart', value: counterpart, fix: known.length > 0 ? `one of ${known.join(', ')}, or another id of ${where}` : `an id of ${where}` }] });
}

/** A person's answer: on record first, then told to the record's own run, which closes the question and acts on it. */
export async function decideQuestion(ask: Ask, deps: ApiDeps): Promise<{ ok: true; id: string; decision: string }> {
  const issue = await findQuestion(ask, deps);
  const wanted = DecideQuestion.parse(ask.body);
  const { decision, reason } = wanted;
  if (issue.closedAt !== undefined) throw new Problem(409, 'This question is closed', { detail: issue.by ? `${issue.by} decided "${issue.decision ?? ''}": ${issue.reason ?? ''}` : 'It settled by itself.' });
  if (!decisionsFor[issue.type].includes(decision)) throw new Problem(400, `A question of type "${issue.type}" cannot be answered by "${decision}"`, { errors: [{ field: 'decision', value: decision, fix: `one of ${decisionsFor[issue.type].join(', ')}` }] });
  if (wanted.counterpart !== undefined) await mustBeKnown(issue, wanted.counterpart, deps);
  const choice = choiceOf(issue, wanted, ask.key.name);
  const { pairId, kind, subject } = issue;
  await deps.store.audit.add({ who: ask.key.name, action: `sync:${decision}`, subject: recordSubject({ pairId, kind, key: subject }), detail: { question: issue.id, type: issue.type, reason, ...(choice.fields ? { fields: choice.fields } : {}), ...(wanted.counterpart ? { counterpart: wanted.counterpart } : {}) } });
  await deps.sync.decide({ pairId, kind, key: subject }, { ref: refOf(issue), choice });
  await mustCount(issue, choice, deps);
  return { ok: true, id: issue.id, decision };
}

/** Its run closes the question within moments; where somebody else's answer closed it, this one did not count. A run that is late is no refusal. */
async function mustCount({ id }: SyncIssue, { by, decision, reason }: SyncChoice, { store }: ApiDeps): Promise<void> {
  for (const end = Date.now() + waitMs; Date.now() < end; await new Promise((wake) => setTimeout(wake, 100))) {
    const now = await store.master.issues.get(id);
    if (now?.closedAt === undefined) continue;
    if (now.by === by && now.decision === decision && now.reason === reason) return;
    throw new Problem(409, 'Somebody else was quicker', { detail: `${now.by ?? 'tieout'} decided "${now.decision ?? ''}"${now.reason ? `: ${now.reason}` : ''}` });
  }
}

/** Under which name the trail of one record stands. */
export const recordSubject = ({ pairId, kind, key }: { pairId: string; kind: MasterKind; key: string }): string => `sync/${pairId}/${kind}/${key}`;
