import { type LedgerOrderState } from '../canonical/ledger';
import { type Store } from '../store/types';
import { type FeedActivities, type MovedCustomer } from './contract';
import { type FeedDeps } from './deps';

const aliasOf = (pairId: string, fromId: string): { pairId: string; kind: string; from: string; fromId: string; to: string } => ({ pairId, kind: 'customer', from: 'tieout', fromId, to: 'gp' });
const contactOf = (pairId: string, fromId: string): { pairId: string; kind: string; from: string; fromId: string; to: string } => ({ pairId, kind: 'customer', from: 'gp', fromId, to: 'xero' });

/** A customer may be combined more than once; a ring of numbers ends. */
const movesMax = 5;

/** Where the customer we reserved this number for stands in GP now. */
export async function presentNumber(pairId: string, reserved: string, { links }: Pick<Store, 'links'>): Promise<string> {
  let number = reserved;
  for (let move = 0; move < movesMax; move += 1) {
    const next = await links.get(aliasOf(pairId, number));
    if (next === undefined || next === reserved) break;
    number = next;
  }
  return number;
}

/** GP order number → its run, and the customer it was entered under. */
export type KnownOrders = Awaited<ReturnType<Store['documents']['ordersOf']>>;

/** Customers under which GP has an order other than the one we entered it under, where we do not know of it yet. */
export async function movedCustomers(pairId: string, { states, orders }: { states: readonly LedgerOrderState[]; orders: KnownOrders }, store: Pick<Store, 'links'>): Promise<MovedCustomer[]> {
  const moved: MovedCustomer[] = [];
  for (const { customerNumber: to, orderNumber, status } of states) {
    const from = orders[orderNumber]?.customer;
    if (to === undefined || status === 'voided' || from === undefined || from === to) continue;
    if (await presentNumber(pairId, from, store) !== to) moved.push({ from, to, orderNumber });
  }
  return moved;
}

/**
 * Points the cross-reference of customers that are gone from GP to where their documents went; old documents keep what stands on them. An order that
 * a person gave to another customer moves no customer: the old number is still there.
 */
export async function followCustomers({ pairId, moved, standing }: Parameters<FeedActivities['followCustomers']>[0], { store, log }: Pick<FeedDeps, 'store' | 'log'>): Promise<{ followed: number }> {
  const gone = moved.filter(({ from }) => !standing.includes(from));
  for (const { from, to, orderNumber } of gone) {
    if (await presentNumber(pairId, from, store) === to) continue;
    await store.links.put({ ...aliasOf(pairId, from), toId: to });
    const contactId = await store.links.get(contactOf(pairId, from));
    if (contactId !== undefined && await store.links.get(contactOf(pairId, to)) === undefined) await store.links.put({ ...contactOf(pairId, to), toId: contactId });
    await store.audit.add({ who: 'tieout', action: 'customer:re-pointed', subject: from, detail: { from, to, seenOn: orderNumber } });
    log.warn({ pairId, from, to }, 'a customer was combined or renumbered in GP: later orders go to its new number');
  }
  return { followed: gone.length };
}
