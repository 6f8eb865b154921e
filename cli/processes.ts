import { join } from 'node:path';
import { readEnv } from '../config/env';
import { readNotifyEnv } from '../config/notify-env';
import { readPairFiles } from '../config/pairs';
import { readSourceEnv } from '../config/source-env';
import { parsePair, type Pair } from '../mapping/pair';
import { issueTicket } from '../temporal/codec-ticket';
import { parseKeyRing } from '../temporal/key-ring';
import { searchAttributeNames } from '../workflows/names';
import { readLocal, type Local } from './local';
import { type Options, type OtherShop } from './options';
import { otherShopsEnv, planOtherShops } from './other-shops';
import { listening, Ports } from './ports';
import { Supervisor } from './supervisor';

export type Addresses = { api: string; ui: string | undefined; temporal: string; sandbox: ({ gp: string; xero: string; shop: string; gateway: string } & Partial<Record<OtherShop, string>>) | undefined };
export type Up = { supervisor: Supervisor; addresses: Addresses; local: Local; env: NodeJS.ProcessEnv; /** Every api of the installation; the first is the one in `addresses`. */ apis: string[] };

const kinds: Record<keyof typeof searchAttributeNames, string> = { pair: 'Keyword', source: 'Keyword', order: 'Keyword', phase: 'Keyword', documents: 'KeywordList', needsAttention: 'Bool', amount: 'Double', placedAt: 'Datetime' };

/** How long the Temporal UI of a local installation may decode payloads before a new start. */
const ticketDays = 30;

function temporalArgs(more: { port: number; uiPort: number; file: string; codec: string }): string[] {
  return ['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(more.port), '--ui-port', String(more.uiPort), '--db-filename', more.file, '--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=normal',
    '--ui-codec-endpoint', more.codec, '--ui-disable-news-fetch', '--log-level', 'error', '--dynamic-config-value', 'matching.numTaskqueueReadPartitions=1', '--dynamic-config-value', 'matching.numTaskqueueWritePartitions=1',
    '--dynamic-config-value', 'frontend.enableServerVersionCheck=false',
    ...Object.entries(searchAttributeNames).flatMap(([key, name]) => ['--search-attribute', `${name}=${kinds[key as keyof typeof kinds]}`])];
}

/** What the simulators give, in the words of the real systems' variables; what the user set wins. */
function sandboxEnv(sandbox: NonNullable<Addresses['sandbox']>): NodeJS.ProcessEnv {
  return {
    SHOPIFY_ADMIN_URL: sandbox.shop, SHOPIFY_ACCESS_TOKEN: 'shpat_sandbox', XERO_API_URL: `${sandbox.xero}/api.xro/2.0`, XERO_IDENTITY_URL: sandbox.xero, XERO_CONNECTIONS_URL: `${sandbox.xero}/connections`, XERO_CLIENT_ID: 'tieout-sandbox',
    XERO_CLIENT_SECRET: 'tieout-sandbox-secret', XERO_TENANT_ID: '3f8a2c1e-5b7d-4e9a-8c6f-1d2e3f4a5b6c', XERO_REFRESH_TOKEN: 'sandbox-refresh-token', XERO_TIMEOUT_MS: '5000', XERO_CALLS_PER_MINUTE: '6000', XERO_CALLS_PER_DAY: '1000000',
    GP_ECONNECT_URL: `${sandbox.gp}/Microsoft/Dynamics/GP/eConnect/EntityOperations`, GP_WEB_SERVICES_URL: `${sandbox.gp}/DynamicsGPWebServices/DynamicsGPService.asmx`, GP_USER: 'tieout', GP_PASSWORD: 'tieout', GP_TIMEOUT_MS: '5000',
  };
}

/** How far the programs that process step back behind api and store. */
const nice = 4;
/** glibc gives every thread an arena of its own, and what is freed in one is not used by another. */
const arenas = 2;

const withUsers = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({ TIEOUT_NICE: String(nice), MALLOC_ARENA_MAX: String(arenas), ...env, ...Object.fromEntries(Object.entries(process.env).filter(([, v]) => v !== undefined && v !== '')) });

