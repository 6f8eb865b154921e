import { readFileSync } from 'node:fs';
import { type Api } from './api-client';
import { type Command, type Flags, need } from './tieout-command';
import { UsageError } from './options';
import { age, table } from './table';

type Row = { id: string; kind: string; class: string; code: string; cause: string; owner: string; step: string; subject: string; orderId?: string; orderName?: string; amount?: string; currency?: string; ageSeconds: number; failure: { message: string; fix: string; evidence?: { request?: string; reply?: string } } };
type Incident = { cause: string; class: string; code: string; count: number; owner: string; since: string; message: string; money: { currency: string; amount: string }[] };
type Detail = { exception: Row; before?: unknown; after?: unknown; decisions: string[]; steps: string[]; edits: { by: string; reason: string; at: string; diff: { path: string; before?: unknown; after?: unknown }[] }[] };
type Bulk = { count: number; what: string; incidents: Incident[]; actId?: string };

const filters = ['class', 'code', 'cause', 'system', 'kind', 'pair', 'order'] as const;
const filterOf = (flags: Flags): Record<string, string> => Object.fromEntries(filters.flatMap((name) => { const value = flags[name]; return typeof value === 'string' ? [[name === 'pair' ? 'pairId' : name === 'order' ? 'orderId' : name, value]] : []; }));
const money = (list: { currency: string; amount: string }[]): string => list.map((m) => `${m.amount} ${m.currency}`).join(', ');

const rowsTable = (rows: readonly Row[]): string => table(['id', 'class', 'code', 'order', 'at stake', 'age', 'owner', 'what is wrong'],
  rows.map((r) => [r.id.slice(0, 8), r.class, r.code, r.orderName ?? r.orderId ?? r.subject, r.amount === undefined ? '' : `${r.amount} ${r.currency ?? ''}`, age(r.ageSeconds), r.owner, r.failure.message]), 70);
const incidentTable = (rows: readonly Incident[]): string => table(['count', 'class', 'cause', 'at stake', 'since', 'owner', 'what is wrong'], rows.map((i) => [i.count, i.class, i.cause, money(i.money), i.since.slice(0, 16).replace('T', ' '), i.owner, i.message]), 70);

/** The whole id from its beginning, as lists show it. */
async function idOf(api: Api, given: string): Promise<string> {
  if (/^[0-9a-f-]{36}$/.test(given)) return given;
  const { exceptions } = await api.get<{ exceptions: Row[] }>('/exceptions?limit=500');
  const found = exceptions.filter((e) => e.id.startsWith(given) || e.orderId === given || e.orderName === given);
  const [only] = found;
  if (found.length === 1 && only) return only.id;
  throw new UsageError(found.length === 0 ? `No open exception begins with "${given}" or is about that order. Fix: tieout exceptions list.` : `"${given}" fits ${found.length} exceptions. Fix: give more of the id.`);
}

const list: Command = { usage: 'exceptions list [--class C] [--code C] [--cause C] [--system S] [--kind K] [--order N] [--closed] [--limit N]', summary: 'what waits for a person', async run({ api, flags }) {
  const query = new URLSearchParams({ ...filterOf(flags), limit: String(flags['limit'] ?? 100), ...(flags['closed'] ? { open: 'false' } : {}) });
  const reply = await api.get<{ exceptions: Row[]; total: number }>(`/exceptions?${query.toString()}`);
  return { json: reply, text: reply.exceptions.length === 0 ? 'Nothing waits.' : `${rowsTable(reply.exceptions)}\n\n${reply.exceptions.length} of ${reply.total}` };
} };

const incidents: Command = { usage: 'exceptions incidents', summary: 'exceptions grouped by cause', async run({ api, flags }) {
  const reply = await api.get<{ incidents: Incident[] }>(`/incidents?${new URLSearchParams(filterOf(flags)).toString()}`);
  return { json: reply, text: reply.incidents.length === 0 ? 'No incident.' : incidentTable(reply.incidents) };
} };

const part = (title: string, value: unknown): string => (value === undefined ? '' : `\n\n${title}\n${(typeof value === 'string' ? value : JSON.stringify(value, null, 2)).slice(0, 6_000)}`);
const show: Command = { usage: 'exceptions show ID', summary: 'cause, fix, and the document before and after mapping', async run({ api, args }) {
  const detail = await api.get<Detail>(`/exceptions/${await idOf(api, need(args[0], 'ID'))}`);
  const e = detail.exception;
  const edits = detail.edits.map((x) => `  ${x.at.slice(0, 19)} ${x.by}: ${x.reason}\n${x.diff.map((d) => `    ${d.path}: ${JSON.stringify(d.before)} → ${JSON.stringify(d.after)}`).join('\n')}`).join('\n');
  const text = `${e.id}\n${e.class} · ${e.code} · step ${e.step} · ${e.orderName ?? e.orderId ?? e.subject}${e.amount ? ` · ${e.amount} ${e.currency ?? ''}` : ''} · open for ${age(e.ageSeconds)} · ${e.owner}\n\n${e.failure.message}\nFix: ${e.failure.fix}\n\nDecisions: ${detail.decisions.join(', ') || 'none'}${detail.steps.length > 0 ? `   (retry from: ${detail.steps.join(', ')})` : ''}`;
  return { json: detail, text: `${text}${edits === '' ? '' : `\n\nCorrected before\n${edits}`}${part('Request', e.failure.evidence?.request)}${part('Reply', e.failure.evidence?.reply)}${part('Before mapping', detail.before)}${part('After mapping (canonical)', detail.after)}` };
} };

