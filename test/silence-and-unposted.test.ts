import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { type WorkflowHandle } from '@temporalio/client';
import { type OrderPlan } from '../activities/contract';
import { failureToThrow } from '../activities/failing';
import { type LedgerInvoice, type LedgerOrderState } from '../canonical/ledger';
import { type Story } from '../canonical/story';
import { currentEdition } from '../workflows/messages';
import { queryNames, signalNames, taskQueues, workflowTypes } from '../workflows/names';
import { root } from './support/child';
import { plainHistory } from './support/plain-history';

jest.setTimeout(120_000);
Runtime.install({ logger: new DefaultLogger('ERROR') });

const usd = (minor: string): { minor: string; currency: string } => ({ minor, currency: 'USD' });
const invoice = (number: string, over: Partial<LedgerInvoice> = {}): LedgerInvoice => ({ number, orderNumber: 'WO1', date: '2026-11-01', total: usd('1000'), currency: 'USD', posted: true, voided: false, changedAt: '2026-11-01T00:00:00Z', lines: [], ...over }) as LedgerInvoice;

/** Each order by its id: what the desk plans, what GP holds, and what was done to it. */
type Case = { policy?: object; cancelled: boolean; invoices: LedgerInvoice[]; status: LedgerOrderState['status']; did: string[]; away: number; /** Posted by somebody in the moment in which it is to be voided. */ postedNow?: string; /** Plans are still asked of an older release so often: they hold no documents for GP. */ older?: number; /** Paid; GP refuses the receipt that version 1 of its mapping makes. */ paid?: boolean };
const cases = new Map<string, Case>();
const at = (orderId: string): Case => { const found = cases.get(orderId); if (!found) throw new Error(orderId); return found; };
const newCase = (orderId: string, over: Partial<Case> = {}): Case => { const it: Case = { cancelled: false, invoices: [], status: 'invoiced', did: [], away: 0, ...over }; cases.set(orderId, it); return it; };
/** The version of the receipts' mapping stands in their key. */
const tendersOf = (orderId: string, version: number): object[] => (at(orderId).paid ? [{ payment: { paymentId: 'pi', aliases: [], gateway: 'stripe', amount: usd('1000') }, receipt: { number: `WR-${orderId}`, date: '2026-11-01', orderKey: `v${version}` }, xeroDate: '2026-11-01' }] : []);
const older = (orderId: string): boolean => { const it = at(orderId); it.older = (it.older ?? 0) - 1; return it.older >= 0; };
const planOf = (orderId: string, version = 1): OrderPlan => ({
  orderKey: orderId, orderName: `#${orderId}`, version: '2026-11-01T00:00:00Z', contentHash: 'h', moneyHash: 'h', currency: 'USD', total: usd('1000'), placedAt: '2026-11-01T00:00:00Z', gpQueue: 'gp-test', drafts: false, warnings: [], tenders: tendersOf(orderId, version),
  ...(at(orderId).policy ? { approval: 'above the limit', approvalPolicy: at(orderId).policy } : {}), order: { payments: [] }, coding: { number: `WO-${orderId}` }, ...(older(orderId) ? {} : { draft: { number: `WO-${orderId}` } }),
}) as unknown as OrderPlan;
const stateOf = (orderId: string): LedgerOrderState => ({ orderNumber: `WO-${orderId}`, orderKey: orderId, status: at(orderId).status, invoices: at(orderId).invoices, receipts: [], changedAt: '2026-11-01T00:00:00Z' }) as unknown as LedgerOrderState;
const of = (number: string): string => number.replace(/^(WO|IN|RT|WR)-/, '').replace(/-\d$/, '');

const receiptMapping = 'payment-to-gp-receipt';
const outdated = (): never => { throw failureToThrow({ code: 'plan-outdated', system: 'gp', message: 'It was planned by an older release.', fix: 'Nothing to do.' }); };

