import fc from 'fast-check';
import { RegexError, SafeRegex } from './regex';

const patterns = ['a+b', '^SKU-(\\d{3})$', '(a|ab)(c|bcd)', '^(?:GB)?\\d{9}$', '[A-Z]{2,3}-?[0-9]+', '\\bfreight\\b', 'a*?b', '(x?y){1,3}', '[^a-c]+$', 'a.c|b', '^$', '(a*)(b?)c'];

describe('SafeRegex', () => {
  it.each(patterns)('finds what the language finds for %s', (pattern) => {
    const known = new SafeRegex(pattern);
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd', 'x', 'y', '1', '2', '-', ' ', 'S', 'K', 'U', 'G', 'B'), maxLength: 14 }), (text) => {
      const theirs = new RegExp(pattern).exec(text);
      const ours = new SafeRegex(pattern).find(text);
      expect(ours && [ours.index, text.slice(ours.index, ours.end), ...ours.groups]).toEqual(theirs ? [theirs.index, ...theirs] : undefined);
      // Once for texts it has not seen, and once more for what it remembers.
      for (let again = 0; again < 2; again += 1) expect(known.test(text)).toBe(theirs !== null);
    }), { numRuns: 300 });
  });
  it('answers right after it forgot what it knew', () => {
    const regex = new SafeRegex('[^a]b$');
    for (let i = 0; i < 5_000; i += 1) { const c = String.fromCharCode(0x4e00 + i); expect([regex.test(`${c}b`), regex.test(`ab${c}`)]).toEqual([true, false]); }
  });
  it('takes upper and lower case as one with i', () => expect(new SafeRegex('^tax [a-f]', 'i').test('TAX C')).toBe(true));
  it.each(['^(a+)+$', '(a|aa)+$', '(.*)*x', '\\d+\\d+\\d+\\d+x', '(a?){20}a{20}'])('%s ends at once on a text made to keep it busy', (pattern) => {
    const before = process.cpuUsage();
    new SafeRegex(pattern).test(`${'a'.repeat(1500)}${'1'.repeat(1500)}!`);
    expect(process.cpuUsage(before).user / 1e3).toBeLessThan(10_000); // Trying one way after the other takes longer than anybody waits.
  });
  it.each([['(?=a)b', 'looks around'], ['(a)\\1', 'refers back'], ['a{1000}', 'more than 64'], ['[z-a]', 'wrong way'], ['(a', 'too early|does not end'], ['*a', 'repeats nothing'], ['((a{64}){64}){64}', 'unrolls']])('refuses %s in words', (pattern, why) => {
    expect(() => new SafeRegex(pattern)).toThrow(RegexError);
    expect(() => new SafeRegex(pattern)).toThrow(new RegExp(why));
  });
});
