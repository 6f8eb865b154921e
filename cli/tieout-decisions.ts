import { readFileSync } from 'node:fs';
import { type MappingChoice, retrySteps } from '../workflows/messages';
import { type Api } from './api-client';
import { filterFlags, type Filter, filterOf, findException, type Incident, incidentTable, nameOf, type Row, rowsTable, shortId } from './exception-words';
import { UsageError } from './options';
import { amounts, minute, since, table } from './table';
import { type Answer, type Ask, choice, type Command, type Flags, flag, limit, limitOf, need, text, textOf } from './tieout-command';
import { changesOf } from './tieout-exceptions';

type Act = { id: string; by: string; decision: { decision: string; reason: string }; total: number; done: number; failed: number; state: string; createdAt: string; finishedAt?: string; leftOut?: { about: string; why: string }[] };
type Effect = { kind: string; step: string; count: number; what: string };
type Preview = { count: number; what: string; money: { currency: string; amount: string }[]; incidents: Incident[]; effects: Effect[]; cannot: { count: number; why: string }[]; sample: Row[]; actId?: string };
type Decision = 'retry' | 'skip' | 'undo';

const pollMs = 500;
const namedMax = 5;
const progressOf = (a: Act): string => `${a.done + a.failed} of ${a.total} decided${a.failed > 0 ? `, ${a.failed} of them left out` : ''}`;
const stays = 'What was left out is still in "exceptions list".';
/** Those that were passed by, each with its reason; one line for a reason where there are many. */
function leftOutText({ failed, leftOut = [] }: Act): string {
  if (failed === 0) return '';
  const by = new Map<string, string[]>();
  for (const { about, why } of leftOut) by.set(why, [...(by.get(why) ?? []), about]);
  return `\n${[...by].map(([why, who]) => `Left out, because ${why}: ${who.slice(0, namedMax).join(', ')}${who.length > namedMax ? ` and ${who.length - namedMax} more` : ''}.`).join('\n')}${by.size > 0 ? '\n' : ''}${stays}`;
}

/** Tells progress until the act is done. */
async function watch(api: Api, actId: string, tell: (line: string) => void): Promise<Act> {
  for (let told = ''; ;) {
    const act = await api.get<Act>(`/bulk/${actId}`);
    if (progressOf(act) !== told) tell(told = progressOf(act));
    if (act.state === 'done') return act;
    await new Promise((wake) => setTimeout(wake, pollMs));
  }
}

const effects = (p: Preview): string => table(['how many', 'about', 'stopped at', 'what happens to each'], p.effects.map((e) => [e.count, e.kind, e.step, e.what]));
const cannot = (p: Preview, decision: Decision): string => (p.cannot.length === 0 ? '' : `\n\n${p.cannot.reduce((a, c) => a + c.count, 0)} cannot take a ${decision}\n${table(['how many', 'why'], p.cannot.map((c) => [c.count, c.why]))}`);
const doneText = (p: Preview, act: Act): string => `${act.done} of ${act.total} done${p.money.length > 0 ? ` (${amounts(p.money)} at stake)` : ''}${act.failed > 0 ? `, ${act.failed} left out.` : '.'}${leftOutText(act)}`;

async function decideMany({ api, flags, tell }: Ask, ask: { filter: Filter; decision: Decision; reason: string; from?: string; mapping?: MappingChoice }): Promise<Answer> {
  const dryRun = flags['yes'] !== true;
  const preview = await api.post<Preview>('/exceptions/bulk', { ...ask, dryRun });
  if (preview.count === 0) return { json: preview, text: 'No open exception fits. Nothing was done.' };
  if (dryRun || preview.actId === undefined) {
    const sample = preview.sample.length < preview.count ? `\n\nSome of them\n${rowsTable(preview.sample)}` : `\n\nThese\n${rowsTable(preview.sample)}`;
    return { json: preview, text: `${preview.what}${preview.money.length > 0 ? `, ${amounts(preview.money)} at stake` : ''}\n\n${effects(preview)}${cannot(preview, ask.decision)}\n\nCauses\n${incidentTable(preview.incidents)}${sample}\n\nNothing was done yet. Add --yes to do it.` };
  }
  const act = await watch(api, preview.actId, tell);
  return { json: { ...preview, act }, text: doneText(preview, act) };
}

