import { decideException, editOrder } from './exception-decisions';
import { assignMany, assignOne, decideMany, leftOutOf } from './exception-bulk';
import { AssignMany, AssignOne, AssignReply, BulkAct, BulkDecision, BulkReply, EditOrder, EditReply, ExceptionDecision, ExceptionDetail, ExceptionQuery, ExceptionRow, Incident, Note } from './exception-schemas';
import { filterOf, findException, listed, showException } from './exception-view';
import { Problem } from './problem';
import { type Route } from './route';
import { Connector, isUuid, limitOnly, Ok, z } from './schemas';

/** Exceptions: one list of what waits for a person, decided one by one or together. */
export const exceptionRoutes: Route[] = [
  { method: 'get', path: '/exceptions', summary: 'Exceptions, newest first; open ones unless asked otherwise', role: 'viewer', query: ExceptionQuery, reply: z.object({ exceptions: z.array(ExceptionRow), total: z.number(), next: z.string().optional() }), async handle({ query }, { store }) {
    const q = ExceptionQuery.parse(query);
    const filter = { ...filterOf(q), ...(q.open === 'any' ? {} : { open: q.open !== 'false' }) };
    const [rows, { count }] = await Promise.all([store.exceptions.list({ ...filter, limit: q.limit, ...(q.before ? { before: q.before } : {}) }), store.exceptions.count(filter)]);
    const last = rows[rows.length - 1];
    return { exceptions: rows.map(listed), total: count, ...(last && rows.length === q.limit ? { next: last.place } : {}) };
  } },
  { method: 'get', path: '/exceptions/{id}', summary: 'One exception: cause and fix, the document before and after mapping, what was sent and answered, who decided what', role: 'operator', reply: ExceptionDetail, handle: async (ask, deps) => showException(await findException(ask.params, deps), deps) },
  { method: 'post', path: '/exceptions/{id}/decision', summary: 'Decide: retry (from a step), skip or undo', role: 'operator', body: ExceptionDecision, reply: Ok, handle: async (ask, deps) => decideException(await findException(ask.params, deps), ask, deps) },
  { method: 'post', path: '/exceptions/{id}/edit', summary: 'Correct the canonical order and try again with it', role: 'operator', body: EditOrder, bodyLimit: '4mb', reply: EditReply, handle: editOrder },
  { method: 'post', path: '/exceptions/{id}/assign', summary: 'Give an exception to somebody, or back', role: 'operator', body: AssignOne, reply: AssignReply, handle: assignOne },
  { method: 'post', path: '/exceptions/{id}/note', summary: 'A note for those who look at it next; kept in its trail', role: 'operator', body: Note, reply: Ok, async handle(ask, deps) {
    const row = await findException(ask.params, deps);
    await deps.store.audit.add({ who: ask.key.name, action: 'exception:note', subject: row.subject, detail: { exception: row.id, reason: Note.parse(ask.body).text } });
    return { ok: true };
  } },
  { method: 'post', path: '/exceptions/assign', summary: 'Give many exceptions to somebody; of a whole cause also those that come later', role: 'operator', body: AssignMany, bodyLimit: '1mb', reply: AssignReply, handle: assignMany },
  { method: 'post', path: '/exceptions/bulk', summary: 'One decision over many; with dryRun only what would happen', role: 'operator', body: BulkDecision, bodyLimit: '1mb', reply: BulkReply, handle: decideMany },
  { method: 'get', path: '/bulk', summary: 'Decisions over many, newest first', role: 'viewer', query: limitOnly, reply: z.object({ acts: z.array(BulkAct) }), async handle({ query }, { store }) { return { acts: await store.bulk.list(limitOnly.parse(query).limit) }; } },
  { method: 'get', path: '/bulk/{id}', summary: 'Progress of a decision over many', role: 'viewer', reply: BulkAct, async handle({ params }, { store }) {
    const act = isUuid(params['id']) ? await store.bulk.get(params['id'] ?? '') : undefined;
    if (!act) throw new Problem(404, 'No such bulk decision');
    const leftOut = act.failed === 0 ? [] : await leftOutOf(act.id, store);
    return { ...act, ...(leftOut.length > 0 ? { leftOut } : {}) };
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
