import { type Outcome } from '../../canonical/failure';
import { type MasterSide, type MasterWritten } from '../../canonical/master';
import { type GpClient } from './types';

/** Records of one call of `write`: each is a document of its own in GP, so this bounds only how long a call may last. */
const writeMax = 50;
/** Documents under way at once; the service works on few at a time. */
const atOnce = 4;

/** GP's master records as the synchronisation sees them. */
export function gpMasterSide(client: Pick<GpClient, 'changedMasters' | 'readMasters' | 'writeMaster'>): MasterSide {
  return {
    system: 'gp', writeMax,
    changedSince: (ask) => client.changedMasters(ask),
    read: (kind, ids) => client.readMasters(kind, ids),
    async write(writes) {
      const outcomes: Outcome<MasterWritten>[] = [];
      const queue = writes.map((write, at) => ({ write, at }));
      const work = async (): Promise<void> => {
        for (let next = queue.shift(); next; next = queue.shift()) outcomes[next.at] = await client.writeMaster(next.write);
      };
      await Promise.all(Array.from({ length: Math.min(atOnce, writes.length) }, work));
      return outcomes;
    },
  };
}

