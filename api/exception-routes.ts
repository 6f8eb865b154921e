import { isSafeNumber, parse } from 'lossless-json';
import { SalesOrder } from '../canonical/sales-order';
import { applySets, diffOrders, readEdited } from '../mapping/edit-order';
import { type ExceptionFilter as Filter, type ExceptionRow as Row } from '../store/types';
import { retrySteps } from '../workflows/messages';
import { type ApiDeps } from './deps';
import { Problem } from './problem';
import { type Ask, type Route } from './route';
import { BulkAct, BulkDecision, BulkReply, Connector, EditOrder, EditReply, ExceptionDecision, ExceptionDetail, ExceptionQuery, ExceptionRow, Incident, isUuid, Ok, z } from './schemas';

const notFound = (what: string): Problem => new Problem(404, `No such ${what}`);
const listed = ({ subject, failure: { evidence: _evidence, ...failure }, ...row }: Row & { place?: string }): object => ({ ...row, place: undefined, subject, failure, ...(row.kind === 'run' ? { runId: subject } : {}), ageSeconds: Math.max(0, Math.round((Date.now() - Date.parse(row.openedAt)) / 1000)) });

async function find(params: Record<string, string>, { store }: ApiDeps): Promise<Row> {
  const row = isUuid(params['id']) ? await store.exceptions.get(params['id'] ?? '') : undefined;
  if (!row) throw notFound('exception');
  return row;
}

const decisionsOf = (row: Row): string[] => (row.closedAt !== undefined ? [] : row.kind === 'run' ? ['retry', 'edit', 'skip', 'undo'] : row.kind === 'delivery' ? ['retry', 'skip'] : []);

/** Text → JSON for people: a number that JavaScript would round (an id beyond 2^53, a long decimal) stays text; what is no JSON stays as it is. */
function parsed(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try { return parse(text, undefined, (digits) => (isSafeNumber(digits) ? Number(digits) : digits)); } catch { return text; }
}

/** The source's own words: the order kept with the exception, or the delivery as it came, byte for byte. */
async function beforeOf(row: Row, { store }: ApiDeps): Promise<string | undefined> {
  if (row.kind === 'run') return (await store.copies.get(row.subject))?.source;
  return row.kind === 'delivery' ? (await store.inbox.get(row.subject.slice('inbox/'.length)))?.rawBody.toString('utf8') : undefined;
}

async function show(ask: Ask, deps: ApiDeps): Promise<unknown> {
  const row = await find(ask.params, deps);
  const [copy, before, edits, run] = await Promise.all([deps.store.copies.get(row.subject), beforeOf(row, deps), deps.store.copies.edits(row.subject), deps.store.runs.get(row.subject)]);
  return {
    exception: { ...listed(row), failure: row.failure }, before: parsed(before), after: parsed(copy?.canonical), coded: parsed(copy?.coded), decisions: decisionsOf(row), steps: row.kind === 'run' ? retrySteps : [],
    edits: edits.map(({ by, reason, at, active, diff }) => ({ by, reason, at, active, diff })), ...(run ? { story: run.story } : {}),
  };
}

/** Signals a run and writes down who decided what. */
export async function decideRun(runId: string, ask: Ask, deps: ApiDeps): Promise<{ ok: true }> {
  const { decision, reason, from } = ExceptionDecision.parse(ask.body);
  const sent = await deps.orders.signal(runId, 'exceptionDecided', { by: ask.key.name, decision, reason, ...(from ? { from } : {}), at: new Date().toISOString() });
  if (sent === 'finished') throw new Problem(409, 'This run has ended');
  await deps.store.audit.add({ who: ask.key.name, action: `exception:${decision}`, subject: runId, detail: { reason, ...(from ? { from } : {}) } });
  return { ok: true };
}

