import pino from 'pino';
import { type InboxRow } from '../store/types';
import { type ApiDeps } from './deps';
import { startRelay } from './relay';
import { Tide } from './tide';

const row = (id: string, orderId: string): InboxRow => ({ id, pairId: 'p', sourceId: 'shopify', sourceKind: 'shopify', account: 'a', dedupKey: id, topic: 'orders/create', deliveryId: id, orderId, state: 'new', attempts: 0, receivedAt: '2026-01-01T00:00:00Z' });

/** An inbox of rows and a Temporal that can be away. */
function installation(rows: InboxRow[]): { deps: ApiDeps; away: { now: boolean }; told: { asked: number; begun: string[]; deferred: string[] } } {
  const waiting = [...rows];
  const claimed = new Map<string, InboxRow>();
  const away = { now: true };
  const told = { asked: 0, begun: [] as string[], deferred: [] as string[] };
  const inbox = {
    claimDue: async (limit: number) => { const batch = waiting.splice(0, limit); for (const r of batch) claimed.set(r.id, r); return batch; },
    giveBack: async (ids: string[]) => { waiting.unshift(...ids.flatMap((id) => claimed.get(id) ?? [])); },
    finish: async (id: string) => { told.begun.push(id); }, defer: async (id: string) => { told.deferred.push(id); }, knowsVersion: async () => false,
  };
  const orders = { start: async () => { if (away.now) throw new Error('UNAVAILABLE'); return 'started'; }, ready: async () => { told.asked += 1; return !away.now; } };
  return { deps: { store: { inbox }, orders, tide: new Tide(), log: pino({ level: 'silent' }) } as unknown as ApiDeps, away, told };
}

const sleep = (ms: number): Promise<void> => new Promise((wake) => { setTimeout(wake, ms); });

describe('relay while Temporal is away', () => {
  it('claims nothing more, counts no attempt, and goes on at once when it is back', async () => {
    const { deps, away, told } = installation([row('1', 'a'), row('2', 'a'), row('3', 'b'), ...Array.from({ length: 60 }, (_, i) => row(`m${i}`, `o${i}`))]);
    const relay = startRelay(deps);
    await sleep(100);
    expect(told.begun).toEqual([]);
    away.now = false;
    for (let i = 0; i < 40 && told.begun.length < 63; i += 1) await sleep(50);
    await relay.stop();
    expect(told.deferred).toEqual([]);
    expect(told.begun).toHaveLength(63);
    expect(told.begun.filter((id) => ['1', '2'].includes(id))).toEqual(['1', '2']);
  });

  it('stops at once while it waits', async () => {
    const { deps } = installation([row('1', 'a')]);
    const relay = startRelay(deps);
    await sleep(50);
    await expect(relay.stop()).resolves.toBeUndefined();
  });
  it('begins little while deliveries flood in, and everything afterwards', async () => {
    const { deps, away, told } = installation(Array.from({ length: 120 }, (_, i) => row(`m${i}`, `o${i}`)));
    away.now = false;
    const relay = startRelay(deps);
    const comes = (many: number): void => { for (let n = 0; n < many; n += 1) deps.tide.arrived(); relay.nudge(); };
    comes(70);
    const flood = setInterval(() => comes(20), 50);
    await sleep(900);
    clearInterval(flood);
    const during = told.begun.length;
    for (let i = 0; i < 60 && told.begun.length < 120; i += 1) await sleep(50);
    await relay.stop();
    expect([during <= 51, told.begun.length]).toEqual([true, 120]);
  });
});
