import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { openDoors } from '../test/support/doors';
import { problemCodes } from './problem';
import { routes } from './routes';

jest.setTimeout(90_000);
type Doors = Awaited<ReturnType<typeof openDoors>>;
let doors: Doors;
beforeAll(async () => { doors = await openDoors(); });
afterAll(async () => { await doors?.close(); });

type Problem = { code: string; status: number; title: string; detail?: string; instance?: string };
const ask = (path: string, init: RequestInit & { key?: string } = {}): Promise<Response> => fetch(`${doors.base}${path}`, { ...init, headers: { ...(init.key ? { authorization: `Bearer ${init.key}` } : {}), ...(init.body === undefined ? {} : { 'content-type': 'application/json' }), ...(init.headers as Record<string, string>) } });
const insides = /\bat .*\(|node_modules|\.ts:\d|\.js:\d|kysely|postgres|select |insert |stack/i;

/** A refusal by name: RFC 9457, a code of the closed list, nothing of the inside. */
async function refused(reply: Response): Promise<[number, string]> {
  const text = await reply.text();
  expect(reply.headers.get('content-type')).toContain('application/problem+json');
  expect(text).not.toMatch(insides);
  const problem = JSON.parse(text) as Problem;
  expect([problem.status, problemCodes]).toEqual([reply.status, expect.arrayContaining([problem.code])]);
  return [reply.status, problem.code];
}
const post = (path: string, body: string | Buffer, over: RequestInit & { key?: string } = {}): Promise<Response> => ask(path, { method: 'POST', key: doors.keys.admin, ...over, body: body as string });
const decision = (): string => `/exceptions/${randomUUID()}/decision`;

describe('the api refuses by name', () => {
  it.each([
    ['no key', {}, 'key-missing'], ['an unknown key', { authorization: 'Bearer tk_unknown_000000' }, 'key-invalid'], ['another scheme', { authorization: 'Basic YWRtaW46YWRtaW4=' }, 'key-invalid'], ['an empty key', { authorization: 'Bearer ' }, 'key-invalid'],
    ['a key of 300 characters', { authorization: `Bearer ${'k'.repeat(300)}` }, 'key-invalid'], ['SQL as a key', { authorization: "Bearer 'or'1'='1'--" }, 'key-invalid'], ['two schemes', { authorization: 'Bearer a, Bearer bbbbbbbbbb' }, 'key-invalid'],
  ])('%s', async (_what, headers, code) => expect(await refused(await ask('/runs', { headers: headers as Record<string, string> }))).toEqual([401, code]));
  it('a revoked key, at once', async () => {
    const { row, secret } = await doors.store.apiKeys.create({ name: 'gone', role: 'viewer' });
    expect((await ask('/runs', { key: secret })).status).toBe(200);
    await doors.store.apiKeys.revoke(row.id);
    expect(await refused(await ask('/runs', { key: secret }))).toEqual([401, 'key-invalid']);
  });
  it('a key in the address, in a cookie or in another header', async () => {
    for (const [path, headers] of [[`/runs?key=${doors.keys.admin}`, {}], ['/runs', { cookie: `key=${doors.keys.admin}` }], ['/runs', { 'x-api-key': doors.keys.admin }]] as [string, Record<string, string>][]) expect(await refused(await ask(path, { headers }))).toEqual([401, 'key-missing']);
  });
  it.each([
    ['no JSON', '{"decision":', 'json-invalid'], ['words', 'hello', 'json-invalid'], ['a member twice', '{"decision":"retry","reason":"r","decision":"undo"}', 'json-duplicate-key'], ['a prototype', '{"__proto__":{"role":"admin"},"decision":"retry","reason":"r"}', 'json-prototype-key'],
    ['depth', `{"decision":"retry","reason":${'['.repeat(5_000)}${']'.repeat(5_000)}}`, 'json-too-deep'], ['NUL in a text', '{"decision":"retry","reason":"a\\u0000b"}', 'text-invalid'], ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 'json-not-utf8'],
    ['UTF-16', Buffer.from('{"decision":"retry","reason":"r"}', 'utf16le'), 'json-invalid'], ['an array', '[{"decision":"retry","reason":"r"}]', 'request-unfit'], ['a number', '5', 'request-unfit'], ['null', 'null', 'request-unfit'], ['another type', '{"decision":{"a":1},"reason":["r"]}', 'request-unfit'],
    ['NaN', '{"decision":"retry","reason":NaN}', 'json-invalid'], ['a comment', '{"decision":"retry"/**/,"reason":"r"}', 'json-invalid'], ['nothing', '', 'request-unfit'], ['10 MB', `{"reason":"${'x'.repeat(10_000_000)}"}`, 'body-too-large'],
  ] as [string, string | Buffer, string][])('a body that is %s', async (_what, body, code) => expect((await refused(await post(decision(), body)))[1]).toBe(code));
  it.each([
    [{ 'content-type': 'text/plain' }, 415, 'content-type-unsupported'], [{ 'content-type': 'application/xml' }, 415, 'content-type-unsupported'], [{ 'content-type': 'application/x-www-form-urlencoded' }, 415, 'content-type-unsupported'], [{ 'content-type': 'multipart/form-data; boundary=x' }, 415, 'content-type-unsupported'],
    [{ 'content-encoding': 'gzip' }, 415, 'content-encoding-unsupported'], [{ 'content-encoding': 'br' }, 415, 'content-encoding-unsupported'],
  ] as [Record<string, string>, number, string][])('a body sent with %p', async (headers, status, code) => expect(await refused(await post(decision(), '{"decision":"retry","reason":"r"}', { headers }))).toEqual([status, code]));
  it.each([
    ['/runs/%00', 400, 'text-invalid'], ['/runs?orderId=%00', 400, 'text-invalid'], ['/runs?orderId=a%0d%0aX-Evil:%201', 400, 'text-invalid'], ['/runs/%E0%A4%A', 400, 'address-malformed'], ['/runs/%ff', 400, 'address-malformed'], ['/runs?limit=-1', 400, 'request-unfit'], ['/runs?limit=1e9', 400, 'request-unfit'],
    ['/runs?limit=NaN', 400, 'request-unfit'], ['/runs?limit=1&limit=2', 400, 'request-unfit'], ['/runs?phase=__proto__', 400, 'request-unfit'], ['/inbox?before=yesterday', 400, 'request-unfit'], ['/runs/..%2f..%2f..%2fetc%2fpasswd', 404, 'not-found'], ['/runs/%2e%2e%2f%2e%2e', 404, 'not-found'],
    ['/runs/order-to-cash/p/shopify/..%2f..%2f1', 404, 'not-found'], ['/runs/order-to-cash/p/shopify/1%27%3b%20drop%20table%20runs--', 404, 'not-found'], ['/docs/assets/..%2f..%2fpackage.json', 404, 'not-found'], ['/docs/assets/%2e%2e/%2e%2e/package.json', 404, 'not-found'],
    ['/exceptions/------------------------------------', 404, 'not-found'], ['/inbox/zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz', 404, 'not-found'], ['/bulk/__proto__', 404, 'not-found'], ['/constructor', 404, 'not-found'], ['//runs', 404, 'not-found'], ['/runs/%252e%252e%252f', 404, 'not-found'],
  ])('%s with %i', async (path, status, code) => expect(await refused(await ask(path, { key: doors.keys.admin }))).toEqual([status, code]));
  it('a run id of 8,000 digits', async () => expect(await refused(await ask(`/runs/${'9'.repeat(8_000)}`, { key: doors.keys.admin }))).toEqual([404, 'not-found']));
  it('ids in a bulk decision that are none, instead of breaking', async () => {
    expect(await refused(await post('/exceptions/bulk', JSON.stringify({ filter: { ids: ["'; drop table exceptions; --"] }, decision: 'skip', reason: 'r' })))).toEqual([400, 'request-unfit']);
    expect(await refused(await post('/exceptions/bulk', JSON.stringify({ filter: {}, decision: 'skip', reason: 'r' })))).toEqual([400, 'request-unfit']);
  });
  it.each(['PUT', 'PATCH', 'DELETE', 'OPTIONS'])('the method %s', async (method) => {
    const reply = await ask('/runs', { method, key: doors.keys.admin });
    expect([reply.headers.get('allow'), reply.headers.get('access-control-allow-origin'), await refused(reply)]).toEqual(['GET', null, [405, 'method-not-allowed']]);
  });
  it('a method hidden in a header or in the address', async () => {
    for (const path of ['/keys?_method=DELETE', '/keys']) expect((await ask(path, { key: doors.keys.admin, headers: { 'x-http-method-override': 'DELETE', 'x-method-override': 'DELETE' } })).status).toBe(200);
  });
  it('names of keys that look like another person', async () => {
    for (const name of [' ann', 'ann ', 'ann\u200b', 'a\u202enn', '\u0000', '', 'x'.repeat(81), '../ann', 'ann\n']) expect((await refused(await post('/keys', JSON.stringify({ name, role: 'approver' }))))[0]).toBe(400);
    expect((await post('/keys', JSON.stringify({ name: 'Ann Ó Briain', role: 'viewer' }))).status).toBe(201);
  });
});

