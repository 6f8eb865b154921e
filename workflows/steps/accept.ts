import type { AcceptResult, OrderPlan } from '../../activities/contract';
import { desk } from '../activities';
import { minorText } from '../allocation';
import { liveInvoices } from '../next-act';
import type { OrderState } from '../order-state';
import { attempt } from './attempt';
import { takeEdit } from './edit';
import { exponentOf } from '../exponents';

export { exponentOf };

/** How runs took an edit whose plans did not tell amounts from names yet; their histories keep it. */
function takeEditUnseen(state: OrderState, plan: OrderPlan, before: OrderPlan): boolean {
  const invoiced = (state.ledger?.invoices ?? []).some((i) => !i.voided);
  if (state.edition >= 2 && plan.editedBeforeInvoice === 'replace' && !invoiced) {
    if (plan.coding.number !== before.coding.number) { state.replaces = before.coding.number; state.orderWritten = false; return true; }
    state.revision += 1;
    state.accepted = state.heard - 1;
    return false;
  }
  state.failure = { code: 'order-edited', document: before.coding.number, message: `The order was edited in the shop after GP order ${before.coding.number} was ${state.edition >= 2 ? 'invoiced' : 'made from it'}.`,
    fix: state.edition >= 2 ? 'Book the difference by a credit memo or a further invoice and skip; or undo, which returns what was posted.' : 'Change the GP order to match and retry (the run goes on with the order as GP has it), or undo and enter it anew.' };
  state.plan = { ...before, version: plan.version, contentHash: plan.contentHash };
  return false;
}

/** What was approved is this content; another one is asked about again. */
function keepApproval(state: OrderState, plan: OrderPlan): void {
  if (state.edition < 2) { if (plan.approval !== undefined) state.approvalNeeded = plan.approval; return; }
  const waived = state.holdWaived && state.approvalNeeded !== undefined;
  if (!waived) { if (plan.approval === undefined) delete state.approvalNeeded; else state.approvalNeeded = plan.approval; }
  if (state.approval && state.approvedHash !== undefined && state.approvedHash !== plan.contentHash) {
    state.refused = [...state.refused, `${state.approval.approver}: the approval is void, the order changed after it`].slice(-5);
    delete state.approval;
    delete state.approvalAsk;
    delete state.approvedHash;
  }
}

function takePlan(state: OrderState, plan: OrderPlan): void {
  if (state.orderWritten && state.plan && plan.contentHash !== state.plan.contentHash && !(plan.moneyHash === undefined ? takeEditUnseen : takeEdit)(state, plan, state.plan)) return;
  state.plan = plan;
  state.orderName = plan.orderName;
  state.total = minorText(plan.total.minor, exponentOf(plan.currency));
  state.currency = plan.currency;
  state.warnings = [...new Set([...state.warnings, ...plan.warnings])];
  keepApproval(state, plan);
}

function takeStop(state: OrderState, result: Extract<AcceptResult, { failure: unknown }>): void {
  state.orderName = result.orderName ?? state.orderName;
  state.total = result.total ?? state.total;
  state.currency = result.currency ?? state.currency;
  if (!state.orderWritten) {
    state.verdict = result.verdict;
    state.failure = result.failure;
    return;
  }
  if (result.verdict === 'cancelled') state.verdict = 'cancelled';
  if (result.goesOn) { state.warnings = [...new Set([...state.warnings, `${result.failure.message} The order goes on as it stands in GP.`])]; return; }
  if (result.verdict !== 'wait-order') state.failure = result.failure;
}

/** Money up to what GP invoiced is no overpayment: an edit may have taken some of the order back since. */
function invoicedSoFar(state: OrderState): { invoiced?: string } {
  const added = new Set((state.supplements ?? []).map((s) => s.number));
  const invoices = liveInvoices(state).filter((i) => !added.has(i.orderNumber));
  if (invoices.length === 0) return {};
  const first = invoices.reduce((a, i) => a + BigInt(i.total.minor), 0n);
  // With what was added it came to the order as it was booked last.
  const booked = added.size === 0 ? 0n : BigInt(state.plan?.total.minor ?? '0');
  return { invoiced: (booked > first ? booked : first).toString() };
}

/**
 * Reads the order as the source has it now, and what may be done with it. No undo: nothing outside is written; numbers and intents it
 * reserved stay reserved and are the same on the next ask.
 */
export async function accept(state: OrderState): Promise<void> {
  const heard = state.heard;
  const { pairId, sourceId, orderId, runId } = state.ids;
  const outcome = await attempt(() => desk.acceptOrder({
    run: { pairId, sourceId, orderId, runId }, inboxIds: state.inboxIds, payments: state.told, ...(state.version === undefined ? {} : { knownVersion: state.version }), ...(state.revision > 1 ? { revision: state.revision } : {}), ...(state.mappings ? { mappings: state.mappings } : {}),
    ...(state.edition >= 4 ? invoicedSoFar(state) : {}),
  }));
  state.accepted = heard;
  if (!outcome.ok) {
    state.verdict = state.verdict ?? 'park';
    state.failure = outcome.failure;
    return;
  }
  const result = outcome.value;
  if (result.mappings) state.mappings = result.mappings;
  if (result.verdict === 'stale' || result.verdict === 'recalled') return;
  if (result.verdict !== 'go') {
    state.version = result.version ?? state.version;
    takeStop(state, result);
    return;
  }
  state.version = result.plan.version;
  state.verdict = 'go';
  if (!state.orderWritten) delete state.failure;
  takePlan(state, result.plan);
}
