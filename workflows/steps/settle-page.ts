import type { Failure } from '../../canonical/failure';
import type { MasterWrite } from '../../canonical/master';
import type { PlanInput, PlanResult, SyncSample, SyncTotals, WriteOutcome } from '../../activities/master/contract';
import { gpMastersOn, masterBooks, masters, xeroMasters } from '../activities';
import { attempt } from './attempt';

/** Xero takes so many in one call; GP gets one document each, so many in one act of its agent. */
const chunkMax = 50;
/** As many as one look for what is gone takes. */
const doubtsMax = 100;

export type Settled = { totals: SyncTotals; samples: SyncSample[]; next?: string; /** Why a ledger could not be written to at all: its records stay marked. */ trouble?: Failure };
type Written = { outcomes: WriteOutcome[]; trouble?: Failure };

/** Writes to one ledger, fifty at a time. Once it cannot be written to, the rest is not tried. */
async function write(writes: readonly MasterWrite[], send: (some: MasterWrite[]) => Promise<WriteOutcome[]>): Promise<Written> {
  const written: Written = { outcomes: [] };
  for (let at = 0; at < writes.length; at += chunkMax) {
    const some = writes.slice(at, at + chunkMax);
    const sent = written.trouble ? { ok: false as const, failure: written.trouble } : await attempt(() => send(some));
    if (sent.ok) { written.outcomes.push(...sent.value); continue; }
    written.trouble = sent.failure;
    written.outcomes.push(...some.map(() => ({ ok: false as const, failure: sent.failure })));
  }
  return written;
}

/** Asks GP for numbers that may be gone; one that is not there any more is marked so. */
async function verify({ pairId, kind }: PlanInput, { doubts, gpQueue }: { doubts: string[]; gpQueue: string }): Promise<void> {
  const { clock } = await masterBooks.loadSync({ pairId });
  await masters.keepMasters({ pairId, records: (await gpMastersOn(gpQueue).readGpMasters({ kind, refs: doubts, limit: doubts.length })).records });
  await masters.findGone({ pairId, kind, system: 'gp', since: clock, confirm: true, among: doubts });
}

/** What is to be done with a page; numbers of GP that are in doubt are asked for first, a hundred of them, and the rest waits for the next page. */
async function plan(input: PlanInput): Promise<PlanResult> {
  const first = await masters.planMasters(input);
  const doubts = first.doubts?.slice(0, doubtsMax) ?? [];
  if (doubts.length === 0) return first;
  await verify(input, { doubts, gpQueue: first.gpQueue });
  return masters.planMasters({ ...input, verified: doubts });
}

/**
 * One page of records: planned, written to both ledgers side by side, and what the writes left behind kept. Whatever happens between two of these
 * steps, the records are marked still and the next page plans them anew; a write that was done is found, not repeated. No undo: what was
 * carried over wrongly is corrected where the field is owned, and goes over again; nobody deletes a master record.
 */
export async function settlePage(input: PlanInput): Promise<Settled> {
  const { pairId, kind } = input;
  const { planned, gpWrites, xeroWrites, gpQueue, totals, samples, next } = await plan(input);
  const page = { samples, ...(next === undefined ? {} : { next }) };
  if (input.preview || planned.length === 0) return { ...page, totals };
  const [gp, xero] = await Promise.all([
    write(gpWrites, (writes) => gpMastersOn(gpQueue).writeGpMasters({ writes })),
    write(xeroWrites, (writes) => xeroMasters.writeXeroMasters({ pairId, writes })),
  ]);
  const trouble = gp.trouble ?? xero.trouble;
  return { ...page, totals: await masters.rememberMasters({ pairId, kind, planned, gp: gp.outcomes, xero: xero.outcomes, totals }), ...(trouble ? { trouble } : {}) };
}
