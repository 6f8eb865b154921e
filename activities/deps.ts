import { type GpClient } from '../connectors/gp/types';
import { type SourceClient } from '../connectors/source';
import { type XeroClient } from '../connectors/xero/types';
import { type LedgerOrderState } from '../canonical/ledger';
import { type BulkAct, type Store } from '../store/types';
import { type Gate, type InOrder } from './gate';
import { type MappingBook } from './mapping-book';
import { type PairBook } from './pair-book';

export type Log = { info(fields: object, message: string): void; warn(fields: object, message: string): void; error(fields: object, message: string): void };

/** What the desk's and the feed's activities work with; built by worker/main. */
export type DeskDeps = {
  store: Store;
  pairs: PairBook;
  mappings: MappingBook;
  /** How a source is asked; absent where only deliveries are trusted. */
  source(pairId: string, sourceId: string): SourceClient | undefined;
  /** Tells a run that its customer's line came to it; false when that run has ended. */
  tellTurn(runId: string, number: string): Promise<boolean>;
  /** Whether a run goes on: one that was ended by hand leaves no word. */
  isRunning(runId: string): Promise<boolean>;
  log: Log;
  now(): Date;
};
export type FeedDeps = DeskDeps & {
  xero(pairId: string): XeroClient;
  /** Signals a run that its ledger changed; false when that run has ended. */
  tellRun(runId: string, state: LedgerOrderState): Promise<boolean>;
  /** Tells a run what a person decided about its exception; false when that run has ended. */
  decideRun(runId: string, decision: { by: string; decision: string; reason: string; from?: string; mapping?: BulkAct['decision']['mapping']; at: string; about?: number }): Promise<boolean>;
  /** Begins an order's run anew that has ended: it reads its order again and finds what stands. One that runs already is let be. */
  beginAnew(input: { pairId: string; sourceId: string; orderId: string; inboxId: string; reopen: { seq: number } }): Promise<void>;
};
export type XeroDeps = { store: Store; pairs: PairBook; mappings: MappingBook; xero(pairId: string): XeroClient; /** Where writes wait while Xero is away. */ gate(pairId: string): Gate; /** How long a write is held for one process: longer than a call may last. */ holdMs: number; log: Log; now(): Date };
/** `gate` is where writes wait while GP is away; `inOrder` keeps one customer's orders in the order they came. */
export type GpDeps = { gp: GpClient; log: Log; gate: Gate; inOrder: InOrder };
