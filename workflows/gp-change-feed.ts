import { desk, feed, gpOn } from './activities';

/** At most this many orders are read back from GP in one look. */
const readMax = 100;

/**
 * One look at what changed in a GP company since the last one: a schedule starts it, nothing is polled per order. The overlap and the hash of
 * what each run was last told make a second look harmless; the watermark moves only after every run was told.
 */
export async function gpChangeFeed(input: { pairId: string }): Promise<{ orders: number; signalled: number }> {
  const { since, pending, gpQueue, periodsDue } = await desk.loadFeed(input);
  const gp = gpOn(gpQueue);
  if (periodsDue) await feed.refreshCalendar({ pairId: input.pairId, periods: await gp.readFiscalPeriods() });
  const changes = await gp.readChanges({ since });
  const { orderKeys } = await desk.matchChanges({ pairId: input.pairId, orderNumbers: changes.orderNumbers, receiptNumbers: changes.receiptNumbers,
    watermark: changes.watermark, pending: pending.length > 0 });
  const wanted = [...new Set([...orderKeys, ...pending])];
  let signalled = 0;
  let waiting = pending;
  if (wanted.length === 0) return { orders: 0, signalled };
  for (let from = 0; from < wanted.length; from += readMax) {
    const states = await gp.readOrderStates({ orderKeys: wanted.slice(from, from + readMax) });
    const last = from + readMax >= wanted.length;
    const delivered = await feed.deliverChanges({ pairId: input.pairId, states, watermark: last ? changes.watermark : since, pending: waiting });
    waiting = delivered.pending;
    signalled += delivered.signalled;
  }
  return { orders: wanted.length, signalled };
}