const desk = {
  acceptOrder: async ({ run, mappings }: { run: { orderId: string }; mappings?: Record<string, number> }) => (at(run.orderId).cancelled ? { verdict: 'cancelled', failure: { code: 'order-cancelled', message: 'cancelled', fix: '' }, warnings: [] } : { verdict: 'go', plan: planOf(run.orderId, mappings?.[receiptMapping]), mappings: { [receiptMapping]: 1, ...mappings } }),
  recordProgress: async () => undefined,
  planUndo: async ({ invoices }: { invoices: LedgerInvoice[] }) => ({ date: '2026-11-20', returns: invoices.map((i) => ({ number: i.number.replace('IN', 'RT'), invoice: i, date: '2026-11-20', ...(older(of(i.number)) ? {} : { draft: { number: i.number.replace('IN', 'RT') } }) })) }),
};
const gp = {
  postOrder: async ({ draft = outdated(), receipts }: { draft?: { number: string }; receipts: { number: string }[] }) => {
    at(of(draft.number)).did.push('order');
    return { order: { number: draft.number, total: usd('1000'), existed: false, warnings: [] }, receipts: [], ...(receipts.length > 0 ? { failure: { code: 'setup-missing', system: 'gp', message: 'Checkbook ID does not exist.', fix: 'Correct it.' } } : {}) };
  },
  createCashReceipt: async ({ receipt }: { receipt: { number: string; orderKey: string } }) => { at(of(receipt.number)).did.push(`receipt ${receipt.orderKey}`); return { number: receipt.number, total: usd('1000'), existed: false }; },
  readOrderStates: async ({ orderKeys: [key = ''] }: { orderKeys: string[] }) => {
    const it = at(key);
    if (it.away > 0) { it.away -= 1; throw failureToThrow({ code: 'document-rejected', system: 'gp', message: 'The reader of GP is not set up.', fix: 'Set it up.' }); }
    return { [key]: [stateOf(key)] };
  },
  voidSalesOrder: async ({ number }: { number: string }) => { at(of(number)).did.push('void order'); return { existed: true }; },
  voidInvoice: async ({ number }: { number: string }) => {
    const it = at(of(number));
    it.did.push(`void ${number}`);
    if (it.postedNow === number) it.invoices = it.invoices.map((i) => (i.number === number ? { ...i, posted: true } : i));
    if (it.invoices.find((i) => i.number === number)?.posted) throw failureToThrow({ code: 'cannot-undo', system: 'gp', message: 'posted a moment ago', fix: 'Retry.' });
    it.invoices = it.invoices.map((i) => (i.number === number ? { ...i, voided: true } : i));
    return { existed: true };
  },
  createReturn: async ({ draft = outdated() }: { draft?: { number: string } }) => { at(of(draft.number)).did.push(`return ${draft.number}`); return { number: draft.number, total: usd('1000'), existed: false }; },
  applyReturn: async () => ({ existed: false }),
};

