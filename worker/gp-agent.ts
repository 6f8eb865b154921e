import { Worker } from '@temporalio/worker';
import { Gate, InOrder } from '../activities/gate';
import { createGpActivities } from '../activities/gp';
import { createGpMasterActivities } from '../activities/gp-masters';
import { readEnv } from '../config/env';
import { giveWay } from '../config/give-way';
import { createLog, guardProcess } from '../config/log';
import { createGpClient, gpMasterSide } from '../connectors/gp/connector';
import { dataConverterOf } from '../temporal/data-converter';
import { taskQueues } from '../workflows/names';
import { beating, lifeOfActivity, maxHeartbeatThrottleInterval } from './beating';
import { connectWorker, installRuntime, onStop } from './runtime';

/**
 * The agent beside GP: polls outward on its company's queue and runs GP activities only. No inbound port, no store; the credentials of GP never
 * leave this process.
 */
async function main(): Promise<void> {
  guardProcess('gp-agent');
  giveWay();
  const env = readEnv('gp-agent');
  const log = createLog('gp-agent', env.logLevel);
  installRuntime(log);
  const gp = createGpClient(env.gp);
  const { connection, namespace } = await connectWorker();
  const gate = new Gate({ probe: () => gp.ping(), life: lifeOfActivity, tell: async (failure) => {
    if (failure) log.warn({ code: failure.code }, 'GP cannot be reached; writes wait in line');
    else log.info({}, 'GP is back; writes go on, oldest first');
  } });
  const inOrder = new InOrder();
  const activities = beating({ ...createGpActivities({ gp, log, gate, inOrder }), ...createGpMasterActivities({ side: gpMasterSide(gp), gate, inOrder }) });
  const queue = taskQueues.gp(env.gpCompany);
  const common = { connection, namespace, dataConverter: dataConverterOf(env.payloadKeys), activities, identity: `gp-agent/${env.gpCompany}/${process.pid}`, shutdownGraceTime: '10s', shutdownForceTime: '20s', maxHeartbeatThrottleInterval } as const;
  const writes = await Worker.create({ ...common, taskQueue: queue, maxConcurrentActivityTaskExecutions: 10 });
  const reads = await Worker.create({ ...common, taskQueue: taskQueues.gpReads(queue), maxConcurrentActivityTaskExecutions: 5, activityTaskPollerBehavior: { type: 'simple-maximum', maximum: 1 } });
  onStop(() => { writes.shutdown(); reads.shutdown(); });
  process.stdout.write(`${JSON.stringify({ ready: true, role: 'gp-agent', queue })}\n`);
  await Promise.all([writes.run(), reads.run()]);
  await connection.close();
  process.exit(process.exitCode ?? 0);
}

main().catch((error: unknown) => {
  process.stderr.write(`gp-agent: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
