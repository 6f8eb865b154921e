import { z } from 'zod';
import { done, failed, type Failure, type Outcome } from '../../canonical/failure';
import { boundedText } from '../http-read';
import { certificateFailure } from '../certificate';
import { type XeroSettings, type XeroTokens, type XeroTokenSource, type XeroTokenStore } from './types';

/** Tokens go into headers and forms: printable, bounded; a life of at most a day keeps the clock's arithmetic sound whatever is answered. */
const Token = z.string().regex(/^[\x21-\x7e]{1,20000}$/, 'a token');
const TokenReply = z.object({ access_token: Token, expires_in: z.number().positive().max(86_400), refresh_token: Token.optional() });
const ErrorReply = z.object({ error: z.string() });

/** A token this close to its end is renewed first. */
const marginMs = 60_000;
const graceMs = 30 * 60_000;
const leaseMs = 15_000;
const identityTimeoutMs = 15_000;
const replyBytesMax = 100_000;

const reconnect = (why: string): Failure => ({ code: 'reconnect-needed', system: 'xero', message: `Xero no longer accepts this connection (${why}).`, fix: 'Connect the Xero organisation again: put its new refresh token into XERO_REFRESH_TOKEN and restart the worker; everything waits and goes on then.' });
const away = (why: string): Failure => ({ code: 'system-unavailable', system: 'xero', message: `Xero's identity service does not answer (${why}).`, fix: 'It is asked again by itself.' });

type Ask = Record<string, string>;

function parsed(text: string | undefined): unknown {
  try { return JSON.parse(text ?? ''); } catch { return undefined; }
}

async function askToken(settings: XeroSettings, form: Ask): Promise<Outcome<z.infer<typeof TokenReply>>> {
  try {
    const reply = await fetch(`${settings.identityBaseUrl.replace(/\/$/, '')}/connect/token`, {
      method: 'POST', body: new URLSearchParams(form), redirect: 'error', signal: AbortSignal.timeout(identityTimeoutMs),
      headers: { Authorization: `Basic ${Buffer.from(`${settings.clientId}:${settings.clientSecret}`).toString('base64')}`, 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'application/json' },
    });
    const body = parsed(await boundedText(reply, replyBytesMax));
    const token = TokenReply.safeParse(body);
    if (reply.ok && token.success) return done(token.data);
    const error = ErrorReply.safeParse(body);
    if (reply.status >= 400 && reply.status < 500 && error.success) return failed(error.data.error === 'invalid_client' ? { code: 'unauthorized', system: 'xero', message: 'Xero refused the app\'s client id or secret.', fix: 'Check XERO_CLIENT_ID and XERO_CLIENT_SECRET.' } : reconnect(error.data.error));
    return failed(away(`HTTP ${reply.status}`));
  } catch (error) {
    return failed(certificateFailure(error, { system: 'xero', name: 'Xero\'s identity service' }) ?? away(error instanceof Error && error.name === 'TimeoutError' ? 'no answer' : 'no connection'));
  }
}

const isFresh = (tokens: XeroTokens | undefined, now: number): tokens is XeroTokens & { accessToken: string } =>
  tokens?.accessToken !== undefined && tokens.expiresAt !== undefined && Date.parse(tokens.expiresAt) - marginMs > now;

type Deps = { settings: XeroSettings; store: XeroTokenStore; /** Refresh token of the environment. */ configured?: string | undefined; now?: () => number; sleep?: (ms: number) => Promise<void> };

/**
 * A new pair of tokens. The refresh token is spent on use, so after a lost reply the one before is asked with (30 minutes' grace); when both are
 * refused, the configured one may be newer than what is stored: somebody connected the organisation again.
 */
