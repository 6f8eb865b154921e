import type { LedgerInvoice } from '../canonical/ledger';
import type { TenderPlan } from '../activities/contract';
import { allocatePayments, type Allocation } from './allocation';
import type { OrderState } from './order-state';

export type Act =
  | 'end' | 'undo' | 'accept' | 'recall'
  | 'await-decision' | 'await-change' | 'await-payment' | 'await-order' | 'await-approval' | 'await-turn' | 'await-ledger' | 'await-settlement'
  | 'replace-order' | 'create-order' | 'create-receipts' | 'prepay' | 'mirror' | 'settle' | 'supplement' | 'adjust' | 'prove' | 'finish-cancelled' | 'finish-skipped';

/** Everything GP invoiced of it: of its order, and of what was added to that afterwards. */
export const allInvoices = (state: OrderState): LedgerInvoice[] => [...(state.ledger?.invoices ?? []), ...(state.supplements ?? []).flatMap((s) => s.ledger?.invoices ?? [])];

/** GP invoices that count, oldest first: voided ones are gone. */
export const liveInvoices = (state: OrderState): LedgerInvoice[] =>
  allInvoices(state).filter((i) => !i.voided).sort((a, b) => (a.date + a.number < b.date + b.number ? -1 : 1));

/** The next invoice whose mirror is not as it should be. */
export function invoiceToMirror(state: OrderState): { invoice: LedgerInvoice; act: 'create' | 'authorise' } | undefined {
  for (const invoice of liveInvoices(state)) {
    if (state.plan?.skipZeroInvoices && BigInt(invoice.total.minor) === 0n) continue;
    const mirror = state.mirrored.find((m) => m.number === invoice.number);
    if (!mirror) return { invoice, act: 'create' };
    if (mirror.status === 'DRAFT' && invoice.posted) return { invoice, act: 'authorise' };
  }
  return undefined;
}

/** What corrections took off an invoice, in minor units. */
export const creditedOn = (state: OrderState, invoice: string): bigint => BigInt(state.credited?.[invoice] ?? '0');

/** Who pays what, over the posted and mirrored invoices. */
export function allocations(state: OrderState): Allocation[] {
  const invoices = liveInvoices(state).filter((i) => i.posted && state.mirrored.some((m) => m.number === i.number && m.status !== 'DRAFT'));
  const payments = (state.plan?.tenders ?? []).map((t) => ({ id: t.payment.paymentId, minor: t.payment.amount.minor }));
  return allocatePayments(invoices.map((i) => ({ id: i.number, minor: (BigInt(i.total.minor) - creditedOn(state, i.number)).toString() })), payments);
}

export const allocationKey = (a: Allocation): string => `${a.paymentId}>${a.invoice}`;

/** Allocations that still have to be recorded; in GP only those whose receipt is posted. */
export function openSettlements(state: OrderState): { xero: Allocation[]; gp: Allocation[] } {
  const all = allocations(state);
  const posted = (a: Allocation): boolean => {
    const number = state.plan?.tenders.find((t) => t.payment.paymentId === a.paymentId)?.receipt.number;
    return state.ledger?.receipts.some((r) => r.number === number && r.posted) ?? false;
  };
  return {
    xero: all.filter((a) => !state.paidInXero.includes(allocationKey(a))),
    gp: all.filter((a) => !state.appliedInGp.includes(allocationKey(a)) && posted(a)),
  };
}

/** Minor units that posted invoices leave open: an order on terms is paid later. */
export function owed(state: OrderState): bigint {
  const sum = (amounts: readonly { minor: string }[]): bigint => amounts.reduce((a, { minor }) => a + BigInt(minor), 0n);
  return sum(liveInvoices(state).map((i) => i.total)) - sum(allocations(state)) - liveInvoices(state).reduce((a, i) => a + creditedOn(state, i.number), 0n);
}

/** Its undo is registered before the act: a prepayment of this payment stands in Xero, or may stand there. */
export const isPrepaymentBegun = (state: OrderState, paymentId: string): boolean => state.undo.some((u) => u.act === 'refund-prepayment' && u.number === paymentId);

/** Payments that are to stand in Xero before there is an invoice. One that was begun is brought to its end, or its payment would be entered a second time. */
export function openPrepayments(state: OrderState): TenderPlan[] {
  const invoiced = liveInvoices(state).length > 0 || state.mirrored.length > 0;
  return (state.plan?.tenders ?? []).filter((t) => t.prepay && !state.prepaid?.includes(t.payment.paymentId) && (!invoiced || isPrepaymentBegun(state, t.payment.paymentId)));
}

/** GP has nothing of it left to ship. */
export const allShipped = (state: OrderState): boolean => state.ledger?.status === 'invoiced' && (state.supplements ?? []).every((s) => !s.written || s.ledger?.status === 'invoiced');

function afterGo(state: OrderState): Act {
  if (state.approvalNeeded !== undefined && state.approval === undefined) return 'await-approval';
  if (state.approvalNeeded !== undefined && state.approval?.decision === 'reject') return 'undo';
  if (state.replaces !== undefined) return 'replace-order';
  if (!state.orderWritten) return state.plan?.after !== undefined && state.turn !== state.plan.coding.number ? 'await-turn' : 'create-order';
  if (state.plan?.tenders.some((t) => !state.receiptsWritten.includes(t.receipt.number))) return 'create-receipts';
  if (openPrepayments(state).length > 0) return 'prepay';
  if (!state.ledger) return 'await-ledger';
  if (invoiceToMirror(state)) return 'mirror';
  const open = openSettlements(state);
  if (open.xero.length > 0 || open.gp.length > 0) return 'settle';
  const whole = allShipped(state) && liveInvoices(state).length > 0 && liveInvoices(state).every((i) => i.posted);
  const applied = allocations(state).every((a) => state.appliedInGp.includes(allocationKey(a)));
  if (!whole || !applied) return 'await-ledger';
  if (state.adding) return 'supplement';
  if (state.adjusting) return 'adjust';
  return state.plan?.terms?.tieOut === 'paid' && owed(state) > 0n ? 'await-settlement' : 'prove';
}

/** A finished order that was taken up again, and of which nothing is known yet: what is heard is read against what stands. */
export const notReadBack = (state: OrderState): boolean => state.edition >= 7 && state.reopened === true && state.plan === undefined;

/** What to do now: a pure function of the state, so that every path can be tested without a server. */
export function nextAct(state: OrderState): Act {
  if (state.ended) return 'end';
  if (state.undoing !== undefined) return state.failure ? 'await-decision' : 'undo';
  if (state.failure && (state.verdict === 'go' || state.recalling)) return 'await-decision';
  if (state.recalling) return 'recall';
  if (state.heard > state.accepted) return notReadBack(state) ? 'recall' : 'accept';
  switch (state.verdict) {
    case 'wait-order': return 'await-order';
    case 'wait-payment': return 'await-payment';
    case 'park': return 'await-change';
    case 'cancelled': return state.undo.length > 0 ? 'undo' : 'finish-cancelled';
    case 'skip': return 'finish-skipped';
    case 'go': return afterGo(state);
    case undefined: return 'accept';
  }
}
