import { type NoticeStore } from './notice-types';
import { type Failure, type FailureClass, type FailureCode } from '../canonical/failure';
import { type MasterStore } from './master-types';
import { type MappingStore } from './mapping-types';
import { type Hop, type Phase, type Story } from '../canonical/story';

/** A delivery as it came in: raw bytes kept (sealed), unique per source and dedup key. */
export type InboxEntry = {
  pairId: string; sourceId: string; sourceKind: string; account: string;
  dedupKey: string; topic: string; deliveryId: string; eventTime?: string; apiVersion?: string;
  /** The order this delivery speaks of, when it could be told; its version likewise. */
  orderId?: string; version?: string;
  /** Who bought, as the source names them; only a keyed hash is stored. */
  buyer?: string;
  rawBody: Buffer;
};
export const inboxStates = ['new', 'started', 'ignored', 'parked'] as const;
export type InboxState = (typeof inboxStates)[number];
export type InboxRow = Omit<InboxEntry, 'rawBody' | 'buyer'> & {
  id: string; state: InboxState; reason?: Failure; note?: string; workflowId?: string; attempts: number; receivedAt: string; handledAt?: string; /** Where it stands in the order of arrival. */ place?: string;
};

export interface InboxStore {
  /** false in `fresh` when this delivery was known; `id` is then the first one's. */
  put(entry: InboxEntry): Promise<{ id: string; fresh: boolean }>;
  get(id: string): Promise<(InboxRow & { rawBody: Buffer }) | undefined>;
  /** Oldest rows in state new that are due (back-off by attempts); claimed for `claimMs` so that two relays do not both take them. */
  claimDue(limit: number, claimMs: number): Promise<InboxRow[]>;
  finish(id: string, outcome: { state: Exclude<InboxState, 'new'>; workflowId?: string; reason?: Failure; note?: string }): Promise<void>;
  /** Puts claimed rows back as they were: nothing was tried. */
  giveBack(ids: readonly string[]): Promise<void>;
  /** Puts a claimed row back with a later due time. */
  /** Due again after so long; without a time ever more seldom. */
  defer(id: string, why: string, afterMs?: number): Promise<void>;
  /** `started` rows of this order with a version at or above this one: a delivery that tells nothing new. */
  knowsVersion(order: { pairId: string; sourceId: string; orderId: string }, version: string, exceptId: string): Promise<boolean>;
  /** Those of these that no row, in whatever state, tells of at this version or a later one. */
  missing<T extends { orderId: string; version: string }>(source: { pairId: string; sourceId: string }, orders: readonly T[]): Promise<T[]>;
  /** Newest first. `beforePlace` goes on after the last row of the page before; `ref` is the beginning of an id, an order's id or the sender's own id. */
  list(filter: { state?: InboxState; orderId?: string; limit?: number; before?: string; beforePlace?: string; ref?: string }): Promise<InboxRow[]>;
}

/** The list that people look at; written by the workflow's local activities. Id = workflow id. */
export type RunRow = { runId: string; pairId: string; sourceId: string; orderId: string; orderName?: string; phase: Phase; needsAttention: boolean;
  total?: string; currency?: string; story: Story; createdAt: string; updatedAt: string };
export interface RunStore {
  /** `seq` only grows: an older projection never overwrites a newer one. */
  project(story: Story, seq: number): Promise<void>;
  /** Projects a run that goes on, in one statement with what that means: its documents stand as written, and its open exception closes. */
  goOn(story: Story, seq: number, documents: readonly Standing[]): Promise<void>;
  get(runId: string): Promise<RunRow | undefined>;
  /** Place of the last projection; a run that takes the order up again counts on from there. */
  seqOf(runId: string): Promise<number | undefined>;
  /** By run id; `after` goes on with the next page. `ref` is an order's id or name (with or without #), or a whole run id. */
  list(filter: { pairId?: string; phase?: Phase; needsAttention?: boolean; orderId?: string; ref?: string; limit?: number; after?: string }): Promise<RunRow[]>;
  counts(): Promise<Partial<Record<Phase, number>>>;
}

