import { type Client, ScheduleOverlapPolicy, type Workflow, WorkflowExecutionAlreadyStartedError, WorkflowIdConflictPolicy, WorkflowIdReusePolicy, WorkflowNotFoundError } from '@temporalio/client';
import { type MasterKind } from '../canonical/master';
import { type MasterChanged, type MasterDecided } from '../workflows/messages';
import { queryNames, signalNames, syncBatchId, syncRecordId, syncRunId, syncScheduleId, taskQueues, workflowTypes } from '../workflows/names';
import { type SyncRunInput } from '../workflows/sync-run';
import { type SyncProgress } from '../workflows/sync-state';

/** One master record with its counterpart: `key` is `gp/<id>` where it is linked, else `<system>/<id>`. */
export type RecordRef = { pairId: string; kind: MasterKind; key: string };

/** The api's way to the synchronisation of master data. */
export interface SyncDoor {
  /** Starts a batch, or goes on with one that was stopped; `running` where it is at work already. */
  start(run: SyncRunInput): Promise<'started' | 'running'>;
  stop(batchId: string): Promise<'sent' | 'finished'>;
  /** How far the kind that is at work now is, as its run tells it; undefined when it cannot be asked. */
  progress(batch: { id: string; pairId: string; mode: string }): Promise<SyncProgress | undefined>;
  /** A record changed on one side: its run reads it and settles the pair. Told more than once it does it once. */
  changed(record: RecordRef, ref: MasterChanged): Promise<void>;
  decide(record: RecordRef, word: MasterDecided): Promise<void>;
  /** A look at both sides now: something may have been missed. However often it is asked for, one more follows the one at work. */
  sweep(pairId: string): Promise<void>;
}

const askMs = 2_000;
const noteMs = 5_000;

export function createSyncDoor(client: Client): SyncDoor {
  const noted = <T>(ask: () => Promise<T>): Promise<T> => client.withDeadline(Date.now() + noteMs, ask);
  const tell = async (record: RecordRef, signal: string, word: MasterChanged | MasterDecided): Promise<void> => {
    await noted(() => client.workflow.signalWithStart<Workflow, [typeof word]>(workflowTypes.syncRecord, {
      taskQueue: taskQueues.orchestration, workflowId: syncRecordId(record), args: [record], signal, signalArgs: [word], staticSummary: `${record.kind} ${record.key} between GP and Xero`, workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
    }));
  };
  return {
    async start(run) {
      try {
        await noted(() => client.workflow.start<Workflow>(workflowTypes.syncRun, { taskQueue: taskQueues.orchestration, workflowId: syncRunId(run.batchId), args: [run], staticSummary: `${run.mode} of ${run.kinds.join(', ')} between GP and Xero`, workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL }));
        return 'started';
      } catch (error) { if (error instanceof WorkflowExecutionAlreadyStartedError) return 'running'; throw error; }
    },
    async stop(batchId) {
      try { await noted(() => client.workflow.getHandle(syncRunId(batchId)).signal(signalNames.stopSync)); return 'sent'; } catch (error) { if (error instanceof WorkflowNotFoundError) return 'finished'; throw error; }
    },
    async progress({ id, pairId, mode }) {
      const ask = <T>(workflowId: string): Promise<T> => client.withDeadline(Date.now() + askMs, () => client.workflow.getHandle(workflowId).query<T>(queryNames.progress));
      try {
        const { now } = await ask<{ now?: MasterKind }>(syncRunId(id));
        return now === undefined ? undefined : await ask<SyncProgress>(syncBatchId({ pairId, kind: now, preview: mode === 'preview' }));
      } catch { return undefined; }
    },
    changed: (record, ref) => tell(record, signalNames.masterChanged, ref),
    decide: (record, word) => tell(record, signalNames.masterDecided, word),
    async sweep(pairId) {
      try { await noted(() => client.schedule.getHandle(syncScheduleId(pairId)).trigger(ScheduleOverlapPolicy.BUFFER_ONE)); } catch (error) { if (!/not found/i.test(error instanceof Error ? `${error.name} ${error.message}` : '')) throw error; }
    },
  };
}
