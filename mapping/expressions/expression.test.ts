import fc from 'fast-check';
import jsonata from 'jsonata';
import { compileExpression, EvaluationError, ExpressionError, limits } from './expression';
import { mappingFunctions } from './functions';

const value = async (text: string, item: unknown = {}, variables: Record<string, unknown> = {}): Promise<unknown> => compileExpression(text).run(item, variables);

/** What the library alone gives, with our functions. */
async function bare(text: string, item: unknown, variables: Record<string, unknown>): Promise<unknown> {
  const expression = jsonata(text);
  for (const [name, { run }] of Object.entries(mappingFunctions)) expression.registerFunction(name, (...args: unknown[]) => run(...args));
  return expression.evaluate(item, variables);
}
const outcome = async (run: () => Promise<unknown>): Promise<unknown> => { try { return JSON.stringify((await run()) ?? null); } catch { return 'failed'; } };

const leaf = fc.oneof(fc.constantFrom('', ' x ', 'a@b', '1.50', '2', '0', '-3'), fc.boolean(), fc.constant(null));
const tree = fc.letrec((tie) => ({ node: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaf, fc.array(tie('node'), { maxLength: 3 }), fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('node'), { maxKeys: 3 })) })).node;
const document = fc.dictionary(fc.constantFrom('a', 'b', 'c'), tree, { maxKeys: 3 });

const fastOnes = ['a', 'a.b', 'a.b.c', '$v.a.b', '$', '$.a', 'a[0]', 'a[-1].b', 'a[b = "2"].c', 'a[b = "2" or $exists(c)]', 'a ? b : c', 'a = b', 'a != b', 'a & "-" & b', 'a and b or c', 'a in ["2"]', 'a in b', '$count(a.b)', '$exists(a.c)', '$not(a)',
  '$filled(a) ? $v.a : "none"', '{"x": a.b, "y": $v.c}', '$join(a.b, ",")', '$trim(a)', '$uppercase(a.b)', '$substringBefore(a, "@")', '$total(a.b)', '$add(a, b)', '$sub(a.b, "1")', '$firstFilled(a, b, c)', '$words(a, b)', 'a < b', '(a)', '$boolean(a.b)', 'a.b[c != "0"][0]', '$substringAfter(a.b, "@")', '$type(a.b)', '$total([a.b, b, "1"])', '$count([a, [b], a.c])'];

describe('expressions', () => {
  it.each(fastOnes)('%s: the plain function and the library agree on any document', async (text) => {
    const compiled = compileExpression(text);
    if (!text.includes('["2"]')) expect(compiled.fast).toBe(true);
    await fc.assert(fc.asyncProperty(document, document, async (item, v) => {
      expect(await outcome(async () => compiled.run(item, { v }))).toBe(await outcome(() => bare(text, item, { v })));
    }), { numRuns: 80 });
  });
  it.each([
    ['$map(a, function($x){ $x & "!" })', ['1!', '2!']], ['a[$contains($, /^1/)]', '1'], ['$replace("a-b-c", /-/, "+")', 'a+b+c'], ['($t := $add(a[0], "1"); $t)', '2'], ['a ~> $join("/")', '1/2'], ['$count(a) + 1', 3],
  ])('%s goes to the library', async (text, wanted) => expect(await value(text, { a: ['1', '2'] })).toEqual(wanted));

  it.each([
    ['$now()', 'parameter'], ['$random()', 'same result'], ['$eval("1")', 'write the expression'], ['$map(a, $eval)', 'write the expression'], ['$sum(a)', '\\$total'], ['a * b', '\\$mul'], ['a / 3', '\\$mul'], ['**', 'name the path'], ['[1..a]', 'fixed ends'], ['a[', 'cannot be read'], ['$nope(a)', 'not there'],
    ['$add(a)', 'takes 2 to 20'], ['$match(a, /(a+)\\1/)', 'refers back'], ['a ~> |b|{}|', 'changes its input'], [`${'a'.repeat(2001)}`, 'at most 2000'], [Array.from({ length: 260 }, () => 'a').join(' & '), 'too large'],
  ])('%s is refused with the way out', (text, why) => {
    expect(() => compileExpression(text)).toThrow(ExpressionError);
    expect(() => compileExpression(text)).toThrow(new RegExp(why));
  });

  it.each([
    ['steps', '($f := function($n){ $count($n) < 0 ? 0 : $f($append($n, 1)) }; $f([1]))', {}], ['depth', '($f := function($n){ "x" & $f($n) }; $f(1))', {}],
    ['text', '($d := function($t, $n){ $n = 0 ? $t : $d($t & $t, $n - 1) }; $d("xxxxxxxxxx", 40))', {}], ['lists', '($d := function($t, $n){ $n = 0 ? $t : $d($append($t, $t), $n - 1) }; $d([1,2,3], 40))', {}],
    ['patterns', '$contains(a, /(x+x+)+y/)', { a: 'x'.repeat(20_000) }], ['floats', '1 + 0.5', {}], ['no number', '$add(a, "1")', { a: 'ten' }], ['null', '$add(a, "1")', { a: null }], ['zero', '$div("1", "0")', {}],
  ])('is bounded in %s: it ends soon, with the expression and the value', async (_name, text, item) => {
    const before = process.cpuUsage();
    await expect(Promise.resolve().then(() => value(text, item))).rejects.toThrow(EvaluationError);
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(10_000); // What is not bounded never ends.
    expect(limits.steps).toBe(20_000);
  });

  it('reads only what the document itself has', async () => {
    expect(await value('constructor.name', {})).toBeUndefined();
    expect(await value('__proto__', JSON.parse('{"__proto__":{"a":1}}'))).toEqual({ a: 1 });
    expect(await value('a.toString', { a: {} })).toBeUndefined();
  });
});

describe('functions', () => {
  it.each([
    ['$add("0.1","0.2")', '0.3'], ['$mul("19.99","3")', '59.97'], ['$div("1","3")', '0.33333333333333333333'], ['$round("2.165","2")', '2.17'], ['$round("-2.165","2")', '-2.17'], ['$round("2.165","2","half-even")', '2.16'], ['$roundMoney("1.5","JPY")', '2'], ['$fixed("5","2")', '5.00'],
    ['$amount($m)', '398.00'], ['$total($m)', '398'], ['$allocate("10.00",["1","1","1"],"2")', ['3.34', '3.33', '3.33']], ['$segment("000-1100-00","-","2")', '1100'], ['$end("pi_123456","4")', '3456'], ['$day("2026-01-31T23:30:00Z","Europe/Berlin")', '2026-02-01'], ['$addDays("2026-02-27","2")', '2026-03-01'],
    ['$equal("1.50","1.5")', true], ['$above("2","10")', false], ['$neg("0")', '0'], ['$words("", "Ann", " Lee ")', 'Ann Lee'], ['$filled($m.nothing)', false], ['$item(["a","b"], "2")', 'b'],
  ])('%s', async (text, wanted) => expect(await value(text, {}, { m: { minor: '39800', currency: 'USD' } })).toEqual(wanted));
  it('splitting loses nothing', async () => {
    await fc.assert(fc.asyncProperty(fc.bigInt({ min: -1_000_000_000_000n, max: 1_000_000_000_000n }), fc.array(fc.nat(1000).map(String), { minLength: 1, maxLength: 9 }), async (minor, weights) => {
      const total = mappingFunctions['div']?.run(String(minor), '100');
      const parts = await value('$allocate(t, w, "2")', { t: total, w: weights });
      expect(mappingFunctions['total']?.run(parts)).toBe(total);
    }));
  });
});
