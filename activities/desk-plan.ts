import { createHash } from 'node:crypto';
import { done, failed, type Outcome } from '../canonical/failure';
import { GpCustomerNumber, GpReceiptNumber, GpSalesNumber, OrderKey } from '../canonical/ids';
import { isZero, moneyText } from '../canonical/money';
import { type Payment, type SalesOrder } from '../canonical/sales-order';
import { accountingDate, dayIn, type LedgerCalendar } from '../mapping/accounting-date';
import { approvalReason, gatewayOf } from '../mapping/check-order';
import { rateOf } from '../mapping/code-order';
import { routeOf, sharedName, type Terms } from '../mapping/route-order';
import { type Pair, type PairSource } from '../mapping/pair';
import { taskQueues } from '../workflows/names';
import { readCalendar } from './calendar';
import { type ApprovalPolicy, type OrderPlan, type RunRef, type TenderPlan } from './contract';
import { type DeskDeps } from './deps';
import { contentHash, moneyHash } from './content-hash';
import { presentNumber } from './feed-customers';
import { agentMapping, gpOrder, gpReceipt } from './gp-documents';
import { type MappingPins } from './mapping-book';
import { customerInGp } from './master/known-party';

/** `revision` counts the GP orders of this order; `recall` plans what was posted before and records nothing. `pins`: the mapping versions of this run. */
type PlanAsk = { run: RunRef; inboxIds: readonly string[]; order: SalesOrder; pair: Pair; source: PairSource; pins: MappingPins; revision: number; recall?: boolean; terms?: Terms | undefined };
const revised = (orderKey: string, revision: number): string => (revision > 1 ? `${orderKey}#${revision}` : orderKey);

/** The pair's patience with approvers, in milliseconds. */
function approvalPolicy({ policies: { approval } }: Pair): ApprovalPolicy {
  const ms = (minutes: number | undefined): number | undefined => (minutes === undefined ? undefined : Math.round(minutes * 60_000));
  const [remindAfterMs, escalateAfterMs, silenceAfterMs] = [ms(approval.remindAfterMinutes), ms(approval.escalateAfterMinutes), ms(approval.silenceAfterMinutes)];
  return { onSilence: approval.onSilence, ...(remindAfterMs === undefined ? {} : { remindAfterMs }), ...(escalateAfterMs === undefined ? {} : { escalateAfterMs }), ...(silenceAfterMs === undefined ? {} : { silenceAfterMs }) };
}

/** Our key of an order: stands in every document; long source ids are shortened by hash, never cut. */
export function orderKeyOf(source: PairSource, orderId: string): OrderKey {
  const short = /^[A-Za-z0-9._-]{1,23}$/.test(orderId) ? orderId : createHash('sha256').update(orderId).digest('hex').slice(0, 23);
  return OrderKey.parse(`${source.keyPrefix}-${short}`);
}

export const pad = (n: number): string => String(n).padStart(7, '0');

/**
 * Customers are known by the shop's stable id, else by e-mail, never by name; their number is reserved once. Buyers of a shared account, and guests
 * that nothing identifies, have no key of their own.
 */
function partyOf({ order, pair, source }: PlanAsk): string | undefined {
  const email = order.customer.email?.trim().toLowerCase();
  if (order.customer.sourceId !== undefined) return `${source.id}/id:${order.customer.sourceId}`;
  return email && pair.policies.guests === 'by-email' ? `${source.id}/email:${createHash('sha256').update(email).digest('hex').slice(0, 32)}` : undefined;
}

type Numbers = { /** Whether the customer's account is the buyer's own, and not one that many share. */ own: boolean; customer: GpCustomerNumber; /** The name that GP has for it, where the customer was there before any order. */ keptName?: string; order: GpSalesNumber; receipts: GpReceiptNumber[] };

