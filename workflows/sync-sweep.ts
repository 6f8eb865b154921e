import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { executeChild, uuid4, workflowInfo } from '@temporalio/workflow';
import type { MasterKind, MasterSystem } from '../canonical/master';
import { gpMasterReadsOn, masterBooks, masters, xeroMasterLooks } from './activities';
import { syncBatchId } from './names';
import { attempt } from './steps/attempt';
import { syncBatch } from './sync-batch';
import { earlier } from './sync-state';

/** More than one page of changes is read by a batch of its own. */
const pageMax = 200;

export type SyncSweepInput = { pairId: string; /** Which sides are asked. */ systems: MasterSystem[] };
type Look = { pairId: string; kind: MasterKind; until: string };

/** The instant for which the schedule started this look, however late it came to run. */
function windowEnd(): string {
  const at = workflowInfo().searchAttributes['TemporalScheduledStartTime']?.[0];
  return at instanceof Date ? at.toISOString() : new Date(Date.now()).toISOString();
}

async function lookAtXero({ pairId, kind, until }: Look, since: string): Promise<void> {
  const { read } = await xeroMasterLooks.pullXeroMasters({ pairId, kind, since });
  await masters.keepMasters({ pairId, records: [], watermark: { kind, system: 'xero', value: until, from: since, heavy: read > pageMax } });
}

/** Answers whether there was more than a page. */
async function lookAtGp({ pairId, kind, until }: Look, { since, gpQueue }: { since: string; gpQueue: string }): Promise<boolean> {
  const { records, next, watermark } = await gpMasterReadsOn(gpQueue).readGpMasters({ kind, since, limit: pageMax });
  if (next !== undefined) return true;
  if (records.length > 0 || watermark > since) await masters.keepMasters({ pairId, records, watermark: { kind, system: 'gp', value: earlier(watermark, until), from: since, heavy: false } });
  return false;
}

/** One kind; answers how many records were looked at. A side that is away is asked by the next look, which begins where this one did. */
async function sweep(look: Look, systems: readonly MasterSystem[]): Promise<number> {
  const { pairId, kind, until } = look;
  const { since, gpQueue, kinds, busy } = await masterBooks.loadSync({ pairId, kind });
  const { gp, xero } = since;
  // A first load is a person's act, after a preview.
  if (gp === undefined || xero === undefined || busy === true) return 0;
  const asked = systems.includes('xero') ? await attempt(() => lookAtXero(look, xero)) : undefined;
  const more = systems.includes('gp') ? await attempt(() => lookAtGp(look, { since: gp, gpQueue })) : undefined;
  const { changed } = await masterBooks.loadSync({ pairId, kind });
  const pages = more?.ok === true && more.value;
  if ((changed === 0 && !pages) || asked?.ok === false) return 0;
  // What one side changed is settled against the other as it is now: an edit there that nobody told of would be written over.
  if (asked === undefined && !(await attempt(() => lookAtXero(look, xero))).ok) return 0;
  const batch = { batchId: uuid4(), pairId, kinds: kinds.filter((k) => k === kind), mode: 'changes' as const, who: 'schedule' };
  try {
    const { totals, state, note } = await executeChild(syncBatch, { workflowId: syncBatchId({ pairId, kind }), args: [{ ...batch, kind, look: pages, until }] });
    await masterBooks.trackBatch({ ...batch, end: state, ...(note === undefined ? {} : { note }) });
    return totals.looked;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return 0;
    throw error;
  }
}

/** One look at what changed on the sides asked for, kind after kind; a schedule starts it. What it finds is settled by a batch, unless one is at it already. */
export async function syncSweep({ pairId, systems }: SyncSweepInput): Promise<{ looked: number }> {
  const until = windowEnd();
  const { kinds } = await masterBooks.loadSync({ pairId });
  let looked = 0;
  for (const kind of kinds) looked += await sweep({ pairId, kind, until }, systems);
  return { looked };
}
