import { randomUUID } from 'node:crypto';
import { type MasterKind } from '../canonical/master';
import { parsePair, type Pair } from '../mapping/pair';
import { keptKinds, rulesOf } from '../mapping/sync/rules';
import { type SyncBatch as Batch } from '../store/master-types';
import { type ApiDeps } from './deps';
import { Problem } from './problem';
import { type Ask, type Route } from './route';
import { Ok, z } from './schemas';
import { linkView, setLink, unlink } from './sync-links';
import { decideQuestion, decisionsFor, findQuestion } from './sync-questions';
import { DecideQuestion, HistoryQuery, Link, LinkChange, LinkQuery, PairQuery, Question, QuestionDetail, QuestionQuery, SetLink, Stand, StandQuery, StartSync, SyncBatch, SyncSample, Unlink } from './sync-schemas';

const batchView = ({ samples: _samples, ...batch }: Batch): Omit<z.infer<typeof SyncBatch>, 'now'> => ({ ...batch, done: Object.values(batch.totals).reduce((n, t) => n + t.looked, 0) });

async function findBatch({ params }: Ask, { store }: ApiDeps): Promise<Batch> {
  const batch = /^[\w-]{1,64}$/.test(params['id'] ?? '') ? await store.master.batches.get(params['id'] ?? '') : undefined;
  if (!batch) throw new Problem(404, 'No such sync');
  return batch;
}

async function knownPair(pairId: string, { store }: ApiDeps): Promise<Pair> {
  const configuration = await store.pairs.get(pairId);
  if (configuration === undefined) throw new Problem(404, 'No such pair', { errors: [{ field: 'pairId', value: pairId, fix: 'a pair as /pairs lists them' }] });
  return parsePair(configuration);
}

/** Kinds asked for, in their order; one that the pair switches off can be previewed only. */
function kindsOf(pair: Pair, { kinds, mode }: z.infer<typeof StartSync>): MasterKind[] {
  const known = keptKinds(pair.sync, { disabled: mode === 'preview' });
  const unknown = kinds?.find((k) => !known.includes(k));
  if (unknown !== undefined) throw new Problem(400, `This pair does not keep ${unknown} records in step`, { errors: [{ field: 'kinds', value: unknown, fix: known.length > 0 ? `one of ${known.join(', ')}, or "sync.${unknown}" in the pair's configuration` : `"sync.${unknown}" in the pair's configuration` }] });
  if (known.length === 0) throw new Problem(409, 'This pair keeps no master data in step', { detail: 'Its configuration has no "sync": docs/master-data.md tells what goes there.' });
  return kinds ? known.filter((k) => kinds.includes(k)) : known;
}

async function start({ body, key }: Ask, deps: ApiDeps): Promise<z.infer<typeof SyncBatch>> {
  const wanted = StartSync.parse(body);
  const { pairId, mode } = wanted;
  const kinds = kindsOf(await knownPair(pairId, deps), wanted);
  const batch = await deps.store.master.batches.start({ id: randomUUID(), pairId, kinds, mode, who: key.name });
  await deps.store.audit.add({ who: key.name, action: `sync:start-${mode}`, subject: `sync/${batch.id}`, detail: { pairId, kinds } });
  try { await deps.sync.start({ batchId: batch.id, pairId, kinds, mode, who: key.name }); } catch (error) {
    await deps.store.master.batches.end(batch.id, 'stopped', 'It could not be begun; resume it.').catch(() => undefined);
    throw error;
  }
  return batchView(batch);
}

async function resume(ask: Ask, deps: ApiDeps): Promise<z.infer<typeof SyncBatch>> {
  const batch = await findBatch(ask, deps);
  const { id, pairId, kinds, mode } = batch;
  if (batch.state === 'done') throw new Problem(409, 'This sync is done', { detail: 'Start another one.' });
  await deps.store.audit.add({ who: ask.key.name, action: 'sync:resume', subject: `sync/${id}` });
  if (await deps.sync.start({ batchId: id, pairId, kinds, mode, who: batch.who }) === 'running') throw new Problem(409, 'This sync is running');
  return batchView({ ...batch, state: 'running' });
}

