import { createHmac, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { openDoors, webhookSecrets } from '../test/support/doors';
import { startRelay } from './relay';

jest.setTimeout(90_000);
type Headers = Record<string, string>;
type Kind = 'woocommerce' | 'generic';
let doors: Awaited<ReturnType<typeof openDoors>>;
const started: string[] = [];
beforeAll(async () => { doors = await openDoors({ orders: { start: async ({ orderId }) => { started.push(orderId); return 'started'; } } }); });
afterAll(async () => { await doors?.close(); });

const paths = { woocommerce: '/webhooks/woocommerce/woo.example', generic: '/webhooks/generic/own-shop' };
const seconds = (): number => Math.floor(Date.now() / 1000);
const wooSign = (body: Buffer | string, secret = webhookSecrets.woocommerce, hash = 'sha256'): string => createHmac(hash, secret).update(body).digest('base64');
const genericKey = Buffer.from(webhookSecrets.generic.slice('whsec_'.length), 'base64');
/** Headers of Standard Webhooks; what is signed may differ from what is sent. */
function standard(body: Buffer | string, over: { id?: string; at?: number; key?: Buffer; sent?: Headers } = {}): Headers {
  const { id = `msg_${randomUUID()}`, at = seconds(), key = genericKey } = over;
  return { 'webhook-id': id, 'webhook-timestamp': String(at), 'webhook-signature': `v1,${createHmac('sha256', key).update(`${id}.${at}.`).update(body).digest('base64')}`, ...over.sent };
}
const signed: Record<Kind, (body: Buffer) => Headers> = {
  woocommerce: (body) => ({ 'x-wc-webhook-topic': 'order.updated', 'x-wc-webhook-delivery-id': randomUUID(), 'x-wc-webhook-signature': wooSign(body) }),
  generic: (body) => standard(body),
};
const send = (kind: Kind, body: string | Buffer, over: { headers?: Headers; path?: string } = {}): Promise<Response> => {
  const bytes = Buffer.from(body);
  return fetch(`${doors.base}${over.path ?? paths[kind]}`, { method: 'POST', body: bytes, headers: { 'content-type': 'application/json', ...signed[kind](bytes), ...over.headers } });
};
const codeOf = async (reply: Response): Promise<string> => ((await reply.json()) as { code: string }).code;
const stored = async (): Promise<number> => (await doors.store.inbox.list({ limit: 500 })).length;
const newest = async (): Promise<{ id: string; topic: string; orderId?: string; version?: string } | undefined> => (await doors.store.inbox.list({ limit: 1 }))[0];
const woo = '{"id":5,"date_modified_gmt":"2026-01-01T00:00:00","line_items":[]}';
const plain = '{"orderId":"A-5","updatedAt":"2026-01-01T00:00:00Z","lines":[]}';

describe('a forged delivery of a newer source is refused by name and not stored', () => {
  it.each([
    ['woocommerce', 'no signature', { 'x-wc-webhook-signature': '' }, 'signature-missing'], ['woocommerce', 'another secret', { 'x-wc-webhook-signature': wooSign(woo, 'x') }, 'signature-invalid'], ['woocommerce', 'an empty secret', { 'x-wc-webhook-signature': wooSign(woo, '') }, 'signature-invalid'],
    ['woocommerce', 'another body', { 'x-wc-webhook-signature': wooSign('{}') }, 'signature-invalid'], ['woocommerce', 'SHA-1', { 'x-wc-webhook-signature': wooSign(woo, undefined, 'sha1') }, 'signature-invalid'], ['woocommerce', 'hexadecimal', { 'x-wc-webhook-signature': Buffer.from(wooSign(woo), 'base64').toString('hex') }, 'signature-invalid'],
    ['generic', 'no signature', { 'webhook-signature': '' }, 'signature-missing'], ['generic', 'no id', standard(plain, { sent: { 'webhook-id': '' } }), 'signature-missing'], ['generic', 'another key', standard(plain, { key: Buffer.alloc(24, 1) }), 'signature-invalid'], ['generic', 'an empty key', standard(plain, { key: Buffer.alloc(0) }), 'signature-invalid'],
    ['generic', 'another body', standard('{}'), 'signature-invalid'], ['generic', 'another id', standard(plain, { sent: { 'webhook-id': 'msg_other' } }), 'signature-invalid'], ['generic', 'a later time on an old signature', standard(plain, { at: seconds() - 900, sent: { 'webhook-timestamp': String(seconds()) } }), 'signature-invalid'],
    ['generic', 'time as 1e9', standard(plain, { sent: { 'webhook-timestamp': '1e9' } }), 'signature-invalid'], ['generic', 'a public-key scheme', { ...standard(plain), 'webhook-signature': `v1a,${'A'.repeat(86)}==` }, 'signature-invalid'], ['generic', 'a thousand guesses', { ...standard(plain), 'webhook-signature': Array.from({ length: 200 }, () => `v1,${'A'.repeat(43)}=`).join(' ') }, 'signature-invalid'],
    ['generic', 'six minutes ago', standard(plain, { at: seconds() - 360 }), 'signature-late'], ['generic', 'in six minutes', standard(plain, { at: seconds() + 360 }), 'signature-late'],
  ] as [Kind, string, Headers, string][])('%s with %s', async (kind, _what, headers, code) => {
    const before = await stored();
    const reply = await send(kind, kind === 'woocommerce' ? woo : plain, { headers });
    expect([reply.status, await codeOf(reply), await stored()]).toEqual([401, code, before]);
  });
  it.each([
    ['a path for a shop', '/webhooks/woocommerce/..%2f..%2fhealth'], ['dots for a shop', '/webhooks/woocommerce/%2e%2e%2fwoo.example'], ['a prototype', '/webhooks/generic/__proto__'], ['a constructor', '/webhooks/generic/constructor'], ['another spelling', '/webhooks/woocommerce/WOO.example'], ['a trailing dot', '/webhooks/woocommerce/woo.example.'],
    ['a blank', '/webhooks/woocommerce/woo.example%20'], ['NUL', '/webhooks/generic/own-shop%00'], ['the shop of another kind', '/webhooks/generic/woo.example'], ['a Cyrillic o', `/webhooks/woocommerce/w${encodeURIComponent('о')}o.example`], ['SQL', `/webhooks/generic/${encodeURIComponent("own-shop' or '1'='1")}`],
  ])('with %s: unknown, before its body is read', async (_what, path) => {
    const before = await stored();
    const reply = await send('woocommerce', woo, { path });
    expect([reply.status, await codeOf(reply), await stored()]).toEqual([404, 'account-unknown', before]);
  });
  it('for a kind that only polls: there is no such door', async () => {
    for (const path of ['/webhooks/magento/m.example', '/webhooks/magento/__proto__', '/webhooks/WOOCOMMERCE%2f/x', '/webhooks//woo.example']) { const reply = await send('generic', plain, { path }); expect([path, reply.status, await codeOf(reply)]).toEqual([path, 404, 'not-found']); }
  });
  it('of 10 MB, compressed, without a topic, or signed for another door', async () => {
    for (const kind of ['woocommerce', 'generic'] as const) {
      expect((await send(kind, Buffer.alloc(10_000_000, 0x20))).status).toBe(413);
      expect(await codeOf(await send(kind, 'x', { headers: { 'content-encoding': 'gzip' } }))).toBe('content-encoding-unsupported');
    }
    expect(await codeOf(await send('woocommerce', woo, { headers: { 'x-wc-webhook-topic': '' } }))).toBe('delivery-unfit');
    for (const [kind, path] of [['woocommerce', paths.generic], ['generic', paths.woocommerce]] as const) expect(await codeOf(await send(kind, plain, { path }))).toBe('signature-missing');
  });
  it('that only asks whether somebody is here: answered, not stored, and not written down by the thousand', async () => {
    const [before, lines] = [await stored(), doors.logged().split('"level":30').length];
    for (let i = 0; i < 50; i += 1) expect((await fetch(`${doors.base}${paths.woocommerce}`, { method: 'POST', body: 'webhook_id=17', headers: { 'content-type': 'application/x-www-form-urlencoded' } })).status).toBe(200);
    expect([await stored(), doors.logged().split('"level":30').length]).toEqual([before, lines]);
    const more = await fetch(`${doors.base}${paths.woocommerce}`, { method: 'POST', body: 'webhook_id=17&id=5', headers: { 'content-type': 'application/x-www-form-urlencoded' } });
    expect([more.status, await codeOf(more)]).toEqual([401, 'signature-missing']);
  });
});

describe('a replayed delivery of a newer source changes nothing', () => {
  it('of WooCommerce under a new delivery id, of the generic door under the id it signed', async () => {
    expect([await (await send('woocommerce', woo)).json(), await (await send('woocommerce', woo)).json()]).toEqual([{ received: true }, { received: true, duplicate: true }]);
    const headers = standard(plain, { id: 'msg_once' });
    expect([await (await send('generic', plain, { headers })).json(), await (await send('generic', plain, { headers })).json()]).toEqual([{ received: true }, { received: true, duplicate: true }]);
    const changed = plain.replace('A-5', 'A-6');
    expect(await (await send('generic', changed, { headers: standard(changed, { id: 'msg_once' }) })).json()).toEqual({ received: true, duplicate: true });
  });
  it('and one from the future does not silence those that come after it', async () => {
    const far = plain.replace('2026-01-01', '2099-01-01').replace('A-5', 'A-9');
    await send('generic', far);
    expect(await newest()).toMatchObject({ orderId: 'A-9' });
    expect((await newest())?.version).toBeUndefined();
    await send('woocommerce', woo.replace('2026-01', '2199-01').replace('"id":5', '"id":9'));
    expect([(await newest())?.orderId, (await newest())?.version]).toEqual(['9', undefined]);
  });
});

/** Signed by the real secret, and still nothing that may be acted on; `id` stands for the field that names the order. */
const unsound = (id: string): [string, string | Buffer][] => [
  ['no JSON', 'Dear sir'], ['nothing', ''], ['half a body', `{"${id}":5,"li`], ['XML', `<order><${id}>5</${id}></order>`], ['bytes that are no UTF-8', Buffer.concat([Buffer.from(`{"${id}":5,"note":"`), Buffer.from([0xff, 0xfe]), Buffer.from('"}')])], ['a million levels', '['.repeat(1_000_000)],
  ['two ids', `{"${id}":5,"${id}":6}`], ['a prototype', `{"__proto__":{"${id}":5}}`], ['an array', `[{"${id}":5}]`], ['null', 'null'], ['NaN', `{"${id}":NaN}`], ['an id with an exponent', `{"${id}":5e+3}`], ['a negative id', `{"${id}":-5}`], ['an id as an object', `{"${id}":{"value":"5"}}`], ['an id of 80 digits', `{"${id}":${'9'.repeat(80)}}`],
  ['a path for an id', `{"${id}":"../../6"}`], ['dots for an id', `{"${id}":".."}`], ['a dot for an id', `{"${id}":"."}`], ['an id with a slash', `{"${id}":"5/6"}`], ['an id with %2f', `{"${id}":"5%2f6"}`], ['an id with a line feed', `{"${id}":"5\\n6"}`], ['an id with NUL', `{"${id}":"5\\u0000"}`], ['an id with a query', `{"${id}":"5?x=1"}`],
];

describe('a signed delivery of a newer source that cannot be read is kept and shown, and begins no order', () => {
  const kinds: [Kind, string][] = [['woocommerce', 'id'], ['generic', 'orderId']];
  it.each(kinds)('%s', async (kind, id) => {
    for (const [what, body] of unsound(id)) {
      const [bytes, before] = [Buffer.from(body), await stored()];
      const reply = await send(kind, bytes, { headers: { 'content-type': 'application/octet-stream' } });
      expect([what, reply.status, await stored()]).toEqual([what, 200, before + 1]);
      expect([what, (await doors.store.inbox.get((await newest())?.id ?? ''))?.rawBody.equals(bytes)]).toEqual([what, true]);
    }
    started.length = 0;
    const relay = startRelay(doors.deps);
    for (let i = 0; i < 400 && (await doors.store.inbox.list({ state: 'new', limit: 1 })).length > 0; i += 1) await new Promise((wake) => setTimeout(wake, 50));
    await relay.stop();
    const open = (await doors.store.exceptions.list({ open: true, kind: 'delivery', limit: 500 })).filter((e) => e.sourceId === kind);
    expect([open.length, new Set(open.map((e) => e.failure.code))]).toEqual([unsound(id).length, new Set(['delivery-unreadable', 'order-unreadable'])]);
    expect(started.filter((orderId) => !['5', '9', 'A-5', 'A-9'].includes(orderId))).toEqual([]);
  });
});

describe('fuzz of the newer doors', () => {
  const word = fc.oneof(fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((c) => String.fromCharCode(c)), maxLength: 200 }), fc.constantFrom('__proto__', '../..', "'; drop table inbox; --", 'x'.repeat(2_000), 'order.updated', '${jndi:ldap://x}', '-271821-04-20T00:00:00Z', '+275760-09-13T00:00:00Z'));
  const id = fc.oneof(fc.constantFrom('9007199254740993', '-1', '1e400', 'NaN', '"\\u0000"', '"x/y"', 'null', '[]', '{}', 'true', '0'), fc.bigInt({ min: 0n, max: 10n ** 30n }).map(String));
  const body = fc.oneof(fc.uint8Array({ maxLength: 200 }).map((b) => Buffer.from(b)), fc.json({ maxDepth: 5 }).map((t) => Buffer.from(t)), fc.tuple(id, word).map(([n, w]) => Buffer.from(`{"id":${n},"orderId":${n},"type":${JSON.stringify(w)},"date_modified_gmt":${JSON.stringify(w)},"updatedAt":${JSON.stringify(w)}}`)));
  it('keeps every signed delivery once, byte for byte, whatever its body and its headers', () => fc.assert(fc.asyncProperty(fc.constantFrom('woocommerce' as const, 'generic' as const), body, word, async (kind, drawn, other) => {
    const bytes = Buffer.concat([drawn, Buffer.from(` ${randomUUID()}`)]);
    const headers: Headers = kind === 'woocommerce' ? { ...signed.woocommerce(bytes), 'x-wc-webhook-topic': other.trim() || 'x', 'x-wc-webhook-delivery-id': other.trim() || 'x' } : standard(bytes, { id: `${randomUUID()}${other.trim().slice(0, 150)}` });
    const [first, again] = [await send(kind, bytes, { headers }), await send(kind, bytes, { headers })];
    expect([first.status, again.status]).toEqual([200, 200]);
    expect(await again.json()).toMatchObject({ duplicate: true });
    expect((await doors.store.inbox.get((await newest())?.id ?? ''))?.rawBody.equals(bytes)).toBe(true);
  }), { numRuns: 100 }));
  it('wrote no body and no secret into its log', () => {
    for (const secret of [webhookSecrets.woocommerce, webhookSecrets.generic, genericKey.toString('base64'), 'Dear sir', 'drop table']) expect([secret, doors.logged().includes(secret)]).toEqual([secret, false]);
  });
});
