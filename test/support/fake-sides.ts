import { type GpMasterActivities, type WriteOutcome, type XeroMasterActivities } from '../../activities/master/contract';
import { type FakeSide } from '../../activities/master/fake-side.test-data';
import { type MasterRecord, type MasterWrite } from '../../canonical/master';
import { type Outcome } from '../../canonical/failure';
import { matchKeys } from '../../mapping/sync/match';
import { type Store } from '../../store/types';

const value = <T>(outcome: Outcome<T>): T => { if (!outcome.ok) throw new Error(outcome.failure.message); return outcome.value; };

/** Both sides of the contract over ledgers in memory. `before` runs ahead of every write call: to be slow, to be cut off, to change something meanwhile. */
export function fakeSideActivities(gp: FakeSide, xero: FakeSide, more: { store: Store; before?(side: FakeSide, writes: MasterWrite[]): Promise<void> }): { gp: GpMasterActivities; xero: XeroMasterActivities } {
  const write = async (side: FakeSide, writes: MasterWrite[]): Promise<WriteOutcome[]> => { await more.before?.(side, writes); return side.write(writes); };
  const read = async (side: FakeSide, ask: { kind: MasterRecord['kind']; since?: string; refs?: string[] }): Promise<{ records: MasterRecord[]; watermark: string }> =>
    ask.refs ? { records: value(await side.read(ask.kind, ask.refs)), watermark: '' } : value(await side.changedSince({ kind: ask.kind, limit: 1, ...(ask.since === undefined ? {} : { since: ask.since }) }));
  return {
    xero: {
      pullXeroMasters: async ({ pairId, ...ask }) => {
        const { records } = await read(xero, ask);
        return { read: records.length, changed: await more.store.master.snapshot.keep(pairId, records.map((record) => ({ record, keys: matchKeys(record) })), { mark: true }) };
      },
      writeXeroMasters: ({ writes }) => write(xero, writes),
    },
    gp: {
      readGpMasters: async ({ cursor = '0', limit, ...ask }) => {
        const { records, watermark } = await read(gp, ask);
        const page = records.slice(Number(cursor), Number(cursor) + limit);
        const end = Number(cursor) + page.length;
        return { records: page, watermark, ...(end < records.length ? { next: String(end) } : {}) };
      },
      writeGpMasters: ({ writes }) => write(gp, writes),
    },
  };
}
