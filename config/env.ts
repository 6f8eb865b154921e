import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { notifyVariables } from './notify-env';
import { outsideUrl } from './outside-url';
import { secretVariables, sourceVariables } from './source-env';
import { list, milliseconds, parseVariables } from './variables';

export type Role = 'api' | 'worker' | 'gp-agent' | 'cli';

const port = z.coerce.number().int().min(0).max(65_535);
const origins = list.refine((v) => v.every((o) => URL.canParse(o) && new URL(o).origin === o), 'write each origin as http://host:port, without a path');
const logLevel = z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info');

/** Every variable of the product, by the role that reads it. TEMPORAL_* belong to the SDK's own envconfig. */
export const variables = {
  common: { TIEOUT_LOG_LEVEL: logLevel, TIEOUT_ALLOW_LINK_LOCAL: z.enum(['true', 'false']).default('false'), TIEOUT_NICE: z.coerce.number().int().min(0).max(19).default(0) },
  payloads: { TIEOUT_PAYLOAD_KEYS: z.string().optional() },
  store: { DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'write it as postgres://user:password@host:port/database' }), TIEOUT_SECRET_KEYS: z.string().min(1), TIEOUT_PAIR_FILES: z.string().default('config/pairs/demo.json') },
  api: {
    TIEOUT_API_HOST: z.string().default('127.0.0.1'), TIEOUT_API_PORT: port.default(8080), TIEOUT_API_KEYS: list, TIEOUT_TEMPORAL_UI_URL: outsideUrl.default('http://127.0.0.1:8233'), TIEOUT_UI_ORIGIN: origins, TIEOUT_TRUSTED_PROXIES: z.coerce.number().int().min(0).max(5).default(0),
    STRIPE_WEBHOOK_SECRETS: list, XERO_WEBHOOK_KEYS: list, ...secretVariables,
  },
  ...sourceVariables,
  notify: notifyVariables,
  xero: {
    XERO_API_URL: outsideUrl.default('https://api.xero.com/api.xro/2.0'), XERO_IDENTITY_URL: outsideUrl.default('https://identity.xero.com'), XERO_CONNECTIONS_URL: outsideUrl.default('https://api.xero.com/connections'), XERO_CLIENT_ID: z.string().min(1), XERO_CLIENT_SECRET: z.string().min(1),
    XERO_FLOW: z.enum(['authorization-code', 'custom-connection']).default('authorization-code'), XERO_TENANT_ID: z.string().min(1), XERO_REFRESH_TOKEN: z.string().optional(), XERO_BASE_CURRENCY: z.string().length(3).default('USD'), XERO_TIMEOUT_MS: milliseconds(30_000),
    XERO_CALLS_PER_MINUTE: z.coerce.number().int().min(1).default(60), XERO_CALLS_PER_DAY: z.coerce.number().int().min(1).default(5000),
  },
  worker: { TIEOUT_WORKFLOW_BUNDLE: z.string().optional() },
  gp: {
    GP_ECONNECT_URL: outsideUrl, GP_WEB_SERVICES_URL: outsideUrl.optional(), GP_AUTH: z.enum(['basic', 'ntlm']).default('basic'), GP_USER: z.string().min(1), GP_PASSWORD: z.string(), GP_DOMAIN: z.string().optional(),
    GP_CONNECTION_STRING: z.string().default('data source=localhost;initial catalog=TWO;integrated security=SSPI;persist security info=False;packet size=4096'), GP_COMPANY: z.string().min(1).max(5).default('TWO'), GP_COMPANY_ID: z.coerce.number().int().default(2),
    GP_BASE_CURRENCY: z.string().length(3).default('USD'), GP_TIMEOUT_MS: milliseconds(60_000),
  },
} as const;

const groups: Record<Role, (keyof typeof variables)[]> = { api: ['common', 'payloads', 'store', 'api'], worker: ['common', 'payloads', 'store', 'shopify', 'woocommerce', 'magento', 'generic', 'xero', 'worker'], 'gp-agent': ['common', 'payloads', 'gp'], cli: ['common', 'store', 'xero', 'gp'] };
function parse<S extends z.ZodRawShape>(role: Role, shape: S, env: NodeJS.ProcessEnv): z.infer<z.ZodObject<S>> {
  const parsed = parseVariables(shape, env);
  if (parsed.ok) return parsed.values;
  throw new Error(`The environment of the ${role} has ${parsed.mistakes.length} mistake(s); .env.example shows every variable:\n${parsed.mistakes.join('\n')}`);
}

const shapeOf = (role: Role): z.ZodRawShape => Object.assign({}, ...groups[role].map((g) => variables[g])) as z.ZodRawShape;

type Payloads = { payloadKeys: string | undefined };
type Store = { databaseUrl: string; secretKeys: string; pairFiles: string[] };
type Xero = {
  xero: { apiBaseUrl: string; identityBaseUrl: string; connectionsUrl: string; clientId: string; clientSecret: string; flow: 'authorization-code' | 'custom-connection'; tenantId: string; baseCurrency: string; timeoutMs: number };
  xeroRefreshToken: string | undefined; xeroLimits: { perMinute: number; perDay: number };
};
type Gp = { gp: { econnectUrl: string; webServicesUrl?: string; auth: { kind: 'basic' | 'ntlm'; user: string; password: string; domain?: string }; connectionString: string; companyId: number; baseCurrency: string; timeoutMs: number }; gpCompany: string };
export type ApiEnv = Store & Payloads & { logLevel: string; host: string; port: number; apiKeys: { role: string; name: string; secret: string }[]; temporalUiUrl: string; uiOrigins: string[]; trustedProxies: number; webhookSecrets: { stripe: string[]; xero: string[] } };
export type WorkerEnv = Store & Payloads & Xero & { logLevel: string; workflowBundle: string };
export type AgentEnv = Gp & Payloads & { logLevel: string };
export type CliEnv = Store & Xero & Gp & { logLevel: string };
type EnvOf<R extends Role> = R extends 'api' ? ApiEnv : R extends 'worker' ? WorkerEnv : R extends 'gp-agent' ? AgentEnv : CliEnv;

