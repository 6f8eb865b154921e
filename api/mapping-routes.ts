import { type Outcome } from '../canonical/failure';
import { standardCatalogue } from '../mapping/catalogue/standard';
import { checkMapping, hasErrors, type Finding } from '../mapping/check/check';
import { parseMapping, type MappingDocument } from '../mapping/document/document';
import { shippedMappings } from '../mapping/documents/shipped';
import { compileMapping } from '../mapping/engine/compile';
import { runMapping } from '../mapping/engine/run';
import { asSource, readSource } from '../mapping/engine/source-text';
import { type Table } from '../mapping/engine/state';
import { runTestCases } from '../mapping/engine/test-cases';
import { parsePair } from '../mapping/pair';
import { pairTables } from '../mapping/pair-tables';
import { diffMappings } from '../mapping/words/diff';
import { type ApiDeps } from './deps';
import { Changes, CheckMapping, DiffQuery, DraftMapping, Findings, Listed, Ran, ReadMapping, RunMapping, TestVerdicts, Version, Why } from './mapping-schemas';
import { Problem } from './problem';
import { type Ask, type Route } from './route';
import { Ok, type z } from './schemas';

const bodyLimit = '4mb';
const place = '/mappings/{pair}/{name}';
const of = ({ params }: Ask): { pairId: string; name: string } => ({ pairId: params['pair'] ?? '', name: params['name'] ?? '' });
const notFound = (what: string): Problem => new Problem(404, `No such ${what}`);

function versionOf({ params }: Ask): number {
  const text = params['version'] ?? '';
  if (!/^[1-9]\d{0,8}$/.test(text)) throw notFound('version');
  return Number(text);
}

function parsed(json: unknown): MappingDocument {
  const made = parseMapping(json);
  if (made.ok) return made.value;
  throw new Problem(400, 'The mapping document does not fit', { detail: made.failure.message, errors: (made.failure.causes ?? []).map((c) => ({ field: c.slice(0, Math.max(1, c.indexOf(': '))), fix: c.slice(c.indexOf(': ') + 2) })) });
}

async function knownPair(pairId: string, deps: ApiDeps): Promise<unknown> {
  const configuration = await deps.store.pairs.get(pairId);
  if (configuration === undefined) throw notFound('pair');
  return configuration;
}

/** A version of the pair, else what ships under that name and number. */
async function documentOf(ask: { pairId: string; name: string; version?: number | undefined }, deps: ApiDeps): Promise<{ document: MappingDocument; state: z.infer<typeof ReadMapping>['state'] }> {
  const own = await deps.store.mappings.get(ask.pairId, ask.name, ask.version);
  if (own) return { document: parsed(own.document), state: own.state };
  const shipped = shippedMappings().get(ask.name);
  if (shipped && (ask.version === undefined || ask.version === shipped.version)) return { document: shipped, state: 'shipped' };
  throw notFound(ask.version === undefined ? 'mapping' : 'version');
}

const summed = (findings: Finding[]): z.infer<typeof Findings> => { const errors = findings.filter((f) => f.level === 'error').length; return { ok: errors === 0, errors, warnings: findings.length - errors, findings }; };

async function publish(ask: Ask, deps: ApiDeps): Promise<{ ok: true }> {
  const at = { ...of(ask), version: versionOf(ask) };
  const { reason } = Why.parse(ask.body);
  const { document, state } = await documentOf(at, deps);
  if (state !== 'draft') throw new Problem(409, 'Only a draft can be published', { detail: `Version ${at.version} is ${state}.` });
  const findings = checkMapping(document, standardCatalogue());
  if (hasErrors(findings)) throw new Problem(409, 'The check found mistakes', { detail: 'Nothing was published.', errors: findings.filter((f) => f.level === 'error').slice(0, 50).map((f) => ({ field: f.field, fix: `${f.message} ${f.fix}` })) });
  const failed = (await runTestCases(document, standardCatalogue())).filter((v) => !v.ok);
  if (failed.length > 0) throw new Problem(409, 'A test case of the document fails', { detail: 'Nothing was published.', errors: failed.slice(0, 50).map((v) => ({ field: `tests: ${v.name}`, fix: v.problems.join('; ').slice(0, 500) })) });
  if (!(await deps.store.mappings.publish({ ...at, by: ask.key.name, reason }))) throw new Problem(409, 'Somebody else was quicker', { detail: 'This version is no draft any more.' });
  await deps.store.audit.add({ who: ask.key.name, action: 'mapping:publish', subject: `mapping/${at.pairId}/${at.name}`, detail: { version: at.version, reason } });
  return { ok: true };
}

async function run(ask: Ask, deps: ApiDeps): Promise<z.infer<typeof Ran>> {
  const at = of(ask);
  const body = RunMapping.parse(ask.body);
  const configuration = await knownPair(at.pairId, deps);
  const document = body.document ? parsed(body.document) : (await documentOf({ ...at, version: body.version }, deps)).document;
  const compiled = compileMapping(document, standardCatalogue());
  if (!compiled.ok) return { ok: false, failure: compiled.failure, warnings: [], explanations: [], version: document.version };
  const source: Outcome<unknown> = body.sourceText === undefined ? { ok: true, value: asSource(body.source) } : readSource(body.sourceText);
  if (!source.ok) throw new Problem(400, 'The source cannot be read', { detail: source.failure.message });
  const tables = { ...pairTables(parsePair(configuration)), ...(asSource(body.tables) as Record<string, Table>) };
  const result = await runMapping(compiled.value, { source: source.value, params: asSource(body.params) as Record<string, unknown>, tables }, { explain: true });
  const told = { warnings: result.warnings, explanations: result.explanations, version: document.version };
  return result.ok ? { ok: true, value: result.value, ...told } : { ok: false, failure: result.failure, hold: result.hold, ...told };
}

