import { createHash } from 'node:crypto';
import { type Notice, type NoticeData, type NoticeType } from '../canonical/notice';
import { type Story } from '../canonical/story';
import { type Notify } from '../mapping/pair-notify';
import { type Incident, type Store } from '../store/types';

export type NoticeLook = { pairId: string; rules: Notify; channels: readonly string[]; now: Date };
type Due = { about: string; notice: Notice; opens?: { startedAt: string } };

const pageMax = 500;
const pagesMax = 20;
/** One stage of one subject has one id for ever: whoever is told twice can know it. */
const idOf = (about: string, stage: string): string => `ntc_${createHash('sha256').update(`${about} ${stage}`).digest('hex').slice(0, 32)}`;
const noticeOf = (about: string, stage: string, more: { type: NoticeType; at: string; data: NoticeData }): Notice => ({ id: idOf(about, stage), ...more });

/** A question is what is asked of which content: a worker that died after asking asks the same again, later, and nobody is told twice. */
export const questionOf = ({ runId, approval }: Story): string | undefined => (approval ? `approval/${runId}/${createHash('sha256').update(`${approval.contentHash} ${approval.needed}`).digest('hex').slice(0, 16)}` : undefined);
function approvalData(story: Story): NoticeData {
  return {
    pairId: story.pairId, runId: story.runId, orderId: story.orderId, ...(story.orderName === undefined ? {} : { orderName: story.orderName }), money: story.total === undefined ? [] : [{ currency: story.currency ?? '', amount: story.total }],
    ...(story.approval ? { askedAt: story.approval.askedAt, ...(story.approval.silenceAt ? { silenceAt: story.approval.silenceAt } : {}) } : {}),
  };
}

/** What is to be told of a question that nobody has answered: that it was asked, and each stage that its run has stamped on it. What the policy answered was passed over by everybody: its stages are told too. */
export function approvalNotices(story: Story): Due[] {
  const about = questionOf(story);
  const { approval } = story;
  if (about === undefined || !approval || (approval.decided && approval.decided.approver !== 'policy')) return [];
  const stages: [NoticeType, string | undefined][] = [['approval.asked', approval.askedAt], ['approval.reminded', approval.remindedAt], ['approval.escalated', approval.escalatedAt]];
  return stages.flatMap(([type, at]) => (at === undefined ? [] : [{ about, notice: noticeOf(about, type, { type, at, data: approvalData(story) }), ...(type === 'approval.asked' ? { opens: { startedAt: at } } : {}) }]));
}

/** Silence was answered: the policy's word is told, a person's is not. */
export function answerNotice(story: Story, about: string): Due | undefined {
  const decided = story.approval?.decided;
  if (questionOf(story) !== about || decided?.approver !== 'policy') return undefined;
  return { about, notice: noticeOf(about, 'answered', { type: 'approval.answered-by-policy', at: decided.at ?? story.updatedAt, data: { ...approvalData(story), decision: decided.decision } }) };
}

/** An incident is one cause; its beginning belongs to its name while it lasts, so that the same cause later is another one. */
export const incidentName = (incident: Pick<Incident, 'kind' | 'cause'>): string => `incident/${incident.kind}/${createHash('sha256').update(incident.cause).digest('hex').slice(0, 16)}`;

/** What is to be told of an incident that began at `startedAt`: its stages by the pair's rules. */
export function incidentNotices(incident: Incident, more: { pairId: string; rules: Notify; startedAt: string; now: Date }): Due[] {
  const about = incidentName(incident);
  const { afterSeconds, remindAfterMinutes, escalateAfterMinutes } = more.rules.incidents;
  const started = Date.parse(more.startedAt);
  const data: NoticeData = { pairId: more.pairId, code: incident.code, class: incident.class, kind: incident.kind, owner: incident.owner, count: incident.count, since: more.startedAt, money: incident.money };
  const stages: [NoticeType, number | undefined][] = [['incident.opened', afterSeconds * 1000], ['incident.reminded', remindAfterMinutes === undefined ? undefined : remindAfterMinutes * 60_000], ['incident.escalated', escalateAfterMinutes === undefined ? undefined : escalateAfterMinutes * 60_000]];
  return stages.flatMap(([type, afterMs]) => {
    if (afterMs === undefined || more.now.getTime() - started < afterMs) return [];
    return [{ about, notice: noticeOf(`${more.pairId}/${about}/${more.startedAt}`, type, { type, at: new Date(started + afterMs).toISOString(), data }), ...(type === 'incident.opened' ? { opens: { startedAt: more.startedAt } } : {}) }];
  });
}

async function waitingStories(pairId: string, store: Store): Promise<Story[]> {
  const stories: Story[] = [];
  let after: string | undefined;
  for (let page = 0; page < pagesMax; page += 1) {
    const rows = await store.runs.list({ pairId, phase: 'awaiting-approval', limit: pageMax, ...(after === undefined ? {} : { after }) });
    stories.push(...rows.map((r) => r.story));
    if (rows.length < pageMax) break;
    after = rows[rows.length - 1]?.runId;
  }
  return stories;
}

/**
 * One look at what waits: every stage that was reached and not yet written down is written down for every channel. It looks at what runs and
 * exceptions say of themselves, so a process that was away misses nothing; who looks twice writes once.
 */
export async function lookForNotices({ pairId, rules, channels, now }: NoticeLook, store: Store): Promise<number> {
  let fresh = 0;
  const put = async (due: Due): Promise<void> => { if (await store.notices.put({ ...due, pairId, channels })) fresh += 1; };
  const stories = await waitingStories(pairId, store);
  for (const due of stories.flatMap(approvalNotices)) await put(due);
  const asked = new Set(stories.map(questionOf));
  for (const { about, notice } of await store.notices.open(pairId, 'approval/')) {
    if (asked.has(about)) continue;
    const run = await store.runs.get(notice.data.runId ?? '');
    const answer = run && answerNotice(run.story, about);
    if (run && answer) for (const due of [...approvalNotices(run.story), answer]) await put(due);
    await store.notices.end(pairId, about);
  }
  const incidents = await store.exceptions.incidents({ open: true, pairId });
  const known = new Map((await store.notices.open(pairId, 'incident/')).map((s) => [s.about, s.startedAt]));
  for (const incident of incidents) for (const due of incidentNotices(incident, { pairId, rules, startedAt: known.get(incidentName(incident)) ?? incident.since, now })) await put(due);
  const lasting = new Set(incidents.map(incidentName));
  for (const about of known.keys()) if (!lasting.has(about)) await store.notices.end(pairId, about);
  return fresh;
}