type Raw = Record<string, unknown>;
const text = (e: Raw, name: string): string => String(e[name] ?? '');
const number = (e: Raw, name: string): number => Number(e[name]);

const payloadsOf = (e: Raw): Payloads => ({ payloadKeys: e['TIEOUT_PAYLOAD_KEYS'] as string | undefined });
const storeOf = (e: Raw): Store => ({ databaseUrl: text(e, 'DATABASE_URL'), secretKeys: text(e, 'TIEOUT_SECRET_KEYS'), pairFiles: text(e, 'TIEOUT_PAIR_FILES').split(',').map((f) => f.trim()) });
const xeroOf = (e: Raw): Xero => ({
  xero: { apiBaseUrl: text(e, 'XERO_API_URL'), identityBaseUrl: text(e, 'XERO_IDENTITY_URL'), connectionsUrl: text(e, 'XERO_CONNECTIONS_URL'), clientId: text(e, 'XERO_CLIENT_ID'), clientSecret: text(e, 'XERO_CLIENT_SECRET'), flow: e['XERO_FLOW'] as Xero['xero']['flow'], tenantId: text(e, 'XERO_TENANT_ID'), baseCurrency: text(e, 'XERO_BASE_CURRENCY'), timeoutMs: number(e, 'XERO_TIMEOUT_MS') },
  xeroRefreshToken: e['XERO_REFRESH_TOKEN'] as string | undefined, xeroLimits: { perMinute: number(e, 'XERO_CALLS_PER_MINUTE'), perDay: number(e, 'XERO_CALLS_PER_DAY') },
});
const gpOf = (e: Raw): Gp => ({
  gp: { econnectUrl: text(e, 'GP_ECONNECT_URL'), ...(e['GP_WEB_SERVICES_URL'] ? { webServicesUrl: text(e, 'GP_WEB_SERVICES_URL') } : {}), auth: { kind: e['GP_AUTH'] as 'basic' | 'ntlm', user: text(e, 'GP_USER'), password: text(e, 'GP_PASSWORD'), ...(e['GP_DOMAIN'] ? { domain: text(e, 'GP_DOMAIN') } : {}) },
    connectionString: text(e, 'GP_CONNECTION_STRING'), companyId: number(e, 'GP_COMPANY_ID'), baseCurrency: text(e, 'GP_BASE_CURRENCY'), timeoutMs: number(e, 'GP_TIMEOUT_MS') },
  gpCompany: text(e, 'GP_COMPANY'),
});

/** `role:name:secret` → parts; the secret may hold colons. */
function apiKeys(entries: string[]): ApiEnv['apiKeys'] {
  return entries.map((entry) => {
    const [role = '', name = '', ...secret] = entry.split(':');
    if (!['viewer', 'operator', 'approver', 'admin'].includes(role) || name === '' || secret.join(':').length < 16) throw new Error('The environment of the api has 1 mistake(s):\n  TIEOUT_API_KEYS: each key is written role:name:secret, with a role of viewer, operator, approver, admin and a secret of at least 16 characters');
    return { role, name, secret: secret.join(':') };
  });
}

/** The environment of one role, checked at start; throws one error that names every mistake and its fix. */
export function readEnv<R extends Role>(role: R, env: NodeJS.ProcessEnv = process.env): EnvOf<R> {
  const e = parse(role, shapeOf(role), env) as Raw;
  const logLevelText = text(e, 'TIEOUT_LOG_LEVEL');
  const bundle = (e['TIEOUT_WORKFLOW_BUNDLE'] as string | undefined) ?? join(__dirname, '..', 'workflow-bundle.js');
  const built: Record<Role, () => unknown> = {
    api: () => ({ ...storeOf(e), ...payloadsOf(e), logLevel: logLevelText, host: text(e, 'TIEOUT_API_HOST'), port: number(e, 'TIEOUT_API_PORT'), apiKeys: apiKeys(e['TIEOUT_API_KEYS'] as string[]), temporalUiUrl: text(e, 'TIEOUT_TEMPORAL_UI_URL'), uiOrigins: e['TIEOUT_UI_ORIGIN'], trustedProxies: number(e, 'TIEOUT_TRUSTED_PROXIES'),
      webhookSecrets: { stripe: e['STRIPE_WEBHOOK_SECRETS'], xero: e['XERO_WEBHOOK_KEYS'] } }),
    worker: () => ({ ...storeOf(e), ...payloadsOf(e), ...xeroOf(e), logLevel: logLevelText, workflowBundle: bundle }),
    'gp-agent': () => ({ ...gpOf(e), ...payloadsOf(e), logLevel: logLevelText }),
    cli: () => ({ ...storeOf(e), ...xeroOf(e), ...gpOf(e), logLevel: logLevelText }),
  };
  return built[role]() as EnvOf<R>;
}

/** The product's own version. */
export function readVersion(): string {
  for (const up of ['..', '../..']) {
    try { return (JSON.parse(readFileSync(join(__dirname, up, 'package.json'), 'utf8')) as { version: string }).version; } catch { continue; }
  }
  return '0.0.0';
}
