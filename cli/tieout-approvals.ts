import { findRun, type Story, totalOf } from './run-words';
import { showDocument } from './show-document';
import { count, facts, minute, oneLine, since, table } from './table';
import { type Command, limit, limitOf, need, pages, text, textOf } from './tieout-command';
import { changesOf } from './tieout-exceptions';

type Detail = { story: Story; order?: unknown; edits: { by: string; reason: string; at: string; diff: { path: string; before?: unknown; after?: unknown }[] }[]; mayNotApprove: string[] };

const usualRows = 100;
const fieldsShown = 80;
const shortHash = (hash: string | undefined): string => (hash ?? '').slice(0, 8);
const orderWords = 'the order\'s id or name, as "approvals list" tells';
const until = (at: string | undefined): string => (at === undefined ? 'no' : `${minute(at)} UTC`);
const stateOf = (s: Story): string => (s.approval?.escalatedAt ? `escalated ${since(s.approval.escalatedAt)} ago` : s.approval?.remindedAt ? `reminded ${since(s.approval.remindedAt)} ago` : 'asked');

const list: Command = { words: 'approvals list', summary: 'orders that wait for an approver', flags: [limit(usualRows)], examples: ['approvals', 'approvals list --json'], async run({ api, flags }) {
  const { rows: approvals, more } = await pages(limitOf(flags, usualRows), async (after, size) => {
    const page = await api.get<{ approvals: Story[]; next?: string }>(`/approvals?${new URLSearchParams({ limit: String(size), ...(after ? { after } : {}) }).toString()}`);
    return { rows: page.approvals, next: page.next };
  });
  const rows = approvals.map((s) => [s.orderName ?? s.orderId, s.orderId, totalOf(s), since(s.approval?.askedAt ?? s.updatedAt), stateOf(s), until(s.approval?.silenceAt), s.makers?.join(', '), shortHash(s.approval?.contentHash), s.approval?.needed]);
  return { json: { approvals }, text: approvals.length === 0 ? 'Nobody waits for an approval.' : `${table(['order', 'id', 'total', 'waits', 'state', 'ends by itself', 'not by', 'content', 'why'], rows)}\n\n${count(approvals.length, 'order')}${more ? ', and more; --limit N shows more of them' : ''}` };
} };

function showText({ story: s, order, edits, mayNotApprove }: Detail): string {
  const a = s.approval;
  const head = facts([
    ['order', `${s.orderName ?? ''} (${s.orderId})`.trim()], ['total', totalOf(s)], ['why', a?.needed], ['asked', a ? `${since(a.askedAt)} ago` : ''], ['reminded', a?.remindedAt ? `${since(a.remindedAt)} ago` : ''], ['escalated', a?.escalatedAt ? `${since(a.escalatedAt)} ago` : ''],
    ['ends by itself', a?.decided ? '' : a?.silenceAt ? `${minute(a.silenceAt)} UTC, by the pair's policy` : 'no'], ['decided', a?.decided ? `${a.decided.decision} by ${a.decided.approver}: ${a.decided.reason}` : ''], ['may not approve', mayNotApprove.join(', ')], ['content', a?.contentHash],
  ]);
  const corrections = edits.map((e) => `\n\nCorrected by ${e.by}, ${minute(e.at)} UTC: ${oneLine(e.reason)}\n${changesOf(e.diff)}`).join('');
  const decide = s.phase === 'awaiting-approval' ? `\n\nYou can\n${['approve', 'reject'].map((d) => `  npm run tieout -- approvals ${d} ${s.orderId} --reason TEXT --content ${shortHash(a?.contentHash)}`).join('\n')}` : '';
  const refused = s.refused?.length ? `\n\nDecisions that were not taken up\n${s.refused.map((r) => `  ${oneLine(r)}`).join('\n')}` : '';
  return `${head}${decide}${corrections}${refused}${order === undefined ? '' : `\n\nWhat is approved\n${showDocument(order, fieldsShown, 'approvals show ORDER --json')}`}`;
}

const show: Command = { words: 'approvals show', args: ['ORDER'], summary: 'what is to be approved, why, and who may not', examples: ['approvals show "#1001"'], async run({ api, args }) {
  const reply = await api.get<Detail>(`/approvals/${encodeURIComponent(await findRun(api, need(args[0], 'ORDER', orderWords)))}`);
  return { json: reply, text: showText(reply) };
} };

/** The beginning of the content that stands now → the whole of it; anything else goes as it is, and is refused. */
async function contentOf(api: Parameters<Command['run']>[0]['api'], runId: string, given: string | undefined): Promise<{ contentHash?: string }> {
  if (given === undefined) return {};
  const now = (await api.get<{ story: Story }>(`/runs/${encodeURIComponent(runId)}`)).story.approval?.contentHash;
  return { contentHash: given.length >= 8 && now?.startsWith(given) ? now : given };
}

const decide = (decision: 'approve' | 'reject'): Command => ({
  words: `approvals ${decision}`, args: ['ORDER'], summary: decision === 'approve' ? 'let one order go on; never by who changed it' : 'stop one order; what was posted is undone',
  flags: [text('reason', 'TEXT', 'why; needed, and kept'), text('content', 'HASH', 'what you looked at, as "approvals show" tells: refused when the order changed since')], examples: [`approvals ${decision} "#1001" --reason "${decision === 'approve' ? 'known customer' : 'address looks wrong'}"`],
  async run({ api, args, flags }) {
    const given = need(args[0], 'ORDER', orderWords);
    const reason = need(flags['reason'], '--reason', 'say why; it is kept with the decision');
    const runId = await findRun(api, given);
    const reply = await api.post<object>(`/runs/${encodeURIComponent(runId)}/approval`, { decision, reason, ...(await contentOf(api, runId, textOf(flags, 'content'))) });
    return { json: { ...reply, runId, decision }, text: `${given} is ${decision === 'approve' ? 'approved and goes on' : 'rejected'}. Look again with "runs show ${given}".` };
  },
});

export const approvalCommands: readonly Command[] = [list, show, decide('approve'), decide('reject')];
