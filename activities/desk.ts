import { compareLedgers, differenceText } from '../mapping/compare-ledgers';
import { type Story } from '../canonical/story';
import { taskQueues } from '../workflows/names';
import { calendarAge } from './calendar';
import { type DeskActivities, type ProveInput, type ProveResult } from './contract';
import { type DeskDeps } from './deps';
import { acceptOrder } from './desk-accept';

/** How old the fiscal periods and lock dates may be before the feed reads them again. */
const calendarMaxAgeMs = 10 * 60_000;

async function keepDocuments(run: { pairId: string; runId: string }, documents: ProveInput['documents'], deps: DeskDeps): Promise<void> {
  for (const { system, kind, key, ...receipt } of documents) {
    await deps.store.documents.intend({ pairId: run.pairId, runId: run.runId, system, kind, key, ...receipt });
    await deps.store.documents.written({ pairId: run.pairId, system, kind, key }, receipt);
  }
}

async function keepStory(story: Story, seq: number, deps: DeskDeps): Promise<void> {
  await deps.store.runs.project(story, seq);
  if (story.phase === 'needs-attention' && story.failure) {
    const open = await deps.store.exceptions.list({ open: true, runId: story.runId, limit: 1 });
    if (open.length === 0) await deps.store.exceptions.open({ runId: story.runId, pairId: story.pairId, step: story.waitingFor, failure: story.failure });
    return;
  }
  await deps.store.exceptions.close(story.runId, { decision: story.phase });
}

async function proveTieOut(input: ProveInput, deps: DeskDeps): Promise<ProveResult> {
  const pair = await deps.pairs.get(input.run.pairId);
  const differences = compareLedgers({ gp: input.gp, xero: input.xero }, pair, input.currency);
  const tiedOut = differences.length === 0;
  const difference = tiedOut ? undefined : differenceText(differences);
  await keepDocuments(input.run, input.documents, deps);
  const story: Story = { ...input.story, phase: tiedOut ? 'tied-out' : 'differs', waitingFor: '', needsAttention: !tiedOut, ...(difference ? { difference } : {}) };
  await keepStory(story, input.seq, deps);
  if (!tiedOut) deps.log.error({ run: input.run.runId, difference }, 'the ledgers differ');
  return { tiedOut, ...(difference ? { difference } : {}) };
}

/** The local activities of the workflow worker. */
export function createDeskActivities(deps: DeskDeps): DeskActivities {
  return {
    acceptOrder: (input) => acceptOrder(input, deps),
    recordProgress: async ({ story, seq, documents }) => {
      if (documents) await keepDocuments({ pairId: story.pairId, runId: story.runId }, documents, deps);
      await keepStory(story, seq, deps);
    },
    proveTieOut: (input) => proveTieOut(input, deps),
    loadFeed: async ({ pairId }) => {
      const pair = await deps.pairs.get(pairId);
      const watermark = await deps.store.watermarks.get(`gp-feed/${pairId}`);
      if (watermark === undefined) await deps.store.watermarks.set(`gp-feed/${pairId}`, deps.now().toISOString());
      const since = new Date(Date.parse(watermark ?? deps.now().toISOString()) - pair.gp.feedOverlapSeconds * 1000).toISOString();
      const pending = await deps.store.facts.get<string[]>(`gp-feed-pending/${pairId}`);
      const age = await calendarAge(deps.store, pairId);
      return { since, pending: pending?.value ?? [], gpQueue: taskQueues.gp(pair.gp.company), periodsDue: age > calendarMaxAgeMs };
    },
    matchChanges: async ({ pairId, orderNumbers, receiptNumbers, watermark, pending }) => {
      const runs = await deps.store.documents.runsOf(pairId, 'gp', [
        ...orderNumbers.map((number) => ({ kind: 'sales-order', number })), ...receiptNumbers.map((number) => ({ kind: 'receipt', number })),
      ]);
      const keys = new Set<string>();
      for (const runId of new Set(Object.values(runs))) {
        const order = (await deps.store.documents.byRun(runId)).find((d) => d.system === 'gp' && d.kind === 'sales-order');
        if (order) keys.add(order.key);
      }
      if (keys.size === 0 && !pending) await deps.store.watermarks.set(`gp-feed/${pairId}`, watermark);
      return { orderKeys: [...keys] };
    },
  };
}
