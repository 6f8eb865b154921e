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
import { paymentOf, tell } from './settle';

function keepMirror(state: OrderState, invoice: LedgerInvoice, result: MirrorResult): void {
  state.mirrored = [...state.mirrored.filter((m) => m.number !== invoice.number), { number: invoice.number, invoiceId: result.invoiceId, status: result.status, minor: result.total.minor }];
  state.xeroFigures = undefined;
  state.warnings = [...new Set([...state.warnings, ...result.warnings])];
  addHop(state, { step: 'invoice', from: { system: 'GP', document: invoice.number }, to: { system: 'Xero', document: invoice.number },
    amount: minorText(result.total.minor, exponentOf(result.total.currency)), currency: result.total.currency, note: result.status });
}

/** What is paid on a posted invoice as soon as it stands: by the rule that shares the payments out, whenever they are recorded. */
function paidWithIt(state: OrderState, invoice: LedgerInvoice): Allocation[] {
  if (state.edition < 9 || !invoice.posted) return [];
  const mirrored = [...state.mirrored, { number: invoice.number, invoiceId: '', status: 'AUTHORISED', minor: invoice.total.minor }];
  return openSettlements({ ...state, mirrored }).xero.filter((a) => a.invoice === invoice.number);
}

/** GP's invoice in Xero: DRAFT while GP has not posted it, AUTHORISED then, with its payments in the same act. Undo: draft deleted, authorised and unpaid voided. */
export async function mirrorInvoice(state: OrderState, plan: OrderPlan, todo: { invoice: LedgerInvoice; act: 'create' | 'authorise' }): Promise<void> {
  const { invoice } = todo;
  const { pairId, sourceId, orderId, runId } = state.ids;
  const run = { pairId, sourceId, orderId, runId };
  const { customer, billTo, shipTo } = plan.order;
  registerUndo(state, { act: 'unmirror', number: invoice.number });
  const known = state.mirrored.find((m) => m.number === invoice.number);
  const allocations = todo.act === 'create' ? paidWithIt(state, invoice) : [];
  const pay = allocations.length === 0 ? {} : { pay: { payments: allocations.flatMap((a) => paymentOf(plan, a)), invoiceNumbers: [...state.mirrored.map((m) => m.number), invoice.number] } };
  const outcome = await attempt(() => todo.act === 'authorise' && known
    ? xero.authoriseInvoice({ run, invoiceId: known.invoiceId, number: invoice.number })
    : xero.mirrorInvoice({ run, ...(state.mappings ? { mappings: state.mappings } : {}), orderKey: plan.orderKey, orderName: plan.orderName, invoice, asDraft: !invoice.posted, ...(plan.terms?.dueDays === undefined ? {} : { dueDays: plan.terms.dueDays }),
      order: { customer, ...(billTo ? { billTo } : {}), ...(shipTo ? { shipTo } : {}) }, ...pay }));
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
