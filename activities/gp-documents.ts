import { done, failed, type Failure, type Outcome } from '../canonical/failure';
import { type GpCustomerNumber, type GpReceiptNumber, type GpSalesNumber, type OrderKey } from '../canonical/ids';
import { type LedgerInvoice } from '../canonical/ledger';
import { isZero, type Money } from '../canonical/money';
import { type Payment, type SalesOrder } from '../canonical/sales-order';
import { rmReturn } from '../connectors/gp/document-kinds';
import { applicationDraft, orderDraft, receiptDraft, returnDraft } from '../connectors/gp/drafts';
import { type GpApplicationDraft, type GpOrderDraft, type GpReceiptDraft, type GpReturnDraft } from '../connectors/gp/types';
import { inSchemaOrder } from '../mapping/catalogue/in-order';
import { standardCatalogue } from '../mapping/catalogue/standard';
import { dayIn } from '../mapping/accounting-date';
import { type LineCodes } from '../mapping/adjust-order';
import { type Pair } from '../mapping/pair';
import { gpApplicationParams, gpCustomerParams, gpOrderParams, gpReceiptParams, gpReturnParams } from '../mapping/pair-tables';
import { suggestItems } from '../mapping/suggest-items';
import { applyMapping, tablesOf, type Mapped } from './apply-mapping';
import { type AgentMapping } from './contract';
import { type MappingBook, type MappingPins } from './mapping-book';

/** The documents of GP that this order's mappings make; the pair's rules go in as parameters and tables. Failures: the mapping's own, and those of the drafts. */
type With = { pair: Pair; pins: MappingPins | undefined; mappings: MappingBook };
export type Made<T> = { draft: T; warnings: string[] };

const sales = 'gp.sales-transaction';
async function nodesOf(ask: { name: string; source: unknown; params: Record<string, unknown>; target: string }, { pair, pins, mappings }: With): Promise<Outcome<Mapped>> {
  const { target, ...rest } = ask;
  const made = await applyMapping({ pair, ...rest }, { mappings, pins });
  const schema = standardCatalogue().schema(target);
  if (!made.ok || !schema) return made;
  return done({ ...made.value, value: inSchemaOrder(made.value.value, schema) as Mapped['value'] });
}

function finished<T>(made: Mapped, draft: Outcome<T>, name: string): Outcome<Made<T>> {
  return draft.ok ? done({ draft: draft.value, warnings: made.warnings }) : failed({ ...draft.failure, causes: [...(draft.failure.causes ?? []), `made by ${name}`] });
}

/** Where an item is not known, what it may have been meant to be. */
function suggesting(failure: Failure, { gp }: Pair): Failure {
  const near = failure.code === 'item-not-mapped' && failure.value ? suggestItems(failure.value, [...Object.keys(gp.items), ...Object.keys(gp.bundles)]) : [];
  return near.length === 0 ? failure : { ...failure, fix: `Perhaps ${near.join(' or ')} is meant. ${failure.fix}` };
}

export type OrderAsk = { orderKey: OrderKey; number: GpSalesNumber; customerNumber: GpCustomerNumber; batch: string; date: string; rate: string; sharedName: string | undefined };

/** Our lines as GP has them: what an edit of the invoiced order is compared by. Where the document wrote others than the order's, nothing is told of them. */
function codesOf(order: SalesOrder, rows: readonly Record<string, unknown>[]): LineCodes {
  const kept = order.lines.filter((l) => Number(l.quantity) !== 0 || !isZero(l.net) || l.taxes.some((t) => !t.collectedByMarketplace && !isZero(t.amount)));
  if (kept.length !== rows.length) return {};
  return Object.fromEntries(kept.map((line, i) => {
    const { ITEMNMBR: item, UOFM: unit, QUANTITY: quantity } = rows[i] ?? {};
    return [line.lineId, { item: String(item), ...(unit === undefined ? {} : { unit: { unit: String(unit), quantity: String(quantity) } }) }];
  }));
}

