import { type Failure } from '../canonical/failure';
import { type InboxRow } from '../store/types';
import { orderWorkflowId } from '../workflows/names';
import { readStripeDelivery } from '../connectors/stripe/webhook';
import { isUnreadable } from './delivery';
import { type ApiDeps } from './deps';
import { feedOf } from './doors';
import { relayXeroEvents } from './relay-xero';
import { notHandled } from './topics';

/** How long a row stays with a relay that died; longer than one row takes, deadlines included. */
const claimMs = 10_000;
const batch = 50;
const idleMs = 250;
/** Deliveries of one order come within a moment and are begun together; and a flood is seen before the first of it is begun. */
const gatherMs = 40;
/** In a flood of deliveries it is looked so often how many may be begun. */
const roundMs = 200;
/** How often a Temporal that is away is asked whether it is back. */
const probeMs = 500;
/** A gateway's event waits this long for the shop's own word on the same money, which then makes it a repetition. */
const paymentGraceMs = 1_500;

type Outcome = { state: 'started' | 'ignored' | 'parked'; workflowId?: string; reason?: Failure; note?: string };

const unreadable = (row: InboxRow): Outcome => ({ state: 'parked', reason: { code: 'order-unreadable', field: 'id', message: `The delivery "${row.topic}" names no order that can be read.`, fix: 'Look at the delivery; send it again from the shop, or enter the order by hand.' } });
const unread = (row: InboxRow): Outcome => ({ state: 'parked', reason: { code: 'delivery-unreadable', field: 'body', value: row.topic, message: 'A delivery with a fitting signature came that cannot be read; it is kept as it came.', fix: 'Look at its body here: what it tells is to be entered by hand, or sent again by the shop or gateway. Then skip it with a reason.' } });
const late = (row: InboxRow): Outcome => ({ state: 'parked', reason: { code: 'order-edited', field: 'topic', value: row.topic, document: row.orderId, message: `"${row.topic}" came after order ${row.orderId ?? ''} was finished in both ledgers.`, fix: 'Look at the order in the shop; book what changed by a credit note or a further invoice.' } });

/** The version from which a known one makes this delivery old news: where versions are whole seconds, only a later second does. */
const atLeast = (version: string, kind: string): string => (feedOf(kind)?.coarseVersions ? new Date(Date.parse(version) + 1).toISOString() : version);

async function relayOrder(row: InboxRow, deps: ApiDeps): Promise<Outcome> {
  const { pairId, sourceId, orderId } = row;
  if (orderId === undefined) return unreadable(row);
  const workflowId = orderWorkflowId({ pairId, sourceId, orderId });
  if (row.version !== undefined && await deps.store.inbox.knowsVersion({ pairId, sourceId, orderId }, atLeast(row.version, row.sourceKind), row.id)) return { state: 'ignored', workflowId, note: 'tells nothing new: this version, or a newer one, is known' };
  const started = await deps.orders.start({ pairId, sourceId, orderId, inboxId: row.id });
  if (started === 'started') return { state: 'started', workflowId };
  if (started === 'running' && await deps.orders.signal(workflowId, 'sourceChanged', { inboxId: row.id, topic: row.topic, ...(row.version ? { version: row.version } : {}) }) === 'sent') return { state: 'started', workflowId };
  const reopened = await deps.orders.reopen({ pairId, sourceId, orderId, inboxId: row.id, reopen: { seq: (await deps.store.runs.seqOf(workflowId)) ?? 0 } });
  if (reopened === 'started') return { state: 'started', workflowId };
  return await deps.orders.signal(workflowId, 'sourceChanged', { inboxId: row.id, topic: row.topic }) === 'sent' ? { state: 'started', workflowId } : { ...late(row), workflowId };
}

/** How long a gateway's event still waits; none for one from the future, which came before the clock was set back. */
function graceOf(row: InboxRow): number {
  const ageMs = Date.now() - Date.parse(row.receivedAt);
  return ageMs < 0 ? 0 : Math.max(0, paymentGraceMs - ageMs);
}

async function relayPayment(row: InboxRow, deps: ApiDeps): Promise<Outcome | 'later'> {
  // Nothing is looked up before: mostly the shop's own word comes meanwhile.
  if (graceOf(row) > 0) return 'later';
  const full = await deps.store.inbox.get(row.id);
  const delivery = full ? readStripeDelivery(full.rawBody) : undefined;
  if (!delivery?.payment) return unread(row);
  const { payment } = delivery;
  const known = await deps.store.payments.runOf(row.pairId, [payment.paymentId, ...payment.aliases]);
  if (known) return { state: 'ignored', workflowId: known.runId, note: `payment ${known.paymentId} is known` };
  if (row.orderId === undefined) {
    return { state: 'parked', reason: { code: 'payments-do-not-match', field: 'metadata.order_id', value: payment.paymentId, message: `Payment ${payment.paymentId} of the gateway names no order.`, fix: 'Find its order by amount and date; set metadata.order_id in the gateway and send the event again, or record it by hand.' } };
  }
  const input = { pairId: row.pairId, sourceId: row.sourceId, orderId: row.orderId };
  const workflowId = orderWorkflowId(input);
  const told = { inboxId: row.id, payment };
  if (await deps.orders.paymentSeen(input, told) === 'sent') return { state: 'started', workflowId };
  // A finished order may have been invoiced on terms: its run is taken up again and judges the money.
  const reopen = { seq: (await deps.store.runs.seqOf(workflowId)) ?? 0 };
  return await deps.orders.paymentSeen({ ...input, reopen }, told) === 'sent' ? { state: 'started', workflowId } : { ...late(row), workflowId };
}