async function decideDelivery(row: Row, ask: Ask, deps: ApiDeps): Promise<{ ok: true }> {
  const { decision, reason } = ExceptionDecision.parse(ask.body);
  const id = row.subject.slice('inbox/'.length);
  if (decision === 'undo') throw new Problem(409, 'A delivery cannot be undone', { detail: 'Nothing was posted from it. Retry it, or skip it with a reason.' });
  if (decision === 'retry') await deps.store.inbox.replay(id);
  else await deps.store.inbox.finish(id, { state: 'ignored', note: `skipped by ${ask.key.name}: ${reason}` });
  await deps.store.exceptions.close(row.subject, { decision, by: ask.key.name, reason });
  await deps.store.audit.add({ who: ask.key.name, action: `exception:${decision}`, subject: row.subject, detail: { reason } });
  deps.nudge();
  return { ok: true };
}

async function decide(ask: Ask, deps: ApiDeps): Promise<{ ok: true }> {
  const row = await find(ask.params, deps);
  if (row.closedAt !== undefined) throw new Problem(409, 'This exception is closed', { detail: `${row.decision ?? 'closed'} at ${row.closedAt}` });
  if (row.kind === 'connector') throw new Problem(409, 'A paused connector goes on by itself', { detail: row.failure.fix });
  return row.kind === 'delivery' ? decideDelivery(row, ask, deps) : decideRun(row.subject, ask, deps);
}

/** The canonical document corrected by a person: validated, its difference kept and audited, then the run tries again with it. */
async function edit(ask: Ask, deps: ApiDeps): Promise<unknown> {
  const row = await find(ask.params, deps);
  if (!decisionsOf(row).includes('edit')) throw new Problem(409, 'This exception has no order to edit', { detail: row.closedAt ? 'It is closed.' : `It is about a ${row.kind}.` });
  const copy = await deps.store.copies.get(row.subject);
  const before = SalesOrder.safeParse(parsed(copy?.canonical));
  if (!before.success) throw new Problem(409, 'There is no canonical order to edit', { detail: 'The source\'s own document could not be read. Correct it in the shop, then retry.' });
  const wanted = EditOrder.parse(ask.body);
  const set = wanted.set ? applySets(before.data, wanted.set) : undefined;
  const outcome = set && !set.ok ? set : readEdited(set ? set.value : wanted.order);
  if (!outcome.ok) {
    const { field = 'order', value, message, fix } = outcome.failure;
    throw new Problem(400, 'The corrected order does not fit', { detail: message, errors: [{ field, ...(value === undefined ? {} : { value }), fix }] });
  }
  const diff = diffOrders(before.data, outcome.value);
  if (wanted.dryRun || diff.length === 0) return { ok: true, applied: false, diff };
  if (outcome.value.source.orderId !== before.data.source.orderId || outcome.value.version !== before.data.version) throw new Problem(400, 'The order\'s identity cannot be edited', { detail: 'source and version stay as they are.' });
  await deps.store.copies.edit(row.subject, { canonical: JSON.stringify(outcome.value), baseHash: row.failure.code, baseVersion: before.data.version, diff, by: ask.key.name, reason: wanted.reason });
  await deps.store.audit.add({ who: ask.key.name, action: 'exception:edit', subject: row.subject, detail: { reason: wanted.reason, fields: diff.map((d) => d.path) } });
  const sent = await deps.orders.signal(row.subject, 'exceptionDecided', { by: ask.key.name, decision: 'edit', reason: wanted.reason, at: new Date().toISOString() });
  if (sent === 'finished') throw new Problem(409, 'This run has ended');
  return { ok: true, applied: true, diff };
}

const filterOf = ({ limit: _limit, open: _open, ...filter }: Record<string, unknown>): Filter => Object.fromEntries(Object.entries(filter).filter(([, v]) => v !== undefined)) as Filter;
const effects = { retry: 'each run tries its failed step again; every write is looked up before it is repeated', skip: 'each run ends as skipped; documents already in a ledger stay there', undo: 'what each run posted is reversed by correcting documents' } as const;

