import { randomBytes } from 'node:crypto';
import { type AddressInfo } from 'node:net';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import pino from 'pino';
import { type Role, type Store } from '../store/types';
import { issueTicket } from '../temporal/codec-ticket';
import { parseKeyRing } from '../temporal/key-ring';
import { createPayloadCodec } from '../temporal/payload-codec';
import { createApi } from './app';
import { createPayloadDesk, withoutTicket } from './codec-routes';
import { type ApiDeps } from './deps';
import { Tide } from './tide';

type Json = { metadata?: Record<string, string> | null; data?: string | null };
const ui = 'http://127.0.0.1:8233';
const keys = `k1:${randomBytes(32).toString('base64')}`;
const codec = createPayloadCodec(parseKeyRing(keys));
const logged: string[] = [];
const secrets = ['Holly Hush', keys.slice(3)];
const roleOf: Record<string, Role> = { viewer_key_0001: 'viewer', operator_key_01: 'operator', admin_key_00001: 'admin' };
const store = { apiKeys: { verify: async (s: string) => (roleOf[s] ? { id: s, name: s, role: roleOf[s], createdAt: 'x' } : undefined) } } as unknown as Store;
const depsWith = (payloadKeys: string | undefined): ApiDeps => ({
  store, orders: {} as ApiDeps['orders'], sync: {} as ApiDeps['sync'], sources: { find: () => undefined }, log: pino({ level: 'trace' }, { write: (line: string) => { logged.push(line); } }), uiBaseUrl: ui, namespace: 'default', version: '1', tide: new Tide(), nudge: () => undefined, payloads: createPayloadDesk(payloadKeys, [ui]),
});
const open = createApi(depsWith(keys)).listen(0);
const closed = createApi(depsWith(undefined)).listen(0);
const base = (server = open): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
afterAll(() => { for (const server of [open, closed]) { server.close(); server.closeAllConnections(); } });

