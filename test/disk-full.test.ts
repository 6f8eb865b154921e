import { ApplicationFailure } from '@temporalio/common';
import { Client } from 'pg';
import { gpWrites } from './exactly-once/writes-gp';
import { xeroWrites } from './exactly-once/writes-xero';
import { type Write } from './exactly-once/write';
import { World } from './exactly-once/world';
import { type Child } from './support/child';
import { type SmallDisk, smallDisk } from './support/small-disk';

jest.setTimeout(120_000);

const pause = (ms: number): Promise<void> => new Promise((wake) => { setTimeout(wake, ms); });
const invoice = xeroWrites.mirrorInvoice[1] as Write;
const order = gpWrites.createSalesOrder[0] as Write;

let disk: SmallDisk;
let store: Child<{ url: string }>;
beforeEach(async () => { disk = await smallDisk(); store = await disk.start(); });
afterEach(async () => { if (store.process.exitCode === null) await store.kill('SIGKILL'); disk.remove(); });

const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code;
async function sql<T extends object>(text: string, values: unknown[] = []): Promise<T[]> {
  const client = new Client({ connectionString: store.ready.url });
  client.on('error', () => undefined);
  await client.connect();
  try { return (await client.query<T>(text, values)).rows; } finally { await client.end().catch(() => undefined); }
}

it('while the disk of the store is full nothing is written into a ledger, by name; reading goes on, and so does everything once there is room', async () => {
  const world = await World.up({ storeUrl: store.ready.url, timeoutMs: 5_000 });
  try {
    const [write, beside] = [await invoice.arrange(world, 1), await order.arrange(world, 2)];
    const hands = world.process();
    const before = (await world.documents('xero')).invoices.length;
    disk.fill('reserve');
    await pause(300);
    const failures: unknown[] = [];
    for (let i = 0; i < 3; i += 1) await write.ask(hands).catch((error: unknown) => { failures.push(error); });
    expect(failures.map((f) => (f instanceof ApplicationFailure ? [f.type, f.nonRetryable] : f))).toEqual([1, 2, 3].map(() => ['store-full', false]));
    expect((await world.documents('xero')).invoices).toHaveLength(before);
    // The agent beside GP keeps nothing in the store: what was given to it is done.
    await beside.proof(await beside.ask(hands));
    expect((await world.store.pairs.list()).map((p) => p.pairId)).toEqual(['demo']);
    const delivery = { pairId: 'demo', sourceId: 'shopify', sourceKind: 'shopify', account: 'a', dedupKey: 'd', topic: 'orders/create', deliveryId: 'd', rawBody: Buffer.from('{}') };
    await expect(world.store.inbox.put(delivery)).rejects.toMatchObject({ code: '53100' });
    disk.free();
    await pause(300);
    await write.proof(await write.ask(hands));
    expect(await world.store.inbox.put(delivery)).toMatchObject({ fresh: true });
    expect(store.process.exitCode).toBeNull();
  } finally {
    await world.down();
  }
});

it('when the last byte is gone in the middle of a transaction the store ends as PostgreSQL does, opens only when there is room, and holds all that it acknowledged', async () => {
  await sql('create table held (n int, body text)');
  for (let n = 1; n <= 20; n += 1) await sql('insert into held values ($1, $2)', [n, 'acknowledged']);
  const long = new Client({ connectionString: store.ready.url });
  long.on('error', () => undefined);
  await long.connect();
  await long.query('begin');
  await long.query('insert into held values (0, $1)', ['never acknowledged']);
  disk.fill('all');
  let end: unknown;
  // The log grows, nothing else: where a table cannot grow that is an error of its statement only.
  for (let i = 0; i < 100 && end === undefined; i += 1) await long.query("select pg_logical_emit_message(true, 'tieout', repeat('x', 1000000))").catch((error: unknown) => { end = error; });
  expect(codeOf(end)).toBe('53100');
  for (let i = 0; i < 100 && store.process.exitCode === null; i += 1) await pause(50);
  expect([store.process.exitCode, store.output()]).toEqual([1, expect.stringContaining('No space left on device')]);

  let opened = false;
  const again = disk.start().then((child) => { opened = true; return child; });
  await pause(2_500);
  expect(opened).toBe(false);
  disk.free();
  store = await again;
  expect(store.output()).toContain('store-full: less than 64 MiB are free');
  expect(await sql('select count(*)::int as kept, min(n) as least, max(n) as most from held')).toEqual([{ kept: 20, least: 1, most: 20 }]);
  await sql('insert into held values (21, $1)', ['after']);
});
