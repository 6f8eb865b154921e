import { desk, feed, gpReadsOn } from './activities';
import { attempt } from './steps/attempt';

/** At most this many orders are read back from GP in one look. */
const readMax = 100;

type Looked = { orders: number; signalled: number };

async function look(input: { pairId: string }, from: Awaited<ReturnType<typeof desk.loadFeed>>): Promise<Looked> {
  const { since, pending, gpQueue, periodsDue } = from;
  const gp = gpReadsOn(gpQueue);
  if (periodsDue) await feed.refreshCalendar({ pairId: input.pairId, periods: await gp.readFiscalPeriods() });
  const changes = await gp.readChanges({ since, overlapMs: from.overlapMs });
  const { orderKeys } = await desk.matchChanges({ pairId: input.pairId, orderNumbers: changes.orderNumbers, receiptNumbers: changes.receiptNumbers,
    watermark: changes.watermark, pending: pending.length > 0, ...(changes.marks ? { marks: changes.marks } : {}) });
  const wanted = [...new Set([...orderKeys, ...pending])];
  let signalled = 0;
  let waiting = pending;
  for (let at = 0; at < wanted.length; at += readMax) {
    const states = await gp.readOrderStates({ orderKeys: wanted.slice(at, at + readMax) });
    const last = at + readMax >= wanted.length;
    const delivered = await feed.deliverChanges({ pairId: input.pairId, states, watermark: last ? changes.watermark : since, pending: waiting, ...(last && changes.marks ? { marks: changes.marks } : {}) });
    waiting = delivered.pending;
    if (delivered.moved) await feed.followCustomers({ pairId: input.pairId, moved: delivered.moved, standing: await gp.readCustomers({ numbers: delivered.moved.map((m) => m.from) }) });
    signalled += delivered.signalled;
  }
  return { orders: wanted.length, signalled };
}

/**
 * One look at what changed in a GP company since the last one: a schedule starts it, nothing is polled per order. The overlap and the hash of
 * what each run was last told make a second look harmless; the watermark moves only after every run was told. A GP that cannot be reached is told
 * as one incident, which closes with the first look that succeeds.
 */
export async function gpChangeFeed(input: { pairId: string }): Promise<Looked> {
  const from = await desk.loadFeed(input);
  const outcome = await attempt(() => look(input, from));
  if (!outcome.ok) {
    await feed.reportConnector({ pairId: input.pairId, system: 'gp', failure: outcome.failure });
    return { orders: 0, signalled: 0 };
  }
  if (from.troubled) await feed.reportConnector({ pairId: input.pairId, system: 'gp' });
  return outcome.value;
}
