import { type Client, type Workflow, WorkflowExecutionAlreadyStartedError, WorkflowIdConflictPolicy, WorkflowIdReusePolicy, WorkflowNotFoundError } from '@temporalio/client';
import { type Story } from '../canonical/story';
import { bulkWorkflowId, orderWorkflowId, queryNames, signalNames, taskQueues, workflowTypes } from '../workflows/names';
import { reopenOptions, startOptions } from '../workflows/start-order';
import { type OrderDoor } from './deps';

/** How long a story is waited for before the stored one is told. */
const storyWaitMs = 2_000;
/** How long Temporal may take to note a start or a signal; later it counts as away, and what came through all the same is found by its id. */
const noteMs = 5_000;

/** Runs that did not come to an end of their own. */
const endedEarlyQuery = `WorkflowType = '${workflowTypes.orderToCash}' AND ExecutionStatus IN ('Terminated', 'Failed', 'TimedOut', 'Canceled')`;
const endedMax = 1_000;

const ended = (error: unknown): boolean => error instanceof WorkflowNotFoundError || error instanceof WorkflowExecutionAlreadyStartedError;

/** Starts, signals and asks runs; the workflow id is the business key, so two runs of one order cannot exist. */
export function createOrderDoor(client: Client): OrderDoor {
  const noted = <T>(ask: () => Promise<T>): Promise<T> => client.withDeadline(Date.now() + noteMs, ask);
  const running = async (runId: string): Promise<boolean> => (await client.workflow.getHandle(runId).describe()).status.name === 'RUNNING';
  return {
    async start(input) {
      try {
        await noted(() => client.workflow.start<Workflow>(workflowTypes.orderToCash, { ...startOptions(input), workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL }));
        return 'started';
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
        return (await noted(() => running(orderWorkflowId(input)))) ? 'running' : 'finished';
      }
    },
    async reopen(input) {
      try {
        await noted(() => client.workflow.start<Workflow>(workflowTypes.orderToCash, reopenOptions(input)));
        return 'started';
      } catch (error) { if (error instanceof WorkflowExecutionAlreadyStartedError) return 'running'; throw error; }
    },
    isRunning: (runId) => running(runId).catch((error: unknown) => { if (ended(error)) return false; throw error; }),
    async endedEarly() {
      const runs = new Set<string>();
      for await (const { workflowId } of client.workflow.list({ query: endedEarlyQuery })) { if (runs.size >= endedMax) break; runs.add(workflowId); }
      return [...runs];
    },
    async startBulk(actId) {
      await client.workflow.start<Workflow>(workflowTypes.decideInBulk, { taskQueue: taskQueues.orchestration, workflowId: bulkWorkflowId(actId), args: [{ actId }], staticSummary: 'One decision over many exceptions', workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING, workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY })
        .catch((error: unknown) => { if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error; });
    },
    async signal(runId, signal, payload) {
      try { await noted(() => client.workflow.getHandle(runId).signal(signal, payload)); return 'sent'; } catch (error) { if (ended(error)) return 'finished'; throw error; }
    },
    async paymentSeen(input, payment) {
      try {
        await noted(() => client.workflow.signalWithStart<Workflow, [typeof payment]>(workflowTypes.orderToCash, { ...startOptions(input), ...(input.reopen ? { workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE } : {}), signal: signalNames.paymentSeen, signalArgs: [payment] }));
        return 'sent';
      } catch (error) { if (ended(error)) return 'finished'; throw error; }
    },
    async story(runId) {
      try {
        return await client.withDeadline(Date.now() + storyWaitMs, () => client.workflow.getHandle(runId).query<Story>(queryNames.story));
      } catch { return undefined; }
    },
    async ready() {
      try { await client.withDeadline(Date.now() + storyWaitMs, () => client.connection.workflowService.getSystemInfo({})); return true; } catch { return false; }
    },
  };
}
