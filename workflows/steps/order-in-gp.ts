import type { Failure } from '../../canonical/failure';
import type { OrderPlan, TenderPlan } from '../../activities/contract';
import type { Undo } from '../order-state';
import type { OrderState } from '../order-state';
import { gpOn } from '../activities';
import { addHop } from './hop';
import { attempt } from './attempt';
import { exponentOf } from './accept';
import { minorText } from '../allocation';

/** Failures that a person with the right may let pass: they become an approval, not an exception. */
const approvable = new Set(['customer-on-hold', 'credit-limit']);

/** A person let it pass that the customer is on hold. */
export const waiver = (state: OrderState): { waived?: true } => (state.holdWaived ? { waived: true } : {});

/** Customer, addresses and sales order in GP in one act. Undo: the order is voided, which works while nobody has transferred it. */
export async function createOrder(state: OrderState, plan: OrderPlan): Promise<void> {
  const { number } = plan.coding;
  registerUndo(state, { act: 'void-order', number });
  const outcome = await attempt(() => gpOn(plan.gpQueue).createSalesOrder({ draft: plan.draft, ...waiver(state) }));
  if (!outcome.ok) { stop(state, outcome.failure); return; }
  state.orderWritten = true;
  state.warnings = [...new Set([...state.warnings, ...outcome.value.warnings])];
  addHop(state, { step: 'order', from: { system: state.ids.sourceId, document: plan.orderName }, to: { system: 'GP', document: number },
    amount: minorText(plan.total.minor, exponentOf(plan.currency)), currency: plan.currency, ...(outcome.value.existed ? { note: 'found by its number' } : {}) });
}

/** A plan of an older release holds no document for GP: the order is accepted again, by the mapping versions of this run, and posted then. */
function planAnew(state: OrderState, failure: Failure): boolean {
  if (failure.code !== 'plan-outdated') return false;
  state.accepted = state.heard - 1;
  return true;
}

/** A failure that a person with the right may let pass asks for an approval; every other one is an exception. */
function stop(state: OrderState, failure: Failure): void {
  if (planAnew(state, failure)) return;
  if (!approvable.has(failure.code) || state.holdWaived) { state.failure = failure; return; }
  state.approvalNeeded = failure.message;
  state.holdWaived = true;
  delete state.approval;
  delete state.approvalAsk;
}

function keepReceipt(state: OrderState, { payment, receipt }: TenderPlan): void {
  state.receiptsWritten.push(receipt.number);
  addHop(state, { step: 'receipt', from: { system: payment.gateway || 'manual', document: payment.paymentId }, to: { system: 'GP', document: receipt.number },
    amount: minorText(payment.amount.minor, exponentOf(payment.amount.currency)), currency: payment.amount.currency });
}

/**
 * Order and receipts in GP in one act. Undo: the order is voided while nobody has transferred it, returned after its invoice is posted; each
 * receipt is unapplied and voided. All are registered before the act, because its outcome may stay unknown.
 */
export async function postOrder(state: OrderState, plan: OrderPlan): Promise<void> {
  registerUndo(state, { act: 'void-order', number: plan.coding.number });
  const open = plan.tenders.filter((t) => !state.receiptsWritten.includes(t.receipt.number));
  for (const { receipt } of open) registerUndo(state, { act: 'void-receipt', number: receipt.number, date: receipt.date });
  const outcome = await attempt(() => gpOn(plan.gpQueue).postOrder({ draft: plan.draft, ...waiver(state), receipts: open.map((t) => t.receipt) }));
  if (!outcome.ok) { stop(state, outcome.failure); return; }
  const { order, receipts, failure } = outcome.value;
  if (order) {
    state.orderWritten = true;
    state.warnings = [...new Set([...state.warnings, ...order.warnings])];
    addHop(state, { step: 'order', from: { system: state.ids.sourceId, document: plan.orderName }, to: { system: 'GP', document: order.number },
      amount: minorText(plan.total.minor, exponentOf(plan.currency)), currency: plan.currency, ...(order.existed ? { note: 'found by its number' } : {}) });
  }
  for (const tender of open.filter((t) => receipts.includes(t.receipt.number))) keepReceipt(state, tender);
  if (failure) stop(state, failure);
}

/**
 * An edited order takes the place of the one GP has: the old one is voided, which GP refuses once the warehouse has transferred any of it, and
 * the new one is entered under its own number. Undo: the void is final; the new order has its own undo.
 */
export async function replaceOrder(state: OrderState, plan: OrderPlan): Promise<void> {
  const number = state.replaces ?? '';
  const outcome = await attempt(() => gpOn(plan.gpQueue).voidSalesOrder({ number, ...(plan.editNeedsReview ? { keep: plan.editNeedsReview } : {}) }));
  if (!outcome.ok) {
    state.failure = outcome.failure.code === 'cannot-undo' ? { ...outcome.failure, code: 'order-edited', message: `The order was edited in the shop, and GP order ${number} can no longer be changed: ${outcome.failure.message}`,
      fix: state.planBefore ? 'Retry when the warehouse has put the goods back. Or correct the order in GP by hand and skip the edit: the run goes on with the order as GP has it. Or undo.' : 'Correct it in GP by hand and skip the edit, or undo and enter the order anew.' } : outcome.failure;
    return;
  }
  state.undo = state.undo.filter((u) => u.act !== 'void-order' || u.number !== number);
  delete state.replaces;
  delete state.planBefore;
  delete state.ledger;
  addHop(state, { step: 'replace', from: { system: 'GP', document: number }, to: { system: 'GP', document: plan.coding.number }, note: 'the edited order is entered anew' });
}

/** One cash receipt per payment. Undo: each is voided (unapplied first). */
export async function createReceipts(state: OrderState, plan: OrderPlan): Promise<void> {
  for (const { payment, receipt, ...rest } of plan.tenders) {
    if (state.receiptsWritten.includes(receipt.number)) continue;
    registerUndo(state, { act: 'void-receipt', number: receipt.number, date: receipt.date });
    const outcome = await attempt(() => gpOn(plan.gpQueue).createCashReceipt({ receipt }));
    if (!outcome.ok) {
      if (!planAnew(state, outcome.failure)) state.failure = outcome.failure;
      return;
    }
    keepReceipt(state, { payment, receipt, ...rest });
  }
}

export function registerUndo(state: OrderState, undo: Undo): void {
  if (!state.undo.some((u) => u.act === undo.act && u.number === undo.number)) state.undo.push(undo);
}
