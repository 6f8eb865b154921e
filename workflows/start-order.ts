import { defineSearchAttributeKey, type SearchAttributePair, WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from '@temporalio/common';
import { currentEdition, type OrderToCashInput } from './messages';
import { orderWorkflowId, searchAttributeNames, taskQueues } from './names';

const keyword = (name: string): ReturnType<typeof defineSearchAttributeKey<'KEYWORD'>> => defineSearchAttributeKey(name, 'KEYWORD');

function attributes(input: OrderToCashInput): SearchAttributePair[] {
  return [
    { key: keyword(searchAttributeNames.pair), value: input.pairId }, { key: keyword(searchAttributeNames.source), value: input.sourceId }, { key: keyword(searchAttributeNames.order), value: input.orderId },
    { key: keyword(searchAttributeNames.phase), value: 'received' }, { key: defineSearchAttributeKey(searchAttributeNames.needsAttention, 'BOOL'), value: false },
  ];
}

type StartOptions = { taskQueue: string; workflowId: string; args: [OrderToCashInput]; typedSearchAttributes: SearchAttributePair[]; staticSummary: string; staticDetails: string; workflowIdReusePolicy: WorkflowIdReusePolicy };

/** How whoever starts an order's run starts it: under its business key, in the current edition, at most once at a time. */
export function startOptions(input: OrderToCashInput): StartOptions {
  const workflowId = orderWorkflowId(input);
  return {
    taskQueue: taskQueues.orchestration, workflowId, args: [{ ...input, edition: currentEdition }], typedSearchAttributes: attributes(input), staticSummary: `Order ${input.orderId} of ${input.sourceId} → GP and Xero`,
    staticDetails: `Pair **${input.pairId}**. The same story: \`GET /runs/${encodeURIComponent(workflowId)}\``, workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
  };
}

/** The same for an order whose run has ended, however it ended. */
export const reopenOptions = (input: OrderToCashInput & { reopen: { seq: number } }): StartOptions & { workflowIdConflictPolicy: WorkflowIdConflictPolicy } =>
  ({ ...startOptions(input), workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE, workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL });
