import { MasterRecord } from '../../canonical/master';
import { type Candidate } from '../../mapping/sync/match';
import { recordHash } from '../../store/master-snapshot';
import { type SyncIssue } from '../../store/master-types';

const seen = (records: readonly MasterRecord[]): string => records.map((r) => `${r.system}/${r.id} ${recordHash(r)}`).sort().join('\n');

/** Whether a person who saw these very records left them as they are: the question is not asked again until one of them changes, or another comes. */
export function wasLeft(issue: SyncIssue | undefined, record: MasterRecord, candidates: readonly Candidate[]): boolean {
  if (issue?.decision !== 'leave') return false;
  const detail = issue.detail as { record?: unknown; candidates?: { record: unknown }[] } | null;
  const then = MasterRecord.array().safeParse([detail?.record, ...(detail?.candidates ?? []).map((c) => c.record)]);
  return then.success && seen(then.data) === seen([record, ...candidates.map((c) => c.record)]);
}
