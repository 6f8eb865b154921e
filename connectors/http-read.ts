import { done, failed, type Failure, type Outcome } from '../canonical/failure';
import { faultWords, jsonFault } from '../canonical/json-text';
import { certificateFailure } from './certificate';

/** One system behind HTTP, as its failures name it; `accessFix` says which variables hold the access. */
export type HttpAsk = { system: string; accessFix: string; timeoutMs: number; headers: Record<string, string> };
export type HttpText = { text: string; header(name: string): string | null };

const maxReplyBytes = 10_000_000;

const unavailable = (system: string, why: string): Failure => ({ code: 'system-unavailable', system, message: `The shop does not answer: ${why}.`, fix: 'It is asked again by itself; check the shop\'s address and status if it lasts.' });

function refusal(status: number, retryAfter: string | null, ask: HttpAsk): Failure {
  const { system, accessFix } = ask;
  if (status === 401 || status === 403) return { code: 'unauthorized', system, message: `The shop refused our access (${status}).`, fix: accessFix };
  const seconds = Number(retryAfter ?? '1');
  if (status === 429) return { code: 'rate-limited', system, message: 'The shop asks to slow down.', fix: 'It is asked again by itself.', retryAfterMs: Math.min(600_000, Math.max(500, Number.isFinite(seconds) ? seconds * 1000 : 1000)) };
  return unavailable(system, `HTTP ${status}`);
}

/** The whole body as text; undefined when it is longer than `bytesMax`. What comes after is not even read. */
export async function boundedText(reply: Response, bytesMax: number): Promise<string | undefined> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of reply.body ?? []) {
    const bytes = part as Uint8Array;
    size += bytes.length;
    if (size > bytesMax) return undefined;
    parts.push(bytes);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** GET as text; undefined for 404. Redirects are not followed. Fails with `system-unavailable`, `certificate-invalid`, `unauthorized` or `rate-limited`. */
export async function readText(url: string, ask: HttpAsk): Promise<Outcome<HttpText | undefined>> {
  try {
    const reply = await fetch(url, { headers: { Accept: 'application/json', ...ask.headers }, redirect: 'error', signal: AbortSignal.timeout(ask.timeoutMs) });
    if (reply.status === 404) return done(undefined);
    if (!reply.ok) return failed(refusal(reply.status, reply.headers.get('retry-after'), ask));
    const text = await boundedText(reply, maxReplyBytes);
    if (text === undefined) return failed(unavailable(ask.system, `its answer is above ${maxReplyBytes} bytes`));
    return jsonFault(text) === 'too-deep' ? failed(unavailable(ask.system, `its answer ${faultWords['too-deep']}`)) : done({ text, header: (name) => reply.headers.get(name) });
  } catch (error) {
    return failed(certificateFailure(error, { system: ask.system, name: 'the shop' }) ?? unavailable(ask.system, error instanceof Error && error.name === 'TimeoutError' ? `no answer within ${ask.timeoutMs} ms` : 'no connection'));
  }
}

/** An answer that is no JSON of the promised shape: a login page, a proxy's apology. */
export const notJson = (system: string): Failure => unavailable(system, 'its answer is not the JSON of its API');
