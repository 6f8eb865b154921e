import type { OrderPlan } from '../../activities/contract';
import type { Phase } from '../../canonical/story';
import { desk, gpOn, xero } from '../activities';
import { minorText } from '../allocation';
import { liveInvoices } from '../next-act';
import type { OrderState } from '../order-state';
import { exponentOf } from './accept';
import { attempt } from './attempt';
import { additionOf, correctionOf, mayCorrect, maySupplement } from './edit';
import { registerUndo } from './order-in-gp';

const ends: readonly Phase[] = ['tied-out', 'cancelled', 'skipped'];
/** Its run was ended on the way, or lost: it is not done, and goes on from what stands. */
const wasCutOff = (state: OrderState, phase: Phase): boolean => state.edition >= 7 && !ends.includes(phase);

/** Which payments stand as prepayments the hands know. Once something is invoiced none is made any more: a payment may stand there as one of the invoice. */
function recallPrepayments(state: OrderState, { tenders }: OrderPlan): void {
  if (liveInvoices(state).length > 0) state.prepaid = tenders.map((t) => t.payment.paymentId);
  for (const { payment, xeroDate } of tenders) registerUndo(state, { act: 'refund-prepayment', number: payment.paymentId, date: xeroDate, payment });
}

/**
 * Takes up an order that was finished before, because its source spoke again: what stands is read from the ledgers themselves. An unchanged order
 * ends at once as it was; a cancelled one is undone; an edited one is corrected or waits for a person (policy); one that was invoiced on terms takes the money that came since. No undo of its own: it writes nothing outside.
 */
export async function recall(state: OrderState): Promise<void> {
  const { pairId, sourceId, orderId, runId } = state.ids;
  const run = { pairId, sourceId, orderId, runId };
  state.accepted = state.heard;
  const outcome = await attempt(async () => {
    const recalled = await desk.recallOrder({ run, inboxIds: state.inboxIds, payments: state.told });
    if (recalled.verdict !== 'recalled') return { recalled };
    const { plan, same, cancelled } = recalled;
    if (same && !cancelled && !recalled.owes && !wasCutOff(state, recalled.phase)) return { recalled };
    const states = (await gpOn(plan.gpQueue).readOrderStates({ orderKeys: [plan.orderKey] }))[plan.orderKey] ?? [];
    const standing = states.filter((s) => s.status !== 'voided');
    const supplements = (recalled.supplements ?? []).flatMap(({ number, key }) => standing.filter((s) => s.orderNumber === number).map((s) => ({ number, key, written: true, ledger: s })));
    const ledger = standing.find((s) => supplements.every((a) => a.number !== s.orderNumber));
    const numbers = [ledger, ...supplements.map((s) => s.ledger)].flatMap((s) => s?.invoices ?? []).filter((i) => !i.voided).map((i) => i.number);
    const figures = numbers.length > 0 ? await xero.readXeroFigures({ run, invoiceNumbers: numbers }) : undefined;
    return { recalled, ledger, figures, supplements };
  });
  if (!outcome.ok) { state.failure = outcome.failure; return; }
  const { recalled, ledger, figures, supplements } = outcome.value;
  if (recalled.mappings) state.mappings = recalled.mappings;
  state.recalling = false;
  delete state.unpaidEdit;
  if (recalled.verdict === 'wait-payment' && state.edition >= 7) {
    state.unpaidEdit = true;
    state.verdict = 'wait-payment';
    state.failure = recalled.failure;
    return;
  }
  if (recalled.verdict !== 'recalled') {
    state.verdict = 'park';
    state.failure = 'failure' in recalled ? recalled.failure : undefined;
    return;
  }
  const { plan, same, cancelled, phase } = recalled;
  if (state.edition >= 7) delete state.failure;
  state.plan = plan;
  state.orderName = plan.orderName;
  state.version = plan.version;
  state.total = minorText(plan.total.minor, exponentOf(plan.currency));
  state.currency = plan.currency;
  const cutOff = !cancelled && wasCutOff(state, phase);
  // Nothing of it stands: it is taken like a new one.
  if (cutOff && !ledger) { delete state.plan; delete state.reopened; delete state.verdict; state.accepted = state.heard - 1; return; }
  if ((same && !cancelled && !recalled.owes && !cutOff) || !ledger) {
    state.phase = !ledger && cancelled ? 'cancelled' : phase;
    state.ended = true;
    return;
  }
  state.ledger = ledger;
  state.orderWritten = true;
  registerUndo(state, { act: 'void-order', number: ledger.orderNumber });
  if (supplements && supplements.length > 0) state.supplements = supplements;
  for (const { number } of state.supplements ?? []) registerUndo(state, { act: 'void-order', number });
  for (const receipt of ledger.receipts.filter((r) => !r.voided)) {
    state.receiptsWritten.push(receipt.number);
    registerUndo(state, { act: 'void-receipt', number: receipt.number, date: plan.coding.date });
  }
  if (plan.prepayments) recallPrepayments(state, plan);
  for (const invoice of figures?.invoices ?? []) {
    state.mirrored.push({ number: invoice.number, invoiceId: '', status: invoice.status, minor: invoice.total.minor });
    registerUndo(state, { act: 'unmirror', number: invoice.number });
  }
  if (recalled.corrected !== undefined) registerUndo(state, { act: 'corrected', number: recalled.corrected });
  state.recalled = true;
  state.verdict = cancelled ? 'cancelled' : 'go';
  // What was cut off goes on from there. Money that came for what was invoiced on terms: accepted like any other word of the source, so that its receipt gets its number and intent. The
  // invoices are found in Xero by their numbers before they are paid.
  if (same && !cancelled) { state.recalled = false; state.mirrored = []; state.accepted = state.heard - 1; return; }
  // The invoices are found in Xero by their numbers before anything is added to them or taken off.
  if (!cancelled && maySupplement(state, plan)) {
    const standing = ledger.receipts.filter((r) => !r.voided).map((r) => r.number);
    state.plan = { ...plan, tenders: plan.tenders.filter((t) => standing.includes(t.receipt.number)), coding: { ...plan.coding, number: ledger.orderNumber as OrderPlan['coding']['number'] } };
    state.adding = additionOf(plan);
    state.mirrored = [];
    return;
  }
  if (!cancelled && mayCorrect(state, plan)) {
    state.plan = { ...plan, coding: { ...plan.coding, number: ledger.orderNumber as OrderPlan['coding']['number'] } };
    state.adjusting = correctionOf(plan);
    state.mirrored = [];
    if (recalled.owes) state.accepted = state.heard - 1;
    return;
  }
  if (!cancelled) {
    state.failure = { code: 'order-edited', document: ledger.orderNumber, message: `The order was edited in the shop after it was finished in both ledgers (GP order ${ledger.orderNumber}).`,
      fix: 'Book the difference by a credit memo or a further invoice and skip; or undo, which returns what was posted.' };
  }
}