/** What becomes of one stored delivery. */
export async function relayOne(row: InboxRow, deps: ApiDeps): Promise<Outcome | 'later'> {
  if (isUnreadable(row.topic)) return unread(row);
  if (row.sourceKind === 'xero') {
    const full = await deps.store.inbox.get(row.id);
    return full ? relayXeroEvents(row, full.rawBody, deps) : unread(row);
  }
  const feed = feedOf(row.sourceKind);
  if (feed?.orderTopics === 'all' || feed?.orderTopics?.has(row.topic)) return relayOrder(row, deps);
  if (feed?.paymentTopics?.has(row.topic)) return relayPayment(row, deps);
  const money = notHandled(row.topic);
  if (money) return { state: 'parked', reason: money };
  return { state: 'ignored', note: `nothing is done on "${row.topic}"` };
}

/** What nobody handles by itself is an exception, so that one list holds everything that waits for a person. */
async function finish(row: InboxRow, outcome: Outcome, deps: ApiDeps): Promise<void> {
  await deps.store.inbox.finish(row.id, outcome);
  if (outcome.state === 'parked' && outcome.reason) {
    await deps.store.exceptions.open({ kind: 'delivery', subject: `inbox/${row.id}`, pairId: row.pairId, sourceId: row.sourceId, step: 'inbox', failure: outcome.reason, ...(row.orderId ? { orderId: row.orderId } : {}) });
  }
}

/** False when Temporal is away: the row was not at fault and waits as it is. */
async function handle(row: InboxRow, deps: ApiDeps): Promise<boolean> {
  try {
    const outcome = await relayOne(row, deps);
    if (outcome === 'later') await deps.store.inbox.defer(row.id, 'waits for the shop\'s word on the same payment', graceOf(row));
    else await finish(row, outcome, deps);
    return true;
  } catch (error) {
    const why = error instanceof Error ? error.message.slice(0, 200) : 'unknown';
    deps.log.warn({ inbox: row.id, topic: row.topic, why }, 'delivery not started yet; it is tried again');
    if (!(await deps.orders.ready())) return false;
    await deps.store.inbox.defer(row.id, why).catch(() => undefined);
    return true;
  }
}

/** One order's rows; answers those that were not begun because Temporal is away. */
async function handleGroup(group: readonly InboxRow[], deps: ApiDeps): Promise<string[]> {
  for (const [at, row] of group.entries()) {
    if (!(await handle(row, deps))) return group.slice(at).map((r) => r.id);
  }
  return [];
}

/** Rows of one order go one after another, in the order they came; different orders side by side. */
function byOrder(rows: InboxRow[]): InboxRow[][] {
  const groups = new Map<string, InboxRow[]>();
  for (const row of rows) { const key = row.orderId ?? row.id; groups.set(key, [...(groups.get(key) ?? []), row]); }
  return [...groups.values()];
}

/**
 * The pump between inbox and Temporal: what could not be started is started later; a crash between the two loses nothing. While Temporal is away
 * rows are given back and nothing is claimed, so that all go on at once when it is back, oldest first. While deliveries flood in, receiving goes first.
 */
export function startRelay(deps: ApiDeps): { stop(): Promise<void>; nudge(): void } {
  let stopped = false;
  let wake: () => void = () => undefined;
  let hurry: () => void = () => undefined;
  let nudged = false;
  const pause = (ms: number): Promise<void> => new Promise((resolve) => { const timer = setTimeout(resolve, ms); wake = () => { clearTimeout(timer); resolve(); }; });
  /** Deliveries do not end it. */
  const rest = (ms: number): Promise<void> => new Promise((resolve) => { const timer = setTimeout(resolve, ms); hurry = () => { clearTimeout(timer); resolve(); }; });
  const loop = (async () => {
    while (!stopped) {
      nudged = false;
      const allowance = deps.tide.allowance();
      const limit = Math.min(batch, allowance ?? batch);
      let rows: InboxRow[] = [];
      try { if (limit > 0) rows = await deps.store.inbox.claimDue(limit, claimMs); } catch (error) { deps.log.warn({ why: error instanceof Error ? error.message : '' }, 'the inbox cannot be read; it is tried again'); await pause(1_000); }
      const left = (await Promise.all(byOrder(rows).map((group) => handleGroup(group, deps)))).flat();
      if (left.length > 0) {
        await deps.store.inbox.giveBack(left).catch(() => undefined);
        while (!stopped && !(await deps.orders.ready())) await pause(probeMs);
      }
      if (allowance !== undefined && !stopped) await rest(roundMs);
      else if (rows.length < limit && !stopped) {
        if (!nudged) await pause(idleMs);
        if (nudged && !stopped) await rest(gatherMs);
      }
    }
  })();
  return { nudge: () => { nudged = true; wake(); }, stop: async () => { stopped = true; wake(); hurry(); await loop; } };
}
