import fc from 'fast-check';
import { inGroups } from './in-groups';

const pause = (ms: number): Promise<void> => new Promise((wake) => { setTimeout(wake, ms); });

/** Doubles what it is given, after a moment; a negative number fails with all that go with it. */
function doubling(): { act(items: readonly number[]): Promise<number[]>; groups: number[][] } {
  const groups: number[][] = [];
  return { groups, act: async (items) => { groups.push([...items]); await pause(2); if (items.some((n) => n < 0)) throw new Error(`bad ${items.find((n) => n < 0)}`); return items.map((n) => n * 2); } };
}

describe('statements in groups', () => {
  it('go at once when they come alone, and together behind one that is under way', async () => {
    const { act, groups } = doubling();
    const ask = inGroups(act, { max: 3 });
    expect(await Promise.all([1, 2, 3, 4, 5].map(ask))).toEqual([2, 4, 6, 8, 10]);
    expect(groups).toEqual([[1], [2, 3, 4], [5]]);
  });
  it('wait a moment close behind another, where that is asked for', async () => {
    const { act, groups } = doubling();
    const ask = inGroups(act, { max: 50, gatherMs: 20 });
    await ask(1);
    const second = ask(2);
    await pause(5);
    expect(await Promise.all([second, ask(3)])).toEqual([4, 6]);
    expect(groups).toEqual([[1], [2, 3]]);
  });
  it('fail alone', async () => {
    const { act } = doubling();
    const ask = inGroups(act, { max: 50 });
    const answers = await Promise.allSettled([1, 2, -3, 4].map(ask));
    expect(answers.map((a) => (a.status === 'fulfilled' ? a.value : (a.reason as Error).message))).toEqual([2, 4, 'bad -3', 8]);
    expect(await ask(5)).toBe(10);
  });
  it('answer as if each had been asked alone', () => fc.assert(fc.asyncProperty(fc.array(fc.integer({ min: -2, max: 50 }), { minLength: 1, maxLength: 12 }), fc.integer({ min: 1, max: 5 }), async (numbers, max) => {
    const { act, groups } = doubling();
    const ask = inGroups(act, { max });
    const answers = await Promise.allSettled(numbers.map(ask));
    expect(answers.map((a) => (a.status === 'fulfilled' ? a.value : undefined))).toEqual(numbers.map((n) => (n < 0 ? undefined : n * 2)));
    expect(Math.max(...groups.map((g) => g.length))).toBeLessThanOrEqual(max);
  }), { numRuns: 40 }));
});
