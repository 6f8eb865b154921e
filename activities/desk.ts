import { type OrderKey } from '../canonical/ids';
import { type LedgerInvoice } from '../canonical/ledger';
import { moneyText } from '../canonical/money';
import { accountingDate, dayIn } from '../mapping/accounting-date';
import { compareLedgers, differenceText } from '../mapping/compare-ledgers';
import { type Story } from '../canonical/story';
import { taskQueues } from '../workflows/names';
import { calendarAge, readCalendar } from './calendar';
import { type DeskActivities, type ProveInput, type ProveResult, type RunRef, type Trouble, type UndoPlan } from './contract';
import { type DeskDeps } from './deps';
import { type GpReturn } from '../connectors/gp/types';
import { acceptOrder, recallOrder } from './desk-accept';
import { failureToThrow } from './failing';
import { leaveLine, turnHasCome } from './line';
import { keepTrouble } from './trouble';

type Kept = { seq: number; documents?: ProveInput['documents'] | undefined; trouble?: Trouble | undefined; deps: DeskDeps };

/** What people look at: the story, and with trouble the one open exception of this run; it closes itself when the run goes on. Who sees the phase finds the exception: it is written first. */
async function keepStory(story: Story, kept: Kept): Promise<void> {
  await keepWords(story, kept);
  await leaveLine(story.runId, kept.deps);
}

async function keepWords(story: Story, { seq, documents = [], trouble, deps }: Kept): Promise<void> {
  if (!trouble) { await deps.store.runs.goOn(story, seq, documents); return; }
  if (documents.length > 0) await deps.store.documents.stand(story, documents);
  await keepTrouble(story, { trouble, stand: seq, deps });
  await deps.store.runs.project(story, seq);
}

/** Numbers and dates of correcting documents: reserved once per invoice, dated on the first day open in both ledgers. */
async function planUndo({ run, orderKey, invoices }: { run: RunRef; orderKey: string; invoices: LedgerInvoice[] }, deps: DeskDeps): Promise<UndoPlan> {
  const pair = await deps.pairs.get(run.pairId);
  const day = accountingDate(dayIn(deps.now().toISOString(), pair.timezone), await readCalendar(deps.store, pair), 're-date');
  if (!day.ok) throw failureToThrow({ code: 'period-closed', field: 'date', value: day.from, message: `A correction cannot be dated: ${day.why}.`, fix: 'Open a period in both ledgers, then retry the undo.' });
  const items = new Set(Object.values(pair.gp.items));
  const returns = await Promise.all(invoices.map(async (invoice) => {
    const n = await deps.store.numbers.reserve({ pairId: pair.pairId, series: 'return', key: invoice.number, first: 1 });
    return {
      number: `${pair.gp.returnPrefix}${String(n).padStart(7, '0')}` as GpReturn['number'], orderKey: orderKey as OrderKey, invoice, date: day.date, batch: `${pair.gp.batchPrefix}${day.date.replaceAll('-', '').slice(2)}`, documentId: pair.gp.returnDocumentId, site: pair.gp.site, itemSites: pair.gp.itemSites,
      taxScheduleId: pair.gp.taxScheduleId, taxDetailId: pair.gp.taxDetails['*'] ?? Object.values(pair.gp.taxDetails)[0] ?? '', nonInventory: invoice.lines.map((l) => l.item).filter((item) => !items.has(item)),
      accounts: { [pair.gp.nonInventory.tip]: pair.accounts.tips.gp, [pair.gp.nonInventory.giftCard]: pair.accounts.giftCards.gp, [pair.gp.nonInventory.fee]: pair.accounts.fees.gp }, reason: 'Order taken back',
    };
  }));
  await deps.store.documents.intendAll(returns.map((ret) => ({ pairId: run.pairId, runId: run.runId, system: 'gp', kind: 'return', key: ret.invoice.number, number: ret.number, amount: moneyText(ret.invoice.total), currency: ret.invoice.currency })));
  return { date: day.date, returns };
}

async function proveTieOut(input: ProveInput, deps: DeskDeps): Promise<ProveResult> {
  const pair = await deps.pairs.get(input.run.pairId);
  const differences = compareLedgers({ gp: input.gp, xero: input.xero }, pair, input.currency);
  const tiedOut = differences.length === 0;
  const difference = tiedOut ? undefined : differenceText(differences);
  const story: Story = { ...input.story, phase: tiedOut ? 'tied-out' : 'differs', waitingFor: '', needsAttention: !tiedOut, ...(difference ? { difference } : {}) };
  if (tiedOut) {
    await keepStory(story, { seq: input.seq, documents: input.documents, deps });
    return { tiedOut };
  }
  await deps.store.documents.stand(input.run, input.documents);
  await deps.store.runs.project(story, input.seq);
  deps.log.error({ run: input.run.runId, difference }, 'the ledgers differ');
  return { tiedOut, ...(difference ? { difference } : {}) };
}

/** The local activities of the workflow worker. */
export function createDeskActivities(deps: DeskDeps): DeskActivities {
  return {
    acceptOrder: (input) => acceptOrder(input, deps),
    turnHasCome: (input) => turnHasCome(input, deps),
    recallOrder: (input) => recallOrder(input, deps),
    planUndo: (input) => planUndo(input, deps),
    recordProgress: ({ story, seq, documents, trouble }) => keepStory(story, { seq, documents, trouble, deps }),
    proveTieOut: (input) => proveTieOut(input, deps),
    loadFeed: async ({ pairId }) => {
      const pair = await deps.pairs.get(pairId);
      const watermark = await deps.store.watermarks.get(`gp-feed/${pairId}`);
      if (watermark === undefined) await deps.store.watermarks.set(`gp-feed/${pairId}`, deps.now().toISOString());
      const since = new Date(Date.parse(watermark ?? deps.now().toISOString()) - pair.gp.feedOverlapSeconds * 1000).toISOString();
      const pending = await deps.store.facts.get<string[]>(`gp-feed-pending/${pairId}`);
      const age = await calendarAge(deps.store, pairId);
      const { count } = await deps.store.exceptions.count({ open: true, subject: `connector/${pairId}/gp` });
      return { since, pending: pending?.value ?? [], gpQueue: taskQueues.gp(pair.gp.company), periodsDue: age > pair.policies.calendarSeconds * 1000, troubled: count > 0 };
    },
    matchChanges: async ({ pairId, orderNumbers, receiptNumbers, watermark, pending }) => {
      const orderKeys = await deps.store.documents.orderKeysOf(pairId, [...orderNumbers.map((number) => ({ kind: 'sales-order', number })), ...receiptNumbers.map((number) => ({ kind: 'receipt', number }))]);
      if (orderKeys.length === 0 && !pending) await deps.store.watermarks.set(`gp-feed/${pairId}`, watermark);
      return { orderKeys };
    },
  };
}
