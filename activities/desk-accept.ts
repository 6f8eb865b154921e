import { done, failed, type Failure, heals, type Outcome } from '../canonical/failure';
import { type Payment, SalesOrder } from '../canonical/sales-order';
import { money, moneyText } from '../canonical/money';
import { type Story } from '../canonical/story';
import { sourceConnector } from '../connectors/registry';
import { type Glance, type SourceConnector, type SourceReading as Read } from '../connectors/source';
import { checkOrder } from '../mapping/check-order';
import { passMarketplaceTaxThrough } from '../mapping/code-order';
import { sourceHash } from '../mapping/edit-order';
import { explodeBundles } from '../mapping/explode-bundles';
import { routeOf, termsOf } from '../mapping/route-order';
import { type Pair, type PairSource } from '../mapping/pair';
import { type MappingPins } from './mapping-book';
import { type AcceptInput, type AcceptResult } from './contract';
import { type DeskDeps } from './deps';
import { moneyHash } from './content-hash';
import { planOrder } from './desk-plan';
import { supplementKey } from './desk-supplement';
import { correctionKey } from './desk-undo';
import { failureToThrow } from './failing';
import { mappingsOf } from './mappings-of-order';
import { sourceMapping, sourceOrder } from './source-order';

/** `away`: why the source could not be asked; this is what it delivered before. */
type SourceReading = Read & { warning?: string; away?: Failure };

const sourceOf = (pair: Pair, sourceId: string): PairSource => {
  const source = pair.sources.find((s) => s.id === sourceId);
  if (!source) throw new Error(`Pair "${pair.pairId}" has no source "${sourceId}".`);
  return source;
};

/** The newest delivered body that holds a whole order; events such as orders/edited hold none. */
async function deliveredOrder(input: AcceptInput, connector: SourceConnector, deps: DeskDeps): Promise<string | undefined> {
  for (const id of [...input.inboxIds].reverse()) {
    const row = await deps.store.inbox.get(id);
    const text = row?.rawBody.toString('utf8');
    if (text !== undefined && connector.holdsOrder(text)) return text;
  }
  return undefined;
}

