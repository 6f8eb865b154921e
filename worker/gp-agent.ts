import { Worker } from '@temporalio/worker';
import { createGpActivities } from '../activities/gp';
import { readEnv } from '../config/env';
import { createLog } from '../config/log';
import { createGpClient } from '../connectors/gp/connector';
import { taskQueues } from '../workflows/names';
import { connectWorker, installRuntime, onStop } from './runtime';

/**
 * The agent beside GP: polls outward on its company's queue and runs GP activities only. No inbound port, no store; the credentials of GP never
 * leave this process.
 */
async function main(): Promise<void> {
  const env = readEnv('gp-agent');
  const log = createLog('gp-agent', env.logLevel);
  installRuntime(log);
  const gp = createGpClient(env.gp);
  const { connection, namespace } = await connectWorker();
  const worker = await Worker.create({
    connection, namespace, taskQueue: taskQueues.gp(env.gpCompany),
    activities: { ...createGpActivities({ gp, log }) },
    identity: `gp-agent/${env.gpCompany}/${process.pid}`,
    maxConcurrentActivityTaskExecutions: 10, shutdownGraceTime: '10s', shutdownForceTime: '20s',
  });
  onStop(() => worker.shutdown());
  process.stdout.write(`${JSON.stringify({ ready: true, role: 'gp-agent', queue: taskQueues.gp(env.gpCompany) })}\n`);
  await worker.run();
  await connection.close();
  process.exit(process.exitCode ?? 0);
}

main().catch((error: unknown) => {
  process.stderr.write(`gp-agent: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
