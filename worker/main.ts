import { Client, Connection, type Workflow, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { createDeskActivities } from '../activities/desk';
import { connectorSubject, createFeedActivities, reportConnector } from '../activities/feed';
import { Gate } from '../activities/gate';
import { type MasterDeps } from '../activities/master/deps';
import { createMasterActivities } from '../activities/master/master';
import { namingStoreTrouble } from '../activities/naming-store-trouble';
import { createMappingBook } from '../activities/mapping-book';
import { createPairBook } from '../activities/pair-book';
import { createXeroActivities } from '../activities/xero';
import { createXeroMasterActivities } from '../activities/xero-masters';
import { type DeskDeps, type FeedDeps, type XeroDeps } from '../activities/deps';
import { readEnv } from '../config/env';
import { giveWay } from '../config/give-way';
import { createLog, guardProcess } from '../config/log';
import { readNotifyEnv } from '../config/notify-env';
import { readPairFiles } from '../config/pairs';
import { readSourceEnv } from '../config/source-env';
import { gpHolds } from '../connectors/gp/connector';
import { sideInClasses, xeroHolds, xeroMasterSide } from '../connectors/xero/connector';
import { type XeroClient } from '../connectors/xero/types';
import { parsePair } from '../mapping/pair';
import { classGroups } from '../mapping/sync/rules';
import { createStore } from '../store/store';
import { parseKeyRing } from '../store/sealing';
import { dataConverterOf } from '../temporal/data-converter';
import { signalNames, taskQueues, workflowTypes } from '../workflows/names';
import { reopenOptions } from '../workflows/start-order';
import { beating, lifeOfActivity, maxHeartbeatThrottleInterval } from './beating';
import { startNotices } from './notices';
import { ensureSchedules } from './schedules';
import { connectWorker, installRuntime, onStop, temporalAddress } from './runtime';
import { createSources } from './sources';
import { connectXero } from './xero-connection';

/** The worker: runs the workflows with their local activities, and the Xero activities on a queue of their own. */
async function main(): Promise<void> {
  guardProcess('worker');
  giveWay();
  const env = readEnv('worker');
  const log = createLog('worker', env.logLevel);
  installRuntime(log);
  const store = createStore({ databaseUrl: env.databaseUrl, keyRing: parseKeyRing(env.secretKeys) });
  await store.migrate();
  const pairs = readPairFiles(env.pairFiles).map(parsePair);
  for (const pair of pairs) await store.pairs.put(pair.pairId, pair);

  const notifyAccess = readNotifyEnv(pairs);
  const dataConverter = dataConverterOf(env.payloadKeys);
  const { connection, namespace } = await connectWorker();
  const client = new Client({ connection: await Connection.connect(temporalAddress().options), namespace, dataConverter });
  const clients = new Map<string, XeroClient>(pairs.map((pair) => [pair.pairId, connectXero(store, env, pair.xero.connectionId)]));
  const xero = (pairId: string): XeroClient => {
    const found = clients.get(pairId);
    if (!found) throw new Error(`Pair "${pairId}" has no Xero connection in this worker. Fix: add its file to TIEOUT_PAIR_FILES.`);
    return found;
  };
  const signal = async (runId: string, name: string, payload: unknown): Promise<boolean> => {
    try {
      await client.workflow.getHandle(runId).signal(name, payload);
      return true;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  };
  const isRunning = async (runId: string): Promise<boolean> => {
    try { return (await client.workflow.getHandle(runId).describe()).status.name === 'RUNNING'; } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  };
  const beginAnew: FeedDeps['beginAnew'] = async (input) => {
    await client.workflow.start<Workflow>(workflowTypes.orderToCash, reopenOptions(input)).catch((error: unknown) => { if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error; });
  };
  const deskDeps: DeskDeps = {
    store, pairs: createPairBook(store.pairs), mappings: createMappingBook(store.mappings), source: createSources(pairs, readSourceEnv(pairs)), log, now: () => new Date(), tellTurn: (runId, number) => signal(runId, signalNames.turnCame, { number }), isRunning,
  };
  const feedDeps: FeedDeps = { ...deskDeps, xero, tellRun: (runId, state) => signal(runId, signalNames.ledgerChanged, { state }), decideRun: (runId, decision) => signal(runId, signalNames.exceptionDecided, decision), beginAnew };
  const gates = new Map<string, Gate>(pairs.map(({ pairId }) => [pairId, new Gate({ probe: () => xero(pairId).readOrganisation(), life: lifeOfActivity, tell: (failure) => reportConnector({ store }, { pairId, system: 'xero', failure }) })]));
  for (const [pairId, gate] of gates) {
    const open = await store.exceptions.list({ open: true, subject: connectorSubject(pairId, 'xero'), limit: 1 });
    if (open[0]) gate.doubt(open[0].failure);
  }
  const gate = (pairId: string): Gate => {
    const found = gates.get(pairId);
    if (!found) throw new Error(`Pair "${pairId}" has no Xero connection in this worker. Fix: add its file to TIEOUT_PAIR_FILES.`);
    return found;
  };
  const xeroDeps: XeroDeps = { ...deskDeps, xero, gate, holdMs: env.xero.timeoutMs + 5_000 };

  const masterDeps: MasterDeps = { store, pairs: deskDeps.pairs, holds: { gp: gpHolds, xero: xeroHolds }, log, now: () => new Date() };
  const { loadSync, trackBatch, ...pages } = createMasterActivities(masterDeps);

  const orchestration = await Worker.create({
    connection, namespace, dataConverter, taskQueue: taskQueues.orchestration, workflowBundle: { codePath: env.workflowBundle },
    activities: namingStoreTrouble({ ...createDeskActivities(deskDeps), ...beating(createFeedActivities(feedDeps)), loadSync, trackBatch, ...beating(pages) }),
    maxCachedWorkflows: 128, shutdownGraceTime: '10s', shutdownForceTime: '20s', maxHeartbeatThrottleInterval, maxConcurrentLocalActivityExecutions: 20,
  });
  const xeroWorker = await Worker.create({
    connection, namespace, dataConverter, taskQueue: taskQueues.xero, activities: namingStoreTrouble(beating({ ...createXeroActivities(xeroDeps), ...createXeroMasterActivities({ store, gate, side: (pairId) => sideInClasses(xeroMasterSide(xero(pairId)), async (kind) => classGroups((await deskDeps.pairs.get(pairId)).sync, kind)) }) })),
    maxConcurrentActivityTaskExecutions: 100, shutdownGraceTime: '10s', shutdownForceTime: '20s', maxHeartbeatThrottleInterval,
  });
  for (const pair of pairs) await ensureSchedules(client, pair);
  const stopNotices = startNotices(pairs, { store, access: notifyAccess, log });
  onStop(() => { orchestration.shutdown(); xeroWorker.shutdown(); });
  process.stdout.write(`${JSON.stringify({ ready: true, role: 'worker' })}\n`);
  await Promise.all([orchestration.run(), xeroWorker.run()]);
  await stopNotices();
  await client.connection.close();
  await connection.close();
  await store.close();
  process.exit(process.exitCode ?? 0);
}

main().catch((error: unknown) => {
  process.stderr.write(`worker: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
