import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { exponentOf, money, roundMoney, subtract } from '../../canonical/money';
import { extendedPrice, linePrice } from './line-price.test-data';

const usd = (text: string) => money(text, 'USD');

describe('linePrice', () => {
  it('keeps the honest price and spreads the discount per unit', () => {
    expect(linePrice({ quantity: '4', unitPrice: '10', discount: usd('2'), net: usd('38') })).toMatchObject({ quantity: '4', unitPrice: '10', markdown: '0.5' });
    expect(linePrice({ quantity: '2', unitPrice: '24.5', discount: usd('0'), net: usd('49') })).not.toHaveProperty('markdown');
  });
  it('derives a price when a third of a cent cannot be a markdown', () => {
    expect(linePrice({ quantity: '3', unitPrice: '10', discount: usd('1'), net: usd('29') })).toMatchObject({ quantity: '3', unitPrice: '9.66667' });
  });
  it('writes quantity 1 when five decimals cannot carry the price, and says so', () => {
    const price = linePrice({ quantity: '7000000', unitPrice: '0.123457', discount: usd('0'), net: usd('864197.53') });
    expect(price).toMatchObject({ quantity: '1', unitPrice: '864197.53', comment: expect.stringContaining('7000000') });
  });
  it('always reaches the net by GP\'s own arithmetic, in five decimals', () => {
    const lines = fc.record({ currency: fc.constantFrom('USD', 'JPY', 'KWD'), quantity: fc.oneof(fc.integer({ min: 1, max: 10_000_000 }).map(String), fc.integer({ min: 1, max: 999_999_999 }).map((n) => new Decimal(n).div(100_000).toFixed())),
      unit: fc.integer({ min: 0, max: 99_999_999 }).map((n) => new Decimal(n).div(100_000).toFixed()), share: fc.integer({ min: 0, max: 100 }) });
    fc.assert(fc.property(lines, ({ currency, quantity, unit, share }) => {
      const gross = roundMoney(new Decimal(quantity).times(unit), currency);
      const discount = roundMoney(new Decimal(gross.minor).times(share).div(100).div(new Decimal(10).pow(exponentOf(currency))), currency);
      const net = subtract(gross, discount);
      const price = linePrice({ quantity, unitPrice: unit, discount, net });
      expect(extendedPrice(price, currency).times(new Decimal(10).pow(exponentOf(currency))).toFixed()).toBe(net.minor);
      for (const value of [price.quantity, price.unitPrice, price.markdown ?? '0']) expect(new Decimal(value).decimalPlaces()).toBeLessThanOrEqual(5);
      if (price.comment === undefined) expect(new Decimal(price.quantity).eq(quantity)).toBe(true);
    }), { numRuns: 1000 });
  });
});
