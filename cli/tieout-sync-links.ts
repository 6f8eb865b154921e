import { masterKinds, masterSystems } from '../canonical/master';
import { UsageError } from './options';
import { kindFlag, pairFlag, pairOf, reasonFlag } from './sync-words';
import { count, minute, table } from './table';
import { choice, type Command, flag, limit, limitOf, need, pages, textOf } from './tieout-command';

type Part = { field: string; label: string; system: string; how: string; full?: string; held?: string; says?: string };
type Link = { pairId: string; kind: string; gpId: string; xeroId: string; updatedAt: string; held: Part[] };
type Change = { at: string; action: string; gpId: string; xeroId: string; who: string; reason: string };

const usualRows = 100;
const systems: Record<string, string> = { gp: 'GP', xero: 'Xero' };
const hows: Record<string, string> = { shortened: 'otherwise or shortened', 'left-out': 'left out', 'no-place': 'no place', numbered: 'with its number', 'not-written': 'not written' };
const partly = (l: Link): string => { const parts = l.held.filter((h) => h.how !== 'no-place'); return parts.map((h) => `${h.label} in ${systems[h.system] ?? h.system}`).join(', '); };
const linkTable = (links: readonly Link[]): string => table(['kind', 'GP', 'Xero', 'since (UTC)', 'held in part'], links.map((l) => [l.kind, l.gpId, l.xeroId, minute(l.updatedAt), partly(l)]));
/** Field by field what one side lacks of the other. */
const partTable = (links: readonly Link[]): string => {
  const rows = links.flatMap((l) => l.held.map((h) => [h.label, systems[h.system] ?? h.system, hows[h.how] ?? h.how, h.full, h.held, h.says]));
  return rows.length === 0 ? '' : `\n\nHeld only in part\n${table(['field', 'in', 'how', 'whole', 'stands there as', 'why'], rows)}`;
};

function kindOf(given: string | undefined): string {
  const kind = need(given, 'KIND', `one of ${masterKinds.join(', ')}`);
  if (!(masterKinds as readonly string[]).includes(kind)) throw new UsageError(`KIND is "${kind}". Fix: one of ${masterKinds.join(', ')}.`);
  return kind;
}

const list: Command = { words: 'sync links list', summary: 'the cross-reference between GP and Xero', flags: [kindFlag, flag('partly', 'only those of which one side holds less than the other'), pairFlag, limit(usualRows)], examples: ['sync links', 'sync links list --kind customer --limit 1000 --json', 'sync links list --partly'], async run({ api, flags }) {
  const kind = textOf(flags, 'kind');
  const pairId = await pairOf(api, flags);
  const { rows: links, more } = await pages(limitOf(flags, usualRows), async (after, size) => {
    const page = await api.get<{ links: Link[]; next?: string }>(`/sync/links?${new URLSearchParams({ pairId, limit: String(size), ...(kind ? { kind } : {}), ...(flags['partly'] ? { partly: 'true' } : {}), ...(after ? { after } : {}) }).toString()}`);
    return { rows: page.links, next: page.next };
  });
  return { json: { links }, text: links.length === 0 ? flags['partly'] ? 'Nothing is held only in part.' : 'Nothing is linked yet.' : `${linkTable(links)}\n\n${count(links.length, 'link')}${more ? ', and more; --limit N shows more of them' : ''}` };
} };

const find: Command = { words: 'sync links find', args: ['ID'], summary: 'what a record of either ledger stands beside', flags: [kindFlag, pairFlag], examples: ['sync links find WEB0000012'], async run({ api, args, flags }) {
  const id = need(args[0], 'ID', 'an id of GP or Xero');
  const kind = textOf(flags, 'kind');
  const reply = await api.get<{ links: Link[] }>(`/sync/links?${new URLSearchParams({ pairId: await pairOf(api, flags), id, ...(kind ? { kind } : {}) }).toString()}`);
  return { json: reply, text: reply.links.length === 0 ? `"${id}" is linked to nothing.` : `${linkTable(reply.links)}${partTable(reply.links)}` };
} };

const set: Command = { words: 'sync links set', args: ['KIND', 'GP-ID', 'XERO-ID'], summary: 'put two records together, or one with another than before', flags: [pairFlag, reasonFlag], examples: ['sync links set customer AARONFIT0001 7b1c --reason "same VAT number"'], async run({ api, args, flags }) {
  const ask = { kind: kindOf(args[0]), gpId: need(args[1], 'GP-ID', 'the id in GP'), xeroId: need(args[2], 'XERO-ID', 'the id in Xero'), reason: need(flags['reason'], '--reason', 'say why; it is kept with the link') };
  const link = await api.post<Link>('/sync/links', { pairId: await pairOf(api, flags), ...ask });
  return { json: link, text: `${link.kind} ${link.gpId} and ${link.xeroId} are one from now on. They are compared now; "sync conflicts" tells what they differ in.` };
} };

const remove: Command = { words: 'sync links remove', args: ['KIND', 'GP-ID'], summary: 'take two records apart; neither ledger is touched', flags: [pairFlag, reasonFlag], examples: ['sync links remove customer AARONFIT0001 --reason "two firms of one name"'], async run({ api, args, flags }) {
  const ask = { kind: kindOf(args[0]), gpId: need(args[1], 'GP-ID', 'the id in GP'), reason: need(flags['reason'], '--reason', 'say why; it is kept') };
  const reply = await api.post<object>('/sync/links/unlink', { pairId: await pairOf(api, flags), ...ask });
  return { json: reply, text: `${ask.kind} ${ask.gpId} stands alone again.` };
} };

const history: Command = { words: 'sync links history', args: ['KIND', 'ID'], summary: 'what a record was linked to, when, by whom and why', flags: [choice('system', masterSystems, 'whose id it is (gp unless said)'), pairFlag], examples: ['sync links history customer AARONFIT0001', 'sync links history customer 7b1c --system xero'], async run({ api, args, flags }) {
  const ask = { kind: kindOf(args[0]), id: need(args[1], 'ID', 'an id of GP, or of Xero with --system xero'), system: textOf(flags, 'system') ?? 'gp' };
  const reply = await api.get<{ changes: Change[] }>(`/sync/links/history?${new URLSearchParams({ pairId: await pairOf(api, flags), ...ask }).toString()}`);
  return { json: reply, text: reply.changes.length === 0 ? `"${ask.id}" was never linked.` : table(['when (UTC)', 'what', 'GP', 'Xero', 'by', 'why'], reply.changes.map((c) => [minute(c.at), c.action, c.gpId, c.xeroId, c.who, c.reason])) };
} };

export const syncLinkCommands: readonly Command[] = [list, find, set, remove, history];
