import fc from 'fast-check';
import { Decimal } from 'decimal.js';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sum, type Money } from '../canonical/money';
import { type OrderLine, type SalesOrder } from '../canonical/sales-order';
import { codeOrder } from './code-order';
import { convertUnits } from './convert-units';
import { checkSums } from './edit-order';
import { explodeBundles } from './explode-bundles';
import { parsePair, type Pair } from './pair';
import { suggestItems } from './suggest-items';

const demo = JSON.parse(readFileSync(join(__dirname, '../config/pairs/demo.json'), 'utf8')) as { gp: object; policies: object };
const pairWith = (gp: object, more: object = {}): Pair => parsePair({ ...demo, ...more, policies: { ...demo.policies, unknownItem: 'hold' }, gp: { ...demo.gp, ...gp } });
const usd = (minor: number): Money => ({ minor: String(minor), currency: 'USD' });
const line = (over: Partial<OrderLine>): OrderLine => ({ lineId: '1', kind: 'goods', sku: 'GIFT-SET', description: 'Gift set', quantity: '1', unitPrice: '50', discount: usd(0), net: usd(5000), taxes: [], ...over });
function orderOf(lines: OrderLine[]): SalesOrder {
  const net = sum(lines.map((l) => l.net), 'USD');
  const tax = sum(lines.flatMap((l) => l.taxes.map((t) => t.amount)), 'USD');
  return { source: { kind: 'shopify', account: 'a', orderId: '1', orderName: '#1' }, version: '2026-11-01T00:00:00Z', placedAt: '2026-11-01T00:00:00Z', currency: 'USD', test: false, paymentState: 'paid', pricesIncludeTax: false, customer: { name: 'Ann', guest: false },
    shipping: [], payments: [], lines, totals: { lines: net, shipping: usd(0), tax, total: sum([net, tax], 'USD'), refunded: usd(0) } };
}
const taxOf = (minor: number): OrderLine['taxes'][number] => ({ name: 'VAT', rate: '0.2', amount: usd(minor), collectedByMarketplace: false });

describe('a bundle', () => {
  const components = [{ item: 'MUG-WHITE', quantity: '2', price: '12.90' }, { item: 'TEA-250G', quantity: '1', price: '9.99', taxed: false }, { item: 'STICKER-SET', quantity: '3', price: '0.33' }];
  const exploding = pairWith({ bundles: { 'GIFT-SET': { as: 'components', components } } });

  it('kept as goods becomes those goods, price and discount by what they cost alone, tax on what is taxed, to the cent', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 1_000_000 }), fc.integer({ min: 0, max: 100_000 }), fc.record({ tax: fc.integer({ min: 0, max: 100_000 }), quantity: fc.integer({ min: 1, max: 40 }) }), (net, discount, { tax, quantity }) => {
      const before = orderOf([line({ quantity: String(quantity), net: usd(net), discount: usd(discount), taxes: tax === 0 ? [] : [taxOf(tax)] })]);
      const after = explodeBundles(before, exploding);
      expect(after.lines.map((l) => [l.sku, l.quantity])).toEqual([['MUG-WHITE', String(2 * quantity)], ['TEA-250G', String(quantity)], ['STICKER-SET', String(3 * quantity)]]);
      expect(checkSums(after)).toBeUndefined();
      expect(sum(after.lines.map((l) => l.discount), 'USD')).toEqual(usd(discount));
      expect(after.lines[1]?.taxes).toEqual([]);
    }));
  });
  it('gives each piece its share: nobody pays for another, and the odd cents go to the largest remainders', () => {
    const { lines } = explodeBundles(orderOf([line({ net: usd(3000), taxes: [taxOf(500)] })]), exploding);
    const worth = [25.8, 9.99, 0.99];
    lines.forEach((l, i) => expect(Math.abs(Number(l.net.minor) - (3000 * (worth[i] ?? 0)) / 36.78)).toBeLessThan(1));
  });
  it('taken apart twice is taken apart once, and its goods are coded as they are', () => {
    const once = explodeBundles(orderOf([line({})]), exploding);
    expect(explodeBundles(once, exploding)).toEqual(once);
    const coded = codeOrder(once, exploding);
    expect(coded.ok && Object.values(coded.value.lines).map((l) => l.item)).toEqual(['MUG-WHITE', 'TEA-250G', 'STICKER-SET']);
  });
  it('kept as a kit stays one line with the kit item, never kit and components', () => {
    const kit = pairWith({ bundles: { 'GIFT-SET': { as: 'kit', item: 'KIT-GIFT' } } });
    const order = explodeBundles(orderOf([line({})]), kit);
    const coded = codeOrder(order, kit);
    expect([order.lines.length, coded.ok && coded.value.lines['1']]).toEqual([1, { item: 'KIT-GIFT', nonInventory: false }]);
  });
});

