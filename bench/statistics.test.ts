import fc from 'fast-check';
import { median, medians, quantile } from './statistics';

const numbers = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 50 });

describe('quantile', () => {
  it('takes the nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);
    expect([quantile(hundred, 0.5), quantile(hundred, 0.99), quantile(hundred, 1), quantile(hundred, 0)]).toEqual([50, 99, 100, 1]);
  });
  it('has at least its share of the list at or below it, and is one of the list', () => {
    fc.assert(fc.property(numbers, fc.double({ min: 0, max: 1, noNaN: true }), (list, share) => {
      const q = quantile(list, share);
      expect(list).toContain(q);
      expect(list.filter((n) => n <= q).length).toBeGreaterThanOrEqual(Math.floor(share * list.length));
    }));
  });
  it('is not a number without values', () => expect(quantile([], 0.5)).toBeNaN());
});

describe('median', () => {
  it.each([[[3, 1, 2], 2], [[4, 1, 3, 2], 2.5], [[7], 7]])('%j → %d', (list, middle) => expect(median(list)).toBe(middle));
  it('does not depend on the order', () => {
    fc.assert(fc.property(numbers, (list) => { expect(median([...list].reverse())).toBe(median(list)); }));
  });
});

it('medians go name by name, over the records that have the name', () => {
  expect(medians([{ a: 1, b: 10 }, { a: 3 }, { a: 2, b: 20 }])).toEqual({ a: 2, b: 15 });
});