/** `restarts`: how often a program that dies is started again; `twins`: two workers, two agents and two apis; `env`: variables that win over the simulators'. */
export type Parts = { twins?: boolean; env?: NodeJS.ProcessEnv; root: string; temporalBinary: string | undefined; options: Options; say: (line: string) => void; restarts?: { perMinute: number; maxPauseMs: number } };

/** Temporal's server collects when its heap is five times what is alive, up to this much; Go's own "twice" costs a fifth of its processor time. */
const rareCollections = { GOGC: '400', GOMEMLIMIT: '512MiB' };

async function startTemporal(parts: Parts, more: { supervisor: Supervisor; ports: Ports; env: NodeJS.ProcessEnv; codec: string }): Promise<{ address: string; ui: string | undefined }> {
  if (parts.temporalBinary === undefined) return { address: process.env['TEMPORAL_ADDRESS'] ?? '127.0.0.1:7233', ui: process.env['TIEOUT_TEMPORAL_UI_URL'] };
  const port = await more.ports.pick('Temporal', 7233);
  const uiPort = await more.ports.pick('the Temporal UI', 8233);
  await more.supervisor.start({ name: 'temporal', script: 'cli/guard.js', args: [join(parts.options.data, 'temporal.pid'), parts.temporalBinary, ...temporalArgs({ port, uiPort, file: join(parts.options.data, 'temporal-1.9.1.db'), codec: more.codec })], env: { ...rareCollections, ...more.env }, announces: false });
  await listening(port, 30_000).catch((error: unknown) => { throw new Error(`Temporal did not start: ${error instanceof Error ? error.message : ''}. Its log: ${more.supervisor.logOf('temporal')}`); });
  return { address: `127.0.0.1:${port}`, ui: `http://127.0.0.1:${uiPort}` };
}

/** The Temporal UI's origin, under both names of this machine. */
const uiOrigins = (ui: string): string => [...new Set([new URL(ui).origin, new URL(ui.replace('//127.0.0.1', '//localhost')).origin])].join(',');

/** Every mistake of every process's environment, before the first of them starts. */
function checkEnvironment(env: NodeJS.ProcessEnv): void {
  const pairs = (): Pair[] => readPairFiles((env['TIEOUT_PAIR_FILES'] ?? 'config/pairs/demo.json').split(',').map((f) => f.trim())).map(parsePair);
  const checks = [...(['api', 'worker', 'gp-agent'] as const).map((role) => (): unknown => readEnv(role, env)), (): unknown => readSourceEnv(pairs(), env), (): unknown => readNotifyEnv(pairs(), env)];
  const complaints = checks.flatMap((check) => { try { check(); return []; } catch (error) { return [error instanceof Error ? error.message : String(error)]; } });
  if (complaints.length > 0) throw new Error(complaints.join('\n'));
}

