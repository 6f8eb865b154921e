import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Pair } from '../mapping/pair';
import { root } from './support/child';

const text = (file: string): string => readFileSync(join(root, file), 'utf8');
const rows = text('docs/scenarios.md').split('\n').filter((line) => /^\| \d/.test(line)).map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()));
const shown = rows.map((row) => [row[0] ?? '', [...(row[3] ?? '').matchAll(/`([^`]+\.test\.ts)` “([^”]+)”/g)].map(([, file = '', name = '']) => ({ file, name }))] as const);

describe('docs/scenarios.md', () => {
  it('has each of the 26 once, with what stands in the books, who shows it and what decides', () => {
    expect(rows.map((row) => row[0])).toEqual(Array.from({ length: 26 }, (_, i) => String(i + 1)));
    for (const row of rows) expect([row.length, row.every((cell) => cell !== '')]).toEqual([5, true]);
  });
  it.each(shown)('scenario %s is shown by tests that exist under these names', (_n, tests) => {
    expect(tests.length).toBeGreaterThan(0);
    for (const { file, name } of tests) expect([name, text(file).replaceAll('\\\'', '\'').includes(`it('${name}', `)]).toEqual([name, true]);
  });
  it('names every test that bears the number of a scenario, in its row', () => {
    const files = readdirSync(join(root, 'test')).filter((f) => /^scenarios(-\w+)*\.test\.ts$/.test(f)).map((f) => `test/${f}`);
    const numbered = files.flatMap((file) => [...text(file).matchAll(/^ {2}it\('([\d ·]+): ((?:[^'\\]|\\.)+)'/gm)].map(([, numbers = '', rest = '']) => ({ file, numbers, name: `${numbers}: ${rest.replaceAll('\\\'', '\'')}` })));
    expect(numbered.length).toBeGreaterThan(20);
    const unnamed = numbered.flatMap(({ numbers, ...test }) => numbers.split(' · ').filter((n) => !shown.find(([row]) => row === n)?.[1].some(({ file, name }) => file === test.file && name === test.name)).map((n) => [n, test.name]));
    expect(unnamed).toEqual([]);
  });
  it('names only policies that a pair has', () => {
    const pair: unknown = Pair.parse(JSON.parse(text('config/pairs/demo.json')));
    const keys = rows.flatMap((row) => [...(row[4] ?? '').matchAll(/`((?:policies|gp)\.\w+|routes)`/g)].map(([, key = '']) => key));
    const at = (path: string): unknown => path.split('.').reduce<unknown>((here, key) => (here as Record<string, unknown> | undefined)?.[key], pair);
    expect(keys.length).toBeGreaterThan(12);
    expect(keys.filter((key) => at(key) === undefined)).toEqual([]);
  });
});
