import { filterFlags, filterOf, findException, type Incident, incidentTable, nameOf, queryOf, type Row, rowsTable, shortId } from './exception-words';
import { showDocument } from './show-document';
import { age, amount, count, facts, minute, oneLine, table } from './table';
import { type Answer, choice, type Command, type Flags, flag, limit, limitOf, need, pages, text, textOf } from './tieout-command';

type Change = { path: string; before?: unknown; after?: unknown };
type Trail = { at: string; who: string; action: string; reason?: string; from?: string; to?: string; diff?: Change[] };
type Detail = { exception: Row; before?: unknown; after?: unknown; coded?: unknown; decisions: string[]; steps: string[]; trail: Trail[]; edits: object[] };

const usualRows = 100;
const fieldsShown = 60;

const list: Command = {
  words: 'exceptions list', summary: 'what waits for a person, newest first', flags: [...filterFlags, flag('closed', 'the closed ones'), limit(usualRows)],
  examples: ['exceptions list', 'exceptions list --class lookup --min 500 --currency USD', 'exceptions list --owner finance --until 2d --json'],
  async run({ api, flags }) {
    const filter = { ...queryOf(filterOf(flags)), ...(flags['closed'] ? { open: 'false' } : {}) };
    let total = 0;
    const { rows: exceptions, more } = await pages(limitOf(flags, usualRows), async (before, size) => {
      const page = await api.get<{ exceptions: Row[]; total: number; next?: string }>(`/exceptions?${new URLSearchParams({ ...filter, limit: String(size), ...(before ? { before } : {}) }).toString()}`);
      total = page.total;
      return { rows: page.exceptions, next: page.next };
    });
    const none = flags['closed'] ? 'Nothing is closed.' : Object.keys(filter).length > 0 ? 'Nothing that fits waits.' : 'Nothing waits.';
    return { json: { exceptions, total }, text: exceptions.length === 0 ? none : `${rowsTable(exceptions)}\n\n${count(total, 'exception')}${more ? `, the first ${exceptions.length} of them; --limit ${total} shows all` : ''}` };
  },
};

const said = (value: unknown): string => (value === undefined ? '(nothing)' : typeof value === 'string' ? oneLine(value) : JSON.stringify(value));
export const changesOf = (diff: readonly Change[]): string => table(['field', 'before', 'after'], diff.map((d) => [d.path, said(d.before), said(d.after)]));
const deeds: Record<string, string> = { 'exception:retry': 'retry', 'exception:edit': 'correction', 'exception:skip': 'skip', 'exception:undo': 'undo', 'exception:assign': 'given to', 'exception:note': 'note', 'approval:approve': 'approved', 'approval:reject': 'rejected' };
const trailText = (t: Trail): string => `  ${minute(t.at)}  ${t.who}: ${deeds[t.action] ?? t.action}${t.to ? ` ${t.to}` : ''}${t.from ? ` from "${t.from}"` : ''}${t.reason ? `: ${oneLine(t.reason)}` : ''}${(t.diff ?? []).map((d) => `\n      ${d.path}: ${said(d.before)} → ${said(d.after)}`).join('')}`;
const part = (title: string, body: string): string => (body === '' ? '' : `\n\n${title}\n${body}`);
/** JSON with its indents, XML one element per line; text that was cut in the middle stays as it is. */
const laidOut = (value: string): string => { try { return JSON.stringify(JSON.parse(value), null, 2); } catch { return value.replaceAll(/>\s*</g, '>\n<'); } };
const evidence = (value: string | undefined): string => (value === undefined ? '' : laidOut(value).split('\n').map((line) => `  │ ${/^ */.exec(line)?.[0] ?? ''}${oneLine(line)}`).join('\n'));

const verbs: Record<string, (id: string, d: Detail) => string> = {
  retry: (id, { steps }) => `exceptions retry ${id}${steps.length > 1 ? ` [--from ${steps.join('|')}]` : ''}`, edit: (id, { after }) => `exceptions edit ${id} ${after === undefined ? '--file ORDER.json' : '--set PATH=VALUE'} --reason TEXT`,
  skip: (id) => `exceptions skip ${id} --reason TEXT`, undo: (id) => `exceptions undo ${id} --reason TEXT`,
};

