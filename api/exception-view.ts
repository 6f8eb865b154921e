import { isSafeNumber, parse } from 'lossless-json';
import { type ExceptionFilter as Filter, type ExceptionRow as Row, type OrderEdit } from '../store/types';
import { retrySteps, type RetryStep } from '../workflows/messages';
import { type ApiDeps } from './deps';
import { Problem } from './problem';
import { isUuid } from './schemas';

/** Entries of one record's trail that are told; a record decided more often than this has another problem. */
const trailMax = 300;

export const inboxIdOf = (subject: string): string => subject.slice('inbox/'.length);
export const isDelivery = (row: Pick<Row, 'kind'>): boolean => row.kind === 'delivery';

/** A row as lists tell it: without what was sent and answered, which is told of one exception at a time. */
export const listed = ({ subject, failure: { evidence: _evidence, ...failure }, place: _place, ...row }: Row & { place?: string }): object =>
  ({ ...row, subject, failure, ...(row.kind === 'run' ? { runId: subject } : {}), ageSeconds: Math.max(0, Math.round((Date.now() - Date.parse(row.openedAt)) / 1000)) });

/** The fields that narrow; those that page or are absent are left out. */
export const filterOf = ({ limit: _limit, open: _open, before: _before, ...filter }: Record<string, unknown>): Filter => Object.fromEntries(Object.entries(filter).filter(([, v]) => v !== undefined)) as Filter;

export async function findException(params: Record<string, string>, { store }: ApiDeps): Promise<Row> {
  const row = isUuid(params['id']) ? await store.exceptions.get(params['id'] ?? '') : undefined;
  if (!row) throw new Problem(404, 'No such exception');
  return row;
}

/** What may be decided about it now. */
export const decisionsOf = (row: Row): string[] => (row.closedAt !== undefined ? [] : row.kind === 'run' ? ['retry', 'edit', 'skip', 'undo'] : row.kind === 'delivery' ? ['retry', 'skip'] : []);

/** The failed step and those before it: where a retry can begin. An undo goes on where it stopped. */
export function stepsOf(row: Pick<Row, 'kind' | 'step'>): RetryStep[] {
  if (row.kind !== 'run' || row.step === 'undo') return [];
  const at = retrySteps.findIndex((s) => s === row.step);
  return at < 0 ? [...retrySteps] : retrySteps.slice(0, at + 1);
}

/** Text → JSON for people: a number that JavaScript would round (an id beyond 2^53, a long decimal) stays text; what is no JSON stays as it is. */
export function parsedText(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try { return parse(text, undefined, (digits) => (isSafeNumber(digits) ? Number(digits) : digits)); } catch { return text; }
}

/** The source's own words: the order kept with the exception, or the delivery as it came, byte for byte. */
async function beforeOf(row: Row, { store }: ApiDeps): Promise<string | undefined> {
  if (row.kind === 'run') return (await store.copies.get(row.subject))?.source;
  return isDelivery(row) ? (await store.inbox.get(inboxIdOf(row.subject)))?.rawBody.toString('utf8') : undefined;
}

type Detail = { reason?: string; from?: string; to?: string; act?: string; edit?: number };
/** Who decided what about this record, when and why, oldest first; a correction with what it changed. */
async function trailOf(row: Row, edits: readonly OrderEdit[], { store }: ApiDeps): Promise<object[]> {
  const entries = await store.audit.list({ subject: row.subject, limit: trailMax });
  return entries.reverse().map(({ at, who, action, detail }) => {
    const { reason, from, to, act, edit } = (detail ?? {}) as Detail;
    const diff = edit === undefined ? undefined : edits[edit - 1]?.diff;
    return { at, who, action, ...(reason ? { reason } : {}), ...(from ? { from } : {}), ...(to ? { to } : {}), ...(act ? { act } : {}), ...(diff ? { diff } : {}) };
  });
}

/** One exception with everything a person needs to decide about it. */
export async function showException(row: Row, deps: ApiDeps): Promise<object> {
  const { store } = deps;
  const [copy, before, edits, run] = await Promise.all([store.copies.get(row.subject), beforeOf(row, deps), store.copies.edits(row.subject), store.runs.get(row.subject)]);
  return {
    exception: { ...listed(row), failure: row.failure }, before: parsedText(before), after: parsedText(copy?.canonical), coded: parsedText(copy?.coded), decisions: decisionsOf(row), steps: row.closedAt === undefined ? stepsOf(row) : [],
    edits: edits.map(({ by, reason, at, active, diff }) => ({ by, reason, at, active, diff })), trail: await trailOf(row, edits, deps), ...(run ? { story: run.story } : {}),
  };
}
