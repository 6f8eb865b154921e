import type { OrderPlan } from '../../activities/contract';
import { desk, gpOn, xero } from '../activities';
import { minorText } from '../allocation';
import { allocations, creditedOn, liveInvoices } from '../next-act';
import type { OrderState } from '../order-state';
import { exponentOf } from './accept';
import { addHop } from './hop';
import { attemptInOpenPeriod } from './open-period';
import { registerUndo } from './order-in-gp';

/** Posted invoices with what of each is open in both ledgers; everything that is to be settled was settled before. */
function openInvoices(state: OrderState): { invoice: ReturnType<typeof liveInvoices>[number]; open: string }[] {
  const paid = allocations(state);
  return liveInvoices(state).map((invoice) => {
    const settled = paid.filter((a) => a.invoice === invoice.number).reduce((a, { minor }) => a + BigInt(minor), 0n);
    return { invoice, open: (BigInt(invoice.total.minor) - settled - creditedOn(state, invoice.number)).toString() };
  });
}

/**
 * An order edited after its invoice: what was taken off goes back by a return in GP and a credit note in Xero of the same lines, dated today or on the
 * first open day, and applied alike to what is open; the rest stays as the customer's credit in both. The originals stay as they are. Undo: none of
 * its own. A correction is a document of its own day, so an undo of the whole order stops here for a person.
 */
export async function adjust(state: OrderState, plan: OrderPlan): Promise<void> {
  const { adjusting } = state;
  if (!adjusting) return;
  const { pairId, sourceId, orderId, runId } = state.ids;
  const run = { pairId, sourceId, orderId, runId };
  const outcome = await attemptInOpenPeriod(state, plan, async () => {
    const planned = await desk.planAdjustment({ run, ...(state.mappings ? { mappings: state.mappings } : {}), orderKey: plan.orderKey, after: adjusting.order, lines: adjusting.lines, invoices: openInvoices(state) });
    const { ret, applications } = planned;
    registerUndo(state, { act: 'corrected', number: ret.number });
    await gpOn(plan.gpQueue).createReturn({ draft: ret.draft });
    for (const { invoice, amount, draft } of applications) await gpOn(plan.gpQueue).applyReturn({ returnNumber: ret.number, invoice, amount, date: ret.date, draft });
    const note = await xero.creditReturn({ run, orderKey: plan.orderKey, ret: { number: ret.number, invoice: ret.invoice, date: ret.date, reason: ret.reason }, applications: applications.map(({ invoice, amount }) => ({ invoice, amount })), ...(state.mappings ? { mappings: state.mappings } : {}) });
    return { ...planned, note };
  });
  if (!outcome.ok) { state.failure = outcome.failure; return; }
  const { ret, applications, left, note } = outcome.value;
  const money = { amount: minorText(ret.invoice.total.minor, exponentOf(plan.currency)), currency: plan.currency };
  addHop(state, { step: 'adjust', from: { system: state.ids.sourceId, document: plan.orderName }, to: { system: 'GP', document: ret.number }, ...money, note: ret.reason });
  addHop(state, { step: 'adjust', from: { system: 'GP', document: ret.number }, to: { system: 'Xero', document: note.number }, ...money });
  if (BigInt(left.minor) > 0n) state.warnings = [...state.warnings, `${minorText(left.minor, exponentOf(plan.currency))} ${plan.currency} of ${ret.number} and ${note.number} stay as the customer's credit until it is paid back`];
  const credited = { ...state.credited };
  for (const { invoice, amount } of applications) credited[invoice] = (BigInt(credited[invoice] ?? '0') + BigInt(amount.minor)).toString();
  state.credited = credited;
  state.plan = { ...plan, order: adjusting.order, coding: { ...plan.coding, lines: adjusting.lines } };
  state.total = adjusting.total;
  state.gpFigures = undefined;
  state.xeroFigures = undefined;
  delete state.adjusting;
}
