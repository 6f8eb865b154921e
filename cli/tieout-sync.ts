import { type Api } from './api-client';
import { createProgress } from './progress';
import { batchText, type Batch, findBatch, kindsFlag, pairFlag, pairOf, rateText } from './sync-words';
import { count, minute, oneLine, table } from './table';
import { type Answer, choice, type Command, type Flags, flag, limit, limitOf, text, textOf } from './tieout-command';

type Sample = { subject: string; name: string; does: string; to?: string; fields?: { field: string; before?: string; after?: string }[]; why: string };
type Stand = { kinds: { kind: string; enabled: boolean; gp: number; xero: number; linked: number; changed: number }[]; questions: Record<string, number> };

const usualRows = 20;
const pollMs = 500;
const fieldsMax = 4;
const shortId = (id: string): string => id.slice(0, 8);

/** Draws the bar until the batch is no longer running. */
async function watch(api: Api, id: string): Promise<Batch> {
  const progress = createProgress(process.stderr);
  for (;;) {
    const batch = await api.get<Batch>(`/sync/${id}`);
    progress.bar(rateText(batch), batch.done, Math.max(batch.total, batch.done));
    if (batch.state !== 'running') { progress.end(); return batch; }
    await new Promise((wake) => setTimeout(wake, pollMs));
  }
}

const begin = async (api: Api, flags: Flags, mode: string): Promise<Batch> => api.post<Batch>('/sync', { pairId: await pairOf(api, flags), mode, ...(textOf(flags, 'kinds') ? { kinds: textOf(flags, 'kinds')?.split(',') } : {}) });

const start: Command = {
  words: 'sync start', summary: 'bring master data of both ledgers in step', flags: [kindsFlag, choice('mode', ['changes', 'full'], 'changes: what changed since the last look (unless said); full: read and compare everything'), flag('watch', 'with a bar until it is done'), pairFlag],
  examples: ['sync start', 'sync start --kinds customer,item --mode full --watch'],
  async run({ api, flags }) {
    const batch = await begin(api, flags, textOf(flags, 'mode') ?? 'changes');
    if (!flags['watch']) return { json: batch, text: `Started as ${shortId(batch.id)}. Watch it with "sync watch ${shortId(batch.id)}".` };
    const end = await watch(api, batch.id);
    return { json: end, text: batchText(end) };
  },
};

const does: Record<string, string> = { link: 'link', create: 'make', update: 'change', ask: 'ask a person', partly: 'held in part', nothing: 'nothing' };
const fieldText = ({ field, before, after }: NonNullable<Sample['fields']>[number]): string => `${field}: ${before === undefined ? '' : `${oneLine(before)} → `}${after === undefined ? '(blank)' : oneLine(after)}`;
const sampleRow = ({ subject, name, does: what, to, fields = [], why }: Sample): string[] => [name, subject, `${does[what] ?? what}${to ? ` in ${to}` : ''}`, `${fields.slice(0, fieldsMax).map(fieldText).join('; ')}${fields.length > fieldsMax ? `; ${fields.length - fieldsMax} more` : ''}${fields.length > 0 ? ' · ' : ''}${why}`];

const preview: Command = {
  words: 'sync preview', summary: 'read both sides and tell what a sync would match, make, change and ask; nothing is written', flags: [kindsFlag, pairFlag], examples: ['sync preview', 'sync preview --kinds customer'],
  async run({ api, flags }): Promise<Answer> {
    const end = await watch(api, (await begin(api, flags, 'preview')).id);
    const { samples } = await api.get<{ samples: Sample[] }>(`/sync/${end.id}/samples`);
    const [partly, others] = [samples.filter((s) => s.does === 'partly'), samples.filter((s) => s.does !== 'partly')];
    const examples = `${others.length === 0 ? '' : `\n\nFor example\n${table(['name', 'record', 'what', 'fields and why'], others.map(sampleRow))}`}${partly.length === 0 ? '' : `\n\nWhat one side could hold only in part\n${table(['name', 'record', 'where', 'why'], partly.map((s) => [s.name, s.subject, s.to === 'gp' ? 'GP' : 'Xero', oneLine(s.why)]))}`}`;
    return { json: { ...end, samples }, text: `${batchText(end)}${examples}\n\nNothing was written. "sync start" does it.` };
  },
};