const toJson = (p: Payload): Json => ({ metadata: Object.fromEntries(Object.entries(p.metadata ?? {}).map(([k, v]) => [k, Buffer.from(v).toString('base64')])), data: Buffer.from(p.data ?? []).toString('base64') });
const sealed = async (value: unknown): Promise<Json> => toJson((await codec.encode([defaultPayloadConverter.toPayload(value)]))[0] as Payload);
const valueOf = (p: Json | undefined): unknown => JSON.parse(Buffer.from(p?.data ?? '', 'base64').toString('utf8'));
const post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> => fetch(`${base()}${path}`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: typeof body === 'string' ? body : JSON.stringify(body) });
const bearer = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` });
const operator = bearer('operator_key_01');
const payloadsOf = async (reply: Response): Promise<Json[]> => ((await reply.json()) as { payloads: Json[] }).payloads;
const ticketFor = (seconds: number, by = keys): string => issueTicket(parseKeyRing(by), new Date(Date.now() + seconds * 1000));

describe('codec endpoint', () => {
  it('decodes with a key, whatever the namespace, and leaves plain payloads as they are', async () => {
    const plain = toJson(defaultPayloadConverter.toPayload('old'));
    const reply = await post('/codec/decode', { payloads: [await sealed({ name: 'Holly Hush' }), plain, {}, { metadata: null, data: null }] }, { ...operator, 'x-namespace': 'default' });
    expect(reply.status).toBe(200);
    const payloads = await payloadsOf(reply);
    expect([valueOf(payloads[0]), payloads[1], payloads.length]).toEqual([{ name: 'Holly Hush' }, plain, 4]);
    expect(payloads[0]?.metadata).toEqual({ encoding: Buffer.from('json/plain').toString('base64') });
  });
  it('encodes what it decodes again', async () => {
    const plain = toJson(defaultPayloadConverter.toPayload({ name: 'Holly Hush' }));
    const encoded = await payloadsOf(await post('/codec/encode', { payloads: [plain] }, operator));
    expect(Buffer.from(encoded[0]?.metadata?.['encoding'] ?? '', 'base64').toString()).toBe('binary/encrypted');
    expect(await payloadsOf(await post('/codec/decode', { payloads: encoded }, operator))).toEqual([plain]);
  });
  it('takes no payloads for none, as the Temporal CLI leaves out what is empty', async () => {
    for (const body of [{}, { payloads: [] }]) expect(await payloadsOf(await post('/codec/encode', body, operator))).toEqual([]);
  });
  it('reads nothing but JSON', async () => {
    for (const path of ['/codec/decode', `/codec/t/${ticketFor(60)}/decode`]) expect((await post(path, { payloads: [{}] }, { ...operator, 'content-type': 'text/plain' })).status).toBe(415);
  });
  it.each([['no key', {}, 401], ['an unknown key', bearer('wrong_key_0000'), 401], ['a viewer', bearer('viewer_key_0001'), 403], ['an admin', bearer('admin_key_00001'), 200]] as [string, Record<string, string>, number][])('answers %s rightly at both doors', async (_who, headers, status) => {
    for (const path of ['/codec/decode', '/codec/encode']) expect((await post(path, { payloads: [] }, headers)).status).toBe(status);
  });
  it.each([
    ['an array', []], ['payloads of another kind', { payloads: 'x' }], ['a number as data', { payloads: [{ data: 5 }] }], ['data that is not base64', { payloads: [{ data: 'Holly Hush!' }] }], ['metadata that is not base64', { payloads: [{ metadata: { encoding: 'binary/encrypted?' } }] }],
    ['no JSON', '{"payloads":'], ['1,001 payloads', { payloads: Array.from({ length: 1_001 }, () => ({})) }],
  ])('refuses %s with 400 and a named error', async (_what, body) => {
    const reply = await post('/codec/decode', body, operator);
    expect([reply.status, reply.headers.get('content-type')]).toEqual([400, expect.stringContaining('problem+json')]);
    expect(await reply.json()).toMatchObject({ status: 400, title: expect.stringMatching(/./), detail: expect.stringMatching(/./) });
  });
  it('takes 1,000 payloads and one of 2 MB, and not 6 MB', async () => {
    const one = await sealed('x');
    expect((await payloadsOf(await post('/codec/decode', { payloads: Array.from({ length: 1_000 }, () => one) }, operator))).length).toBe(1_000);
    expect((await post('/codec/decode', { payloads: [await sealed('x'.repeat(2_000_000))] }, operator)).status).toBe(200);
    expect((await post('/codec/decode', { payloads: [{ data: 'A'.repeat(6_000_000) }] }, operator)).status).toBe(413);
  });
  it('names the key id of what it cannot open, and nothing of the content', async () => {
    const foreign = createPayloadCodec(parseKeyRing(`gone:${randomBytes(32).toString('base64')}`));
    const [unknown] = await foreign.encode([defaultPayloadConverter.toPayload('Holly Hush')]);
    const good = await sealed('Holly Hush');
    const cut = { ...good, data: good.data?.slice(0, 40) };
    for (const [payload, id] of [[toJson(unknown as Payload), '"gone"'], [cut, '"k1"']] as [Json, string][]) {
      const reply = await post('/codec/decode', { payloads: [payload] }, operator);
      const text = await reply.text();
      expect([reply.status, JSON.parse(text)]).toEqual([422, expect.objectContaining({ detail: expect.stringContaining(id) })]);
      expect(text).not.toContain(payload.data);
    }
  });
  it('says that there is nothing to decode where payloads are plain', async () => {
    const reply = await fetch(`${base(closed)}/codec/decode`, { method: 'POST', headers: { 'content-type': 'application/json', ...operator }, body: '{"payloads":[]}' });
    expect([reply.status, await reply.json()]).toEqual([404, expect.objectContaining({ title: 'Payloads are not encrypted here' })]);
    expect((await fetch(`${base(closed)}/codec/t/${ticketFor(60)}/decode`, { method: 'POST' })).status).toBe(401);
  });
});

describe('codec endpoint in a browser', () => {
  const preflight = (origin: string, path = '/codec/decode'): Promise<Response> => fetch(`${base()}${path}`, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type,x-namespace' } });
  const allowed = (reply: Response): (string | null)[] => ['access-control-allow-origin', 'access-control-allow-methods', 'access-control-allow-headers', 'access-control-allow-credentials'].map((h) => reply.headers.get(h));

  it('answers the preflight of the Temporal UI, without credentials', async () => {
    for (const path of ['/codec/decode', `/codec/t/${ticketFor(60)}/decode`]) {
      const reply = await preflight(ui, path);
      expect([reply.status, ...allowed(reply)]).toEqual([204, ui, 'POST', 'Authorization, Content-Type, X-Namespace', null]);
      expect(reply.headers.get('vary')).toContain('Origin');
    }
  });
  it.each(['http://evil.example', 'null', `${ui}.evil.example`, 'http://127.0.0.1:82330', 'https://127.0.0.1:8233'])('gives %s no header', async (origin) => {
    expect(allowed(await preflight(origin))).toEqual([null, null, null, null]);
    expect(allowed(await post('/codec/decode', { payloads: [] }, { ...operator, origin }))).toEqual([null, null, null, null]);
  });
  it('lets the UI read answers and refusals', async () => {
    for (const headers of [operator, {}]) expect((await post('/codec/decode', { payloads: [] }, { ...headers, origin: ui })).headers.get('access-control-allow-origin')).toBe(ui);
    expect((await fetch(`${base()}/health`, { headers: { origin: ui } })).headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('codec ticket', () => {
  it('decodes without a key', async () => {
    const reply = await post(`/codec/t/${ticketFor(60)}/decode`, { payloads: [await sealed({ name: 'Holly Hush' })] }, { origin: ui });
    expect([reply.status, reply.headers.get('access-control-allow-origin'), valueOf((await payloadsOf(reply))[0])]).toEqual([200, ui, { name: 'Holly Hush' }]);
    expect((await post(`/codec/t/${ticketFor(60)}/decode`, { payloads: 'x' })).status).toBe(400);
  });
  it.each([['expired', ticketFor(-1)], ['forged', ticketFor(60, `k1:${randomBytes(32).toString('base64')}`)], ['lengthened', ticketFor(60).replace(/^\d/, '9')], ['nonsense', 'x'], ['cut', ticketFor(60).slice(0, -2)]])('is refused when %s', async (_how, ticket) => {
    expect((await post(`/codec/t/${ticket}/decode`, { payloads: [] })).status).toBe(401);
  });
  it('opens no other door', async () => {
    const ticket = ticketFor(60);
    expect((await post(`/codec/t/${ticket}/encode`, { payloads: [] })).status).toBe(403);
    expect((await post('/codec/decode', { payloads: [] }, bearer(ticket))).status).toBe(401);
    expect((await fetch(`${base()}/codec/t/${ticket}/decode`)).status).toBe(404);
  });
  it('is in no log, whatever the address looks like; nor are keys and contents', async () => {
    const ticket = ticketFor(60);
    for (const path of [`/codec/t/${ticket}/decode`, `/CODEC/T/${ticket}/decode`, `/codec/t/${ticket}/encode`, `/codec/t/${ticket}`, `/codec/t/${ticket.replace('.', '%2E')}/decode`, `//codec/t/${ticket}/decode`, `/%63odec/t/${ticket}/decode`, `/kodec//t/${ticket}`, `/codec/t/%E0/${ticket}`, `/codec/t/x%0A/${ticket}`]) await post(path, { payloads: [await sealed('Holly Hush')] });
    await fetch(`${base()}/codec/t/${ticket}/decode`, { method: 'OPTIONS', headers: { origin: ui } });
    const text = logged.join('');
    expect(text).toContain('/codec/t/[ticket]');
    for (const secret of [ticket, ticket.split('.')[1] ?? '', ...secrets, Buffer.from('"Holly Hush"').toString('base64')]) expect(text.includes(secret)).toBe(false);
    expect([withoutTicket('/codec/decode'), withoutTicket('/codec/t/1.x/decode'), withoutTicket('/runs')]).toEqual(['/codec/decode', '/codec/t/[ticket]', '/runs']);
  });
});
