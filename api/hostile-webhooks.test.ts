import { createHmac, randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { openDoors, shop, webhookSecrets } from '../test/support/doors';
import { startRelay } from './relay';

jest.setTimeout(90_000);
type Doors = Awaited<ReturnType<typeof openDoors>>;
type Headers = Record<string, string>;
let doors: Doors;
const started: string[] = [];
beforeAll(async () => { doors = await openDoors({ orders: { start: async ({ orderId }) => { started.push(orderId); return 'started'; }, paymentSeen: async ({ orderId }) => { started.push(orderId); return 'sent'; } } }); });
afterAll(async () => { await doors?.close(); });

const hmac = (key: string, body: Buffer): string => createHmac('sha256', key).update(body).digest('base64');
const seconds = (): number => Math.floor(Date.now() / 1000);
const stripeHeader = (body: Buffer, over: { at?: number; secret?: string } = {}): string => { const at = over.at ?? seconds(); return `t=${at},v1=${createHmac('sha256', over.secret ?? webhookSecrets.stripe).update(`${at}.`).update(body).digest('hex')}`; };
const paths = { shopify: `/webhooks/shopify/${shop}`, stripe: '/webhooks/stripe/acct', xero: '/webhooks/xero/demo' };
type Kind = keyof typeof paths;
const signed: Record<Kind, (body: Buffer) => Headers> = {
  shopify: (body) => ({ 'x-shopify-topic': 'orders/create', 'x-shopify-shop-domain': shop, 'x-shopify-webhook-id': randomUUID(), 'x-shopify-hmac-sha256': hmac(webhookSecrets.shopify, body) }),
  stripe: (body) => ({ 'stripe-signature': stripeHeader(body) }), xero: (body) => ({ 'x-xero-signature': hmac(webhookSecrets.xero, body) }),
};
const send = (kind: Kind, body: string | Buffer, over: { headers?: Headers; path?: string } = {}): Promise<Response> => {
  const bytes = Buffer.from(body);
  return fetch(`${doors.base}${over.path ?? paths[kind]}`, { method: 'POST', body: bytes, headers: { 'content-type': 'application/json', ...signed[kind](bytes), ...over.headers } });
};
const codeOf = async (reply: Response): Promise<string> => reply.headers.get('x-refusal') ?? ((await reply.json()) as { code: string }).code;
const stored = async (): Promise<number> => (await doors.store.inbox.list({ limit: 500 })).length;
const order = JSON.stringify({ id: 5, updated_at: '2026-01-01T00:00:00Z', line_items: [] });

describe('a forged delivery is refused by name and not stored', () => {
  it.each([
    ['shopify', 'no signature', { 'x-shopify-hmac-sha256': '' }, 'signature-missing'], ['shopify', 'another key', { 'x-shopify-hmac-sha256': hmac('x', Buffer.from(order)) }, 'signature-invalid'], ['shopify', 'another body', { 'x-shopify-hmac-sha256': hmac(webhookSecrets.shopify, Buffer.from('{}')) }, 'signature-invalid'],
    ['shopify', 'hexadecimal', { 'x-shopify-hmac-sha256': createHmac('sha256', webhookSecrets.shopify).update(order).digest('hex') }, 'signature-invalid'], ['shopify', 'a short one', { 'x-shopify-hmac-sha256': 'AAAA' }, 'signature-invalid'], ['shopify', 'SHA-1', { 'x-shopify-hmac-sha256': createHmac('sha1', webhookSecrets.shopify).update(order).digest('base64') }, 'signature-invalid'],
    ['stripe', 'no signature', { 'stripe-signature': '' }, 'signature-missing'], ['stripe', 'another key', { 'stripe-signature': stripeHeader(Buffer.from(order), { secret: 'whsec_x' }) }, 'signature-invalid'], ['stripe', 'no time', { 'stripe-signature': `v1=${'0'.repeat(64)}` }, 'signature-invalid'], ['stripe', 'words', { 'stripe-signature': 'hello' }, 'signature-invalid'],
    ['stripe', 'two times', { 'stripe-signature': `t=1,${stripeHeader(Buffer.from(order))}` }, 'signature-invalid'], ['stripe', 'an old scheme', { 'stripe-signature': stripeHeader(Buffer.from(order)).replace('v1=', 'v0=') }, 'signature-invalid'], ['stripe', 'time as 1e9', { 'stripe-signature': stripeHeader(Buffer.from(order)).replace(/t=\d+/, 't=1e9') }, 'signature-invalid'],
    ['stripe', 'six minutes ago', { 'stripe-signature': stripeHeader(Buffer.from(order), { at: seconds() - 360 }) }, 'signature-late'], ['stripe', 'in six minutes', { 'stripe-signature': stripeHeader(Buffer.from(order), { at: seconds() + 360 }) }, 'signature-late'], ['stripe', 'a later time on an old signature', { 'stripe-signature': stripeHeader(Buffer.from(order), { at: seconds() - 900 }).replace(/t=\d+/, `t=${seconds()}`) }, 'signature-invalid'],
    ['xero', 'no signature', { 'x-xero-signature': '' }, 'signature-missing'], ['xero', 'another key', { 'x-xero-signature': hmac('x', Buffer.from(order)) }, 'signature-invalid'],
  ] as [Kind, string, Headers, string][])('%s with %s', async (kind, _what, headers, code) => {
    const before = await stored();
    const reply = await send(kind, order, { headers });
    expect([reply.status, reply.headers.get('set-cookie'), await codeOf(reply), await stored()]).toEqual([401, null, code, before]);
  });
  it.each([
    ['an unknown shop', '/webhooks/shopify/evil.myshopify.com', {}, 404, 'account-unknown'], ['a path for a shop', '/webhooks/shopify/..%2f..%2fhealth', {}, 404, 'account-unknown'], ['a prototype for a shop', '/webhooks/shopify/__proto__', {}, 404, 'account-unknown'], ['a kind that is none', '/webhooks/constructor/x', {}, 404, 'not-found'],
    ['another shop in the header', paths.shopify, { 'x-shopify-shop-domain': 'b.myshopify.com' }, 400, 'delivery-unfit'], ['no topic', paths.shopify, { 'x-shopify-topic': '' }, 400, 'delivery-unfit'], ['compression', paths.shopify, { 'content-encoding': 'gzip' }, 415, 'content-encoding-unsupported'],
  ] as [string, string, Headers, number, string][])('for %s', async (_what, path, headers, status, code) => {
    const reply = await send('shopify', order, { path, headers });
    expect([reply.status, await codeOf(reply)]).toEqual([status, code]);
  });
  it('of 10 MB, whether signed or not, and a compressed bomb', async () => {
    const big = Buffer.alloc(10_000_000, 0x20);
    for (const kind of ['shopify', 'stripe', 'xero'] as const) expect((await send(kind, big)).status).toBe(413);
    expect(await codeOf(await send('shopify', gzipSync(Buffer.alloc(100_000_000)), { headers: { 'content-encoding': 'gzip' } }))).toBe('content-encoding-unsupported');
  });
  it.each(['GET', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'])('by %s', async (method) => expect((await fetch(`${doors.base}${paths.shopify}`, { method })).status).toBe(405));
  it('and a flood of them does not fill the log', async () => {
    const before = doors.logged().length;
    await Promise.all(Array.from({ length: 200 }, () => send('shopify', order, { headers: { 'x-shopify-hmac-sha256': hmac('x', Buffer.from(order)) } })));
    expect((doors.logged().slice(before).match(/"delivery refused"/g) ?? []).length).toBeLessThanOrEqual(20);
  });
});

describe('a replayed delivery changes nothing', () => {
  it('of Shopify by its event, by its delivery id, and of Stripe by its event id, whenever it comes', async () => {
    const body = Buffer.from(JSON.stringify({ id: 77, updated_at: '2026-01-01T00:00:00Z' }));
    for (const headers of [{ 'x-shopify-event-id': 'e-77' }, { 'x-shopify-webhook-id': 'w-77' }] as Headers[]) expect([await (await send('shopify', body, { headers })).json(), await (await send('shopify', body, { headers })).json()]).toEqual([{ received: true }, { received: true, duplicate: true }]);
    const event = JSON.stringify({ id: 'evt_77', type: 'charge.succeeded', created: 1, data: { object: {} } });
    expect([await (await send('stripe', event)).json(), await (await send('stripe', event)).json()]).toEqual([{ received: true }, { received: true, duplicate: true }]);
  });
  it('of Xero by its batch; its intent to receive is answered without body and cookie and stores nothing', async () => {
    const before = await stored();
    const events = JSON.stringify({ events: [{ resourceId: 'r', eventDateUtc: '2026-01-01T00:00:00', eventType: 'UPDATE', eventCategory: 'INVOICE', tenantId: 't' }], firstEventSequence: 1, lastEventSequence: 1, entropy: 'x' });
    const intent = '{"events":[],"firstEventSequence":0,"lastEventSequence":0,"entropy":"x"}';
    const replies = [await send('xero', events), await send('xero', events), await send('xero', intent), await send('xero', intent, { headers: { 'x-xero-signature': hmac('x', Buffer.from(intent)) } })];
    expect([replies.map((r) => r.status), await Promise.all(replies.map((r) => r.text())), replies.map((r) => r.headers.get('set-cookie')), await stored()]).toEqual([[200, 200, 200, 401], ['', '', '', ''], [null, null, null, null], before + 1]);
  });
});

/** Signed by the real secret, and still nothing that may be acted on. */
const unsound: [string, string | Buffer][] = [
  ['no JSON', 'Dear sir'], ['nothing', ''], ['half a body', order.slice(0, 30)], ['XML', '<order><id>5</id></order>'], ['a form', 'id=5&total=1'], ['bytes that are no UTF-8', Buffer.concat([Buffer.from('{"id":5,"note":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')])],
  ['a million levels', '['.repeat(1_000_000)], ['an order deep in an array', `{"id":5,"x":${'['.repeat(2_000)}${']'.repeat(2_000)}}`], ['two ids', '{"id":5,"id":6,"line_items":[]}'], ['two ids, one escaped', '{"id":5,"\\u0069d":6}'], ['a prototype', '{"__proto__":{"id":5,"line_items":[]}}'],
  ['an array', '[{"id":5}]'], ['a number', '5'], ['null', 'null'], ['NaN', '{"id":NaN}'], ['a comment', '{"id":5/*,"id":6*/}'], ['an id with a fraction', '{"id":5.5}'], ['an id with an exponent', '{"id":5e3}'], ['a negative id', '{"id":-5}'], ['an id as an object', '{"id":{"value":"5"}}'], ['an id of 80 digits', `{"id":${'9'.repeat(80)}}`],
  ['a path for an id', '{"id":"../../6"}'], ['an id with a slash', '{"id":"5/6"}'], ['an id with a line feed', '{"id":"5\\n6"}'], ['an id with NUL', '{"id":"5\\u0000"}'],
];

describe('a signed delivery that cannot be read is kept and shown, never dropped and never acted on', () => {
  it.each(unsound)('%s', async (_what, body) => {
    const bytes = Buffer.from(body);
    for (const kind of ['shopify', 'stripe', 'xero'] as const) {
      const before = await stored();
      const reply = await send(kind, bytes, { headers: { 'content-type': 'application/octet-stream' } });
      expect([kind, reply.status, await stored()]).toEqual([kind, 200, before + 1]);
      const [row] = await doors.store.inbox.list({ limit: 1 });
      expect((await doors.store.inbox.get(row?.id ?? ''))?.rawBody.equals(bytes)).toBe(true);
    }
  });
  it('each becomes one exception with a cause and a fix, its body shown to who may; no order begins', async () => {
    const relay = startRelay(doors.deps);
    for (let i = 0; i < 200 && (await doors.store.inbox.list({ state: 'new', limit: 1 })).length > 0; i += 1) await new Promise((wake) => setTimeout(wake, 50));
    await relay.stop();
    const ask = async <T>(path: string): Promise<T> => (await fetch(`${doors.base}${path}`, { headers: { authorization: `Bearer ${doors.keys.operator}` } })).json() as Promise<T>;
    // One more: the event of Stripe above whose payment nobody can read.
    const { exceptions, total } = await ask<{ exceptions: { id: string; kind: string; code: string; failure: { message: string; fix: string } }[]; total: number }>('/exceptions?limit=500&kind=delivery');
    expect([total, new Set(exceptions.map((e) => e.code))]).toEqual([3 * unsound.length + 1, new Set(['delivery-unreadable', 'order-unreadable'])]);
    expect(exceptions.every((e) => e.failure.message.length > 20 && e.failure.fix.length > 20)).toBe(true);
    const shown = await Promise.all(exceptions.map(({ id }) => ask<{ before?: unknown }>(`/exceptions/${id}`)));
    expect(shown.filter((s) => JSON.stringify(s.before)?.includes('Dear sir'))).toHaveLength(3);
    expect(started).toEqual(['77']);
  });
});

describe('fuzz of the webhooks', () => {
  const hostile = fc.oneof(fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((c) => String.fromCharCode(c)), maxLength: 400 }), fc.constantFrom('__proto__', '../..', "'; drop table inbox; --", 'x'.repeat(3_000), 'orders/create', '${jndi:ldap://x}', '%00', '-271821-04-20T00:00:00Z', '+275760-09-13T00:00:00Z'));
  const ids = fc.oneof(fc.constantFrom('9007199254740993', '820982911946154508', '-1', '1e400', 'NaN', '"\\u0000"', '"x/y"', 'null', '[]', '{}', 'true', '0'), fc.bigInt({ min: 0n, max: 10n ** 30n }).map(String));
  const body = fc.oneof(fc.uint8Array({ maxLength: 200 }).map((b) => Buffer.from(b)), fc.json({ maxDepth: 5 }).map((t) => Buffer.from(t)), fc.tuple(ids, ids, hostile).map(([id, amount, word]) => Buffer.from(
    `{"id":${id},"type":"payment_intent.succeeded","created":${amount},"updated_at":${JSON.stringify(word)},"order_id":${id},"data":{"object":{"id":${JSON.stringify(word)},"amount":${amount},"currency":"usd","created":${amount},"metadata":{"order_id":${id}}}},"events":[],"firstEventSequence":${amount},"lastEventSequence":1}`)));
  it('keeps every signed delivery once, byte for byte, whatever its body and its headers', () => fc.assert(fc.asyncProperty(fc.constantFrom('shopify' as const, 'stripe' as const), body, hostile, hostile, async (kind, bytes, word, other) => {
    const headers: Headers = kind === 'shopify' ? { 'x-shopify-topic': word.trim() || 'x', 'x-shopify-event-id': `${randomUUID()} ${other}`, 'x-shopify-triggered-at': other, 'x-shopify-api-version': word } : {};
    const [first, again] = [await send(kind, bytes, { headers }), await send(kind, bytes, { headers })];
    expect([first.status, again.status]).toEqual([200, 200]);
    expect(await again.json()).toMatchObject({ duplicate: true });
    if (kind === 'shopify') expect((await doors.store.inbox.get((await doors.store.inbox.list({ limit: 1 }))[0]?.id ?? ''))?.rawBody.equals(bytes)).toBe(true);
  }), { numRuns: 150 }));
  it('keeps no unsigned one, whatever it looks like', async () => {
    const before = await stored();
    await fc.assert(fc.asyncProperty(fc.constantFrom('shopify' as const, 'stripe' as const, 'xero' as const), body, fc.base64String({ maxLength: 60 }), async (kind, bytes, guess) => {
      expect((await send(kind, bytes, { headers: { 'x-shopify-hmac-sha256': guess, 'stripe-signature': `t=${seconds()},v1=${guess}`, 'x-xero-signature': guess } })).status).toBe(401);
    }), { numRuns: 100 });
    expect(await stored()).toBe(before);
  });
  it('wrote no body and no secret into its log', () => {
    for (const secret of [...Object.values(webhookSecrets), 'Dear sir', 'drop table']) expect([secret, doors.logged().includes(secret)]).toEqual([secret, false]);
  });
});
