import type { OrderPlan } from '../../activities/contract';
import { gpOn, xero } from '../activities';
import type { OrderState, Undo } from '../order-state';
import { attempt } from './attempt';
import { addHop } from './hop';

async function run(state: OrderState, plan: OrderPlan, undo: Undo): Promise<{ existed: boolean }> {
  const { pairId, sourceId, orderId, runId } = state.ids;
  switch (undo.act) {
    case 'void-order': return gpOn(plan.gpQueue).voidSalesOrder({ number: undo.number });
    case 'void-receipt': return gpOn(plan.gpQueue).voidCashReceipt({ number: undo.number, date: undo.date });
    case 'unmirror': return xero.unmirrorInvoice({ run: { pairId, sourceId, orderId, runId }, number: undo.number });
  }
}

/**
 * Undoes what was done, last act first. Each undo looks first and tolerates that nothing is there. One that cannot be done stops here as a
 * failure; a retry goes on with it, nothing is undone twice.
 */
export async function undoAll(state: OrderState, reason: string): Promise<void> {
  state.undoing = state.undoing ?? reason;
  while (state.undo.length > 0) {
    const last = state.undo[state.undo.length - 1];
    if (!last || !state.plan) break;
    const plan = state.plan;
    const outcome = await attempt(() => run(state, plan, last));
    if (!outcome.ok) {
      state.failure = { ...outcome.failure, code: outcome.failure.code === 'bug' ? 'bug' : 'cannot-undo' };
      return;
    }
    state.undo.pop();
    if (outcome.value.existed) addHop(state, { step: 'undo', from: { system: 'Tieout', document: reason }, to: { system: last.act === 'unmirror' ? 'Xero' : 'GP', document: last.number } });
  }
  state.phase = 'cancelled';
  state.waitingFor = '';
  state.ended = true;
}