async function renew({ settings, configured }: Deps, tokens: XeroTokens | undefined, now: number): Promise<Outcome<XeroTokens>> {
  if (settings.flow === 'custom-connection') {
    const minted = await askToken(settings, { grant_type: 'client_credentials' });
    return minted.ok ? done({ accessToken: minted.value.access_token, expiresAt: new Date(now + minted.value.expires_in * 1000).toISOString() }) : minted;
  }
  const inGrace = tokens?.rotatedAt !== undefined && Math.abs(now - Date.parse(tokens.rotatedAt)) < graceMs;
  const candidates = [tokens?.refreshToken, inGrace ? tokens?.previousRefreshToken : undefined, configured].filter((t): t is string => t !== undefined);
  let refusal = reconnect('no refresh token is stored');
  for (const refreshToken of new Set(candidates)) {
    const reply = await askToken(settings, { grant_type: 'refresh_token', refresh_token: refreshToken });
    if (reply.ok) {
      return done({
        accessToken: reply.value.access_token, expiresAt: new Date(now + reply.value.expires_in * 1000).toISOString(), refreshToken: reply.value.refresh_token ?? refreshToken,
        previousRefreshToken: refreshToken, rotatedAt: new Date(now).toISOString(),
      });
    }
    refusal = reply.failure;
    if (reply.failure.code !== 'reconnect-needed') break;
  }
  return failed(refusal);
}

/** Only the holder of the lease asks Xero; the others wait and take what it stored. New tokens are stored before they are used. */
async function renewShared(deps: Deps, isStale: (tokens: XeroTokens) => boolean): Promise<Outcome<string>> {
  const now = deps.now ?? Date.now;
  const sleep = deps.sleep ?? ((ms: number) => new Promise<void>((wake) => { setTimeout(wake, ms); }));
  for (let attempt = 0; attempt < 40; attempt += 1) {
    const before = await deps.store.load();
    if (isFresh(before?.tokens, now()) && !isStale(before.tokens)) return done(before.tokens.accessToken);
    const lease = await deps.store.lease(leaseMs);
    if (!lease) { await sleep(250); continue; }
    try {
      const held = await deps.store.load();
      if (isFresh(held?.tokens, now()) && !isStale(held.tokens)) return done(held.tokens.accessToken);
      const fresh = await renew(deps, held?.tokens, now());
      if (!fresh.ok) return fresh;
      if (await deps.store.save(fresh.value, held?.version ?? 0)) return done(fresh.value.accessToken ?? '');
    } finally {
      await lease.release();
    }
  }
  return failed(away('another process is renewing the token and does not end'));
}

/** Tokens of one connection: single flight in this process and, by the store's lease, across processes. */
export function createTokenSource(deps: Deps): XeroTokenSource {
  const now = deps.now ?? Date.now;
  let current: XeroTokens | undefined;
  let flight: Promise<Outcome<string>> | undefined;
  const single = (isStale: (tokens: XeroTokens) => boolean): Promise<Outcome<string>> => {
    flight ??= renewShared(deps, isStale).then(async (outcome) => { if (outcome.ok) current = (await deps.store.load())?.tokens; return outcome; }).finally(() => { flight = undefined; });
    return flight;
  };
  return {
    async accessToken() { return isFresh(current, now()) ? done(current.accessToken) : single(() => false); },
    async refresh(stale) { return isFresh(current, now()) && current.accessToken !== stale ? done(current.accessToken) : single((tokens) => tokens.accessToken === stale); },
  };
}

/** The page where a person gives consent; `state` comes back unchanged. */
export function authorizeUrl(settings: XeroSettings & { authorizeBaseUrl?: string }, ask: { redirectUri: string; state: string; scopes: readonly string[] }): string {
  const url = new URL(`${settings.authorizeBaseUrl ?? 'https://login.xero.com'}/identity/connect/authorize`);
  for (const [k, v] of Object.entries({ response_type: 'code', client_id: settings.clientId, redirect_uri: ask.redirectUri, scope: ask.scopes.join(' '), state: ask.state })) url.searchParams.set(k, v);
  return url.toString();
}

/** The code of the consent page → first tokens of a connection. */
export async function exchangeCode(settings: XeroSettings, ask: { code: string; redirectUri: string }, now = Date.now()): Promise<Outcome<XeroTokens>> {
  const reply = await askToken(settings, { grant_type: 'authorization_code', code: ask.code, redirect_uri: ask.redirectUri });
  return reply.ok ? done({ accessToken: reply.value.access_token, expiresAt: new Date(now + reply.value.expires_in * 1000).toISOString(), ...(reply.value.refresh_token ? { refreshToken: reply.value.refresh_token } : {}) }) : reply;
}
