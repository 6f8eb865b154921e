import { createHmac } from 'node:crypto';
import { identifyGeneric, readGenericDelivery, verifyStandardWebhook } from './webhook';

describe('Standard Webhooks', () => {
  /** The example of the specification, standardwebhooks.com. */
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const body = Buffer.from('{"test": 2432232314}');
  const at = 1614265330;
  const headers = { 'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek', 'webhook-timestamp': String(at), 'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=' };
  const verify = (over: object = {}, more: { secrets?: string[]; now?: number; body?: Buffer } = {}): unknown => verifyStandardWebhook(more.body ?? body, { ...headers, ...over }, { secrets: more.secrets ?? [secret], now: more.now ?? at * 1000 });
  it('accepts the example of the specification, among several signatures and secrets', () => {
    expect(verify()).toEqual({ ok: true, secretIndex: 0 });
    expect(verify({ 'webhook-signature': `v1,${'A'.repeat(43)}= v1a,xyz ${headers['webhook-signature']}` }, { secrets: ['whsec_c2Vjb25kc2Vjb25kc2Vjb25k', secret] })).toEqual({ ok: true, secretIndex: 1 });
  });
  it.each([
    ['another body', {}, { body: Buffer.from('{}') }], ['another id', { 'webhook-id': 'x' }, {}], ['another time', { 'webhook-timestamp': String(at + 1) }, {}], ['six minutes later', {}, { now: (at + 360) * 1000 }], ['six minutes earlier', {}, { now: (at - 360) * 1000 }],
    ['no signature', { 'webhook-signature': '' }, {}], ['another version', { 'webhook-signature': headers['webhook-signature'].replace('v1', 'v2') }, {}], ['no secret', {}, { secrets: [] }], ['a secret that is no key', {}, { secrets: ['whsec_'] }], ['a time that is none', { 'webhook-timestamp': 'NaN' }, {}],
  ])('refuses %s', (_name, over, more) => { expect(verify(over, more)).toMatchObject({ ok: false }); });
  it('finds the order by the paths of the pair, in any shape', () => {
    const setup = { account: 'x', paths: { orderId: 'data.items.0.no', version: 'data.changed', topic: 'event' } };
    const delivery = Buffer.from('{"event":"order.paid","data":{"changed":"2026-11-01T10:00:00+01:00","items":[{"no":9007199254740993}]}}');
    expect(readGenericDelivery(delivery, headers, setup)).toMatchObject({ topic: 'order.paid', orderId: '9007199254740993', version: '2026-11-01T09:00:00.000Z', dedupKey: headers['webhook-id'] });
    expect(identifyGeneric('{"data":{"items":[{"no":"a/b"}]}}', setup)).toEqual({});
    expect(readGenericDelivery(Buffer.from('nothing'), headers, setup)).toMatchObject({ topic: 'order', version: '2021-02-25T15:02:10.000Z' });
  });
  it('signs as anybody can: HMAC-SHA256 over id, time and body', () => {
    const signed = createHmac('sha256', Buffer.from(secret.slice(6), 'base64')).update(`a.${at}.{}`).digest('base64');
    expect(verify({ 'webhook-id': 'a', 'webhook-signature': `v1,${signed}` }, { body: Buffer.from('{}') })).toMatchObject({ ok: true });
  });
});