/** Every number of the order's GP documents, in one asking of the store. A customer that people combined or renumbered in GP is found under its present number. */
async function reserveNumbers(ask: PlanAsk, orderKey: string, deps: DeskDeps): Promise<Numbers> {
  const { pair, order, revision } = ask;
  const route = routeOf(order, pair);
  const shared = route?.customer === 'shared' ? route.customerNumber : undefined;
  const party = shared === undefined ? partyOf(ask) : undefined;
  const asks = [
    { series: 'order', key: revised(orderKey, revision), first: 1 }, ...order.payments.map((p) => ({ series: 'receipt', key: `${orderKey}/${p.paymentId}`, first: 1 })),
    ...(party === undefined ? [] : [{ series: 'customer', key: party, first: 1 }]),
  ];
  const numbers = await deps.store.numbers.reserveAll(pair.pairId, asks);
  const at = (i: number): string => pad(numbers[i] ?? 0);
  const reserved = `${pair.gp.customerPrefix}${at(asks.length - 1)}`;
  const found = party === undefined ? undefined : await customerInGp(order, { pair, reserved, present: await presentNumber(pair.pairId, reserved, deps.store) }, deps.store);
  return {
    ...(found?.keptName === undefined ? {} : { keptName: found.keptName }), own: party !== undefined, order: GpSalesNumber.parse(`${pair.gp.orderPrefix}${at(0)}`), receipts: order.payments.map((_p, i) => GpReceiptNumber.parse(`${pair.gp.receiptPrefix}${at(1 + i)}`)),
    customer: GpCustomerNumber.parse(found?.number ?? shared ?? pair.gp.guestCustomer),
  };
}

type Common = { orderKey: OrderKey; rate: string; customer: GpCustomerNumber; keptName: string | undefined; calendar: LedgerCalendar };

/** Which receipt a payment becomes, in which batch and on which day; its document is made by the pair's mapping. */
async function planTender(ask: PlanAsk, more: Common & { payment: Payment; number: GpReceiptNumber | undefined }, deps: DeskDeps): Promise<Outcome<{ tender: TenderPlan; warnings: string[] }>> {
  const { pair, order, pins } = ask;
  const { payment, calendar, customer, keptName, number, orderKey, rate } = more;
  const day = accountingDate(dayIn(payment.paidAt, pair.timezone), calendar, pair.policies.closedPeriod);
  if (!day.ok) return failed({ code: 'period-closed', field: 'paid at', value: day.from, message: `The payment of ${day.from} cannot be dated: ${day.why}.`, fix: 'Open the period, or set the pair\'s policy closedPeriod to "re-date", then retry.' });
  if (number === undefined) throw new Error(`payment ${payment.paymentId} was given no receipt number`);
  const customerName = sharedName(pair, customer) ?? keptName ?? order.customer.name;
  const made = await gpReceipt(payment, { number, orderKey, customerNumber: customer, customerName, batch: batchOf(pair, day.date), date: day.date, rate }, { pair, pins, mappings: deps.mappings });
  return made.ok ? done({ tender: { payment, receipt: made.value.draft, xeroDate: day.date, ...(prepaid(payment, pair) ? { prepay: true } : {}) }, warnings: made.value.warnings }) : made;
}

/** Xero has prepayments in base currency only; what a gift card pays came in when it was sold. */
function prepaid({ gateway, amount }: Payment, pair: Pair): boolean {
  const account = gatewayOf(pair, gateway)?.xeroAccount;
  return pair.policies.beforeInvoice === 'prepayment' && amount.currency === pair.baseCurrency && !isZero(amount) && account !== undefined && account !== pair.accounts.giftCards.xero;
}

async function planTenders(ask: PlanAsk, common: Common & { receipts: GpReceiptNumber[] }, deps: DeskDeps): Promise<Outcome<{ tenders: TenderPlan[]; warnings: string[] }>> {
  const tenders: TenderPlan[] = [];
  const warnings: string[] = [];
  for (const [i, payment] of ask.order.payments.entries()) {
    const planned = await planTender(ask, { ...common, payment, number: common.receipts[i] }, deps);
    if (!planned.ok) return planned;
    const { tender } = planned.value;
    if (tender.xeroDate !== dayIn(payment.paidAt, ask.pair.timezone)) warnings.push(`Payment ${payment.paymentId} of ${payment.paidAt.slice(0, 10)} is dated ${tender.xeroDate}: the earlier period is closed`);
    warnings.push(...planned.value.warnings);
    tenders.push(tender);
  }
  return done({ tenders, warnings });
}

/** One batch per day and pair keeps a poster's list readable; GP names hold 15. */
export const batchOf = (pair: Pair, date: string): string => `${pair.gp.batchPrefix}${date.replaceAll('-', '').slice(2)}`;

