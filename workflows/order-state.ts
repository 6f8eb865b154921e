import type { Failure } from '../canonical/failure';
import type { LedgerFigures, LedgerOrderState } from '../canonical/ledger';
import type { Payment } from '../canonical/sales-order';
import type { ApprovalStory, Hop, Phase } from '../canonical/story';
import type { OrderPlan } from '../activities/contract';
import type { ApprovalDecided, ExceptionDecided, OrderToCashInput } from './messages';

/** Registered before the act it undoes; data only, so that it survives continue-as-new. */
export type Undo = { act: 'void-order'; number: string } | { act: 'void-receipt'; number: string; date: string } | { act: 'unmirror'; number: string }
  /** `number` is the payment's id; an edit may take the payment out of the plan. */
  | { act: 'refund-prepayment'; number: string; date: string; payment: Payment }
  /** A correction has no undo of its own: where its return stands in GP, a person takes back what is left. */
  | { act: 'corrected'; number: string };

/** `written`: GP took it; before that its number is known, so that no word of it is missed. `key` is its intent's. */
export type Supplement = { number: string; key: string; written: boolean; ledger?: LedgerOrderState };

export type MirroredInvoice = { number: string; invoiceId: string; status: string; minor: string };

/** The whole life of one order as data: what was heard, what was decided, what stands in which ledger. */
export type OrderState = {
  ids: { pairId: string; sourceId: string; orderId: string; runId: string };
  edition: number;
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
  /** The mapping versions this run works with: kept from its first acceptance until a person applies others. */
  mappings?: Record<string, number>;
  verdict?: 'go' | 'park' | 'wait-payment' | 'cancelled' | 'wait-order' | 'skip';
  approvalNeeded?: string;
  approvalAsk?: ApprovalStory;
  approval?: ApprovalDecided;
  /** An approver's word that came before this run knew of the question. */
  earlyWord?: ApprovalDecided;
  /** A decision about trouble that this run is only about to tell of. */
  earlyDecision?: ExceptionDecided;
  /** It sleeps and has told where: what it has not asked, nobody was asked. */
  resting?: boolean;
  /** Content that the approval was given for. */
  approvedHash?: string;
  /** Who changed the order by hand: they cannot approve it. */
  makers: string[];
  /** Decisions that were not taken up, with the reason; the last few. */
  refused: string[];
  /** The customer's hold was seen and a person let the order through. */
  holdWaived: boolean;
  /** The GP order whose turn in its customer's line has come. */
  turn?: string;
  /** How often it was asked whether the turn had come. */
  turnAsks?: number;
  orderWritten: boolean;
  /** Counts the GP orders made for this order: an edited order is voided and entered anew under the next number. */
  revision: number;
  /** The GP order that an edited one takes the place of. */
  replaces?: string;
  /** An edit of amounts after the invoice that is still to be booked. */
  adjusting?: { order: OrderPlan['order']; lines: OrderPlan['coding']['lines']; total: string };
  /** An edit after the invoice that may have added something: still to be planned and entered. `begun` is the number of the GP order that may stand. */
  adding?: { order: OrderPlan['order']; coding: OrderPlan['coding']; tenders: OrderPlan['tenders']; total: string; begun?: string };
  /** GP orders over what was added after the invoice, each with what GP holds of it. */
  supplements?: Supplement[];
  /** It was finished, more was added since, and that is not paid yet. */
  unpaidEdit?: boolean;
  /** Taken off invoices by corrections, in minor units: in both ledgers alike. */
  credited?: Record<string, string>;
  /** What that GP order was made from: the run goes back to it when a person drops the edit. */
  planBefore?: OrderPlan;
  receiptsWritten: string[];
  /** Payments that stand in Xero as prepayments. */
  prepaid?: string[];
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
  /** The word of this run that was decided last; a second decision about it comes too late. */
  decidedAbout?: number;
  undo: Undo[];
  undoing?: string;
  /** Still to be read back from the ledgers: this run takes up an order that was finished before. */
  recalling: boolean;
  /** This run takes up an order that was finished before, read back or not. */
  reopened?: boolean;
  /** It was finished before and taken up again. */
  recalled?: boolean;
  ended: boolean;
  difference?: string;
  hops: Hop[];
  warnings: string[];
  updatedAt: string;
};

export function newState(input: OrderToCashInput, runId: string, at: string): OrderState {
  return {
    ids: { pairId: input.pairId, sourceId: input.sourceId, orderId: input.orderId, runId }, edition: input.edition ?? 1, seq: input.reopen?.seq ?? 0, phase: 'received', waitingFor: '',
    inboxIds: input.inboxId === undefined ? [] : [input.inboxId], heard: 1, accepted: 0, told: [], makers: [], refused: [], holdWaived: false, orderWritten: false, revision: 1, receiptsWritten: [],
    mirrored: [], paidInXero: [], appliedInGp: [], shownTrouble: '', undo: [], recalling: input.reopen !== undefined, ...(input.reopen ? { reopened: true } : {}), ended: false, hops: [], warnings: [], updatedAt: at,
  };
}

/** State carried over from a run that knew fewer fields. */
export function resumedState(text: string): OrderState {
  const state = JSON.parse(text) as OrderState;
  return { ...state, edition: state.edition ?? 1, makers: state.makers ?? [], refused: state.refused ?? [], revision: state.revision ?? 1, recalling: state.recalling ?? false };
}
