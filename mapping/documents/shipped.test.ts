import fc from 'fast-check';
import { standardCatalogue } from '../catalogue/standard';
import { checkMapping } from '../check/check';
import { type MappingDocument } from '../document/document';
import { compileMapping } from '../engine/compile';
import { runMapping } from '../engine/run';
import { asSource } from '../engine/source-text';
import { runTestCases } from '../engine/test-cases';
import { shippedMappings } from './shipped';

const documents = [...shippedMappings().values()];
const catalogue = standardCatalogue();
const compiled = (document: MappingDocument) => { const made = compileMapping(document, catalogue); if (!made.ok) throw new Error(made.failure.message); return made.value; };

/** A document with one place changed: gone, blank, or of another type. */
const broken = (source: unknown): fc.Arbitrary<unknown> => {
  const places: (string | number)[][] = [];
  const walk = (value: unknown, path: (string | number)[]): void => { if (path.length > 0) places.push(path); if (typeof value === 'object' && value !== null) for (const [k, v] of Object.entries(value)) walk(v, [...path, Array.isArray(value) ? Number(k) : k]); };
  walk(source, []);
  return fc.tuple(fc.constantFrom(...places), fc.oneof(fc.constant(undefined), fc.jsonValue({ maxDepth: 2 }), fc.constantFrom('', '-1', '1e9', 'x', '0.001', '999999999999999', 'USD'))).map(([path, value]) => {
    const copy = structuredClone(source);
    const holder = path.slice(0, -1).reduce<Record<string | number, unknown>>((at, k) => at[k] as Record<string | number, unknown>, copy as Record<string | number, unknown>);
    holder[path[path.length - 1] as string] = value;
    return copy;
  });
};

describe.each(documents.map((d) => [d.name, d] as const))('%s', (_name, document) => {
  it('has nothing to remark and keeps its own test cases', async () => {
    expect(checkMapping(document, catalogue).map((f) => `${f.rule} ${f.message}`)).toEqual([]);
    expect((await runTestCases(document, catalogue)).filter((v) => !v.ok)).toEqual([]);
  });
  it('ends as a document or a named failure, whatever is broken in its source', async () => {
    const mapping = compiled(document);
    const [test] = document.tests;
    if (!test) throw new Error('no test case');
    await fc.assert(fc.asyncProperty(fc.oneof(broken(test.source), broken(test.source), fc.jsonValue({ maxDepth: 3 })), async (source) => {
      const input = { source: asSource(source), params: test.params, tables: test.tables };
      const result = await runMapping(mapping, input);
      if (!result.ok) expect([result.failure.message.length > 10, result.failure.fix.length > 10, result.failure.document]).toEqual([true, true, document.name]);
      expect(JSON.stringify(await runMapping(mapping, input))).toBe(JSON.stringify(result));
    }), { numRuns: 150 });
  });
});
