/** Longest pattern, and most repetitions of one part, that are taken: what is written by hand is far below. */
export const patternMax = 300;
const repeatMax = 64;

export type CharTest = (char: string) => boolean;
export type RegexNode =
  | { kind: 'char'; test: CharTest } | { kind: 'assert'; at: '^' | '$' | 'b' | 'B' } | { kind: 'empty' }
  | { kind: 'sequence'; parts: RegexNode[] } | { kind: 'choice'; options: RegexNode[] }
  | { kind: 'group'; body: RegexNode; number?: number } | { kind: 'repeat'; body: RegexNode; min: number; max?: number; lazy: boolean };

/** A pattern that cannot be taken, in words: what it holds and what to write instead. */
export class RegexError extends Error {
  constructor(readonly pattern: string, why: string) { super(`The pattern /${pattern}/ ${why}`); }
}

const digit: CharTest = (c) => c >= '0' && c <= '9';
const word: CharTest = (c) => digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c === '_';
const space: CharTest = (c) => /\s/u.test(c);
const not = (test: CharTest): CharTest => (c) => !test(c);
const named: Record<string, CharTest> = { d: digit, D: not(digit), w: word, W: not(word), s: space, S: not(space) };
const controls: Record<string, string> = { n: '\n', r: '\r', t: '\t', f: '\f', v: '\v', 0: '\0' };

/** Pattern → tree. Taken: text, `.`, classes, `^ $ \b`, groups, `|`, `* + ? {m,n}` and lazy forms; not: look-around and back-references. */
export function parseRegex(pattern: string, ignoreCase: boolean): { root: RegexNode; groups: number } {
  if (pattern.length > patternMax) throw new RegexError(`${pattern.slice(0, 30)}…`, `has ${pattern.length} characters; at most ${patternMax} are taken.`);
  let at = 0;
  let groups = 0;
  const fail = (why: string): never => { throw new RegexError(pattern, why); };
  const peek = (): string | undefined => pattern[at];
  const next = (): string => pattern[at++] ?? fail('ends too early.');
  const is = (wanted: string): CharTest => (ignoreCase ? (c) => c.toLowerCase() === wanted.toLowerCase() : (c) => c === wanted);

  const escaped = (): { char?: string; test?: CharTest; assert?: 'b' | 'B' } => {
    const c = next();
    if (named[c]) return { test: named[c] };
    if (c === 'b' || c === 'B') return { assert: c };
    if (controls[c] !== undefined) return { char: controls[c] };
    if (c === 'x' || c === 'u') {
      const hex = pattern.slice(at, at + (c === 'x' ? 2 : 4));
      if (!/^[0-9a-fA-F]+$/.test(hex) || hex.length !== (c === 'x' ? 2 : 4)) fail(`holds a broken \\${c}.`);
      at += hex.length;
      return { char: String.fromCharCode(parseInt(hex, 16)) };
    }
    if (/[1-9k]/.test(c)) fail('refers back to a group, which cannot be matched in linear time. Fix: write the text out.');
    if (/[A-Za-z]/.test(c)) fail(`holds \\${c}, which is not known here.`);
    return { char: c };
  };

  const classOf = (): RegexNode => {
    const negated = peek() === '^';
    if (negated) at += 1;
    const tests: CharTest[] = [];
    for (let first = true; first || peek() !== ']'; first = false) {
      const c = next();
      const low = c === '\\' ? escaped() : { char: c };
      if (low.assert) { tests.push(is('\b')); continue; }
      if (low.test) { tests.push(low.test); continue; }
      const from = low.char ?? '';
      if (peek() === '-' && pattern[at + 1] !== ']' && pattern[at + 1] !== undefined) {
        at += 1;
        const d = next();
        const high = d === '\\' ? escaped().char ?? fail('has a class as the end of a range.') : d;
        if (high < from) fail(`has the range ${from}-${high} the wrong way round.`);
        const inside: CharTest = (x) => x >= from && x <= high;
        tests.push(ignoreCase ? (x) => inside(x.toLowerCase()) || inside(x.toUpperCase()) : inside);
      } else tests.push(is(from));
    }
    at += 1;
    const anyOf: CharTest = (c) => tests.some((t) => t(c));
    return { kind: 'char', test: negated ? not(anyOf) : anyOf };
  };

  const groupOf = (): RegexNode => {
    let number: number | undefined;
    if (peek() === '?') {
      at += 1;
      if (next() !== ':') fail('looks around or names a group, which is not taken. Fix: use (…) or (?:…).');
    } else number = ++groups;
    const body = choice();
    if (next() !== ')') fail('has a group that does not end.');
    return { kind: 'group', body, ...(number === undefined ? {} : { number }) };
  };

  const atom = (): RegexNode => {
    const c = next();
    if (c === '.') return { kind: 'char', test: (x) => x !== '\n' && x !== '\r' && x !== '\u2028' && x !== '\u2029' };
    if (c === '^' || c === '$') return { kind: 'assert', at: c };
    if (c === '(') return groupOf();
    if (c === '[') return classOf();
    if (c === '*' || c === '+' || c === '?') return fail(`repeats nothing at "${c}".`);
    if (c !== '\\') return { kind: 'char', test: is(c) };
    const e = escaped();
    return e.assert ? { kind: 'assert', at: e.assert } : { kind: 'char', test: e.test ?? is(e.char ?? '') };
  };

  const counts = (): { min: number; max?: number } | undefined => {
    const braces = /^\{(\d{1,4})(,(\d{0,4}))?\}/.exec(pattern.slice(at));
    const c = peek();
    if (c === '*' || c === '+' || c === '?') { at += 1; return c === '*' ? { min: 0 } : c === '+' ? { min: 1 } : { min: 0, max: 1 }; }
    if (!braces) return undefined;
    at += braces[0].length;
    const min = Number(braces[1]);
    const max = braces[2] === undefined ? min : braces[3] === '' ? undefined : Number(braces[3]);
    if (min > repeatMax || (max ?? 0) > repeatMax) fail(`repeats a part more than ${repeatMax} times.`);
    if (max !== undefined && max < min) fail('repeats a part fewer times at most than at least.');
    return { min, ...(max === undefined ? {} : { max }) };
  };

  const sequence = (): RegexNode => {
    const parts: RegexNode[] = [];
    while (peek() !== undefined && peek() !== '|' && peek() !== ')') {
      const body = atom();
      const count = counts();
      if (!count) { parts.push(body); continue; }
      const lazy = peek() === '?';
      if (lazy) at += 1;
      parts.push({ kind: 'repeat', body, ...count, lazy });
    }
    return parts.length === 0 ? { kind: 'empty' } : { kind: 'sequence', parts };
  };

  const choice = (): RegexNode => {
    const options = [sequence()];
    while (peek() === '|') { at += 1; options.push(sequence()); }
    return options.length === 1 ? options[0] ?? { kind: 'empty' } : { kind: 'choice', options };
  };

  const root = choice();
  if (peek() !== undefined) fail(`has a ")" without its group.`);
  return { root, groups };
}
