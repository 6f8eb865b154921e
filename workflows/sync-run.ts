import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { type ChildWorkflowHandle, condition, defineQuery, defineSignal, setHandler, startChild } from '@temporalio/workflow';
import type { SyncMode } from '../activities/master/contract';
import type { MasterKind } from '../canonical/master';
import { masterBooks } from './activities';
import { queryNames, signalNames, syncBatchId } from './names';
import { failureOf } from './steps/attempt';
import { syncBatch } from './sync-batch';
import type { SyncEnd } from './sync-state';

export type SyncRunInput = { batchId: string; pairId: string; kinds: MasterKind[]; mode: SyncMode; who: string };
type RunProgress = { now?: MasterKind; ended: Partial<Record<MasterKind, SyncEnd>> };
type Run = { input: SyncRunInput; stopped: boolean; progress: RunProgress; child?: ChildWorkflowHandle<typeof syncBatch> };

/** How long a batch of the same kind that runs already is waited for; a scheduled one is over sooner. */
const waitMs = 10 * 60_000;
const everyMs = 2_000;

/** The batch of one kind; while another one of the pair and kind runs, it waits for its turn. */
async function begin(run: Run, kind: MasterKind): Promise<ChildWorkflowHandle<typeof syncBatch> | undefined> {
  const { input: { batchId, pairId, kinds, mode, who } } = run;
  for (let waited = 0; waited < waitMs && !run.stopped; waited += everyMs) {
    try {
      return await startChild(syncBatch, { workflowId: syncBatchId({ pairId, kind, preview: mode === 'preview' }), args: [{ pairId, kind, kinds, mode, who, batchId, look: true }], staticSummary: `${mode} of ${kind} between GP and Xero` });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      await condition(() => run.stopped, everyMs);
    }
  }
  return undefined;
}

async function one(run: Run, kind: MasterKind): Promise<SyncEnd['state']> {
  run.progress.now = kind;
  const child = await begin(run, kind);
  if (!child) return run.stopped ? 'stopped' : 'failed';
  run.child = child;
  if (run.stopped) await child.signal(signalNames.stopSync);
  const end = await child.result();
  delete run.child;
  run.progress.ended[kind] = end;
  return end.state;
}

/**
 * What a person started: one kind after another, each in a batch of its own, the ones that others name first. Stopping ends after the page under
 * way; started again under the same id it goes on there.
 */
export async function syncRun(input: SyncRunInput): Promise<RunProgress & { state: SyncEnd['state'] }> {
  const run: Run = { input, stopped: false, progress: { ended: {} } };
  setHandler(defineSignal(signalNames.stopSync), async () => { run.stopped = true; await run.child?.signal(signalNames.stopSync); }, { description: 'Ends after the page that is under way' });
  setHandler(defineQuery<RunProgress>(queryNames.progress), () => run.progress, { description: 'Which kind is at work, and how the others ended' });
  const { batchId, pairId, kinds, mode, who } = input;
  const track = (end?: SyncEnd['state'], note?: string): Promise<unknown> => masterBooks.trackBatch({ batchId, pairId, kinds, mode, who, ...(end ? { end } : {}), ...(note ? { note } : {}) });
  await track();
  let state: SyncEnd['state'] = 'done';
  const notes: string[] = [];
  for (const kind of kinds) {
    if (run.stopped) { state = 'stopped'; break; }
    try {
      const ended = await one(run, kind);
      if (ended !== 'done') state = state === 'failed' ? state : ended;
      const note = run.progress.ended[kind]?.note ?? (ended === 'failed' ? 'another batch of it is still running' : undefined);
      if (note !== undefined) notes.push(`${kind}: ${note}`);
    } catch (error) { state = 'failed'; notes.push(`${kind}: ${failureOf(error).message}`); }
  }
  delete run.progress.now;
  await track(state, notes.join('; ').slice(0, 1_000));
  return { ...run.progress, state };
}
