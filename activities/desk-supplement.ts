import { GpSalesNumber, type OrderKey } from '../canonical/ids';
import { moneyText } from '../canonical/money';
import { supplementOf } from '../mapping/supplement-order';
import { moneyHash } from './content-hash';
import { type SupplementAsk, type SupplementPlan } from './contract';
import { type DeskDeps } from './deps';
import { batchOf, pad } from './desk-plan';
import { correctionDay } from './desk-undo';
import { failureToThrow, valueOrThrow } from './failing';
import { gpOrder } from './gp-documents';

/** The key of a supplement begins with the order's own, so that the order's later runs know of it. */
export const supplementKey = (orderKey: string): string => `${orderKey}/add/`;

const notTakenBack = (what: string): Parameters<typeof failureToThrow>[0] => ({
  code: 'order-edited', field: 'lines', value: what, message: 'The order was edited in the shop after its invoice: something was taken off, and the pair leaves that to a person.', fix: 'Book the difference by hand and skip the edit, or set the pair\'s policy editedAfterInvoice to "adjust" and retry; or undo, which returns what was posted.',
});

/**
 * See the contract. The key of its number is the order's key and the version that added, so that asking again gives the same. Its row keeps the whole
 * order's amount and hash from then on: by them a later run knows what stands. Payments that came with the edit get their numbers and intents here.
 */
export async function planSupplement({ run, mappings, orderKey, after, coding, tenders, invoices, takenOff }: SupplementAsk, deps: DeskDeps): Promise<SupplementPlan> {
  const { added, takesBack } = valueOrThrow(supplementOf(invoices, after, coding.lines));
  if (takesBack && takenOff === 'hold') throw failureToThrow(notTakenBack(after.version));
  if (!added) return { takesBack };
  const pair = await deps.pairs.get(run.pairId);
  const date = await correctionDay(pair, deps);
  const key = `${supplementKey(orderKey)}${after.version}`;
  const number = GpSalesNumber.parse(`${pair.gp.orderPrefix}${pad(await deps.store.numbers.reserve({ pairId: pair.pairId, series: 'order', key, first: 1 }))}`);
  const base = { pairId: run.pairId, runId: run.runId, system: 'gp', currency: after.currency };
  await deps.store.documents.intendAll([
    { ...base, kind: 'sales-order', key, number, externalId: coding.customerNumber, amount: moneyText(after.totals.total), contentHash: moneyHash(after) },
    ...tenders.map(({ payment, receipt }) => ({ ...base, kind: 'receipt', key: `${orderKey}/${payment.paymentId}`, number: receipt.number, amount: moneyText(payment.amount) })),
  ]);
  await deps.store.payments.know(run, tenders.map(({ payment }) => ({ paymentId: payment.paymentId, ids: [payment.paymentId, ...payment.aliases] })));
  const { customerNumber, rate, sharedName } = coding;
  const made = valueOrThrow(await gpOrder(added, { orderKey: orderKey as OrderKey, number, customerNumber, batch: batchOf(pair, date), date, rate, sharedName }, { pair, pins: mappings, mappings: deps.mappings }));
  return { supplement: { key, order: added, coding: { ...coding, number, lines: made.lines, date }, draft: made.draft }, takesBack };
}
