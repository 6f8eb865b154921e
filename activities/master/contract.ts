/** Side effects of master-data synchronisation: types only. One page of records goes plan → writes in both ledgers → remember. */
import { type Failure } from '../../canonical/failure';
import { type MasterKind, type MasterRecord, type MasterSystem, type MasterWrite, type MasterWritten } from '../../canonical/master';
import { type SyncTotals } from '../../store/master-types';

export type { SyncTotals };
export type SyncRef = { system: MasterSystem; id: string };
/**
 * A person's word on one record: whose value stands per field, which record is its counterpart, that one is to be made, or that all stays as it is.
 * `issueId` is the question it answers, `decision` the word for it: a question that somebody else answered meanwhile takes no second answer.
 */
export type SyncChoice = { by: string; reason: string; issueId?: string; decision?: string; fields?: Record<string, MasterSystem>; counterpart?: { id: string } | 'create' | 'leave' };

export type PlanInput = {
  pairId: string; kind: MasterKind;
  /** These records; without them the next that changed. */
  refs?: SyncRef[]; after?: string; limit: number;
  choice?: SyncChoice;
  /** Nothing is linked, numbered or asked: only told. */
  preview?: boolean;
  /** Numbers of GP that were in doubt, and GP was asked for by now. */
  verified?: string[];
};
/** One pair of records and what is to happen to it; `writes` are places in the page's lists. */
export type PlannedRecord = {
  subject: string; gpId?: string; xeroId?: string; rev?: number; settles: (SyncRef & { hash: string })[]; writes: { gp?: number; xero?: number }; /** Names of the fields that are written. */ sets?: { gp?: string[]; xero?: string[] }; creates?: MasterSystem;
  /** Fields that wait for a person: their base stays. */
  conflicts: string[]; stateOpen: boolean;
  /** Both sides were compared, so what they hold now is what they agree on; a question was opened. */
  compared: boolean; asked: boolean;
};
/** What a preview shows of one record. `partly`: what `to` would hold less than the other side, whole and as held. */
export type SyncSample = { subject: string; name: string; does: 'link' | 'create' | 'update' | 'ask' | 'partly' | 'nothing'; to?: MasterSystem; fields?: { field: string; before?: string; after?: string }[]; why: string };
export type PlanResult = { planned: PlannedRecord[]; gpWrites: MasterWrite[]; xeroWrites: MasterWrite[]; next?: string; totals: SyncTotals; samples: SyncSample[]; gpQueue: string;
  /** Numbers of GP that may be gone: what depends on them is left for a plan that knows. */
  doubts?: string[];
};

/** `since` is where the next look at each side begins, overlap included where it is due; a side that was never read whole is absent. */
export type SyncStand = {
  kinds: MasterKind[]; since: Partial<Record<MasterSystem, string>>; gpQueue: string; changed: number; /** The store's clock. */ clock: string;
  /** What the records asked for stand beside (by link, or by the id of the other that they carry), and whether any of them changed since it was settled. */
  counterparts: SyncRef[]; marked: boolean;
  /** A batch of the kind is at work: it takes in what it finds changed, and the next look what came later. */
  busy?: boolean;
};
export type SyncMode = 'changes' | 'full' | 'preview';
export type TrackInput = { batchId: string; pairId: string; kinds: MasterKind[]; mode: SyncMode; who: string; total?: number; totals?: Record<string, SyncTotals>; samples?: SyncSample[]; /** The kind it is at, while it is at it. */ atWork?: MasterKind; /** The kind it is done with. */ left?: MasterKind; end?: 'stopped' | 'done' | 'failed'; note?: string };

/** Of one write: what stands there now, or why it could not be written. */
export type WriteOutcome = { ok: true; value: MasterWritten } | { ok: false; failure: Failure };
export type RememberInput = { pairId: string; kind: MasterKind; planned: PlannedRecord[]; gp: WriteOutcome[]; xero: WriteOutcome[]; totals: SyncTotals };

/** Run on the orchestration queue. */
export interface MasterActivities {
  /** Looks at the next changed records, finds and links counterparts, compares, opens questions; answers what is to be written where. */
  planMasters(input: PlanInput): Promise<PlanResult>;
  /** Keeps what the writes left behind: snapshot, links, bases; a refused write becomes a question. */
  rememberMasters(input: RememberInput): Promise<SyncTotals>;
  /** Keeps records read by the agent beside GP, which has no store, and how far was looked: `from` where that look began (all without), `heavy` when it held more than one page. Answers how many changed. */
  keepMasters(input: { pairId: string; records: MasterRecord[]; watermark?: { kind: MasterKind; system: MasterSystem; value: string; from?: string; heavy?: boolean } }): Promise<{ changed: number }>;
  /** Where the looks of this pair and kind stand, and which kinds it keeps in step, in the order one needs the other. */
  loadSync(input: { pairId: string; kind?: MasterKind; refs?: SyncRef[] }): Promise<SyncStand>;
  /** Marks all records of the kind, so that every pair is compared anew; answers how many. */
  markMasters(input: { pairId: string; kind: MasterKind }): Promise<{ changed: number }>;
  /** The progress people see: totals of one kind join those of the others. Answers what the batch holds so far. */
  trackBatch(input: TrackInput): Promise<{ total: number; totals: Record<string, SyncTotals> }>;
  /** Records that no read saw since the instant of the store's clock, a page of them; with `confirm` they are marked as deleted, and never re-created. */
  findGone(input: { pairId: string; kind: MasterKind; system: MasterSystem; since: string; confirm: boolean; /** Of these alone. */ among?: string[] }): Promise<{ ids: string[] }>;
}
/** Run on the Xero queue. */
export interface XeroMasterActivities {
  /** Reads everything changed since (all without) into the snapshot, page by page. */
  pullXeroMasters(input: { pairId: string; kind: MasterKind; since?: string; refs?: string[] }): Promise<{ read: number; changed: number }>;
  /** Up to 50 in one call; each has its own outcome, read back. Looks by id, number or name before a second write. */
  writeXeroMasters(input: { pairId: string; writes: MasterWrite[] }): Promise<WriteOutcome[]>;
}
/** Run by the agent beside GP. */
export interface GpMasterActivities {
  readGpMasters(input: { kind: MasterKind; since?: string; cursor?: string; refs?: string[]; limit: number }): Promise<{ records: MasterRecord[]; next?: string; watermark: string }>;
  /** One eConnect document each, upserted by its own number; read back. */
  writeGpMasters(input: { writes: MasterWrite[] }): Promise<WriteOutcome[]>;
}
