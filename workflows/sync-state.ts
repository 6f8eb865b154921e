import type { Failure } from '../canonical/failure';
import type { MasterKind } from '../canonical/master';
import type { SyncMode, SyncTotals } from '../activities/master/contract';

/** What a batch is at: reading Xero, reading GP, looking for what is gone, marking everything, then page after page. */
export type SyncStage = 'read-xero' | 'read-gp' | 'gone-gp' | 'gone-xero' | 'mark' | 'pages' | 'done';
/** `batchId` is where its progress is kept; absent: nobody watches. `look`: both sides are read first. `until`: no watermark goes beyond it (UTC). */
export type SyncBatchInput = { pairId: string; kind: MasterKind; kinds: MasterKind[]; mode: SyncMode; who: string; batchId?: string; look: boolean; until?: string; resume?: BatchState };
/** Carried over continue-as-new: data only, and no record. Times in ms of the workflow's clock; `clock` is the store's (UTC). */
export type BatchState = {
  stage: SyncStage; cursor?: string; since?: string; clock?: string; after?: string; pass: number; totals: SyncTotals; /** Records of the other kinds of this batch. */ base: number; total: number; before: number; startedAt: number; pagesFrom?: number; stopped: boolean; trouble?: Failure; samples: number;
};
export type SyncProgress = { kind: MasterKind; mode: SyncMode; stage: SyncStage; done: number; total: number; perSecond: number; secondsLeft?: number; totals: SyncTotals; stopping: boolean };
export type SyncEnd = { state: 'done' | 'stopped' | 'failed'; totals: SyncTotals; note?: string };

export const noTotals = (): SyncTotals => ({ read: 0, looked: 0, linked: 0, matched: 0, created: 0, updated: 0, unchanged: 0, issues: 0, failed: 0, writes: 0, partly: 0 });
export const addTotals = (a: SyncTotals, b: SyncTotals): SyncTotals => ({
  read: a.read + b.read, looked: a.looked + b.looked, linked: a.linked + b.linked, matched: a.matched + b.matched, created: a.created + b.created, updated: a.updated + b.updated, unchanged: a.unchanged + b.unchanged,
  issues: a.issues + b.issues, failed: a.failed + b.failed, writes: a.writes + b.writes, partly: (a.partly ?? 0) + (b.partly ?? 0),
});

export const newBatch = (input: SyncBatchInput, now: number): BatchState => ({ stage: input.look ? 'read-xero' : 'pages', pass: 1, totals: noTotals(), base: 0, total: 0, before: 0, startedAt: now, stopped: false, samples: 0 });

/** Where a batch stands, with its rate since the pages began and the time that is left at that rate. */
export function progressOf(input: SyncBatchInput, state: BatchState, now: number): SyncProgress {
  const { totals, before, stage } = state;
  const seconds = Math.max(0.001, (now - (state.pagesFrom ?? now)) / 1000);
  const perSecond = state.pagesFrom === undefined ? 0 : Math.round(((totals.looked - before) / seconds) * 10) / 10;
  const left = Math.max(0, state.total - totals.looked);
  return { kind: input.kind, mode: input.mode, stage, done: totals.looked, total: stage === 'done' ? totals.looked : Math.max(state.total, totals.looked), perSecond, totals, stopping: state.stopped, ...(perSecond > 0 && stage === 'pages' ? { secondsLeft: Math.ceil(left / perSecond) } : {}) };
}

/** The earlier of two instants (UTC text). */
export const earlier = (a: string, b: string | undefined): string => (b !== undefined && b < a ? b : a);
