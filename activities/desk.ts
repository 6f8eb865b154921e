import { type SalesOrder } from '../canonical/sales-order';
import { compareLedgers, differenceText } from '../mapping/compare-ledgers';
import { type Story } from '../canonical/story';
import { taskQueues } from '../workflows/names';
import { calendarAge } from './calendar';
import { type DeskActivities, type ProveInput, type ProveResult, type Trouble } from './contract';
import { type DeskDeps } from './deps';
import { seenFact } from './feed';
import { acceptOrder, recallOrder } from './desk-accept';
import { planAdjustment, planUndo } from './desk-undo';
import { planSupplement } from './desk-supplement';
import { leaveLine, turnHasCome } from './line';
import { keepTrouble } from './trouble';

type Kept = { seq: number; asked?: SalesOrder | undefined; documents?: ProveInput['documents'] | undefined; trouble?: Trouble | undefined; deps: DeskDeps };

/** What people look at: the story, and with trouble the one open exception of this run; it closes itself when the run goes on. Who sees the phase finds the exception: it is written first. */
async function keepStory(story: Story, kept: Kept): Promise<void> {
  await keepWords(story, kept);
  await leaveLine(story.runId, kept.deps);
}

async function keepWords(story: Story, { seq, documents = [], trouble, asked, deps }: Kept): Promise<void> {
  if (asked) await deps.store.copies.keep(story, { canonical: JSON.stringify(asked) });
  if (!trouble) { await deps.store.runs.goOn(story, seq, documents); return; }
  if (documents.length > 0) await deps.store.documents.stand(story, documents);
  await keepTrouble(story, { trouble, stand: seq, deps });
  await deps.store.runs.project(story, seq);
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
    planAdjustment: (input) => planAdjustment(input, deps),
    planSupplement: (input) => planSupplement(input, deps),
    recordProgress: ({ story, seq, documents, trouble, asked }) => keepStory(story, { seq, documents, trouble, asked, deps }),
    proveTieOut: (input) => proveTieOut(input, deps),
    loadFeed: async ({ pairId }) => {
      const pair = await deps.pairs.get(pairId);
      const watermark = await deps.store.watermarks.get(`gp-feed/${pairId}`);
      const overlapMs = pair.gp.feedOverlapSeconds * 1000;
      // The watermark stays behind by itself; the first look of all begins as far back.
      const since = watermark ?? new Date(deps.now().getTime() - overlapMs).toISOString();
      if (watermark === undefined) await deps.store.watermarks.set(`gp-feed/${pairId}`, since);
      const pending = await deps.store.facts.get<string[]>(`gp-feed-pending/${pairId}`);
      const age = await calendarAge(deps.store, pairId);
      const { count } = await deps.store.exceptions.count({ open: true, subject: `connector/${pairId}/gp` });
      return { since, overlapMs, pending: pending?.value ?? [], gpQueue: taskQueues.gp(pair.gp.company), periodsDue: age > pair.policies.calendarSeconds * 1000, troubled: count > 0 };
    },
    matchChanges: async ({ pairId, orderNumbers, receiptNumbers, marks = [], watermark, pending }) => {
      const seen = new Set(marks.length === 0 ? [] : (await deps.store.facts.get<string[]>(seenFact(pairId)))?.value);
      const changed = [...orderNumbers.map((number) => ({ kind: 'sales-order', number })), ...receiptNumbers.map((number) => ({ kind: 'receipt', number }))].filter((_c, i) => !seen.has(marks[i] ?? ''));
      const orderKeys = await deps.store.documents.orderKeysOf(pairId, changed);
      if (orderKeys.length === 0 && !pending) await deps.store.watermarks.set(`gp-feed/${pairId}`, watermark);
      return { orderKeys };
    },
  };
}