/** Customer, addresses and order as one eConnect document, by two mapping documents; `lines` tells what each line of the order is in GP. */
export async function gpOrder(order: SalesOrder, ask: OrderAsk, of: With): Promise<Outcome<Made<GpOrderDraft> & { lines: LineCodes }>> {
  const { pair } = of;
  const { orderKey, number, customerNumber, sharedName, ...dated } = ask;
  const shared = { customerNumber, addressCode: pair.gp.addressCode, sharedName };
  const customer = await nodesOf({ name: 'sales-order-to-gp-customer', source: order, target: sales, params: { ...gpCustomerParams(pair), ...shared } }, of);
  if (!customer.ok) return customer;
  const made = await nodesOf({ name: 'sales-order-to-gp-order', source: order, target: sales, params: { ...gpOrderParams(pair), ...shared, ...dated, number, orderKey, currencyId: order.currency, ...(pair.gp.also.includes('order-date') ? { orderDate: dayIn(order.placedAt, pair.timezone) } : {}) } }, of);
  if (!made.ok) return failed(suggesting(made.failure, pair));
  const nodes = { ...customer.value.value, ...made.value.value };
  const warnings = [...new Set([...customer.value.warnings, ...made.value.warnings])];
  const draft = finished({ value: nodes, warnings }, orderDraft(nodes, { number, orderKey, customerNumber, total: postedTotal(order) }), 'sales-order-to-gp-order');
  return draft.ok ? done({ ...draft.value, lines: codesOf(order, (made.value.value['taSopLineIvcInsert_Items'] ?? []) as Record<string, unknown>[]) }) : draft;
}

/** What the buyer paid us: a tax that a marketplace remits is not ours. */
function postedTotal(order: SalesOrder): Money {
  const passed = [...order.lines, ...order.shipping].flatMap((part) => part.taxes).filter((t) => t.collectedByMarketplace).reduce((a, t) => a + BigInt(t.amount.minor), 0n);
  return { ...order.totals.total, minor: (BigInt(order.totals.total.minor) - passed).toString() };
}

export type ReceiptAsk = { number: GpReceiptNumber; orderKey: string; customerNumber: GpCustomerNumber; customerName: string; batch: string; date: string; rate: string };

/** One cash receipt, with the customer that GP may not have yet. */
export async function gpReceipt(payment: Payment, ask: ReceiptAsk, of: With): Promise<Outcome<Made<GpReceiptDraft>>> {
  const name = 'payment-to-gp-receipt';
  const made = await nodesOf({ name, source: payment, target: 'gp.cash-receipt', params: { ...gpReceiptParams(of.pair), ...ask, currencyId: payment.amount.currency } }, of);
  if (!made.ok) return made;
  const { number, orderKey, customerNumber, date } = ask;
  return finished(made.value, receiptDraft(made.value.value, { number, orderKey, customerNumber, date, amount: payment.amount }), name);
}

export type ReturnAsk = { number: GpSalesNumber; orderKey: OrderKey; batch: string; date: string; reason: string };

/** A posted invoice, or what was taken off it, as the return that takes it back. */
export async function gpReturn(invoice: LedgerInvoice, ask: ReturnAsk, of: With): Promise<Outcome<Made<GpReturnDraft>>> {
  const name = 'invoice-to-gp-return';
  const made = await nodesOf({ name, source: invoice, target: sales, params: { ...gpReturnParams(of.pair), ...ask, currencyId: invoice.currency } }, of);
  if (!made.ok) return made;
  return finished(made.value, returnDraft(made.value.value, { number: ask.number, orderKey: ask.orderKey, invoice: invoice.number, total: invoice.total }), name);
}

/** A return applied to an invoice. */
export async function gpReturnApplication(ask: { number: string; invoice: string; amount: Money; date: string }, of: With): Promise<Outcome<Made<GpApplicationDraft>>> {
  const name = 'payment-to-gp-application';
  const { number, invoice, amount, date } = ask;
  const made = await nodesOf({ name, source: { paymentId: number, aliases: [], gateway: 'return', amount, paidAt: `${date}T00:00:00Z` }, target: 'gp.apply', params: { ...gpApplicationParams(of.pair), credit: number, creditType: String(rmReturn), invoice, date } }, of);
  return made.ok ? finished(made.value, applicationDraft(made.value.value, { credit: number, type: rmReturn, invoice, amount }), name) : made;
}

/** The document by which the agent beside GP applies receipts, as it travels to it: what it looks things up in comes along, its test cases stay here. */
export async function agentMapping({ pair, pins, mappings }: With): Promise<Outcome<AgentMapping>> {
  const name = 'payment-to-gp-application';
  const mapping = await mappings.get(pair.pairId, name, pins?.[name]);
  if (!mapping.ok) return mapping;
  const { tests: _tests, description: _description, ...document } = mapping.value.document;
  const known = tablesOf(pair);
  const tables = Object.fromEntries(Object.values(document.lookups).flatMap((l) => (l.kind === 'live' && known[l.table] ? [[l.table, known[l.table]]] : [])));
  const params = gpApplicationParams(pair);
  return done({ document, ...(Object.keys(tables).length > 0 ? { tables } : {}), ...(Object.keys(params).length > 0 ? { params } : {}) });
}
