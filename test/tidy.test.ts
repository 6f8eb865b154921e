import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { root } from './support/child';

/** The house's own rules, held over every file that git knows. */
const files = existsSync(join(root, '.git')) ? execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: root, encoding: 'utf8' }).split('\n').filter((f) => f !== '' && existsSync(join(root, f))) : [];
const sources = files.filter((f) => f.endsWith('.ts') || f.endsWith('.mjs'));
const text = (file: string): string => readFileSync(join(root, file), 'utf8');

(files.length > 0 ? describe : describe.skip)('tidy', () => {
  it('has no file of two thoughts: none past 300 lines', () => {
    expect(sources.map((f) => [f, text(f).split('\n').length] as const).filter(([, n]) => n > 300)).toEqual([]);
  });
  it('has no drawer for everything', () => {
    expect(files.filter((f) => /^(utils?|helpers?|common|misc|shared)(\.ts)?$/.test(basename(f)))).toEqual([]);
  });
  it('has no way around the types or the lint, and nothing left for later', () => {
    const soft = /: any\b|as any\b|<any>|@ts-ignore|@ts-expect-error|eslint-disable|\bTODO\b|\bFIXME\b|\b(it|test|describe)\.only\b/;
    expect(sources.filter((f) => !f.endsWith('tidy.test.ts')).filter((f) => soft.test(text(f)))).toEqual([]);
  });
  it('says in words why a step of a workflow has no undo, or has one beside it', () => {
    const steps = sources.filter((f) => f.startsWith('workflows/steps/') && !/(attempt|hop|undo)\.ts$/.test(f));
    expect(steps.length).toBeGreaterThan(3);
    for (const step of steps) expect(text(step)).toMatch(/undo/i);
  });
  it('reads the environment in config/, the roots and the tests only', () => {
    expect(sources.filter((f) => /process\.env/.test(text(f)) && !/^(config|cli|test|scripts|bench)\/|\.test\.ts$/.test(f))).toEqual([]);
  });
});
