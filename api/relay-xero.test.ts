import demo from '../config/pairs/demo.json';
import { type InboxRow } from '../store/types';
import { type ApiDeps } from './deps';
import { relayXeroEvents } from './relay-xero';

const row = { id: 'i', pairId: 'demo', account: 'demo', sourceKind: 'xero', topic: 'xero/events' } as InboxRow;
const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const body = (first: number, ids: number[], category = 'CONTACT'): Buffer => Buffer.from(JSON.stringify({
  events: ids.map((n) => ({ resourceUrl: 'x', resourceId: id(n), eventDateUtc: '2026-11-01T10:00:00.000', eventType: 'UPDATE', eventCategory: category, tenantId: 't', tenantType: 'ORGANISATION' })), firstEventSequence: first, lastEventSequence: first + ids.length - 1, entropy: 'e',
}));

function desk(over: { sync?: object; version?: string; linked?: boolean } = {}): { deps: ApiDeps; told: unknown[] } {
  const told: unknown[] = [];
  const marks = new Map<string, string>();
  const store = {
    watermarks: { get: async (n: string) => marks.get(n), set: async (n: string, v: string) => { marks.set(n, v); } }, pairs: { get: async () => ({ ...demo, sync: over.sync ?? { customer: {}, item: {} } }) },
    master: { links: { find: async () => (over.linked ? [{ gpId: 'C1', xeroId: id(1) }] : []) }, snapshot: { get: async () => (over.version ? [{ id: id(1), version: over.version }] : []) } },
  };
  const sync = { changed: async (record: { key: string }, ref: { id: string }) => { told.push([record.key, ref.id]); }, sweep: async (pairId: string) => { told.push(['sweep', pairId]); } };
  return { deps: { store, sync } as unknown as ApiDeps, told };
}

describe('Xero\'s events and master data', () => {
  it('each contact is told once to its own run, by its number in GP where it is linked', async () => {
    const alone = desk();
    expect(await relayXeroEvents(row, body(1, [1, 2, 1]), alone.deps)).toMatchObject({ state: 'started' });
    expect(alone.told).toEqual([[`xero/${id(1)}`, id(1)], [`xero/${id(2)}`, id(2)]]);
    const linked = desk({ linked: true });
    await relayXeroEvents(row, body(1, [1]), linked.deps);
    expect(linked.told).toEqual([['gp/C1', id(1)]]);
  });
  it('our own change is told to nobody, a later one is', async () => {
    const own = desk({ version: '2026-11-01T09:59:59.990Z' });
    expect(await relayXeroEvents(row, body(1, [1]), own.deps)).toMatchObject({ state: 'ignored', note: 'our own change' });
    const later = desk({ version: '2026-11-01T09:59:50.000Z' });
    await relayXeroEvents(row, body(1, [1]), later.deps);
    expect([own.told, later.told.length]).toEqual([[], 1]);
  });
  it('a hole in their numbers, and very many at once, are one look at both sides; duplicates and late ones are none', async () => {
    const { deps, told } = desk();
    await relayXeroEvents(row, body(1, [1, 2]), deps);
    await relayXeroEvents(row, body(1, [1, 2]), deps);
    await relayXeroEvents(row, body(5, [3]), deps);
    await relayXeroEvents(row, body(3, [4]), deps);
    expect(told.filter((t) => (t as string[])[0] === 'sweep')).toHaveLength(1);
    const many = desk();
    await relayXeroEvents(row, body(1, Array.from({ length: 30 }, (_, i) => i + 1)), many.deps);
    expect(many.told).toEqual([['sweep', 'demo']]);
  });
  it('a hole is still found when the look it asks for could not be started at once', async () => {
    const { deps, told } = desk();
    await relayXeroEvents(row, body(1, [1]), deps);
    const { sweep } = deps.sync;
    deps.sync.sweep = async () => { throw new Error('Temporal is away'); };
    await expect(relayXeroEvents(row, body(4, [2]), deps)).rejects.toThrow('Temporal is away');
    deps.sync.sweep = sweep;
    expect(await relayXeroEvents(row, body(4, [2]), deps)).toMatchObject({ state: 'started' });
    await relayXeroEvents(row, body(4, [2]), deps);
    expect(told.filter((t) => (t as string[])[0] === 'sweep')).toHaveLength(1);
  });
  it('a pair that keeps no contacts, and events of other things, tell nothing', async () => {
    const none = desk({ sync: { item: {} } });
    expect(await relayXeroEvents(row, body(1, [1]), none.deps)).toMatchObject({ state: 'ignored' });
    const invoices = desk();
    expect(await relayXeroEvents(row, body(1, [1], 'INVOICE'), invoices.deps)).toMatchObject({ state: 'ignored' });
    expect([none.told, invoices.told]).toEqual([[], []]);
  });
});