/** Brings everything up, as separate processes, each waited for until it is healthy. */
export async function bringUp(parts: Parts): Promise<Up> {
  const { options, say, root } = parts;
  const local = readLocal(options.data);
  const supervisor = new Supervisor({ root, logs: join(options.data, 'logs') }, say, parts.restarts);
  const ports = new Ports(say, options.once || process.env['TIEOUT_FREE_PORTS'] === '1');
  const base = withUsers({});
  const apiPort = Number(process.env['TIEOUT_API_PORT'] ?? await ports.pick('the api', 8080));
  const [gp, xero, shop, gateway, storePort] = options.sandbox
    ? [await ports.pick('GP', 8091), await ports.pick('Xero', 8092), await ports.pick('the shop', 8093), await ports.pick('the gateway', 8094), await ports.pick('the store', 5433)] : [0, 0, 0, 0, await ports.pick('the store', 5433)];
  const shops = await planOtherShops(options.sandbox ? options.shops ?? [] : [], { ports, local, env: base });
  const secondPort = parts.twins ? await ports.pick('the second api', 8081) : undefined;
  const api = `http://127.0.0.1:${apiPort}`;
  const apis = [api, ...(secondPort === undefined ? [] : [`http://127.0.0.1:${secondPort}`])];
  const payloadKeys = process.env['TIEOUT_PAYLOAD_KEYS'] || local.payloadKeys;
  const codec = `${api}/codec/t/${issueTicket(parseKeyRing(payloadKeys), new Date(Date.now() + ticketDays * 86_400_000))}`;
  if (!options.sandbox) checkEnvironment(withUsers({ DATABASE_URL: 'postgres://localhost/later', TIEOUT_SECRET_KEYS: local.secretKeys }));
  try {
    say('starting Temporal, store and sandbox');
    const [temporal, store, sandbox] = await Promise.all([
      startTemporal(parts, { supervisor, ports, env: base, codec }),
      process.env['DATABASE_URL'] ? { url: process.env['DATABASE_URL'] } : supervisor.start({ name: 'store', script: 'cli/store-main.js', args: ['--data', join(options.data, 'store'), '--port', String(storePort)], env: base, announces: true }),
      options.sandbox ? supervisor.start({ name: 'sandbox', script: 'sandbox/main.js', args: ['gp', 'xero', 'shop', 'gateway', ...shops.list], announces: true, env: withUsers({
        ...shops.sandbox,
        SANDBOX_DATA_DIR: join(options.data, 'sandbox'), SANDBOX_GP_PORT: String(gp), SANDBOX_XERO_PORT: String(xero), SANDBOX_SHOP_PORT: String(shop), SANDBOX_GATEWAY_PORT: String(gateway), SANDBOX_API_URL: apis.join(','),
        SANDBOX_SHOP_SECRET: local.shopSecret, SANDBOX_STRIPE_SECRET: local.stripeSecret, SANDBOX_XERO_WEBHOOK_KEY: local.xeroWebhookKey }) }) : undefined,
    ]);
    const urls = sandbox?.['sandbox'] as Addresses['sandbox'];
    const keys = Object.entries(local.apiKeys).map(([role, secret]) => `${role}:local-${role}:${secret}`).join(',');
    const env = withUsers({
      ...shops.pairFiles, ...(urls ? { ...sandboxEnv(urls), ...otherShopsEnv(urls, local) } : {}), DATABASE_URL: String(store['url']), TIEOUT_SECRET_KEYS: local.secretKeys, TIEOUT_PAYLOAD_KEYS: payloadKeys, TIEOUT_API_PORT: String(apiPort), TIEOUT_API_KEYS: keys, TEMPORAL_ADDRESS: temporal.address, TIEOUT_TEMPORAL_UI_URL: temporal.ui ?? 'http://127.0.0.1:8233', ...(temporal.ui ? { TIEOUT_UI_ORIGIN: uiOrigins(temporal.ui) } : {}),
      SHOPIFY_WEBHOOK_SECRETS: local.shopSecret, STRIPE_WEBHOOK_SECRETS: local.stripeSecret, XERO_WEBHOOK_KEYS: local.xeroWebhookKey, TIEOUT_LOG_LEVEL: 'info', ...parts.env,
    });
    say('starting worker, GP agent and api');
    const front = (suffix: string, port: number): Promise<unknown>[] => [
      supervisor.start({ name: `worker${suffix}`, script: 'worker/main.js', env, announces: true }), supervisor.start({ name: `gp-agent${suffix}`, script: 'worker/gp-agent.js', env, announces: true }),
      supervisor.start({ name: `api${suffix}`, script: 'api/main.js', env: { ...env, TIEOUT_API_PORT: String(port) }, announces: true }),
    ];
    await Promise.all([...front('', apiPort), ...(secondPort === undefined ? [] : front('-2', secondPort))]);
    return { supervisor, local, env, apis, addresses: { api, ui: temporal.ui, temporal: temporal.address, sandbox: urls } };
  } catch (error) {
    await supervisor.stop();
    throw error;
  }
}
