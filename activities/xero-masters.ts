import { heals, type Outcome } from '../canonical/failure';
import { type MasterRecord, type MasterSide } from '../canonical/master';
import { matchKeys } from '../mapping/sync/match';
import { type Store } from '../store/types';
import { failureToThrow, valueOrThrow } from './failing';
import { type Gate } from './gate';
import { type XeroMasterActivities } from './master/contract';

/** `gate` is where writes wait while Xero is away. */
export type XeroMasterHands = { store: Pick<Store, 'master'>; side(pairId: string): MasterSide; gate(pairId: string): Gate };

const readMax = 500;
/** Pages of one pull; far above what an organisation holds. */
const pagesMax = 500;

/** Contacts are customers and vendors alike: one that stands in the cross-reference as the other kind is not taken for this one too. */
async function ofKind(pairId: string, records: readonly MasterRecord[], { store }: XeroMasterHands): Promise<MasterRecord[]> {
  const [first] = records;
  const other = first?.kind === 'customer' ? 'vendor' : first?.kind === 'vendor' ? 'customer' : undefined;
  if (other === undefined) return [...records];
  const [as, own] = await Promise.all([store.master.links.find(pairId, other, records), first ? store.master.links.find(pairId, first.kind, records) : []]);
  const taken = new Set(as.map((l) => l.xeroId));
  const mine = new Set(own.map((l) => l.xeroId));
  return records.filter((r) => !taken.has(r.id) || mine.has(r.id));
}

/** Master data of Xero, where the store is at hand: reads go into the snapshot page by page, writes wait at the gate like all others. */
export function createXeroMasterActivities(hands: XeroMasterHands): XeroMasterActivities {
  const keep = async (pairId: string, records: readonly MasterRecord[]): Promise<number> => hands.store.master.snapshot.keep(pairId, (await ofKind(pairId, records, hands)).map((record) => ({ record, keys: matchKeys(record) })), { mark: true });
  return {
    async pullXeroMasters({ pairId, kind, since, refs }) {
      const side = hands.side(pairId);
      if (refs) { const records = valueOrThrow(await side.read(kind, refs)); return { read: records.length, changed: await keep(pairId, records) }; }
      const pulled = { read: 0, changed: 0 };
      for (let page = 0, cursor: string | undefined; page < pagesMax; page += 1) {
        const { records, next } = valueOrThrow(await side.changedSince({ kind, limit: readMax, ...(since === undefined ? {} : { since }), ...(cursor === undefined ? {} : { cursor }) }));
        pulled.read += records.length;
        pulled.changed += await keep(pairId, records);
        if (next === undefined) break;
        cursor = next;
      }
      return pulled;
    },
    async writeXeroMasters({ pairId, writes }) {
      let outcomes = [] as Awaited<ReturnType<MasterSide['write']>>;
      // The gate judges the call by its first trouble: a Xero that is away closes it, and all of the page is asked for again.
      const judged = await hands.gate(pairId).through(async (): Promise<Outcome<true>> => {
        outcomes = await hands.side(pairId).write(writes);
        const passing = outcomes.find((o) => !o.ok && heals(o.failure.code));
        return passing && !passing.ok ? passing : { ok: true, value: true };
      });
      if (!judged.ok) throw failureToThrow(judged.failure);
      return outcomes;
    },
  };
}
