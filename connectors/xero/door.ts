import { createHash, randomUUID } from 'node:crypto';
import axios from 'axios';
import { AccountingApi } from './accounting-sdk';
import { done, failed, type Failure, type Outcome } from '../../canonical/failure';
import { type XeroBudget, type XeroSettings, type XeroTokenSource } from './types';
import { type CallFailure, toCallFailure } from './xero-errors';

/** Body and headers of a 2xx; the body is still unproven. */
export type Called<B> = { ok: true; body: B } | { ok: false; end: CallFailure };
/** May this still be written by us? Asked after all standing in line. */
export type Ready = () => Promise<boolean>;
export type Door = {
  /** A read: unclear ends are plain unavailability. */
  read<B>(what: string, priority: 1 | 2 | 3, call: (api: AccountingApi, tenantId: string) => Promise<{ response: unknown; body: B }>): Promise<Outcome<B>>;
  /** A write: how it ended is the caller's to judge. `ready` is asked when its turn has come, right before it is sent; false: it is not. */
  write<B>(ask: { what: string; priority: 1 | 2 | 3; ready?: Ready | undefined }, call: (api: AccountingApi, tenantId: string) => Promise<{ response: unknown; body: B }>): Promise<Called<B>>;
  key(parts: unknown): string;
};

/** Far above a full page of invoices with all their lines. */
const replyBytesMax = 20_000_000;

/** By address: how long a call may take from the first byte to the last. axios' own limit is over with the first byte of the answer. */
const deadlines = new Map<string, number>();
axios.interceptors.request.use((config) => {
  const [, ms] = [...deadlines].find(([base]) => config.url?.startsWith(`${base}/`) === true) ?? [];
  return ms === undefined || config.signal ? config : Object.assign(config, { signal: AbortSignal.timeout(ms) });
});

const notAnObject: CallFailure = { kind: 'unknown', why: 'the answer is no object', failure: { code: 'reply-unreadable', system: 'xero', message: 'Xero\'s answer cannot be read (it is no object).', fix: 'It is asked again by itself; nothing is written a second time before it was looked up.' } };

const headersOf = (response: unknown): Record<string, string> => {
  const headers = typeof response === 'object' && response !== null && 'headers' in response ? (response as { headers: unknown }).headers : {};
  return typeof headers === 'object' && headers !== null ? (headers as Record<string, string>) : {};
};
const refusal = (failure: Failure): Called<never> => ({ ok: false, end: { kind: 'refused', status: 0, failure } });
const numberOf = (text: string | undefined): number | undefined => (text === undefined || !Number.isFinite(Number(text)) ? undefined : Number(text));

/**
 * The only way to the Accounting API: token, rate budget, one refresh after a 401, and errors without the request in them. xero-node has no
 * timeout and no limit of its own, and would carry the token to wherever a redirect leads, so its axios gets ours.
 */
export function createDoor(deps: { settings: XeroSettings; tokens: XeroTokenSource; budget: XeroBudget }): Door {
  const { settings, tokens, budget } = deps;
  // A process that starts anew looks before it writes, so its keys need not meet what an earlier one left in Xero's six-minute memory.
  const epoch = randomUUID();
  Object.assign(axios.defaults, { timeout: settings.timeoutMs, maxRedirects: 0, maxContentLength: replyBytesMax });
  const base = settings.apiBaseUrl.replace(/\/$/, '');
  deadlines.set(base, settings.timeoutMs);
  const api = new AccountingApi(base);

  async function once<B>(token: string, what: string, call: (api: AccountingApi, tenantId: string) => Promise<{ response: unknown; body: B }>): Promise<Called<B>> {
    api.accessToken = token;
    try {
      const { response, body } = await call(api, settings.tenantId);
      const headers = headersOf(response);
      await budget.observe({ minuteRemaining: numberOf(headers['x-minlimit-remaining']), dayRemaining: numberOf(headers['x-daylimit-remaining']) });
      return typeof body === 'object' && body !== null ? { ok: true, body } : { ok: false, end: notAnObject };
    } catch (error) {
      const end = toCallFailure(error, what);
      if (end.kind === 'refused' && end.failure.retryAfterMs !== undefined) await budget.observe({ retryAfterMs: end.failure.retryAfterMs, problem: end.failure.code });
      return { ok: false, end };
    }
  }

  const write: Door['write'] = async ({ what, priority, ready }, call) => {
    const slot = await budget.take(priority);
    if (!slot.ok) return refusal(slot.failure);
    try {
      const token = await tokens.accessToken();
      if (!token.ok) return refusal(token.failure);
      if (ready && !(await ready())) return { ok: false, end: { kind: 'unknown', why: 'another process took it over' } };
      const first = await once(token.value, what, call);
      if (first.ok || first.end.kind !== 'unauthorized') return first;
      const renewed = await tokens.refresh(token.value);
      if (!renewed.ok) return refusal(renewed.failure);
      if (ready && !(await ready())) return { ok: false, end: { kind: 'unknown', why: 'another process took it over' } };
      const second = await once(renewed.value, what, call);
      if (!second.ok && second.end.kind === 'unauthorized') return refusal({ code: 'unauthorized', system: 'xero', message: 'Xero refuses our access even after a fresh token.', fix: 'Connect the organisation again.' });
      return second;
    } finally {
      slot.value.release();
    }
  };

  return {
    write,
    async read(what, priority, call) {
      const answer = await write({ what, priority }, call);
      if (answer.ok) return done(answer.body);
      const { end } = answer;
      if (end.kind === 'refused') return failed(end.failure);
      if (end.kind === 'unknown' && end.failure) return failed(end.failure);
      return failed({ code: 'system-unavailable', system: 'xero', message: `Xero did not answer about ${what}${end.kind === 'unknown' ? ` (${end.why})` : ''}.`, fix: 'It is asked again by itself.' });
    },
    key: (parts) => createHash('sha256').update(JSON.stringify([settings.tenantId, epoch, parts])).digest('hex'),
  };
}
