import { gpMastersOn, masterBooks, masters, xeroMasters } from '../activities';
import { earlier, type BatchState, type SyncBatchInput } from '../sync-state';

/** Records of one page of GP; each may hold a few kilobytes. */
const pageMax = 200;

type Side = { input: SyncBatchInput; state: BatchState };

/**
 * Xero is read before GP: a contact that an order made names its customer in GP, which was there first. So a record whose counterpart is not known
 * after both were read has none. No undo: reading fills our snapshot only.
 */
export async function readXero({ input, state }: Side): Promise<void> {
  const { pairId, kind, mode, until } = input;
  const { since, clock } = await masterBooks.loadSync({ pairId, kind });
  const began = new Date(Date.now()).toISOString();
  state.clock = clock;
  const from = mode === 'changes' ? since.xero : undefined;
  const { read } = await xeroMasters.pullXeroMasters({ pairId, kind, ...(from === undefined ? {} : { since: from }) });
  state.totals.read += read;
  if (mode !== 'preview') await masters.keepMasters({ pairId, records: [], watermark: { kind, system: 'xero', value: earlier(began, until), ...(from === undefined ? {} : { from }), heavy: read > pageMax } });
  if (mode === 'changes' && since.gp !== undefined) state.since = since.gp;
  state.stage = 'read-gp';
}

/** One page of GP; the watermark moves with the last one, and never beyond the window's end. */
export async function readGp({ input, state }: Side): Promise<void> {
  const { pairId, kind, mode, until } = input;
  const { gpQueue } = await masterBooks.loadSync({ pairId });
  const { records, next, watermark } = await gpMastersOn(gpQueue).readGpMasters({ kind, limit: pageMax, ...(state.since === undefined ? {} : { since: state.since }), ...(state.cursor === undefined ? {} : { cursor: state.cursor }) });
  await masters.keepMasters({ pairId, records, ...(next === undefined && mode !== 'preview' ? { watermark: { kind, system: 'gp' as const, value: earlier(watermark, until), ...(state.since === undefined ? {} : { from: state.since }), heavy: state.cursor !== undefined } } : {}) });
  state.totals.read += records.length;
  if (next !== undefined) { state.cursor = next; return; }
  delete state.cursor;
  state.stage = mode === 'full' ? 'gone-xero' : 'pages';
}

/** What a full read did not see is asked for by id; what is not there then is gone. A page of it. */
export async function findGone({ input, state }: Side): Promise<void> {
  const { pairId, kind } = input;
  const system = state.stage === 'gone-xero' ? 'xero' as const : 'gp' as const;
  const ask = { pairId, kind, system, since: state.clock ?? '' };
  const { ids } = await masters.findGone({ ...ask, confirm: false });
  if (ids.length === 0) { state.stage = system === 'xero' ? 'gone-gp' : 'mark'; return; }
  if (system === 'xero') await xeroMasters.pullXeroMasters({ pairId, kind, refs: ids });
  else {
    const { gpQueue } = await masterBooks.loadSync({ pairId });
    await masters.keepMasters({ pairId, records: (await gpMastersOn(gpQueue).readGpMasters({ kind, refs: ids, limit: ids.length })).records });
  }
  await masters.findGone({ ...ask, confirm: true });
}