const summaries: Record<Decision, string> = { retry: 'try again, from the failed step or an earlier one', skip: 'give it up with a reason; what stands in a ledger stays', undo: 'reverse what was posted, by correcting documents' };
const afterwards: Record<Decision, string> = { retry: 'it is tried again', skip: 'it is given up', undo: 'it is undone; whatever was posted is reversed' };

/** `NAME@VERSION` or `latest`. */
function mappingOf(given: string | undefined): MappingChoice | undefined {
  if (given === undefined || given === 'latest') return given;
  const [, name, version] = /^([a-z][a-z0-9-]{2,80})@([1-9]\d{0,8})$/.exec(given) ?? [];
  if (name === undefined || version === undefined) throw new UsageError(`--mapping is "${given}". Fix: write the name of a document and its version, such as sales-order-to-gp-order@2, or latest.`);
  return { name, version: Number(version) };
}

/** One by its id at once; several, or all that a filter finds, after a preview and with --yes. */
const decide = (decision: Decision): Command => ({
  words: `exceptions ${decision}`, args: ['[ID…]'], summary: summaries[decision],
  flags: [text('reason', 'TEXT', decision === 'retry' ? 'why; it is kept' : 'why; needed, and kept'), ...(decision === 'retry' ? [choice('from', retrySteps, 'begin at this step instead of the failed one'), text('mapping', 'NAME@VERSION|latest', 'with this published version of a mapping document, or with all that work now; without, each order keeps the versions it was taken with')] : []), ...filterFlags, flag('yes', 'do it; without, what many would become is only shown')],
  examples: [`exceptions ${decision} 1a2b3c4d --reason "item created in GP"`, `exceptions ${decision} --cause item-not-mapped:sku:MUG-BLUE --reason "item created in GP"`, `exceptions ${decision} --cause item-not-mapped:sku:MUG-BLUE --reason "item created in GP" --yes`],
  async run(ask) {
    const { api, args, flags } = ask;
    const filter = filterOf(flags);
    const chosen = Object.keys(filter).length > 0;
    if (args.length > 0 && chosen) throw new UsageError(`Both an ID ("${args[0] ?? ''}") and a filter are given. Fix: give one or the other.`);
    if (args.length === 0 && !chosen) throw new UsageError(`Which exceptions? ID is missing, and so is a filter. Fix: give an ID from "exceptions list", or a filter such as --class lookup or --cause CAUSE from "incidents".`);
    const reason = decision === 'retry' && flags['reason'] === undefined ? 'retried from the command line' : need(flags['reason'], '--reason', 'say why; it is kept with the decision');
    const from = textOf(flags, 'from');
    const mapping = mappingOf(textOf(flags, 'mapping'));
    const more = { decision, reason, ...(from ? { from } : {}), ...(mapping ? { mapping } : {}) };
    if (chosen) return decideMany(ask, { filter, ...more });
    const rows: Row[] = [];
    for (const given of args) rows.push(await findException(api, given, false));
    const [row] = rows;
    if (rows.length > 1 || !row) return decideMany(ask, { filter: { ids: rows.map((r) => r.id) }, ...more });
    const reply = await api.post<object>(`/exceptions/${row.id}/decision`, more);
    return { json: { ...reply, id: row.id, decision }, text: `${nameOf(row)}: ${afterwards[decision]}. Look again with "exceptions show ${shortId(row.id)}"${row.kind === 'run' ? ` or "runs show ${row.orderId ?? row.subject}"` : ''}.` };
  },
});

