import { type MasterActivities, type SyncSample } from './contract';
import { type MasterDeps } from './deps';
import { tellWork } from './watermark';

/** Examples that a batch keeps for people; of what is held only in part as many again. */
const samplesMax = 60;

function joined(before: readonly unknown[], now: readonly SyncSample[]): unknown[] {
  const all = [...before, ...now];
  const partly = (s: unknown): boolean => (s as SyncSample).does === 'partly';
  return [...all.filter((s) => !partly(s)).slice(0, samplesMax), ...all.filter(partly).slice(0, samplesMax)];
}

/** Keeps how far a batch is. One run at a time writes the totals of a kind; those of the others stay. */
export async function trackBatch(input: Parameters<MasterActivities['trackBatch']>[0], deps: MasterDeps): ReturnType<MasterActivities['trackBatch']> {
  const { batches } = deps.store.master;
  const { batchId, pairId, kinds, mode, who, total, totals, samples = [], atWork, left, end, note } = input;
  if (atWork && mode !== 'preview') await tellWork(pairId, atWork, { ...deps, works: true });
  if (left && mode !== 'preview') await tellWork(pairId, left, { ...deps, works: false });
  const before = await batches.start({ id: batchId, pairId, kinds, mode, who });
  const now = { total: total ?? before.total, totals: { ...before.totals, ...totals } };
  const kept = samples.length > 0 ? joined(before.samples, samples) : undefined;
  if (total !== undefined || totals || kept) await batches.progress(batchId, { ...now, ...(kept ? { samples: kept } : {}) });
  if (end) await batches.end(batchId, end, note);
  return now;
}
