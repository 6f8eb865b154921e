import { createHmac } from 'node:crypto';
import { readWooCommerceDelivery, verifyWooCommerce, woocommerceDoor } from './webhook';

const body = Buffer.from('{"id":9007199254740993,"date_modified_gmt":"2026-11-01T10:00:00","note":"a\\/b é"}\r\n');
const sign = (secret: string, bytes = body): string => createHmac('sha256', secret).update(bytes).digest('base64');
const headers = (over: object = {}): Record<string, string> => ({ 'x-wc-webhook-topic': 'order.updated', 'x-wc-webhook-delivery-id': 'd1', 'x-wc-webhook-signature': sign('new'), ...over });

describe('the WooCommerce door', () => {
  it('accepts any active secret over the raw bytes and says which', () => { expect(verifyWooCommerce(body, headers(), ['old', 'new'])).toEqual({ ok: true, secretIndex: 1 }); });
  it.each([['another secret', sign('evil')], ['another body', sign('old', Buffer.from('{}'))], ['nothing', ''], ['garbage', '***']])('refuses %s', (_what, signature) => {
    expect(verifyWooCommerce(body, { 'x-wc-webhook-signature': signature }, ['old']).ok).toBe(false);
  });
  it('refuses an empty secret, whose HMAC anybody can make', () => { expect(verifyWooCommerce(body, { 'x-wc-webhook-signature': sign('') }, [''])).toEqual({ ok: false, reason: 'no secret is set for this shop' }); });
  it('keeps the id digit by digit; a copy under a new delivery id is the same event, another body within the second is not', () => {
    const first = readWooCommerceDelivery(body, headers());
    expect(first).toMatchObject({ topic: 'order.updated', orderId: '9007199254740993', version: '2026-11-01T10:00:00.000Z', deliveryId: 'd1' });
    expect(readWooCommerceDelivery(body, headers({ 'x-wc-webhook-delivery-id': 'd2' })).dedupKey).toBe(first.dedupKey);
    expect(readWooCommerceDelivery(Buffer.from(body.toString().replace('a\\/b', 'c')), headers()).dedupKey).not.toBe(first.dedupKey);
  });
  it('knows the unsigned ping of a saved webhook, and nothing longer', () => {
    const ping = (text: string, over: object = {}): boolean => woocommerceDoor.isPing?.(Buffer.from(text), { 'content-type': 'application/x-www-form-urlencoded', ...over }) ?? false;
    expect([ping('webhook_id=17'), ping('webhook_id=17&id=5'), ping('{"id":1}'), ping(`webhook_id=${'1'.repeat(200)}`), ping('webhook_id=17', { 'x-wc-webhook-signature': 'x' })]).toEqual([true, false, false, false, false]);
  });
  it.each(['', 'not json', '[]', 'null', '{"id":"abc"}', '{"data":{"id":-1}}'])('never throws on %p', (text) => { expect(readWooCommerceDelivery(Buffer.from(text), headers()).orderId).toBeUndefined(); });
});
