import { z } from 'zod';
import { type SourceSettings } from '../connectors/registry';
import { type Pair } from '../mapping/pair';
import { outsideUrl } from './outside-url';
import { list, milliseconds, parseVariables } from './variables';

/** How sources are asked; each may be given for one source alone by its id: `WOOCOMMERCE_URL__EU` is that of source "eu", `…__DEMO_EU` that of pair "demo". */
export const sourceVariables = {
  shopify: { SHOPIFY_ADMIN_URL: outsideUrl.optional(), SHOPIFY_ACCESS_TOKEN: z.string().default(''), SHOPIFY_API_VERSION: z.string().regex(/^\d{4}-\d{2}$/).default('2026-07'), SHOPIFY_TIMEOUT_MS: milliseconds(5_000) },
  woocommerce: { WOOCOMMERCE_URL: outsideUrl.optional(), WOOCOMMERCE_CONSUMER_KEY: z.string().optional(), WOOCOMMERCE_CONSUMER_SECRET: z.string().optional(), WOOCOMMERCE_TIMEOUT_MS: milliseconds(10_000) },
  magento: {
    MAGENTO_URL: outsideUrl.optional(), MAGENTO_STORE_CODE: z.string().regex(/^[a-z][a-z0-9_]{0,31}$/).default('all'), MAGENTO_AUTH: z.enum(['oauth1', 'bearer']).default('oauth1'), MAGENTO_CONSUMER_KEY: z.string().optional(),
    MAGENTO_CONSUMER_SECRET: z.string().optional(), MAGENTO_ACCESS_TOKEN: z.string().optional(), MAGENTO_ACCESS_TOKEN_SECRET: z.string().optional(), MAGENTO_TIMEOUT_MS: milliseconds(15_000),
  },
  generic: { GENERIC_READ_URL: outsideUrl.optional(), GENERIC_LIST_URL: outsideUrl.optional(), GENERIC_LIST_PATH: z.string().optional(), GENERIC_TOKEN: z.string().optional(), GENERIC_TIMEOUT_MS: milliseconds(10_000) },
} as const;

/** Secrets that deliveries are signed with; several while they change. */
export const secretVariables = { SHOPIFY_WEBHOOK_SECRETS: list, WOOCOMMERCE_WEBHOOK_SECRETS: list, GENERIC_WEBHOOK_SECRETS: list } as const;

type Kind = keyof typeof sourceVariables;
type Source = { pairId: string; id: string; kind: Kind; versioned: boolean };
/** How one source is asked; absent where only its deliveries are trusted. */
export type SourceAccess = { [K in Kind]: { kind: K; settings: SourceSettings[K] } }[Kind];
export const sourceKey = (pairId: string, sourceId: string): string => `${pairId}/${sourceId}`;

const sourcesOf = (pairs: readonly Pair[]): Source[] => pairs.flatMap((p) => p.sources.map((s) => ({ pairId: p.pairId, id: s.id, kind: s.kind, versioned: s.paths === undefined || s.paths.version !== undefined })));
const suffix = (text: string): string => text.toUpperCase().replaceAll('-', '_');
/** The names under which a variable of this source may stand, the most particular first. */
const namesFor = (name: string, source: Source): string[] => [`${name}__${suffix(source.pairId)}_${suffix(source.id)}`, `${name}__${suffix(source.id)}`, name];

/** This source's values under the plain names, and where each was found. */
function overlay(names: readonly string[], source: Source, env: NodeJS.ProcessEnv): { values: NodeJS.ProcessEnv; found: Map<string, string> } {
  const found = new Map(names.flatMap((name) => { const given = namesFor(name, source).find((n) => (env[n] ?? '') !== ''); return given === undefined ? [] : [[name, given] as const]; }));
  return { values: { ...Object.fromEntries([...found].map(([name, at]) => [name, env[at]])), TIEOUT_ALLOW_LINK_LOCAL: env['TIEOUT_ALLOW_LINK_LOCAL'] }, found };
}

/** A variable for one source alone whose source does not exist is a slip of the pen. */
function strays(sources: readonly Source[], env: NodeJS.ProcessEnv): string[] {
  const names = [...Object.entries(sourceVariables).flatMap(([kind, group]) => Object.keys(group).map((name) => ({ name, kind }))), ...Object.keys(secretVariables).map((name) => ({ name, kind: name.split('_')[0]?.toLowerCase() ?? '' }))];
  const known = new Set(names.flatMap(({ name, kind }) => sources.filter((s) => s.kind === kind).flatMap((s) => namesFor(name, s))));
  return Object.keys(env).filter((key) => names.some(({ name }) => key.startsWith(`${name}__`)) && !known.has(key)).map((key) => `  ${key} names no source of that kind in any pair; the sources are ${sources.map((s) => s.id).join(', ')}`);
}

type Values = Record<string, unknown>;
const str = (v: Values, name: string): string => String(v[name] ?? '');
const needs = (v: Values, url: string, names: readonly string[]): string[] => names.filter((n) => str(v, n) === '').map((n) => `  ${n} is not set, and ${url} is: both or neither`);

