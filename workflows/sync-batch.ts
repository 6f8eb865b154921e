import { continueAsNew, defineQuery, defineSignal, setCurrentDetails, setHandler, workflowInfo } from '@temporalio/workflow';
import type { SyncSample } from '../activities/master/contract';
import { masterBooks, masters } from './activities';
import { queryNames, signalNames } from './names';
import { attempt } from './steps/attempt';
import { findGone, readGp, readXero } from './steps/read-sides';
import { settlePage } from './steps/settle-page';
import { addTotals, type BatchState, newBatch, progressOf, type SyncBatchInput, type SyncEnd, type SyncProgress } from './sync-state';

const pageMax = 100;
/** What changed while a batch ran is taken in once more at its end; after that the next one takes it. */
const passesMax = 3;
/** Bytes of history after which a batch goes on in a fresh one: a page of records is heavy. */
const historyMax = 3_000_000;

/** Where a batch that was stopped in its pages goes on: all that it read is marked still. */
async function begin(input: SyncBatchInput, state: BatchState): Promise<void> {
  if (input.batchId === undefined) return;
  const { batchId, pairId, kinds, kind, mode, who } = input;
  const { totals } = await masterBooks.trackBatch({ batchId, pairId, kinds, mode, who, atWork: kind });
  const known = totals[kind];
  state.base = Object.entries(totals).reduce((sum, [k, t]) => sum + (k === kind ? 0 : t.looked), 0);
  if (known !== undefined && mode !== 'preview') Object.assign(state, { totals: known, before: known.looked, stage: 'pages' });
}

async function beginPages(input: SyncBatchInput, state: BatchState): Promise<void> {
  const { changed } = await masterBooks.loadSync({ pairId: input.pairId, kind: input.kind });
  state.pagesFrom = Date.now();
  state.total = Math.max(state.total, state.totals.looked + (input.mode === 'preview' ? state.totals.read : changed));
}

async function track(input: SyncBatchInput, state: BatchState, samples: SyncSample[] = []): Promise<void> {
  const { batchId, pairId, kinds, kind, mode, who } = input;
  if (batchId === undefined) return;
  const total = state.base + (state.stage === 'done' && !state.trouble ? state.totals.looked : Math.max(state.total, state.totals.looked));
  const shown = samples.filter((s) => state.samples < pageMax || s.does === 'partly');
  await masterBooks.trackBatch({ batchId, pairId, kinds, mode, who, ...(state.stage === 'done' ? { left: kind } : { atWork: kind }), total, totals: { [kind]: state.totals }, ...(shown.length > 0 ? { samples: shown } : {}) });
  state.samples += samples.filter((s) => s.does !== 'partly').length;
}

/** One page; at the end what changed meanwhile is looked at once more. */
async function page(input: SyncBatchInput, state: BatchState): Promise<void> {
  const { pairId, kind, mode } = input;
  if (state.pagesFrom === undefined) await beginPages(input, state);
  const { totals, samples, next, trouble } = await settlePage({ pairId, kind, limit: pageMax, ...(state.after === undefined ? {} : { after: state.after }), ...(mode === 'preview' ? { preview: true } : {}) });
  state.totals = addTotals(state.totals, totals);
  if (next === undefined) { delete state.after; state.pass += 1; } else state.after = next;
  if (trouble) { state.trouble = trouble; state.stage = 'done'; } else if (next === undefined) {
    const again = mode !== 'preview' && state.pass <= passesMax && (await masterBooks.loadSync({ pairId, kind })).changed > 0;
    if (!again) state.stage = 'done';
  }
  await track(input, state, samples);
}

async function step(input: SyncBatchInput, state: BatchState): Promise<void> {
  switch (state.stage) {
    case 'read-xero': return readXero({ input, state });
    case 'read-gp': return readGp({ input, state });
    case 'gone-xero': case 'gone-gp': return findGone({ input, state });
    case 'mark': await masters.markMasters({ pairId: input.pairId, kind: input.kind }); state.stage = 'pages'; return;
    case 'pages': return page(input, state);
    case 'done': return;
  }
}

/**
 * All changed records of one kind, a hundred at a time: both sides are read, compared, written and read back. Its workflow id lets no second one of
 * the pair and kind run beside it. Nothing but counts is kept here: what is to be done stands as marks in the store, so a stop, a crash or a fresh
 * history loses nothing, and the next page plans what the last one left.
 */
export async function syncBatch(input: SyncBatchInput): Promise<SyncEnd> {
  const state = input.resume ?? newBatch(input, Date.now());
  setHandler(defineSignal(signalNames.stopSync), () => { state.stopped = true; }, { description: 'Ends after the page that is under way' });
  setHandler(defineQuery<SyncProgress>(queryNames.progress), () => progressOf(input, state, Date.now()), { description: 'How far it is, how fast, and how long it will take' });
  for (let first = input.resume === undefined; state.stage !== 'done' && !state.stopped; first = false) {
    const ended = await attempt(() => (first ? begin(input, state) : step(input, state)));
    if (!ended.ok) return { state: 'failed', totals: state.totals, note: ended.failure.message };
    const { done, total } = progressOf(input, state, Date.now());
    setCurrentDetails(`${input.kind}: ${state.stage}, ${done} of ${total}; ${state.totals.created} made, ${state.totals.updated} updated, ${state.totals.issues} to decide`);
    if (workflowInfo().continueAsNewSuggested || workflowInfo().historySize > historyMax) await continueAsNew<typeof syncBatch>({ ...input, resume: state });
  }
  if (state.trouble) return { state: 'failed', totals: state.totals, note: `${state.trouble.message} ${state.trouble.fix}` };
  return { state: state.stopped && state.stage !== 'done' ? 'stopped' : 'done', totals: state.totals };
}
