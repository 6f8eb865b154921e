import { join } from 'node:path';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { bareQueue } from './bare';

/** A worker process for the bare workflow alone, with the SDK's own settings. */
async function main(): Promise<void> {
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
  const { connectionOptions, namespace } = loadClientConnectConfig();
  const connection = await NativeConnection.connect(connectionOptions);
  const worker = await Worker.create({ connection, namespace: namespace ?? 'default', taskQueue: bareQueue, workflowsPath: join(__dirname, 'bare-workflow.js'), activities: { touch: async (step: number) => step } });
  for (const signal of ['SIGINT', 'SIGTERM', 'disconnect'] as const) process.on(signal, () => { try { worker.shutdown(); } catch { process.exit(0); } });
  process.stdout.write(`${JSON.stringify({ ready: true, role: 'bare-worker' })}\n`);
  await worker.run();
  await connection.close();
  process.exit(0);
}

main().catch((error: unknown) => {
  process.stderr.write(`bare-worker: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
