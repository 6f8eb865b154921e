import type { LedgerInvoice } from '../../canonical/ledger';
import type { MirrorResult, OrderPlan } from '../../activities/contract';
import { xero } from '../activities';
import { minorText } from '../allocation';
import type { OrderState } from '../order-state';
import { exponentOf } from './accept';
import { attempt } from './attempt';
import { addHop } from './hop';
import { registerUndo } from './order-in-gp';

function keepMirror(state: OrderState, invoice: LedgerInvoice, result: MirrorResult): void {
  state.mirrored = [...state.mirrored.filter((m) => m.number !== invoice.number), { number: invoice.number, invoiceId: result.invoiceId, status: result.status, minor: result.total.minor }];
  state.xeroFigures = undefined;
  state.warnings = [...new Set([...state.warnings, ...result.warnings])];
  addHop(state, { step: 'invoice', from: { system: 'GP', document: invoice.number }, to: { system: 'Xero', document: invoice.number },
    amount: minorText(result.total.minor, exponentOf(result.total.currency)), currency: result.total.currency, note: result.status });
}

/** GP's invoice in Xero: DRAFT while GP has not posted it, AUTHORISED then. Undo: draft deleted, authorised and unpaid voided. */
export async function mirrorInvoice(state: OrderState, plan: OrderPlan, todo: { invoice: LedgerInvoice; act: 'create' | 'authorise' }): Promise<void> {
  const { invoice } = todo;
  const { pairId, sourceId, orderId, runId } = state.ids;
  const run = { pairId, sourceId, orderId, runId };
  const { customer, billTo, shipTo } = plan.order;
  registerUndo(state, { act: 'unmirror', number: invoice.number });
  const known = state.mirrored.find((m) => m.number === invoice.number);
  const outcome = await attempt(() => todo.act === 'authorise' && known
    ? xero.authoriseInvoice({ run, invoiceId: known.invoiceId, number: invoice.number })
    : xero.mirrorInvoice({ run, ...(state.mappings ? { mappings: state.mappings } : {}), orderKey: plan.orderKey, orderName: plan.orderName, invoice, asDraft: !invoice.posted, ...(plan.terms?.dueDays === undefined ? {} : { dueDays: plan.terms.dueDays }),
      order: { customer, ...(billTo ? { billTo } : {}), ...(shipTo ? { shipTo } : {}) } }));
  if (!outcome.ok) {
    state.failure = outcome.failure;
    return;
  }
  keepMirror(state, invoice, outcome.value);
}
