import { type Failure, type FailureCode, withEvidence } from '../../canonical/failure';
import { certificateFailure } from '../certificate';

/**
 * How a call through xero-node ended when it did not end well. `unknown`: a write may have happened; `failure` is what it means for a read, and
 * `status` is set when something answered, so that the answer may be kept under the idempotency key.
 */
export type CallFailure = { kind: 'refused'; failure: Failure; status: number } | { kind: 'unauthorized' } | { kind: 'unknown'; why: string; status?: number; failure?: Failure };

type Answer = { statusCode: number; headers: Record<string, unknown>; body: unknown };
const record = (value: unknown): Record<string, unknown> => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {});
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const wordOf = (value: unknown): string => (typeof value === 'string' ? value : '');
/** Messages of one answer that are kept, and how much of each: nobody reads more. */
const messagesMax = 20;
const messageMax = 400;

/** xero-node rejects with a JSON string; some versions and paths with objects. */
function answerOf(error: unknown): Answer | undefined {
  let value: unknown = error;
  if (typeof error === 'string') { try { value = JSON.parse(error); } catch { return undefined; } }
  const response = record(record(value)['response']);
  const status = response['statusCode'] ?? response['status'];
  if (typeof status !== 'number') return undefined;
  return { statusCode: status, headers: record(response['headers']), body: record(value)['body'] ?? response['body'] ?? response['data'] };
}

type Meaning = { code: FailureCode; fix: string };
/** Stable beginnings of Xero's messages → what they mean for us. Unrecognised ones stay as data in `causes`. */
const meanings: [RegExp, Meaning][] = [
  [/lock date|end of year/i, { code: 'period-closed', fix: 'Open the period in Xero, or let the pair re-date, then retry.' }],
  [/must be unique|already assigned|already exists/i, { code: 'duplicate-conflict', fix: 'Look at the document of this number in Xero.' }],
  [/archived contact|contact .*archived|contact .*merged/i, { code: 'contact-archived', fix: 'Restore the contact in Xero, or merge it into the one that took its place, then retry.' }],
  [/account code|account .*not (a )?valid|payments are not enabled/i, { code: 'account-not-mapped', fix: 'Correct the account in the pair, or create it in Xero, then retry.' }],
  [/taxtype|tax type/i, { code: 'tax-not-mapped', fix: 'Correct xero.taxTypes of the pair, then retry.' }],
  [/not subscribed to currency/i, { code: 'currency-not-configured', fix: 'Add the currency in Xero, then retry.' }],
  [/limit of invoices|approve.*limit|plan/i, { code: 'plan-limit', fix: 'The Xero plan allows no more: upgrade it, or wait for the next month, then retry.' }],
  [/exceeds the amount outstanding/i, { code: 'payments-do-not-match', fix: 'Look at the payments of the invoice in Xero: something is recorded already.' }],
  [/email address/i, { code: 'text-unusable', fix: 'Correct the e-mail address in the shop.' }],
];

/** Xero's words about one element → one failure in ours. */
export function validationToFailure(messages: readonly string[], document: string): Failure {
  const kept = messages.slice(0, messagesMax).map((m) => m.slice(0, messageMax));
  const all = kept.join(' ');
  const meaning = meanings.find(([pattern]) => pattern.test(all))?.[1] ?? { code: 'document-rejected' as const, fix: 'Read Xero\'s message, mend the cause, then retry.' };
  return { ...meaning, system: 'xero', document, message: `Xero refused ${document}: ${kept[0] ?? 'without words'}`, causes: kept };
}

export function validationMessages(body: unknown): string[] {
  const parsed = typeof body === 'string' ? (() => { try { return JSON.parse(body) as unknown; } catch { return {}; } })() : body;
  const elements = listOf(record(parsed)['Elements'] ?? record(parsed)['elements']);
  const of = (e: unknown): string[] => listOf(record(e)['ValidationErrors'] ?? record(e)['validationErrors']).map((v) => wordOf(record(v)['Message'] ?? record(v)['message'] ?? record(v)['Description']));
  const messages = elements.flatMap(of).filter((m) => m !== '');
  const top = record(parsed)['Message'] ?? record(parsed)['message'];
  return messages.length > 0 ? messages : typeof top === 'string' ? [top] : [];
}

