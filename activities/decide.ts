import { type BulkAct, type ExceptionTarget } from '../store/types';
import { type BulkProgress } from './contract';
import { type FeedDeps } from './deps';

const parallelMax = 10;
/** How long another person's decision keeps an exception to itself; then it is taken for lost on its way. */
const graceMs = 60_000;

/** One decision on one exception; false when there is nothing left that could take it. */
async function decideOne(target: ExceptionTarget, act: BulkAct, deps: FeedDeps): Promise<boolean> {
  const { decision, reason, from } = act.decision;
  if (target.kind === 'run') {
    const told = await deps.decideRun(target.subject, { by: act.by, decision, reason, ...(from ? { from } : {}), at: deps.now().toISOString(), about: target.stand });
    if (!told && decision === 'skip') await deps.store.exceptions.close(target.subject, { outcome: 'the run had ended', decision, by: act.by, reason });
    return told || decision === 'skip';
  }
  if (target.kind === 'connector') return false;
  const id = target.subject.slice('inbox/'.length);
  if (decision === 'retry') await deps.store.inbox.replay(id);
  else if (decision === 'skip') await deps.store.inbox.finish(id, { state: 'ignored', note: `skipped by ${act.by}: ${reason}` });
  else return false;
  await deps.store.exceptions.close(target.subject, { outcome: decision === 'retry' ? 'handled again' : 'ignored', decision, by: act.by, reason });
  return true;
}

/**
 * The next exceptions of a bulk act, oldest first. Each is claimed first: what another person decided a moment ago is left to them and counted as
 * failed. The cursor moves after them: a crash decides some again, which changes nothing, because a run takes one decision about one word of its own.
 */
export async function decideBatch({ actId, limit }: { actId: string; limit: number }, deps: FeedDeps): Promise<BulkProgress> {
  const act = await deps.store.bulk.get(actId);
  if (!act || act.state === 'done') return { total: act?.total ?? 0, done: act?.done ?? 0, failed: act?.failed ?? 0, left: false };
  const { exceptions, audit } = deps.store;
  const { decision, reason, from } = act.decision;
  const targets = await exceptions.targets({ ...act.filter, open: true }, { after: act.cursor, upto: act.upto, limit });
  const mine = new Set(await exceptions.take(targets.map((t) => t.id), { decision, by: act.by, reason, act: actId, graceMs }));
  const claimed = targets.filter((t) => mine.has(t.id));
  const decided: ExceptionTarget[] = [];
  for (let at = 0; at < claimed.length; at += parallelMax) {
    const some = claimed.slice(at, at + parallelMax);
    const outcomes = await Promise.all(some.map((target) => decideOne(target, act, deps)));
    decided.push(...some.filter((_, i) => outcomes[i]));
  }
  const done = new Set(decided.map((t) => t.id));
  await exceptions.release(claimed.filter((t) => !done.has(t.id)).map((t) => t.id), actId);
  await audit.add(...decided.map((t) => ({ who: act.by, action: `exception:${decision}`, subject: t.subject, detail: { reason, exception: t.id, bulk: actId, ...(from ? { from } : {}) } })));
  const finished = targets.length < limit;
  const step = { cursor: targets[targets.length - 1]?.place ?? act.cursor, done: decided.length, failed: targets.length - decided.length, finished };
  await deps.store.bulk.advance(actId, step);
  return { total: act.total, done: act.done + step.done, failed: act.failed + step.failed, left: !finished };
}
