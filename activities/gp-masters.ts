import { heals, type Outcome } from '../canonical/failure';
import { type MasterSide, type MasterWrite, type MasterWritten } from '../canonical/master';
import { failureToThrow, valueOrThrow } from './failing';
import { type Gate, type InOrder } from './gate';
import { type GpMasterActivities, type WriteOutcome } from './master/contract';

/** `gate` is where writes wait while GP is away; `inOrder` keeps the writes of one record in the order they came. */
export type GpMasterHands = { side: MasterSide; gate: Gate; inOrder: InOrder };

/** Records of one answer: what a page of an activity may weigh. */
const readMax = 500;
/** Writes of one record at a time; of different ones as many as these at once. */
const atOnce = 4;

const keyOf = (write: MasterWrite): string => `master/${write.kind}/${write.id ?? write.newId ?? write.foreignId ?? ''}`;

async function writeOne(write: MasterWrite, { side, gate, inOrder }: GpMasterHands): Promise<Outcome<MasterWritten>> {
  return inOrder.run(keyOf(write), () => gate.through(async () => (await side.write([write]))[0] ?? { ok: false, failure: { code: 'bug', system: 'gp', message: 'A write had no outcome.', fix: 'Tell the makers of Tieout.' } }));
}

/**
 * Each write has its own outcome. What only time can heal is thrown when all others are done, so that the page is asked for again: what stands by then
 * is found as it was wanted and not written twice.
 */
async function writeAll(writes: readonly MasterWrite[], hands: GpMasterHands): Promise<WriteOutcome[]> {
  const outcomes: WriteOutcome[] = [];
  const queue = writes.map((write, at) => ({ write, at }));
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) outcomes[next.at] = await writeOne(next.write, hands);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, writes.length) }, work));
  for (const outcome of outcomes) if (!outcome.ok && heals(outcome.failure.code)) throw failureToThrow(outcome.failure);
  return outcomes;
}

/** Master data by the agent beside GP. Reads answer at once that GP is away; writes wait in line at the gate, like every other write of the agent. */
export function createGpMasterActivities(hands: GpMasterHands): GpMasterActivities {
  return {
    readGpMasters: async ({ kind, since, cursor, refs, limit }) => {
      if (refs) return { records: valueOrThrow(await hands.side.read(kind, refs)), watermark: since ?? new Date(0).toISOString() };
      return valueOrThrow(await hands.side.changedSince({ kind, limit: Math.min(limit, readMax), ...(since === undefined ? {} : { since }), ...(cursor === undefined ? {} : { cursor }) }));
    },
    writeGpMasters: ({ writes }) => writeAll(writes, hands),
  };
}
