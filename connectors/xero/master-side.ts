import { type Outcome } from '../../canonical/failure';
import { type MasterSide, type MasterWritten } from '../../canonical/master';
import { type Door } from './door';
import { writeAccount } from './master-accounts';
import { writeList } from './master-list-writes';
import { allAccounts, changedMasters, readMasters } from './master-reads';
import { type XeroMasters } from './master-types';
import { createMasterWriters } from './master-writes';

/** Documents in one call. */
const writeMax = 50;

export function createMasters(door: Door, now: () => Date = () => new Date()): XeroMasters {
  const writers = createMasterWriters(door);
  return {
    changedMasters: (ask) => changedMasters(door, ask, now),
    readMasters: (kind, ids) => readMasters(door, kind, ids),
    async writeMasters(writes) {
      const [first] = writes;
      if (!first) return [];
      if (first.kind === 'customer' || first.kind === 'vendor') return writers.contacts(writes);
      if (first.kind === 'item') return writers.items(writes);
      const outcomes: Outcome<MasterWritten>[] = [];
      if (first.kind !== 'account') {
        for (const write of writes) outcomes.push(await writeList(door, write));
        return outcomes;
      }
      const held = writes.some((w) => w.before !== undefined) ? await allAccounts(door) : undefined;
      for (const write of writes) outcomes.push(held && !held.ok ? held : await writeAccount(door, write, held?.value));
      return outcomes;
    },
  };
}

/** Xero's master records as the synchronisation sees them. */
export const xeroMasterSide = (client: XeroMasters): MasterSide => ({
  system: 'xero', writeMax, changedSince: (ask) => client.changedMasters(ask), read: (kind, ids) => client.readMasters(kind, ids), write: (writes) => client.writeMasters(writes),
});
