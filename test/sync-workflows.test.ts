import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ScheduleOverlapPolicy, type WorkflowHandle } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { createMasterActivities } from '../activities/master/master';
import { type SyncChoice } from '../activities/master/contract';
import { FakeSide } from '../activities/master/fake-side.test-data';
import { createPairBook } from '../activities/pair-book';
import { type MasterKind, type MasterWrite } from '../canonical/master';
import { parsePair } from '../mapping/pair';
import { parseKeyRing } from '../store/sealing';
import { createStore } from '../store/store';
import { type SyncBatch, type SyncIssue } from '../store/master-types';
import { type Store } from '../store/types';
import { queryNames, signalNames, syncBatchId, syncRecordId, syncRunId, taskQueues, workflowTypes } from '../workflows/names';
import { type SyncProgress } from '../workflows/sync-state';
import { root } from './support/child';
import { fakeSideActivities } from './support/fake-sides';
import { plainHistory } from './support/plain-history';
import { storeServers } from './support/store-servers';

jest.setTimeout(Number(process.env['TIEOUT_SYNC_COUNT'] ?? 0) > 2_000 ? 900_000 : 120_000);
Runtime.install({ logger: new DefaultLogger('ERROR') });

/** The full size is ten thousand: TIEOUT_SYNC_COUNT=10000. */
const many = Number(process.env['TIEOUT_SYNC_COUNT'] ?? 500);
const pause = (ms: number): Promise<void> => new Promise((wake) => setTimeout(wake, ms));
const demo = JSON.parse(readFileSync(join(root, 'config/pairs/demo.json'), 'utf8')) as { gp: object; policies: object };

