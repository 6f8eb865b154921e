import { inboxStates } from '../store/types';
import { type Api } from './api-client';
import { UsageError } from './options';
import { showDocument } from './show-document';
import { count, facts, minute, since, table } from './table';
import { choice, type Command, flag, limit, limitOf, need, pages, text, textOf } from './tieout-command';

type Delivery = { id: string; sourceKind: string; account: string; topic: string; deliveryId: string; orderId?: string; version?: string; state: string; note?: string; reason?: { code: string; message: string; fix: string }; workflowId?: string; attempts: number; receivedAt: string; handledAt?: string };
type Body = { bytes: number; encoding: 'utf8' | 'base64'; body: string };

const usualRows = 50;
const fieldsShown = 60;
const shortId = (id: string): string => id.slice(0, 13);
const idWords = 'the beginning of its id as "inbox list" tells, an order\'s id, or the sender\'s own id';

async function find(api: Api, given: string): Promise<Delivery> {
  const { deliveries } = await api.get<{ deliveries: Delivery[] }>(`/inbox?${new URLSearchParams({ ref: given, limit: '20' }).toString()}`);
  const [one] = deliveries;
  if (!one) throw new UsageError(`ID is "${given}", and no delivery has it. Fix: give ${idWords}.`);
  if (deliveries.length > 1) throw new UsageError(`ID is "${given}" and fits ${deliveries.length} deliveries: ${deliveries.slice(0, 5).map((d) => `${shortId(d.id)} (${d.topic}, ${minute(d.receivedAt)})`).join(', ')}. Fix: give one of these.`);
  return one;
}

const list: Command = {
  words: 'inbox list', summary: 'deliveries as they came in, newest first', flags: [choice('state', inboxStates, 'only those: new waits to be handled, started went to its run, ignored told nothing new, parked waits for a person'), text('order', 'ORDER', 'about one order, by its id'), limit(usualRows)],
  examples: ['inbox', 'inbox list --state parked'],
  async run({ api, flags }) {
    const filter = (['state', 'order'] as const).flatMap((name) => { const value = textOf(flags, name); return value === undefined ? [] : [[name === 'order' ? 'orderId' : name, value] as const]; });
    const { rows: deliveries, more } = await pages(limitOf(flags, usualRows), async (place, size) => {
      const page = await api.get<{ deliveries: Delivery[]; next?: string }>(`/inbox?${new URLSearchParams({ ...Object.fromEntries(filter), limit: String(size), ...(place ? { place } : {}) }).toString()}`);
      return { rows: page.deliveries, next: page.next };
    });
    const rows = deliveries.map((d) => [shortId(d.id), `${since(d.receivedAt)} ago`, d.sourceKind, d.topic, d.orderId, d.state, d.reason?.message ?? d.note ?? '']);
    return { json: { deliveries }, text: deliveries.length === 0 ? 'No delivery fits.' : `${table(['id', 'came', 'from', 'topic', 'order', 'state', 'why'], rows)}\n\n${count(deliveries.length, 'delivery', 'deliveries')}${more ? ', and more; --limit N shows more of them' : ''}` };
  },
};

function bodyText({ encoding, body, bytes }: Body): string {
  if (encoding === 'base64') return `  (${bytes} bytes that are no text; --body writes them as base64)`;
  try { return showDocument(JSON.parse(body) as unknown, fieldsShown, 'inbox show ID --body'); } catch { return showDocument(body, fieldsShown, 'inbox show ID --body'); }
}

const show: Command = { words: 'inbox show', args: ['ID'], summary: 'one delivery, and what it said', flags: [flag('body', 'only its body, byte for byte')], examples: ['inbox show 0198a2b3-4c5d', 'inbox show 0198a2b3-4c5d --body > delivery.json'], async run({ api, args, flags }) {
  const d = await find(api, need(args[0], 'ID', idWords));
  const body = await api.get<Body>(`/inbox/${d.id}/body`);
  if (flags['body']) return { json: body, text: body.body };
  const head = facts([
    ['delivery', d.id], ['from', `${d.sourceKind} ${d.account}`], ['topic', d.topic], ['order', d.orderId], ['version', d.version], ['sender\'s id', d.deliveryId], ['came', `${minute(d.receivedAt)} UTC, ${since(d.receivedAt)} ago`], ['state', d.state], ['handled', d.handledAt ? `${minute(d.handledAt)} UTC` : ''],
    ['run', d.workflowId], ['attempts', d.attempts > 0 ? d.attempts : ''], ['note', d.note], ['trouble', d.reason?.message], ['what to do', d.reason?.fix],
  ]);
  return { json: { ...d, body }, text: `${head}\n\nWhat it said\n${bodyText(body)}` };
} };

const replay: Command = { words: 'inbox replay', args: ['ID'], summary: 'handle a delivery again; what is posted already is not posted twice', examples: ['inbox replay 0198a2b3-4c5d'], async run({ api, args }) {
  const d = await find(api, need(args[0], 'ID', idWords));
  const reply = await api.post<object>(`/inbox/${d.id}/replay`, {});
  return { json: { ...reply, id: d.id }, text: `${shortId(d.id)} (${d.topic}) is handled again.` };
} };

const connectors: Command = { words: 'connectors', summary: 'which systems are reachable, and why one is paused', async run({ api }) {
  const reply = await api.get<{ connectors: { pairId: string; system: string; state: string; since?: string; failure?: { message: string; fix: string } }[] }>('/connectors');
  return { json: reply, text: table(['pair', 'system', 'state', 'for', 'why and what to do'], reply.connectors.map((c) => [c.pairId, c.system, c.state, c.since ? since(c.since) : '', c.failure ? `${c.failure.message} ${c.failure.fix}` : ''])) };
} };

type Entry = { at: string; who: string; action: string; subject: string; detail?: { reason?: string; to?: string } };
const whyOf = ({ detail }: Entry): string => detail?.reason ?? (detail?.to ? `to ${detail.to}` : detail === undefined ? '' : JSON.stringify(detail));
const audit: Command = { words: 'audit', summary: 'who decided what, newest first', flags: [text('about', 'SUBJECT', 'one run, inbox/ID or bulk/ID'), limit(usualRows)], examples: ['audit', 'audit --about order-to-cash/demo/shopify/820982911946154508'], async run({ api, flags }) {
  const about = textOf(flags, 'about');
  const { rows: entries } = await pages(limitOf(flags, usualRows), async (before, size) => {
    const page = await api.get<{ entries: Entry[]; next?: string }>(`/audit?${new URLSearchParams({ limit: String(size), ...(about ? { about } : {}), ...(before ? { before } : {}) }).toString()}`);
    return { rows: page.entries, next: page.next };
  });
  return { json: { entries }, text: entries.length === 0 ? 'Nobody decided anything yet.' : table(['at (UTC)', 'who', 'what', 'about', 'why'], entries.map((e) => [e.at.slice(0, 19).replace('T', ' '), e.who, e.action, e.subject, whyOf(e)])) };
} };

export const inboxCommands: readonly Command[] = [list, show, replay, connectors, audit];
