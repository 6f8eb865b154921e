import { masterSystems } from '../canonical/master';
import { syncIssueTypes } from '../store/master-types';
import { type Api } from './api-client';
import { UsageError } from './options';
import { kindFlag, reasonFlag } from './sync-words';
import { count, facts, minute, oneLine, since, table } from './table';
import { choice, type Command, type Flags, flag, limit, limitOf, need, pages, text, textOf } from './tieout-command';

type Question = { id: string; pairId: string; kind: string; type: string; subject: string; gpId?: string; xeroId?: string; title: string; openedAt: string; closedAt?: string; decision?: string; by?: string; reason?: string };
type Held = { id: string; system: string; state: string; fields: Record<string, string> };
type Detail = { question: Question; decisions: string[]; detail: { conflicts?: { field: string; label: string; gp?: string; xero?: string; base?: string; why: string }[]; candidates?: { record: Held; score: number; reasons: string[] }[]; record?: Held; failures?: { system: string; failure: { message: string; fix: string } }[]; mergedInto?: string } };

const usualRows = 100;
const shortId = (id: string): string => id.slice(0, 8);
const decideFlags = [choice('take', masterSystems, 'whose values stand'), { ...text('field', 'NAME=SIDE', 'whose value of one field stands; may be given again'), many: true as const }, text('link', 'ID', 'this record of the other ledger is its counterpart'), flag('create', 'it has none: make it'), flag('leave', 'leave both as they are'), flag('retry', 'try what was refused again'), reasonFlag];

async function find(api: Api, given: string): Promise<Question> {
  for (const open of ['true', 'false']) {
    const { rows } = await pages(10_000, async (after, size) => { const page = await api.get<{ questions: Question[]; next?: string }>(`/sync/questions?${new URLSearchParams({ open, limit: String(size), ...(after ? { after } : {}) }).toString()}`); return { rows: page.questions, next: page.next }; });
    const found = rows.filter((q) => q.id.startsWith(given) || q.gpId === given || q.xeroId === given);
    const [one] = found;
    if (found.length > 1) throw new UsageError(`ID is "${given}" and fits ${found.length} questions: ${found.slice(0, 5).map((q) => shortId(q.id)).join(', ')}. Fix: give more of one id.`);
    if (one) return one;
  }
  throw new UsageError(`ID is "${given}", and no question has it. Fix: "sync conflicts list" tells the ids.`);
}

const list: Command = { words: 'sync conflicts list', summary: 'what of master data waits for a person', flags: [choice('type', syncIssueTypes, 'conflict, match, merged, deleted, archived or refused'), kindFlag, text('pair', 'PAIR', 'of one pair of books'), flag('closed', 'the closed ones'), limit(usualRows)], examples: ['sync conflicts', 'sync conflicts list --type match --json'], async run({ api, flags }) {
  const narrow = { ...(flags['closed'] ? { open: 'false' } : {}), ...Object.fromEntries([['type', 'type'], ['kind', 'kind'], ['pair', 'pairId']].flatMap(([name = '', field = '']) => { const value = textOf(flags, name); return value === undefined ? [] : [[field, value]]; })) };
  const { rows: questions, more } = await pages(limitOf(flags, usualRows), async (after, size) => {
    const page = await api.get<{ questions: Question[]; next?: string }>(`/sync/questions?${new URLSearchParams({ ...narrow, limit: String(size), ...(after ? { after } : {}) }).toString()}`);
    return { rows: page.questions, next: page.next };
  });
  const rows = questions.map((q) => [shortId(q.id), q.type, q.kind, q.gpId, q.xeroId?.slice(0, 13), q.closedAt ? `${q.decision ?? ''} ${q.by ?? ''}`.trim() : since(q.openedAt), q.title]);
  return { json: { questions }, text: rows.length === 0 ? (flags['closed'] ? 'Nothing is closed.' : 'Nothing waits.') : `${table(['id', 'type', 'kind', 'GP', 'Xero', flags['closed'] ? 'decided' : 'waits', 'what'], rows)}\n\n${count(questions.length, 'question')}${more ? ', and more; --limit N shows more of them' : ''}` };
} };

const commands: Record<string, (q: Question, d: Detail['detail']) => string[]> = {
  take: ({ type }) => [`--take ${type === 'conflict' ? 'gp|xero' : 'gp|xero (whose state stands)'}`], link: (_q, { candidates }) => [`--link ${candidates?.[0]?.record.id ?? 'ID'}`], create: () => ['--create'], leave: () => ['--leave'], retry: () => ['--retry'],
};

