import { phases } from '../canonical/story';
import { findRun, type Run, type Story, totalOf } from './run-words';
import { amount, count, facts, minute, oneLine, since, table } from './table';
import { choice, type Command, flag, limit, limitOf, need, pages, text, textOf } from './tieout-command';

type Shown = { story: Story; exceptions: { id: string; class: string; code: string; owner: string; openedAt: string }[]; links: { temporalUi: string } };

const usualRows = 100;
const orderWords = 'the order\'s id or name as the shop has it, or the run\'s id';

const list: Command = {
  words: 'runs list', summary: 'orders and where they are', flags: [choice('phase', phases, 'only those in this phase'), text('order', 'ORDER', 'one order, by its id or name'), text('pair', 'PAIR', 'one pair of books'), flag('attention', 'only those that need a person'), limit(usualRows)],
  examples: ['runs', 'runs list --phase awaiting-invoice', 'runs list --attention --json'],
  async run({ api, flags }) {
    const given = { ref: textOf(flags, 'order'), phase: textOf(flags, 'phase'), pairId: textOf(flags, 'pair'), needsAttention: flags['attention'] ? 'true' : undefined };
    const filter = Object.entries(given).filter((e): e is [string, string] => e[1] !== undefined);
    const { rows: runs, more } = await pages(limitOf(flags, usualRows), async (after, size) => {
      const page = await api.get<{ runs: Run[]; next?: string }>(`/runs?${new URLSearchParams({ ...Object.fromEntries(filter), limit: String(size), ...(after ? { after } : {}) }).toString()}`);
      return { rows: page.runs, next: page.next };
    });
    const rows = runs.map((r) => [r.orderName ?? r.orderId, r.orderId, r.phase, totalOf(r), since(r.updatedAt), r.failure ? `${r.failure.code}: ${r.failure.message}` : r.waitingFor]);
    return { json: { runs }, text: runs.length === 0 ? 'No run fits.' : `${table(['order', 'id', 'phase', 'total', 'for', 'waits for'], rows)}\n\n${count(runs.length, 'run')}${more ? ', and more; --limit N shows more of them' : ''}` };
  },
};

const summary: Command = { words: 'runs summary', summary: 'how many orders are in which phase', async run({ api }) {
  const reply = await api.get<{ phases: Record<string, number> }>('/runs/summary');
  const known = Object.entries(reply.phases).sort(([a], [b]) => phases.findIndex((p) => p === a) - phases.findIndex((p) => p === b));
  return { json: reply, text: known.length === 0 ? 'No order came yet.' : table(['phase', 'orders'], known) };
} };

const open = (e: Shown['exceptions'][number]): string => `  ${e.id.slice(0, 8)}  ${e.class} · ${e.code}, ${since(e.openedAt)} old, with ${e.owner}: exceptions show ${e.id.slice(0, 8)}`;
function showText({ story: s, exceptions, links }: Shown): string {
  const head = facts([
    ['order', `${s.orderName ?? ''} (${s.orderId})`.trim()], ['phase', `${s.phase}, for ${since(s.updatedAt)}`], ['total', totalOf(s)], ['waits for', s.waitingFor], ['trouble', s.failure ? `${s.failure.code}: ${s.failure.message}` : ''], ['what to do', s.failure?.fix],
    ['approval', s.approval?.decided ? `${s.approval.decided.decision === 'approve' ? 'approved' : 'rejected'} by ${s.approval.decided.approver}: ${s.approval.decided.reason}` : ''], ['changed by', s.makers?.join(', ')], ['mapped by', Object.entries(s.mappings ?? {}).map(([name, version]) => `${name}@${version}`).join(', ')], ['Temporal UI', links.temporalUi],
  ]);
  const hops = s.hops.length === 0 ? '' : `\n\n${table(['step', 'from', 'to', 'amount', 'at (UTC)', 'note'], s.hops.map((h) => [h.step, `${h.from.system} ${h.from.document}`, `${h.to.system} ${h.to.document}`, amount(h.amount, h.currency), minute(h.at), h.note]))}`;
  const lines = (title: string, items: readonly string[] | undefined): string => (items?.length ? `\n\n${title}\n${items.map((i) => `  ${oneLine(i)}`).join('\n')}` : '');
  return `${head}${hops}${exceptions.length > 0 ? `\n\nOpen exception\n${exceptions.map(open).join('\n')}` : ''}${lines('Warnings', s.warnings)}${lines('Decisions that were not taken up', s.refused)}`;
}

const show: Command = { words: 'runs show', args: ['ORDER'], summary: 'one order: each step with the documents on both sides', examples: ['runs show "#1001"', 'runs show order-to-cash/demo/shopify/820982911946154508'], async run({ api, args }) {
  const reply = await api.get<Shown>(`/runs/${encodeURIComponent(await findRun(api, need(args[0], 'ORDER', orderWords)))}`);
  return { json: reply, text: showText(reply) };
} };

export const runCommands: readonly Command[] = [list, show, summary];
