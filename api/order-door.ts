import { type Client, type Workflow, WorkflowExecutionAlreadyStartedError, WorkflowIdConflictPolicy, WorkflowIdReusePolicy, WorkflowNotFoundError } from '@temporalio/client';
import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common';
import { type Story } from '../canonical/story';
import { currentEdition, type OrderToCashInput } from '../workflows/messages';
import { bulkWorkflowId, orderWorkflowId, queryNames, searchAttributeNames, signalNames, taskQueues, workflowTypes } from '../workflows/names';
import { type OrderDoor } from './deps';

/** How long a story is waited for before the stored one is told. */
const storyWaitMs = 2_000;
/** How long Temporal may take to note a start or a signal; later it counts as away, and what came through all the same is found by its id. */
const noteMs = 5_000;

const keyword = (name: string): ReturnType<typeof defineSearchAttributeKey<'KEYWORD'>> => defineSearchAttributeKey(name, 'KEYWORD');

function attributes(input: OrderToCashInput): SearchAttributePair[] {
  return [
    { key: keyword(searchAttributeNames.pair), value: input.pairId }, { key: keyword(searchAttributeNames.source), value: input.sourceId }, { key: keyword(searchAttributeNames.order), value: input.orderId },
    { key: keyword(searchAttributeNames.phase), value: 'received' }, { key: defineSearchAttributeKey(searchAttributeNames.needsAttention, 'BOOL'), value: false },
  ];
}

function optionsOf(input: OrderToCashInput): { taskQueue: string; workflowId: string; args: [OrderToCashInput]; typedSearchAttributes: SearchAttributePair[]; staticSummary: string; staticDetails: string; workflowIdReusePolicy: WorkflowIdReusePolicy } {
  const workflowId = orderWorkflowId(input);
  return {
    taskQueue: taskQueues.orchestration, workflowId, args: [{ ...input, edition: currentEdition }], typedSearchAttributes: attributes(input), staticSummary: `Order ${input.orderId} of ${input.sourceId} → GP and Xero`,
    staticDetails: `Pair **${input.pairId}**. The same story: \`GET /runs/${encodeURIComponent(workflowId)}\``, workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
  };
}

const ended = (error: unknown): boolean => error instanceof WorkflowNotFoundError || error instanceof WorkflowExecutionAlreadyStartedError;

/** Starts, signals and asks runs; the workflow id is the business key, so two runs of one order cannot exist. */
export function createOrderDoor(client: Client): OrderDoor {
  const noted = <T>(ask: () => Promise<T>): Promise<T> => client.withDeadline(Date.now() + noteMs, ask);
  const running = async (runId: string): Promise<boolean> => (await client.workflow.getHandle(runId).describe()).status.name === 'RUNNING';
  return {
    async start(input) {
      try {
        await noted(() => client.workflow.start<Workflow>(workflowTypes.orderToCash, { ...optionsOf(input), workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL }));
        return 'started';
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
        return (await noted(() => running(orderWorkflowId(input)))) ? 'running' : 'finished';
      }
    },
    async reopen(input) {
      try {
        await noted(() => client.workflow.start<Workflow>(workflowTypes.orderToCash, { ...optionsOf(input), workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE, workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL }));
        return 'started';
      } catch (error) { if (error instanceof WorkflowExecutionAlreadyStartedError) return 'running'; throw error; }
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
        await noted(() => client.workflow.signalWithStart<Workflow, [typeof payment]>(workflowTypes.orderToCash, { ...optionsOf(input), ...(input.reopen ? { workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE } : {}), signal: signalNames.paymentSeen, signalArgs: [payment] }));
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
