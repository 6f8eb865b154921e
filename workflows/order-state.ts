import type { Failure } from '../canonical/failure';
import type { LedgerFigures, LedgerOrderState } from '../canonical/ledger';
import type { Payment } from '../canonical/sales-order';
import type { Hop, Phase } from '../canonical/story';
import type { OrderPlan } from '../activities/contract';
import type { ApprovalDecided, ExceptionDecided, LedgerChanged, OrderToCashInput, PaymentSeen, SourceChanged } from './messages';

/** Registered before the act it undoes; data only, so that it survives continue-as-new. */
export type Undo = { act: 'void-order'; number: string } | { act: 'void-receipt'; number: string; date: string } | { act: 'unmirror'; number: string };

export type MirroredInvoice = { number: string; invoiceId: string; status: string; minor: string };

/** The whole life of one order as data: what was heard, what was decided, what stands in which ledger. */
export type OrderState = {
  ids: { pairId: string; sourceId: string; orderId: string; runId: string };
  seq: number;
  phase: Phase;
  waitingFor: string;
  /** Deliveries heard of, and how many of them the last acceptance knew. */
  inboxIds: string[];
  heard: number;
  accepted: number;
  told: Payment[];
  plan?: OrderPlan;
  orderName?: string;
  version?: string;
  total?: string;
  currency?: string;
  verdict?: 'go' | 'park' | 'wait-payment' | 'cancelled' | 'wait-order';
  approvalNeeded?: string;
  approval?: ApprovalDecided;
  /** The customer's hold was seen and a person let the order through. */
  holdWaived: boolean;
  orderWritten: boolean;
  receiptsWritten: string[];
  ledger?: LedgerOrderState;
  mirrored: MirroredInvoice[];
  paidInXero: string[];
  appliedInGp: string[];
  gpFigures?: LedgerFigures;
  xeroFigures?: LedgerFigures;
  failure?: Failure;
  /** The trouble that people were last shown; another one is told although the phase is the same. */
  shownTrouble: string;
  decision?: ExceptionDecided;
  undo: Undo[];
  undoing?: string;
  ended: boolean;
  difference?: string;
  hops: Hop[];
  warnings: string[];
  updatedAt: string;
};

export function newState(input: OrderToCashInput, runId: string, at: string): OrderState {
  return {
    ids: { pairId: input.pairId, sourceId: input.sourceId, orderId: input.orderId, runId }, seq: 0, phase: 'received', waitingFor: '',
    inboxIds: input.inboxId === undefined ? [] : [input.inboxId], heard: 1, accepted: 0, told: [], holdWaived: false, orderWritten: false, receiptsWritten: [],
    mirrored: [], paidInXero: [], appliedInGp: [], shownTrouble: '', undo: [], ended: false, hops: [], warnings: [], updatedAt: at,
  };
}

/** Signals only write down what was heard; in any order, early or late. */
export const hear = {
  sourceChanged(state: OrderState, { inboxId }: SourceChanged): void {
    if (state.inboxIds.includes(inboxId)) return;
    state.inboxIds.push(inboxId);
    if (state.inboxIds.length > 50) state.inboxIds.splice(1, 1);
    state.heard += 1;
  },
  paymentSeen(state: OrderState, { payment }: PaymentSeen): void {
    const names = [payment.paymentId, ...payment.aliases];
    const known = [...state.told, ...(state.plan?.order.payments ?? [])];
    if (known.some((p) => [p.paymentId, ...p.aliases].some((n) => names.includes(n)))) return;
    state.told.push(payment);
    state.heard += 1;
  },
  ledgerChanged(state: OrderState, { state: ledger }: LedgerChanged): void {
    if (state.ledger && ledger.changedAt < state.ledger.changedAt) return;
    state.ledger = ledger;
  },
  approvalDecided(state: OrderState, decision: ApprovalDecided): void {
    if (state.approval || !isApproval(decision)) return;
    state.approval = decision;
  },
  exceptionDecided(state: OrderState, decision: ExceptionDecided): void {
    if (decision?.decision !== 'retry' && decision?.decision !== 'undo') return;
    state.decision = decision;
  },
};

/** The Temporal CLI can signal anything; what is no decision decides nothing. */
const isApproval = (d: ApprovalDecided): boolean =>
  (d?.decision === 'approve' || d?.decision === 'reject') && typeof d.approver === 'string' && d.approver.trim() !== '';
