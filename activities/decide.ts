import { type BulkAct, type Decided, type ExceptionTarget } from '../store/types';
import { type BulkProgress } from './contract';
import { type FeedDeps } from './deps';

const parallelMax = 10;
/** What an act over many left out, and why: read again by `GET /bulk/{id}`. */
const leftOutAction = 'exceptions:left-out';
/** How long another person's decision keeps an exception to itself; then it is taken for lost on its way. */
const graceMs = 60_000;

type Word = Decided & Pick<BulkAct['decision'], 'mapping'>;
const wordOf = ({ id, by, decision: { decision, reason, from, mapping } }: BulkAct): Word => ({ act: id, by, decision, reason, ...(from ? { from } : {}), ...(mapping ? { mapping } : {}) });

/** A run that has ended begins anew from its order, as the latest delivery of it names it; false where there is none. */
async function beginAnew({ subject }: ExceptionTarget, deps: FeedDeps): Promise<boolean> {
  const [, pairId = '', sourceId = '', ...rest] = subject.split('/');
  const orderId = rest.join('/');
  const delivery = (await deps.store.inbox.list({ orderId, limit: 20 })).find((d) => d.pairId === pairId && d.sourceId === sourceId);
  if (!delivery) return false;
  await deps.beginAnew({ pairId, sourceId, orderId, inboxId: delivery.id, reopen: { seq: (await deps.store.runs.seqOf(subject)) ?? 0 } });
  return true;
}

/** Tells one run; false when it has ended and can take no decision. An ended run can still be begun anew, or given up. */
async function tellRun(target: ExceptionTarget, { act: _act, ...word }: Word, deps: FeedDeps): Promise<boolean> {
  if (await deps.decideRun(target.subject, { ...word, at: deps.now().toISOString(), about: target.stand })) return true;
  if (word.decision === 'retry' && word.mapping === undefined) return beginAnew(target, deps);
  if (word.decision !== 'skip') return false;
  await deps.store.exceptions.close(target.subject, { outcome: 'the run had ended', decision: word.decision, by: word.by, reason: word.reason });
  return true;
}

async function decideRuns(targets: readonly ExceptionTarget[], word: Word, deps: FeedDeps): Promise<ExceptionTarget[]> {
  const decided: ExceptionTarget[] = [];
  for (let at = 0; at < targets.length; at += parallelMax) {
    const some = targets.slice(at, at + parallelMax);
    const outcomes = await Promise.all(some.map((target) => tellRun(target, word, deps)));
    const told = some.filter((_, i) => outcomes[i]);
    await deps.store.exceptions.told(told, word);
    decided.push(...told);
  }
  return decided;
}

async function decideDeliveries(targets: readonly ExceptionTarget[], word: Word, deps: FeedDeps): Promise<ExceptionTarget[]> {
  const { decision, ...more } = word;
  if (decision !== 'retry' && decision !== 'skip') return [];
  const inboxId = (t: ExceptionTarget): string => t.subject.slice('inbox/'.length);
  const moved = new Set(await deps.store.exceptions.decideDeliveries(targets.map(inboxId), { ...more, decision }));
  return targets.filter((t) => moved.has(inboxId(t)));
}

/** Why a decision passes one by, in plain words. */
function whyLeft({ kind }: ExceptionTarget, claimed: boolean, { decision, mapping }: Word): string {
  if (!claimed) return 'another person is deciding it';
  if (kind === 'connector') return 'a paused connector goes on by itself';
  if (kind === 'delivery') return decision === 'undo' ? 'nothing was posted from a delivery: retry it, or skip it' : 'it waits to be handled already';
  if (decision === 'undo') return 'its run has ended: retry it, which begins it anew, and undo it then';
  return mapping === undefined ? 'its run has ended, and no delivery of its order is here: send the order again from the source, or skip it' : 'its run has ended, and begins anew with the versions it had: retry it without a mapping';
}

/**
 * The next exceptions of a bulk act, oldest first. Each is claimed first: what another person decided a moment ago is left to them and counted as
 * left out. What this act has told is written down ten at a time, so that after a crash nothing is told twice: not even what failed again meanwhile;
 * and what was on its way at the crash is told about the same word of its run, which takes one decision about it and no second.
 */
export async function decideBatch({ actId, limit }: { actId: string; limit: number }, deps: FeedDeps): Promise<BulkProgress> {
  const act = await deps.store.bulk.get(actId);
  if (!act || act.state === 'done') return { total: act?.total ?? 0, done: act?.done ?? 0, failed: act?.failed ?? 0, left: false };
  const { exceptions, bulk } = deps.store;
  const word = wordOf(act);
  const targets = await exceptions.targets(act.filter, { act: actId, after: act.cursor, upto: act.upto, limit });
  const [before, ended] = [targets.filter((t) => t.told), targets.filter((t) => !t.told && t.closed)];
  await exceptions.told(ended, word);
  const mine = new Set(await exceptions.take(targets.filter((t) => !t.told && !t.closed).map((t) => t.id), { ...word, graceMs }));
  const claimed = targets.filter((t) => mine.has(t.id));
  const decided = [...await decideDeliveries(claimed.filter((t) => t.kind === 'delivery'), word, deps), ...await decideRuns(claimed.filter((t) => t.kind === 'run'), word, deps)];
  const told = new Set(decided.map((t) => t.id));
  await exceptions.release(claimed.filter((t) => !told.has(t.id)).map((t) => t.id), actId);
  const left = targets.filter((t) => !t.told && !t.closed && !told.has(t.id)).map((t) => ({ about: t.subject, why: whyLeft(t, mine.has(t.id), word) }));
  if (left.length > 0) await deps.store.audit.add({ who: act.by, action: leftOutAction, subject: `bulk/${actId}`, detail: { left } });
  const finished = targets.length < limit;
  const done = before.length + ended.length + decided.length;
  await bulk.advance(actId, { from: act.cursor, cursor: targets[targets.length - 1]?.place ?? act.cursor, done, failed: targets.length - done, finished });
  return { total: act.total, done: act.done + done, failed: act.failed + targets.length - done, left: !finished };
}
