import { type MasterRecord, type MasterSystem } from '../../canonical/master';
import { type SalesOrder } from '../../canonical/sales-order';
import { type Pair } from '../../mapping/pair';
import { Matcher, matchKeys, sharedMax } from '../../mapping/sync/match';
import { keptKinds, rulesOf } from '../../mapping/sync/rules';
import { type Store } from '../../store/types';

export type Buyer = Pick<SalesOrder, 'customer' | 'billTo' | 'shipTo'>;
type Known = Pick<Store, 'master' | 'links'>;
const candidatesMax = 200;

function asRecord({ customer, billTo, shipTo }: Buyer, id: string): MasterRecord {
  const told = { name: customer.company ?? customer.name, email: customer.email, phone: customer.phone, 'billing.postalCode': (billTo ?? shipTo)?.postalCode };
  return { kind: 'customer', system: 'gp', id, fields: Object.fromEntries(Object.entries(told).flatMap(([k, v]) => (v ? [[k, v]] : []))), state: 'active', version: new Date(0).toISOString() };
}

export const keepsCustomers = (pair: Pair): boolean => keptKinds(pair.sync).includes('customer');

/**
 * The customer of one system that this buyer is already, as master data knows it: found by the very rules by which records are matched, and only
 * where they are sure. So an order makes no second record of a party that both ledgers, or one of them, have. `free`: only one that stands for nobody yet.
 */
export async function knownCustomer(buyer: Buyer, ask: { pair: Pair; system: MasterSystem; number: string; free?: boolean }, { master }: Known): Promise<MasterRecord | undefined> {
  const { pair: { pairId, sync }, system, number, free } = ask;
  const wanted = asRecord(buyer, number);
  const found = (await master.snapshot.sharing(pairId, 'customer', { system, keys: matchKeys(wanted), limit: candidatesMax, sharedMax })).filter((r) => r.state === 'active' && r.mergedInto === undefined);
  const match = new Matcher(found, rulesOf(sync, 'customer').match).find(wanted);
  if (match.verdict !== 'sure') return undefined;
  const { record } = match.candidate;
  return free && (await master.links.find(pairId, 'customer', [record])).length > 0 ? undefined : record;
}

/**
 * Under which number GP has this buyer, and under which name where it is no customer of the order's own making: master data is not overwritten by
 * what a shop writes. `reserved` is the number of our series, `present` where that one stands now.
 */
export async function customerInGp(buyer: Buyer, ask: { pair: Pair; reserved: string; present: string }, store: Known): Promise<{ number: string; keptName?: string }> {
  const { pair, reserved, present } = ask;
  if (!keepsCustomers(pair)) return { number: present };
  const [standing] = await store.master.snapshot.get(pair.pairId, 'customer', [{ system: 'gp', id: present }]);
  if (present !== reserved) return { number: present, ...(standing?.fields['name'] ? { keptName: standing.fields['name'] } : {}) };
  const known = standing ? undefined : await knownCustomer(buyer, { pair, system: 'gp', number: reserved }, store);
  if (!known) return { number: present };
  await store.links.put({ pairId: pair.pairId, kind: 'customer', from: 'tieout', fromId: reserved, to: 'gp', toId: known.id });
  return { number: known.id, ...(known.fields['name'] ? { keptName: known.fields['name'] } : {}) };
}
