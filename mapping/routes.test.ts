import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type SalesOrder } from '../canonical/sales-order';
import { checkOrder } from './check-order';
import { parsePair } from './pair';
import { routeOf, sharedName } from './route-order';

const demo = JSON.parse(readFileSync(join(__dirname, '../config/pairs/demo.json'), 'utf8')) as object;
const usd = (minor: string): { minor: string; currency: string } => ({ minor, currency: 'USD' });
const order = (over: Partial<SalesOrder> = {}): SalesOrder => ({
  source: { kind: 'shopify', account: 'tieout-demo.myshopify.com', orderId: '1', orderName: '#1' }, version: '2026-11-01T00:00:00Z', placedAt: '2026-11-01T00:00:00Z', currency: 'USD', test: false, paymentState: 'pending', pricesIncludeTax: false,
  customer: { name: 'Ann', guest: false, sourceId: '9' }, shipping: [], payments: [],
  lines: [{ lineId: '1', kind: 'goods', sku: 'MUG-WHITE', description: 'Mug', quantity: '2', unitPrice: '10', discount: usd('0'), net: usd('2000'), taxes: [] }],
  totals: { lines: usd('2000'), shipping: usd('0'), tax: usd('0'), total: usd('2000'), refunded: usd('0') }, ...over,
});
const paid = (minor: string): SalesOrder['payments'] => [{ paymentId: 'pi', aliases: [], gateway: 'stripe', amount: usd(minor), paidAt: '2026-11-01T00:00:00Z' }];
const pair = parsePair({ ...demo, routes: [
  { name: 'till', when: { channels: ['POS'] }, posting: 'skip' },
  { name: 'draft', when: { channels: ['shopify_draft_order'], terms: false }, posting: 'hold' },
  { name: 'wholesale', when: { tags: ['B2B', 'wholesale'] }, payment: 'terms', dueDays: 30 },
  { name: 'terms', when: { terms: true }, payment: 'terms', dueDays: 14, tieOut: 'invoiced' },
  { name: 'market stall', when: { tags: ['stall'] }, customer: 'shared', customerNumber: 'WEBSTALL' },
] });

describe('routes', () => {
  it.each([
    ['a web order takes none', order({ channel: 'web' }), undefined], ['the channel, whatever its case', order({ channel: 'pos' }), 'till'], ['any of the tags', order({ tags: ['new', 'wholesale'] }), 'wholesale'],
    ['all conditions must hold', order({ channel: 'shopify_draft_order', terms: { name: 'Net 30' } }), 'terms'], ['the first that fits', order({ channel: 'shopify_draft_order', tags: ['b2b'] }), 'draft'],
  ])('%s', (_what, o, name) => { expect(routeOf(o, pair)?.name).toBe(name); });

  it('a till\'s sale is booked elsewhere; a draft waits for a person; both say which route', () => {
    expect(checkOrder(order({ channel: 'pos' }), [], pair)).toMatchObject({ verdict: 'skip', failure: { code: 'order-routed', value: 'pos', message: expect.stringContaining('till') } });
    expect(checkOrder(order({ channel: 'shopify_draft_order' }), paid('2000'), pair)).toMatchObject({ verdict: 'park', failure: { code: 'order-routed' } });
  });
  it('an order on terms goes unpaid, partly paid and paid; the shop\'s own days win; too much money is still a question', () => {
    for (const payments of [[], paid('500'), paid('2000')]) expect(checkOrder(order({ tags: ['B2B'] }), payments, pair)).toEqual({ verdict: 'go', terms: { tieOut: 'paid', dueDays: 30 } });
    expect(checkOrder(order({ terms: { name: 'Net 60', dueDays: 60 } }), [], pair)).toEqual({ verdict: 'go', terms: { tieOut: 'invoiced', dueDays: 60 } });
    expect(checkOrder(order({ tags: ['B2B'] }), paid('2001'), pair)).toMatchObject({ verdict: 'park', failure: { code: 'payments-do-not-match' } });
    expect(checkOrder(order({ channel: 'web' }), [], pair).verdict).toBe('wait-payment');
  });
  it('shared accounts bear nobody\'s name', () => {
    expect([sharedName(pair, 'WEBSTALL'), sharedName(pair, 'WEBGUEST'), sharedName(pair, 'WEB0000001')]).toEqual(['Web customer', 'Web customer', undefined]);
    expect(() => parsePair({ ...demo, routes: [{ name: 'x', customer: 'shared' }] })).toThrow(/customerNumber/);
  });
});
