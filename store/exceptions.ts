import { randomUUID } from 'node:crypto';
import { type Kysely, type Selectable, sql } from 'kysely';
import { causeOf, classOf, type Failure, type FailureClass, type FailureCode, ownerOf } from '../canonical/failure';
import { decideDeliveries, trailOf } from './decide-deliveries';
import { conditionsOf, narrow, ownerColumn } from './exception-filter';
import { type KeyRing, open, seal } from './sealing';
import { type Tables } from './schema';
import { type ExceptionFilter, type ExceptionKind, type ExceptionRow, type ExceptionStore, type Incident } from './types';

/** Causes told at once; more is no list that anybody reads. */
const incidentsMax = 500;
const place = (subject: string): string => `exceptions/${subject}`;
/** Free for another decision; which act decided last, and about which word, is kept, so that an act that was cut off tells nothing twice. */
const freed = { taken_at: null, taken_by: null, taken_decision: null, taken_reason: null };
const untaken = { ...freed, taken_act: null, taken_stand: null };

function endOf(r: Selectable<Tables['exceptions']>): Partial<ExceptionRow> {
  return {
    ...(r.closed_at ? { closedAt: r.closed_at.toISOString() } : {}), ...(r.decision ? { decision: r.decision } : {}), ...(r.decided_by ? { by: r.decided_by } : {}), ...(r.reason ? { reason: r.reason } : {}), ...(r.outcome ? { outcome: r.outcome } : {}),
    ...(r.taken_at && !r.closed_at ? { taken: { decision: r.taken_decision ?? '', by: r.taken_by ?? '', reason: r.taken_reason ?? '', at: r.taken_at.toISOString() } } : {}),
  };
}

function toRow(ring: KeyRing, r: Selectable<Tables['exceptions']>): ExceptionRow & { place: string } {
  const failure = JSON.parse(r.failure) as Failure;
  const evidence = r.evidence === null ? undefined : (JSON.parse(open(ring, place(r.run_id), r.evidence).toString('utf8')) as Failure['evidence']);
  return {
    place: String(r.seq), id: r.id, kind: r.kind as ExceptionKind, subject: r.run_id, pairId: r.pair_id, step: r.step, class: r.class as FailureClass, code: r.code as FailureCode, cause: r.cause, owner: r.assigned ?? r.owner, attempts: r.attempts, stand: r.stand,
    failure: { ...failure, ...(evidence ? { evidence } : {}) }, openedAt: r.opened_at.toISOString(), updatedAt: r.updated_at.toISOString(), ...(r.source_id ? { sourceId: r.source_id } : {}),
    ...(r.system ? { system: r.system } : {}), ...(r.document ? { document: r.document } : {}), ...(r.order_id ? { orderId: r.order_id } : {}), ...(r.order_name ? { orderName: r.order_name } : {}), ...(r.amount ? { amount: r.amount } : {}), ...(r.currency ? { currency: r.currency } : {}),
    ...endOf(r),
  };
}

/** Open exceptions of one cause as one incident: how many, since when, the money in them, and the words of the oldest one. */
async function incidentsOf(db: Kysely<Tables>, filter: ExceptionFilter): Promise<Incident[]> {
  const groups = await narrow(db.selectFrom('exceptions').select(['cause', 'kind', 'code', 'class', sql<string>`min(${ownerColumn})`.as('first_owner'), sql<string>`max(${ownerColumn})`.as('last_owner'), sql<string>`count(*)`.as('n'),
    sql<Date>`min(opened_at)`.as('since'), sql<Date>`max(updated_at)`.as('latest'), sql<string>`min(seq)`.as('oldest')]), filter).groupBy(['cause', 'kind', 'code', 'class']).orderBy('n', 'desc').orderBy('since').limit(incidentsMax).execute();
  if (groups.length === 0) return [];
  const money = await narrow(db.selectFrom('exceptions').select(['cause', 'kind', 'code', 'class', 'currency', sql<string>`sum(amount)::text`.as('amount')]), filter).where('amount', 'is not', null).groupBy(['cause', 'kind', 'code', 'class', 'currency']).orderBy('currency').execute();
  const words = new Map((await db.selectFrom('exceptions').select(['seq', 'failure']).where('seq', 'in', groups.map((g) => g.oldest)).execute()).map((r) => [String(r.seq), JSON.parse(r.failure) as Failure]));
  return groups.map((g) => ({
    cause: g.cause, kind: g.kind as ExceptionKind, code: g.code as FailureCode, class: g.class as FailureClass, owner: g.first_owner === g.last_owner ? g.first_owner : 'several', count: Number(g.n), since: new Date(g.since).toISOString(), latest: new Date(g.latest).toISOString(),
    message: words.get(String(g.oldest))?.message ?? '', fix: words.get(String(g.oldest))?.fix ?? '',
    money: money.filter((m) => m.cause === g.cause && m.kind === g.kind && m.code === g.code && m.class === g.class && m.currency !== null).map((m) => ({ currency: m.currency ?? '', amount: m.amount })),
  }));
}

/** At most one open exception per subject; it closes when its record goes on. */
export function createExceptions(db: Kysely<Tables>, ring: KeyRing): ExceptionStore {
  return {
    async open({ kind = 'run', subject, pairId, sourceId, step, stand = 0, failure: { evidence, ...failure }, orderId, orderName, amount, currency }) {
      const id = randomUUID();
      const cause = causeOf(failure);
      const assigned = sql<string | null>`(select c.owner from cause_owners c where c.cause = ${cause})`;
      // A process that died between this row and its run's memory of it says the same word again: that is no further attempt.
      const again = sql<number>`case when ${stand}::bigint > 0 and exceptions.stand >= ${stand}::bigint then 0 else 1 end`;
      const told = {
        step, stand, failure: JSON.stringify(failure), class: classOf(failure.code), code: failure.code, cause, system: failure.system ?? null, document: failure.document ?? null, source_id: sourceId ?? null, order_id: orderId ?? null, order_name: orderName ?? null,
        amount: amount ?? null, currency: currency ?? null, owner: ownerOf[classOf(failure.code)], evidence: evidence ? seal(ring, place(subject), JSON.stringify(evidence)) : null, updated_at: new Date(), ...freed,
      };
      const row = await db.insertInto('exceptions').values({ id, kind, run_id: subject, pair_id: pairId, closed_at: null, decision: null, decided_by: null, reason: null, outcome: null, assigned, ...told })
        .onConflict((c) => c.column('run_id').where('closed_at', 'is', null).doUpdateSet({ ...told, assigned: sql<string | null>`coalesce(exceptions.assigned, ${assigned})`, attempts: sql<number>`exceptions.attempts + ${again}` })).returning('id').executeTakeFirstOrThrow();
      return { id: row.id, fresh: row.id === id };
    },
    async close(subject, { outcome, decision, by, reason }) {
      await db.updateTable('exceptions').set({
        closed_at: new Date(), outcome, decision: decision ?? sql<string | null>`taken_decision`, decided_by: by ?? sql<string | null>`taken_by`, reason: reason ?? sql<string | null>`taken_reason`,
      }).where('run_id', '=', subject).where('closed_at', 'is', null).execute();
    },
    async get(id) {
      const row = await db.selectFrom('exceptions').selectAll().where('id', '=', id).executeTakeFirst();
      return row ? toRow(ring, row) : undefined;
    },
    async list({ limit = 100, before, ...filter }) {
      let query = narrow(db.selectFrom('exceptions').selectAll(), filter).limit(limit).orderBy('seq', 'desc');
      if (before !== undefined) query = query.where('seq', '<', before);
      return (await query.execute()).map((r) => toRow(ring, r));
    },
    async targets(filter, { act, after, upto, limit }) {
      const open = sql.join(conditionsOf({ ...filter, open: true }), sql` and `);
      const rows = await db.selectFrom('exceptions').select(['id', 'kind', 'run_id', 'seq', sql<boolean>`coalesce(told_act = ${act}, false)`.as('told'), sql<boolean>`closed_at is not null`.as('closed'), sql<number>`case when taken_act = ${act} then taken_stand else stand end`.as('about')])
        .where('seq', '>', after).where('seq', '<=', upto).where(sql<boolean>`(told_act = ${act} or taken_act = ${act} or (${open}))`).orderBy('seq').limit(limit).execute();
      return rows.map((r) => ({ id: r.id, kind: r.kind as ExceptionKind, subject: r.run_id, stand: r.about, place: String(r.seq), told: r.told, closed: r.closed }));
    },
    incidents: (filter) => incidentsOf(db, filter),
    async standings(filter) {
      const rows = await narrow(db.selectFrom('exceptions').select(['kind', 'step', sql<string>`count(*)`.as('n')]), filter).groupBy(['kind', 'step']).orderBy('n', 'desc').execute();
      return rows.map((r) => ({ kind: r.kind as ExceptionKind, step: r.step, count: Number(r.n) }));
    },
    async count(filter) {
      const row = await narrow(db.selectFrom('exceptions').select([sql<string>`count(*)`.as('n'), sql<string>`coalesce(max(seq), 0)`.as('upto')]), filter).executeTakeFirstOrThrow();
      return { count: Number(row.n), upto: String(row.upto) };
    },
    async take(ids, { decision, by, reason, act, graceMs }) {
      if (ids.length === 0) return [];
      const free = sql<boolean>`(taken_at is null or taken_act = ${act} or taken_at < now() - ${graceMs}::int * interval '1 millisecond')`;
      const rows = await db.updateTable('exceptions').set({ taken_at: new Date(), taken_by: by, taken_decision: decision, taken_reason: reason, taken_act: act, taken_stand: sql<number>`case when taken_act = ${act} then taken_stand else stand end` })
        .where(sql<boolean>`id = any(${[...ids]}::uuid[])`).where('closed_at', 'is', null).where(free).returning('id').execute();
      return rows.map((r) => r.id);
    },
    async told(targets, decision) {
      if (targets.length === 0) return;
      await db.transaction().execute(async (tx) => {
        await tx.updateTable('exceptions').set({ told_act: decision.act }).where(sql<boolean>`id = any(${targets.map((t) => t.id)}::uuid[])`).execute();
        await tx.insertInto('audit').values(targets.map((t) => trailOf(t, decision))).execute();
      });
    },
    decideDeliveries: (inboxIds, decision) => decideDeliveries(db, inboxIds, decision),
    async release(ids, act) { await db.updateTable('exceptions').set(untaken).where(sql<boolean>`id = any(${[...ids]}::uuid[])`).where('taken_act', '=', act).execute(); },
    async assign(filter, { owner, by }) {
      return db.transaction().execute(async (tx) => {
        if (filter.cause !== undefined && owner === null) await tx.deleteFrom('cause_owners').where('cause', '=', filter.cause).execute();
        if (filter.cause !== undefined && owner !== null) await tx.insertInto('cause_owners').values({ cause: filter.cause, owner, who: by }).onConflict((c) => c.column('cause').doUpdateSet({ owner, who: by, at: new Date() })).execute();
        const conditions = conditionsOf({ ...filter, open: true });
        const query = conditions.reduce((q, condition) => q.where(condition), tx.updateTable('exceptions').set({ assigned: owner }));
        return Number((await query.executeTakeFirst()).numUpdatedRows);
      });
    },
  };
}
