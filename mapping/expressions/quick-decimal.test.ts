import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { moneyText } from '../../canonical/money';
import { decimalOf, decimalText, rounded } from './decimal-text';
import { mappingFunctions } from './functions';
import { quick, quickText } from './quick-decimal';

const text = fc.tuple(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), fc.nat(6)).map(([n, places]) => decimalText(new Decimal(n.toString()).div(new Decimal(10).pow(places))));
const value = fc.oneof(text, fc.integer({ min: -100_000, max: 100_000 }).map((n) => (n / 100).toFixed(2)), fc.constantFrom('0', '-0', '0.00', '-0.10', '007.50', '999999999999999', '1'), fc.record({ minor: fc.integer().map(String), currency: fc.constantFrom('USD', 'JPY', 'BHD') }), fc.integer());
const call = (name: string, ...args: unknown[]): unknown => mappingFunctions[name]?.run(...args);

describe('quick decimals give what the library gives', () => {
  it('sums, differences, products, rounding and order', () => {
    fc.assert(fc.property(fc.array(value, { minLength: 2, maxLength: 5 }), fc.nat(6), (list, places) => {
      const exact = list.map(decimalOf);
      const [a, b] = exact as [Decimal, Decimal];
      expect(call('add', ...list)).toBe(decimalText(exact.reduce((x, y) => x.plus(y))));
      expect(call('total', list)).toBe(decimalText(exact.reduce((x, y) => x.plus(y))));
      expect(call('sub', ...list)).toBe(decimalText(exact.reduce((x, y) => x.minus(y))));
      expect(call('mul', list[0], list[1])).toBe(decimalText(a.times(b)));
      expect(call('round', list[0], places)).toBe(decimalText(rounded(a, places)));
      expect([call('above', list[0], list[1]), call('equal', list[0], list[1]), call('isZero', list[0])]).toEqual([a.gt(b), a.eq(b), a.isZero()]);
    }), { numRuns: 2_000 });
  });
  it.each(['', '-', '.5', '5.', '1.2.3', '1e3', '+1', ' 1', 'x', '1'.repeat(30)])('%s is left to it', (odd) => expect(quick(odd)).toBeUndefined());
  it('text as the library writes it, and money as it was written before', () => {
    fc.assert(fc.property(fc.bigInt({ min: -(10n ** 14n), max: 10n ** 14n }), fc.constantFrom('USD', 'JPY', 'BHD'), (n, currency) => {
      const exponent = { USD: 2, JPY: 0, BHD: 3 }[currency] ?? 2;
      const amount = { minor: n.toString(), currency };
      expect(moneyText(amount)).toBe(new Decimal(amount.minor).div(new Decimal(10).pow(exponent)).toFixed(exponent));
      expect(quickText(quick(amount) ?? { n: NaN, scale: 0 })).toBe(decimalText(new Decimal(moneyText(amount))));
    }));
  });
});
