import { ApplicationFailure } from '@temporalio/workflow';
import type { Failure } from '../../canonical/failure';
import type { OrderPlan, UndoPlan } from '../../activities/contract';
import { desk, gpOn, xero } from '../activities';
import { minorText } from '../allocation';
import { liveInvoices } from '../next-act';
import type { OrderState, Undo } from '../order-state';
import { exponentOf } from './accept';
import { addHop } from './hop';
import { attemptInOpenPeriod } from './open-period';

const correctedBefore = (number: string): Failure => ({
  code: 'cannot-undo', document: number, message: `Part of this order was taken back before by ${number}; the rest is not taken back by itself.`, fix: 'Take back what is left by hand in both ledgers, then skip.',
});

type Undone = { existed: boolean; note?: string };

/** A GP order that was invoiced is taken back by one return per posted invoice, each applied to it so that nothing stays open. */
async function returnInvoices(state: OrderState, plan: OrderPlan, undoPlan: UndoPlan): Promise<Undone> {
  const gp = gpOn(plan.gpQueue);
  for (const ret of undoPlan.returns) {
    await gp.createReturn({ ret });
    await gp.applyReturn({ returnNumber: ret.number, invoice: ret.invoice.number, amount: ret.invoice.total, date: undoPlan.date });
    addHop(state, { step: 'undo', from: { system: 'GP', document: ret.invoice.number }, to: { system: 'GP', document: ret.number }, note: 'returned',
      amount: minorText(ret.invoice.total.minor, exponentOf(ret.invoice.currency)), currency: ret.invoice.currency });
  }
  return { existed: false };
}

async function run(state: OrderState, plan: OrderPlan, undo: Undo): Promise<Undone> {
  const { pairId, sourceId, orderId, runId } = state.ids;
  const ref = { pairId, sourceId, orderId, runId };
  const live = liveInvoices(state);
  const undoPlan = state.edition >= 2 && live.length > 0 ? await desk.planUndo({ run: ref, orderKey: plan.orderKey, invoices: live.filter((i) => i.posted) }) : undefined;
  switch (undo.act) {
    case 'void-order': {
      const unposted = live.find((i) => !i.posted);
      if (!undoPlan || unposted) return gpOn(plan.gpQueue).voidSalesOrder({ number: undo.number });
      return returnInvoices(state, plan, undoPlan);
    }
    case 'corrected': throw ApplicationFailure.create({ type: 'cannot-undo', nonRetryable: true, message: 'corrected before', details: [correctedBefore(undo.number)] });
    case 'void-receipt': return gpOn(plan.gpQueue).voidCashReceipt({ number: undo.number, date: undoPlan?.date ?? undo.date });
    case 'unmirror': {
      const done = await xero.unmirrorInvoice({ run: ref, number: undo.number, ...(undoPlan ? { orderKey: plan.orderKey, date: undoPlan.date } : {}) });
      return { existed: done.existed, ...(done.how ? { note: done.document ? `${done.how} by ${done.document}` : done.how } : {}) };
    }
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
    const outcome = await attemptInOpenPeriod(state, plan, () => run(state, plan, last));
    if (!outcome.ok) {
      state.failure = { ...outcome.failure, code: outcome.failure.code === 'bug' ? 'bug' : 'cannot-undo' };
      return;
    }
    state.undo.pop();
    if (outcome.value.existed) addHop(state, { step: 'undo', from: { system: 'Tieout', document: reason }, to: { system: last.act === 'unmirror' ? 'Xero' : 'GP', document: last.number }, ...(outcome.value.note ? { note: outcome.value.note } : {}) });
  }
  state.phase = 'cancelled';
  state.waitingFor = '';
  state.ended = true;
}
