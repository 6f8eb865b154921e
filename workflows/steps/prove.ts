import type { LedgerFigures } from '../../canonical/ledger';
import type { OrderPlan, ProveInput } from '../../activities/contract';
import { desk, gpOn, xero } from '../activities';
import { liveInvoices } from '../next-act';
import type { OrderState } from '../order-state';
import { storyOf } from '../story';
import { attempt } from './attempt';

const holdsAll = (figures: LedgerFigures | undefined, numbers: string[]): figures is LedgerFigures =>
  figures !== undefined && numbers.every((n) => figures.invoices.some((i) => i.number === n));

/** What both ledgers hold, as the settling acts read it back; read now where they did not. */
async function readBoth(state: OrderState, plan: OrderPlan): Promise<{ gp: LedgerFigures; xero: LedgerFigures }> {
  const invoiceNumbers = liveInvoices(state).map((i) => i.number);
  const receiptNumbers = plan.tenders.map((t) => t.receipt.number);
  const { pairId, sourceId, orderId, runId } = state.ids;
  const [gp, inXero] = await Promise.all([
    holdsAll(state.gpFigures, invoiceNumbers) ? state.gpFigures : gpOn(plan.gpQueue).readGpFigures({ invoiceNumbers, receiptNumbers }),
    holdsAll(state.xeroFigures, invoiceNumbers) ? state.xeroFigures : xero.readXeroFigures({ run: { pairId, sourceId, orderId, runId }, invoiceNumbers }),
  ]);
  return { gp, xero: inXero };
}

function documentsOf(state: OrderState, plan: OrderPlan): ProveInput['documents'] {
  return [
    { system: 'gp', kind: 'sales-order', key: plan.orderKey, number: plan.coding.number },
    ...(state.supplements ?? []).map(({ key, number }) => ({ system: 'gp', kind: 'sales-order', key, number })),
    ...plan.tenders.map((t) => ({ system: 'gp', kind: 'receipt', key: `${plan.orderKey}/${t.payment.paymentId}`, number: t.receipt.number })),
    ...liveInvoices(state).map((i) => ({ system: 'gp', kind: 'invoice', key: i.number, number: i.number })),
  ];
}

/** The proof: both ledgers' figures of this order are compared to the cent. No undo: it writes nothing outside. */
export async function prove(state: OrderState, plan: OrderPlan): Promise<void> {
  const outcome = await attempt(async () => {
    const figures = await readBoth(state, plan);
    const { pairId, sourceId, orderId, runId } = state.ids;
    state.seq += 1;
    return desk.proveTieOut({ run: { pairId, sourceId, orderId, runId }, currency: plan.currency, ...figures, documents: documentsOf(state, plan), story: storyOf(state), seq: state.seq });
  });
  if (!outcome.ok) {
    state.failure = outcome.failure;
    return;
  }
  state.gpFigures = undefined;
  state.xeroFigures = undefined;
  if (outcome.value.tiedOut) {
    state.phase = 'tied-out';
    state.waitingFor = '';
    state.ended = true;
    return;
  }
  state.difference = outcome.value.difference;
  state.failure = { code: 'ledgers-differ', message: `The ledgers differ: ${outcome.value.difference ?? ''}`, fix: 'Correct the document that is wrong in its ledger, then retry: both are read again.' };
}