const built: { [K in Kind]: (v: Values, source: Source) => { access?: SourceSettings[K]; mistakes: string[] } } = {
  shopify: (v) => (v['SHOPIFY_ADMIN_URL'] ? { mistakes: [], access: { adminBaseUrl: str(v, 'SHOPIFY_ADMIN_URL'), accessToken: str(v, 'SHOPIFY_ACCESS_TOKEN'), apiVersion: str(v, 'SHOPIFY_API_VERSION'), timeoutMs: Number(v['SHOPIFY_TIMEOUT_MS']) } } : { mistakes: [] }),
  woocommerce: (v) => (v['WOOCOMMERCE_URL'] ? {
    mistakes: needs(v, 'WOOCOMMERCE_URL', ['WOOCOMMERCE_CONSUMER_KEY', 'WOOCOMMERCE_CONSUMER_SECRET']),
    access: { baseUrl: str(v, 'WOOCOMMERCE_URL'), consumerKey: str(v, 'WOOCOMMERCE_CONSUMER_KEY'), consumerSecret: str(v, 'WOOCOMMERCE_CONSUMER_SECRET'), timeoutMs: Number(v['WOOCOMMERCE_TIMEOUT_MS']) },
  } : { mistakes: [] }),
  magento: (v) => {
    if (!v['MAGENTO_URL']) return { mistakes: [] };
    const bearer = v['MAGENTO_AUTH'] === 'bearer';
    const keys = bearer ? ['MAGENTO_ACCESS_TOKEN'] : ['MAGENTO_CONSUMER_KEY', 'MAGENTO_CONSUMER_SECRET', 'MAGENTO_ACCESS_TOKEN', 'MAGENTO_ACCESS_TOKEN_SECRET'];
    const access = bearer ? { kind: 'bearer' as const, token: str(v, 'MAGENTO_ACCESS_TOKEN') } : { kind: 'oauth1' as const, consumerKey: str(v, 'MAGENTO_CONSUMER_KEY'), consumerSecret: str(v, 'MAGENTO_CONSUMER_SECRET'), token: str(v, 'MAGENTO_ACCESS_TOKEN'), tokenSecret: str(v, 'MAGENTO_ACCESS_TOKEN_SECRET') };
    return { mistakes: needs(v, 'MAGENTO_URL', keys), access: { baseUrl: str(v, 'MAGENTO_URL'), storeCode: str(v, 'MAGENTO_STORE_CODE'), timeoutMs: Number(v['MAGENTO_TIMEOUT_MS']), access } };
  },
  generic: (v, source) => {
    if (!v['GENERIC_READ_URL']) return { mistakes: v['GENERIC_LIST_URL'] ? ['  GENERIC_READ_URL is not set, and GENERIC_LIST_URL is: an order that was listed is read by itself'] : [] };
    const unversioned = v['GENERIC_LIST_URL'] && !source.versioned ? [`  GENERIC_LIST_URL is set, and source "${source.id}" says no paths.version: a listing needs to know what is new`] : [];
    return { mistakes: unversioned, access: { readUrl: str(v, 'GENERIC_READ_URL'), timeoutMs: Number(v['GENERIC_TIMEOUT_MS']), listUrl: v['GENERIC_LIST_URL'] ? str(v, 'GENERIC_LIST_URL') : undefined, listPath: v['GENERIC_LIST_PATH'] ? str(v, 'GENERIC_LIST_PATH') : undefined, token: v['GENERIC_TOKEN'] ? str(v, 'GENERIC_TOKEN') : undefined } };
  },
};

function complain(mistakes: readonly string[]): void {
  if (mistakes.length > 0) throw new Error(`The environment of the sources has ${mistakes.length} mistake(s); .env.example shows every variable:\n${mistakes.join('\n')}`);
}

/** How every source of these pairs is asked, by `sourceKey`; throws one error that names every mistake and its fix. */
export function readSourceEnv(pairs: readonly Pair[], env: NodeJS.ProcessEnv = process.env): Map<string, SourceAccess> {
  const sources = sourcesOf(pairs);
  const mistakes = strays(sources, env);
  const accesses = new Map<string, SourceAccess>();
  for (const source of sources) {
    const shape: z.ZodRawShape = sourceVariables[source.kind];
    const { values, found } = overlay(Object.keys(shape), source, env);
    const parsed = parseVariables(shape, values, (name) => found.get(name) ?? name);
    if (!parsed.ok) { mistakes.push(...parsed.mistakes); continue; }
    const { access, mistakes: missing } = built[source.kind](parsed.values, source);
    mistakes.push(...missing);
    if (access) accesses.set(sourceKey(source.pairId, source.id), { kind: source.kind, settings: access } as SourceAccess);
  }
  complain([...new Set(mistakes)]);
  return accesses;
}

/** The secrets of every source's deliveries, by `sourceKey`. */
export function readSourceSecrets(pairs: readonly Pair[], env: NodeJS.ProcessEnv = process.env): Map<string, string[]> {
  const sources = sourcesOf(pairs);
  complain(strays(sources, env));
  return new Map(sources.map((source) => {
    const name = `${source.kind.toUpperCase()}_WEBHOOK_SECRETS`;
    const at = namesFor(name, source).find((n) => (env[n] ?? '') !== '');
    return [sourceKey(source.pairId, source.id), list.parse(at === undefined ? undefined : env[at])];
  }));
}