/** Numbers are reserved durably before the call: one number per (pair, series, key), the same on every ask. */
export type NumberAsk = { series: string; key: string; first: number };
export interface NumberStore {
  reserve(ask: NumberAsk & { pairId: string }): Promise<number>;
  /** Several in one statement; the numbers come in the order of the asks. */
  reserveAll(pairId: string, asks: readonly NumberAsk[]): Promise<number[]>;
}

export const documentStates = ['intended', 'written', 'undone'] as const;
/** One document of ours in one ledger: intent before the call, receipt after it. Key is unique per pair and system. `asked` counts the intents: above one, somebody may have sent it before. */
export type DocumentRow = {
  pairId: string; system: string; kind: string; key: string; runId: string; number?: string; externalId?: string;
  amount?: string; currency?: string; contentHash?: string; state: (typeof documentStates)[number]; asked: number; intendedAt: string; writtenAt?: string;
};
/** An order of one customer, `externalId`. */
export type Line = Omit<DocumentRow, 'state' | 'asked' | 'intendedAt' | 'writtenAt'> & { number: string; externalId: string };
/** How an order came: when it was placed (UTC), and the deliveries that spoke of it. */
export type Arrival = { sourceId: string; orderId: string; placedAt: string; inboxIds: readonly string[] };
/** A document as its ledger was seen to hold it. */
export type Standing = { system: string; kind: string; key: string; number?: string; externalId?: string; amount?: string; currency?: string };
/** A document that this process alone may write, until the hold ends by itself. `renew` answers false when another process holds it by now. */
export type DocumentClaim = { row: DocumentRow; renew(): Promise<boolean>; release(): Promise<void> };
export interface DocumentStore {
  /** Records the intent; answers the row as it stands (a receipt is not overwritten; while only intended, amount and hash follow the latest intent; the asks are counted). */
  intend(document: Omit<DocumentRow, 'state' | 'asked' | 'intendedAt' | 'writtenAt'>): Promise<DocumentRow>;
  /** Several intents in one statement, no key twice. */
  intendAll(documents: readonly Parameters<DocumentStore['intend']>[0][]): Promise<void>;
  /**
   * Intents of one order that goes to GP at once, its own first: they are recorded as `intendAll` does, and an order seen for the first time joins
   * its customer's line, at the place that its date and its arrival give it. Answers what comes before it and is still on its way: the number of an
   * order in the line, or the id of one of the same buyer that came earlier and has not been taken yet.
   */
  intendInLine(documents: readonly [Line, ...Parameters<DocumentStore['intend']>[0][]], arrival: Arrival): Promise<{ after?: string }>;
  /** The run's orders leave their line, for ever. Answers who is first in it now; nothing when it was in none. */
  leaveLine(runId: string): Promise<{ runId: string; number: string } | undefined>;
  /** Who stands right before an order in its customer's line. */
  beforeInLine(order: Pick<Line, 'pairId' | 'externalId' | 'runId' | 'number'>): Promise<{ runId: string; number: string } | undefined>;
  /** An order of the same buyer that was delivered before this one and has not been taken yet: its id. */
  arriving(run: { pairId: string; sourceId: string; orderId: string; runId: string }): Promise<string | undefined>;
  /** Records the intent and holds the document for `holdMs` (the database's clock); undefined while another process holds it. */
  claim(document: Parameters<DocumentStore['intend']>[0], holdMs: number): Promise<DocumentClaim | undefined>;
  /** Records the receipt; a hold on it ends. */
  written(ref: { pairId: string; system: string; kind: string; key: string }, receipt: { number?: string; externalId?: string; amount?: string; currency?: string }): Promise<void>;
  /** Documents seen in their ledger: written, whether their intent was recorded or not. */
  stand(run: { pairId: string; runId: string }, documents: readonly Standing[]): Promise<void>;
  undone(ref: { pairId: string; system: string; kind: string; key: string }): Promise<void>;
  byRun(runId: string): Promise<DocumentRow[]>;
  /** GP order number → its run, and the customer we entered it under. */
  ordersOf(pairId: string, numbers: readonly string[]): Promise<Record<string, { runId: string; customer?: string }>>;
  /** Our keys of the GP orders whose runs hold one of these documents. */
  orderKeysOf(pairId: string, numbers: { kind: string; number: string }[]): Promise<string[]>;
}

