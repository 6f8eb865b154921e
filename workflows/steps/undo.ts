import { ApplicationFailure } from '@temporalio/workflow';
import type { Failure } from '../../canonical/failure';
import type { LedgerInvoice, LedgerOrderState } from '../../canonical/ledger';
import type { OrderPlan, UndoPlan } from '../../activities/contract';
import { desk, gpOn, xero } from '../activities';
import { minorText } from '../allocation';
import { liveInvoices } from '../next-act';
import type { OrderState, Undo } from '../order-state';
import { exponentOf } from './accept';
import { attempt } from './attempt';
import { addHop } from './hop';
import { attemptInOpenPeriod } from './open-period';

const correctedBefore = (number: string): Failure => ({
  code: 'cannot-undo', document: number, message: `Part of this order was taken back before by ${number}; the rest is not taken back by itself.`, fix: 'Take back what is left by hand in both ledgers, then skip.',
});

const restToShip = (number: string): Failure => ({
  code: 'cannot-undo', system: 'gp', document: number, message: `Part of GP order ${number} is invoiced and the rest is still to be shipped: GP voids no order that is partly transferred.`, fix: 'Have the rest cancelled in GP (the quantities left on its lines), then retry: what was invoiced is returned and credited.',
});

/** What these take back stands in Xero. */
const inXero: ReadonlySet<Undo['act']> = new Set(['unmirror', 'refund-prepayment']);

type Undone = { existed: boolean; note?: string };

/** A GP order that was invoiced is taken back by one return per posted invoice, each applied to it so that nothing stays open. */
async function returnInvoices(state: OrderState, plan: OrderPlan, undoPlan: UndoPlan): Promise<Undone> {
  const gp = gpOn(plan.gpQueue);
  for (const ret of undoPlan.returns) {
    await gp.createReturn({ draft: ret.draft });
    await gp.applyReturn({ returnNumber: ret.number, invoice: ret.invoice.number, amount: ret.invoice.total, date: undoPlan.date, draft: ret.application });
    addHop(state, { step: 'undo', from: { system: 'GP', document: ret.invoice.number }, to: { system: 'GP', document: ret.number }, note: 'returned',
      amount: minorText(ret.invoice.total.minor, exponentOf(ret.invoice.currency)), currency: ret.invoice.currency });
  }
  return { existed: false };
}

/** An invoice in a batch that nobody has posted is in no book yet: it is voided, and its goods are free again. */
async function voidUnposted(state: OrderState, plan: OrderPlan, live: readonly LedgerInvoice[]): Promise<void> {
  const gone = (ledger: LedgerOrderState, number: string): LedgerOrderState => ({ ...ledger, invoices: ledger.invoices.map((i) => (i.number === number ? { ...i, voided: true } : i)) });
  for (const invoice of live.filter((i) => !i.posted)) {
    await gpOn(plan.gpQueue).voidInvoice({ number: invoice.number });
    if (state.ledger) state.ledger = gone(state.ledger, invoice.number);
    for (const s of state.supplements ?? []) if (s.ledger) s.ledger = gone(s.ledger, invoice.number);
    addHop(state, { step: 'undo', from: { system: 'Tieout', document: state.undoing ?? '' }, to: { system: 'GP', document: invoice.number }, note: 'voided before it was posted' });
  }
}

/** What GP holds of the order right now: the feed tells of what can be acted on, an undo must know all. */
async function lookAgain(state: OrderState): Promise<Failure | undefined> {
  const { plan } = state;
  if (state.edition < 5 || !plan || !state.undo.some((u) => u.act === 'void-order')) return undefined;
  const looked = await attempt(() => gpOn(plan.gpQueue).readOrderStates({ orderKeys: [plan.orderKey] }));
  if (!looked.ok) return looked.failure;
  const states = looked.value[plan.orderKey] ?? [];
  state.ledger = states.find((s) => s.orderNumber === plan.coding.number && s.status !== 'voided' && s.invoices.length > 0) ?? state.ledger;
  for (const s of state.supplements ?? []) s.ledger = states.find((found) => found.orderNumber === s.number) ?? s.ledger;
  return undefined;
}

