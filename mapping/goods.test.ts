import fc from 'fast-check';
import { Decimal } from 'decimal.js';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sum, type Money } from '../canonical/money';
import { type OrderLine, type SalesOrder } from '../canonical/sales-order';
import { type GpRow } from '../connectors/gp/types';
import { gpOrderOf, Refused } from '../test/support/gp-drafts';
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

/** The order's lines as the document that ships writes them into GP; its failure is thrown. */
async function rowsOf(order: SalesOrder, pair: Pair): Promise<GpRow[]> {
  const made = await gpOrderOf(order, {}, pair);
  if (!made.ok) throw new Refused(made.failure);
  return made.value.draft.nodes['taSopLineIvcInsert_Items'] as GpRow[];
}
const refused = async (order: SalesOrder, pair: Pair): Promise<Refused['failure'] | undefined> => { const made = await gpOrderOf(order, {}, pair); return made.ok ? undefined : made.failure; };

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
  it('taken apart twice is taken apart once, and its goods are written as they are', async () => {
    const once = explodeBundles(orderOf([line({})]), exploding);
    expect(explodeBundles(once, exploding)).toEqual(once);
    expect((await rowsOf(once, exploding)).map((l) => l['ITEMNMBR'])).toEqual(['MUG-WHITE', 'TEA-250G', 'STICKER-SET']);
  });
  it('kept as a kit stays one line with the kit item, never kit and components', async () => {
    const kit = pairWith({ bundles: { 'GIFT-SET': { as: 'kit', item: 'KIT-GIFT' } } });
    expect(await rowsOf(orderOf([line({})]), kit)).toMatchObject([{ ITEMNMBR: 'KIT-GIFT', NONINVEN: 0 }]);
  });
});

describe('units', () => {
  const tea = (units: object[], decimals = 0): Pair => pairWith({ units: { 'TEA-250G': { decimals, units } } });
  const sold = (quantity: string, net = 10_000): SalesOrder => orderOf([line({ sku: 'TEA-250G', quantity, unitPrice: '2.50', net: usd(net) })]);
  it.each([['24', { UOFM: 'CASE', QUANTITY: '2' }], ['12', { UOFM: 'CASE', QUANTITY: '1' }], ['5', { UOFM: 'EACH', QUANTITY: '5' }], ['25', { UOFM: 'EACH', QUANTITY: '25' }]] as const)('%s pieces', async (quantity, expected) => {
    expect(await rowsOf(sold(quantity), tea([{ unit: 'CASE', holds: '12' }, { unit: 'EACH', holds: '1' }]))).toMatchObject([expected]);
  });
  it('quantity and price change by the same factor, exactly, or not at all', async () => {
    const number = fc.tuple(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 0, max: 3 })).map(([n, d]) => new Decimal(n).div(new Decimal(10).pow(d)).toFixed());
    await fc.assert(fc.asyncProperty(number, number, fc.integer({ min: 0, max: 5 }), async (quantity, holds, decimals) => {
      const order = sold(quantity, 300_000);
      const pair = tea([{ unit: 'CASE', holds }], decimals);
      const made = await gpOrderOf(order, {}, pair);
      const exact = new Decimal(quantity).div(holds).toDecimalPlaces(decimals).times(holds).eq(quantity);
      if (!made.ok) { expect([exact, made.failure.code]).toEqual([false, 'quantity-not-convertible']); return; }
      const [row] = made.value.draft.nodes['taSopLineIvcInsert_Items'] as GpRow[];
      expect([exact, row?.['UOFM']]).toEqual([true, 'CASE']);
      // A price that five decimals cannot carry is written as one piece.
      if (row?.['COMMENT_1'] === undefined) expect(new Decimal(String(row?.['QUANTITY'])).times(holds).toFixed()).toBe(new Decimal(quantity).toFixed());
      expect(new Decimal(String(row?.['QUANTITY'])).decimalPlaces()).toBeLessThanOrEqual(decimals);
      expect(new Decimal(String(row?.['QUANTITY'])).times(new Decimal(String(row?.['UNITPRCE'])).minus(String(row?.['MRKDNAMT'] ?? '0'))).toDecimalPlaces(2, Decimal.ROUND_HALF_UP).toFixed(2)).toBe('3000.00');
    }), { numRuns: 100 });
  });
  it('that no unit holds exactly stop the order with both sides named', async () => {
    expect(await refused(sold('5'), tea([{ unit: 'CASE', holds: '12' }]))).toMatchObject({ code: 'quantity-not-convertible', value: '5 × TEA-250G', message: expect.stringContaining('CASE (12 pieces)') });
  });
});

it('an item leaves from its own site where it has one', async () => {
  const rows = await rowsOf(orderOf([line({ sku: 'MUG-WHITE' }), line({ lineId: '2', sku: 'CAP-RED' })]), pairWith({ itemSites: { 'CAP-RED': 'WEST' } }));
  expect(rows.map((l) => l['LOCNCODE'])).toEqual(['MAIN', 'WEST']);
});

it('an unknown item, or a line without a SKU, is held, or written as no stock with a remark', async () => {
  const [strange, bare] = [orderOf([line({ sku: 'NEW-1' })]), orderOf([line({ sku: undefined })])];
  const lax = (policies: object): Pair => ({ ...pairWith({}), policies: { ...pairWith({}).policies, ...policies } });
  expect(await refused(strange, pairWith({}))).toMatchObject({ code: 'item-not-mapped', value: 'NEW-1' });
  expect(await refused(bare, lax({ lineWithoutSku: 'hold' }))).toMatchObject({ code: 'item-not-mapped', message: 'The line "Gift set" has no SKU.' });
  const made = await gpOrderOf(strange, {}, lax({ unknownItem: 'non-inventory' }));
  expect(made).toMatchObject({ ok: true, value: { lines: { 1: { item: 'WEB-ITEM' } }, draft: { nodes: { taSopLineIvcInsert_Items: [{ ITEMNMBR: 'WEB-ITEM', NONINVEN: 1, UNITCOST: '0' }] } }, warnings: ['Item "NEW-1" is not listed: posted as a non-inventory line (WEB-ITEM)'] } });
});

describe('suggestions for an unknown item', () => {
  const known = ['MUG-WHITE', 'MUG-BLACK', 'TSHIRT-BLK-M', 'CAP-RED'];
  it.each([['MUGWHITE', 'MUG-WHITE'], ['mug_whit', 'MUG-WHITE'], ['CAP-RDE', 'CAP-RED']])('%s looks like %s', (sku, first) => { expect(suggestItems(sku, known)[0]).toBe(first); });
  it('are none for what looks like nothing, and never more than three', () => {
    expect(suggestItems('ZZZ-99999-Q', known)).toEqual([]);
    expect(suggestItems('---', known)).toEqual([]);
    expect(suggestItems('MUG', ['MUG-1', 'MUG-2', 'MUG-3', 'MUG-4'])).toEqual(['MUG-1', 'MUG-2', 'MUG-3']);
  });
  it('stand in the fix of the exception, and are not taken by themselves', async () => {
    expect(await refused(orderOf([line({ sku: 'MUG-WIHTE' })]), pairWith({}))).toMatchObject({ code: 'item-not-mapped', fix: expect.stringContaining('Perhaps MUG-WHITE') });
  });
});