/** Cross-reference of one party or record between two systems. */
export interface LinkStore {
  get(ref: { pairId: string; kind: string; from: string; fromId: string; to: string }): Promise<string | undefined>;
  put(ref: { pairId: string; kind: string; from: string; fromId: string; to: string; toId: string }): Promise<void>;
}

/** Payments known per order, so that the gateway's and the shop's word on one movement meet. `ids` are all its names. */
export interface PaymentStore {
  know(order: { pairId: string; runId: string }, payments: readonly { paymentId: string; ids: string[] }[]): Promise<void>;
  runOf(pairId: string, ids: string[]): Promise<{ runId: string; paymentId: string } | undefined>;
}

export interface WatermarkStore { get(name: string): Promise<string | undefined>; set(name: string, value: string): Promise<void> }

/** What the change feed last told a run, by hash: an equal state is not told twice. */
export interface FeedStore {
  /** Run → hash of what it was told last; runs that were told nothing are left out. */
  lastTold(runIds: readonly string[]): Promise<Record<string, string>>;
  told(hashes: Readonly<Record<string, string>>): Promise<void>;
}

/** Small facts of a ledger read now and then (fiscal periods, lock dates, accounts), with age. */
export interface FactStore { get<T>(name: string): Promise<{ value: T; readAt: string } | undefined>; put(name: string, value: unknown): Promise<void> }

