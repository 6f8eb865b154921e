import type { ApprovalDecided, ExceptionDecided, LedgerChanged, MappingChoice, PaymentSeen, SourceChanged, TurnCame } from './messages';
import type { OrderState } from './order-state';

const decisions = ['retry', 'edit', 'skip', 'undo'];
const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';

const isChoice = (m: MappingChoice): boolean => m === 'latest' || (isText(m?.name) && Number.isInteger(m.version) && m.version > 0);

function refuse(state: OrderState, why: string): void {
  state.refused = [...state.refused, why].slice(-5);
}

const isApproval = (d: ApprovalDecided): boolean => (d?.decision === 'approve' || d?.decision === 'reject') && isText(d.approver);

/** Why an approver's word is not taken; undefined when it is. Checked here too, because the Temporal CLI can signal anything. */
function approvalRefusal(state: OrderState, d: ApprovalDecided): string | undefined {
  if (!isApproval(d)) return 'a signal that is no decision: { approver, decision: approve | reject, reason }';
  if (state.approval) return `${d.approver}: it was decided before`;
  if (state.edition < 2) return undefined;
  if (state.approvalNeeded === undefined) return `${d.approver}: nothing waits for an approval`;
  if (state.makers.includes(d.approver)) return `${d.approver}: who changed the order cannot approve it`;
  if (d.contentHash !== undefined && d.contentHash !== state.plan?.contentHash) return `${d.approver}: the order changed since it was looked at`;
  return undefined;
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
    const supplement = state.supplements?.find((s) => s.number === ledger.orderNumber);
    if (supplement) {
      if (supplement.ledger === undefined || ledger.changedAt >= supplement.ledger.changedAt) supplement.ledger = ledger;
      return;
    }
    const ours: (string | undefined)[] = [state.plan?.coding.number, state.planBefore?.coding.number];
    if (state.edition >= 2 && state.plan && !ours.includes(ledger.orderNumber)) return;
    if (state.ledger && ledger.orderNumber === state.ledger.orderNumber && ledger.changedAt < state.ledger.changedAt) return;
    state.ledger = ledger;
  },
  /**
   * A worker that died after it had asked people does its last task again, and finds their answer before it has come to the question: signals are heard
   * first. Such a word is kept and judged when the order is read, or when the run comes to rest (`judgeEarlyWord`, `judgeAtRest`).
   */
  approvalDecided(state: OrderState, decision: ApprovalDecided): void {
    const reading = state.edition >= 3 && state.heard > state.accepted;
    const unasked = state.edition >= 6 && state.approvalNeeded === undefined && state.resting !== true;
    if ((reading || unasked) && isApproval(decision) && state.approval === undefined) { state.earlyWord = decision; return; }
    const refusal = approvalRefusal(state, decision);
    if (refusal !== undefined) { refuse(state, refusal); return; }
    state.approval = decision;
    if (state.plan) state.approvedHash = state.plan.contentHash;
  },
  turnCame(state: OrderState, { number }: TurnCame): void {
    if (isText(number)) state.turn = number;
  },
  exceptionDecided(state: OrderState, decision: ExceptionDecided): void {
    if (!decisions.includes(decision?.decision)) { refuse(state, 'a signal that is no decision: { by, decision: retry | edit | skip | undo, reason }'); return; }
    if (decision.mapping !== undefined && !isChoice(decision.mapping)) { refuse(state, 'a mapping that is none: "latest" or { name, version }'); return; }
    const { about, by } = decision;
    if (state.edition >= 6 && about !== undefined && about > state.seq && state.resting !== true) { state.earlyDecision = decision; return; }
    if (about !== undefined && about !== state.seq) { refuse(state, `${by}: ${decision.decision} came after the run had gone on`); return; }
    if (about !== undefined && state.decidedAbout === about) { refuse(state, `${by}: ${decision.decision} came second, it was decided before`); return; }
    if (about !== undefined) state.decidedAbout = about;
    state.decision = decision;
  },
};

/** An approver's word that came while the order was being read, judged by what was read. */
export function judgeEarlyWord(state: OrderState): void {
  const word = state.earlyWord;
  if (word === undefined || state.heard > state.accepted) return;
  delete state.earlyWord;
  hear.approvalDecided(state, word);
}

/** What came before its question, when the run comes to rest: judged by what it asks now; what answers nothing is refused with the reason. */
export function judgeAtRest(state: OrderState): void {
  state.resting = true;
  const { earlyWord, earlyDecision } = state;
  delete state.earlyWord;
  delete state.earlyDecision;
  if (earlyWord) hear.approvalDecided(state, earlyWord);
  if (earlyDecision) hear.exceptionDecided(state, earlyDecision);
  state.resting = false;
}

/**
 * What a sleeping run wakes for, as one text. GP is read order first, invoices after: an invoice that came between the two looks stands in an order
 * that still seems open, and the next look moves nothing but its status.
 */
export const hints = (state: OrderState): string => [
  state.heard, state.ledger?.changedAt, state.ledger?.invoices.length, state.ledger?.receipts.filter((r) => r.posted).length, state.approval?.decision, state.decision?.decision,
  ...(state.edition >= 3 ? [state.ledger?.orderNumber, state.ledger?.status] : []),
  ...(state.supplements ?? []).flatMap(({ ledger }) => [ledger?.changedAt, ledger?.status, ledger?.invoices.length]),
].join('|');
