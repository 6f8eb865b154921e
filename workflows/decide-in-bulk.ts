import { continueAsNew, defineQuery, setCurrentDetails, setHandler } from '@temporalio/workflow';
import type { BulkProgress } from '../activities/contract';
import { feed } from './activities';
import { queryNames } from './names';

const batchMax = 100;
/** Batches in one history; far below what a history may hold. */
const batchesMax = 200;

/** One decision over many exceptions, a hundred at a time; the store holds the cursor, so a crash goes on where it stopped. */
export async function decideInBulk(input: { actId: string }): Promise<BulkProgress> {
  let progress: BulkProgress = { total: 0, done: 0, failed: 0, left: true };
  setHandler(defineQuery<BulkProgress>(queryNames.progress), () => progress, { description: 'How many are decided' });
  for (let batch = 0; progress.left; batch += 1) {
    if (batch >= batchesMax) await continueAsNew<typeof decideInBulk>(input);
    progress = await feed.decideBatch({ actId: input.actId, limit: batchMax });
    setCurrentDetails(`${progress.done} of ${progress.total} decided, ${progress.failed} left out`);
  }
  return progress;
}
