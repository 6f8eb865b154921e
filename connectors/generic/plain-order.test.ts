import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { moneyText, sum } from '../../canonical/money';
import { plainOrderToPayments, plainOrderToSalesOrder } from './plain-order-to-sales-order';
import { identifyGeneric, readGenericDelivery, verifyStandardWebhook } from './webhook';

const order = (over: object = {}): object => ({
  orderId: 'A-1001', orderName: 'Web 1001', placedAt: '2026-11-01T10:00:00+01:00', updatedAt: 1793610000, currency: 'USD', customer: { id: 'c1', name: 'Ann Lee', email: 'a@example.org' }, billTo: { line1: '1 High St', countryCode: 'GB', city: '' },
  lines: [{ sku: 'MUG', quantity: 2, unitPrice: '10.00', discount: 1, taxes: [{ name: 'VAT', rate: '0.1', amount: '1.90' }] }, { description: 'Engraving', quantity: '1', net: '3.10' }], shipping: [{ title: 'Post', net: '5' }], total: '29.00', payments: [{ id: 'p1', gateway: 'stripe', amount: '29.00', paidAt: '2026-11-01T09:01:00Z' }], ...over,
});
const text = (over: object = {}): string => JSON.stringify(order(over));

describe('plainOrderToSalesOrder', () => {
  it('fills in what the sender leaves out', () => {
    const outcome = plainOrderToSalesOrder(text(), 'own');
    expect(outcome.ok ? outcome.value : outcome.failure).toMatchObject({
      source: { kind: 'generic', account: 'own', orderId: 'A-1001', orderName: 'Web 1001' }, placedAt: '2026-11-01T09:00:00.000Z', version: '2026-11-02T09:00:00.000Z', paymentState: 'paid', customer: { sourceId: 'c1', guest: false }, billTo: { line1: '1 High St', countryCode: 'GB' },
      lines: [{ lineId: 'line-1', sku: 'MUG', quantity: '2', unitPrice: '10', discount: { minor: '100' }, net: { minor: '1900' } }, { lineId: 'line-2', description: 'Engraving', unitPrice: '3.1', net: { minor: '310' } }],
      totals: { lines: { minor: '2210' }, shipping: { minor: '500' }, tax: { minor: '190' }, total: { minor: '2900' } },
    });
    const payments = outcome.ok ? plainOrderToPayments(text(), outcome.value) : undefined;
    expect(payments?.ok ? payments.value : []).toEqual([{ paymentId: 'p1', aliases: [], gateway: 'stripe', amount: { minor: '2900', currency: 'USD' }, paidAt: '2026-11-01T09:01:00.000Z' }]);
  });
  it('takes tax out of prices that contain it, and amounts of our own documents', () => {
    const outcome = plainOrderToSalesOrder(text({ pricesIncludeTax: true, total: { minor: '1900', currency: 'USD' }, shipping: [], lines: [{ sku: 'MUG', quantity: '2', unitPrice: '10.00', discount: '1.00', taxes: [{ amount: '1.73' }] }], payments: [] }), 'x');
    expect(outcome.ok ? outcome.value.lines[0] : outcome.failure).toMatchObject({ net: { minor: '1727' }, discount: { minor: '91' }, unitPrice: '9.09' });
    expect(outcome.ok && outcome.value.paymentState).toBe('pending');
  });
  it.each([
    ['no JSON', 'x', 'order-unreadable', 'body'], ['no id', text({ orderId: null }), 'order-unreadable', 'orderId'], ['an id that leads elsewhere', text({ orderId: '../a' }), 'order-unreadable', 'orderId'], ['a date without an offset', text({ placedAt: '2026-11-01' }), 'order-unreadable', 'placedAt'],
    ['a wrong total', text({ total: '29.01' }), 'totals-do-not-add-up', 'total'], ['a wrong tax', text({ tax: '2.00' }), 'totals-do-not-add-up', 'tax'], ['money below a cent', text({ total: '29.001' }), 'money-invalid', undefined], ['another currency', text({ total: { minor: '2900', currency: 'EUR' } }), 'money-invalid', undefined],
    ['a line below nought', text({ lines: [{ net: '-1' }], shipping: [{ net: '30.00' }] }), 'order-unreadable', 'lines'], ['NaN', text({ total: 'NaN' }), 'order-unreadable', 'total'],
  ])('%s is named', (_name, body, code, field) => {
    const outcome = plainOrderToSalesOrder(body, 'x');
    expect(outcome.ok ? {} : outcome.failure).toMatchObject({ code, ...(field ? { field } : {}) });
  });
  it('loses no cent, and turns any JSON into an order or a named failure', () => {
    const wild = fc.dictionary(fc.constantFrom('lines', 'total', 'tax', 'customer', 'billTo', 'payments', 'shipping', 'terms', 'tags', 'currency'), fc.jsonValue());
    fc.assert(fc.property(fc.oneof(fc.json(), wild.map(text)), (body) => {
      const outcome = plainOrderToSalesOrder(body, 'x');
      if (!outcome.ok) { expect(outcome.failure.message.length).toBeGreaterThan(0); return; }
      const { lines, shipping, totals, currency } = outcome.value;
      expect(moneyText(sum([...lines, ...shipping].flatMap((l) => [l.net, ...l.taxes.map((t) => t.amount)]), currency))).toBe(moneyText(totals.total));
    }));
  });
});

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
