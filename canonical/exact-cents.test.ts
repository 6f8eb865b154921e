import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { money, moneyDecimal, roundMoney, sum, type Money } from './money';
import { inMinorUnits } from './exact-cents';

const texts = (parts: Money[] | undefined): string[] | undefined => parts?.map((p) => p.minor);
const exact = (...parts: string[]): Decimal[] => parts.map((p) => new Decimal(p));

describe('inMinorUnits', () => {
  it('rounds line by line where that makes the total', () => {
    expect(texts(inMinorUnits(exact('0.352941', '0.352941', '0.352941'), money('1.05', 'USD')))).toEqual(['35', '35', '35']);
  });
  it('gives the dust to the line whose rounding lost most where the sender rounds once', () => {
    expect(texts(inMinorUnits(exact('0.352941', '0.352941', '0.354'), money('1.06', 'USD')))).toEqual(['35', '35', '36']);
    expect(texts(inMinorUnits(exact('10.005', '10.005'), money('20.01', 'USD')))).toEqual(['1000', '1001']);
  });
  it('makes nothing fit that misses by a whole cent, or whole cents that differ', () => {
    expect(inMinorUnits(exact('0.352941', '0.352941'), money('0.72', 'USD'))).toBeUndefined();
    expect(inMinorUnits(exact('1.00', '2.00'), money('3.01', 'USD'))).toBeUndefined();
    expect(inMinorUnits([], money('0.01', 'USD'))).toBeUndefined();
  });
  it('knows currencies of no and of three decimals', () => {
    expect(texts(inMinorUnits(exact('333.4', '333.3', '333.3'), money('1000', 'JPY')))).toEqual(['334', '333', '333']);
    expect(texts(inMinorUnits(exact('88.2', '5'), money('93.2', 'BHD')))).toEqual(['88200', '5000']);
  });
  it('always adds up, and moves no part by more than a unit from what it was', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: -100_000_000, max: 100_000_000 }), { minLength: 1, maxLength: 12 }), fc.constantFrom('USD', 'JPY', 'BHD'), (millionths, currency) => {
      const parts = millionths.map((m) => new Decimal(m).div(1_000_000));
      const stated = roundMoney(parts.reduce((a, b) => a.plus(b), new Decimal(0)), currency);
      const cents = inMinorUnits(parts, stated);
      if (!cents) throw new Error('dust of one rounding is always settled');
      expect(sum(cents, currency)).toEqual(stated);
      cents.forEach((c, i) => expect(moneyDecimal(c).minus(parts[i] ?? 0).abs().lt(moneyDecimal({ minor: '2', currency }))).toBe(true));
    }));
  });
});
