import { type RunRow } from '../store/types';
import { orderWorkflowId } from '../workflows/names';
import { codecRoutes } from './codec-routes';
import { type ApiDeps } from './deps';
import { decideRun, exceptionRoutes } from './exception-routes';
import { Problem } from './problem';
import { type Ask, type Route } from './route';
import { Decision, ExceptionDecision, InboxQuery, InboxRow, isUuid, KeyRow, limitOnly, NewKey, Ok, Run, RunList, RunQuery, Story, z } from './schemas';

const runIdOf = (params: Record<string, string>): string => (params['id'] !== undefined ? params['id'] : orderWorkflowId({ pairId: params['pair'] ?? '', sourceId: params['source'] ?? '', orderId: params['order'] ?? '' }));
const notFound = (what: string): Problem => new Problem(404, `No such ${what}`);

async function readRun(runId: string, deps: ApiDeps): Promise<z.infer<typeof Run>> {
  const [live, row, documents] = await Promise.all([deps.orders.story(runId), deps.store.runs.get(runId), deps.store.documents.byRun(runId)]);
  const story = live ?? row?.story;
  if (!story) throw notFound('run');
  return { story, documents, live: live !== undefined, links: { temporalUi: `${deps.uiBaseUrl}/namespaces/${deps.namespace}/workflows/${encodeURIComponent(runId)}` } } as z.infer<typeof Run>;
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

export const routes: Route[] = [
  { method: 'get', path: '/runs', summary: 'Runs, filtered and paged', role: 'viewer', query: RunQuery, reply: RunList, async handle({ query }, { store }) {
    const q = RunQuery.parse(query);
    const rows = await store.runs.list({ limit: q.limit, ...(q.pairId ? { pairId: q.pairId } : {}), ...(q.phase ? { phase: q.phase } : {}), ...(q.orderId ? { orderId: q.orderId } : {}), ...(q.after ? { after: q.after } : {}), ...(q.needsAttention ? { needsAttention: q.needsAttention === 'true' } : {}) });
    return { runs: rows.map(listed), ...(rows.length === q.limit ? { next: rows[rows.length - 1]?.runId } : {}) };
  } },
  { method: 'get', path: '/runs/summary', summary: 'How many runs are in which phase', role: 'viewer', reply: z.object({ phases: z.record(z.string(), z.number()) }), async handle(_ask, { store }) { return { phases: await store.runs.counts() }; } },
  ...bothPaths({ method: 'get', summary: 'One run: its story, its documents, its place in the Temporal UI', role: 'viewer', reply: Run, handle: (ask, deps) => readRun(runIdOf(ask.params), deps) }),
  ...bothPaths({ method: 'post', summary: 'Approve or reject', role: 'approver', body: Decision, reply: Ok, handle: approve }, '/approval'),
  ...bothPaths({ method: 'post', summary: 'Decide about the exception of a run: retry (from a step), skip or undo', role: 'operator', body: ExceptionDecision, reply: Ok, handle: decide }, '/decision'),
  { method: 'get', path: '/approvals', summary: 'Runs that wait for an approver', role: 'viewer', query: limitOnly, reply: z.object({ approvals: z.array(Story) }), async handle({ query }, { store }) { return { approvals: (await store.runs.list({ phase: 'awaiting-approval', limit: limitOnly.parse(query).limit })).map((r) => r.story) }; } },
  ...exceptionRoutes,
  ...codecRoutes,
  { method: 'get', path: '/inbox', summary: 'Deliveries as they came in', role: 'viewer', query: InboxQuery, reply: z.object({ deliveries: z.array(InboxRow) }), async handle({ query }, { store }) { return { deliveries: await store.inbox.list(InboxQuery.parse(query)) }; } },
  { method: 'get', path: '/inbox/{id}', summary: 'One delivery, without its body', role: 'viewer', reply: InboxRow, async handle({ params }, { store }) {
    const row = isUuid(params['id']) ? await store.inbox.get(params['id'] ?? '') : undefined;
    if (!row) throw notFound('delivery');
    const { rawBody: _raw, ...rest } = row;
    return rest;
  } },
  { method: 'post', path: '/inbox/{id}/replay', summary: 'Handle a delivery again', role: 'operator', reply: Ok, async handle({ params, key }, deps) {
    if (!isUuid(params['id']) || !(await deps.store.inbox.replay(params['id'] ?? ''))) throw notFound('delivery to replay');
    await deps.store.audit.add({ who: key.name, action: 'inbox:replay', subject: params['id'] ?? '' });
    deps.nudge();
    return { ok: true };
  } },
  { method: 'get', path: '/pairs', summary: 'The pairs of this installation', role: 'viewer', reply: z.object({ pairs: z.array(z.object({ pairId: z.string(), configuration: z.unknown() })) }), async handle(_ask, { store }) { return { pairs: await store.pairs.list() }; } },
  { method: 'get', path: '/keys', summary: 'API keys, without their secrets', role: 'admin', reply: z.object({ keys: z.array(KeyRow) }), async handle(_ask, { store }) { return { keys: await store.apiKeys.list() }; } },
  { method: 'post', path: '/keys', summary: 'A new API key; its secret is told once', role: 'admin', body: NewKey, status: 201, reply: z.object({ key: KeyRow, secret: z.string() }), async handle({ body, key }, { store }) {
    const made = await store.apiKeys.create(NewKey.parse(body));
    await store.audit.add({ who: key.name, action: 'key:create', subject: made.row.id, detail: { name: made.row.name, role: made.row.role } });
    return { key: made.row, secret: made.secret };
  } },
  { method: 'delete', path: '/keys/{id}', summary: 'Revoke an API key', role: 'admin', reply: Ok, async handle({ params, key }, { store }) {
    if (!(await store.apiKeys.revoke(params['id'] ?? ''))) throw notFound('key');
    await store.audit.add({ who: key.name, action: 'key:revoke', subject: params['id'] ?? '' });
    return { ok: true };
  } },
  { method: 'get', path: '/audit', summary: 'Who did what', role: 'admin', query: limitOnly, reply: z.object({ entries: z.array(z.object({ at: z.string(), who: z.string(), action: z.string(), subject: z.string(), detail: z.unknown().optional() })) }), async handle({ query }, { store }) { return { entries: await store.audit.list({ limit: limitOnly.parse(query).limit }) }; } },
];