describe('synchronising on a real Temporal server', () => {
  let env: TestWorkflowEnvironment;
  let store: Store;
  let stopStore: () => Promise<void>;
  let workers: { worker: Worker; run: Promise<void> }[] = [];
  const [gp, xero] = [new FakeSide('gp', Date.now), new FakeSide('xero', Date.now)];
  let before: (side: FakeSide, writes: MasterWrite[]) => Promise<void> = async () => undefined;
  let pairs = 0;
  let pairId = '';
  let batches = 0;

  beforeAll(async () => {
    const [, start] = storeServers[0] ?? [];
    const server = await start?.();
    store = createStore({ databaseUrl: server?.url ?? '', keyRing: parseKeyRing(`k1:${randomBytes(32).toString('base64')}`), poolMax: 4 });
    await store.migrate();
    stopStore = async () => { await store.close(); await server?.stop(); };
    const path = process.env['TEST_TEMPORAL_CLI'] || join(root, '.cache/bin/temporal-1.9.1');
    env = await TestWorkflowEnvironment.createLocal({ server: { executable: { type: 'existing-path', path }, extraArgs: ['--dynamic-config-value', 'limit.historyCount.suggestContinueAsNew=150'] } });
    const workflowBundle = await bundleWorkflowCode({ workflowsPath: join(root, 'workflows/index.ts'), failureConverterPath: join(root, 'temporal/failure-converter.ts'), logger: new DefaultLogger('ERROR') });
    const plain = (_kind: MasterKind, _field: string, value: string): { value: string } => ({ value });
    const masters = createMasterActivities({ store, pairs: createPairBook(store.pairs, 0), holds: { gp: plain, xero: plain }, log: { info: () => undefined, warn: () => undefined, error: () => undefined }, now: () => new Date() });
    const sides = fakeSideActivities(gp, xero, { store, before: (side, writes) => before(side, writes) });
    const work = async (taskQueue: string, more: object): Promise<void> => { const worker = await Worker.create({ connection: env.nativeConnection, taskQueue, ...more }); workers.push({ worker, run: worker.run() }); };
    await work(taskQueues.orchestration, { workflowBundle, activities: masters });
    await work(taskQueues.xero, { activities: sides.xero });
    const queue = taskQueues.gp('TWO');
    for (const q of [queue, taskQueues.gpReads(queue)]) await work(q, { activities: sides.gp });
  }, 120_000);
  afterAll(async () => {
    for (const { worker } of workers) worker.shutdown();
    await Promise.all(workers.map((w) => w.run));
    workers = [];
    await env?.teardown();
    await stopStore?.();
  });
  beforeEach(async () => {
    pairs += 1;
    pairId = `pair-${pairs}`;
    before = async () => undefined;
    for (const side of [gp, xero]) { side.records.clear(); side.calls = 0; side.refuse.clear(); }
    await store.pairs.put(pairId, parsePair({ ...demo, pairId, sync: { customer: {}, item: {} } }));
  });

  const begin = async (mode: SyncBatch['mode'] = 'full', kinds: MasterKind[] = ['customer'], id?: string): Promise<{ id: string; handle: WorkflowHandle }> => {
    const batchId = id ?? `batch-${(batches += 1)}`;
    return { id: batchId, handle: await env.client.workflow.start(workflowTypes.syncRun, { taskQueue: taskQueues.orchestration, workflowId: syncRunId(batchId), args: [{ batchId, pairId, kinds, mode, who: 'ann' }] }) };
  };
  const run = async (...ask: Parameters<typeof begin>): Promise<SyncBatch> => {
    const { id, handle } = await begin(...ask);
    await handle.result();
    return (await store.master.batches.get(id)) as SyncBatch;
  };
  const until = async (what: () => Promise<boolean>): Promise<void> => { for (const end = Date.now() + 60_000; !(await what()); await pause(50)) if (Date.now() > end) throw new Error('not in time'); };
  /** With UPDATE_GOLDEN=1 these lives become part of the golden set that later workflows must still replay. */
  const keepGolden = async (name: string, workflowId: string): Promise<void> => {
    if (process.env['UPDATE_GOLDEN'] !== '1') return;
    const handle = env.client.workflow.getHandle(workflowId);
    writeFileSync(join(root, 'workflows/histories', `${name}.json`), JSON.stringify(await plainHistory(await handle.fetchHistory(), {})));
  };
  const issues = (): Promise<SyncIssue[]> => store.master.issues.list({ pairId });
  const fill = (count: number): void => { for (let i = 0; i < count; i += 1) gp.put('customer', `C${i}`, { fields: { name: `Party ${i} of many`, email: `c${i}@x.org`, terms: 'NET30' } }); };
  const tell = (system: 'gp' | 'xero', id: string, key: string): Promise<WorkflowHandle> => env.client.workflow.signalWithStart(workflowTypes.syncRecord, { taskQueue: taskQueues.orchestration, workflowId: syncRecordId({ pairId, kind: 'customer', key }), args: [{ pairId, kind: 'customer', key }], signal: signalNames.masterChanged, signalArgs: [{ system, id }] });
  const decide = async (issue: SyncIssue | undefined, choice: Partial<SyncChoice>): Promise<void> => {
    const key = issue?.subject ?? '';
    const [system, id] = [key.slice(0, key.indexOf('/')), key.slice(key.indexOf('/') + 1)];
    const handle = await env.client.workflow.signalWithStart(workflowTypes.syncRecord, { taskQueue: taskQueues.orchestration, workflowId: syncRecordId({ pairId, kind: 'customer', key }), args: [{ pairId, kind: 'customer', key }], signal: signalNames.masterDecided,
      signalArgs: [{ ref: { system, id }, choice: { by: 'ann', reason: 'because', issueId: issue?.id ?? '', decision: 'take', ...choice } }] });
    await handle.result();
  };

  it('a preview tells what would be written, and writes nothing; a first load does it, fifty to a call; the next one has nothing to do', async () => {
    fill(many);
    xero.put('customer', 'X1', { fields: { name: 'Party 1 of many', email: 'c1@x.org' } });
    gp.put('item', 'MUG', { fields: { code: 'MUG', name: 'Mug' } });
    const told = await run('preview', ['item', 'customer']);
    expect(told).toMatchObject({ state: 'done', mode: 'preview', who: 'ann', totals: { customer: { looked: many, matched: 1, created: many - 1 }, item: { created: 1 } } });
    expect(told.samples.length).toBeGreaterThan(20);
    expect([gp.calls, xero.calls, await store.master.links.list(pairId, {})]).toEqual([0, 0, []]);

    const began = Date.now();
    const rss = process.memoryUsage().heapUsed;
    expect(await run('full', ['item', 'customer'])).toMatchObject({ state: 'done', total: many + 1, totals: { customer: { created: many - 1, matched: 1, issues: 0, failed: 0 }, item: { created: 1 } } });
    process.stderr.write(`${many} customers: ${((Date.now() - began) / 1000).toFixed(1)} s, ${xero.calls} Xero writes, heap ${((process.memoryUsage().heapUsed - rss) / 1e6).toFixed(0)} MB more\n`);
    expect(xero.calls).toBeLessThanOrEqual(Math.ceil((1.1 * many) / 50) + 1);
    expect(new Set(xero.all('customer').map((r) => r.foreignId ?? 'C1')).size).toBe(many);
    const calls = [gp.calls, xero.calls];
    expect(await run('full')).toMatchObject({ state: 'done', totals: { customer: { looked: many, unchanged: many, writes: 0 } } });
    expect([gp.calls, xero.calls]).toEqual(calls);
  });

  it('is stopped after the page under way, tells its progress, and goes on where it stopped; no second one runs beside it', async () => {
    fill(450);
    before = async (side) => { if (side === xero) await pause(150); };
    const { id, handle } = await begin();
    const child = env.client.workflow.getHandle(syncBatchId({ pairId, kind: 'customer' }));
    const ask = (): Promise<SyncProgress | undefined> => child.query<SyncProgress>(queryNames.progress).catch(() => undefined);
    await until(async () => ((await ask())?.done ?? 0) > 0);
    const progress = (await ask()) as SyncProgress;
    expect(progress).toMatchObject({ kind: 'customer', stage: 'pages', total: 450, stopping: false });
    expect([progress.perSecond > 0, (progress.secondsLeft ?? 0) > 0]).toEqual([true, true]);
    const second = await begin();
    await pause(500);
    expect((await second.handle.query<{ ended: object }>(queryNames.progress)).ended).toEqual({});
    await second.handle.signal(signalNames.stopSync);
    await handle.signal(signalNames.stopSync);
    expect(await handle.result()).toMatchObject({ state: 'stopped' });
    expect(await second.handle.result()).toMatchObject({ state: 'stopped' });
    const stopped = await store.master.batches.get(id);
    const done = xero.records.size;
    expect([stopped?.state, stopped?.totals['customer']?.created, done < 450]).toEqual(['stopped', done, true]);
    before = async () => undefined;
    expect(await run('full', ['customer'], id)).toMatchObject({ state: 'done', total: 450, totals: { customer: { created: 450, looked: 450 } } });
    expect([xero.records.size, new Set(xero.all('customer').map((r) => r.foreignId)).size]).toEqual([450, 450]);
  });

  it('an act that is cut off is done again, and nothing is made twice', async () => {
    fill(120);
    let cuts = 2;
    before = async (side, writes) => { if (side === xero && cuts > 0) { cuts -= 1; if (cuts % 2 === 0) await side.write(writes); throw new Error('the worker died'); } };
    expect(await run()).toMatchObject({ state: 'done', totals: { customer: { failed: 0 } } });
    expect([xero.records.size, (await store.master.links.list(pairId, { limit: 500 })).length]).toEqual([120, 120]);
  });

  it('a scheduled look settles what changed since the last one, reads no more than that, and moves its window to the hour it was meant for', async () => {
    fill(3);
    await run();
    const stamp = async (system: string): Promise<string | undefined> => store.watermarks.get(`master/${pairId}/${system}/customer`);
    gp.edit('customer', 'C1', { fields: { terms: 'NET60' } });
    const x2 = xero.all('customer').find((r) => r.foreignId === 'C2')?.id ?? '';
    xero.edit('customer', x2, { fields: { email: 'new@x.org' } });
    const scheduleId = `sweep-${pairId}`;
    const schedule = await env.client.schedule.create({ scheduleId, spec: { intervals: [{ every: '2s' }] }, policies: { overlap: ScheduleOverlapPolicy.SKIP }, action: { type: 'startWorkflow', workflowType: workflowTypes.syncSweep, taskQueue: taskQueues.orchestration, args: [{ pairId, systems: ['gp', 'xero'] }] } });
    await until(async () => gp.get('customer', 'C2')?.fields['email'] === 'new@x.org' && xero.all('customer').some((r) => r.fields['terms'] === 'NET60'));
    const calls = [gp.calls, xero.calls];
    const at = await stamp('xero');
    await until(async () => (await stamp('xero')) !== at);
    expect((await stamp('xero'))?.endsWith('.000Z')).toBe(true);
    expect((await stamp('gp') ?? '') < new Date().toISOString()).toBe(true);
    expect([gp.calls, xero.calls, await issues()]).toEqual([...calls, []]);
    await schedule.delete();
    for await (const { workflowId, status } of env.client.workflow.list({ query: `WorkflowType = '${workflowTypes.syncSweep}'` })) if (workflowId.includes('-2') && status.name === 'COMPLETED') await keepGolden('master-data-looked-for', workflowId);
    expect((await store.master.batches.list({ pairId })).filter((b) => b.who === 'schedule').length).toBeGreaterThan(0);
  });

  it('a kind that was never loaded is left alone by schedules and webhooks', async () => {
    fill(2);
    await env.client.workflow.execute(workflowTypes.syncSweep, { taskQueue: taskQueues.orchestration, workflowId: `once-${pairId}`, args: [{ pairId, systems: ['gp', 'xero'] }] });
    await (await tell('gp', 'C1', 'gp/C1')).result();
    expect(xero.records.size).toBe(0);
  });

  it('a record that a webhook tells of is settled at once; our own echo costs no write; told fivefold it is done once', async () => {
    fill(2);
    await run();
    const id = xero.all('customer').find((r) => r.foreignId === 'C1')?.id ?? '';
    const calls = [gp.calls, xero.calls];
    await (await tell('xero', id, 'gp/C1')).result();
    expect([gp.calls, xero.calls]).toEqual(calls);
    xero.edit('customer', id, { fields: { email: 'told@x.org' } });
    await Promise.all((await Promise.all([1, 2, 3, 4, 5].map(() => tell('xero', id, 'gp/C1')))).map((h) => h.result()));
    expect([gp.get('customer', 'C1')?.fields['email'], gp.calls, xero.calls]).toEqual(['told@x.org', (calls[0] ?? 0) + 1, calls[1]]);
    xero.put('customer', 'X-new', { fields: { name: 'Made in Xero' } });
    await (await tell('xero', 'X-new', 'xero/X-new')).result();
    expect(gp.all('customer').find((r) => r.foreignId === 'X-new')?.fields['name']).toBe('Made in Xero');
  });

  it('a person decides a conflict and a match; who decides second changes nothing', async () => {
    fill(1);
    await run();
    const [x] = xero.all('customer');
    gp.edit('customer', 'C0', { fields: { phone: '2' } });
    xero.edit('customer', x?.id ?? '', { fields: { phone: '3' } });
    await run('changes');
    const [conflict] = await issues();
    expect(conflict).toMatchObject({ type: 'conflict', subject: 'gp/C0' });
    await decide(conflict, { fields: { phone: 'xero' } });
    await keepGolden('master-record-decided', syncRecordId({ pairId, kind: 'customer', key: 'gp/C0' }));
    await decide(conflict, { by: 'bob', fields: { phone: 'gp' } });
    expect([gp.get('customer', 'C0')?.fields['phone'], xero.get('customer', x?.id ?? '')?.fields['phone'], await issues()]).toEqual(['3', '3', []]);
    gp.put('customer', 'T1', { fields: { name: 'Twin', email: 't@x.org' } });
    for (const id of ['T-a', 'T-b']) xero.put('customer', id, { fields: { name: 'Twin', email: 't@x.org' } });
    await run('changes');
    const match = (await issues()).find((i) => i.subject === 'gp/T1');
    await decide(match, { decision: 'link', counterpart: { id: 'T-b' } });
    expect(await store.master.links.find(pairId, 'customer', [{ system: 'gp', id: 'T1' }])).toMatchObject([{ xeroId: 'T-b' }]);
    expect((await store.master.links.history(pairId, 'customer', { system: 'gp', id: 'T1' }))[0]).toMatchObject({ who: 'ann', reason: 'because' });
  });

  it('a full compare finds what is gone on one side; a person is asked, and it is not made again', async () => {
    fill(3);
    await run();
    const gone = xero.all('customer').find((r) => r.foreignId === 'C2')?.id ?? '';
    xero.records.delete(`customer/${gone}`);
    const { id } = await begin();
    expect(await env.client.workflow.getHandle(syncRunId(id)).result()).toMatchObject({ state: 'done', ended: { customer: { totals: { issues: 1 } } } });
    await keepGolden('master-data-compared', syncBatchId({ pairId, kind: 'customer' }));
    await keepGolden('master-data-run', syncRunId(id));
    expect(await issues()).toMatchObject([{ type: 'deleted', subject: 'gp/C2' }]);
    await run();
    expect([xero.records.size, (await issues()).length]).toEqual([2, 1]);
  });
});
