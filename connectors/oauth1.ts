import { createHmac, randomBytes } from 'node:crypto';

/** OAuth 1.0a (RFC 5849). A consumer alone is "one-legged": the token's parts are absent. */
export type OAuth1 = { consumerKey: string; consumerSecret: string; token?: string; tokenSecret?: string };
export type OAuth1Moment = { nonce: string; timestamp: string; method?: 'HMAC-SHA1' | 'HMAC-SHA256'; realm?: string };

/** RFC 5849 §3.6: everything but letters, digits, `-`, `.`, `_` and `~`. */
export const percent = (text: string): string => encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

const byBytes = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** RFC 5849 §3.4.1: method, address without query, and all parameters sorted by name and value. */
export function signatureBase(method: string, url: string, oauth: readonly (readonly [string, string])[]): string {
  const { protocol, host, pathname, searchParams } = new URL(url);
  const pairs = [...searchParams.entries(), ...oauth].map(([k, v]) => [percent(k), percent(v)] as const).sort((a, b) => byBytes(a[0], b[0]) || byBytes(a[1], b[1]));
  return [method.toUpperCase(), percent(`${protocol}//${host}${pathname}`), percent(pairs.map(([k, v]) => `${k}=${v}`).join('&'))].join('&');
}

/** The `Authorization` header of one request; nonce and time are of this moment unless given. */
export function oauth1Header(method: string, url: string, more: OAuth1 & { moment?: OAuth1Moment }): string {
  const { nonce, timestamp, method: algorithm = 'HMAC-SHA256', realm } = more.moment ?? { nonce: randomBytes(16).toString('hex'), timestamp: String(Math.floor(Date.now() / 1000)) };
  const oauth: [string, string][] = [['oauth_consumer_key', more.consumerKey], ...(more.token === undefined ? [] : [['oauth_token', more.token] as [string, string]]), ['oauth_signature_method', algorithm], ['oauth_timestamp', timestamp], ['oauth_nonce', nonce]];
  const key = `${percent(more.consumerSecret)}&${percent(more.tokenSecret ?? '')}`;
  const signature = createHmac(algorithm === 'HMAC-SHA1' ? 'sha1' : 'sha256', key).update(signatureBase(method, url, oauth)).digest('base64');
  const shown = [...(realm === undefined ? [] : [`realm="${realm}"`]), ...[...oauth, ['oauth_signature', signature] as const].map(([k, v]) => `${k}="${percent(v)}"`)];
  return `OAuth ${shown.join(', ')}`;
}
