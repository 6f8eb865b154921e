import { type Kysely, type RawBuilder, sql } from 'kysely';
import { type Tables } from './schema';
import { type Arrival, type DocumentStore } from './types';

/** An order that was delivered and not taken within this time does not hold its buyer's later ones up any longer. */
const patience = '1 hour';

/** Fixed width, so that texts compare like dates and then like numbers. */
const placeAt = (placedAt: string): string => `${new Date(placedAt).toISOString()}/`;

type Run = { pairId: string; sourceId: string; orderId: string; runId: string };
/** `order-to-cash/<pair>/<source>/`: what the run ids of one source begin with. */
const runsOf = ({ runId, orderId }: Run): string => runId.slice(0, runId.length - orderId.length);

/** Deliveries of the same buyer before this order's first one that speak of another order, of which nothing is known yet: neither a document nor a story. */
const arrivingBefore = (run: Run): RawBuilder<{ order_id: string }> => sql<{ order_id: string }>`select i.order_id from inbox i join mine m on i.buyer = m.buyer and i.seq < m.seq
  where i.pair_id = ${run.pairId} and i.source_id = ${run.sourceId} and i.order_id <> ${run.orderId} and i.state in ('new', 'started') and i.received_at > now() - ${sql.lit(patience)}::interval
  and not exists (select 1 from runs r where r.run_id = ${runsOf(run)}::text || i.order_id) and not exists (select 1 from documents d where d.run_id = ${runsOf(run)}::text || i.order_id) order by i.seq limit 1`;

const firstDelivery = (run: Run, inboxIds?: readonly string[]): RawBuilder<unknown> => (inboxIds
  ? sql`select seq, buyer from inbox where id in (${sql.join(inboxIds.map((id) => sql`${id}::uuid`))}) order by seq limit 1`
  : sql`select seq, buyer from inbox where pair_id = ${run.pairId} and source_id = ${run.sourceId} and order_id = ${run.orderId} order by seq limit 1`);

const placeOf = (row: { run_id: string; number: string | null } | undefined): { runId: string; number: string } | undefined => (row?.number ? { runId: row.run_id, number: row.number } : undefined);

type Intended = Parameters<DocumentStore['intendInLine']>[0];
/** Writes the intents, the order's own at this place of the line. */
type Intend = (documents: Intended, place: RawBuilder<string>) => RawBuilder<unknown>;

/** GP gets one customer's orders one after another, as they were placed and as they came, whatever numbers they were given. */
export function createCustomerLine(db: Kysely<Tables>, intend: Intend): Pick<DocumentStore, 'intendInLine' | 'leaveLine' | 'beforeInLine' | 'arriving'> {
  return {
    async intendInLine(documents, { sourceId, orderId, placedAt, inboxIds }: Arrival) {
      const [order] = documents;
      const run = { pairId: order.pairId, runId: order.runId, sourceId, orderId };
      const place = sql<string>`${placeAt(placedAt)}::text || lpad(coalesce((select seq from mine), 0)::text, 12, '0')`;
      const { rows } = await sql<{ after: string | null }>`with mine as (${firstDelivery(run, inboxIds.length > 0 ? inboxIds : undefined)}), intended as (${intend(documents, place)}),
        own as (select coalesce((select line_place from documents where pair_id = ${order.pairId} and system = ${order.system} and kind = ${order.kind} and key = ${order.key}), ${place}) as line_place)
        select coalesce((select d.number from documents d, own where d.in_line and d.state = 'intended' and d.pair_id = ${order.pairId} and d.external_id = ${order.externalId} and d.run_id <> ${order.runId}
          and (d.line_place, d.number) < (own.line_place, ${order.number}) order by d.line_place desc, d.number desc limit 1), (${arrivingBefore(run)})) as after`.execute(db);
      const after = rows[0]?.after;
      return after ? { after } : {};
    },
    async leaveLine(runId) {
      return placeOf(await db.with('gone', (q) => q.updateTable('documents').set({ in_line: false }).where('run_id', '=', runId).where('in_line', '=', true).returning(['pair_id', 'external_id']))
        .selectFrom('documents as d').innerJoin('gone as g', (j) => j.onRef('g.pair_id', '=', 'd.pair_id').onRef('g.external_id', '=', 'd.external_id')).select(['d.run_id', 'd.number'])
        .where('d.in_line', '=', true).where('d.state', '=', 'intended').where('d.run_id', '!=', runId).orderBy('d.line_place').orderBy('d.number').limit(1).executeTakeFirst());
    },
    async beforeInLine({ pairId, externalId, runId, number }) {
      return placeOf((await sql<{ run_id: string; number: string | null }>`select d.run_id, d.number from documents d join documents me on me.run_id = ${runId} and me.number = ${number} and me.kind = 'sales-order' and me.system = 'gp'
        where d.in_line and d.state = 'intended' and d.pair_id = ${pairId} and d.external_id = ${externalId} and d.run_id <> ${runId} and (d.line_place, d.number) < (me.line_place, me.number)
        order by d.line_place desc, d.number desc limit 1`.execute(db)).rows[0]);
    },
    async arriving(run) {
      return (await sql<{ order_id: string }>`with mine as (${firstDelivery(run)}) ${arrivingBefore(run)}`.execute(db)).rows[0]?.order_id;
    },
  };
}
