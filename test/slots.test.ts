import { join } from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { failureToThrow } from '../activities/failing';
import { currentEdition } from '../workflows/messages';
import { taskQueues, workflowTypes } from '../workflows/names';
import { root } from './support/child';

jest.setTimeout(120_000);
Runtime.install({ logger: new DefaultLogger('ERROR') });

const slots = 2;
let asked = 0;
const activities = {
  acceptOrder: async () => { asked += 1; throw failureToThrow({ code: 'rate-limited', system: 'source', message: 'The shop asks to slow down.', fix: 'It is asked again by itself.', retryAfterMs: 1_000 }); },
  sweepSource: async () => ({ seen: 0, missed: 0 }),
};

describe('orders that cannot be taken yet', () => {
  let env: TestWorkflowEnvironment;
  let worker: Worker;
  let run: Promise<void>;
  beforeAll(async () => {
    const path = process.env['TEST_TEMPORAL_CLI'] ?? join(root, '.cache/bin/temporal-1.9.1');
    env = await TestWorkflowEnvironment.createLocal({ server: { executable: { type: 'existing-path', path } } });
    const workflowBundle = await bundleWorkflowCode({ workflowsPath: join(root, 'workflows/index.ts'), failureConverterPath: join(root, 'temporal/failure-converter.ts'), logger: new DefaultLogger('ERROR') });
    worker = await Worker.create({ connection: env.nativeConnection, taskQueue: taskQueues.orchestration, workflowBundle, activities, maxConcurrentWorkflowTaskExecutions: slots });
    run = worker.run();
  }, 90_000);
  afterAll(async () => { worker.shutdown(); await run; await env.teardown(); });

  it('leave the worker to others while they wait', async () => {
    const start = (type: string, workflowId: string, input: object) => env.client.workflow.start(type, { taskQueue: taskQueues.orchestration, workflowId, args: [input] });
    const orders = await Promise.all(Array.from({ length: slots * 4 }, (_, i) => start(workflowTypes.orderToCash, `order-to-cash/p/s/${i}`, { pairId: 'p', sourceId: 's', orderId: String(i), inboxId: 'in', edition: currentEdition })));
    for (const until = Date.now() + 30_000; asked <= orders.length && Date.now() < until;) await new Promise((wake) => { setTimeout(wake, 100); });
    const sweep = await start(workflowTypes.sourceSweep, 'source-sweep/p/s', { pairId: 'p', sourceId: 's' });
    const ended = await Promise.race([sweep.result().then(() => 'ended'), new Promise((wake) => { setTimeout(() => wake('still waits for a slot'), 20_000); })]);
    expect([ended, asked > orders.length]).toEqual(['ended', true]);
    await Promise.all(orders.map((order) => order.terminate()));
  });
});
