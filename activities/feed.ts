import { createHash } from 'node:crypto';
import { type Failure } from '../canonical/failure';
import { type LedgerOrderState } from '../canonical/ledger';
import { type Pair } from '../mapping/pair';
import { keepCalendar } from './calendar';
import { type FeedActivities } from './contract';
import { type FeedDeps } from './deps';
import { decideBatch } from './decide';
import { valueOrThrow } from './failing';
import { followCustomers, type KnownOrders, movedCustomers } from './feed-customers';
import { sweepSource } from './sweep';

/**
 * What a run can act on: posted invoices, unposted ones that have waited long enough for a draft, an undone order, and receipts once there is
 * an invoice to settle. Everything else changes nothing for it and is not told, so that a run is woken once, not at every touch.
 */
export function actionable(state: LedgerOrderState, pair: Pair, now: Date): LedgerOrderState | undefined {
  const aged = (changedAt: string): boolean => now.getTime() - Date.parse(changedAt) >= pair.policies.draftAfterSeconds * 1000;
  const wanted = state.invoices.filter((i) => i.posted || i.voided || (pair.policies.unpostedInvoice === 'draft' && aged(i.changedAt)));
  if (wanted.length === 0 && state.status !== 'voided') return undefined;
  return { ...state, invoices: wanted, status: wanted.length === state.invoices.length ? state.status : 'open' };
}

/** Signals under way at once. */
const tellMax = 20;

/** Stamps move without meaning; the hash is over what a run would act on. */
function actionableHash(states: readonly LedgerOrderState[]): string {
  const views = states.map((state) => ({ status: state.status, invoices: state.invoices.map(({ changedAt: _at, ...i }) => i), receipts: state.receipts.map((r) => [r.number, r.posted, r.voided]) }));
  return createHash('sha256').update(JSON.stringify(views)).digest('hex').slice(0, 32);
}

type View = { orderKey: string; state: LedgerOrderState; view: LedgerOrderState | undefined; unposted: boolean };

function viewOf(orderKey: string, state: LedgerOrderState, more: { pair: Pair; now: Date }): View {
  const unposted = state.invoices.some((i) => !i.posted && !i.voided) || state.receipts.some((r) => !r.posted && !r.voided);
  return { orderKey, state, view: actionable(state, more.pair, more.now), unposted };
}

/** What each run has to look at, with one hash over all of its GP orders: an edited order has more than one. */
async function newsOf(views: readonly View[], orders: KnownOrders, deps: FeedDeps): Promise<{ runId: string; orderKey: string; views: LedgerOrderState[]; hash: string }[]> {
  const last = await deps.store.feed.lastTold([...new Set(Object.values(orders).map((o) => o.runId))]);
  const byRun = new Map<string, { orderKey: string; views: LedgerOrderState[] }>();
  for (const { orderKey, state, view } of views) {
    const runId = orders[state.orderNumber]?.runId;
    if (runId === undefined || !view) continue;
    byRun.set(runId, { orderKey, views: [...(byRun.get(runId)?.views ?? []), view] });
  }
  return [...byRun].map(([runId, news]) => ({ runId, ...news, hash: actionableHash(news.views) })).filter(({ runId, hash }) => last[runId] !== hash);
}

/** Tells each run what changed for it since it was last told, many at once, and keeps what was told. */
async function tell(views: readonly View[], orders: KnownOrders, deps: FeedDeps): Promise<number> {
  const news = await newsOf(views, orders, deps);
  for (let at = 0; at < news.length; at += tellMax) {
    const told: Record<string, string> = {};
    await Promise.all(news.slice(at, at + tellMax).map(async ({ runId, orderKey, views: changed, hash }) => {
      let open = true;
      for (const view of changed) open = await deps.tellRun(runId, view);
      if (open) told[runId] = hash;
      else deps.log.info({ run: runId, orderKey }, 'the ledger moved for a run that has ended');
    }));
    await deps.store.feed.told(told);
  }
  return news.length;
}

/** What the one incident of a connector is about. */
export const connectorSubject = (pairId: string, system: string): string => `connector/${pairId}/${system}`;

/** Changes that the last look told of: its window overlaps the next one's, and what did not move since need not be read again. */
export const seenFact = (pairId: string): string => `gp-feed-seen/${pairId}`;

/** Opens or closes the one incident of a connector. */
export async function reportConnector({ store }: Pick<FeedDeps, 'store'>, { pairId, system, failure }: { pairId: string; system: string; failure?: Failure | undefined }): Promise<void> {
  const subject = connectorSubject(pairId, system);
  if (failure) await store.exceptions.open({ kind: 'connector', subject, pairId, step: 'connection', failure: { ...failure, system } });
  else await store.exceptions.close(subject, { outcome: 'resumed by itself' });
}

/** Activities of the change feed; see the contract. */
export function createFeedActivities(deps: FeedDeps): FeedActivities {
  return {
    decideBatch: (input) => decideBatch(input, deps),
    sweepSource: (input) => sweepSource(input, deps),
    reportConnector: ({ pairId, system, failure }) => reportConnector(deps, { pairId, system, failure }),
    deliverChanges: async ({ pairId, states, watermark, pending, marks }) => {
      const more = { pair: await deps.pairs.get(pairId), now: deps.now() };
      const views = Object.entries(states).flatMap(([orderKey, found]) => found.map((state) => viewOf(orderKey, state, more)));
      const orders = await deps.store.documents.ordersOf(pairId, [...new Set(views.map(({ state }) => state.orderNumber))]);
      const signalled = await tell(views, orders, deps);
      const moved = await movedCustomers(pairId, { states: views.map(({ state }) => state), orders }, deps.store);
      const still = new Set([...pending.filter((key) => states[key] === undefined), ...views.filter((v) => v.unposted).map((v) => v.orderKey)]);
      const next = [...still].slice(0, 500);
      await deps.store.facts.put(`gp-feed-pending/${pairId}`, next);
      if (marks) await deps.store.facts.put(seenFact(pairId), marks);
      await deps.store.watermarks.set(`gp-feed/${pairId}`, watermark);
      return { signalled, pending: next, ...(moved.length > 0 ? { moved } : {}) };
    },
    followCustomers: (input) => followCustomers(input, deps),
    refreshCalendar: async ({ pairId, periods }) => {
      const organisation = valueOrThrow(await deps.xero(pairId).readOrganisation());
      await keepCalendar(deps.store, pairId, { periods, organisation });
    },
  };
}
