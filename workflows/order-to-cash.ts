import { allHandlersFinished, condition, continueAsNew, defineQuery, defineSignal, setCurrentDetails, setHandler, workflowInfo } from '@temporalio/workflow';
import type { Phase, Story } from '../canonical/story';
import { minorText } from './allocation';
import { ask, nextDue, reach } from './approval';
import { takeDecision } from './decide';
import { hear, hints, judgeAtRest, judgeEarlyWord } from './hear';
import type { ApprovalDecided, ExceptionDecided, LedgerChanged, OrderToCashInput, PaymentSeen, SourceChanged, TurnCame } from './messages';
import { queryNames, signalNames } from './names';
import { invoiceToMirror, liveInvoices, nextAct, owed, type Act } from './next-act';
import { newState, type OrderState, resumedState } from './order-state';
import { publish, showInSearch } from './publish';
import { accept, exponentOf } from './steps/accept';
import { adjust } from './steps/adjust';
import { mirrorInvoice } from './steps/invoice-in-xero';
import { createOrder, createReceipts, postOrder, replaceOrder } from './steps/order-in-gp';
import { prepay } from './steps/prepay';
import { prove } from './steps/prove';
import { recall } from './steps/recall';
import { supplement } from './steps/supplement';
import { settle } from './steps/settle';
import { awaitTurn } from './steps/turn';
import { undoAll } from './steps/undo';
import { detailsOf, storyOf } from './story';

const sourceChanged = defineSignal<[SourceChanged]>(signalNames.sourceChanged);
const paymentSeen = defineSignal<[PaymentSeen]>(signalNames.paymentSeen);
const ledgerChanged = defineSignal<[LedgerChanged]>(signalNames.ledgerChanged);
const approvalDecided = defineSignal<[ApprovalDecided]>(signalNames.approvalDecided);
const exceptionDecided = defineSignal<[ExceptionDecided]>(signalNames.exceptionDecided);
const turnCame = defineSignal<[TurnCame]>(signalNames.turnCame);
const story = defineQuery<Story>(queryNames.story);

function listen(state: OrderState): void {
  setHandler(sourceChanged, (m) => hear.sourceChanged(state, m), { description: 'The source says that the order changed' });
  setHandler(paymentSeen, (m) => hear.paymentSeen(state, m), { description: 'The gateway says that money moved' });
  setHandler(ledgerChanged, (m) => hear.ledgerChanged(state, m), { description: 'GP documents of this order moved' });
  setHandler(approvalDecided, (m) => hear.approvalDecided(state, m), { description: 'A person approved or rejected: { approver, decision: approve | reject, reason, contentHash? }' });
  setHandler(exceptionDecided, (m) => hear.exceptionDecided(state, m), { description: 'A person decided about the exception: { by, decision: retry | edit | skip | undo, reason, from? }' });
  setHandler(turnCame, (m) => hear.turnCame(state, m), { description: 'No order of the same customer is on its way to GP any more before this one' });
  setHandler(story, () => storyOf(state), { description: 'What happened so far, with both documents of each hop' });
}

/** Where a run rests: the phase and what it waits for, in words. */
function restingPlace(state: OrderState, act: Act): { phase: Phase; waitingFor: string } | undefined {
  switch (act) {
    case 'await-payment': return { phase: 'awaiting-payment', waitingFor: state.unpaidEdit ? 'the payment of what was added after the invoice' : 'the payment of the whole order' };
    case 'await-order': return { phase: 'parked', waitingFor: 'the order itself: the source does not know it yet' };
    case 'await-change': return { phase: 'parked', waitingFor: 'a change in the shop, or a decision: retry, edit or skip' };
    case 'await-approval': return { phase: 'awaiting-approval', waitingFor: `an approver: ${state.approvalNeeded ?? ''}` };
    case 'await-ledger': return { phase: 'awaiting-invoice', waitingFor: state.ledger ? (state.supplements?.length ? 'GP to ship, invoice and post what was added' : 'GP to post the rest') : 'GP to ship, invoice and post' };
    case 'await-settlement': return { phase: 'awaiting-payment', waitingFor: `the payment on terms: ${minorText(owed(state).toString(), exponentOf(state.currency ?? ''))} ${state.currency ?? ''} of ${liveInvoices(state).map((i) => i.number).join(', ')} is open` };
    case 'await-decision': return { phase: state.failure?.code === 'ledgers-differ' ? 'differs' : 'needs-attention', waitingFor: 'a decision: retry, edit, skip or undo' };
    default: return undefined;
  }
}

