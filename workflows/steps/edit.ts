import type { OrderPlan } from '../../activities/contract';
import { minorText } from '../allocation';
import { allShipped, liveInvoices } from '../next-act';
import type { OrderState } from '../order-state';
import { exponentOf } from '../exponents';

/** Plans of an older release carry no hash of the amounts; what they were made from is compared itself. */
const amountsOf = ({ order: { lines, shipping, totals, currency } }: OrderPlan): string => JSON.stringify([currency, totals, lines, shipping]);
const sameAmounts = (a: OrderPlan, b: OrderPlan): boolean => (a.moneyHash === undefined || b.moneyHash === undefined ? amountsOf(a) === amountsOf(b) : a.moneyHash === b.moneyHash);

/** The run keeps what it posted; the edit is known, so that the same one is not told again. */
const keep = (plan: OrderPlan, before: OrderPlan): OrderPlan =>
  ({ ...before, version: plan.version, contentHash: plan.contentHash, ...(plan.moneyHash === undefined ? {} : { moneyHash: plan.moneyHash }) });

/** A correction was begun: its documents may stand in the ledgers. */
const corrected = (state: OrderState): boolean => state.undo.some((u) => u.act === 'corrected');

/**
 * May the edit be booked by documents of its own? Goods still to be shipped are not taken back by one: while GP has some open, a person tells the
 * warehouse. An order is corrected once by itself: what a second edit leaves of it is a person's.
 */
export const mayCorrect = (state: OrderState, plan: OrderPlan): boolean =>
  state.edition >= 4 && plan.editedAfterInvoice === 'adjust' && bookable(state);

const bookable = (state: OrderState): boolean => allShipped(state) && (state.supplements ?? []).every((s) => s.written) && state.adding?.begun === undefined && liveInvoices(state).length > 0 && !corrected(state);

/** May what was added be entered as a GP order of its own? What would need an approver's word as it is now is a person's. */
export const maySupplement = (state: OrderState, plan: OrderPlan): boolean =>
  state.edition >= 7 && plan.addedAfterInvoice === 'supplement' && plan.approval === undefined && bookable(state);

/** What `supplement` is to look at: the order as it is now, and all its payments. */
export const additionOf = (plan: OrderPlan): NonNullable<OrderState['adding']> => ({ order: plan.order, coding: plan.coding, tenders: plan.tenders, total: minorText(plan.total.minor, exponentOf(plan.currency)) });

/** What `adjust` is to book: the order as it is now. */
export const correctionOf = (plan: OrderPlan): NonNullable<OrderState['adjusting']> => ({ order: plan.order, lines: plan.coding.lines, total: minorText(plan.total.minor, exponentOf(plan.currency)) });

/** Entered anew under the next number: the plan that knows it comes with the next acceptance. True: this is that plan. */
function enterAnew(state: OrderState, plan: OrderPlan, before: OrderPlan): boolean {
  if (plan.coding.number !== before.coding.number) {
    state.replaces = before.coding.number;
    state.planBefore = before;
    state.orderWritten = false;
    return true;
  }
  state.revision += 1;
  state.accepted = state.heard - 1;
  return false;
}

/**
 * The order in GP is another than the one planned now. Not invoiced: it is entered anew, or a person is asked (policy). Invoiced: names and addresses
 * change nothing that is posted; amounts are corrected by documents of their own, or a person is asked (policy). True when the new plan is to be taken. No undo: nothing is written here.
 */
export function takeEdit(state: OrderState, plan: OrderPlan, before: OrderPlan): boolean {
  const invoiced = liveInvoices(state).length > 0;
  const { number } = before.coding;
  if (sameAmounts(plan, before) && invoiced) {
    state.warnings = [...new Set([...state.warnings, `Names or addresses were changed in the shop after GP order ${number} was invoiced: nothing of it is posted again.`])];
    state.plan = { ...keep(plan, before), tenders: plan.tenders };
    return false;
  }
  if (maySupplement(state, plan)) {
    state.adding = additionOf(plan);
    delete state.adjusting;
    state.plan = keep(plan, before);
    return false;
  }
  if (mayCorrect(state, plan)) {
    state.adjusting = correctionOf(plan);
    state.plan = { ...keep(plan, before), tenders: plan.tenders };
    return false;
  }
  if (!invoiced && plan.editedBeforeInvoice === 'replace') return enterAnew(state, plan, before);
  state.failure = invoiced
    ? { code: 'order-edited', document: number, message: `The order was edited in the shop after GP order ${number} was invoiced.`, fix: 'Book the difference by a credit memo or a further invoice and skip the edit; or undo, which returns what was posted.' }
    : { code: 'order-edited', document: number, message: `The order was edited in the shop after GP order ${number} was made from it.`, fix: 'Change the GP order by hand and skip the edit: the run goes on with the order as GP has it. Or undo, and enter it anew.' };
  state.plan = keep(plan, before);
  return false;
}

/** A person drops an edit: the run goes on with the order that stands in GP. False when there is none to go on with. */
export function dropEdit(state: OrderState): boolean {
  if (state.failure?.code !== 'order-edited' || state.plan?.moneyHash === undefined || state.recalled) return false;
  if (!corrected(state)) delete state.adjusting;
  if (state.adding?.begun === undefined) delete state.adding;
  if (state.planBefore) {
    state.plan = keep(state.plan, state.planBefore);
    state.orderWritten = true;
    delete state.replaces;
    delete state.planBefore;
  }
  return state.orderWritten;
}