/** 400: another request went under this key. Nothing was done by this one, and the key is of no use any more. */
const usedKey = /^Idempotency Key: .* different request/i;

const refused = (status: number, failure: Failure): CallFailure => ({ kind: 'refused', status, failure });

/** However long an answer says: half a second at least, ten minutes at most; a day's limit ends within the day. */
const waitMs = { min: 500, unsaid: 1_500, max: 600_000, day: 86_400_000 };

function rateFailure(headers: Record<string, unknown>): Failure {
  const problem = wordOf(headers['x-rate-limit-problem']).toLowerCase().slice(0, 40);
  const given = String(headers['retry-after'] ?? '');
  const most = problem.startsWith('day') ? waitMs.day : waitMs.max;
  const retryAfterMs = /^\d{1,15}$/.test(given) ? Math.min(most, Math.max(waitMs.min, Number(given) * 1000)) : waitMs.unsaid;
  if (problem.startsWith('day')) return { code: 'day-limit', system: 'xero', message: 'The day\'s calls to this Xero organisation are used up.', fix: 'It goes on by itself when Xero\'s day turns.', retryAfterMs };
  return { code: 'rate-limited', system: 'xero', message: `Xero asks to slow down (${problem || 'rate limit'}).`, fix: 'It goes on by itself.', retryAfterMs };
}

/** Whatever a call threw → how it ended. Nothing of the request (tokens!) is carried over. */
export function toCallFailure(error: unknown, document: string): CallFailure {
  const answer = answerOf(error);
  if (!answer || answer.statusCode === 0) {
    const text = typeof answer?.body === 'string' ? answer.body : error instanceof Error ? error.message : 'the connection broke';
    const certificate = certificateFailure(text, { system: 'xero', name: 'Xero\'s api' });
    if (certificate) return refused(0, certificate);
    if (/ECONNREFUSED|ENOTFOUND|EAI_AGAIN/.test(text)) return refused(0, { code: 'system-unavailable', system: 'xero', message: 'Xero cannot be reached.', fix: 'It is tried again by itself.' });
    return { kind: 'unknown', why: text.slice(0, 100) };
  }
  const { statusCode: status, headers, body } = answer;
  if (status >= 200 && status < 300) return { kind: 'unknown', why: 'the answer broke off' };
  if (status >= 300 && status < 400) return { kind: 'unknown', why: `it sent us elsewhere (HTTP ${status})`, failure: { code: 'system-unavailable', system: 'xero', message: `Xero's address answers with a redirect (HTTP ${status}), which is not followed.`, fix: 'Check XERO_API_URL and what stands between us and Xero; it is tried again by itself.' } };
  if (status === 401) {
    if (/insuff?icc?ient_scope/i.test(wordOf(headers['www-authenticate']))) return refused(401, { code: 'reconnect-needed', system: 'xero', message: 'The Xero connection lacks a permission (scope).', fix: 'Connect the organisation again with all scopes.' });
    return { kind: 'unauthorized' };
  }
  if (status === 403) return refused(403, { code: 'reconnect-needed', system: 'xero', message: 'The Xero organisation is not (or no longer) connected to this app.', fix: 'Connect the organisation again; everything waits and goes on by itself then.' });
  if (status === 404) return refused(404, { code: 'document-missing', system: 'xero', document, message: `Xero does not know ${document} or something it names.`, fix: 'Look at the contact and the invoice in Xero, then retry.' });
  if (status === 429) return refused(429, rateFailure(headers));
  if (status === 503) return { kind: 'unknown', why: 'HTTP 503', status, failure: { code: 'system-unavailable', system: 'xero', message: 'Xero is offline for the moment.', fix: 'It is tried again by itself.' } };
  if (status >= 500) return { kind: 'unknown', why: `HTTP ${status}`, status };
  if (validationMessages(body).some((m) => usedKey.test(m))) return { kind: 'unknown', why: 'its idempotency key was used before', status: 500 };
  return refused(status, withEvidence(validationToFailure(validationMessages(body), document), { reply: body }));
}
