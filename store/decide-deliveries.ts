import { type Kysely, sql } from 'kysely';
import { type Tables } from './schema';
import { type Decided } from './types';

/** What the trail keeps of one decision about one exception. */
export const trailOf = ({ id, subject }: { id: string; subject: string }, { decision, by, reason, act, from }: Decided): { who: string; action: string; subject: string; detail: string } =>
  ({ who: by, action: `exception:${decision}`, subject, detail: JSON.stringify({ reason, exception: id, act, ...(from ? { from } : {}) }) });

const subjectOf = (inboxId: string): string => `inbox/${inboxId}`;

/** Deliveries put back in line, or aside, with the end of their exceptions: a crash leaves all of it or nothing, so that none is handled without its exception closing or the other way round. */
export async function decideDeliveries(db: Kysely<Tables>, inboxIds: readonly string[], decision: Decided & { decision: 'retry' | 'skip' }): Promise<string[]> {
  if (inboxIds.length === 0) return [];
  const { by, reason, act } = decision;
  const these = sql<boolean>`id = any(${[...inboxIds]}::uuid[])`;
  return db.transaction().execute(async (tx) => {
    const moved = decision.decision === 'retry'
      ? await tx.updateTable('inbox').set({ state: 'new', attempts: 0, due_at: new Date(), claimed_until: null, handled_at: null, reason: null, note: `retried by ${by}: ${reason}` }).where(these).where('state', 'in', ['parked', 'ignored', 'started']).returning('id').execute()
      : await tx.updateTable('inbox').set({ state: 'ignored', handled_at: new Date(), claimed_until: null, note: `skipped by ${by}: ${reason}` }).where(these).where('state', '=', 'parked').returning('id').execute();
    const subjects = moved.map((r) => subjectOf(r.id));
    const closed = subjects.length === 0 ? [] : await tx.updateTable('exceptions').set({ closed_at: new Date(), outcome: decision.decision === 'retry' ? 'handled again' : 'ignored', decision: decision.decision, decided_by: by, reason, told_act: act })
      .where('run_id', 'in', subjects).where('closed_at', 'is', null).returning(['id', 'run_id']).execute();
    const known = new Map(closed.map((r) => [r.run_id, r.id]));
    if (subjects.length > 0) await tx.insertInto('audit').values(subjects.map((subject) => trailOf({ id: known.get(subject) ?? '', subject }, decision))).execute();
    return moved.map((r) => r.id);
  });
}