function detailText(d: Detail): string {
  const e = d.exception;
  const id = shortId(e.id);
  const head = facts([
    ['about', e.orderId === undefined ? e.subject : `${e.orderName ?? ''} (${e.orderId})`.trim()], ['at stake', amount(e.amount, e.currency)], ['class', `${e.class} · ${e.code}`], ['stopped at', `${e.step}${e.system ? `, by ${e.system}` : ''}${e.attempts > 1 ? `, ${e.attempts} times` : ''}`],
    ['age', e.closedAt ? `closed ${minute(e.closedAt)}: ${e.outcome ?? ''}` : age(e.ageSeconds)], ['owner', e.owner], ['field', e.failure.field], ['value', e.failure.value], ['cause', e.cause], ['other system', e.failure.causes?.join('; ')],
  ]);
  const rest = (which: string): string => `exceptions show ${id} --document ${which}`;
  const documents = `${part('Document before mapping (the source\'s own words)', d.before === undefined ? '' : showDocument(d.before, fieldsShown, rest('before')))}${part('Document after mapping (canonical; these paths go into --set)', d.after === undefined ? '' : showDocument(d.after, fieldsShown, rest('after')))}`;
  return `Exception ${id} about ${nameOf(e)}\n${head}\n\nWhat is wrong\n  ${oneLine(e.failure.message)}\nWhat to do\n  ${oneLine(e.failure.fix)}${part('You can', d.decisions.map((v) => `  npm run tieout -- ${verbs[v]?.(id, d) ?? v}`).join('\n'))}${part('Who did what', d.trail.map(trailText).join('\n'))}${part('Request (without secrets)', evidence(e.failure.evidence?.request))}${part('Reply', evidence(e.failure.evidence?.reply))}${documents}`;
}

function documentOf(d: Detail, which: string): Answer {
  const document = { before: d.before, after: d.after, coded: d.coded }[which];
  return { json: document ?? null, text: document === undefined ? 'There is no such document: it stopped before it was made.' : typeof document === 'string' ? document : JSON.stringify(document, null, 2) };
}

const show: Command = {
  words: 'exceptions show', args: ['ID'], summary: 'cause, fix, what was sent and answered, and the document before and after mapping', flags: [choice('document', ['before', 'after', 'coded'], 'only this document, whole, as JSON')],
  examples: ['exceptions show 1a2b3c4d', 'exceptions show "#1001"', 'exceptions show 1a2b3c4d --document after > order.json'],
  async run({ api, args, flags }) {
    const { id } = await findException(api, need(args[0], 'ID', 'the beginning of its id, its order\'s id or name, as "exceptions list" tells'), true);
    const detail = await api.get<Detail>(`/exceptions/${id}`);
    const which = textOf(flags, 'document');
    return which === undefined ? { json: detail, text: detailText(detail) } : documentOf(detail, which);
  },
};

const ownerFlags = [text('owner', 'NAME', 'who looks after it from now on; "nobody" gives it back to who usually mends it'), text('reason', 'TEXT', 'why; it is kept')];
const ownerOf = (flags: Flags): { owner: string | null; reason?: string } => {
  const owner = need(flags['owner'], '--owner', 'a name, or nobody');
  const reason = textOf(flags, 'reason');
  return { owner: owner === 'nobody' ? null : owner, ...(reason ? { reason } : {}) };
};

const assign: Command = { words: 'exceptions assign', args: ['ID'], summary: 'give one exception to somebody', flags: ownerFlags, examples: ['exceptions assign 1a2b3c4d --owner ann'], async run({ api, args, flags }) {
  const to = ownerOf(flags);
  const { id } = await findException(api, need(args[0], 'ID', 'the beginning of its id, as "exceptions list" tells'), false);
  const reply = await api.post(`/exceptions/${id}/assign`, to);
  return { json: reply, text: `${shortId(id)} is ${to.owner === null ? 'given back' : `${to.owner}'s`}.` };
} };

const note: Command = { words: 'exceptions note', args: ['ID', 'TEXT'], summary: 'a note for who looks at it next', examples: ['exceptions note 1a2b3c4d "asked the supplier"'], async run({ api, args }) {
  const words = need(args[1], 'TEXT', 'write the note in quotes');
  const { id } = await findException(api, need(args[0], 'ID', 'the beginning of its id, as "exceptions list" tells'), true);
  return { json: await api.post(`/exceptions/${id}/note`, { text: words }), text: `Noted on ${shortId(id)}.` };
} };

const incidents: Command = { words: 'incidents list', summary: 'open exceptions grouped by cause, the most frequent first', flags: filterFlags, examples: ['incidents', 'incidents list --class lookup'], async run({ api, flags }) {
  const reply = await api.get<{ incidents: Incident[] }>(`/incidents?${new URLSearchParams(queryOf(filterOf(flags))).toString()}`);
  return { json: reply, text: reply.incidents.length === 0 ? 'No incident.' : `${incidentTable(reply.incidents)}\n\nDecide one together: exceptions retry|skip|undo --cause CAUSE` };
} };

const assignCause: Command = { words: 'incidents assign', args: ['CAUSE'], summary: 'give a whole cause to somebody, with what opens later', flags: ownerFlags, examples: ['incidents assign item-not-mapped:sku:MUG-BLUE --owner ann'], async run({ api, args, flags }) {
  const cause = need(args[0], 'CAUSE', 'a cause as "incidents" tells');
  const to = ownerOf(flags);
  const reply = await api.post<{ count: number }>('/exceptions/assign', { filter: { cause }, ...to });
  return { json: reply, text: `${count(reply.count, 'exception')} of ${cause} ${to.owner === null ? 'given back to who usually mends them' : `and what opens later: ${to.owner}'s`}.` };
} };

export const exceptionCommands: readonly Command[] = [list, show, assign, note, incidents, assignCause];
