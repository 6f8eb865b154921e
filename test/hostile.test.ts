import { execFile } from 'node:child_process';
import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { dataConverterOf } from '../temporal/data-converter';
import { orderWorkflowId, signalNames } from '../workflows/names';
import { root } from './support/child';
import { orderBody } from './support/order-body';
import { Stack } from './support/stack';

jest.setTimeout(180_000);

const person = { first: 'Wilhelmina', last: 'Quackenbush', email: 'mina@quackenbush.example', domain: 'quackenbush.example', street: '77 Hushaby Lane', phone: '+1-555-0199-777' };
const account = 'tieout-demo.myshopify.com';
const key = (): string => randomBytes(32).toString('base64');
const [retired, current] = [`k1:${key()}`, `k2:${key()}`];
/** What the user of this installation set; every process logs all it can. */
const planted = { TIEOUT_PAYLOAD_KEYS: `${current},${retired}`, GP_PASSWORD: 'gp-password-planted', SANDBOX_GP_PASSWORD: 'gp-password-planted', TIEOUT_LOG_LEVEL: 'trace' };
const before = { ...process.env };

const runOf = (orderId: string): string => orderWorkflowId({ pairId: 'demo', sourceId: 'shopify', orderId });
/** An order of a person whose every trait can be looked for afterwards. */
const bodyOf = (id: string, over: Partial<Parameters<typeof orderBody>[0]> = {}): string => orderBody({ id, customer: `${person.first} ${person.last}`, ...over, more: {
  email: person.email, phone: person.phone, note: 'a note', shipping_address: { first_name: person.first, last_name: person.last, address1: person.street, city: 'Springfield', zip: '12345', country_code: 'US', phone: person.phone }, ...over.more,
} });
/** A history as the CLI writes it, with what payloads hold in words beside it: the CLI leaves them in base64. */
const readable = (history: string): string => history + [...history.matchAll(/"data": "([A-Za-z0-9+/=]+)"/g)].map(([, data]) => Buffer.from(data ?? '', 'base64').toString('utf8')).join('\n');
const encoded = (text: string): string => Buffer.from(text).toString('base64');
const filesIn = (folder: string): string[] => readdirSync(folder, { recursive: true, withFileTypes: true }).filter((f) => f.isFile()).map((f) => join(f.parentPath, f.name));