/** Intents of order and receipts. An order that goes at once and has a customer of its own joins this customer's line; answers whom it comes after. */
async function recordIntents(ask: PlanAsk, plan: { orderKey: string; number: string; customer: string; tenders: TenderPlan[]; inLine: boolean }, { store }: DeskDeps): Promise<{ after?: string }> {
  const { run, order } = ask;
  const base = { pairId: run.pairId, runId: run.runId, currency: order.currency };
  const own = { ...base, system: 'gp', kind: 'sales-order', key: revised(plan.orderKey, ask.revision), number: plan.number, externalId: plan.customer, amount: moneyText(order.totals.total), contentHash: moneyHash(order) };
  const receipts = plan.tenders.map(({ payment, receipt }) => ({ ...base, system: 'gp', kind: 'receipt', key: `${plan.orderKey}/${payment.paymentId}`, number: receipt.number, amount: moneyText(payment.amount) }));
  const [line] = await Promise.all([
    plan.inLine ? store.documents.intendInLine([own, ...receipts], { sourceId: run.sourceId, orderId: run.orderId, placedAt: order.placedAt, inboxIds: ask.inboxIds }) : store.documents.intendAll([own, ...receipts]).then(() => ({})),
    store.payments.know(run, plan.tenders.map(({ payment }) => ({ paymentId: payment.paymentId, ids: [payment.paymentId, ...payment.aliases] }))),
  ]);
  return line;
}

/** What the run decides by later: the pair's word at the time the order was taken. */
function policiesOf({ order, pair, terms }: PlanAsk): Pick<OrderPlan, 'editedBeforeInvoice' | 'editNeedsReview' | 'editedAfterInvoice' | 'addedAfterInvoice' | 'moneyHash' | 'terms' | 'skipZeroInvoices' | 'prepayments'> {
  const { editedBeforeInvoice, editNeedsReview, editedAfterInvoice, addedAfterInvoice, zeroInvoice } = pair.policies;
  return { editedBeforeInvoice, editNeedsReview, editedAfterInvoice, addedAfterInvoice, moneyHash: moneyHash(order), ...(terms ? { terms } : {}), ...(zeroInvoice === 'skip' ? { skipZeroInvoices: true } : {}), ...(pair.xero.prepaymentAccount === undefined ? {} : { prepayments: true }) };
}

/** Documents, numbers, dates and intents of an order that may be posted. Asking again gives the same numbers. */
export async function planOrder(ask: PlanAsk, deps: DeskDeps): Promise<Outcome<Omit<OrderPlan, 'warnings'> & { warnings: string[] }>> {
  const { order, pair, source, run, pins } = ask;
  const calendar = await readCalendar(deps.store, pair);
  const orderKey = orderKeyOf(source, run.orderId);
  const rate = rateOf(order, pair);
  const { own, customer, keptName, order: number, receipts } = await reserveNumbers(ask, orderKey, deps);
  const nameInGp = sharedName(pair, customer) === undefined ? keptName : pair.gp.guestName;
  const date = dayIn(order.placedAt, pair.timezone);
  const of = { pair, pins, mappings: deps.mappings };
  const made = await gpOrder(order, { orderKey, number, customerNumber: customer, batch: batchOf(pair, date), date, rate, sharedName: nameInGp }, of);
  if (!made.ok) return made;
  const { draft, lines } = made.value;
  const planned = await planTenders(ask, { orderKey, rate, customer, keptName, calendar, receipts }, deps);
  if (!planned.ok) return planned;
  const applying = await agentMapping(of);
  if (!applying.ok) return applying;
  const { tenders } = planned.value;
  const approval = approvalReason(order, pair);
  const { after } = ask.recall ? {} : await recordIntents(ask, { orderKey, number, customer, tenders, inLine: own && approval === undefined }, deps);
  return done({
    orderKey, orderName: order.source.orderName, version: order.version, contentHash: contentHash(order), currency: order.currency,
    total: order.totals.total, placedAt: order.placedAt, gpQueue: taskQueues.gp(pair.gp.company), order, draft, applying: applying.value, tenders, warnings: [...made.value.warnings, ...planned.value.warnings], ...(after === undefined ? {} : { after }),
    drafts: pair.policies.unpostedInvoice === 'draft', ...policiesOf(ask), ...(approval ? { approval } : {}), ...(approval ? { approvalPolicy: approvalPolicy(pair) } : {}),
    coding: { orderKey, number, customerNumber: customer, date, rate, lines, ...(nameInGp === undefined ? {} : { sharedName: nameInGp }) },
  });
}
