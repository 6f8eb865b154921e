import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { readEnv, readVersion } from '../config/env';
import { createLog, guardProcess } from '../config/log';
import { readPairFiles } from '../config/pairs';
import { readSourceSecrets, sourceKey } from '../config/source-env';
import { parsePair, type Pair } from '../mapping/pair';
import { parseKeyRing } from '../store/sealing';
import { createStore } from '../store/store';
import { type Role } from '../store/types';
import { dataConverterOf } from '../temporal/data-converter';
import { createApi } from './app';
import { createPayloadDesk } from './codec-routes';
import { type ApiDeps, type SourceRegistry } from './deps';
import { createOrderDoor } from './order-door';
import { startRelay } from './relay';
import { createApiServer } from './server';
import { createSyncDoor } from './sync-door';
import { Tide } from './tide';

type Secrets = { sources: Map<string, string[]>; stripe: string[]; xero: string[] };

/** Which pair a delivery belongs to, by the account in its address. */
function registry(pairs: readonly Pair[], secrets: Secrets): SourceRegistry {
  return {
    find(kind, account) {
      for (const pair of pairs) {
        const { pairId } = pair;
        const shop = pair.sources.find((s) => s.kind === kind && s.account === account);
        if (shop) return { pairId, sourceId: shop.id, secrets: secrets.sources.get(sourceKey(pairId, shop.id)) ?? [], setup: shop };
        const gateway = pair.gatewayEvents.find((g) => g.kind === kind && g.account === account);
        if (gateway) return { pairId, sourceId: gateway.sourceId, secrets: secrets.stripe, setup: { account } };
        if (kind === 'xero' && pair.xero.connectionId === account) return { pairId, sourceId: 'xero', secrets: secrets.xero, setup: { account } };
      }
      return undefined;
    },
  };
}

async function main(): Promise<void> {
  guardProcess('api');
  const env = readEnv('api');
  const log = createLog('api', env.logLevel);
  const store = createStore({ databaseUrl: env.databaseUrl, keyRing: parseKeyRing(env.secretKeys) });
  await store.migrate();
  const pairs = readPairFiles(env.pairFiles).map(parsePair);
  for (const pair of pairs) await store.pairs.put(pair.pairId, pair);
  for (const key of env.apiKeys) await store.apiKeys.create({ name: key.name, role: key.role as Role, secret: key.secret });

  const { connectionOptions, namespace } = loadClientConnectConfig();
  const connection = Connection.lazy(connectionOptions);
  const client = new Client({ connection, namespace: namespace ?? 'default', dataConverter: dataConverterOf(env.payloadKeys) });
  const deps: ApiDeps = { store, orders: createOrderDoor(client), sync: createSyncDoor(client), log, sources: registry(pairs, { ...env.webhookSecrets, sources: readSourceSecrets(pairs) }), uiBaseUrl: env.temporalUiUrl, namespace: namespace ?? 'default', version: readVersion(), payloads: createPayloadDesk(env.payloadKeys, env.uiOrigins), trustedProxies: env.trustedProxies, tide: new Tide(), nudge: () => relay.nudge() };
  const relay = startRelay(deps);
  const server = createApiServer(createApi(deps));
  server.once('error', (error) => { process.stderr.write(`api: ${env.host}:${env.port} cannot be listened on (${error.message}). Fix: set TIEOUT_API_PORT to a free port.\n`); process.exit(1); });
  server.listen(env.port, env.host, () => {
    process.stdout.write(`${JSON.stringify({ ready: true, role: 'api', url: `http://${env.host}:${(server.address() as { port: number }).port}` })}\n`);
  });
  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    server.close();
    server.closeIdleConnections();
    await relay.stop();
    await connection.close();
    await store.close();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'disconnect'] as const) process.on(signal, () => { void stop(); });
}

main().catch((error: unknown) => {
  process.stderr.write(`api: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
