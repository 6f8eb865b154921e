import { existsSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { standardCatalogue } from '../mapping/catalogue/standard';
import { checkMapping, hasErrors, type Finding } from '../mapping/check/check';
import { parseMapping } from '../mapping/document/document';
import { compileMapping } from '../mapping/engine/compile';
import { runMapping } from '../mapping/engine/run';
import { runTestCases, type TestVerdict } from '../mapping/engine/test-cases';
import { diffMappings } from '../mapping/words/diff';
import { shown } from '../mapping/expressions/decimal-text';
import { catalogueFor, readDocument, readDocumentJson, readInputs, readRecorded, shippedNames } from './mapping-files';
import { UsageError } from './options';
import { table } from './table';

export type MappingAsk = { root: string; args: string[]; flag(name: string): string | undefined };
/** `exit` 1: something is wrong with what was asked about. */
export type MappingAnswer = { json: unknown; text: string; exit: 0 | 1 };
export type MappingCommand = { usage: string; summary: string; least: number; most: number; run(ask: MappingAsk): MappingAnswer | Promise<MappingAnswer> };

const findingText = (f: Finding): string => `${f.level === 'error' ? '✗' : '!'} ${f.rule === '–' ? '' : `rule ${f.rule}${f.id ? ` (${f.id})` : ''} `}[${f.code}] ${f.field}: ${f.message}\n    Fix: ${f.fix}`;

/** A document that cannot even be read is a finding too: programs read one shape. */
function readFindings(given: string, root: string): Finding[] | undefined {
  const parsed = parseMapping(readDocumentJson(given, root));
  if (parsed.ok) return undefined;
  return (parsed.failure.causes ?? []).map((cause) => ({ level: 'error', code: 'mapping-invalid', rule: '–', field: cause.slice(0, Math.max(0, cause.indexOf(': '))), message: cause.slice(cause.indexOf(': ') + 2), fix: parsed.failure.fix }));
}

const check: MappingCommand = { usage: 'check FILE|NAME [--sample DOC] [--tables FILE]', summary: 'what is wrong with a document, without data; exit code 1 where something is', least: 1, most: 1, run({ root, args, flag }) {
  const given = args[0] ?? '';
  const unread = readFindings(given, root);
  const document = unread ? undefined : readDocument(given, root);
  const findings = unread ?? (document ? checkMapping(document, catalogueFor(document, flag('sample')), { tables: readInputs({ params: undefined, tables: flag('tables') }).tables }) : []);
  const errors = findings.filter((f) => f.level === 'error').length;
  const name = document ? `${document.name} version ${document.version}` : given;
  return { json: { mapping: document?.name ?? given, ...(document ? { version: document.version } : {}), ok: !hasErrors(findings), errors, warnings: findings.length - errors, findings }, text: findings.length === 0 ? `${name}: nothing to remark.` : `${name}: ${errors} error(s), ${findings.length - errors} warning(s)\n${findings.map(findingText).join('\n')}`, exit: errors > 0 ? 1 : 0 };
} };

const run: MappingCommand = { usage: 'run FILE|NAME DOC [--params FILE|JSON] [--tables FILE|JSON]', summary: 'applies a document to a recorded one and says why each field holds what it holds', least: 2, most: 2, async run({ root, args, flag }) {
  const document = readDocument(args[0] ?? '', root);
  const compiled = compileMapping(document, standardCatalogue());
  if (!compiled.ok) return { json: { mapping: document.name, version: document.version, ok: false, failure: compiled.failure }, text: `✗ ${compiled.failure.code}: ${compiled.failure.message}\n  Fix: ${compiled.failure.fix}`, exit: 1 };
  const { params, tables } = readInputs({ params: flag('params'), tables: flag('tables') });
  const result = await runMapping(compiled.value, { source: readRecorded(args[1] ?? ''), params, tables }, { explain: true });
  const { explanations, warnings } = result;
  const told = explanations.map((e) => [e.field, shown(e.value), e.because.replace(/^rule [\d.]+( \([^)]*\))?: /, (head) => `because ${head.slice(0, -2)}, `)] as const);
  const json = { mapping: document.name, version: document.version, ok: result.ok, ...(result.ok ? { value: result.value } : { failure: result.failure, hold: result.hold }), warnings, explanations };
  const head = result.ok ? JSON.stringify(result.value, null, 2) : `✗ ${result.failure.code}${result.failure.field ? ` at ${result.failure.field}` : ''}: ${result.failure.message}\n  ${(result.failure.causes ?? []).join('; ')}\n  Fix: ${result.failure.fix}${result.hold ? '\n  It waits: nothing is given up.' : ''}`;
  return { json, text: `${head}\n\n${told.length === 0 ? '' : table(['field', 'value', 'why'], told, 90)}${warnings.map((w) => `\n! ${w}`).join('')}`, exit: result.ok ? 0 : 1 };
} };