function showText({ question: q, decisions, detail: d }: Detail): string {
  const head = facts([['what', q.title], ['type', q.type], ['record', `${q.kind} ${q.subject} (${q.pairId})`], ['GP', q.gpId], ['Xero', q.xeroId], ['merged into', d.mergedInto], ['open', q.closedAt ? '' : since(q.openedAt)], ['closed', q.closedAt ? `${minute(q.closedAt)} UTC: ${q.decision ?? ''}${q.by ? ` by ${q.by}` : ''}${q.reason ? `: ${q.reason}` : ''}` : '']]);
  const both = d.conflicts ? `\n\nBoth versions\n${table(['field', 'in GP', 'in Xero', 'they agreed on', 'why'], d.conflicts.map((c) => [c.label, c.gp, c.xero, c.base, c.why === 'both-changed' ? 'both changed it' : 'the side that does not own it changed it']))}` : '';
  const who = d.candidates ? `\n\nIt may be\n${table(['id', 'name', 'score', 'why'], d.candidates.map((c) => [c.record.id, c.record.fields['name'], c.score, c.reasons.join(', ')]))}` : '';
  const refusals = d.failures ? `\n\nRefused\n${d.failures.map((f) => `  ${f.system}: ${oneLine(f.failure.message)} ${oneLine(f.failure.fix)}`).join('\n')}` : '';
  const can = decisions.length === 0 ? '' : `\n\nYou can\n${decisions.flatMap((v) => commands[v]?.(q, d) ?? []).map((words) => `  npm run tieout -- sync conflicts decide ${shortId(q.id)} ${words} --reason TEXT`).join('\n')}`;
  return `${head}${both}${who}${refusals}${can}`;
}

const show: Command = { words: 'sync conflicts show', args: ['ID'], summary: 'both versions, or the candidates, and what can be decided', examples: ['sync conflicts show 1a2b3c4d'], async run({ api, args }) {
  const { id } = await find(api, need(args[0], 'ID', 'the beginning of its id, or the record\'s id in GP or Xero, as "sync conflicts list" tells'));
  const detail = await api.get<Detail>(`/sync/questions/${id}`);
  return { json: detail, text: showText(detail) };
} };

function fieldsOf(given: string[]): Record<string, string> {
  return Object.fromEntries(given.map((word) => {
    const [name = '', side = ''] = word.split('=');
    if (name === '' || !(masterSystems as readonly string[]).includes(side)) throw new UsageError(`--field is "${word}". Fix: write --field NAME=gp or --field NAME=xero, such as --field phone=xero.`);
    return [name, side];
  }));
}

/** Options → the one decision they say. */
function wordOf(flags: Flags): object {
  const fields = Array.isArray(flags['field']) ? flags['field'] : [];
  const [take, link] = [textOf(flags, 'take'), textOf(flags, 'link')];
  const said = [...(take ? [{ decision: 'take', side: take }] : []), ...(fields.length > 0 ? [{ decision: 'take', fields: fieldsOf(fields) }] : []), ...(link ? [{ decision: 'link', counterpart: link }] : []), ...(['create', 'leave', 'retry'] as const).flatMap((d) => (flags[d] ? [{ decision: d }] : []))];
  const [one] = said;
  if (said.length !== 1 || !one) throw new UsageError(`${said.length === 0 ? 'No decision is' : 'Several decisions are'} given. Fix: one of --take gp|xero, --field NAME=SIDE, --link ID, --create, --leave, --retry.`);
  return one;
}

const decide: Command = {
  words: 'sync conflicts decide', args: ['ID'], summary: 'whose values stand, which record is its counterpart, make one, or leave it', flags: decideFlags,
  examples: ['sync conflicts decide 1a2b3c4d --take xero --reason "called them"', 'sync conflicts decide 1a2b3c4d --field phone=gp --field mobile=xero --reason "letterhead"', 'sync conflicts decide 1a2b3c4d --link 6a1f --reason "same VAT number"'],
  async run({ api, args, flags }) {
    const word = { ...wordOf(flags), reason: need(flags['reason'], '--reason', 'say why; it is kept with the decision') };
    const question = await find(api, need(args[0], 'ID', 'the beginning of its id, as "sync conflicts list" tells'));
    const reply = await api.post<{ decision: string }>(`/sync/questions/${question.id}/decision`, word);
    return { json: reply, text: `${shortId(question.id)} (${question.title}): ${reply.decision}. It is carried out now.` };
  },
};

export const syncQuestionCommands: readonly Command[] = [list, show, decide];
