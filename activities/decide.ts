import { type BulkAct, type ExceptionRow } from '../store/types';
import { type BulkProgress } from './contract';
import { type FeedDeps } from './deps';

const parallelMax = 10;

/** One decision on one exception; false when there is nothing left that could take it. */
async function decideOne(row: ExceptionRow, act: BulkAct, deps: FeedDeps): Promise<boolean> {
  const { decision, reason, from } = act.decision;
  if (row.closedAt !== undefined) return true;
  if (row.kind === 'run') return deps.decideRun(row.subject, { by: act.by, decision, reason, ...(from ? { from } : {}), at: deps.now().toISOString() });
  if (row.kind === 'connector') return true;
  const id = row.subject.slice('inbox/'.length);
  if (decision === 'retry') await deps.store.inbox.replay(id);
  else if (decision === 'skip') await deps.store.inbox.finish(id, { state: 'ignored', note: `skipped by ${act.by}: ${reason}` });
  else return false;
  await deps.store.exceptions.close(row.subject, { decision, by: act.by, reason });
  return true;
}

/** The next exceptions of a bulk act, oldest first. The cursor moves after them: a crash decides some again, which changes nothing. */
export async function decideBatch({ actId, limit }: { actId: string; limit: number }, deps: FeedDeps): Promise<BulkProgress> {
  const act = await deps.store.bulk.get(actId);
  if (!act || act.state === 'done') return { total: act?.total ?? 0, done: act?.done ?? 0, failed: act?.failed ?? 0, left: false };
  const rows = await deps.store.exceptions.list({ ...act.filter, open: true, after: act.cursor, upto: act.upto, limit });
  const outcomes: boolean[] = [];
  for (let at = 0; at < rows.length; at += parallelMax) outcomes.push(...await Promise.all(rows.slice(at, at + parallelMax).map((row) => decideOne(row, act, deps))));
  const done = outcomes.filter(Boolean).length;
  const finished = rows.length < limit;
  const step = { cursor: rows[rows.length - 1]?.place ?? act.cursor, done, failed: outcomes.length - done, finished };
  await deps.store.bulk.advance(actId, step);
  return { total: act.total, done: act.done + step.done, failed: act.failed + step.failed, left: !finished };
}