describe('a hostile day on the whole of Tieout', () => {
  let stack: Stack;
  let shopSecret: string;
  let secrets: string[];
  const ids = { good: '6300000000001', lostReply: '6300000000002', failing: '6300000000003', waiting: '6300000000004', negative: '6300000000005', unequal: '6300000000006', odd: '9007199254740993', even: '9007199254740992' };
  const isOpen = async (id: string): Promise<{ code: string; failure: { message: string; fix: string } }[]> => (await stack.get<{ exceptions: { code: string; failure: { message: string; fix: string } }[] }>(`/exceptions?orderId=${id}`)).exceptions;
  const send = (path: string, body: string | Buffer, headers: Record<string, string> = {}): Promise<Response> => fetch(`${stack.addresses.api}${path}`, { method: 'POST', body: Buffer.from(body), headers: { 'content-type': 'application/json', ...headers } });
  const deliver = (body: string | Buffer, secret = shopSecret): Promise<Response> => send(`/webhooks/shopify/${account}`, body, {
    'x-shopify-topic': 'orders/create', 'x-shopify-shop-domain': account, 'x-shopify-webhook-id': randomUUID(), 'x-shopify-hmac-sha256': createHmac('sha256', secret).update(body).digest('base64') });

  beforeAll(async () => {
    Object.assign(process.env, planted);
    stack = await Stack.up({ policies: { unknownItem: 'hold' } });
    const local = JSON.parse(readFileSync(join(stack.data, 'local.json'), 'utf8')) as { secretKeys: string; apiKeys: Record<string, string>; shopSecret: string; stripeSecret: string; xeroWebhookKey: string };
    shopSecret = local.shopSecret;
    secrets = [...Object.values(local.apiKeys), local.shopSecret, local.stripeSecret, local.xeroWebhookKey, local.secretKeys.slice(3), retired.slice(3), current.slice(3), planted.GP_PASSWORD, 'shpat_sandbox', 'tieout-sandbox-secret', 'sandbox-refresh-token'];
  });
  afterAll(async () => {
    await stack?.down();
    for (const name of Object.keys(planted)) { if (before[name] === undefined) delete process.env[name]; else process.env[name] = before[name]; }
  });

  it('carries the good orders through, names what is wrong with the others, and posts nothing of those', async () => {
    await stack.sendOrder(bodyOf(ids.good));
    await stack.sendOrder(bodyOf(ids.lostReply, { more: { note: 'xero-reset-after-commit' } }));
    await stack.sendOrder(bodyOf(ids.failing, { lines: [{ sku: 'NO-SUCH-MUG', price: '10.00', quantity: 1 }] }));
    await stack.sendOrder(bodyOf(ids.waiting, { price: '4000.00' }));
    await stack.sendOrder(bodyOf(ids.negative, { price: '-10.00' }));
    await stack.sendOrder(bodyOf(ids.unequal, { more: { total_price: '19.99' } }));
    await stack.sendOrder(bodyOf(ids.odd));
    await stack.sendOrder(bodyOf(ids.even, { price: '11.00' }));
    await stack.reaches([ids.good, ids.lostReply, ids.odd, ids.even], 'tied-out');
    await stack.reaches([ids.failing, ids.negative, ids.unequal], 'parked');
    await stack.reaches([ids.waiting], 'awaiting-approval');
    expect((await isOpen(ids.failing)).map((e) => e.code)).toEqual(['item-not-mapped']);
    for (const id of [ids.negative, ids.unequal]) {
      const [wrong, ...more] = await isOpen(id);
      expect([more, ['order-unreadable', 'money-invalid', 'totals-do-not-add-up'].includes(wrong?.code ?? ''), (wrong?.failure.fix.length ?? 0) > 10]).toEqual([[], true, true]);
    }
    const { orders } = await stack.gp();
    const posted = (id: string): string[] => orders.filter((o) => o.integrationId === `SHP-${id}`).map((o) => o.total);
    expect(Object.fromEntries(Object.entries(ids).map(([name, id]) => [name, posted(id).length]))).toEqual({ good: 1, lostReply: 1, failing: 0, waiting: 0, negative: 0, unequal: 0, odd: 1, even: 1 });
    expect([posted(ids.odd).map(Number), posted(ids.even).map(Number)]).toEqual([[20], [22]]);
  });

  it('refuses strangers by name and keeps what is signed, though nobody can read it', async () => {
    const told = bodyOf('6300000000009');
    const guess = { authorization: `Bearer ${randomBytes(16).toString('hex')}` };
    const refusals = [await deliver(told, 'a guess'), await send(`/webhooks/shopify/${person.email}`, told), await send(`/webhooks/shopify/${encodeURIComponent(person.email)}`, told), await send('/webhooks/stripe/tieout-demo', told, { 'stripe-signature': 't=1,v1=00' }), await send('/exceptions/bulk', told, guess), await send('/codec/t/1.x/decode', told), await deliver(Buffer.alloc(10_000_000, 0x20))];
    expect(refusals.map((r) => r.status)).toEqual([401, 404, 404, 401, 401, 401, 413]);
    expect(await Promise.all(refusals.map(async (r) => [((await r.json()) as { code?: string }).code !== undefined, r.headers.get('content-type')]))).toEqual(refusals.map(() => [true, expect.stringContaining('application/problem+json')]));
    const unreadable = [`Dear ${person.first} ${person.last}`, told.slice(0, -40), '['.repeat(100_000), `{"__proto__":{"email":"${person.email}"}}`, `{"id":NaN,"email":"${person.email}"}`, Buffer.concat([Buffer.from(person.email), Buffer.from([0xff])])];
    for (const body of unreadable) expect((await deliver(body)).status).toBe(200);
    const until = Date.now() + 20_000;
    let kept: { code: string }[] = [];
    while (kept.length < unreadable.length && Date.now() < until) {
      await new Promise((wake) => setTimeout(wake, 200));
      ({ exceptions: kept } = await stack.get<{ exceptions: { code: string }[] }>('/exceptions?kind=delivery&limit=100'));
    }
    expect(kept.map((e) => e.code)).toEqual(unreadable.map(() => 'delivery-unreadable'));
    expect(await stack.run('6300000000009')).toBeUndefined();
  });

  describe('the Temporal CLI', () => {
    const cli = (args: string[]): Promise<{ text: string; ok: boolean }> => new Promise((done) => {
      execFile(process.env['TEST_TEMPORAL_CLI'] || join(root, '.cache/bin/temporal-1.9.1'), [...args, '--address', stack.addresses.temporal], { maxBuffer: 50_000_000, timeout: 30_000 }, (error, out, err) => done({ text: readable(out) + err, ok: error === null }));
    });
    const show = (id: string, more: string[] = []): Promise<{ text: string; ok: boolean }> => cli(['workflow', 'show', '-w', id, '--output', 'json', ...more]);
    const endpoint = (): string[] => ['--codec-endpoint', `${stack.addresses.api}/codec`];
    const bearer = (secret: string): string[] => [...endpoint(), '--codec-auth', `Bearer ${secret}`];

    it('shows a history in plain to who may read orders, and ciphertext to everybody else', async () => {
      const plain = await show(runOf(ids.good), bearer(stack.keys.operator));
      expect([plain.ok, plain.text.includes(person.last), plain.text.includes(encoded('binary/encrypted'))]).toEqual([true, true, false]);
      const bare = await show(runOf(ids.good));
      expect([bare.ok, bare.text.includes(person.last), bare.text.includes(encoded('binary/encrypted'))]).toEqual([true, false, true]);
      // The CLI asks a codec that refuses again and again, and gives up after ten seconds.
      const refused = await Promise.all([endpoint(), bearer('tk_guessed_0000000000'), bearer(stack.keys.viewer)].map((more) => show(runOf(ids.good), more)));
      expect(refused.map(({ ok, text }) => [ok, text.includes(person.last), text.includes('deadline exceeded')])).toEqual(refused.map(() => [false, false, true]));
      const asked = readFileSync(join(stack.data, 'logs', 'api.log'), 'utf8').split('\n').filter((line) => line.includes('"path":"/codec/decode"'));
      for (const status of [200, 401, 403]) expect([status, asked.some((line) => line.includes(`"status":${status}`))]).toEqual([status, true]);
    });
    it('shows what the key before encrypted, and the worker acts on it', async () => {
      const connection = await Connection.connect({ address: stack.addresses.temporal });
      try {
        const old = new Client({ connection, dataConverter: dataConverterOf(retired) ?? {} });
        await old.workflow.getHandle(runOf(ids.waiting)).signal(signalNames.approvalDecided, { approver: 'ann', decision: 'approve', reason: `seen by ${person.first}` });
      } finally { await connection.close(); }
      await stack.reaches([ids.waiting], 'tied-out');
      const bare = (await show(runOf(ids.waiting))).text;
      expect([bare.includes(`"${encoded('k1')}"`), bare.includes(`"${encoded('k2')}"`)]).toEqual([true, true]);
      expect((await show(runOf(ids.waiting), bearer(stack.keys.operator))).text).toContain(`seen by ${person.first}`);
    });
  });

  it('wrote no person and no secret into the log of any process, at the most talkative level', () => {
    const logs = filesIn(join(stack.data, 'logs')).map((file) => [file.split('/').pop() ?? '', readFileSync(file, 'utf8')] as const);
    expect(logs.map(([name]) => name)).toEqual(expect.arrayContaining(['api.log', 'worker.log', 'gp-agent.log', 'store.log', 'sandbox.log', 'temporal.log']));
    const api = logs.find(([name]) => name === 'api.log')?.[1] ?? '';
    // The run did reach the logs, and they do tell of it.
    for (const word of ['delivery refused', 'signature-invalid', 'delivery for an unknown account', '"status":401']) expect([word, api.includes(word)]).toEqual([word, true]);
    const found = logs.flatMap(([name, text]) => [...Object.values(person), ...secrets].filter((word) => text.includes(word)).map((word) => `${name}: ${word}`));
    expect(found).toEqual([]);
    for (const [name, text] of logs) expect([name, /Bearer (?!\[)[\w.-]{8}|\beyJ[\w-]{10}|\/t\/\d{6,}\./.exec(text)?.[0]]).toEqual([name, undefined]);
  });

  it('kept neither secrets nor people in plain where Temporal and the store keep their files', () => {
    const files = filesIn(stack.data).filter((file) => /\/store\/|temporal-1\.9\.1\.db/.test(file));
    const words = [person.email, person.street, person.phone, ...secrets];
    const found: string[] = [];
    let bytes = 0;
    for (const file of files) {
      const content = readFileSync(file);
      bytes += content.length;
      for (const word of words) if (content.includes(word)) found.push(`${file.slice(stack.data.length)}: ${word}`);
    }
    expect([found, bytes > 1_000_000]).toEqual([[], true]);
  });
});
