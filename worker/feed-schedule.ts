import { type Client, ScheduleAlreadyRunning, ScheduleOverlapPolicy } from '@temporalio/client';
import { type Pair } from '../mapping/pair';
import { changeFeedScheduleId, taskQueues, workflowTypes } from '../workflows/names';

/** One change feed per pair: made when missing, brought up to date when its rhythm changed. A missed look is not caught up, the next one sees all. */
export async function ensureChangeFeed(client: Client, pair: Pair): Promise<void> {
  const scheduleId = changeFeedScheduleId(pair.pairId);
  const spec = { intervals: [{ every: `${pair.gp.feedSeconds}s` as const }] };
  const policies = { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '10s' as const };
  const action = { type: 'startWorkflow' as const, workflowType: workflowTypes.gpChangeFeed, workflowId: `gp-change-feed/${pair.pairId}/run`, taskQueue: taskQueues.orchestration,
    args: [{ pairId: pair.pairId }] as [{ pairId: string }], workflowExecutionTimeout: '10 minutes' as const };
  try {
    await client.schedule.create({ scheduleId, spec, policies, action });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await client.schedule.getHandle(scheduleId).update((before) => ({ ...before, spec, policies: { ...before.policies, ...policies }, action }));
  }
}
