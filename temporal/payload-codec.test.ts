import { randomBytes } from 'node:crypto';
import { ApplicationFailure, defaultPayloadConverter, type Payload } from '@temporalio/common';
import { decodeFromPayloadsAtIndex, decodeOptionalFailureToOptionalError, encodeErrorToFailure, encodeToPayload, loadDataConverter } from '@temporalio/common/lib/internal-non-workflow';
import fc from 'fast-check';
import { dataConverterOf } from './data-converter';
import { parseKeyRing } from './key-ring';
import { createPayloadCodec, PayloadRefused } from './payload-codec';

const fresh = (): string => randomBytes(32).toString('base64');
const [a, b] = [fresh(), fresh()];
const codec = createPayloadCodec(parseKeyRing(`k1:${a}`));
const plain = (value: unknown): Payload => defaultPayloadConverter.toPayload(value);
const value = (payload: Payload | undefined): unknown => defaultPayloadConverter.fromPayload(payload as Payload);
const one = async (payload: Payload): Promise<Payload> => (await codec.encode([payload]))[0] as Payload;
const refusal = async (payload: Payload, by = codec): Promise<PayloadRefused> => by.decode([payload]).then(() => { throw new Error('it was opened'); }, (error: PayloadRefused) => error);
const changed = (payload: Payload, at: number): Payload => {
  const data = Buffer.from(payload.data ?? []);
  data[at] = (data[at] ?? 0) ^ 1;
  return { ...payload, data };
};

describe('payload codec', () => {
  it('gives back every payload as it was', () => fc.assert(fc.asyncProperty(fc.array(fc.jsonValue(), { maxLength: 5 }), async (values) => {
    const payloads = values.map(plain);
    const decoded = await codec.decode(await codec.encode(payloads));
    expect(decoded.map((p) => ({ metadata: Object.fromEntries(Object.entries(p.metadata ?? {}).map(([k, v]) => [k, Buffer.from(v).toString()])), data: Buffer.from(p.data ?? []).toString() })))
      .toEqual(payloads.map((p) => ({ metadata: Object.fromEntries(Object.entries(p.metadata ?? {}).map(([k, v]) => [k, Buffer.from(v).toString()])), data: Buffer.from(p.data ?? []).toString() })));
    expect(decoded.map(value)).toEqual(payloads.map(value));
  })));
  it('gives back bytes, nothing at all and foreign metadata', async () => {
    const odd: Payload[] = [plain(Uint8Array.from([0, 255, 1])), plain(undefined), { metadata: { encoding: Buffer.from('json/plain'), messageType: Buffer.from('x') }, data: Buffer.from('{}') }];
    const decoded = await codec.decode(await codec.encode(odd));
    expect([value(decoded[0]), value(decoded[1]), Buffer.from(decoded[2]?.metadata?.['messageType'] ?? []).toString()]).toEqual([Uint8Array.from([0, 255, 1]), undefined, 'x']);
  });
  it('shows nothing of the plain text, and never twice the same', async () => {
    const payload = plain({ email: 'ann@example.org' });
    const [first, second] = await codec.encode([payload, payload]);
    const seen = Buffer.concat([first?.data ?? Buffer.alloc(0), ...Object.values(first?.metadata ?? {})]).toString('latin1');
    expect(seen).not.toMatch(/ann|example|email|json/);
    expect(Buffer.from(first?.data ?? []).equals(Buffer.from(second?.data ?? []))).toBe(false);
    expect(Object.fromEntries(Object.entries(first?.metadata ?? {}).map(([k, v]) => [k, Buffer.from(v).toString()]))).toEqual({ encoding: 'binary/encrypted', 'encryption-cipher': 'AES-256-GCM', 'encryption-key-id': 'k1' });
  });
  it('opens what an older key of the ring encrypted, and encrypts with the first', async () => {
    const rotated = createPayloadCodec(parseKeyRing(`k2:${b},k1:${a}`));
    expect(value((await rotated.decode([await one(plain('old'))]))[0])).toBe('old');
    const [made] = await rotated.encode([plain('new')]);
    expect(Buffer.from(made?.metadata?.['encryption-key-id'] ?? []).toString()).toBe('k2');
    expect((await refusal(made as Payload)).message).toMatch(/"k2".*Fix: add that key/);
  });
  it('refuses a changed byte wherever it is, and what was cut', async () => {
    const sealed = await one(plain('x'));
    for (let at = 0; at < (sealed.data?.length ?? 0); at += 1) expect(await refusal(changed(sealed, at))).toMatchObject({ name: 'PayloadRefused', keyId: 'k1' });
    for (const length of [0, 11, 12, 20, 27, 28]) expect(await refusal({ ...sealed, data: (sealed.data as Buffer).subarray(0, length) })).toBeInstanceOf(PayloadRefused);
    expect(await refusal({ metadata: sealed.metadata })).toBeInstanceOf(PayloadRefused);
  });
  it('refuses a payload under another key id, even when both ids have the same key', async () => {
    const twins = createPayloadCodec(parseKeyRing(`k1:${a},k2:${a}`));
    const sealed = await one(plain('x'));
    expect((await refusal({ ...sealed, metadata: { ...sealed.metadata, 'encryption-key-id': Buffer.from('k2') } }, twins)).message).toMatch(/"k2" cannot be opened/);
  });
  it('repeats no foreign text as a key id', async () => {
    const sealed = await one(plain('x'));
    for (const id of ['', 'a b', '<script>', 'x'.repeat(33), '\u0000']) expect(await refusal({ ...sealed, metadata: { ...sealed.metadata, 'encryption-key-id': Buffer.from(id) } })).toMatchObject({ keyId: '', message: expect.stringContaining('no readable key id') });
  });
  it('lets pass what was never encrypted', async () => {
    const payloads: Payload[] = [plain('before there was a key'), {}, { metadata: null, data: null }];
    expect(await codec.decode(payloads)).toEqual(payloads);
  });
  it('says nothing of a key or a content in its refusals', async () => {
    const sealed = await one(plain('4111 1111'));
    const messages = await Promise.all([refusal(changed(sealed, 30)), refusal(sealed, createPayloadCodec(parseKeyRing(`k9:${b}`))), refusal(sealed, createPayloadCodec(parseKeyRing(`k1:${b}`)))]);
    for (const { message } of messages) for (const secret of [a, b, '4111']) expect(message).not.toContain(secret);
  });
});

