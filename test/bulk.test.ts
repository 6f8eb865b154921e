import { orderBody } from './support/order-body';
import { Stack } from './support/stack';

jest.setTimeout(360_000);

type Act = { total: number; done: number; failed: number; state: string };
type Preview = { count: number; actId: string; effects: { kind: string; count: number }[] };
type Entry = { who: string; action: string; subject: string; detail?: { act?: string; reason?: string } };
const many = 10_000;
const some = 150;
const pause = (ms: number): Promise<void> => new Promise((wake) => setTimeout(wake, ms));

/** So many at a time, all of them. */
async function pooled(count: number, act: (i: number) => Promise<unknown>, width = 40): Promise<void> {
  let next = 0;
  await Promise.all(Array.from({ length: width }, async () => { while (next < count) { next += 1; await act(next); } }));
}

/** One decision over very many on the real installation, with the processes that carry it out killed on the way. */
describe('a decision over many', () => {
  let stack: Stack;
  beforeAll(async () => { stack = await Stack.up({ policies: { unknownItem: 'hold' } }); });
  afterAll(async () => { await stack?.down(); });

  const open = async (filter: string): Promise<number> => (await stack.get<{ total: number }>(`/exceptions?limit=1&${filter}`)).total;
  const until = async (what: () => Promise<boolean>, limitMs: number): Promise<void> => { for (const end = Date.now() + limitMs; !(await what().catch(() => false)); await pause(300)) if (Date.now() > end) throw new Error('not in time'); };
  const trail = async (action: string): Promise<Entry[]> => {
    const entries: Entry[] = [];
    for (let before = ''; ;) {
      const page = await stack.get<{ entries: Entry[]; next?: string }>(`/audit?limit=500${before}`, 'admin');
      entries.push(...page.entries.filter((e) => e.action === action));
      if (page.next === undefined) return entries;
      before = `&before=${page.next}`;
    }
  };
  const bulk = async (body: object): Promise<Preview> => {
    const reply = await stack.post('/exceptions/bulk', body, 'operator');
    if (!reply.ok) throw new Error(await reply.text());
    return (await reply.json()) as Preview;
  };
  /** Carries it out, killing these processes once each at a part of the way. */
  const killing = async (actId: string, names: readonly string[]): Promise<Act> => {
    const left = [...names];
    let act: Act = { total: 1, done: 0, failed: 0, state: 'running' };
    await until(async () => {
      act = await stack.get<Act>(`/bulk/${actId}`);
      if (left.length > 0 && act.done + act.failed > (act.total * (names.length - left.length + 1)) / (names.length + 2)) stack.kill(left.shift() ?? '');
      return act.state === 'done';
    }, 200_000);
    expect(left).toEqual([]);
    return act;
  };

  it('decides ten thousand in one act, each exactly once, though worker and api are killed on the way', async () => {
    await pooled(many, (i) => stack.sendOrder(`{"note":"names no order","n":${i}}`));
    await until(async () => (await open('code=order-unreadable')) === many, 240_000);
    const ask = { filter: { code: 'order-unreadable' }, decision: 'skip', reason: 'a test of the shop' };
    expect(await bulk({ ...ask, dryRun: true })).toMatchObject({ count: many, effects: [{ kind: 'delivery', count: many }] });
    expect(await open('code=order-unreadable')).toBe(many);
    const { actId } = await bulk(ask);
    expect(await killing(actId, ['worker', 'api', 'worker'])).toMatchObject({ total: many, done: many, failed: 0 });
    expect(await open('code=order-unreadable')).toBe(0);
    const decided = (await trail('exception:skip')).filter((e) => e.detail?.act === actId);
    expect([decided.length, new Set(decided.map((e) => e.subject)).size]).toEqual([many, many]);
    expect((await stack.get<{ deliveries: { state: string; note: string }[] }>('/inbox?limit=500')).deliveries.every((d) => d.state === 'ignored' && d.note.includes('a test of the shop'))).toBe(true);
  });

  it('tells each run once, also what fails again at once, and the incident closes by itself when the orders go on', async () => {
    const ids = Array.from({ length: some }, (_, i) => String(6_400_000_000_000 + i));
    await pooled(some, (i) => stack.sendOrder(orderBody({ id: ids[i - 1] ?? '' }).replace('MUG-WHITE', 'NO-SUCH-CAN')));
    await until(async () => (await open('code=item-not-mapped')) === some, 120_000);
    const { actId } = await bulk({ filter: { code: 'item-not-mapped' }, decision: 'retry', reason: 'mapped by now' });
    expect(await killing(actId, ['worker'])).toMatchObject({ total: some, done: some, failed: 0 });
    const again = async (): Promise<number[]> => (await stack.get<{ exceptions: { attempts: number }[] }>('/exceptions?code=item-not-mapped&limit=500')).exceptions.map((e) => e.attempts);
    await until(async () => (await again()).every((n) => n >= 2), 60_000);
    await pause(2_000);
    expect(await again()).toEqual(ids.map(() => 2));
    expect((await trail('exception:retry')).filter((e) => e.detail?.act === actId)).toHaveLength(some);
    const [one = ''] = ids;
    await stack.sendOrder(orderBody({ id: one }), 'orders/updated');
    await stack.reaches([one], 'tied-out', 60_000);
    expect(await open('code=item-not-mapped')).toBe(some - 1);
  });
});