const watching: Command = { words: 'sync watch', args: ['[ID]'], summary: 'how far a sync is, with a bar, its rate and the time that is left', examples: ['sync watch', 'sync watch 1a2b3c4d --json'], async run({ api, args }) {
  const end = await watch(api, (await findBatch(api, args[0])).id);
  return { json: end, text: batchText(end) };
} };

const stop: Command = { words: 'sync stop', args: ['[ID]'], summary: 'stop a sync after the page under way; nothing is lost', examples: ['sync stop 1a2b3c4d'], async run({ api, args }) {
  const { id } = await findBatch(api, args[0]);
  const reply = await api.post<object>(`/sync/${id}/stop`, {});
  return { json: { ...reply, id }, text: `${shortId(id)} stops after the page under way. Go on with "sync resume ${shortId(id)}".` };
} };
const resume: Command = { words: 'sync resume', args: ['[ID]'], summary: 'go on with a sync that was stopped', flags: [flag('watch', 'with a bar until it is done')], examples: ['sync resume 1a2b3c4d'], async run({ api, args, flags }) {
  const { id } = await findBatch(api, args[0]);
  const batch = await api.post<Batch>(`/sync/${id}/resume`, {});
  if (!flags['watch']) return { json: batch, text: `${shortId(id)} goes on.` };
  const end = await watch(api, id);
  return { json: end, text: batchText(end) };
} };

const list: Command = { words: 'sync list', summary: 'syncs, newest first', flags: [text('pair', 'PAIR', 'of one pair of books'), limit(usualRows)], examples: ['sync', 'sync list --json'], async run({ api, flags }) {
  const pair = textOf(flags, 'pair');
  const reply = await api.get<{ batches: Batch[] }>(`/sync?${new URLSearchParams({ limit: String(Math.min(500, limitOf(flags, usualRows))), ...(pair ? { pairId: pair } : {}) }).toString()}`);
  const sum = (b: Batch, what: 'created' | 'updated' | 'issues' | 'failed'): number => Object.values(b.totals).reduce((a, t) => a + t[what], 0);
  const rows = reply.batches.map((b) => [shortId(b.id), b.mode, b.state, `${b.done} of ${Math.max(b.total, b.done)}`, sum(b, 'created'), sum(b, 'updated'), sum(b, 'issues'), sum(b, 'failed'), minute(b.startedAt), b.who, b.kinds.join(', ')]);
  return { json: reply, text: rows.length === 0 ? 'No sync was started yet.' : table(['id', 'mode', 'state', 'records', 'made', 'changed', 'to decide', 'failed', 'begun (UTC)', 'by', 'kinds'], rows) };
} };

const stand: Command = { words: 'sync status', summary: 'how many records both ledgers hold, are linked, and wait', flags: [pairFlag], examples: ['sync status'], async run({ api, flags }) {
  const reply = await api.get<Stand>(`/sync/stand?pairId=${encodeURIComponent(await pairOf(api, flags))}`);
  const questions = Object.entries(reply.questions).map(([type, many]) => `${many} ${type}`).join(', ');
  const open = Object.values(reply.questions).reduce((a, b) => a + b, 0);
  return { json: reply, text: `${table(['kind', 'in GP', 'in Xero', 'linked', 'changed, not settled yet', 'kept in step'], reply.kinds.map((k) => [k.kind, k.gp, k.xero, k.linked, k.changed, k.enabled ? 'yes' : 'no']))}\n\n${open === 0 ? 'Nothing waits for a person.' : `${count(open, 'question')} for a person (${questions}): "sync conflicts".`}` };
} };

export const syncCommands: readonly Command[] = [preview, start, watching, stop, resume, list, stand];
