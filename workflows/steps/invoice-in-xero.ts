import type { LedgerInvoice } from '../../canonical/ledger';
import type { MirrorResult, OrderPlan } from '../../activities/contract';
import { xero } from '../activities';
import { minorText, type Allocation } from '../allocation';
import { allocationKey, openSettlements } from '../next-act';
import type { OrderState } from '../order-state';
import { exponentOf } from './accept';
import { attempt } from './attempt';
import { addHop } from './hop';
import { registerUndo } from './order-in-gp';
import { applyInGp, paymentOf, tell } from './settle';

function keepMirror(state: OrderState, invoice: LedgerInvoice, result: MirrorResult): void {
  state.mirrored = [...state.mirrored.filter((m) => m.number !== invoice.number), { number: invoice.number, invoiceId: result.invoiceId, status: result.status, minor: result.total.minor }];
  state.xeroFigures = undefined;
  state.warnings = [...new Set([...state.warnings, ...result.warnings])];
  addHop(state, { step: 'invoice', from: { system: 'GP', document: invoice.number }, to: { system: 'Xero', document: invoice.number },
    amount: minorText(result.total.minor, exponentOf(result.total.currency)), currency: result.total.currency, note: result.status });
}

type Open = ReturnType<typeof openSettlements>;

/** What settles a posted invoice as soon as it stands: by the rule that shares the payments out, whenever they are recorded. */
function settledWithIt(state: OrderState, invoice: LedgerInvoice): Open {
  if (state.edition < 9 || !invoice.posted) return { xero: [], gp: [] };
  const mirrored = [...state.mirrored, { number: invoice.number, invoiceId: '', status: 'AUTHORISED', minor: invoice.total.minor }];
  const open = openSettlements({ ...state, mirrored });
  const its = (a: Allocation): boolean => a.invoice === invoice.number;
  return { xero: open.xero.filter(its), gp: state.edition >= 10 ? open.gp.filter(its) : [] };
}

/** What GP applied beside an invoice that Xero did not take stands; what it held then is read anew, for who knows when the rest is done. */
function keepApplied(state: OrderState, plan: OrderPlan, done: { applied: Awaited<ReturnType<typeof applyInGp>>; allocations: Allocation[] }): void {
  state.appliedInGp.push(...done.allocations.map(allocationKey));
  state.gpFigures = state.failure ? undefined : done.applied.figures;
  tell(state, plan, { step: 'apply', allocations: done.allocations });
}

/**
 * GP's invoice in Xero: DRAFT while GP has not posted it, AUTHORISED then, with its payments in the same act; what it is paid by is applied in GP at the same time, which asks nothing of
 * Xero. Undo: draft deleted, authorised and unpaid voided; receipts are unapplied by their own undo.
 */
export async function mirrorInvoice(state: OrderState, plan: OrderPlan, todo: { invoice: LedgerInvoice; act: 'create' | 'authorise' }): Promise<void> {
  registerUndo(state, { act: 'unmirror', number: todo.invoice.number });
  const open = todo.act === 'create' ? settledWithIt(state, todo.invoice) : { xero: [], gp: [] };
  const [outcome, applied] = await Promise.all([attempt(() => inXero(state, plan, { ...todo, pay: open.xero })), open.gp.length > 0 ? attempt(() => applyInGp(state, plan, open.gp)) : undefined]);
  keepOutcome(state, plan, { invoice: todo.invoice, outcome, allocations: open.xero });
  if (applied?.ok) keepApplied(state, plan, { applied: applied.value, allocations: open.gp });
  else if (applied) state.failure = state.failure ?? applied.failure;
}

function inXero(state: OrderState, plan: OrderPlan, { invoice, act, pay: allocations }: { invoice: LedgerInvoice; act: 'create' | 'authorise'; pay: Allocation[] }): Promise<MirrorResult> {
  const { pairId, sourceId, orderId, runId } = state.ids;
  const run = { pairId, sourceId, orderId, runId };
  const { customer, billTo, shipTo } = plan.order;
  const known = state.mirrored.find((m) => m.number === invoice.number);
  const pay = allocations.length === 0 ? {} : { pay: { payments: allocations.flatMap((a) => paymentOf(state, plan, a)), invoiceNumbers: [...state.mirrored.map((m) => m.number), invoice.number] } };
  return act === 'authorise' && known
    ? xero.authoriseInvoice({ run, invoiceId: known.invoiceId, number: invoice.number })
    : xero.mirrorInvoice({ run, ...(state.mappings ? { mappings: state.mappings } : {}), orderKey: plan.orderKey, orderName: plan.orderName, invoice, asDraft: !invoice.posted, ...(plan.terms?.dueDays === undefined ? {} : { dueDays: plan.terms.dueDays }),
      order: { customer, ...(billTo ? { billTo } : {}), ...(shipTo ? { shipTo } : {}) }, ...pay });
}

type Kept = { invoice: LedgerInvoice; outcome: Awaited<ReturnType<typeof attempt<MirrorResult>>>; allocations: Allocation[] };
function keepOutcome(state: OrderState, plan: OrderPlan, { invoice, outcome, allocations }: Kept): void {
  if (!outcome.ok) {
    state.failure = outcome.failure;
    return;
  }
  keepMirror(state, invoice, outcome.value);
  if (outcome.value.failure) state.failure = outcome.value.failure;
  if (!outcome.value.paid) return;
  state.paidInXero.push(...allocations.map(allocationKey));
  state.xeroFigures = outcome.value.figures;
  tell(state, plan, { step: 'payment', allocations });
}
