import fc from 'fast-check';
import { z } from 'zod';
import { done, failed, type Outcome } from '../../canonical/failure';
import { gatheringReader } from './gathering-reader';
import { type Reader } from './reader';

const shape = { element: 'X', details: {}, schema: z.object({ DOCNUMBR: z.string(), n: z.number() }) };
type Row = z.infer<typeof shape.schema>;
const ask = (reader: Reader, ...values: string[]): Promise<Outcome<Row[]>> => reader.readIn({ type: 'Cash_Receipt', column: 'DOCNUMBR', values }, shape);

/** A GP that holds these documents, in upper case and with blanks behind, and answers after a moment. */
function ledger(rows: Row[], odd: Row[] = []): { reader: Reader; asked: string[][] } {
  const asked: string[][] = [];
  const readIn = async ({ values }: { values: readonly string[] }): Promise<Outcome<unknown[]>> => {
    asked.push([...values]);
    await new Promise((wake) => { setTimeout(wake, 2); });
    if (values.includes('BAD')) return failed({ code: 'text-unusable', message: 'BAD cannot be asked for', fix: 'none' });
    return done([...rows.filter((r) => values.some((v) => v.toUpperCase() === r.DOCNUMBR.trimEnd())), ...(values.length > 1 ? odd : [])]);
  };
  return { reader: { readIn, read: async () => done([]) } as unknown as Reader, asked };
}

describe('questions that gather', () => {
  it('go together in the next read, and everybody gets their own rows', async () => {
    const { reader, asked } = ledger([{ DOCNUMBR: 'A  ', n: 1 }, { DOCNUMBR: 'B', n: 2 }, { DOCNUMBR: 'B', n: 3 }, { DOCNUMBR: 'C', n: 4 }]);
    const one = gatheringReader(reader);
    const answers = await Promise.all([ask(one, 'A'), ask(one, 'b', 'C'), ask(one, 'B'), ask(one, 'none'), ask(one, '')]);
    expect(answers.map((a) => (a.ok ? a.value.map((r) => r.n) : 'failed'))).toEqual([[1], [2, 3, 4], [2, 3], [], []]);
    expect(asked).toEqual([['A'], ['b', 'C', 'B', 'none']]);
  });
  it('wait a moment behind another read, so that those go together that come one after another; a question after a silence goes at once', async () => {
    const { reader, asked } = ledger([{ DOCNUMBR: 'A', n: 1 }, { DOCNUMBR: 'B', n: 2 }, { DOCNUMBR: 'C', n: 3 }]);
    const one = gatheringReader(reader);
    await ask(one, 'A');
    const after = ask(one, 'B');
    await new Promise((wake) => { setTimeout(wake, 5); });
    expect([await after, await ask(one, 'C').then((c) => c.ok)]).toEqual([{ ok: true, value: [{ DOCNUMBR: 'B', n: 2 }] }, true]);
    const late = [ask(one, 'A')];
    await new Promise((wake) => { setTimeout(wake, 1); });
    late.push(ask(one, 'B'), ask(one, 'C'));
    expect((await Promise.all(late)).every((l) => l.ok)).toBe(true);
    expect(asked).toEqual([['A'], ['B'], ['C'], ['A', 'B', 'C']]);
  });
  it('are asked one by one when one of them is refused, or a row is nobody\'s', async () => {
    const refused = gatheringReader(ledger([{ DOCNUMBR: 'B', n: 2 }]).reader);
    const answers = await Promise.all([ask(refused, 'A'), ask(refused, 'BAD'), ask(refused, 'B')]);
    expect(answers.map((a) => (a.ok ? a.value.length : a.failure.code))).toEqual([0, 'text-unusable', 1]);
    const { reader, asked } = ledger([{ DOCNUMBR: 'B', n: 2 }], [{ DOCNUMBR: 'ELSE', n: 9 }]);
    const odd = gatheringReader(reader);
    expect((await Promise.all([ask(odd, 'A'), ask(odd, 'B'), ask(odd, 'C')])).map((a) => a.ok && a.value.length)).toEqual([0, 1, 0]);
    expect(asked).toEqual([['A'], ['B', 'C'], ['B'], ['C']]);
  });
  it('answer as if each had been asked alone', async () => {
    const letters = fc.constantFrom('A', 'B', 'C', 'D', 'E');
    await fc.assert(fc.asyncProperty(fc.array(fc.record({ DOCNUMBR: letters, n: fc.nat(99) }), { maxLength: 12 }), fc.array(fc.array(letters, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 8 }), async (rows, questions) => {
      const { reader } = ledger(rows);
      const gathered = gatheringReader(reader);
      const together = await Promise.all(questions.map((q) => ask(gathered, ...q)));
      expect(together).toEqual(await Promise.all(questions.map((q) => ask(reader, ...new Set(q)))));
    }), { numRuns: 60 });
  });
});
