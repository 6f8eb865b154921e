import { type Command, need } from './tieout-command';
import { age, table } from './table';

type Run = { runId: string; orderId: string; orderName?: string; phase: string; total?: string; currency?: string; waitingFor: string; failure?: { code: string; message: string }; updatedAt: string };
type Story = { runId: string; orderId: string; orderName?: string; phase: string; total?: string; currency?: string; waitingFor: string; hops: { step: string; from: { system: string; document: string }; to: { system: string; document: string }; amount?: string; currency?: string; at: string; note?: string }[]; failure?: { code: string; message: string; fix: string }; warnings: string[]; makers?: string[];
  approval?: { needed: string; contentHash: string; askedAt: string; remindedAt?: string; escalatedAt?: string; silenceAt?: string } };
type Delivery = { id: string; sourceKind: string; topic: string; orderId?: string; state: string; note?: string; reason?: { code: string; message: string }; receivedAt: string };

const since = (at: string): string => age(Math.max(0, (Date.now() - Date.parse(at)) / 1000));
const total = (r: { total?: string; currency?: string }): string => (r.total === undefined ? '' : `${r.total} ${r.currency ?? ''}`);
const query = (given: Record<string, string | boolean | string[] | undefined>): string => new URLSearchParams(Object.entries(given).flatMap(([k, v]) => (typeof v === 'string' ? [[k, v] as [string, string]] : []))).toString();

/** `12345` or the whole id of the run. */
async function runOf(api: Parameters<Command['run']>[0]['api'], given: string): Promise<string> {
  if (given.includes('/')) return given;
  const { runs } = await api.get<{ runs: Run[] }>(`/runs?orderId=${encodeURIComponent(given)}`);
  const [run] = runs;
  if (!run) throw new Error(`No run is about order "${given}". Fix: give the order's id as the shop has it, or the run id (see "runs list").`);
  return run.runId;
}

const runsList: Command = { usage: 'runs list [--phase P] [--order N] [--limit N]', summary: 'orders and where they are', async run({ api, flags }) {
  const reply = await api.get<{ runs: Run[] }>(`/runs?${query({ phase: flags['phase'], orderId: flags['order'], limit: flags['limit'] })}`);
  return { json: reply, text: table(['order', 'name', 'phase', 'total', 'since', 'waits for'], reply.runs.map((r) => [r.orderId, r.orderName, r.phase, total(r), since(r.updatedAt), r.failure ? `${r.failure.code}: ${r.failure.message}` : r.waitingFor]), 70) };
} };
const runsSummary: Command = { usage: 'runs summary', summary: 'how many orders are in which phase', async run({ api }) {
  const reply = await api.get<{ phases: Record<string, number> }>('/runs/summary');
  return { json: reply, text: table(['phase', 'orders'], Object.entries(reply.phases).sort()) };
} };
const runsShow: Command = { usage: 'runs show ORDER|RUN', summary: 'one order: each hop with both documents', async run({ api, args }) {
  const reply = await api.get<{ story: Story; links: { temporalUi: string } }>(`/runs/${encodeURIComponent(await runOf(api, need(args[0], 'ORDER or RUN')))}`);
  const s = reply.story;
  const hops = table(['step', 'from', 'to', 'amount', 'at', 'note'], s.hops.map((h) => [h.step, `${h.from.system} ${h.from.document}`, `${h.to.system} ${h.to.document}`, h.amount ? `${h.amount} ${h.currency ?? ''}` : '', h.at.slice(0, 19), h.note]));
  return { json: reply, text: `${s.orderName ?? s.orderId} · ${s.phase} · ${total(s)}${s.waitingFor ? `\nWaits for: ${s.waitingFor}` : ''}${s.failure ? `\n${s.failure.code}: ${s.failure.message}\nFix: ${s.failure.fix}` : ''}\n\n${hops}${s.warnings.map((w) => `\n! ${w}`).join('')}\n\n${reply.links.temporalUi}` };
} };