export const exceptionKinds = ['run', 'delivery', 'connector'] as const;
export type ExceptionKind = (typeof exceptionKinds)[number];
/** Something that waits for a person. `subject` is the run, the delivery (`inbox/<id>`) or the connector (`connector/<pair>/<system>`) it is about. */
export type ExceptionRow = {
  id: string; kind: ExceptionKind; subject: string; pairId: string; sourceId?: string; step: string; class: FailureClass; code: FailureCode; cause: string; failure: Failure; attempts: number;
  /** Whoever was told to look after it, else who usually mends its class. */
  owner: string;
  system?: string; document?: string; orderId?: string; orderName?: string; amount?: string; currency?: string;
  openedAt: string; updatedAt: string; closedAt?: string; decision?: string; by?: string; reason?: string; /** What became of it when it closed: the phase its run went on to. */ outcome?: string;
  /** Which word of its run it tells (the run's sequence): a decision about an earlier word comes too late. */
  stand: number;
  /** Decided and being carried out: another decision waits until it is known how this one ends. */
  taken?: { decision: string; by: string; reason: string; at: string };
};
/** Every field narrows. `ref` is the beginning of an id, an order's id or name, or a whole subject; amounts are decimal text, instants UTC. */
export type ExceptionFilter = {
  open?: boolean; kind?: ExceptionKind; class?: FailureClass; code?: FailureCode; cause?: string; system?: string; step?: string; owner?: string; pairId?: string; sourceId?: string; orderId?: string; orderIds?: string[]; subject?: string; subjects?: string[]; ids?: string[]; ref?: string;
  currency?: string; amountMin?: string; amountMax?: string; openedBefore?: string; openedAfter?: string;
};
/** What a decision needs of an exception: no document, no evidence. `place` is where a page goes on. */
export type ExceptionTarget = { id: string; kind: ExceptionKind; subject: string; stand: number; place: string; /** This act told it before it was cut off. */ told: boolean; /** It was on its way when the act was cut off, and has closed since. */ closed: boolean };
export type Decided = { decision: string; by: string; reason: string; act: string; from?: string };
export type NewException = { kind?: ExceptionKind; subject: string; pairId: string; sourceId?: string; step: string; stand?: number; failure: Failure; orderId?: string; orderName?: string; amount?: string; currency?: string };
export type MoneyAtStake = { currency: string; amount: string };
/** All open exceptions of one cause. */
export type Incident = { cause: string; kind: ExceptionKind; code: FailureCode; class: FailureClass; owner: string; count: number; since: string; latest: string; message: string; fix: string; money: MoneyAtStake[] };
export interface ExceptionStore {
  /** One open exception per subject; a second failure of the same subject replaces the first one's words and frees it for another decision. */
  open(exception: NewException): Promise<{ id: string; fresh: boolean }>;
  /** Closes what is open about the subject; without `decision` it is put down to whoever decided last. `outcome` is what became of it. */
  close(subject: string, end: { outcome: string; decision?: string; by?: string; reason?: string }): Promise<void>;
  get(id: string): Promise<ExceptionRow | undefined>;
  /** Newest first; `before` goes on with the next page by the last row's place. */
  list(filter: ExceptionFilter & { limit?: number; before?: string }): Promise<(ExceptionRow & { place: string })[]>;
  /** Oldest first, after a place and up to one: what a decision over many goes through, with what it decided already and what is open still. */
  targets(filter: ExceptionFilter, page: { act: string; after: string; upto: string; limit: number }): Promise<ExceptionTarget[]>;
  incidents(filter: ExceptionFilter): Promise<Incident[]>;
  /** How many stand at which step, by kind: what one decision would do to each. */
  standings(filter: ExceptionFilter): Promise<{ kind: ExceptionKind; step: string; count: number }[]>;
  /** Claims open exceptions for one decision; answers those that nobody else has decided in the last `graceMs`. The same act may claim again. */
  take(ids: readonly string[], decision: Decided & { graceMs: number }): Promise<string[]>;
  /** The decision has reached these: written down with the trail of who decided what, in one transaction. */
  told(targets: readonly { id: string; subject: string }[], decision: Decided): Promise<void>;
  /** Retries or skips deliveries, with the end of their exceptions and the trail in one transaction. Answers which (by the delivery's id); a retry leaves those out that wait to be handled already. */
  decideDeliveries(inboxIds: readonly string[], decision: Decided & { decision: 'retry' | 'skip' }): Promise<string[]>;
  /** Lets go of claims whose decision could not be told. */
  release(ids: readonly string[], act: string): Promise<void>;
  /** Gives open exceptions to somebody, or with null back to who usually mends their class; for a whole cause also those that come later. Answers how many. */
  assign(filter: ExceptionFilter, to: { owner: string | null; by: string }): Promise<number>;
  /** How many, and the place of the last one: a bulk act takes those and none that open later. */
  count(filter: ExceptionFilter): Promise<{ count: number; upto: string }>;
}

/** What stood before and after mapping when a step could not go on; sealed, because it holds personal data. */
export type OrderCopy = { source?: string; canonical?: string; coded?: string; updatedAt: string };
export type OrderEdit = { canonical: string; baseHash: string; baseVersion: string; diff: { path: string; before?: unknown; after?: unknown }[]; by: string; reason: string; at: string; active: boolean };
export interface OrderCopyStore {
  keep(run: { runId: string; pairId: string }, copy: { source?: string; canonical?: string; coded?: string }): Promise<void>;
  get(runId: string): Promise<OrderCopy | undefined>;
  /** The canonical document as a person corrected it; earlier edits stay readable. */
  edit(runId: string, edit: Omit<OrderEdit, 'at' | 'active'>): Promise<number>;
  activeEdit(runId: string): Promise<OrderEdit | undefined>;
  edits(runId: string): Promise<OrderEdit[]>;
  dropEdit(runId: string): Promise<void>;
}

