import { type Failure } from '../../canonical/failure';
import { type Catalogue } from '../catalogue/catalogue';
import { type MappingDocument, type TestCase } from '../document/document';
import { isObject, shown } from '../expressions/decimal-text';
import { type Json } from '../expressions/sequence';
import { compileMapping, type CompiledMapping } from './compile';
import { runMapping } from './run';
import { asSource } from './source-text';

export type TestVerdict = { mapping: string; name: string; ok: boolean; problems: string[] };

/** What of `wanted` is not in `given`: fields that `wanted` leaves out do not matter, lists have the same length. `exact` lets nothing be left out. */
function differences(wanted: Json, given: Json, at: { path: string; exact: boolean }): string[] {
  const { path, exact } = at;
  const here = path === '' ? 'the document' : path;
  if (Array.isArray(wanted)) {
    if (!Array.isArray(given)) return [`${here}: ${shown(given)} is no list`];
    if (given.length !== wanted.length) return [`${here}: ${given.length} element(s) instead of ${wanted.length}`];
    return wanted.flatMap((w, i) => differences(w, given[i] as Json, { path: `${path}[${i}]`, exact }));
  }
  if (isObject(wanted)) {
    if (!isObject(given)) return [`${here}: ${shown(given)} instead of ${shown(wanted)}`];
    const more = exact ? Object.keys(given).filter((k) => !Object.hasOwn(wanted, k)).map((k) => `${path === '' ? k : `${path}.${k}`}: ${shown(given[k])} is not expected`) : [];
    return [...Object.entries(wanted).flatMap(([k, w]) => differences(w, given[k], { path: path === '' ? k : `${path}.${k}`, exact })), ...more];
  }
  return wanted === given || (wanted === null && given === undefined) ? [] : [`${here}: ${shown(given)} instead of ${shown(wanted)}`];
}

function failureProblems(test: TestCase, failure: Failure, hold: boolean): string[] {
  const wanted = test.failure;
  if (!wanted) return [`failed with ${failure.code}: ${failure.message}`];
  return [...(failure.code === wanted.code ? [] : [`failed with ${failure.code} instead of ${wanted.code}`]), ...(wanted.field === undefined || wanted.field === failure.field ? [] : [`names the field ${failure.field ?? 'none'} instead of ${wanted.field}`]), ...(wanted.hold === undefined || wanted.hold === hold ? [] : [hold ? 'waits instead of failing' : 'fails instead of waiting'])];
}

async function runCase(compiled: CompiledMapping, test: TestCase): Promise<string[]> {
  const result = await runMapping(compiled, { source: asSource(test.source), params: test.params, tables: test.tables });
  if (!result.ok) return failureProblems(test, result.failure, result.hold);
  if (test.failure) return [`gave a document instead of ${test.failure.code}`];
  const plain = JSON.parse(JSON.stringify(result.value)) as Json;
  const warned = test.warnings?.filter((w) => !result.warnings.some((given) => given.includes(w))).map((w) => `no remark holds "${w}"`) ?? [];
  return [...(test.expect === undefined ? [] : differences(test.expect, plain, { path: '', exact: false })), ...(test.exactly === undefined ? [] : differences(test.exactly, plain, { path: '', exact: true })), ...warned];
}

/** Runs a document's own test cases; a document that cannot be used fails them all by one verdict. */
export async function runTestCases(document: MappingDocument, catalogue: Catalogue): Promise<TestVerdict[]> {
  const compiled = compileMapping(document, catalogue);
  if (!compiled.ok) return [{ mapping: document.name, name: '(the document)', ok: false, problems: [compiled.failure.message] }];
  const verdicts: TestVerdict[] = [];
  for (const test of document.tests) {
    const problems = await runCase(compiled.value, test);
    verdicts.push({ mapping: document.name, name: test.name, ok: problems.length === 0, problems: problems.slice(0, 20) });
  }
  return verdicts;
}
