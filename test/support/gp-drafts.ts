import { gpApplication } from '../../activities/gp-application';
import { gpOrder, gpReceipt, gpReturn, type OrderAsk, type ReceiptAsk, type ReturnAsk } from '../../activities/gp-documents';
import { createMappingBook } from '../../activities/mapping-book';
import { type Failure, type Outcome } from '../../canonical/failure';
import { type LedgerInvoice } from '../../canonical/ledger';
import { money, type Money } from '../../canonical/money';
import { type Payment, type SalesOrder } from '../../canonical/sales-order';
import demo from '../../config/pairs/demo.json';
import { passMarketplaceTaxThrough } from '../../mapping/code-order';
import { shippedMapping } from '../../mapping/documents/shipped';
import { explodeBundles } from '../../mapping/explode-bundles';
import { parsePair, type Pair } from '../../mapping/pair';
import { type GpApplicationDraft, type GpNodes, type GpOrderDraft, type GpReceiptDraft, type GpReturnDraft, type GpRow } from '../../connectors/gp/types';

export const demoPair = parsePair(demo);
/** What ships, and nothing of the pair's own. */
const mappings = createMappingBook({ published: async () => ({}), get: async () => undefined, keepShipped: async ({ document }) => document.version });
const of = (pair: Pair) => ({ pair, pins: undefined, mappings });

export class Refused extends Error {
  constructor(readonly failure: Failure) { super(`${failure.code}: ${failure.message}`); }
}
function must<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new Refused(outcome.failure);
}

const numbers = { number: 'WO000001001' as OrderAsk['number'], orderKey: 'SH-1001' as OrderAsk['orderKey'], customerNumber: 'WEB000001' as OrderAsk['customerNumber'], batch: 'TO261102', date: '2026-11-02', rate: '1', sharedName: undefined };

/** The order as order-to-cash posts it, by the documents that ship. */
export const gpOrderOf = (order: SalesOrder, over: Partial<OrderAsk> = {}, pair: Pair = demoPair): ReturnType<typeof gpOrder> => gpOrder(passMarketplaceTaxThrough(explodeBundles(order, pair)), { ...numbers, ...over }, of(pair));
export const orderDraftOf = async (order: SalesOrder, over: Partial<OrderAsk> = {}, pair: Pair = demoPair): Promise<GpOrderDraft> => must(await gpOrderOf(order, over, pair)).draft;

type Paid = Partial<ReceiptAsk> & { amount?: Money; gateway?: string; paymentId?: string; card?: Payment['card'] };
export const paymentOf = ({ amount = money('28', 'USD'), gateway = 'stripe', paymentId = 'pi_3Nxyz', card }: Paid = {}): Payment => ({ paymentId, aliases: [], gateway, amount, paidAt: '2026-11-02T10:00:00Z', ...(card ? { card } : {}) });
export async function receiptDraftOf(over: Paid = {}, pair: Pair = demoPair): Promise<GpReceiptDraft> {
  const { amount: _amount, gateway: _gateway, paymentId: _paymentId, card: _card, ...ask } = over;
  const { sharedName: _none, ...own } = numbers;
  return must(await gpReceipt(paymentOf(over), { ...own, number: 'WR000001001' as ReceiptAsk['number'], customerName: 'Ada Lovelace', ...ask }, of(pair))).draft;
}

export const returnDraftOf = async (invoice: LedgerInvoice, over: Partial<ReturnAsk> = {}, pair: Pair = demoPair): Promise<GpReturnDraft> =>
  must(await gpReturn(invoice, { number: 'WT0000001' as ReturnAsk['number'], orderKey: numbers.orderKey, batch: 'TO261103', date: '2026-11-03', reason: 'Order taken back', ...over }, of(pair))).draft;

export const applicationDraftOf = async (ask: Parameters<typeof gpApplication>[0], type: GpApplicationDraft['type'] = 9, params?: Record<string, unknown>): Promise<GpApplicationDraft> => must(await gpApplication(ask, { type, ...(params ? { mapping: { document: shippedMapping('payment-to-gp-application'), params } } : {}) }));

/** The same document with other fields in one of its nodes, in every row of it: what no mapping that ships would make. */
export function withFields<T extends { nodes: GpNodes }>(draft: T, node: string, fields: GpRow): T {
  const content = draft.nodes[node];
  return { ...draft, nodes: { ...draft.nodes, [node]: Array.isArray(content) ? (content as readonly GpRow[]).map((row) => ({ ...row, ...fields })) : { ...(content as GpRow), ...fields } } };
}