describe('the api on the wire', () => {
  const host = 'Host: x\r\n';
  it.each([
    ['headers of 20 KB', `GET /health HTTP/1.1\r\n${host}X-Long: ${'a'.repeat(20_000)}\r\n\r\n`, 431, 'headers-too-large'], ['an address of 20 KB', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\n${host}\r\n`, 431, 'headers-too-large'], ['no HTTP', 'hello there\r\n\r\n', 400, 'request-malformed'],
    ['two lengths', `POST /exceptions/bulk HTTP/1.1\r\n${host}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`, 400, 'request-malformed'], ['a length and chunks', `POST /x HTTP/1.1\r\n${host}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400, 'request-malformed'],
    ['a header folded over lines', `GET /health HTTP/1.1\r\n${host}X-A: 1\r\n 2\r\n\r\n`, 400, 'request-malformed'], ['a blank before the colon', `GET /health HTTP/1.1\r\n${host}X-A : 1\r\n\r\n`, 400, 'request-malformed'], ['a bare line feed in a header', `GET /health HTTP/1.1\r\n${host}X-A: a\nX-B: b\r\n\r\n`, 400, 'request-malformed'],
  ])('answers %s by name and hangs up', async (_what, text, status, code) => {
    const reply = await doors.raw(text);
    expect([reply.split('\r\n')[0]?.split(' ')[1], JSON.parse(reply.slice(reply.indexOf('{')))]).toEqual([String(status), expect.objectContaining({ status, code })]);
  });
  it('knows neither TRACE nor CONNECT, and needs a Host', async () => {
    expect(await doors.raw(`TRACE /runs HTTP/1.1\r\n${host}X-Secret: hunter2hunter2\r\nConnection: close\r\n\r\n`)).toMatch(/^HTTP\/1.1 405(?![\s\S]*hunter2)/);
    expect(await doors.raw(`CONNECT evil:80 HTTP/1.1\r\n${host}\r\n`)).toBe('');
    expect(await doors.raw('GET /health HTTP/1.1\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1.1 400/);
  });
  it('lets a caller go that sends its headers drop by drop', async () => {
    const reply = await doors.raw(`GET /health HTTP/1.1\r\n${host}X-Slow: `, 20_000);
    expect([reply.split('\r\n')[0], reply.includes('"code":"request-timeout"')]).toEqual(['HTTP/1.1 408 Request Timeout', true]);
  });
  it('puts nothing of a request into its headers, and no foreign line into its log', async () => {
    const reply = await ask('/runs', { key: doors.keys.viewer, headers: { 'x-request-id': 'evil"; path=/' } });
    expect([reply.headers.get('x-request-id'), reply.headers.get('cache-control'), reply.headers.get('x-powered-by'), reply.headers.get('x-content-type-options')]).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/), 'no-store', null, 'nosniff']);
    expect(doors.logged().trim().split('\n').every((line) => { try { JSON.parse(line); return true; } catch { return false; } })).toBe(true);
  });
});

