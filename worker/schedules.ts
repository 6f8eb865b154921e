import { type Client, ScheduleAlreadyRunning, ScheduleOverlapPolicy } from '@temporalio/client';
import { type Pair } from '../mapping/pair';
import { keptKinds } from '../mapping/sync/rules';
import { changeFeedScheduleId, sourceSweepScheduleId, syncGpScheduleId, syncScheduleId, taskQueues, workflowTypes } from '../workflows/names';

type Rhythm = { scheduleId: string; seconds: number; workflowType: string; workflowId: string; args: [Record<string, unknown>]; /** A look that was missed or came while one was at work is made up for: once. */ catchUp?: true; /** Orders under way wait for it: it goes before those that are yet to begin. */ first?: true };

/** Made when missing, brought up to date when its rhythm changed. A missed look is not caught up unless its rhythm says so: the next one sees all. */
async function ensure(client: Client, { scheduleId, seconds, workflowType, workflowId, args, catchUp, first }: Rhythm): Promise<void> {
  const spec = { intervals: [{ every: `${seconds}s` as const }] };
  const policies = catchUp ? { overlap: ScheduleOverlapPolicy.BUFFER_ONE, catchupWindow: `${Math.max(600, seconds * 2)}s` as const } : { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '10s' as const };
  const action = { type: 'startWorkflow' as const, workflowType, workflowId, taskQueue: taskQueues.orchestration, args, workflowExecutionTimeout: '10 minutes' as const, ...(first ? { priority: { priorityKey: 1 } } : {}) };
  try {
    await client.schedule.create({ scheduleId, spec, policies, action });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await client.schedule.getHandle(scheduleId).update((before) => ({ ...before, spec, policies: { ...before.policies, ...policies }, action }));
  }
}

/** The looks of one pair: what GP changed, what each source changed that no delivery told of, and what master data changed on either side. */
export async function ensureSchedules(client: Client, pair: Pair): Promise<void> {
  const { pairId } = pair;
  await ensure(client, { scheduleId: changeFeedScheduleId(pairId), seconds: pair.gp.feedSeconds, workflowType: workflowTypes.gpChangeFeed, workflowId: `gp-change-feed/${pairId}/run`, args: [{ pairId }], first: true });
  for (const { id: sourceId, sweepSeconds } of pair.sources) {
    await ensure(client, { scheduleId: sourceSweepScheduleId(pairId, sourceId), seconds: sweepSeconds ?? pair.policies.sweepSeconds, workflowType: workflowTypes.sourceSweep, workflowId: `source-sweep/${pairId}/${sourceId}/run`, args: [{ pairId, sourceId }] });
  }
  if (keptKinds(pair.sync).length === 0) return;
  const { syncSeconds, syncGpSeconds } = pair.policies;
  await ensure(client, { scheduleId: syncScheduleId(pairId), seconds: syncSeconds, workflowType: workflowTypes.syncSweep, workflowId: `sync-sweep/${pairId}/run`, args: [{ pairId, systems: ['gp', 'xero'] }], catchUp: true });
  if (syncGpSeconds < syncSeconds) await ensure(client, { scheduleId: syncGpScheduleId(pairId), seconds: syncGpSeconds, workflowType: workflowTypes.syncSweep, workflowId: `sync-sweep-gp/${pairId}/run`, args: [{ pairId, systems: ['gp'] }] });
}