/** One decision over many exceptions, with its progress. */
export type BulkAct = { id: string; by: string; filter: ExceptionFilter; decision: { decision: string; reason: string; from?: string; mapping?: 'latest' | { name: string; version: number } }; total: number; done: number; failed: number; cursor: string; upto: string; state: 'running' | 'done'; createdAt: string; finishedAt?: string };
export interface BulkStore {
  create(act: { by: string; filter: ExceptionFilter; decision: BulkAct['decision']; total: number; upto: string }): Promise<string>;
  get(id: string): Promise<BulkAct | undefined>;
  /** Newest first. */
  list(limit: number): Promise<BulkAct[]>;
  /** Moves on from where it stood; when it stands elsewhere meanwhile (a second attempt was faster) nothing is counted. */
  advance(id: string, step: { from: string; cursor: string; done: number; failed: number; finished: boolean }): Promise<void>;
}

/** Sealed connection secrets, with compare-and-set on the version. */
export interface ConnectionStore {
  load(id: string): Promise<{ secret: string; version: number } | undefined>;
  /** false when another process saved a newer version. Version 0 creates. */
  save(id: string, secret: string, version: number): Promise<boolean>;
}

/** Short exclusive claims across processes: no transaction stays open across an outside call. */
export interface LeaseStore { acquire(name: string, ttlMs: number): Promise<{ release(): Promise<void> } | undefined> }

export type BudgetState = { minuteStart: string; minuteUsed: number; day: string; dayUsed: number; inFlight: number; blockedUntil?: string };
/** Rate budget of one outside organisation, shared by all processes. */
export interface BudgetStore {
  /** Takes one slot, or says when to ask again. In-flight slots that were never given back expire after `slotTtlMs`. */
  take(ask: { organisation: string; perMinute: number; perDay: number; inFlight: number; slotTtlMs: number; reserveForHigher: number }):
    Promise<{ ok: true; slot: string } | { ok: false; waitMs: number; why: 'minute' | 'day' | 'in-flight' | 'blocked' }>;
  release(organisation: string, slot: string): Promise<void>;
  block(organisation: string, untilMs: number): Promise<void>;
  read(organisation: string): Promise<BudgetState | undefined>;
}

export const roles = ['viewer', 'operator', 'approver', 'admin'] as const;
export type Role = (typeof roles)[number];
export type ApiKeyRow = { id: string; name: string; role: Role; createdAt: string; revokedAt?: string };
/** API keys: only a salted hash is kept. */
export interface ApiKeyStore {
  create(key: { name: string; role: Role; secret?: string }): Promise<{ row: ApiKeyRow; secret: string }>;
  verify(secret: string): Promise<ApiKeyRow | undefined>;
  list(): Promise<ApiKeyRow[]>;
  revoke(id: string): Promise<boolean>;
}

export interface AuditStore {
  add(...entries: { who: string; action: string; subject: string; detail?: unknown }[]): Promise<void>;
  /** Newest first; `before` goes on after the last entry of the page before. */
  list(filter: { subject?: string; limit?: number; before?: string }): Promise<{ id: string; at: string; who: string; action: string; subject: string; detail?: unknown }[]>;
}

export interface PairStore {
  /** The pair's configuration as JSON (parsed by mapping/pair). */
  put(pairId: string, configuration: unknown): Promise<void>;
  get(pairId: string): Promise<unknown>;
  list(): Promise<{ pairId: string; configuration: unknown }[]>;
}

export interface Store {
  inbox: InboxStore; runs: RunStore; numbers: NumberStore; documents: DocumentStore; links: LinkStore; payments: PaymentStore; watermarks: WatermarkStore;
  feed: FeedStore; facts: FactStore; exceptions: ExceptionStore; connections: ConnectionStore; leases: LeaseStore; budget: BudgetStore; apiKeys: ApiKeyStore;
  audit: AuditStore; pairs: PairStore; copies: OrderCopyStore; bulk: BulkStore; master: MasterStore; mappings: MappingStore; notices: NoticeStore;
  /** Runs all migrations under a lock. Safe when several processes start at once. */
  migrate(): Promise<void>;
  ping(): Promise<void>;
  close(): Promise<void>;
}
export type { Hop, Phase, Story };