describe('units', () => {
  const tea = { decimals: 0, units: [{ unit: 'CASE', holds: '12' }, { unit: 'EACH', holds: '1' }] };
  it.each([['24', { unit: 'CASE', quantity: '2' }], ['12', { unit: 'CASE', quantity: '1' }], ['5', { unit: 'EACH', quantity: '5' }], ['25', { unit: 'EACH', quantity: '25' }]] as const)('%s pieces', (quantity, expected) => {
    expect(convertUnits({ quantity, unitPrice: '2.50' }, tea)).toMatchObject(expected);
  });
  it('quantity and price change by the same factor, exactly, or not at all', () => {
    const number = fc.tuple(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 0, max: 3 })).map(([n, d]) => new Decimal(n).div(new Decimal(10).pow(d)).toFixed());
    fc.assert(fc.property(number, number, fc.integer({ min: 0, max: 5 }), (quantity, holds, decimals) => {
      const converted = convertUnits({ quantity, unitPrice: '3' }, { decimals, units: [{ unit: 'CASE', holds }] });
      if (!converted) { expect(new Decimal(quantity).div(holds).toDecimalPlaces(decimals).times(holds).eq(quantity)).toBe(false); return; }
      expect(new Decimal(converted.quantity).times(holds).toFixed()).toBe(new Decimal(quantity).toFixed());
      expect(new Decimal(converted.quantity).decimalPlaces()).toBeLessThanOrEqual(decimals);
    }));
  });
  it('that no unit holds exactly stop the order with both sides named', () => {
    const coded = codeOrder(orderOf([line({ sku: 'TEA-250G', quantity: '5' })]), pairWith({ units: { 'TEA-250G': { units: [{ unit: 'CASE', holds: '12' }] } } }));
    expect(coded).toMatchObject({ ok: false, failure: { code: 'quantity-not-convertible', value: '5 × TEA-250G', message: expect.stringContaining('CASE (12 pieces)') } });
  });
});

it('an item leaves from its own site where it has one', () => {
  const coded = codeOrder(orderOf([line({ sku: 'MUG-WHITE' }), line({ lineId: '2', sku: 'CAP-RED' })]), pairWith({ itemSites: { 'CAP-RED': 'WEST' } }));
  expect(coded.ok && [coded.value.lines['1']?.site, coded.value.lines['2']?.site]).toEqual([undefined, 'WEST']);
});

describe('suggestions for an unknown item', () => {
  const known = ['MUG-WHITE', 'MUG-BLACK', 'TSHIRT-BLK-M', 'CAP-RED'];
  it.each([['MUGWHITE', 'MUG-WHITE'], ['mug_whit', 'MUG-WHITE'], ['CAP-RDE', 'CAP-RED']])('%s looks like %s', (sku, first) => { expect(suggestItems(sku, known)[0]).toBe(first); });
  it('are none for what looks like nothing, and never more than three', () => {
    expect(suggestItems('ZZZ-99999-Q', known)).toEqual([]);
    expect(suggestItems('---', known)).toEqual([]);
    expect(suggestItems('MUG', ['MUG-1', 'MUG-2', 'MUG-3', 'MUG-4'])).toEqual(['MUG-1', 'MUG-2', 'MUG-3']);
  });
  it('stand in the fix of the exception, and are not taken by themselves', () => {
    const coded = codeOrder(orderOf([line({ sku: 'MUG-WIHTE' })]), pairWith({}));
    expect(coded).toMatchObject({ ok: false, failure: { code: 'item-not-mapped', fix: expect.stringContaining('Perhaps MUG-WHITE') } });
  });
});
