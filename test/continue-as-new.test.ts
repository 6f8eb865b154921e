import { join } from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker, type WorkflowBundle } from '@temporalio/worker';
import { type WorkflowHandle } from '@temporalio/client';
import { type OrderPlan } from '../activities/contract';
import { failureToThrow } from '../activities/failing';
import { type Story } from '../canonical/story';
import { currentEdition } from '../workflows/messages';
import { queryNames, signalNames, taskQueues, workflowTypes } from '../workflows/names';
import { root } from './support/child';

jest.setTimeout(120_000);
Runtime.install({ logger: new DefaultLogger('ERROR') });

/** Events after which this server asks a run to go on in a fresh history; the default is 4,096. */
const suggestedAfter = 40;
const usd = (minor: string): { minor: string; currency: string } => ({ minor, currency: 'USD' });

/** What the desk answers: the order as it is in the shop now. */
let content = 'h1';
let refusals = 1;
const posted: string[] = [];
const planNow = (): OrderPlan => ({
  orderKey: 'SHP-1', orderName: '#1', version: '2026-11-01T00:00:00Z', contentHash: content, moneyHash: content, currency: 'USD', total: usd('600000'), placedAt: '2026-11-01T00:00:00Z', gpQueue: 'gp-test', drafts: true, warnings: [], tenders: [],
  approval: 'above the limit', approvalPolicy: { remindAfterMs: 3_600_000, onSilence: 'wait' }, order: { payments: [] }, coding: { number: 'WO1' }, draft: { number: 'WO1' },
}) as unknown as OrderPlan;
const shown: Story[] = [];
const desk = { acceptOrder: async () => ({ verdict: 'go', plan: planNow() }), recordProgress: async ({ story }: { story: Story }) => { shown.push(story); } };
const gp = { postOrder: async ({ draft }: { draft: { number: string } }) => {
  if (refusals > 0) { refusals -= 1; throw failureToThrow({ code: 'item-inactive', system: 'gp', message: 'The item is inactive.', fix: 'Make it active.' }); }
  posted.push(draft.number);
  return { order: { number: draft.number, total: usd('600000'), existed: false, warnings: [] }, receipts: [] };
} };

describe('an approval in a run that outgrows its history', () => {
  let env: TestWorkflowEnvironment;
  let handle: WorkflowHandle;
  let workers: { shutdown(): void; run: Promise<void> }[] = [];

  beforeAll(async () => {
    const path = process.env['TEST_TEMPORAL_CLI'] ?? join(root, '.cache/bin/temporal-1.9.1');
    const attributes = ['TieoutPhase=Keyword', 'TieoutNeedsAttention=Bool', 'TieoutAmount=Double', 'TieoutPlacedAt=Datetime', 'TieoutDocuments=KeywordList'];
    env = await TestWorkflowEnvironment.createLocal({ server: { executable: { type: 'existing-path', path }, extraArgs: ['--dynamic-config-value', `limit.historyCount.suggestContinueAsNew=${suggestedAfter}`, ...attributes.flatMap((a) => ['--search-attribute', a])] } });
    const workflowBundle: WorkflowBundle = await bundleWorkflowCode({ workflowsPath: join(root, 'workflows/index.ts'), failureConverterPath: join(root, 'temporal/failure-converter.ts'), logger: new DefaultLogger('ERROR') });
    const make = async (taskQueue: string, more: object): Promise<void> => { const worker = await Worker.create({ connection: env.nativeConnection, taskQueue, ...more }); workers.push({ shutdown: () => worker.shutdown(), run: worker.run() }); };
    await make(taskQueues.orchestration, { workflowBundle, activities: desk });
    await make('gp-test', { activities: gp });
    handle = await env.client.workflow.start(workflowTypes.orderToCash, { taskQueue: taskQueues.orchestration, workflowId: 'order-to-cash/p/s/1', args: [{ pairId: 'p', sourceId: 's', orderId: '1', inboxId: 'in-1', edition: currentEdition }] });
  }, 90_000);
  afterAll(async () => {
    await handle?.terminate().catch(() => undefined);
    for (const worker of workers) worker.shutdown();
    await Promise.all(workers.map((w) => w.run));
    workers = [];
    await env?.teardown();
  });

  const latest = (): WorkflowHandle => env.client.workflow.getHandle('order-to-cash/p/s/1');
  const story = (): Promise<Story> => latest().query<Story>(queryNames.story);
  const reaches = async (phase: string): Promise<Story> => { for (let i = 0; i < 200; i += 1) { const now = await story(); if (now.phase === phase) return now; await new Promise((wake) => setTimeout(wake, 50)); } throw new Error(`not ${phase}: ${JSON.stringify(await story())}`); };
  /** Words that are no decisions, until the run goes on in a fresh history. */
  const outgrow = async (): Promise<void> => {
    const { runId } = await latest().describe();
    for (let i = 0; i < 200; i += 1) {
      await latest().signal(signalNames.approvalDecided, { approver: '', decision: 'maybe', reason: '' });
      await story();
      if ((await latest().describe()).runId !== runId) return;
    }
    throw new Error('the run did not go on in a fresh history');
  };

  it('keeps the question with its hour, the order\'s content and the refused words', async () => {
    const before = await reaches('awaiting-approval');
    await outgrow();
    await outgrow();
    const after = await story();
    expect(after).toMatchObject({ phase: 'awaiting-approval', approval: { needed: 'above the limit', contentHash: 'h1', askedAt: before.approval?.askedAt } });
    expect(after.refused?.length).toBe(5);
    expect((await latest().fetchHistory()).events?.length).toBeLessThan(suggestedAfter * 2);
  });

  it('asks anew when the order changes, and takes no answer to the old content', async () => {
    content = 'h2';
    await latest().signal(signalNames.sourceChanged, { inboxId: 'in-2', topic: 'orders/updated' });
    for (let i = 0; i < 100 && (await story()).approval?.contentHash !== 'h2'; i += 1) await new Promise((wake) => setTimeout(wake, 50));
    await outgrow();
    await latest().signal(signalNames.approvalDecided, { approver: 'ann', decision: 'approve', reason: 'ok', contentHash: 'h1' });
    const refused = await story();
    expect([refused.phase, refused.approval?.contentHash, refused.refused?.pop(), posted]).toEqual(['awaiting-approval', 'h2', expect.stringContaining('changed since'), []]);
  });

  it('a decision once taken is asked by no retry and no fresh history again', async () => {
    await latest().signal(signalNames.approvalDecided, { approver: 'ann', decision: 'approve', reason: 'known customer', contentHash: 'h2' });
    await reaches('needs-attention');
    await outgrow();
    expect((await story()).approval?.decided).toMatchObject({ approver: 'ann', decision: 'approve' });
    const asked = shown.filter((s) => s.phase === 'awaiting-approval').length;
    await latest().signal(signalNames.exceptionDecided, { by: 'bob', decision: 'retry', reason: 'active again' });
    await reaches('awaiting-invoice');
    await outgrow();
    expect([posted, (await story()).approval?.decided?.approver, shown.filter((s) => s.phase === 'awaiting-approval').length]).toEqual([['WO1'], 'ann', asked]);
  });
});
