import type { OrderPlan } from '../../activities/contract';
import { desk, gpOn } from '../activities';
import { minorText } from '../allocation';
import { liveInvoices } from '../next-act';
import type { OrderState, Supplement } from '../order-state';
import { exponentOf } from '../exponents';
import { addHop } from './hop';
import { attemptInOpenPeriod } from './open-period';
import { registerUndo, waiver } from './order-in-gp';

/** Its number is known before it is written: GP may invoice it before we hear that it took it. */
function keepNumber(state: OrderState, { number, key }: Pick<Supplement, 'number' | 'key'>): void {
  registerUndo(state, { act: 'void-order', number });
  if (state.adding) state.adding.begun = number;
  if (!state.supplements?.some((s) => s.number === number)) state.supplements = [...(state.supplements ?? []), { number, key, written: false }];
}

/**
 * An order edited after its invoice: what was added goes to GP as an order of its own, under our key and a number of its own, and is shipped, invoiced,
 * mirrored and paid like the first; the originals stay as they are. What the same edit took off is left to `adjust`, after that invoice, so that it
 * can be applied to it. Undo: it is voided while nobody has transferred it, returned after its invoice is posted, like the first.
 */
export async function supplement(state: OrderState, plan: OrderPlan): Promise<void> {
  const { adding } = state;
  if (!adding) return;
  const { pairId, sourceId, orderId, runId } = state.ids;
  const outcome = await attemptInOpenPeriod(state, plan, async () => {
    const planned = await desk.planSupplement({ run: { pairId, sourceId, orderId, runId }, ...(state.mappings ? { mappings: state.mappings } : {}), orderKey: plan.orderKey, after: adding.order, coding: adding.coding, tenders: adding.tenders, invoices: liveInvoices(state), takenOff: plan.editedAfterInvoice ?? 'hold' });
    const extra = planned.supplement;
    if (!extra) return planned;
    keepNumber(state, { number: extra.coding.number, key: extra.key });
    await gpOn(plan.gpQueue).postOrder({ draft: extra.draft, ...waiver(state), receipts: [] });
    return planned;
  });
  if (!outcome.ok) { state.failure = outcome.failure; return; }
  const { supplement: extra, takesBack } = outcome.value;
  if (extra) {
    state.supplements = (state.supplements ?? []).map((s) => (s.number === extra.coding.number ? { ...s, written: true } : s));
    addHop(state, { step: 'order', from: { system: state.ids.sourceId, document: plan.orderName }, to: { system: 'GP', document: extra.coding.number }, note: 'added after the invoice',
      amount: minorText(extra.order.totals.total.minor, exponentOf(plan.currency)), currency: plan.currency });
  }
  const { order, coding: { lines }, total, tenders } = adding;
  state.plan = { ...plan, tenders, total: order.totals.total, ...(takesBack ? {} : { order, coding: { ...plan.coding, lines } }) };
  if (takesBack) state.adjusting = { order, lines, total };
  state.total = total;
  state.gpFigures = undefined;
  state.xeroFigures = undefined;
  delete state.adding;
}
