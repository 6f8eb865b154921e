import { type XeroBudget, type XeroClient, type XeroTokens, type XeroTokenStore } from '../connectors/xero/types';
import { createTokenSource, createXeroClient } from '../connectors/xero/connector';
import { type WorkerEnv } from '../config/env';
import { type Store } from '../store/types';
import { done, failed } from '../canonical/failure';

/** Tokens of one connection, sealed in the store. */
function tokenStore(store: Store, connectionId: string): XeroTokenStore {
  const id = `xero/${connectionId}`;
  return {
    load: async () => {
      const row = await store.connections.load(id);
      return row ? { tokens: JSON.parse(row.secret) as XeroTokens, version: row.version } : undefined;
    },
    save: (tokens, version) => store.connections.save(id, JSON.stringify(tokens), version),
    lease: (ttlMs) => store.leases.acquire(`token/${id}`, ttlMs),
  };
}

/** How long a call may keep its in-flight slot when its process dies. */
const slotTtlMs = 60_000;
/** Calls a minute kept back for payments, and for payments and invoices. */
const reserved = { 1: 0, 2: 5, 3: 15 } as const;

/** The organisation's rate budget out of the store: one for all processes and flows. */
export function xeroBudget(store: Store, organisation: string, limits: { perMinute: number; perDay: number }): XeroBudget {
  return {
    async take(priority) {
      for (let waitedMs = 0; ;) {
        const answer = await store.budget.take({ organisation, ...limits, inFlight: 5, slotTtlMs, reserveForHigher: Math.min(reserved[priority], Math.floor(limits.perMinute / 4)) });
        if (answer.ok) return done({ release: () => { void store.budget.release(organisation, answer.slot).catch(() => undefined); } });
        if (answer.why === 'day') return failed({ code: 'day-limit', system: 'xero', message: 'The day\'s calls to this Xero organisation are used up.', fix: 'It goes on by itself when Xero\'s day turns; fewer, larger calls need summary invoices.', retryAfterMs: answer.waitMs });
        if (waitedMs + answer.waitMs > 90_000) return failed({ code: 'rate-limited', system: 'xero', message: 'Xero\'s calls per minute are used up.', fix: 'It goes on by itself.', retryAfterMs: answer.waitMs });
        const pauseMs = Math.max(20, Math.min(answer.waitMs, 2_000));
        waitedMs += pauseMs;
        await new Promise((wake) => setTimeout(wake, pauseMs));
      }
    },
    async observe({ retryAfterMs }) {
      if (retryAfterMs !== undefined) await store.budget.block(organisation, Date.now() + retryAfterMs);
    },
  };
}

/** One Xero client per connection of this worker. */
export function connectXero(store: Store, env: Pick<WorkerEnv, 'xero' | 'xeroRefreshToken' | 'xeroLimits'>, connectionId: string): XeroClient {
  const tokens = createTokenSource({ settings: env.xero, store: tokenStore(store, connectionId), configured: env.xeroRefreshToken });
  return createXeroClient({ settings: env.xero, tokens, budget: xeroBudget(store, env.xero.tenantId, env.xeroLimits) });
}