/** A webhook is a hint: the source itself is asked; what it delivered stands in when it cannot answer. */
async function readSource(input: AcceptInput, connector: SourceConnector, deps: DeskDeps): Promise<Outcome<SourceReading | undefined>> {
  const client = deps.source(input.run.pairId, input.run.sourceId);
  const read = client ? await client.readOrder(input.run.orderId) : undefined;
  if (read?.ok && read.value) return done(read.value);
  const delivered = await deliveredOrder(input, connector, deps);
  if (delivered !== undefined) {
    return done({ orderText: delivered, ...(read && !read.ok ? { warning: `The shop could not be asked again (${read.failure.code}); the delivered copy was used`, away: read.failure } : {}) });
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

/**
 * The order's own word on its payments; the gateway's events join in, the same movement only once. What the order says of itself counts only where
 * nobody names the movements: a shop that is away will name them later, under other ids, and the money would be entered twice.
 */
function paymentsOf(reading: SourceReading, order: SalesOrder, more: { told: readonly Payment[]; connector: SourceConnector }): Outcome<Payment[]> {
  const { told, connector } = more;
  const known = mergePayments(told, order.payments);
  if (known.length > 0 || order.paymentState === 'pending' || order.paymentState === 'authorized') return done(known);
  if (reading.away) return failed(reading.away);
  return done(connector.paymentsOfOrderItself?.(reading.orderText, order) ?? []);
}

type Stopped = Extract<AcceptResult, { failure: Failure }>;
const stopped = (verdict: Stopped['verdict'], failure: Failure, order?: SalesOrder): AcceptResult => ({
  verdict, failure, warnings: [], ...(verdict === 'wait-payment' ? { goesOn: true as const } : {}),
  ...(order ? { orderName: order.source.orderName, version: order.version, total: moneyText(order.totals.total), currency: order.currency } : {}),
});

const glanceAt = (text: string, connector: SourceConnector): Glance => connector.glance?.(text) ?? { document: text };
/** Name and money at stake of an order that could not be translated, as far as they can be read. */
const toldBy = ({ document: _document, ...told }: Glance): Omit<Glance, 'document'> => told;

/** The order as it is to be taken: as the source has it, or as a person corrected it while the source said nothing newer. */
type Taken = { order: SalesOrder; payments: Payment[]; sourceText: string; warnings: string[]; away?: Failure | undefined };
type Stop = { stop: AcceptResult; sourceText?: string; away?: Failure | undefined };

const outdated = (edit: { by: string; at: string }): Failure => ({
  code: 'edit-outdated', field: 'version', value: edit.at, message: `The order was corrected here by ${edit.by} and changed in the shop afterwards.`, fix: 'Edit it again from what the shop has now; a retry takes the shop\'s version and drops the correction.',
});

async function takeEdit(input: AcceptInput, taken: Taken, deps: DeskDeps): Promise<Outcome<Taken>> {
  const edit = await deps.store.copies.activeEdit(input.run.runId);
  if (!edit) return done(taken);
  if (taken.order.version > edit.baseVersion) {
    await deps.store.copies.dropEdit(input.run.runId);
    return failed(outdated(edit));
  }
  const order = SalesOrder.parse(JSON.parse(edit.canonical));
  return done({ ...taken, order, payments: order.payments, warnings: [...taken.warnings, `corrected by ${edit.by}: ${edit.reason}`] });
}

/** A whole order that a person entered because the source's own could not be read; it holds while the source says the same. */
async function takeEntered(input: AcceptInput, sourceText: string, { connector, deps }: { connector: SourceConnector; deps: DeskDeps }): Promise<Outcome<Taken> | undefined> {
  const edit = await deps.store.copies.activeEdit(input.run.runId);
  if (!edit) return undefined;
  if (edit.baseHash !== sourceHash(glanceAt(sourceText, connector).document)) {
    await deps.store.copies.dropEdit(input.run.runId);
    return failed(outdated(edit));
  }
  const order = SalesOrder.parse(JSON.parse(edit.canonical));
  return done({ order, payments: order.payments, sourceText, warnings: [`entered by ${edit.by}: ${edit.reason}`] });
}

async function takeOrder(input: AcceptInput, more: { pair: Pair; source: PairSource; pins: MappingPins; deps: DeskDeps }): Promise<{ taken: Taken } | Stop> {
  const { pair, source, pins, deps } = more;
  const connector = sourceConnector(source.kind);
  const reading = await readSource(input, connector, deps);
  if (!reading.ok) {
    if (heals(reading.failure.code)) throw failureToThrow(reading.failure);
    return { stop: stopped('park', reading.failure) };
  }
  if (!reading.value) {
    return { stop: stopped('wait-order', { code: 'order-not-found', field: 'order', value: input.run.orderId, message: `The shop does not know order ${input.run.orderId} (yet).`, fix: 'It goes on by itself when the order comes; check the order number in the gateway if it never does.' }) };
  }
  const { orderText: sourceText, warning, away } = reading.value;
  const name = sourceMapping(source);
  const mapping = await deps.mappings.get(pair.pairId, name, pins[name]);
  const translated = mapping.ok ? await sourceOrder(reading.value, source, { mapping: mapping.value, pair }) : mapping;
  const entered = translated.ok ? undefined : await takeEntered(input, sourceText, { connector, deps });
  if (entered?.ok) return { taken: { ...entered.value, away } };
  if (!translated.ok) return { stop: { ...stopped('park', entered?.failure ?? translated.failure), ...toldBy(glanceAt(sourceText, connector)) }, sourceText, away };
  const { order, warnings } = translated.value;
  if (input.knownVersion !== undefined && order.version < input.knownVersion) return { stop: { verdict: 'stale', version: order.version } };
  const payments = paymentsOf(reading.value, order, { told: input.payments, connector });
  if (!payments.ok) return { stop: stopped('park', payments.failure, order), sourceText, away };
  const taken = await takeEdit(input, { order: { ...order, payments: payments.value }, payments: payments.value, sourceText, away, warnings: [...warnings, ...(warning ? [warning] : [])] }, deps);
  return taken.ok ? { taken: taken.value } : { stop: stopped('park', taken.failure, order), sourceText };
}

/** What a person needs to look at when it does not go on by itself: the order in the source's own words, whichever door it came through, and our reading of it. */
async function keepCopy(input: AcceptInput, copy: { source: string; connector: SourceConnector; canonical?: SalesOrder }, deps: DeskDeps): Promise<void> {
  await deps.store.copies.keep(input.run, { source: glanceAt(copy.source, copy.connector).document, ...(copy.canonical ? { canonical: JSON.stringify(copy.canonical) } : {}) });
}

/** An order may go on from the delivered copy; it is not stopped by it: what the copy lacks (its transactions, a later change) the source itself will tell. */
function neverOnHearsay(away: Failure | undefined): void {
  if (away && heals(away.code)) throw failureToThrow(away);
}

/** The order as it goes into the ledgers: bundles taken apart, a marketplace's own tax beside the others. */
const asPosted = (order: SalesOrder, pair: Pair): SalesOrder => passMarketplaceTaxThrough(explodeBundles(order, pair));

/** The order as its payments are judged: what an edit took off an invoiced one was paid before, and comes back by documents of its own. */
function asInvoiced(order: SalesOrder, invoiced: string | undefined, { policies }: Pair): SalesOrder {
  if (invoiced === undefined || policies.editedAfterInvoice !== 'adjust' || BigInt(order.totals.total.minor) >= BigInt(invoiced)) return order;
  return { ...order, totals: { ...order.totals, total: { ...order.totals.total, minor: invoiced }, refunded: { ...order.totals.refunded, minor: '0' } } };
}

/** Reads, translates, checks and codes one order; see the contract. */
export async function acceptOrder(input: AcceptInput, deps: DeskDeps): Promise<AcceptResult> {
  const pair = await deps.pairs.get(input.run.pairId);
  const source = sourceOf(pair, input.run.sourceId);
  const mappings = await deps.mappings.pin(pair.pairId, mappingsOf(source), input.mappings);
  return { ...await accepted(input, { pair, source, pins: mappings, deps }), mappings };
}

async function accepted(input: AcceptInput, { pair, source, pins, deps }: { pair: Pair; source: PairSource; pins: MappingPins; deps: DeskDeps }): Promise<AcceptResult> {
  const found = await takeOrder(input, { pair, source, pins, deps });
  if ('stop' in found) {
    neverOnHearsay(found.away);
    if (found.sourceText !== undefined) await keepCopy(input, { source: found.sourceText, connector: sourceConnector(source.kind) }, deps);
    return found.stop;
  }
  const { order, payments, sourceText, warnings, away } = found.taken;
  const verdict = checkOrder(asInvoiced(order, input.invoiced, pair), payments, pair);
  const plan = verdict.verdict === 'go' ? await planOrder({ run: input.run, inboxIds: input.inboxIds, order: asPosted({ ...order, payments }, pair), pair, source, pins, revision: input.revision ?? 1, terms: verdict.terms }, deps) : undefined;
  if (plan?.ok) return { verdict: 'go', plan: { ...plan.value, warnings: [...plan.value.warnings, ...warnings] } };
  const stop = plan ? stopped('park', plan.failure, order) : verdict.verdict === 'go' ? undefined : stopped(verdict.verdict, verdict.failure, order);
  if (!stop) throw new Error('an order without a verdict');
  neverOnHearsay(away);
  if (stop.verdict === 'park') await keepCopy(input, { source: sourceText, connector: sourceConnector(source.kind), canonical: { ...order, payments } }, deps);
  return stop;
}

/** See the contract: an order finished before, whose source spoke again. It is read as it was before: by the versions its story tells. */
export async function recallOrder(input: AcceptInput, deps: DeskDeps): Promise<AcceptResult> {
  const pair = await deps.pairs.get(input.run.pairId);
  const source = sourceOf(pair, input.run.sourceId);
  const known = await deps.store.runs.get(input.run.runId);
  const mappings = await deps.mappings.pin(pair.pairId, mappingsOf(source), input.mappings ?? known?.story.mappings);
  return { ...await recalled(input, { pair, source, pins: mappings, deps, phase: known?.phase ?? 'tied-out' }), mappings };
}

/** What the order came to at most while it was posted, in minor units: money up to there is no overpayment. */
const mostOf = (posted: readonly { amount?: string }[], currency: string): string | undefined =>
  posted.flatMap(({ amount }) => (amount === undefined ? [] : [money(amount, currency).minor])).reduce<string | undefined>((most, minor) => (most === undefined || BigInt(minor) > BigInt(most) ? minor : most), undefined);

async function recalled(input: AcceptInput, { pair, source, pins, deps, phase }: { pair: Pair; source: PairSource; pins: MappingPins; deps: DeskDeps; phase: Story['phase'] }): Promise<AcceptResult> {
  const found = await takeOrder(input, { pair, source, pins, deps });
  if ('stop' in found) {
    neverOnHearsay(found.away);
    return found.stop;
  }
  const { order, payments, warnings } = found.taken;
  const { cancelled, ...standing } = order;
  const terms = termsOf(order, routeOf(order, pair));
  const documents = await deps.store.documents.byRun(input.run.runId);
  const posted = documents.filter((d) => d.system === 'gp' && d.kind === 'sales-order' && d.contentHash !== undefined);
  const judged = checkOrder(asInvoiced(standing, mostOf(posted, order.currency), pair), payments, pair);
  if (cancelled === undefined && judged.verdict === 'park' && judged.failure.code === 'payments-do-not-match') return stopped('park', judged.failure, order);
  const plan = await planOrder({ run: input.run, inboxIds: input.inboxIds, order: asPosted({ ...standing, payments }, pair), pair, source, pins, revision: input.revision ?? 1, recall: true, terms }, deps);
  if (!plan.ok) return stopped('park', plan.failure, order);
  const correction = documents.filter((d) => d.system === 'gp' && d.kind === 'return' && d.key.startsWith(correctionKey(plan.value.orderKey))).pop();
  const added = posted.filter((d) => d.key.startsWith(supplementKey(plan.value.orderKey)));
  const same = (correction ? [correction] : added.length > 0 ? added.slice(-1) : posted).some((d) => d.contentHash === moneyHash(plan.value.order) || d.contentHash === plan.value.contentHash);
  if (pair.policies.addedAfterInvoice === 'supplement' && cancelled === undefined && posted.length > 0 && !same && judged.verdict === 'wait-payment') return stopped('wait-payment', judged.failure, order);
  const receipts = new Set(documents.filter((d) => d.system === 'gp' && d.kind === 'receipt').map((d) => d.number));
  const owes = terms !== undefined && judged.verdict === 'go' && plan.value.tenders.some((t) => !receipts.has(t.receipt.number));
  return { verdict: 'recalled', plan: { ...plan.value, warnings: [...plan.value.warnings, ...warnings] }, cancelled: cancelled !== undefined, same, phase, ...(owes ? { owes } : {}), ...(correction?.number === undefined ? {} : { corrected: correction.number }),
    ...(added.length === 0 ? {} : { supplements: added.map(({ number = '', key }) => ({ number, key })) }) };
}