/** Mapping documents of a pair: read, drafted, checked, tried out, compared and put to work. */
export const mappingRoutes: Route[] = [
  { method: 'get', path: '/mappings/{pair}', summary: 'The mapping documents of a pair: what works, and who has drafts', role: 'viewer', reply: Listed, async handle(ask, deps) {
    await knownPair(of(ask).pairId, deps);
    const own = await deps.store.mappings.list(of(ask).pairId);
    const names = [...new Set([...shippedMappings().keys(), ...own.map((v) => v.name)])].sort();
    return { mappings: (await Promise.all(names.map(async (name) => {
      const { document, state } = await documentOf({ pairId: of(ask).pairId, name }, deps).catch((error: unknown) => { if (error instanceof Problem && error.status === 404) return { document: undefined, state: 'draft' as const }; throw error; });
      return document ? [{ name, title: document.title, source: document.source, target: document.target, version: document.version, own: state === 'published', drafts: own.filter((v) => v.name === name && v.state === 'draft').length }] : [{ name, title: '(drafts only)', source: '', target: '', version: 0, own: true, drafts: own.filter((v) => v.name === name).length }];
    }))).flat() };
  } },
  { method: 'get', path: place, summary: 'The document that works, and all its versions', role: 'viewer', reply: ReadMapping, async handle(ask, deps) { const [{ document, state }, versions] = [await documentOf(of(ask), deps), await deps.store.mappings.list(of(ask).pairId, of(ask).name)]; return { document, state, versions }; } },
  { method: 'get', path: `${place}/versions/{version}`, summary: 'One version of a document', role: 'viewer', reply: ReadMapping, async handle(ask, deps) { const { document, state } = await documentOf({ ...of(ask), version: versionOf(ask) }, deps); return { document, state, versions: (await deps.store.mappings.list(of(ask).pairId, of(ask).name)).filter((v) => v.version === document.version) }; } },
  { method: 'post', path: `${place}/draft`, summary: 'A new draft, numbered above all others', role: 'operator', body: DraftMapping, bodyLimit, status: 201, reply: Version, async handle(ask, deps) {
    const at = of(ask);
    await knownPair(at.pairId, deps);
    const { document, reason } = DraftMapping.parse(ask.body);
    const read = parsed(document);
    if (read.name !== at.name) throw new Problem(400, 'The document has another name', { errors: [{ field: 'document.name', value: read.name, fix: `It is to be "${at.name}", as in the address.` }] });
    const made = await deps.store.mappings.draft({ ...at, document: read, by: ask.key.name, reason, above: shippedMappings().get(at.name)?.version ?? 0 });
    await deps.store.audit.add({ who: ask.key.name, action: 'mapping:draft', subject: `mapping/${at.pairId}/${at.name}`, detail: { version: made.version, reason } });
    return made;
  } },
  { method: 'post', path: `${place}/versions/{version}/publish`, summary: 'Put a draft to work: checked and tested first; the one before is retired', role: 'admin', body: Why, reply: Ok, handle: publish },
  { method: 'post', path: `${place}/versions/{version}/retire`, summary: 'Take a version out: the pair falls back to what ships', role: 'admin', body: Why, reply: Ok, async handle(ask, deps) {
    const at = { ...of(ask), version: versionOf(ask) };
    const { reason } = Why.parse(ask.body);
    if (!(await deps.store.mappings.retire({ ...at, by: ask.key.name, reason }))) throw new Problem(409, 'There is no such draft or published version');
    await deps.store.audit.add({ who: ask.key.name, action: 'mapping:retire', subject: `mapping/${at.pairId}/${at.name}`, detail: { version: at.version, reason } });
    return { ok: true };
  } },
  { method: 'post', path: `${place}/run`, summary: 'Apply a document to a recorded one, without side effects, with a reason for every field', role: 'operator', body: RunMapping, bodyLimit, reply: Ran, handle: run },
  { method: 'get', path: `${place}/diff`, summary: 'What changed from one version to another, in business words', role: 'viewer', query: DiffQuery, reply: Changes, async handle(ask, deps) {
    const { from, to } = DiffQuery.parse(ask.query);
    const [a, b] = await Promise.all([from, to].map(async (version) => (await documentOf({ ...of(ask), version }, deps)).document));
    const changes = a && b ? diffMappings(a, b) : [];
    return { same: changes.length === 0, changes };
  } },
  { method: 'post', path: '/mappings/check', summary: 'What is wrong with a document, without data', role: 'operator', body: CheckMapping, bodyLimit, reply: Findings, async handle(ask) { return summed(checkMapping(parsed(CheckMapping.parse(ask.body).document), standardCatalogue())); } },
  { method: 'post', path: '/mappings/test', summary: 'Run the test cases of a document', role: 'operator', body: CheckMapping, bodyLimit, reply: TestVerdicts, async handle(ask) { const results = await runTestCases(parsed(CheckMapping.parse(ask.body).document), standardCatalogue()); return { ok: results.every((r) => r.ok), results }; } },
];
