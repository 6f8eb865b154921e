import type { OrderPlan } from '../../activities/contract';
import { xero } from '../activities';
import { minorText } from '../allocation';
import { openPrepayments } from '../next-act';
import type { OrderState } from '../order-state';
import { exponentOf } from './accept';
import { attempt } from './attempt';
import { addHop } from './hop';
import { registerUndo } from './order-in-gp';

/** Money that came before the invoice, in Xero as prepayments of the buyer's contact. Undo: what no invoice used of each is paid back; registered before the act, because its outcome may stay unknown. */
export async function prepay(state: OrderState, plan: OrderPlan): Promise<void> {
  const { pairId, sourceId, orderId, runId } = state.ids;
  const { customer, billTo, shipTo } = plan.order;
  const open = openPrepayments(state);
  for (const { payment, xeroDate } of open) registerUndo(state, { act: 'refund-prepayment', number: payment.paymentId, date: xeroDate, payment });
  const outcome = await attempt(() => xero.prepayInXero({
    run: { pairId, sourceId, orderId, runId }, ...(state.mappings ? { mappings: state.mappings } : {}), orderKey: plan.orderKey, orderName: plan.orderName, customerNumber: plan.coding.customerNumber,
    order: { customer, ...(billTo ? { billTo } : {}), ...(shipTo ? { shipTo } : {}) }, payments: open.map(({ payment, xeroDate }) => ({ payment, date: xeroDate })),
  }));
  if (!outcome.ok) { state.failure = outcome.failure; return; }
  state.prepaid = [...(state.prepaid ?? []), ...open.map((t) => t.payment.paymentId)];
  for (const { payment } of open) {
    const existed = outcome.value.prepayments.find((p) => p.paymentId === payment.paymentId)?.existed ?? false;
    addHop(state, { step: 'prepayment', from: { system: payment.gateway || 'manual', document: payment.paymentId }, to: { system: 'Xero', document: `${plan.orderKey}/${payment.paymentId}` },
      amount: minorText(payment.amount.minor, exponentOf(payment.amount.currency)), currency: payment.amount.currency, ...(existed ? { note: 'found by its key' } : {}) });
  }
}