/** Synchronisation of master data: batches, what waits for a person, and the cross-reference. */
export const syncRoutes: Route[] = [
  { method: 'get', path: '/sync', summary: 'Batches of master data, newest first', role: 'viewer', query: PairQuery, reply: z.object({ batches: z.array(SyncBatch) }), async handle({ query }, { store }) { const q = PairQuery.parse(query); return { batches: (await store.master.batches.list({ limit: q.limit, ...(q.pairId ? { pairId: q.pairId } : {}) })).map(batchView) }; } },
  { method: 'post', path: '/sync', summary: 'Start a batch: what changed, everything, or a preview that writes nothing', role: 'operator', body: StartSync, status: 201, reply: SyncBatch, handle: start },
  { method: 'get', path: '/sync/stand', summary: 'How many records of each kind both sides hold, are linked, and wait', role: 'viewer', query: StandQuery, reply: Stand, async handle({ query }, deps) {
    const pair = await knownPair(StandQuery.parse(query).pairId, deps);
    const kinds = keptKinds(pair.sync, { disabled: true });
    return { pairId: pair.pairId, kinds: await Promise.all(kinds.map(async (kind) => ({ kind, enabled: rulesOf(pair.sync, kind).enabled, ...(await deps.store.master.snapshot.counts(pair.pairId, kind)) }))), questions: await deps.store.master.issues.counts(pair.pairId) };
  } },
  { method: 'get', path: '/sync/{id}', summary: 'How far a batch is, with its rate and the time that is left', role: 'viewer', reply: SyncBatch, async handle(ask, deps) {
    const batch = await findBatch(ask, deps);
    const now = batch.state === 'running' ? await deps.sync.progress(batch) : undefined;
    return { ...batchView(batch), ...(now ? { now } : {}) };
  } },
  { method: 'get', path: '/sync/{id}/samples', summary: 'Examples of what a preview would do, field by field', role: 'operator', reply: z.object({ samples: z.array(SyncSample) }), async handle(ask, deps) { return { samples: (await findBatch(ask, deps)).samples }; } },
  { method: 'post', path: '/sync/{id}/stop', summary: 'Stop a batch after the page under way; resuming loses nothing', role: 'operator', reply: Ok, async handle(ask, deps) {
    const { id } = await findBatch(ask, deps);
    if (await deps.sync.stop(id) === 'finished') throw new Problem(409, 'This sync is not running');
    await deps.store.audit.add({ who: ask.key.name, action: 'sync:stop', subject: `sync/${id}` });
    return { ok: true };
  } },
  { method: 'post', path: '/sync/{id}/resume', summary: 'Go on with a batch that was stopped', role: 'operator', reply: SyncBatch, handle: resume },
  { method: 'get', path: '/sync/questions', summary: 'What waits for a person: conflicts, matches, refusals, and records that were archived, merged or deleted', role: 'operator', query: QuestionQuery, reply: z.object({ questions: z.array(Question), next: z.string().optional() }), async handle({ query }, { store }) {
    const { open, ...q } = QuestionQuery.parse(query);
    const filter = Object.fromEntries(Object.entries(q).filter(([, v]) => v !== undefined));
    const rows = await store.master.issues.list({ ...filter, open: open === 'true' });
    const last = rows[rows.length - 1];
    return { questions: rows.map(({ detail: _detail, place: _place, ...question }) => question), ...(last && rows.length === q.limit ? { next: last.place } : {}) };
  } },
  { method: 'get', path: '/sync/questions/{id}', summary: 'One question with both versions, and what can be decided', role: 'operator', reply: QuestionDetail, async handle(ask, deps) {
    const { detail, place: _place, ...question } = await findQuestion(ask, deps);
    return { question, detail, decisions: question.closedAt === undefined ? decisionsFor[question.type] : [] };
  } },
  { method: 'post', path: '/sync/questions/{id}/decision', summary: 'Decide: whose values stand, which record is its counterpart, make one, leave it, or try again', role: 'operator', body: DecideQuestion, reply: z.object({ ok: z.literal(true), id: z.string(), decision: z.string() }), handle: decideQuestion },
  { method: 'get', path: '/sync/links', summary: 'The cross-reference, with what either side holds only in part; id is of either system', role: 'viewer', query: LinkQuery, reply: z.object({ links: z.array(Link), next: z.string().optional() }), async handle({ query, key }, { store }) {
    const { pairId, kind, id, partly, after, limit } = LinkQuery.parse(query);
    const links = await store.master.links.list(pairId, { limit, partly: partly === 'true', ...(kind ? { kind } : {}), ...(id ? { id } : {}), ...(after ? { after } : {}) });
    const last = links[links.length - 1];
    return { links: links.map((l) => linkView(l, key.role)), ...(last && links.length === limit ? { next: `${last.kind}/${last.gpId}` } : {}) };
  } },
  { method: 'get', path: '/sync/links/history', summary: 'What a record was linked to, when, by whom and why', role: 'viewer', query: HistoryQuery, reply: z.object({ changes: z.array(LinkChange) }), async handle({ query }, { store }) { const { pairId, kind, system, id } = HistoryQuery.parse(query); return { changes: await store.master.links.history(pairId, kind, { system, id }) }; } },
  { method: 'post', path: '/sync/links', summary: 'Put two records together, or one with another than before; on record', role: 'operator', body: SetLink, reply: Link, handle: setLink },
  { method: 'post', path: '/sync/links/unlink', summary: 'Take two records apart; neither ledger is touched', role: 'operator', body: Unlink, reply: Ok, handle: unlink },
];
