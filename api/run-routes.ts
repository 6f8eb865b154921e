import { type RunRow } from '../store/types';
import { orderWorkflowId } from '../workflows/names';
import { type ApiDeps } from './deps';
import { decideRun } from './exception-decisions';
import { ApprovalDetail, ExceptionDecision } from './exception-schemas';
import { parsedText } from './exception-view';
import { Problem } from './problem';
import { type Ask, type Route } from './route';
import { Decision, limitOnly, Ok, Run, RunList, RunQuery, Story, z } from './schemas';

const ApprovalQuery = limitOnly.extend({ after: z.string().max(300).optional() });
const runIdOf = (params: Record<string, string>): string => (params['id'] !== undefined ? params['id'] : orderWorkflowId({ pairId: params['pair'] ?? '', sourceId: params['source'] ?? '', orderId: params['order'] ?? '' }));
const notFound = (what: string): Problem => new Problem(404, `No such ${what}`);

async function readRun(runId: string, deps: ApiDeps): Promise<z.infer<typeof Run>> {
  const [live, row, documents, open] = await Promise.all([deps.orders.story(runId), deps.store.runs.get(runId), deps.store.documents.byRun(runId), deps.store.exceptions.list({ open: true, subject: runId, limit: 10 })]);
  const story = live ?? row?.story;
  if (!story) throw notFound('run');
  return { story, documents, live: live !== undefined, exceptions: open.map(({ id, class: kind, code, owner, openedAt }) => ({ id, class: kind, code, owner, openedAt })), links: { temporalUi: `${deps.uiBaseUrl}/namespaces/${deps.namespace}/workflows/${encodeURIComponent(runId)}` } } as z.infer<typeof Run>;
}

async function approve(ask: Ask, deps: ApiDeps): Promise<{ ok: true }> {
  const runId = runIdOf(ask.params);
  const { story } = await readRun(runId, deps);
  if (story.phase !== 'awaiting-approval') throw new Problem(409, 'This run does not wait for an approval', { detail: `It is in phase ${story.phase}.` });
  const { decision, reason, contentHash } = Decision.parse(ask.body);
  if (story.makers?.includes(ask.key.name)) throw new Problem(403, 'Four eyes: who changed the order cannot approve it', { code: 'four-eyes', detail: `${ask.key.name} changed it; another approver must decide.` });
  const shown = story.approval?.contentHash;
  if (contentHash !== undefined && shown !== undefined && contentHash !== shown) throw new Problem(409, 'The order changed since it was looked at', { detail: `Decide about ${shown}; ${contentHash} is gone.` });
  const sent = await deps.orders.signal(runId, 'approvalDecided', { approver: ask.key.name, decision, reason, at: new Date().toISOString(), ...(shown ? { contentHash: contentHash ?? shown } : {}) });
  if (sent === 'finished') throw new Problem(409, 'This run has ended');
  await deps.store.audit.add({ who: ask.key.name, action: `approval:${decision}`, subject: runId, detail: { reason, contentHash: contentHash ?? shown } });
  return { ok: true };
}

async function decide(ask: Ask, deps: ApiDeps): Promise<{ ok: true }> {
  const runId = runIdOf(ask.params);
  await readRun(runId, deps);
  return decideRun(runId, ask, deps);
}

const listed = (r: RunRow): object => ({ runId: r.runId, orderId: r.orderId, orderName: r.orderName, phase: r.phase, needsAttention: r.needsAttention, total: r.total, currency: r.currency, failure: r.story.failure, waitingFor: r.story.waitingFor, updatedAt: r.updatedAt });
const byId = '/runs/{id}';
const byOrder = '/runs/order-to-cash/{pair}/{source}/{order}';
const bothPaths = (route: Omit<Route, 'path'>, suffix = ''): Route[] => [{ ...route, path: `${byId}${suffix}` }, { ...route, path: `${byOrder}${suffix}` }];

/** Runs and the approvals they wait for. */
export const runRoutes: Route[] = [
  { method: 'get', path: '/runs', summary: 'Runs, filtered and paged', role: 'viewer', query: RunQuery, reply: RunList, async handle({ query }, { store }) {
    const q = RunQuery.parse(query);
    const rows = await store.runs.list({ limit: q.limit, ...(q.ref ? { ref: q.ref } : {}), ...(q.pairId ? { pairId: q.pairId } : {}), ...(q.phase ? { phase: q.phase } : {}), ...(q.orderId ? { orderId: q.orderId } : {}), ...(q.after ? { after: q.after } : {}), ...(q.needsAttention ? { needsAttention: q.needsAttention === 'true' } : {}) });
    return { runs: rows.map(listed), ...(rows.length === q.limit ? { next: rows[rows.length - 1]?.runId } : {}) };
  } },
  { method: 'get', path: '/runs/summary', summary: 'How many runs are in which phase', role: 'viewer', reply: z.object({ phases: z.record(z.string(), z.number()) }), async handle(_ask, { store }) { return { phases: await store.runs.counts() }; } },
  ...bothPaths({ method: 'get', summary: 'One run: its story, its documents, its place in the Temporal UI', role: 'viewer', reply: Run, handle: (ask, deps) => readRun(runIdOf(ask.params), deps) }),
  ...bothPaths({ method: 'post', summary: 'Approve or reject', role: 'approver', body: Decision, reply: Ok, handle: approve }, '/approval'),
  ...bothPaths({ method: 'post', summary: 'Decide about the exception of a run: retry (from a step), skip or undo', role: 'operator', body: ExceptionDecision, reply: Ok, handle: decide }, '/decision'),
  { method: 'get', path: '/approvals/{id}', summary: 'What one run asks an approver: the order as it is to be posted, its corrections, and who may not approve', role: 'approver', reply: ApprovalDetail, async handle({ params }, deps) {
    const runId = params['id'] ?? '';
    const [{ story }, copy, edits] = await Promise.all([readRun(runId, deps), deps.store.copies.get(runId), deps.store.copies.edits(runId)]);
    return { story, order: parsedText(copy?.canonical), edits: edits.map(({ by, reason, at, active, diff }) => ({ by, reason, at, active, diff })), mayNotApprove: story.makers ?? [] };
  } },
  { method: 'get', path: '/approvals', summary: 'Runs that wait for an approver', role: 'viewer', query: ApprovalQuery, reply: z.object({ approvals: z.array(Story), next: z.string().optional() }), async handle({ query }, { store }) {
    const { limit, after } = ApprovalQuery.parse(query);
    const rows = await store.runs.list({ phase: 'awaiting-approval', limit, ...(after ? { after } : {}) });
    return { approvals: rows.map((r) => r.story), ...(rows.length === limit ? { next: rows[rows.length - 1]?.runId } : {}) };
  } },
];
