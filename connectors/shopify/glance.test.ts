import fc from 'fast-check';
import { glanceAtShopifyOrder } from './glance';

const order = '{"id":9007199254740993123,"name":"#1001","total_price":"20.10","currency":"USD","line_items":[{"sku":"A","price":"20.10"}]}';

describe('what people are shown of an order', () => {
  it('is the same order through the Admin API and through a webhook, every digit of it', () => {
    const [wrapped, bare] = [glanceAtShopifyOrder(`{"order": ${order}}`), glanceAtShopifyOrder(order)];
    expect(wrapped).toEqual({ document: order, orderName: '#1001', total: '20.10', currency: 'USD' });
    expect(bare).toEqual(wrapped);
  });
  it.each([['not json'], ['{"order":'], ['[1,2]'], ['null'], ['""'], ['']])('%p is shown as it came', (text) => {
    expect(glanceAtShopifyOrder(text)).toEqual({ document: text });
  });
  it.each([['1e3', 'USD'], ['-1', 'USD'], ['NaN', 'USD'], ['20.10', 'usd'], ['20.10', '']])('no money is told of %p %p', (total, currency) => {
    expect(glanceAtShopifyOrder(JSON.stringify({ line_items: [], total_price: total, currency }))).not.toHaveProperty('total');
  });
  it('never throws', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => { expect(typeof glanceAtShopifyOrder(text).document).toBe('string'); }));
  });
});
