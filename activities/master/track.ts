import { type MasterActivities } from './contract';
import { type MasterDeps } from './deps';

/** Examples that a batch keeps for people. */
const samplesMax = 60;

/** Keeps how far a batch is. One run at a time writes the totals of a kind; those of the others stay. */
export async function trackBatch(input: Parameters<MasterActivities['trackBatch']>[0], { store }: MasterDeps): ReturnType<MasterActivities['trackBatch']> {
  const { batches } = store.master;
  const { batchId, pairId, kinds, mode, who, total, totals, samples = [], end, note } = input;
  const before = await batches.start({ id: batchId, pairId, kinds, mode, who });
  const now = { total: total ?? before.total, totals: { ...before.totals, ...totals } };
  const kept = samples.length > 0 ? [...before.samples, ...samples].slice(0, samplesMax) : undefined;
  if (total !== undefined || totals || kept) await batches.progress(batchId, { ...now, ...(kept ? { samples: kept } : {}) });
  if (end) await batches.end(batchId, end, note);
  return now;
}
