import { type SyncChoice } from '../activities/master/contract';
import { type MasterKind, type MasterSystem } from '../canonical/master';
import { type LedgerOrderState } from '../canonical/ledger';
import { type Payment } from '../canonical/sales-order';

/**
 * Start argument of `orderToCash`. `inboxId` is the delivery that began it. `edition` is how the run lays out its acts: runs that began under an
 * older one keep it to their end, so no history breaks. `reopen` starts a finished order's run again, because its source spoke once more.
 */
export type OrderToCashInput = { pairId: string; sourceId: string; orderId: string; inboxId?: string; edition?: number; reopen?: { seq: number }; resume?: OrderToCashResume };
/**
 * The edition that new runs are started with: 2 posts order and receipts in one act, and minds the clock of approvals; 3 keeps an approver's word
 * that comes while the order is being read, and wakes when nothing but the order's status in GP moved; 4 books what an edit took off an invoiced
 * order by correcting documents, where the pair's policy says so, begins no undo while GP may still ship, dates all of it where both ledgers are
 * open, and reads the calendar again when a ledger refuses that date; 5 looks at GP before it undoes, and voids
 * invoices that nobody has posted yet; 6 keeps every word that answers what it is only about to ask, because a worker that died after asking asks again;
 * 7 enters what was added after the invoice as a GP order of its own, where the pair's policy says so;
 * 8 plans anew what is not written yet when a person applies another mapping version; 9 records an invoice's payments in Xero in the act that makes the
 * invoice, where GP has posted it; 10 applies its receipts in GP at the same time.
 */
export const currentEdition = 10;
/** Carried over continue-as-new: data only. */
export type OrderToCashResume = { state: string };

/** The source said that the order changed. `version` is the source's last-change instant when the delivery told it. */
export type SourceChanged = { inboxId: string; topic: string; version?: string };
/** The gateway said that money moved for this order. */
export type PaymentSeen = { inboxId: string; payment: Payment };
/** The change feed saw GP documents of this order move. */
export type LedgerChanged = { state: LedgerOrderState };
/** `contentHash` names what the approver saw; without it the decision is about the order as it stands. */
export type ApprovalDecided = { approver: string; decision: 'approve' | 'reject'; reason: string; at?: string; contentHash?: string };
/** Steps a retry can start from; each looks before it writes, so an earlier one is always safe. */
export const retrySteps = ['accept', 'order', 'receipt', 'invoice', 'payment', 'proof'] as const;
export type RetryStep = (typeof retrySteps)[number];
export const exceptionDecisions = ['retry', 'edit', 'skip', 'undo'] as const;
/** `about` is the sequence of the story that was looked at: a decision about an earlier word of the run is not taken up, nor a second one about the same. */
/** Which mapping the run is to try again with: one version, or whatever works now. */
export type MappingChoice = 'latest' | { name: string; version: number };
export type ExceptionDecided = { by: string; decision: (typeof exceptionDecisions)[number]; reason: string; from?: RetryStep; at?: string; about?: number; /** Applied to this run with a retry. */ mapping?: MappingChoice };
/** No order of the same customer is on its way to GP any more before this GP order. */
export type TurnCame = { number: string };

/** A webhook, a feed or a person says that a master record changed; the run reads it itself. */
export type MasterChanged = { system: MasterSystem; id: string };
/** What a person decided about a master record; `ref` is the record that the question is about. */
export type MasterDecided = { ref: MasterChanged; choice: SyncChoice };
export type SyncRecordInput = { pairId: string; kind: MasterKind; key: string };