const approvalsList: Command = { usage: 'approvals list', summary: 'orders that wait for an approver', async run({ api }) {
  const reply = await api.get<{ approvals: Story[] }>('/approvals');
  return { json: reply, text: reply.approvals.length === 0 ? 'Nobody waits for an approval.' : table(['order', 'total', 'asked', 'state', 'why', 'content'], reply.approvals.map((s) => [s.orderName ?? s.orderId, total(s), s.approval ? since(s.approval.askedAt) : '', s.approval?.escalatedAt ? 'escalated' : s.approval?.remindedAt ? 'reminded' : 'asked', s.approval?.needed, s.approval?.contentHash.slice(0, 8)]), 70) };
} };
const approve = (decision: 'approve' | 'reject'): Command => ({ usage: `approvals ${decision} ORDER|RUN --reason TEXT`, summary: `${decision} one order`, async run({ api, args, flags }) {
  const runId = await runOf(api, need(args[0], 'ORDER or RUN'));
  const reply = await api.post(`/runs/${encodeURIComponent(runId)}/approval`, { decision, reason: need(flags['reason'], '--reason'), ...(typeof flags['content'] === 'string' ? { contentHash: flags['content'] } : {}) });
  return { json: reply, text: `${runId}: ${decision === 'approve' ? 'approved' : 'rejected'}` };
} });

const inboxList: Command = { usage: 'inbox list [--state new|started|ignored|parked] [--order N] [--limit N]', summary: 'deliveries as they came in', async run({ api, flags }) {
  const reply = await api.get<{ deliveries: Delivery[] }>(`/inbox?${query({ state: flags['state'], orderId: flags['order'], limit: flags['limit'] })}`);
  return { json: reply, text: table(['id', 'from', 'topic', 'order', 'state', 'came', 'note'], reply.deliveries.map((d) => [d.id.slice(0, 8), d.sourceKind, d.topic, d.orderId, d.state, since(d.receivedAt), d.reason?.message ?? d.note]), 60) };
} };
const inboxReplay: Command = { usage: 'inbox replay ID', summary: 'handle a delivery again', async run({ api, args }) {
  const given = need(args[0], 'ID');
  const id = given.length === 36 ? given : (await api.get<{ deliveries: Delivery[] }>('/inbox?limit=500')).deliveries.find((d) => d.id.startsWith(given))?.id ?? given;
  return { json: await api.post(`/inbox/${encodeURIComponent(id)}/replay`, {}), text: `${id}: handled again` };
} };
const connectors: Command = { usage: 'connectors', summary: 'which systems are paused, and why', async run({ api }) {
  const reply = await api.get<{ connectors: { pairId: string; system: string; state: string; since?: string; failure?: { message: string } }[] }>('/connectors');
  return { json: reply, text: table(['pair', 'system', 'state', 'since', 'why'], reply.connectors.map((c) => [c.pairId, c.system, c.state, c.since ? since(c.since) : '', c.failure?.message])) };
} };
const audit: Command = { usage: 'audit [--limit N]', summary: 'who decided what', async run({ api, flags }) {
  const reply = await api.get<{ entries: { at: string; who: string; action: string; subject: string; detail?: unknown }[] }>(`/audit?${query({ limit: flags['limit'] })}`);
  return { json: reply, text: table(['at', 'who', 'what', 'about', 'detail'], reply.entries.map((e) => [e.at.slice(0, 19), e.who, e.action, e.subject, e.detail === undefined ? '' : JSON.stringify(e.detail)]), 60) };
} };

export const runCommands: Record<string, Command> = {
  'runs list': runsList, 'runs summary': runsSummary, 'runs show': runsShow, 'approvals list': approvalsList, 'approvals approve': approve('approve'), 'approvals reject': approve('reject'),
  'inbox list': inboxList, 'inbox replay': inboxReplay, connectors, audit,
};