/** On a real Temporal server, with hands that only write down what they were asked for. */
describe('the whole life of an order with hands of paper', () => {
  let env: TestWorkflowEnvironment;
  let workers: { shutdown(): void; run: Promise<void> }[] = [];
  beforeAll(async () => {
    const path = process.env['TEST_TEMPORAL_CLI'] ?? join(root, '.cache/bin/temporal-1.9.1');
    const attributes = ['TieoutPhase=Keyword', 'TieoutNeedsAttention=Bool', 'TieoutAmount=Double', 'TieoutPlacedAt=Datetime', 'TieoutDocuments=KeywordList'];
    env = await TestWorkflowEnvironment.createLocal({ server: { executable: { type: 'existing-path', path }, extraArgs: attributes.flatMap((a) => ['--search-attribute', a]) } });
    const workflowBundle = await bundleWorkflowCode({ workflowsPath: join(root, 'workflows/index.ts'), failureConverterPath: join(root, 'temporal/failure-converter.ts'), logger: new DefaultLogger('ERROR') });
    const make = async (taskQueue: string, more: object): Promise<void> => { const worker = await Worker.create({ connection: env.nativeConnection, taskQueue, ...more }); workers.push({ shutdown: () => worker.shutdown(), run: worker.run() }); };
    await make(taskQueues.orchestration, { workflowBundle, activities: desk });
    await make('gp-test', { activities: gp });
  }, 90_000);
  afterAll(async () => {
    for (const orderId of cases.keys()) await handle(orderId).terminate().catch(() => undefined);
    for (const worker of workers) worker.shutdown();
    await Promise.all(workers.map((w) => w.run));
    workers = [];
    await env?.teardown();
  });

  const handle = (orderId: string): WorkflowHandle => env.client.workflow.getHandle(`order-to-cash/p/s/${orderId}`);
  const begin = (orderId: string): Promise<unknown> => env.client.workflow.start(workflowTypes.orderToCash, { taskQueue: taskQueues.orchestration, workflowId: `order-to-cash/p/s/${orderId}`, args: [{ pairId: 'p', sourceId: 's', orderId, inboxId: 'in-1', edition: currentEdition }] });
  const story = (orderId: string): Promise<Story> => handle(orderId).query<Story>(queryNames.story);
  const reaches = async (orderId: string, phase: string): Promise<Story> => { for (let i = 0; i < 300; i += 1) { const now = await story(orderId); if (now.phase === phase) return now; await new Promise((wake) => setTimeout(wake, 50)); } throw new Error(`not ${phase}: ${JSON.stringify(await story(orderId))}`); };
  const cancel = (orderId: string): Promise<void> => { at(orderId).cancelled = true; return handle(orderId).signal(signalNames.sourceChanged, { inboxId: 'in-2', topic: 'orders/cancelled' }); };
  /** With UPDATE_GOLDEN=1 this life becomes one that later workflows must still replay. */
  const keepGolden = async (name: string, orderId: string): Promise<void> => {
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(join(root, 'workflows/histories', `${name}.json`), JSON.stringify(await plainHistory(await handle(orderId).fetchHistory(), {})));
  };

  it('silence is answered as the policy says: approved, rejected, or not at all', async () => {
    const stages = { remindAfterMs: 300, escalateAfterMs: 600, silenceAfterMs: 900 };
    for (const onSilence of ['approve', 'reject', 'wait']) { newCase(onSilence, { policy: { ...stages, onSilence } }); await begin(onSilence); }
    expect((await reaches('approve', 'awaiting-invoice')).approval).toMatchObject({ remindedAt: expect.any(String), escalatedAt: expect.any(String), decided: { approver: 'policy', decision: 'approve', reason: expect.stringContaining('nobody answered') } });
    expect(await reaches('reject', 'cancelled')).toMatchObject({ failure: { code: 'approval-rejected' }, approval: { decided: { approver: 'policy', decision: 'reject' } } });
    const waiting = await story('wait');
    expect([waiting.phase, waiting.approval?.escalatedAt !== undefined, waiting.approval?.decided]).toEqual(['awaiting-approval', true, undefined]);
    expect([at('approve').did, at('reject').did, at('wait').did]).toEqual([['order'], [], []]);
    await handle('wait').signal(signalNames.approvalDecided, { approver: 'ann', decision: 'approve', reason: 'known' });
    expect((await reaches('wait', 'awaiting-invoice')).approval?.decided?.approver).toBe('ann');
  });

  it('a cancelled order whose invoice nobody has posted: it is voided, though no word of it had come from GP', async () => {
    const it = newCase('unposted', { status: 'open' });
    await begin('unposted');
    await reaches('unposted', 'awaiting-invoice');
    Object.assign(it, { status: 'invoiced', invoices: [invoice('IN-unposted-1', { posted: false })] });
    await cancel('unposted');
    const told = await reaches('unposted', 'cancelled');
    expect(it.did).toEqual(['order', 'void IN-unposted-1']);
    expect(told.hops.at(-1)).toMatchObject({ step: 'undo', to: { system: 'GP', document: 'IN-unposted-1' }, note: expect.stringContaining('before it was posted') });
    await keepGolden('cancelled-before-posted', 'unposted');
  });

  it('of several invoices the posted is returned and the other voided; one posted in that very moment is returned on a retry', async () => {
    const it = newCase('both', { status: 'open' });
    await begin('both');
    await reaches('both', 'awaiting-invoice');
    Object.assign(it, { status: 'invoiced', invoices: [invoice('IN-both-1', { posted: false }), invoice('IN-both-2', { posted: false })], postedNow: 'IN-both-2' });
    await cancel('both');
    expect((await reaches('both', 'needs-attention')).failure).toMatchObject({ code: 'cannot-undo', message: 'posted a moment ago' });
    await handle('both').signal(signalNames.exceptionDecided, { by: 'bob', decision: 'retry', reason: 'as it says' });
    await reaches('both', 'cancelled');
    expect(it.did).toEqual(['order', 'void IN-both-1', 'void IN-both-2', 'return RT-both-2']);
  });

  it('nothing is undone that could not be looked at, and nothing while GP may still ship', async () => {
    const it = newCase('unseen', { status: 'open', away: 1 });
    await begin('unseen');
    await reaches('unseen', 'awaiting-invoice');
    await cancel('unseen');
    expect((await reaches('unseen', 'needs-attention')).failure).toMatchObject({ code: 'cannot-undo', message: expect.stringContaining('not set up') });
    it.invoices = [invoice('IN-unseen-1', { posted: false })];
    await handle('unseen').signal(signalNames.exceptionDecided, { by: 'bob', decision: 'retry', reason: 'set up' });
    for (let i = 0; i < 100 && !(await story('unseen')).failure?.message.includes('still to be shipped'); i += 1) await new Promise((wake) => setTimeout(wake, 50));
    expect([(await story('unseen')).failure?.message, it.did]).toEqual([expect.stringContaining('still to be shipped'), ['order']]);
  });

  it('what an older release planned is planned anew by itself, when it is posted and when it is taken back', async () => {
    const it = newCase('older', { older: 2 });
    await begin('older');
    await reaches('older', 'awaiting-invoice');
    expect([it.did, (await story('older')).failure]).toEqual([['order'], undefined]);
    Object.assign(it, { older: 1, invoices: [invoice('IN-older-1')] });
    await cancel('older');
    await reaches('older', 'cancelled');
    expect(it.did).toEqual(['order', 'return RT-older-1']);
    await keepGolden('planned-by-an-older-release', 'older');
  });

  it('a corrected mapping version is applied to what is not written yet, also when the order stands in GP already', async () => {
    const it = newCase('corrected', { paid: true });
    await begin('corrected');
    expect(await reaches('corrected', 'needs-attention')).toMatchObject({ failure: { code: 'setup-missing' }, gpOrder: 'WO-corrected', mappings: { [receiptMapping]: 1 } });
    await handle('corrected').signal(signalNames.exceptionDecided, { by: 'bob', decision: 'retry', reason: 'the checkbook is right now', mapping: { name: receiptMapping, version: 2 } });
    expect(await reaches('corrected', 'awaiting-invoice')).toMatchObject({ mappings: { [receiptMapping]: 2 }, receipts: ['WR-corrected'] });
    expect(it.did).toEqual(['order', 'receipt v2']);
    await keepGolden('corrected-version-applied', 'corrected');
  });
});
