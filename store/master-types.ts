import { type HeldInPart, type MasterFields, type MasterKind, type MasterRecord, type MasterSystem } from '../canonical/master';

export type MasterRef = { system: MasterSystem; id: string };
/** A record that changed since it was last settled; `hash` is of the content that is marked, `place` pages. */
export type DirtyRef = MasterRef & { hash: string; place: string };

/** What both systems hold, as last read: comparing, matching and previews need no further call. Fields are sealed, match keys hashed. */
export interface MasterSnapshotStore {
  /** Keeps these; one that is new or differs from what was kept is marked as changed. An older version never replaces a newer one. Answers how many were marked. */
  keep(pairId: string, records: readonly { record: MasterRecord; keys: readonly string[] }[], options: { mark: boolean }): Promise<number>;
  get(pairId: string, kind: MasterKind, refs: readonly MasterRef[]): Promise<MasterRecord[]>;
  /** Changed records in the order they changed. */
  dirty(pairId: string, kind: MasterKind, ask: { after?: string; limit: number }): Promise<DirtyRef[]>;
  /** Whether any of these changed since it was settled. */
  marked(pairId: string, kind: MasterKind, refs: readonly MasterRef[]): Promise<boolean>;
  /** Unmarks those that hold still what was settled. */
  settled(pairId: string, kind: MasterKind, refs: readonly (MasterRef & { hash: string })[]): Promise<void>;
  /** Records of one system that share one of these match keys; of a key that more than `sharedMax` of them share only those that share another one too. Keys of an id count always. `free`: only records that stand in no link. */
  sharing(pairId: string, kind: MasterKind, ask: { system: MasterSystem; keys: readonly string[]; limit: number; sharedMax?: number; free?: boolean }): Promise<MasterRecord[]>;
  /** All ids of one system, in pages: a full compare finds what is gone. */
  ids(pairId: string, kind: MasterKind, ask: { system: MasterSystem; after?: string; limit: number }): Promise<string[]>;
  /** Marks everything that is there, so that all pairs are compared anew; answers how many are marked now. */
  markAll(pairId: string, kind: MasterKind): Promise<number>;
  /** The store's own clock (UTC), by which reads are stamped. */
  clock(): Promise<string>;
  /** Living records that no read has seen since the instant (UTC), in pages by id; `among`: of these alone. */
  unseen(pairId: string, kind: MasterKind, ask: { system: MasterSystem; since: string; after?: string; limit: number; among?: readonly string[] }): Promise<string[]>;
  counts(pairId: string, kind: MasterKind): Promise<{ gp: number; xero: number; linked: number; changed: number }>;
}

/** One party or record in both systems. `base`: what each side held when they last agreed; `held`: what either holds only in part, as known since then; `rev` grows with every remembered base. */
export type MasterLink = { pairId: string; kind: MasterKind; gpId: string; xeroId: string; base?: { gp: MasterFields; xero: MasterFields }; held?: HeldInPart[]; rev: number; updatedAt: string };
export type LinkChange = { at: string; action: 'linked' | 'moved' | 'unlinked'; gpId: string; xeroId: string; who: string; reason: string };