async function run(state: OrderState, plan: OrderPlan, undo: Undo): Promise<Undone> {
  const { pairId, sourceId, orderId, runId } = state.ids;
  const ref = { pairId, sourceId, orderId, runId };
  // Each GP order is taken back by itself: an order of ours with others over what was added to it has invoices of its own.
  const live = liveInvoices(state).filter((i) => !state.supplements?.length || undo.act !== 'void-order' || i.orderNumber === undo.number);
  // A void of an order has no date in the ledger; everything else is dated where both ledgers are open.
  const dated = state.edition >= 4 ? undo.act === 'unmirror' || undo.act === 'void-receipt' || undo.act === 'refund-prepayment' : false;
  const undoPlan = dated || (state.edition >= 2 && live.length > 0) ? await desk.planUndo({ run: ref, ...(state.mappings ? { mappings: state.mappings } : {}), orderKey: plan.orderKey, invoices: live.filter((i) => i.posted) }) : undefined;
  switch (undo.act) {
    case 'void-order': {
      const unposted = live.find((i) => !i.posted);
      if (state.edition >= 5 && undoPlan && live.length > 0) {
        await voidUnposted(state, plan, live);
        return returnInvoices(state, plan, undoPlan);
      }
      if (!undoPlan || live.length === 0 || unposted) return gpOn(plan.gpQueue).voidSalesOrder({ number: undo.number });
      return returnInvoices(state, plan, undoPlan);
    }
    case 'corrected': {
      const states = (await gpOn(plan.gpQueue).readOrderStates({ orderKeys: [plan.orderKey] }))[plan.orderKey] ?? [];
      if (!states.some((s) => s.returns?.includes(undo.number))) return { existed: false };
      throw ApplicationFailure.create({ type: 'cannot-undo', nonRetryable: true, message: 'corrected before', details: [correctedBefore(undo.number)] });
    }
    case 'void-receipt': return gpOn(plan.gpQueue).voidCashReceipt({ number: undo.number, date: undoPlan?.date ?? undo.date });
    case 'refund-prepayment': {
      const { existed, amount } = await xero.refundPrepayment({ run: ref, orderKey: plan.orderKey, customerNumber: plan.coding.customerNumber, payment: undo.payment, date: undoPlan?.date ?? undo.date });
      return { existed, ...(amount ? { note: `${minorText(amount.minor, exponentOf(amount.currency))} ${amount.currency} paid back` } : {}) };
    }
    case 'unmirror': {
      const done = await xero.unmirrorInvoice({ run: ref, number: undo.number, ...(undoPlan ? { orderKey: plan.orderKey, date: undoPlan.date } : {}) });
      return { existed: done.existed, ...(done.how ? { note: done.document ? `${done.how} by ${done.document}` : done.how } : {}) };
    }
  }
}

/**
 * Undoes what was done, last act first. Each undo looks first and tolerates that nothing is there. One that cannot be done stops here as a
 * failure; a retry goes on with it, nothing is undone twice. Nothing is begun while the warehouse may still ship.
 */
export async function undoAll(state: OrderState, reason: string): Promise<void> {
  state.undoing = state.undoing ?? reason;
  const unseen = await lookAgain(state);
  if (unseen) { state.failure = { ...unseen, code: unseen.code === 'bug' ? 'bug' : 'cannot-undo' }; return; }
  const shipping = [state.ledger, ...(state.supplements ?? []).map((s) => s.ledger)].find((l) => l?.status === 'open' && l.invoices.some((i) => !i.voided));
  if (state.edition >= 4 && shipping) { state.failure = restToShip(shipping.orderNumber); return; }
  while (state.undo.length > 0) {
    const last = state.undo[state.undo.length - 1];
    if (!last || !state.plan) break;
    const plan = state.plan;
    const outcome = await attemptInOpenPeriod(state, plan, () => run(state, plan, last));
    if (!outcome.ok) {
      state.failure = { ...outcome.failure, code: outcome.failure.code === 'bug' ? 'bug' : 'cannot-undo' };
      return;
    }
    state.undo.pop();
    if (outcome.value.existed) addHop(state, { step: 'undo', from: { system: 'Tieout', document: reason }, to: { system: inXero.has(last.act) ? 'Xero' : 'GP', document: last.number }, ...(outcome.value.note ? { note: outcome.value.note } : {}) });
  }
  state.phase = 'cancelled';
  state.waitingFor = '';
  state.ended = true;
}
