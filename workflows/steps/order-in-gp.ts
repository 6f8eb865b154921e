import type { OrderPlan } from '../../activities/contract';
import type { Undo } from '../order-state';
import type { OrderState } from '../order-state';
import { gpOn } from '../activities';
import { addHop } from './hop';
import { attempt } from './attempt';
import { exponentOf } from './accept';
import { minorText } from '../allocation';

/** Failures that a person with the right may let pass: they become an approval, not an exception. */
const approvable = new Set(['customer-on-hold', 'credit-limit']);

/** Customer, addresses and sales order in GP in one act. Undo: the order is voided, which works while nobody has transferred it. */
export async function createOrder(state: OrderState, plan: OrderPlan): Promise<void> {
  const { number } = plan.coding;
  registerUndo(state, { act: 'void-order', number });
  const coding = state.holdWaived ? { ...plan.coding, respectHold: false, respectCreditLimit: false } : plan.coding;
  const outcome = await attempt(() => gpOn(plan.gpQueue).createSalesOrder({ order: plan.order, coding }));
  if (!outcome.ok) {
    if (approvable.has(outcome.failure.code) && !state.holdWaived) {
      state.approvalNeeded = outcome.failure.message;
      state.holdWaived = true;
      delete state.approval;
      return;
    }
    state.failure = outcome.failure;
    return;
  }
  state.orderWritten = true;
  state.warnings = [...new Set([...state.warnings, ...outcome.value.warnings])];
  addHop(state, { step: 'order', from: { system: state.ids.sourceId, document: plan.orderName }, to: { system: 'GP', document: number },
    amount: minorText(plan.total.minor, exponentOf(plan.currency)), currency: plan.currency, ...(outcome.value.existed ? { note: 'found by its number' } : {}) });
}

/** One cash receipt per payment. Undo: each is voided (unapplied first). */
export async function createReceipts(state: OrderState, plan: OrderPlan): Promise<void> {
  for (const { payment, receipt } of plan.tenders) {
    if (state.receiptsWritten.includes(receipt.number)) continue;
    registerUndo(state, { act: 'void-receipt', number: receipt.number, date: receipt.date });
    const outcome = await attempt(() => gpOn(plan.gpQueue).createCashReceipt({ receipt }));
    if (!outcome.ok) {
      state.failure = outcome.failure;
      return;
    }
    state.receiptsWritten.push(receipt.number);
    addHop(state, { step: 'receipt', from: { system: payment.gateway || 'manual', document: payment.paymentId }, to: { system: 'GP', document: receipt.number },
      amount: minorText(payment.amount.minor, exponentOf(payment.amount.currency)), currency: payment.amount.currency });
  }
}

export function registerUndo(state: OrderState, undo: Undo): void {
  if (!state.undo.some((u) => u.act === undo.act && u.number === undo.number)) state.undo.push(undo);
}
