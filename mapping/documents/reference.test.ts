import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createCatalogue } from '../catalogue/catalogue';
import { Schema } from '../catalogue/schema';
import { findingCodes } from '../check/finding';
import { parseMapping } from '../document/document';
import { ruleKinds } from '../document/rules';
import { compileMapping } from '../engine/compile';
import { runMapping } from '../engine/run';
import { asSource } from '../engine/source-text';
import { type Table } from '../engine/state';

type Example = { source: unknown; rules: { kind: string }[]; lookups?: object; tables?: Record<string, Table>; gives?: object; fails?: string; hold?: boolean; warnings?: string[] };
const text = readFileSync(resolve(__dirname, '../../docs/mapping.md'), 'utf8');
const examples = [...text.matchAll(/```json example\n([\s\S]*?)\n```/g)].map((m) => JSON.parse(m[1] ?? '') as Example);
const open = (id: string): Schema => Schema.parse({ id, system: 'any', systemName: 'Any', title: id, roles: ['source', 'target'], open: true, origin: 'test', fields: [] });
const catalogue = createCatalogue([open('any.source'), open('any.target')]);
const kindsIn = (rules: { kind: string; rules?: { kind: string }[] }[]): string[] => rules.flatMap((r) => [r.kind, ...kindsIn(r.rules ?? [])]);

describe('docs/mapping.md', () => {
  it('has an example of every kind of rule and names every finding', () => {
    expect(ruleKinds.filter((k) => !examples.some((e) => kindsIn(e.rules).includes(k)))).toEqual([]);
    expect(findingCodes.filter((c) => !['mapping-invalid', 'no-tests'].includes(c) && !text.includes(`\`${c}\``))).toEqual([]);
  });
  it.each(examples.map((e) => [e.rules[0]?.kind ?? '', e] as const))('%s gives what it says', async (_kind, { source, rules, lookups, tables, gives, fails, hold, warnings }) => {
    const parsed = parseMapping({ format: 'tieout-mapping/1', name: 'an-example', title: 't', version: 1, expressions: 'jsonata@2.2.2', source: 'any.source', target: 'any.target', currency: 'currency', rules, ...(lookups ? { lookups } : {}) });
    if (!parsed.ok) throw new Error(parsed.failure.message);
    const compiled = compileMapping(parsed.value, catalogue);
    if (!compiled.ok) throw new Error(compiled.failure.message);
    const result = await runMapping(compiled.value, { source: asSource(source), tables: tables ?? {} });
    expect(result.ok ? result.value : [result.failure.code, result.hold]).toEqual(fails ? [fails, hold ?? false] : gives);
    if (warnings) expect(result.warnings).toEqual(warnings);
  });
});
