import type { Failure } from '../canonical/failure';
import type { ExceptionDecided, MappingChoice, RetryStep } from './messages';
import { liveInvoices, notReadBack } from './next-act';
import type { OrderState } from './order-state';
import { dropEdit } from './steps/edit';

const order: readonly RetryStep[] = ['accept', 'order', 'receipt', 'invoice', 'payment', 'proof'];

/** Forgets what was done from that step on; every act looks in its ledger before it writes, so doing it again finds what stands. */
function rewind(state: OrderState, from: RetryStep): void {
  const at = order.indexOf(from);
  if (at <= order.indexOf('accept')) state.accepted = state.heard - 1;
  if (at <= order.indexOf('order') && state.undo.some((u) => u.act === 'void-order') && state.ledger === undefined) state.orderWritten = false;
  if (at <= order.indexOf('receipt')) state.receiptsWritten = [];
  if (at <= order.indexOf('receipt') && liveInvoices(state).length === 0) delete state.prepaid;
  if (at <= order.indexOf('invoice')) state.mirrored = [];
  if (at <= order.indexOf('payment')) { state.paidInXero = []; state.appliedInGp = []; }
  state.xeroFigures = undefined;
  state.gpFigures = undefined;
}

/** How far the run has come: a retry cannot begin at a step that was never reached. */
function reached(state: OrderState, from: RetryStep): boolean {
  if (state.verdict !== 'go') return from === 'accept';
  return state.orderWritten || order.indexOf(from) <= order.indexOf('order');
}

/** Another version for this run; what is still to be written is made by it. */
function applyMapping(state: OrderState, mapping: MappingChoice): void {
  if (mapping === 'latest') delete state.mappings;
  else state.mappings = { ...state.mappings, [mapping.name]: mapping.version };
}

/** What stands of a finished order is known only once it was read back. */
const cannotTakeBack = (document: string, failure: Failure | undefined): Failure => ({
  code: 'cannot-undo', document, message: `The order was finished before, and what stands of it could not be read back: ${failure?.message ?? 'it waits for its payment.'}`, fix: 'Cancel it in the shop, which takes it back by itself; or mend what is named here, retry, and undo then.',
});

/** What a person's word on an exception changes: pure, so that every combination can be tested. */
export function takeDecision(state: OrderState, decision: ExceptionDecided): void {
  const { failure } = state;
  const editDropped = decision.decision === 'skip' && dropEdit(state);
  delete state.failure;
  if (decision.decision === 'skip') {
    if (editDropped) { state.warnings = [...state.warnings, `edit of the shop skipped by ${decision.by}: ${decision.reason}`]; return; }
    state.warnings = [...state.warnings, `skipped by ${decision.by}: ${decision.reason}`];
    state.phase = 'skipped';
    state.waitingFor = '';
    state.ended = true;
    return;
  }
  if (decision.mapping !== undefined) applyMapping(state, decision.mapping);
  if (state.undoing !== undefined) return;
  if (decision.decision === 'undo' && notReadBack(state)) { state.failure = cannotTakeBack(state.ids.orderId, failure); return; }
  if (decision.decision === 'undo') { state.undoing = `undone by ${decision.by}: ${decision.reason}`; return; }
  if (decision.decision === 'edit') {
    state.makers = [...new Set([...state.makers, decision.by])];
    state.accepted = state.heard - 1;
    return;
  }
  // What corrects an invoiced order is planned when it is booked; everything else is planned when the order is accepted.
  const planned = !state.recalling && !state.recalled && !state.adjusting && !state.adding && !notReadBack(state);
  if (state.edition >= 8 && decision.mapping !== undefined && planned) state.accepted = state.heard - 1;
  // Decisions that name no word of the run are from before this rule, and keep what they did then.
  if (decision.from !== undefined && (decision.about === undefined || reached(state, decision.from))) rewind(state, decision.from);
  else if (notReadBack(state)) state.recalling = true;
  else if (!state.orderWritten && !state.recalling) state.accepted = state.heard - 1;
}