const test: MappingCommand = { usage: 'test [FILE|NAME …]', summary: 'runs the test cases of these documents, or of all that ship; exit code 1 where one fails', least: 0, most: 200, async run({ root, args }) {
  const verdicts: TestVerdict[] = [];
  const names = args.length > 0 ? args : shippedNames(root);
  for (const name of names) {
    const document = readDocument(name, root);
    const own = await runTestCases(document, standardCatalogue());
    verdicts.push(...(own.length > 0 ? own : [{ mapping: document.name, name: '(none)', ok: false, problems: ['the document has no test case'] }]));
  }
  const failed = verdicts.filter((v) => !v.ok);
  const text = [...verdicts.map((v) => `${v.ok ? '✓' : '✗'} ${v.mapping}: ${v.name}${v.problems.map((p) => `\n    ${p}`).join('')}`), '', `${verdicts.length - failed.length} of ${verdicts.length} test cases of ${names.length} document(s) hold.`].join('\n');
  return { json: { documents: names.length, tests: verdicts.length, failed: failed.length, ok: failed.length === 0, results: verdicts }, text, exit: failed.length > 0 ? 1 : 0 };
} };

const diff: MappingCommand = { usage: 'diff A B', summary: 'what changed from A to B, in business words', least: 2, most: 2, run({ root, args }) {
  const [a, b] = [readDocument(args[0] ?? '', root), readDocument(args[1] ?? '', root)];
  const changes = diffMappings(a, b);
  return { json: { from: { name: a.name, version: a.version }, to: { name: b.name, version: b.version }, same: changes.length === 0, changes }, text: changes.length === 0 ? `${b.name}: both say the same.` : `${b.name} version ${b.version} against version ${a.version}:\n${changes.map((c) => `  ${{ added: '+', removed: '−', changed: '~', moved: '↕' }[c.kind]} ${c.says}`).join('\n')}`, exit: 0 };
} };

const list: MappingCommand = { usage: 'list', summary: 'the documents that ship with Tieout', least: 0, most: 0, run({ root }) {
  const documents = shippedNames(root).map((name) => { const d = readDocument(name, root); return { name: d.name, title: d.title, version: d.version, source: d.source, target: d.target, rules: d.rules.length, tests: d.tests.length }; });
  return { json: { documents }, text: table(['name', 'version', 'from', 'to', 'rules', 'tests', 'what it does'], documents.map((d) => [d.name, d.version, d.source, d.target, d.rules, d.tests, d.title])), exit: 0 };
} };

const schemas: MappingCommand = { usage: 'schemas [ID]', summary: 'what can be read and written: all schemas, or the fields of one', least: 0, most: 1, run({ args }) {
  const catalogue = standardCatalogue();
  const [id] = args;
  if (id === undefined) {
    const all = catalogue.schemas().map((s) => ({ id: s.id, title: s.title, roles: s.roles, fields: s.fields.length }));
    return { json: { schemas: all }, text: table(['schema', 'fields', 'roles', 'what it is'], all.map((s) => [s.id, s.fields, s.roles.join(', '), s.title])), exit: 0 };
  }
  const schema = catalogue.schema(id);
  if (!schema) throw new UsageError(`ID is "${id}", and the catalogue has no such schema. Fix: one of ${catalogue.schemas().map((s) => s.id).join(', ')}.`);
  return { json: schema, text: table(['field', 'type', 'holds', '', 'what it is'], schema.fields.map((f) => [f.path, f.type, f.length ?? f.decimals, [f.required ? 'required' : '', f.readOnly ? 'read only' : '', f.custom ? 'custom' : ''].filter((w) => w).join(', '), f.enum ? f.enum.join(' | ') : f.description])), exit: 0 };
} };

const save: MappingCommand = { usage: 'export NAME FILE', summary: 'writes a document to a file, checked and in one form', least: 2, most: 2, run({ root, args }) {
  const document = readDocument(args[0] ?? '', root);
  const file = resolve(args[1] ?? '');
  if (existsSync(file)) throw new UsageError(`FILE is "${file}", and it exists already. Fix: name a new file.`);
  writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`);
  return { json: { name: document.name, version: document.version, file }, text: `${document.name} version ${document.version} is in ${file}.`, exit: 0 };
} };

/** What `npm run mapping` can do without an installation. */
export const mappingCommands: Record<string, MappingCommand> = { check, run, test, diff, list, schemas, export: save };
