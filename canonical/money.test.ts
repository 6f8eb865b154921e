import fc from 'fast-check';
import { add, allocate, compareMoney, money, moneyText, negate, roundMoney, subtract, sum } from './money';

const amount = fc.bigInt({ min: -1_000_000_000_000n, max: 1_000_000_000_000n }).map((n) => ({ minor: n.toString(), currency: 'USD' }));

describe('money', () => {
  it.each([['398.00', 'USD', '39800'], ['23600', 'JPY', '23600'], ['12.345', 'BHD', '12345'], ['-0.01', 'EUR', '-1'], ['0.0', 'USD', '0']])('%s %s is %s minor units', (text, currency, minor) => {
    expect(money(text, currency).minor).toBe(minor);
  });
  it.each([['1.005', 'USD'], ['1.5', 'JPY'], ['NaN', 'USD'], ['1e5', 'USD'], ['', 'USD'], ['1,00', 'EUR']])('refuses %p in %s', (text, currency) => expect(() => money(text, currency)).toThrow());
  it('comes back from text as it was', () => fc.assert(fc.property(amount, fc.constantFrom('USD', 'JPY', 'BHD'), (a, currency) => {
    expect(money(moneyText({ ...a, currency }), currency)).toEqual({ ...a, currency });
  })));
  it('rounds half up, away from zero', () => {
    expect(roundMoney('2.165', 'USD').minor).toBe('217');
    expect(roundMoney('-2.165', 'USD').minor).toBe('-217');
  });
  it('adds and subtracts exactly and never mixes currencies', () => {
    fc.assert(fc.property(amount, amount, (a, b) => { expect(subtract(add(a, b), b)).toEqual(a); expect(add(a, negate(a)).minor).toBe('0'); }));
    expect(() => add({ minor: '1', currency: 'USD' }, { minor: '1', currency: 'EUR' })).toThrow(/two currencies/);
  });
});

describe('allocate', () => {
  it('loses no cent, and no part is off by a whole unit', () => {
    fc.assert(fc.property(amount, fc.array(fc.nat(1000).map(String), { minLength: 1, maxLength: 12 }), (total, weights) => {
      const parts = allocate(total, weights);
      expect(sum(parts, 'USD')).toEqual(total);
      const all = weights.reduce((a, w) => a + Number(w), 0);
      if (all > 0) parts.forEach((p, i) => expect(Math.abs(Number(p.minor) - (Number(total.minor) * Number(weights[i])) / all)).toBeLessThanOrEqual(1));
    }));
  });
  it('gives the remainder to the largest fraction, ties to the earlier', () => {
    expect(allocate({ minor: '100', currency: 'USD' }, ['1', '1', '1']).map((p) => p.minor)).toEqual(['34', '33', '33']);
    expect(compareMoney({ minor: '1', currency: 'USD' }, { minor: '2', currency: 'USD' })).toBe(-1);
  });
});
