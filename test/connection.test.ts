import { bodyText, type Body } from '../cli/crash-bodies';
import { Stack } from './support/stack';

jest.setTimeout(240_000);

const customers = 3;
const waves = 5;
const perWave = 2;
const idOf = (n: number): string => String(6_700_000_000_000 + n);

/** Order `n` in the order of being placed; two of one customer in one wave are placed within the same second. */
function orderOf(n: number, placed: number): Body {
  const customer = String(7_700_000_000 + (n % customers));
  return {
    id: idOf(n), customer: { id: customer, name: `Robin Customer${customer}` }, currency: 'USD', taxPercent: 0, shippingCents: 0, gateway: 'shopify_payments', paid: true,
    createdAt: new Date(placed).toISOString(), lines: [{ sku: 'MUG-WHITE', title: 'Mug, white', quantity: 1, cents: 1_290 }],
  };
}

/** eConnect answers 503 while GP's other services are well, as when its own service is down. */
describe('GP cannot be written to while orders of few customers come in waves', () => {
  let stack: Stack;
  beforeAll(async () => { stack = await Stack.up(); });
  afterAll(async () => { await stack.down(); });

  type Listed = { kind: string; code: string };
  const listed = async (open: boolean): Promise<Listed[]> => (await stack.get<{ exceptions: Listed[] }>(`/exceptions?open=${open}&limit=100`)).exceptions;

  it('is one incident that closes by itself, and every customer\'s orders stand in GP in the order they came', async () => {
    await stack.reaches(await stack.generate({ count: 2, seed: 3 }), 'tied-out');
    await stack.fault('gp', { mode: 'unavailable-503', times: 100_000 });
    const sent: string[] = [];
    const began = Date.now();
    for (let wave = 0; wave < waves; wave += 1) {
      for (let i = 0; i < customers * perWave; i += 1) {
        const order = orderOf(sent.length, began);
        await stack.sendOrder(bodyText(order, order.createdAt));
        sent.push(order.id);
      }
      await new Promise((wake) => { setTimeout(wake, 700); });
    }
    for (const until = Date.now() + 20_000; Date.now() < until && (await listed(true)).length === 0;) await new Promise((wake) => { setTimeout(wake, 300); });
    expect((await listed(true)).map(({ kind, code }) => [kind, code])).toEqual([['connector', 'system-unavailable']]);
    await stack.clearFaults('gp');
    await stack.reaches(sent, 'tied-out', 120_000);
    const entered = (await stack.gp()).orders.map((o) => o.integrationId.replace('SHP-', ''));
    for (let c = 0; c < customers; c += 1) {
      const mine = sent.filter((_id, n) => n % customers === c);
      expect(entered.filter((id) => mine.includes(id))).toEqual(mine);
    }
    expect(await listed(true)).toEqual([]);
    expect((await listed(false)).map(({ kind }) => kind)).toEqual(['connector']);
  });
});
