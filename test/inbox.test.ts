import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { orderBody } from './support/order-body';
import { Stack } from './support/stack';

jest.setTimeout(180_000);

type Delivery = { id: string; orderId?: string; topic: string; state: string; deliveryId?: string };
type Attempt = { topic: string; status: number; attempt: number };

/** What is delivered is never lost: neither while nobody can start it, nor while nobody is there to receive it. */
describe('the inbox', () => {
  let stack: Stack;
  const sleep = (ms: number): Promise<void> => new Promise((wake) => { setTimeout(wake, ms); });
  const inbox = async (orderId: string): Promise<Delivery[]> => (await stack.get<{ deliveries: Delivery[] }>(`/inbox?orderId=${orderId}`)).deliveries;
  const attempts = async (): Promise<Attempt[]> => ((await (await fetch(`${stack.addresses.sandbox.shop}/_sandbox/deliveries`)).json()) as { attempts: Attempt[] }).attempts;
  const totals = async (ids: readonly string[]): Promise<number[]> => {
    const { orders } = await stack.gp();
    return ids.map((id) => orders.filter((o) => o.integrationId === `SHP-${id}`).length);
  };

  beforeAll(async () => { stack = await Stack.up({ policies: { sweepSeconds: 3 } }); });
  afterAll(async () => { await stack.down(); });

  it('answers 200 and keeps what comes while Temporal is down; the relay starts it when Temporal is back', async () => {
    const pid = Number(readFileSync(join(stack.data, 'temporal.pid'), 'utf8'));
    const ids = ['6600000000001', '6600000000002', '6600000000003'];
    process.kill(pid, 'SIGSTOP');
    const before = (await attempts()).length;
    for (const id of ids) await stack.sendOrder(orderBody({ id }));
    for (let i = 0; i < 50 && (await attempts()).length < before + ids.length; i += 1) await sleep(100);
    expect((await attempts()).slice(before).map(({ status, attempt }) => [status, attempt])).toEqual(ids.map(() => [200, 1]));
    await sleep(2_000);
    for (const id of ids) expect((await inbox(id)).map((d) => d.state)).toEqual(['new']);
    expect(await Promise.all(ids.map((id) => stack.run(id)))).toEqual(ids.map(() => undefined));
    process.kill(pid, 'SIGKILL');
    await stack.reaches(ids, 'tied-out', 90_000);
    for (const id of ids) expect((await inbox(id)).map((d) => d.state)).toEqual(['started']);
    expect(await totals(ids)).toEqual(ids.map(() => 1));
  });

  it('the sweep of the source finds what came while no receiver was there, and a later delivery of it changes nothing', async () => {
    const ids = ['6600000000011', '6600000000012'];
    const before = (await attempts()).length;
    await stack.settings('shop', { attempts: 1 });
    stack.kill('api');
    for (const id of ids) await stack.sendOrder(orderBody({ id }));
    for (let i = 0; i < 50 && (await attempts()).length < before + ids.length; i += 1) await sleep(100);
    expect((await attempts()).slice(before).map((a) => a.status)).toEqual([0, 0]);
    await stack.settings('shop', { attempts: 9 });
    for (let i = 0; i < 100; i += 1) { try { await stack.get('/runs?limit=1'); break; } catch { await sleep(200); } }
    await stack.reaches(ids, 'tied-out', 90_000);
    for (const id of ids) expect((await inbox(id)).map((d) => d.deliveryId?.startsWith(`sweep ${id} `))).toEqual([true]);
    await stack.change(ids[0] ?? '', 'update');
    for (let i = 0; i < 100 && (await inbox(ids[0] ?? '')).length < 2; i += 1) await sleep(100);
    expect(await totals(ids)).toEqual([1, 1]);
  });
});
