import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a caller must hold. Without a token the consumer alone signs ("one-legged"). */
export type OAuthKeys = { consumerKey: string; consumerSecret: string; token?: string; tokenSecret?: string };
/** Why a signed request is refused; `absent` when it is not signed at all, `missing` with the first parameter that is not there. */
export type OAuthRefusal = { why: 'absent' | 'consumer' | 'token' | 'method' | 'timestamp' | 'nonce' | 'signature' } | { why: 'missing'; parameter: string };
export type SignedRequest = { method: string; /** Scheme, host, path and query as they were asked for. */ url: string; authorization: string | undefined };

const hashes: Record<string, string> = { 'HMAC-SHA1': 'sha1', 'HMAC-SHA256': 'sha256' };
/** RFC 3986 unreserved characters stay, all others are written as bytes (RFC 5849 §3.6). */
const encode = (text: string): string => [...Buffer.from(text, 'utf8')].map((b) => (/[A-Za-z0-9\-._~]/.test(String.fromCharCode(b)) ? String.fromCharCode(b) : `%${b.toString(16).toUpperCase().padStart(2, '0')}`)).join('');
const decode = (text: string): string => { try { return decodeURIComponent(text.replaceAll('+', ' ')); } catch { return text; } };

type Pair = [name: string, value: string];
const queryPairs = (query: string): Pair[] => query.split('&').filter((p) => p !== '').map((p) => { const at = p.indexOf('='); return at < 0 ? [decode(p), ''] : [decode(p.slice(0, at)), decode(p.slice(at + 1))]; });
const headerPairs = (header: string): Pair[] => [...header.matchAll(/([A-Za-z_]+)="([^"]*)"/g)].map((m): Pair => [m[1] ?? '', decode(m[2] ?? '')]);
const order = (a: Pair, b: Pair): number => (a[0] === b[0] ? (a[1] < b[1] ? -1 : 1) : a[0] < b[0] ? -1 : 1);

/** Checks OAuth 1.0a signatures (RFC 5849) with a window for the time and each nonce once; parameters stand in the header or in the query. */
export class OAuth1Gate {
  private readonly used = new Map<string, number>();
  constructor(private readonly keys: OAuthKeys, private readonly rules: { methods: readonly string[]; windowSeconds: number; now?: () => number }) {}

  /** undefined when the request is signed as it must be. */
  refusal({ method, url, authorization }: SignedRequest): OAuthRefusal | undefined {
    const [base = '', query = ''] = [url.split('?')[0], url.split('?').slice(1).join('?')];
    const inHeader = authorization !== undefined && /^OAuth\s/i.test(authorization) ? headerPairs(authorization) : [];
    const pairs = [...queryPairs(query), ...inHeader.filter(([name]) => name !== 'realm')];
    const given = (name: string): string | undefined => pairs.find(([n]) => n === name)?.[1];
    if (!pairs.some(([n]) => n.startsWith('oauth_'))) return { why: 'absent' };
    const wanted = ['oauth_consumer_key', ...(this.keys.token === undefined ? [] : ['oauth_token']), 'oauth_timestamp', 'oauth_nonce', 'oauth_signature', 'oauth_signature_method'];
    const parameter = wanted.find((n) => (given(n) ?? '') === '');
    if (parameter !== undefined) return { why: 'missing', parameter };
    if (given('oauth_consumer_key') !== this.keys.consumerKey) return { why: 'consumer' };
    if (this.keys.token !== undefined && given('oauth_token') !== this.keys.token) return { why: 'token' };
    const algorithm = given('oauth_signature_method') ?? '';
    if (!this.rules.methods.includes(algorithm)) return { why: 'method' };
    const signed = [method.toUpperCase(), encode(base), encode(pairs.filter(([n]) => n !== 'oauth_signature').map(([n, v]): Pair => [encode(n), encode(v)]).sort(order).map(([n, v]) => `${n}=${v}`).join('&'))].join('&');
    const expected = createHmac(hashes[algorithm] ?? 'sha256', `${encode(this.keys.consumerSecret)}&${encode(this.keys.tokenSecret ?? '')}`).update(signed).digest();
    const actual = Buffer.from(given('oauth_signature') ?? '', 'base64');
    if (actual.length !== expected.length || !timingSafeEqual(actual, expected)) return { why: 'signature' };
    return this.stale(given('oauth_timestamp') ?? '', given('oauth_nonce') ?? '');
  }

  private stale(timestamp: string, nonce: string): OAuthRefusal | undefined {
    const now = Math.floor((this.rules.now?.() ?? Date.now()) / 1000);
    const { windowSeconds } = this.rules;
    if (!/^\d{1,12}$/.test(timestamp) || Math.abs(now - Number(timestamp)) > windowSeconds) return { why: 'timestamp' };
    for (const [known, at] of this.used) { if (now - at <= windowSeconds) break; this.used.delete(known); }
    if (this.used.has(nonce)) return { why: 'nonce' };
    this.used.set(nonce, Number(timestamp));
    return undefined;
  }
}
