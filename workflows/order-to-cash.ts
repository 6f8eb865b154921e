import { defineSearchAttributeKey } from '@temporalio/common';
import { allHandlersFinished, condition, continueAsNew, defineQuery, defineSignal, setCurrentDetails, setHandler, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { Phase, Story } from '../canonical/story';
import { desk } from './activities';
import type { ApprovalDecided, ExceptionDecided, LedgerChanged, OrderToCashInput, PaymentSeen, SourceChanged } from './messages';
import { queryNames, searchAttributeNames, signalNames } from './names';
import { invoiceToMirror, nextAct, type Act } from './next-act';
import { hear, newState, type OrderState } from './order-state';
import { accept } from './steps/accept';
import { mirrorInvoice } from './steps/invoice-in-xero';
import { createOrder, createReceipts } from './steps/order-in-gp';
import { prove } from './steps/prove';
import { settle } from './steps/settle';
import { undoAll } from './steps/undo';
import { detailsOf, storyOf } from './story';

const sourceChanged = defineSignal<[SourceChanged]>(signalNames.sourceChanged);
const paymentSeen = defineSignal<[PaymentSeen]>(signalNames.paymentSeen);
const ledgerChanged = defineSignal<[LedgerChanged]>(signalNames.ledgerChanged);
const approvalDecided = defineSignal<[ApprovalDecided]>(signalNames.approvalDecided);
const exceptionDecided = defineSignal<[ExceptionDecided]>(signalNames.exceptionDecided);
const story = defineQuery<Story>(queryNames.story);

const phaseKey = defineSearchAttributeKey(searchAttributeNames.phase, 'KEYWORD');
const attentionKey = defineSearchAttributeKey(searchAttributeNames.needsAttention, 'BOOL');
const amountKey = defineSearchAttributeKey(searchAttributeNames.amount, 'DOUBLE');
const placedAtKey = defineSearchAttributeKey(searchAttributeNames.placedAt, 'DATETIME');
const documentsKey = defineSearchAttributeKey(searchAttributeNames.documents, 'KEYWORD_LIST');

function listen(state: OrderState): void {
  setHandler(sourceChanged, (m) => hear.sourceChanged(state, m), { description: 'The source says that the order changed' });
  setHandler(paymentSeen, (m) => hear.paymentSeen(state, m), { description: 'The gateway says that money moved' });
  setHandler(ledgerChanged, (m) => hear.ledgerChanged(state, m), { description: 'GP documents of this order moved' });
  setHandler(approvalDecided, (m) => hear.approvalDecided(state, m), { description: 'A person approved or rejected: { approver, decision: approve | reject, reason }' });
  setHandler(exceptionDecided, (m) => hear.exceptionDecided(state, m), { description: 'A person decided about the exception: { by, decision: retry | undo, reason }' });
  setHandler(story, () => storyOf(state), { description: 'What happened so far, with both documents of each hop' });
}

/** Where a run rests: the phase and what it waits for, in words. */
function restingPlace(state: OrderState, act: Act): { phase: Phase; waitingFor: string } | undefined {
  switch (act) {
    case 'await-payment': return { phase: 'awaiting-payment', waitingFor: 'the payment of the whole order' };
    case 'await-order': return { phase: 'parked', waitingFor: 'the order itself: the source does not know it yet' };
    case 'await-change': return { phase: 'parked', waitingFor: 'a change in the shop, or a decision to retry' };
    case 'await-approval': return { phase: 'awaiting-approval', waitingFor: `an approver: ${state.approvalNeeded ?? ''}` };
    case 'await-ledger': return { phase: 'awaiting-invoice', waitingFor: state.ledger ? 'GP to post the rest' : 'GP to ship, invoice and post' };
    case 'await-decision': return { phase: state.failure?.code === 'ledgers-differ' ? 'differs' : 'needs-attention', waitingFor: 'a decision: retry or undo' };
    default: return undefined;
  }
}

/** Tells search attributes, the store and the Temporal UI where the run rests; work in between only moves the live details. */
async function rest(state: OrderState, place: { phase: Phase; waitingFor: string }): Promise<void> {
  const trouble = state.failure?.message ?? '';
  if (state.phase === place.phase && state.waitingFor === place.waitingFor && state.shownTrouble === trouble) return;
  Object.assign(state, place);
  state.shownTrouble = trouble;
  await publish(state);
}

async function publish(state: OrderState): Promise<void> {
  state.seq += 1;
  state.updatedAt = new Date(Date.now()).toISOString();
  const told = storyOf(state);
  setCurrentDetails(detailsOf(told));
  showInSearch(state);
  await desk.recordProgress({ story: told, seq: state.seq });
}

function showInSearch(state: OrderState): void {
  const documents = [...(state.orderWritten && state.plan ? [state.plan.coding.number] : []), ...state.receiptsWritten, ...(state.ledger?.invoices ?? []).map((i) => i.number)];
  upsertSearchAttributes([
    { key: phaseKey, value: state.phase }, { key: attentionKey, value: state.phase === 'needs-attention' || state.phase === 'differs' },
    ...(state.total === undefined ? [] : [{ key: amountKey, value: Number(state.total) }]),
    ...(state.plan ? [{ key: placedAtKey, value: new Date(state.plan.placedAt) }] : []),
    ...(documents.length === 0 ? [] : [{ key: documentsKey, value: documents.slice(0, 20) }]),
  ]);
}

const hints = (state: OrderState): string =>
  [state.heard, state.ledger?.changedAt, state.ledger?.invoices.length, state.ledger?.receipts.filter((r) => r.posted).length, state.approval?.decision, state.decision?.decision].join('|');

/** Sleeps until something is heard; a long life is carried over to a fresh history when the server suggests it. */
async function waitForWord(state: OrderState, input: OrderToCashInput): Promise<void> {
  const before = hints(state);
  if (workflowInfo().continueAsNewSuggested) {
    await condition(allHandlersFinished);
    await continueAsNew<typeof orderToCash>({ ...input, resume: { state: JSON.stringify(state) } });
  }
  await condition(() => hints(state) !== before);
}

function takeDecision(state: OrderState): void {
  const decision = state.decision;
  if (!decision) return;
  delete state.decision;
  delete state.failure;
  if (decision.decision === 'undo' && state.undoing === undefined) state.undoing = `undone by ${decision.by}: ${decision.reason}`;
  else state.accepted = Math.min(state.accepted, state.orderWritten ? state.accepted : state.heard - 1);
}

async function wait(state: OrderState, input: OrderToCashInput, act: Act): Promise<void> {
  const place = restingPlace(state, act);
  if (place) await rest(state, place);
  if (state.decision === undefined && nextAct(state) === act) await waitForWord(state, input);
  takeDecision(state);
}

async function undo(state: OrderState): Promise<void> {
  state.phase = 'undoing';
  const rejected = state.approval?.decision === 'reject' ? `rejected by ${state.approval.approver}: ${state.approval.reason}` : undefined;
  await undoAll(state, state.undoing ?? rejected ?? 'cancelled in the shop');
  if (state.ended && rejected !== undefined) state.failure = { code: 'approval-rejected', message: `The order was ${rejected}.`, fix: 'Nothing to do: what was posted is undone.' };
}

async function perform(state: OrderState, input: OrderToCashInput, act: Act): Promise<void> {
  const { plan } = state;
  if (act === 'accept') return accept(state);
  if (act === 'undo') {
    return undo(state);
  }
  if (act === 'finish-cancelled') {
    state.phase = 'cancelled';
    state.waitingFor = '';
    state.ended = true;
    return;
  }
  if (act.startsWith('await') || !plan) return wait(state, input, act);
  if (act === 'create-order') return createOrder(state, plan);
  if (act === 'create-receipts') return createReceipts(state, plan);
  if (act === 'settle') return settle(state, plan);
  if (act === 'prove') return prove(state, plan);
  const todo = invoiceToMirror(state);
  if (todo) await mirrorInvoice(state, plan, todo);
}

/**
 * One order from the shop to both ledgers and to the proof that they agree. It lives as long as the order does: a loop that asks the pure
 * `nextAct` what to do now, does it, and sleeps until somebody says something new.
 */
export async function orderToCash(input: OrderToCashInput): Promise<Story> {
  const state = input.resume ? (JSON.parse(input.resume.state) as OrderState) : newState(input, workflowInfo().workflowId, new Date(Date.now()).toISOString());
  listen(state);
  for (let act = nextAct(state); act !== 'end'; act = nextAct(state)) {
    await perform(state, input, act);
    if (!state.ended) setCurrentDetails(detailsOf(storyOf(state)));
  }
  if (state.phase === 'tied-out') {
    showInSearch(state);
    setCurrentDetails(detailsOf(storyOf(state)));
  } else {
    await publish(state);
  }
  await condition(allHandlersFinished);
  return storyOf(state);
}