async function watch(api: Api, actId: string, tell: (line: string) => void): Promise<unknown> {
  for (;;) {
    const act = await api.get<{ total: number; done: number; failed: number; state: string }>(`/bulk/${actId}`);
    tell(`${act.done + act.failed} of ${act.total} decided${act.failed > 0 ? `, ${act.failed} had ended` : ''}`);
    if (act.state === 'done') return act;
    await new Promise((wake) => setTimeout(wake, 500));
  }
}

/** One by id, or many by filter: without --yes only the preview. */
const decide = (decision: 'retry' | 'skip' | 'undo'): Command => ({
  usage: `exceptions ${decision} ID --reason TEXT${decision === 'retry' ? ' [--from STEP]' : ''} | exceptions ${decision} --class C|--code C|--cause C … --reason TEXT [--yes]`, summary: { retry: 'try again, from the failed step or an earlier one', skip: 'give it up with a reason', undo: 'reverse what was posted' }[decision],
  async run({ api, args, flags, tell }) {
    const reason = typeof flags['reason'] === 'string' ? flags['reason'] : decision === 'retry' ? 'retried from the command line' : need(undefined, '--reason');
    const more = typeof flags['from'] === 'string' ? { from: flags['from'] } : {};
    if (args[0] !== undefined) {
      const id = await idOf(api, args[0]);
      const reply = await api.post<{ ok: boolean }>(`/exceptions/${id}/decision`, { decision, reason, ...more });
      return { json: { ...reply, id, decision }, text: `${id}: ${decision}` };
    }
    const filter = filterOf(flags);
    if (Object.keys(filter).length === 0) throw new UsageError(`Which exceptions? Fix: give an ID, or a filter such as --class value or --cause C (see "exceptions incidents").`);
    const dryRun = flags['yes'] !== true;
    const reply = await api.post<Bulk>('/exceptions/bulk', { filter, decision, reason, ...more, dryRun });
    if (dryRun || reply.actId === undefined) return { json: reply, text: `${incidentTable(reply.incidents)}\n\n${reply.what}\nNothing was done. Add --yes to do it.` };
    const done = reply.count === 0 ? { total: 0, done: 0, failed: 0 } : await watch(api, reply.actId, tell);
    return { json: { ...reply, act: done }, text: reply.what };
  },
});

const edit: Command = { usage: 'exceptions edit ID (--set PATH=VALUE)… | --file ORDER.json  --reason TEXT [--dry-run]', summary: 'correct the canonical order and try again with it', async run({ api, args, flags }) {
  const id = await idOf(api, need(args[0], 'ID'));
  const sets = (Array.isArray(flags['set']) ? flags['set'] : []).map((s): [string, unknown] => {
    const at = s.indexOf('=');
    if (at < 1) throw new UsageError(`--set is "${s}". Fix: write --set path=value, e.g. --set lines[0].sku=MUG-WHITE.`);
    const value = s.slice(at + 1);
    return [s.slice(0, at), value === 'null' ? null : value === 'true' ? true : value === 'false' ? false : value];
  });
  if (sets.length === 0 && typeof flags['file'] !== 'string') throw new UsageError('What is to change? Fix: give --set path=value or --file with the whole corrected order.');
  const change = sets.length > 0 ? { set: Object.fromEntries(sets) } : { order: JSON.parse(readFileSync(String(flags['file']), 'utf8')) as unknown };
  const reply = await api.post<{ applied: boolean; diff: { path: string; before?: unknown; after?: unknown }[] }>(`/exceptions/${id}/edit`, { ...change, reason: need(flags['reason'], '--reason'), dryRun: flags['dry-run'] === true });
  return { json: reply, text: `${table(['field', 'before', 'after'], reply.diff.map((d) => [d.path, JSON.stringify(d.before), JSON.stringify(d.after)]))}\n\n${reply.applied ? 'Corrected; the run tries again.' : 'Nothing was changed.'}` };
} };

export const exceptionCommands: Record<string, Command> = { 'exceptions list': list, 'exceptions incidents': incidents, 'exceptions show': show, 'exceptions retry': decide('retry'), 'exceptions edit': edit, 'exceptions skip': decide('skip'), 'exceptions undo': decide('undo') };