describe('key ring', () => {
  const key = fresh();
  it.each([
    ['', /is empty/], [' , ', /is empty/], [key, /key number 1 is not written/], [`:${key}`, /key number 1/], [`a b:${key}`, /key number 1/], ['k1:', /"k1" is not base64/], ['k1:not base64!', /"k1" is not base64/],
    [`k1:${key.slice(0, 40)}`, /"k1" has 30 bytes, it needs 32/], [`k1:${key},k1:${a}`, /"k1" stands twice/], [`k1:${key},k2:AAAA`, /"k2" has 3 bytes/],
  ])('%p is a clear mistake that shows no key', (text, words) => {
    expect(() => parseKeyRing(text)).toThrow(words);
    expect(() => parseKeyRing(text)).toThrow(/TIEOUT_PAYLOAD_KEYS.*Fix: /);
    expect(() => parseKeyRing(text)).not.toThrow(new RegExp(key.slice(0, 20).replace(/[+/]/g, '\\$&')));
  });
  it('takes the first as current and base64url as well', () => {
    const ring = parseKeyRing(` new:${Buffer.from(key, 'base64').toString('base64url')} , old:${a}`);
    expect([ring.current.id, ring.current.key.toString('base64'), [...ring.all.keys()]]).toEqual(['new', key, ['new', 'old']]);
  });
});

describe('data converter', () => {
  const loaded = loadDataConverter(dataConverterOf(`k1:${a}`));
  it('is none without keys', () => expect(dataConverterOf(undefined)).toBeUndefined());
  it('carries values through the SDK', async () => {
    const sealed = await encodeToPayload(loaded, { total: '10.00' });
    expect(Buffer.from(sealed.data ?? []).toString('latin1')).not.toContain('total');
    expect(await decodeFromPayloadsAtIndex(loaded, 0, [sealed])).toEqual({ total: '10.00' });
  });
  it('hides message, stack, details and cause of a failure, but not its type', async () => {
    const cause = new Error('inner Holly');
    const failure = await encodeErrorToFailure(loaded, ApplicationFailure.create({ type: 'customer-unknown', message: 'no customer Holly', details: ['Holly'], cause }));
    expect(JSON.stringify(failure, (_k, v: unknown) => (v instanceof Uint8Array || Buffer.isBuffer(v) ? Buffer.from(v).toString('latin1') : v))).not.toContain('Holly');
    expect(failure.applicationFailureInfo?.type).toBe('customer-unknown');
    const back = (await decodeOptionalFailureToOptionalError(loaded, failure)) as ApplicationFailure;
    expect([back.message, back.details, back.cause?.message]).toEqual(['no customer Holly', ['Holly'], 'inner Holly']);
  });
  it('still reads failures from before', async () => {
    const failure = await encodeErrorToFailure(loadDataConverter(undefined), ApplicationFailure.create({ type: 't', message: 'plain words' }));
    expect((await decodeOptionalFailureToOptionalError(loaded, failure))?.message).toBe('plain words');
  });
});
