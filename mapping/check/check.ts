import { type Catalogue } from '../catalogue/catalogue';
import { type MappingDocument } from '../document/document';
import { compileMapping } from '../engine/compile';
import { type Table } from '../engine/state';
import { RuleChecker } from './check-rules';
import { financeLint } from './finance';
import { findingCodes, type Finding, type FindingCode, type Tell } from './finding';
import { hiddenRows, unfilled, unreachable } from './reach';

export type CheckOptions = { /** Charts of accounts for the class check: `xero.accounts`, `gp.accounts` with `code` and `class`. */ tables?: Record<string, Table> };
const order = (level: Finding['level']): number => (level === 'error' ? 0 : 1);

/** Everything that can be said of a document without data, errors first. An empty list is a document that may be published. */
export function checkMapping(document: MappingDocument, catalogue: Catalogue, options: CheckOptions = {}): Finding[] {
  const findings: Finding[] = [];
  const seen = new Set<string>();
  const tell: Tell = (finding, rule) => {
    const made: Finding = { rule: rule?.number ?? '–', ...(rule?.id ? { id: rule.id } : {}), ...finding };
    const key = `${made.rule}|${made.code}|${made.field}|${made.value ?? ''}`;
    if (!seen.has(key)) { seen.add(key); findings.push(made); }
  };
  const [source, target] = [catalogue.schema(document.source), catalogue.schema(document.target)];
  if (!source) tell({ level: 'error', code: 'mapping-invalid', field: 'source', value: document.source, message: `The catalogue has no schema "${document.source}".`, fix: `Name one of ${catalogue.schemas().map((s) => s.id).join(', ')}.` });
  if (!target) { tell({ level: 'error', code: 'mapping-invalid', field: 'target', value: document.target, message: `The catalogue has no schema "${document.target}".`, fix: `Name one of ${catalogue.schemas().map((s) => s.id).join(', ')}.` }); return findings; }
  const compiled = compileMapping(document, catalogue);
  if (!compiled.ok) tell({ level: 'error', code: 'mapping-invalid', field: compiled.failure.field ?? 'rules', message: compiled.failure.message, fix: compiled.failure.fix });
  const writers = new RuleChecker({ document, source, target, tell }).run();
  unreachable(writers, tell);
  hiddenRows(document, tell);
  unfilled(target, writers, tell);
  financeLint({ document, target, writers, tell, tables: options.tables ?? {} });
  if (document.tests.length === 0) tell({ level: 'warning', code: 'no-tests', field: 'tests', message: 'The document has no test case of its own.', fix: 'Add at least one: a source and what must come out.' });
  return findings.sort((a, b) => order(a.level) - order(b.level));
}

export const hasErrors = (findings: readonly Finding[]): boolean => findings.some((f) => f.level === 'error');
export { findingCodes, type Finding, type FindingCode };