async function bulk(ask: Ask, deps: ApiDeps): Promise<unknown> {
  const { filter, decision, reason, from, dryRun } = BulkDecision.parse(ask.body);
  if (Object.keys(filterOf(filter)).length === 0) throw new Problem(400, 'A bulk decision needs a filter', { errors: [{ field: 'filter', fix: 'give class, code, cause, system, kind, pairId, orderId or ids' }] });
  const open: Filter = { ...filterOf(filter), open: true };
  const [{ count, upto }, incidents] = await Promise.all([deps.store.exceptions.count(open), deps.store.exceptions.incidents(open)]);
  const preview = { dryRun, count, what: `${count} exception(s): ${effects[decision]}${from ? `, from the step "${from}"` : ''}`, incidents };
  if (dryRun) return preview;
  const actId = await deps.store.bulk.create({ by: ask.key.name, filter: open, decision: { decision, reason, ...(from ? { from } : {}) }, total: count, upto });
  await deps.store.audit.add({ who: ask.key.name, action: `exceptions:bulk-${decision}`, subject: `bulk/${actId}`, detail: { reason, filter: open, count } });
  if (count > 0) await deps.orders.startBulk(actId);
  return { ...preview, actId };
}

/** Exceptions: one list of what waits for a person, decided one by one or together. */
export const exceptionRoutes: Route[] = [
  { method: 'get', path: '/exceptions', summary: 'Exceptions, newest first; open ones unless asked otherwise', role: 'viewer', query: ExceptionQuery, reply: z.object({ exceptions: z.array(ExceptionRow), total: z.number() }), async handle({ query }, { store }) {
    const q = ExceptionQuery.parse(query);
    const filter: Filter = { ...filterOf(q), open: q.open !== 'false' };
    const [rows, { count }] = await Promise.all([store.exceptions.list({ ...filter, limit: q.limit }), store.exceptions.count(filter)]);
    return { exceptions: rows.map(listed), total: count };
  } },
  { method: 'get', path: '/exceptions/{id}', summary: 'One exception: cause and fix, the document before and after mapping, what was sent and answered', role: 'operator', reply: ExceptionDetail, handle: show },
  { method: 'post', path: '/exceptions/{id}/decision', summary: 'Decide: retry (from a step), skip or undo', role: 'operator', body: ExceptionDecision, reply: Ok, handle: decide },
  { method: 'post', path: '/exceptions/{id}/edit', summary: 'Correct the canonical order and try again with it', role: 'operator', body: EditOrder, reply: EditReply, handle: edit },
  { method: 'post', path: '/exceptions/bulk', summary: 'One decision over many; with dryRun only what would happen', role: 'operator', body: BulkDecision, reply: BulkReply, handle: bulk },
  { method: 'get', path: '/bulk/{id}', summary: 'Progress of a decision over many', role: 'viewer', reply: BulkAct, async handle({ params }, { store }) {
    const act = isUuid(params['id']) ? await store.bulk.get(params['id'] ?? '') : undefined;
    if (!act) throw notFound('bulk decision');
    return act;
  } },
  { method: 'get', path: '/incidents', summary: 'Open exceptions grouped by cause', role: 'viewer', query: ExceptionQuery, reply: z.object({ incidents: z.array(Incident) }), async handle({ query }, { store }) {
    return { incidents: await store.exceptions.incidents({ ...filterOf(ExceptionQuery.parse(query)), open: true }) };
  } },
  { method: 'get', path: '/connectors', summary: 'Which connectors are paused, since when and why', role: 'viewer', reply: z.object({ connectors: z.array(Connector) }), async handle(_ask, { store }) {
    const [pairs, paused] = await Promise.all([store.pairs.list(), store.exceptions.list({ open: true, kind: 'connector', limit: 500 })]);
    return { connectors: pairs.flatMap(({ pairId }) => ['gp', 'xero'].map((system) => {
      const row = paused.find((p) => p.subject === `connector/${pairId}/${system}`);
      return row ? { pairId, system, state: 'paused', since: row.openedAt, failure: row.failure } : { pairId, system, state: 'running' };
    })) };
  } },
];