function setOf(given: string): [string, unknown] {
  const at = given.indexOf('=');
  if (at < 1) throw new UsageError(`--set is "${given}". Fix: write --set PATH=VALUE, such as --set lines[0].sku=MUG-WHITE; "exceptions show ID" tells the paths.`);
  const value = given.slice(at + 1);
  if (value === 'null' || value === 'true' || value === 'false' || /^[[{]/.test(value)) {
    try { return [given.slice(0, at), JSON.parse(value) as unknown]; } catch { throw new UsageError(`--set ${given.slice(0, at)} is "${value.slice(0, 60)}", which is no JSON. Fix: correct it, or give plain text.`); }
  }
  return [given.slice(0, at), value];
}

function fileOf(path: string): unknown {
  let body: string;
  try { body = readFileSync(path, 'utf8'); } catch { throw new UsageError(`--file is "${path}", and it cannot be read. Fix: name a file with the whole corrected order ("exceptions show ID --document after" writes it).`); }
  try { return JSON.parse(body) as unknown; } catch (error) { throw new UsageError(`--file is "${path}", and it is no JSON (${error instanceof Error ? error.message : ''}). Fix: correct it.`); }
}

function correctionOf(flags: Flags): object {
  const sets = Array.isArray(flags['set']) ? flags['set'] : [];
  const file = textOf(flags, 'file');
  if (sets.length === 0 && file === undefined) throw new UsageError('What is to change? --set and --file are missing. Fix: give --set PATH=VALUE, or --file with the whole corrected order.');
  if (sets.length > 0 && file !== undefined) throw new UsageError('Both --set and --file are given. Fix: give one or the other.');
  return file === undefined ? { set: Object.fromEntries(sets.map(setOf)) } : { order: fileOf(file) };
}

const edit: Command = {
  words: 'exceptions edit', args: ['ID'], summary: 'correct the canonical order and try again with it; who corrects it cannot approve it',
  flags: [{ ...text('set', 'PATH=VALUE', 'one field; may be given again; null takes it out'), many: true }, text('file', 'FILE', 'the whole corrected order as JSON'), text('reason', 'TEXT', 'why; needed, and kept with the difference'), flag('dry-run', 'check it and show the difference, change nothing')],
  examples: ['exceptions edit 1a2b3c4d --set lines[0].sku=MUG-WHITE --reason "typo in the shop"', 'exceptions edit 1a2b3c4d --file order.json --reason "entered from the paper order" --dry-run'],
  async run({ api, args, flags }) {
    const given = need(args[0], 'ID', 'the beginning of its id, its order\'s id or name, as "exceptions list" tells');
    const change = { ...correctionOf(flags), reason: need(flags['reason'], '--reason', 'say why; it is kept with the difference'), dryRun: flags['dry-run'] === true };
    const row = await findException(api, given, false);
    const reply = await api.post<{ applied: boolean; diff: { path: string; before?: unknown; after?: unknown }[] }>(`/exceptions/${row.id}/edit`, change);
    const outcome = reply.applied ? `${nameOf(row)} is corrected and tried again.` : reply.diff.length === 0 ? 'Nothing would change.' : 'It fits. Nothing was changed; leave --dry-run out to do it.';
    return { json: reply, text: reply.diff.length === 0 ? outcome : `${changesOf(reply.diff)}\n\n${outcome}` };
  },
};

const usualActs = 20;
const bulkList: Command = { words: 'bulk list', summary: 'decisions over many, newest first', flags: [limit(usualActs)], async run({ api, flags }) {
  const reply = await api.get<{ acts: Act[] }>(`/bulk?limit=${Math.min(500, limitOf(flags, usualActs))}`);
  return { json: reply, text: reply.acts.length === 0 ? 'No decision over many was made yet.' : table(['id', 'what', 'total', 'done', 'left out', 'state', 'begun', 'by', 'why'], reply.acts.map((a) => [shortId(a.id), a.decision.decision, a.total, a.done, a.failed, a.state, `${since(a.createdAt)} ago`, a.by, a.decision.reason])) };
} };
const bulkShow: Command = { words: 'bulk show', args: ['ID'], summary: 'progress of one decision over many', flags: [flag('wait', 'until it is done')], async run({ api, args, flags, tell }) {
  const given = need(args[0], 'ID', 'an id as "bulk list" tells');
  const { acts } = await api.get<{ acts: Act[] }>('/bulk?limit=500');
  const found = acts.filter((a) => a.id.startsWith(given));
  const [one] = found;
  if (found.length !== 1 || !one) throw new UsageError(`ID is "${given}" and fits ${found.length} decisions. Fix: "bulk list" tells the ids.`);
  const act = flags['wait'] ? await watch(api, one.id, tell) : await api.get<Act>(`/bulk/${one.id}`);
  return { json: act, text: `${act.decision.decision} by ${act.by}, ${minute(act.createdAt)}: ${act.decision.reason}\n${progressOf(act)}${act.state === 'done' ? ', finished' : ''}${leftOutText(act)}` };
} };

export const decisionCommands: readonly Command[] = [decide('retry'), edit, decide('skip'), decide('undo'), bulkList, bulkShow];