describe('fuzz of the api', () => {
  const param = fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), fc.constantFrom('../..', '%2e%2e', '__proto__', 'constructor', '-1', '1e400', 'NaN', "' or 1=1--", '\u0000', '\ud800', '9007199254740993', 'null', '[]', '{}', '%', '\\', '/'));
  const encoded = (text: string): string => { try { return encodeURIComponent(text); } catch { return '%ff'; } };
  it('never breaks, whatever stands in an address, a query or a body', () => fc.assert(fc.asyncProperty(
    fc.constantFrom(...routes.filter((r) => !r.path.startsWith('/codec'))), param, fc.dictionary(fc.constantFrom('limit', 'phase', 'orderId', 'after', 'pairId', 'state', 'before', 'class', 'cause', 'kind', 'open', 'x[y]'), param, { maxKeys: 3 }),
    fc.oneof(fc.jsonValue({ maxDepth: 4 }), fc.record({ decision: fc.oneof(param, fc.constant('retry')), reason: fc.oneof(param, fc.jsonValue()), from: param, name: param, role: param, filter: fc.jsonValue(), set: fc.dictionary(param, fc.jsonValue()) }, { requiredKeys: [] })),
    async (route, id, query, body) => {
      const path = `${route.path.replace(/\{\w+\}/g, encoded(id))}?${Object.entries(query).map(([k, v]) => `${encoded(k)}=${encoded(v)}`).join('&')}`;
      const reply = await ask(path, { method: route.method.toUpperCase(), key: doors.keys.admin, ...(route.method === 'get' ? {} : { body: JSON.stringify(body) }) });
      if (reply.ok) { await reply.text(); return; }
      expect([path, (await refused(reply))[0] < 500]).toEqual([path, true]);
    }), { numRuns: 400 }));
  it('never breaks at the codec, whatever the payloads', () => fc.assert(fc.asyncProperty(fc.oneof(fc.jsonValue(), fc.record({ payloads: fc.oneof(fc.jsonValue(), fc.array(fc.record({ metadata: fc.dictionary(param, fc.base64String()), data: fc.oneof(fc.base64String(), fc.jsonValue()) }, { requiredKeys: [] }))) })), fc.boolean(), async (body, encode) => {
    const reply = await post(`/codec/${encode ? 'encode' : 'decode'}`, JSON.stringify(body), { key: doors.keys.operator });
    if (reply.ok) { await reply.text(); return; }
    expect((await refused(reply))[0]).toBeLessThan(500);
  }), { numRuns: 150 }));
  it('wrote no key, no secret and no trace of the inside into a reply or the log', () => {
    for (const secret of [...Object.values(doors.keys), doors.payloadKeys, 'hunter2']) expect([secret, doors.logged().includes(secret)]).toEqual([secret, false]);
  });
});
