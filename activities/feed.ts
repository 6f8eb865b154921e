import { createHash } from 'node:crypto';
import { type Failure } from '../canonical/failure';
import { type LedgerOrderState } from '../canonical/ledger';
import { type Pair } from '../mapping/pair';
import { keepCalendar } from './calendar';
import { type FeedActivities, type MovedCustomer } from './contract';
import { type FeedDeps } from './deps';
import { decideBatch } from './decide';
import { valueOrThrow } from './failing';
import { followCustomers, movedCustomers } from './feed-customers';
import { sweepSource } from './sweep';

type Delivery = { pairId: string; orderKey: string; state: LedgerOrderState };

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

/** Stamps move without meaning; the hash is over what a run would act on. */
function actionableHash(state: LedgerOrderState): string {
  const view = { status: state.status, invoices: state.invoices.map(({ changedAt: _at, ...i }) => i), receipts: state.receipts.map((r) => [r.number, r.posted, r.voided]) };
  return createHash('sha256').update(JSON.stringify(view)).digest('hex').slice(0, 32);
}

async function deliver({ pairId, orderKey, state }: Delivery, deps: FeedDeps): Promise<'told' | 'known' | 'pending'> {
  const pair = await deps.pairs.get(pairId);
  const unposted = state.invoices.some((i) => !i.posted && !i.voided) || state.receipts.some((r) => !r.posted && !r.voided);
  const runs = await deps.store.documents.runsOf(pairId, 'gp', [{ kind: 'sales-order', number: state.orderNumber }]);
  const runId = Object.values(runs)[0];
  const view = actionable(state, pair, deps.now());
  if (!view) return unposted ? 'pending' : 'known';
  if (runId === undefined) return 'known';
  const hash = actionableHash(view);
  if (await deps.store.feed.changed(runId, hash)) {
    const open = await deps.tellRun(runId, view);
    if (open) await deps.store.feed.told(runId, hash);
    else deps.log.info({ run: runId, orderKey }, 'the ledger moved for a run that has ended');
  }
  return unposted ? 'pending' : 'told';
}

/** Opens or closes the one incident of a connector. */
export async function reportConnector({ store }: Pick<FeedDeps, 'store'>, { pairId, system, failure }: { pairId: string; system: string; failure?: Failure | undefined }): Promise<void> {
  const subject = `connector/${pairId}/${system}`;
  if (failure) await store.exceptions.open({ kind: 'connector', subject, pairId, step: 'connection', failure: { ...failure, system } });
  else await store.exceptions.close(subject, { decision: 'resumed by itself' });
}

/** Activities of the change feed; see the contract. */
export function createFeedActivities(deps: FeedDeps): FeedActivities {
  return {
    decideBatch: (input) => decideBatch(input, deps),
    sweepSource: (input) => sweepSource(input, deps),
    reportConnector: ({ pairId, system, failure }) => reportConnector(deps, { pairId, system, failure }),
    deliverChanges: async ({ pairId, states, watermark, pending }) => {
      const moved: MovedCustomer[] = [];
      const still = new Set(pending.filter((key) => states[key] === undefined));
      let signalled = 0;
      for (const [orderKey, found] of Object.entries(states)) {
        for (const state of found) {
          const outcome = await deliver({ pairId, orderKey, state }, deps);
          moved.push(...await movedCustomers(pairId, state, deps.store));
          if (outcome === 'pending') still.add(orderKey);
          if (outcome === 'told') signalled += 1;
        }
      }
      const next = [...still].slice(0, 500);
      await deps.store.facts.put(`gp-feed-pending/${pairId}`, next);
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
