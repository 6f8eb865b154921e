import type { OrderPlan, SettleGpResult, SettleXeroInput, SettleXeroResult, TenderPlan } from '../../activities/contract';
import { gpOn, xero } from '../activities';
import { minorText, type Allocation } from '../allocation';
import { allocationKey, liveInvoices, isPrepaymentBegun, openSettlements } from '../next-act';
import type { OrderState } from '../order-state';
import { exponentOf } from './accept';
import { attempt } from './attempt';
import { addHop } from './hop';

const tenderOf = (plan: OrderPlan, allocation: Allocation): TenderPlan | undefined => plan.tenders.find((t) => t.payment.paymentId === allocation.paymentId);
const invoiceNumbers = (state: OrderState): string[] => liveInvoices(state).map((i) => i.number);

/** What of which payment pays the invoice of this allocation; none where the plan knows no such payment. */
export function paymentOf(state: OrderState, plan: OrderPlan, a: Allocation): Omit<SettleXeroInput['payments'][number], 'invoiceId'>[] {
  const tender = tenderOf(plan, a);
  const prepaid = plan.prepayments || state.prepaid?.includes(a.paymentId) || isPrepaymentBegun(state, a.paymentId) ? { prepaid: true as const } : {};
  return tender ? [{ paymentId: a.paymentId, payment: tender.payment, amount: { minor: a.minor, currency: plan.currency }, date: tender.xeroDate, rate: plan.coding.rate, ...prepaid }] : [];
}

async function payInXero(state: OrderState, plan: OrderPlan, todo: Allocation[]): Promise<SettleXeroResult> {
  const { pairId, sourceId, orderId, runId } = state.ids;
  return xero.settleInXero({
    run: { pairId, sourceId, orderId, runId }, ...(state.mappings ? { mappings: state.mappings } : {}), orderKey: plan.orderKey, invoiceNumbers: invoiceNumbers(state),
    payments: todo.flatMap((a) => {
      const mirror = state.mirrored.find((m) => m.number === a.invoice);
      return mirror ? paymentOf(state, plan, a).map(({ paymentId, ...payment }) => ({ invoiceId: mirror.invoiceId, paymentId, ...payment })) : [];
    }),
  });
}

/** Receipts of these allocations applied to their invoices in GP, which then tells what it holds. */
export async function applyInGp(state: OrderState, plan: OrderPlan, todo: Allocation[]): Promise<SettleGpResult> {
  return gpOn(plan.gpQueue).settleInGp({
    ...(plan.applying ? { applying: plan.applying } : {}), invoiceNumbers: invoiceNumbers(state), receiptNumbers: plan.tenders.map((t) => t.receipt.number),
    applications: todo.flatMap((a) => {
      const tender = tenderOf(plan, a);
      const date = liveInvoices(state).find((i) => i.number === a.invoice)?.date;
      return tender && date !== undefined ? [{ receipt: tender.receipt.number, invoice: a.invoice, amount: { minor: a.minor, currency: plan.currency }, date, payment: tender.payment }] : [];
    }),
  });
}

/** One hop per payment or application that stands. */
export function tell(state: OrderState, plan: OrderPlan, done: { step: 'payment' | 'apply'; allocations: Allocation[] }): void {
  for (const a of done.allocations) {
    const receipt = tenderOf(plan, a)?.receipt.number ?? '';
    addHop(state, {
      step: done.step, from: done.step === 'payment' ? { system: tenderOf(plan, a)?.payment.gateway || 'manual', document: a.paymentId } : { system: 'GP', document: receipt },
      to: { system: done.step === 'payment' ? 'Xero' : 'GP', document: a.invoice }, amount: minorText(a.minor, exponentOf(plan.currency)), currency: plan.currency,
    });
  }
}

/**
 * Payments on Xero's clearing accounts and receipts applied in GP, side by side; both acts read their ledger back. No undo of its own: a
 * settled invoice is corrected by a credit note or a refund, and `unmirror` and `void-receipt` say so.
 */
export async function settle(state: OrderState, plan: OrderPlan): Promise<void> {
  const todo = openSettlements(state);
  const [paid, applied] = await Promise.all([
    todo.xero.length > 0 ? attempt(() => payInXero(state, plan, todo.xero)) : undefined,
    todo.gp.length > 0 ? attempt(() => applyInGp(state, plan, todo.gp)) : undefined,
  ]);
  if (paid?.ok) {
    state.paidInXero.push(...todo.xero.map(allocationKey));
    state.xeroFigures = paid.value.figures;
    tell(state, plan, { step: 'payment', allocations: todo.xero });
  }
  if (applied?.ok) {
    state.appliedInGp.push(...todo.gp.map(allocationKey));
    state.gpFigures = applied.value.figures;
    tell(state, plan, { step: 'apply', allocations: todo.gp });
  }
  const failure = [paid, applied].flatMap((o) => (o && !o.ok ? [o.failure] : []))[0];
  if (failure) state.failure = failure;
}