/** The cross-reference. A record stands in one link at the most: the store itself refuses a second. */
export interface MasterLinkStore {
  find(pairId: string, kind: MasterKind, refs: readonly MasterRef[]): Promise<MasterLink[]>;
  /** Links two records; when either is linked to another already, answers that link and changes nothing. */
  link(ask: { pairId: string; kind: MasterKind; gpId: string; xeroId: string; who: string; reason: string }): Promise<{ ok: true; link: MasterLink } | { ok: false; taken: MasterLink }>;
  /** Many new links in one statement; those that stand already, or whose records are taken, are left out of the answer. */
  linkNew(pairId: string, kind: MasterKind, ask: { pairs: readonly { gpId: string; xeroId: string }[]; who: string; reason: string }): Promise<MasterLink[]>;
  /** The record on one side is another one now (merged, combined, renamed): the base of that side is forgotten. */
  move(link: Pick<MasterLink, 'pairId' | 'kind' | 'gpId'>, to: MasterRef, by: { who: string; reason: string }): Promise<boolean>;
  unlink(link: Pick<MasterLink, 'pairId' | 'kind' | 'gpId'>, by: { who: string; reason: string }): Promise<boolean>;
  /** Remembers what both sides hold now; answers the gpIds remembered. Missing: another hand remembered that pair meanwhile. */
  remember(pairId: string, kind: MasterKind, bases: readonly { gpId: string; rev: number; base: { gp: MasterFields; xero: MasterFields }; held?: readonly HeldInPart[] }[]): Promise<Set<string>>;
  /** `partly`: only those of which one side holds less than the other, a lacking place aside. */
  list(pairId: string, filter: { kind?: MasterKind; id?: string; partly?: boolean; after?: string; limit?: number }): Promise<MasterLink[]>;
  history(pairId: string, kind: MasterKind, ref: MasterRef): Promise<LinkChange[]>;
}

export const syncIssueTypes = ['conflict', 'match', 'merged', 'deleted', 'archived', 'refused'] as const;
export type SyncIssueType = (typeof syncIssueTypes)[number];
/** Something of master data that a person decides. `detail` holds both versions (sealed). */
export type SyncIssue = { id: string; pairId: string; kind: MasterKind; type: SyncIssueType; subject: string; gpId?: string; xeroId?: string; title: string; detail: unknown; openedAt: string; closedAt?: string; decision?: string; by?: string; reason?: string; /** Where the next page goes on. */ place: string };
export interface SyncIssueStore {
  /** One open issue per subject and type; asked again, it is brought up to date. */
  open(issue: Omit<SyncIssue, 'id' | 'openedAt' | 'closedAt' | 'decision' | 'by' | 'reason' | 'place'>): Promise<string>;
  close(id: string, outcome: { decision: string; by: string; reason: string }): Promise<boolean>;
  /** Closes what settled by itself. */
  closeSubjects(ref: { pairId: string; kind: MasterKind; subjects: readonly string[] }, decision: string): Promise<void>;
  get(id: string): Promise<SyncIssue | undefined>;
  /** The latest closed one of this subject and type. */
  lastClosed(ref: { pairId: string; kind: MasterKind; type: SyncIssueType; subject: string }): Promise<SyncIssue | undefined>;
  list(filter: { pairId?: string; kind?: MasterKind; type?: SyncIssueType; subject?: string; open?: boolean; limit?: number; after?: string }): Promise<SyncIssue[]>;
  counts(pairId: string): Promise<Partial<Record<SyncIssueType, number>>>;
}

export type SyncTotals = { read: number; looked: number; linked: number; matched: number; created: number; updated: number; unchanged: number; issues: number; failed: number; writes: number; /** Records of which one side holds less than the other. */ partly?: number };
/** One batch of synchronisation: what it was asked, how far it is, and what it did or would do. */
export type SyncBatch = { id: string; pairId: string; kinds: MasterKind[]; mode: 'changes' | 'full' | 'preview'; state: 'running' | 'stopped' | 'done' | 'failed'; who: string; startedAt: string; endedAt?: string; total: number; totals: Record<string, SyncTotals>; samples: unknown[]; note?: string };
export interface SyncBatchStore {
  /** Begins it, or goes on with one that was stopped. */
  start(batch: Pick<SyncBatch, 'id' | 'pairId' | 'kinds' | 'mode' | 'who'>): Promise<SyncBatch>;
  progress(id: string, step: { total?: number; totals: Record<string, SyncTotals>; samples?: unknown[] }): Promise<void>;
  end(id: string, state: 'stopped' | 'done' | 'failed', note?: string): Promise<void>;
  get(id: string): Promise<SyncBatch | undefined>;
  list(filter: { pairId?: string; limit?: number }): Promise<SyncBatch[]>;
}
export type MasterStore = { snapshot: MasterSnapshotStore; links: MasterLinkStore; issues: SyncIssueStore; batches: SyncBatchStore };
