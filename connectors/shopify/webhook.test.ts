import { createHmac } from 'node:crypto';
import { readShopifyDelivery, verifyShopify } from './webhook';

const body = Buffer.from('{"id":820982911946154508,"updated_at":"2026-11-01T10:00:00+02:00","note":"a\\/b \u00e9"}\r\n');
const sign = (secret: string, bytes = body): string => createHmac('sha256', secret).update(bytes).digest('base64');

describe('verifyShopify', () => {
  it('accepts any active secret over the raw bytes and says which', () => {
    expect(verifyShopify(body, { 'x-shopify-hmac-sha256': sign('new') }, ['old', 'new'])).toEqual({ ok: true, secretIndex: 1 });
  });
  it.each([['another secret', sign('evil')], ['another body', sign('old', Buffer.from('{}'))], ['nothing', ''], ['garbage', '***']])('refuses %s', (_what, signature) => {
    expect(verifyShopify(body, { 'x-shopify-hmac-sha256': signature }, ['old']).ok).toBe(false);
  });
  it('refuses an empty secret, whose HMAC anybody can make', () => {
    expect(verifyShopify(body, { 'x-shopify-hmac-sha256': sign('') }, ['']).ok).toBe(false);
  });
});

describe('readShopifyDelivery', () => {
  it('keeps the big id and prefers the event id for telling copies apart', () => {
    const read = readShopifyDelivery(body, { 'x-shopify-topic': 'orders/create', 'x-shopify-webhook-id': 'w1', 'x-shopify-event-id': 'e1', 'x-shopify-shop-domain': 's' });
    expect(read).toMatchObject({ orderId: '820982911946154508', dedupKey: 'orders/create e1', deliveryId: 'w1', version: '2026-11-01T08:00:00.000Z' });
    expect(readShopifyDelivery(body, { 'x-shopify-topic': 't', 'x-shopify-webhook-id': 'w1' }).dedupKey).toBe('w1');
    expect(readShopifyDelivery(body, {}).dedupKey).toHaveLength(64);
  });
  it('finds the order behind an edit and behind a transaction', () => {
    expect(readShopifyDelivery(Buffer.from('{"order_edit":{"id":1,"order_id":820982911946154508}}'), { 'x-shopify-topic': 'orders/edited' }).orderId).toBe('820982911946154508');
    expect(readShopifyDelivery(Buffer.from('{"id":5,"order_id":77}'), { 'x-shopify-topic': 'order_transactions/create' }).orderId).toBe('77');
  });
  it.each(['', 'not json', '[]', 'null', '{"id":"abc"}'])('never throws on %p', (text) => {
    expect(readShopifyDelivery(Buffer.from(text), { 'x-shopify-topic': 'orders/create' }).orderId).toBeUndefined();
  });
});