/** No trouble reads like this: the next resting place is told whatever it is. */
const untold = '\u0000';

/** Tells search attributes, the store and the Temporal UI where the run rests; work in between only moves the live details. */
async function rest(state: OrderState, place: { phase: Phase; waitingFor: string }): Promise<void> {
  const trouble = state.failure?.message ?? '';
  if (state.phase === place.phase && state.waitingFor === place.waitingFor && state.shownTrouble === trouble) return;
  Object.assign(state, place);
  state.shownTrouble = trouble;
  await publish(state);
}

/** Sleeps until something is heard; a long life is carried over to a fresh history when the server suggests it. */
async function waitForWord(state: OrderState, input: OrderToCashInput): Promise<void> {
  const before = hints(state);
  if (workflowInfo().continueAsNewSuggested) {
    await condition(allHandlersFinished);
    await continueAsNew<typeof orderToCash>({ ...input, resume: { state: JSON.stringify(state) } });
  }
  const due = state.edition >= 2 && nextAct(state) === 'await-approval' ? nextDue(state, Date.now()) : undefined;
  // Words that change nothing fill a history too.
  const woken = (): boolean => hints(state) !== before || workflowInfo().continueAsNewSuggested;
  state.resting = true;
  if (!due) { await condition(woken); state.resting = false; return; }
  const heard = await condition(woken, due.inMs);
  state.resting = false;
  if (heard) return;
  reach(state, due, Date.now());
  await publish(state);
}

async function wait(state: OrderState, input: OrderToCashInput, act: Act): Promise<void> {
  const place = restingPlace(state, act);
  if (act === 'await-approval') ask(state, Date.now());
  if (place) await rest(state, place);
  if (state.edition >= 6) judgeAtRest(state);
  if (state.decision === undefined && nextAct(state) === act) await waitForWord(state, input);
  const { decision } = state;
  if (!decision) return;
  delete state.decision;
  takeDecision(state, decision);
  // What comes of a decision is always told, even when the same trouble is back. Decisions from before this rule name nothing they are about.
  if (decision.about !== undefined) state.shownTrouble = untold;
}

async function undo(state: OrderState): Promise<void> {
  state.phase = 'undoing';
  const rejected = state.approval?.decision === 'reject' ? `rejected by ${state.approval.approver}: ${state.approval.reason}` : undefined;
  await undoAll(state, state.undoing ?? rejected ?? 'cancelled in the shop');
  if (state.ended && rejected !== undefined) state.failure = { code: 'approval-rejected', message: `The order was ${rejected}.`, fix: 'Nothing to do: what was posted is undone.' };
}

function finish(state: OrderState, phase: 'cancelled' | 'skipped'): void {
  state.phase = phase;
  state.waitingFor = '';
  state.ended = true;
}

async function perform(state: OrderState, input: OrderToCashInput, act: Act): Promise<void> {
  const { plan } = state;
  if (act === 'accept') { await accept(state); judgeEarlyWord(state); return; }
  if (act === 'recall') return recall(state);
  if (act === 'undo') return undo(state);
  if (act === 'finish-cancelled') return finish(state, 'cancelled');
  if (act === 'finish-skipped') return finish(state, 'skipped');
  if (act === 'await-turn') return awaitTurn(state);
  if (act.startsWith('await') || !plan) return wait(state, input, act);
  if (act === 'replace-order') return replaceOrder(state, plan);
  if (act === 'create-order') return state.edition >= 2 ? postOrder(state, plan) : createOrder(state, plan);
  if (act === 'create-receipts') return createReceipts(state, plan);
  if (act === 'prepay') return prepay(state, plan);
  if (act === 'settle') return settle(state, plan);
  if (act === 'supplement') return supplement(state, plan);
  if (act === 'adjust') return adjust(state, plan);
  if (act === 'prove') return prove(state, plan);
  const todo = invoiceToMirror(state);
  if (todo) await mirrorInvoice(state, plan, todo);
}

/**
 * One order from the shop to both ledgers and to the proof that they agree. It lives as long as the order does: a loop that asks the pure
 * `nextAct` what to do now, does it, and sleeps until somebody says something new.
 */
export async function orderToCash(input: OrderToCashInput): Promise<Story> {
  const state = input.resume ? resumedState(input.resume.state) : newState(input, workflowInfo().workflowId, new Date(Date.now()).toISOString());
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
