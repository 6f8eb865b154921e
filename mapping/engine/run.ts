import { isObject } from '../expressions/decimal-text';
import { type Json } from '../expressions/sequence';
import { type CompiledMapping } from './compile';
import { failAs, MappingFailure, runSteps, Run, type MappingInput, type MappingResult, type Scope } from './state';

/** How deep a source may be nested: deeper is no business document. */
const depthMax = 60;
function tooDeep(value: Json, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depth >= depthMax) return true;
  for (const key in value) if (tooDeep((value as Record<string, Json>)[key], depth + 1)) return true;
  return false;
}

function checkInput(run: Run): void {
  const { document, input } = run;
  const rule = { number: '–', kind: 'input', to: 'source' };
  if (!isObject(input.source)) throw failAs(run, rule, { code: document.policies.codes.value ?? 'value-unusable', field: 'source', value: input.source, message: 'The source is no JSON object.' });
  if (tooDeep(input.source)) throw failAs(run, rule, { code: document.policies.codes.value ?? 'value-unusable', field: 'source', message: `The source is nested more than ${depthMax} deep.` });
  for (const [name, { required, type }] of Object.entries(document.parameters)) {
    if (required && (input.params?.[name] === undefined || input.params[name] === null)) throw failAs(run, { ...rule, to: `$params.${name}` }, { code: 'mapping-invalid', field: `$params.${name}`, message: `The mapping needs the parameter "${name}" (${type}), and it did not come in.`, fix: 'Hand the parameter in; see the document\'s parameters.' });
  }
}

function unwrapped(run: Run): Json {
  const { source } = run.input;
  const { unwrap } = run.document;
  return unwrap !== undefined && isObject(source) && isObject(source[unwrap]) ? source[unwrap] : source;
}

/**
 * Applies a mapping to one source. Pure: the same input always gives the same result. Gives the target document with remarks, or one named failure
 * (rule, field, value); `hold` says that it waits for something that is missing, such as a row of a table. Never throws for any JSON.
 */
export async function runMapping(mapping: CompiledMapping, input: MappingInput, options: { explain?: boolean } = {}): Promise<MappingResult> {
  const run = new Run(mapping.document, input, options.explain ?? false);
  const document = { name: mapping.document.name, version: mapping.document.version };
  const row: Record<string, Json> = {};
  try {
    checkInput(run);
    const item = unwrapped(run);
    const vars: Record<string, Json> = { doc: item, params: input.params ?? {}, row, made: row };
    const scope: Scope = { run, item, vars, row };
    await runSteps(mapping.steps, scope);
    mapping.complete(scope);
    await runSteps(mapping.identities, scope);
    return { ok: true, value: row, warnings: run.warnings, explanations: run.explanations, document };
  } catch (error) {
    if (!(error instanceof MappingFailure)) throw error;
    return { ok: false, failure: error.failure, hold: error.hold, warnings: run.warnings, explanations: run.explanations, document };
  }
}
