import { type LedgerOrderState } from '../canonical/ledger';
import { type Payment } from '../canonical/sales-order';

/** Start argument of `orderToCash`. `inboxId` is the delivery that began it. */
export type OrderToCashInput = { pairId: string; sourceId: string; orderId: string; inboxId?: string; resume?: OrderToCashResume };
/** Carried over continue-as-new: data only. */
export type OrderToCashResume = { state: string };

/** The source said that the order changed. `version` is the source's last-change instant when the delivery told it. */
export type SourceChanged = { inboxId: string; topic: string; version?: string };
/** The gateway said that money moved for this order. */
export type PaymentSeen = { inboxId: string; payment: Payment };
/** The change feed saw GP documents of this order move. */
export type LedgerChanged = { state: LedgerOrderState };
export type ApprovalDecided = { approver: string; decision: 'approve' | 'reject'; reason: string; at?: string };
export type ExceptionDecided = { by: string; decision: 'retry' | 'undo'; reason: string; at?: string };

