import { type Client } from '@temporalio/client';

type Event = { workflowExecutionStartedEventAttributes?: object | null; workflowExecutionSignaledEventAttributes?: object | null; activityTaskStartedEventAttributes?: { attempt?: number | null } | null; timerStartedEventAttributes?: object | null;
  upsertWorkflowSearchAttributesEventAttributes?: object | null; markerRecordedEventAttributes?: { workflowTaskCompletedEventId?: unknown } | null; workflowExecutionContinuedAsNewEventAttributes?: object | null; startChildWorkflowExecutionInitiatedEventAttributes?: object | null };

/**
 * Events and Temporal Cloud's actions of one history (https://docs.temporal.io/cloud/actions): one for the start, each signal, each attempt of an
 * activity, each timer, upsert of search attributes, continue-as-new and child; all local activities of one workflow task are one.
 */
export function countHistory(events: readonly Event[]): { events: number; actions: number } {
  const markerTasks = new Set(events.flatMap((e) => (e.markerRecordedEventAttributes ? [String(e.markerRecordedEventAttributes.workflowTaskCompletedEventId)] : [])));
  const one = events.filter((e) => e.workflowExecutionStartedEventAttributes ?? e.workflowExecutionSignaledEventAttributes ?? e.timerStartedEventAttributes ?? e.upsertWorkflowSearchAttributesEventAttributes
    ?? e.workflowExecutionContinuedAsNewEventAttributes ?? e.startChildWorkflowExecutionInitiatedEventAttributes).length;
  const attempts = events.reduce((n, e) => n + (e.activityTaskStartedEventAttributes ? Math.max(1, e.activityTaskStartedEventAttributes.attempt ?? 1) : 0), 0);
  return { events: events.length, actions: one + attempts + markerTasks.size };
}

/** Counts of the newest closed runs of a type. */
export async function countRuns(client: Client, workflowType: string, most: number): Promise<{ events: number; actions: number }[]> {
  const counts: { events: number; actions: number }[] = [];
  for await (const { workflowId, runId } of client.workflow.list({ query: `WorkflowType='${workflowType}' AND ExecutionStatus='Completed'`, pageSize: most })) {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    counts.push(countHistory(events ?? []));
    if (counts.length >= most) break;
  }
  return counts;
}
