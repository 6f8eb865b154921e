import { randomUUID } from 'node:crypto';
import { type Kysely, type Selectable, type SelectQueryBuilder, sql } from 'kysely';
import { causeOf, classOf, type Failure, type FailureClass, type FailureCode, ownerOf } from '../canonical/failure';
import { type KeyRing, open, seal } from './sealing';
import { type Tables } from './schema';
import { type ExceptionFilter, type ExceptionKind, type ExceptionRow, type ExceptionStore } from './types';

const place = (subject: string): string => `exceptions/${subject}`;

function toRow(ring: KeyRing, r: Selectable<Tables['exceptions']>): ExceptionRow & { place: string } {
  const failure = JSON.parse(r.failure) as Failure;
  const evidence = r.evidence === null ? undefined : (JSON.parse(open(ring, place(r.run_id), r.evidence).toString('utf8')) as Failure['evidence']);
  return {
    place: String(r.seq), id: r.id, kind: r.kind as ExceptionKind, subject: r.run_id, pairId: r.pair_id, step: r.step, class: r.class as FailureClass, code: r.code as FailureCode, cause: r.cause, owner: r.owner, attempts: r.attempts,
    failure: { ...failure, ...(evidence ? { evidence } : {}) }, openedAt: r.opened_at.toISOString(), updatedAt: r.updated_at.toISOString(),
    ...(r.system ? { system: r.system } : {}), ...(r.document ? { document: r.document } : {}), ...(r.order_id ? { orderId: r.order_id } : {}), ...(r.order_name ? { orderName: r.order_name } : {}), ...(r.amount ? { amount: r.amount } : {}), ...(r.currency ? { currency: r.currency } : {}),
    ...(r.closed_at ? { closedAt: r.closed_at.toISOString() } : {}), ...(r.decision ? { decision: r.decision } : {}), ...(r.decided_by ? { by: r.decided_by } : {}), ...(r.reason ? { reason: r.reason } : {}),
  };
}

function narrow<O>(query: SelectQueryBuilder<Tables, 'exceptions', O>, f: ExceptionFilter): SelectQueryBuilder<Tables, 'exceptions', O> {
  let q = query;
  if (f.open !== undefined) q = q.where('closed_at', f.open ? 'is' : 'is not', null);
  for (const [column, value] of [['kind', f.kind], ['class', f.class], ['code', f.code], ['cause', f.cause], ['system', f.system], ['pair_id', f.pairId], ['order_id', f.orderId], ['run_id', f.subject]] as const) {
    if (value !== undefined) q = q.where(column, '=', value);
  }
  if (f.ids !== undefined) q = f.ids.length === 0 ? q.where(sql<boolean>`false`) : q.where('id', 'in', f.ids);
  return q;
}

/** At most one open exception per subject; it closes when its record goes on. */
export function createExceptions(db: Kysely<Tables>, ring: KeyRing): ExceptionStore {
  return {
    async open({ kind = 'run', subject, pairId, step, failure: { evidence, ...failure }, orderId, orderName, amount, currency }) {
      const id = randomUUID();
      const told = {
        step, failure: JSON.stringify(failure), class: classOf(failure.code), code: failure.code, cause: causeOf(failure), system: failure.system ?? null, document: failure.document ?? null, order_id: orderId ?? null, order_name: orderName ?? null,
        amount: amount ?? null, currency: currency ?? null, owner: ownerOf[classOf(failure.code)], evidence: evidence ? seal(ring, place(subject), JSON.stringify(evidence)) : null, updated_at: new Date(),
      };
      const row = await db.insertInto('exceptions').values({ id, kind, run_id: subject, pair_id: pairId, closed_at: null, decision: null, decided_by: null, reason: null, ...told })
        .onConflict((c) => c.column('run_id').where('closed_at', 'is', null).doUpdateSet((eb) => ({ ...told, attempts: eb('exceptions.attempts', '+', 1) }))).returning('id').executeTakeFirstOrThrow();
      return { id: row.id, fresh: row.id === id };
    },
    async close(subject, { decision, by, reason }) {
      await db.updateTable('exceptions').set({ closed_at: new Date(), decision, decided_by: by ?? null, reason: reason ?? null }).where('run_id', '=', subject).where('closed_at', 'is', null).execute();
    },
    async get(id) {
      const row = await db.selectFrom('exceptions').selectAll().where('id', '=', id).executeTakeFirst();
      return row ? toRow(ring, row) : undefined;
    },
    async list({ limit = 100, after, upto, ...filter }) {
      let query = narrow(db.selectFrom('exceptions').selectAll(), filter).limit(limit).orderBy('seq', after === undefined ? 'desc' : 'asc');
      if (after !== undefined) query = query.where('seq', '>', after);
      if (upto !== undefined) query = query.where('seq', '<=', upto);
      return (await query.execute()).map((r) => toRow(ring, r));
    },
    async incidents(filter) {
      const groups = await narrow(db.selectFrom('exceptions').select(['cause', 'kind', 'code', 'class', 'owner', sql<string>`count(*)`.as('n'), sql<Date>`min(opened_at)`.as('since'), sql<Date>`max(updated_at)`.as('latest'),
        sql<string>`(array_agg(failure order by seq))[1]`.as('sample')]), filter).groupBy(['cause', 'kind', 'code', 'class', 'owner']).orderBy('n', 'desc').limit(500).execute();
      const money = await narrow(db.selectFrom('exceptions').select(['cause', 'currency', sql<string>`sum(amount)::text`.as('amount')]), filter).where('amount', 'is not', null).groupBy(['cause', 'currency']).execute();
      return groups.map((g) => {
        const { message, fix } = JSON.parse(g.sample) as Failure;
        return { cause: g.cause, kind: g.kind as ExceptionKind, code: g.code as FailureCode, class: g.class as FailureClass, owner: g.owner, count: Number(g.n), since: new Date(g.since).toISOString(), latest: new Date(g.latest).toISOString(), message, fix,
          money: money.filter((m) => m.cause === g.cause && m.currency !== null).map((m) => ({ currency: m.currency ?? '', amount: m.amount })) };
      });
    },
    async count(filter) {
      const row = await narrow(db.selectFrom('exceptions').select([sql<string>`count(*)`.as('n'), sql<string>`coalesce(max(seq), 0)`.as('upto')]), filter).executeTakeFirstOrThrow();
      return { count: Number(row.n), upto: String(row.upto) };
    },
  };
}
