import { done, type Failure, type Outcome } from '../canonical/failure';
import { type Payment, type SalesOrder } from '../canonical/sales-order';
import { moneyText } from '../canonical/money';
import { shopifyOrderToSalesOrder } from '../connectors/shopify/order-to-sales-order';
import { paymentsFromOrderItself, shopifyTransactionsToPayments } from '../connectors/shopify/transactions-to-payments';
import { checkOrder } from '../mapping/check-order';
import { passMarketplaceTaxThrough } from '../mapping/code-order';
import { type Pair, type PairSource } from '../mapping/pair';
import { type AcceptInput, type AcceptResult } from './contract';
import { type DeskDeps } from './deps';
import { planOrder } from './desk-plan';

type SourceReading = { orderText: string; transactionsText?: string; warning?: string };

const sourceOf = (pair: Pair, sourceId: string): PairSource => {
  const source = pair.sources.find((s) => s.id === sourceId);
  if (!source) throw new Error(`Pair "${pair.pairId}" has no source "${sourceId}".`);
  return source;
};

/** The newest delivered body that holds a whole order; events such as orders/edited hold none. */
async function deliveredOrder(input: AcceptInput, deps: DeskDeps): Promise<string | undefined> {
  for (const id of [...input.inboxIds].reverse()) {
    const row = await deps.store.inbox.get(id);
    if (row && /"line_items"\s*:/.test(row.rawBody.toString('utf8')) && !/^\s*\{\s*"order_edit"/.test(row.rawBody.toString('utf8'))) return row.rawBody.toString('utf8');
  }
  return undefined;
}

/** A webhook is a hint: the source itself is asked; what it delivered stands in when it cannot answer. */
async function readSource(input: AcceptInput, deps: DeskDeps): Promise<Outcome<SourceReading | undefined>> {
  const client = deps.shop(input.run.pairId, input.run.sourceId);
  const read = client ? await client.readOrder(input.run.orderId) : undefined;
  if (read?.ok && read.value) return done(read.value);
  const delivered = await deliveredOrder(input, deps);
  if (delivered !== undefined) {
    return done({ orderText: delivered, ...(read && !read.ok ? { warning: `The shop could not be asked again (${read.failure.code}); the delivered copy was used` } : {}) });
  }
  if (read && !read.ok) return read;
  return done(undefined);
}

function mergePayments(told: readonly Payment[], own: readonly Payment[]): Payment[] {
  const names = (p: Payment): string[] => [p.paymentId, ...p.aliases];
  const merged = [...own];
  for (const payment of told) {
    if (!merged.some((m) => names(m).some((n) => names(payment).includes(n)))) merged.push(payment);
  }
  return merged;
}

/** The order's own word on its payments; the gateway's events join in, the same movement only once. */
function paymentsOf(reading: SourceReading, order: SalesOrder, told: readonly Payment[]): Outcome<Payment[]> {
  const own = reading.transactionsText === undefined ? done<Payment[]>([]) : shopifyTransactionsToPayments(reading.transactionsText, order);
  if (!own.ok) return own;
  const known = mergePayments(told, own.value);
  if (known.length > 0 || order.paymentState === 'pending' || order.paymentState === 'authorized') return done(known);
  return done(paymentsFromOrderItself(reading.orderText, order) ?? []);
}

const stopped = (verdict: 'park' | 'wait-payment' | 'cancelled' | 'wait-order', failure: Failure, order?: SalesOrder): AcceptResult => ({
  verdict, failure, warnings: [],
  ...(order ? { orderName: order.source.orderName, version: order.version, total: moneyText(order.totals.total), currency: order.currency } : {}),
});

/** Reads, translates, checks and codes one order; see the contract. */
export async function acceptOrder(input: AcceptInput, deps: DeskDeps): Promise<AcceptResult> {
  const pair = await deps.pairs.get(input.run.pairId);
  const source = sourceOf(pair, input.run.sourceId);
  const reading = await readSource(input, deps);
  if (!reading.ok) return stopped('park', reading.failure);
  if (!reading.value) {
    const message = `The shop knows no order ${input.run.orderId}, and no delivery held it whole.`;
    return stopped('wait-order', { code: 'order-not-found', message, field: 'id', value: input.run.orderId, fix: 'Look the order up in the shop; it goes on by itself when a delivery with the whole order comes.' });
  }
  const translated = shopifyOrderToSalesOrder(reading.value.orderText, source.account);
  if (!translated.ok) return stopped('park', translated.failure);
  const order = translated.value;
  if (input.knownVersion !== undefined && order.version < input.knownVersion) return { verdict: 'stale', version: order.version };
  const payments = paymentsOf(reading.value, order, input.payments);
  if (!payments.ok) return stopped('park', payments.failure, order);
  const verdict = checkOrder(order, payments.value, pair);
  if (verdict.verdict !== 'go') return stopped(verdict.verdict, verdict.failure, order);
  const ready = passMarketplaceTaxThrough({ ...order, payments: payments.value });
  const plan = await planOrder({ run: input.run, order: ready, pair, source }, deps);
  if (!plan.ok) return stopped('park', plan.failure, order);
  const warnings = [...plan.value.warnings, ...(reading.value.warning ? [reading.value.warning] : [])];
  return { verdict: 'go', plan: { ...plan.value, warnings } };
}
