import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type CrashAsk, crashRun, type Kill, type Outcome } from './crash-run';
import { judge } from './crash-verdict';
import { twins } from './crash-twins';
import { createProgress } from './progress';

export const help = `npm run crash -- [options]
  --seed N      which orders, and who is killed when (default 1)
  --orders N    how many orders (default 100)
  --minutes N   how long programs are killed, fractions allowed (default 2)
  --twins       two workers, two agents and two apis at once
  --json        one JSON verdict on stdout, progress on stderr
  --keep        keep the folders with ledgers and logs
  --help        this text`;

export type Report = {
  seed: number; orders: number; kills: number; lost: number; halfDone: number; duplicates: number; booksEqual: boolean; ok: boolean;
  minutes: number; durationMs: number; phases: Record<string, number>; timeline: Kill[]; notes: string[];
};
export type CrashInput = { root: string; temporalBinary: string | undefined; argv: readonly string[] };

function numberOf(flag: string, given: string | undefined, rule: { fallback: number; least: number; most: number; whole: boolean }): number {
  const value = given === undefined ? rule.fallback : Number(given);
  if (given?.trim() === '' || !(value >= rule.least && value <= rule.most) || (rule.whole && !Number.isInteger(value))) throw new TypeError(`--${flag} is "${String(given)}". Fix: give a ${rule.whole ? 'whole ' : ''}number from ${rule.least} to ${rule.most}.`);
  return value;
}

type Wanted = { ask: CrashAsk; json: boolean; keep: boolean; twins: boolean };

/** Flags → what is asked; TypeError names the flag, its value and the fix. */
export function readFlags(argv: readonly string[]): Wanted | 'help' {
  let values: { seed?: string; orders?: string; minutes?: string; json?: boolean; keep?: boolean; twins?: boolean; help?: boolean };
  try {
    ({ values } = parseArgs({ args: [...argv], strict: true, allowPositionals: false, options: { seed: { type: 'string' }, orders: { type: 'string' }, minutes: { type: 'string' }, json: { type: 'boolean' }, keep: { type: 'boolean' }, twins: { type: 'boolean' }, help: { type: 'boolean' } } }));
  } catch (error) { throw new TypeError(`${String((error as Error).message).split('.')[0] ?? ''}. Fix: see npm run crash -- --help.`); }
  if (values.help) return 'help';
  const ask = {
    seed: numberOf('seed', values.seed, { fallback: 1, least: 0, most: 1_000_000, whole: true }), orders: numberOf('orders', values.orders, { fallback: 100, least: 1, most: 50_000, whole: true }),
    minutes: numberOf('minutes', values.minutes, { fallback: 2, least: 0.01, most: 600, whole: false }),
  };
  return { ask, json: values.json === true, keep: values.keep === true, twins: values.twins === true };
}

const countBy = (phases: Record<string, string>): Record<string, number> => Object.values(phases).reduce<Record<string, number>>((a, p) => ({ ...a, [p]: (a[p] ?? 0) + 1 }), {});

function reportOf(ask: CrashAsk, more: { disturbed: Outcome; undisturbed: Outcome; durationMs: number }): Report {
  const { disturbed, undisturbed } = more;
  const ids = Object.keys(undisturbed.phases);
  const verdict = judge(ids.map((id) => `SHP-${id}`), disturbed.ledgers, undisturbed.ledgers);
  const astray = ids.filter((id) => disturbed.phases[id] !== undisturbed.phases[id]);
  const notes = [...verdict.notes, ...astray.map((id) => `order ${id} rests as ${disturbed.phases[id] ?? 'missing'}, undisturbed as ${undisturbed.phases[id] ?? 'missing'}`)];
  return {
    ...ask, kills: disturbed.timeline.reduce((n, k) => n + k.killed.length, 0), lost: verdict.lost, halfDone: verdict.halfDone, duplicates: verdict.duplicates, booksEqual: verdict.booksEqual,
    ok: verdict.lost + verdict.halfDone + verdict.duplicates === 0 && verdict.booksEqual && astray.length === 0, durationMs: more.durationMs, phases: countBy(disturbed.phases), timeline: disturbed.timeline, notes,
  };
}

function textOf(report: Report): string {
  const lines = report.timeline.map((k) => `  ${k.at.toFixed(1).padStart(7)} s  SIGKILL ${k.killed.join(', ')}`);
  const phases = Object.entries(report.phases).map(([phase, n]) => `${n} ${phase}`).join(', ');
  return [`seed ${report.seed}, ${report.orders} orders, ${report.kills} kills in ${report.timeline.length} strokes`, ...lines, ...report.notes.map((n) => `  ! ${n}`),
    `${phases}; lost ${report.lost}, half-done ${report.halfDone}, duplicates ${report.duplicates}, books ${report.booksEqual ? 'equal' : 'NOT equal'} to the undisturbed run; ${(report.durationMs / 1000).toFixed(0)} s`, report.ok ? 'ok' : 'NOT ok'].join('\n');
}

/** npm run crash: the same orders twice, once in peace and once under SIGKILL, and both ledgers compared. Answers the exit code. */
export async function crash({ root, temporalBinary, argv }: CrashInput): Promise<number> {
  let wanted: Wanted | 'help';
  try { wanted = readFlags(argv); } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
  if (wanted === 'help') { process.stdout.write(`${help}\n`); return 0; }
  process.chdir(root);
  const { ask, json, keep } = wanted;
  const progress = createProgress(process.stderr);
  const folder = mkdtempSync(join(tmpdir(), 'tieout-crash-'));
  const began = Date.now();
  const common = { root, temporalBinary, say: (): void => undefined, tellKill: (k: Kill): void => progress.say(`${k.at.toFixed(1)} s: SIGKILL ${k.killed.join(', ')}`) };
  const told = (what: string) => (done: number): void => progress.tell({ [what]: done }, done, ask.orders);
  try {
    progress.say(`seed ${ask.seed}: ${ask.orders} orders in peace, and beside it the same under SIGKILL for ${ask.minutes} min, deliveries up to five times, shuffled, 10 % dropped`);
    const [undisturbed, disturbed] = await Promise.all([
      crashRun(ask, { ...common, data: join(folder, 'peace'), disturbed: false, tell: () => undefined }),
      crashRun(ask, { ...common, data: join(folder, 'storm'), disturbed: true, tell: told('at rest'), ...(wanted.twins ? { extra: twins } : {}) }),
    ]);
    progress.end();
    const report = reportOf(ask, { disturbed, undisturbed, durationMs: Date.now() - began });
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : `${textOf(report)}\n`);
    if (keep || !report.ok) progress.say(`ledgers and logs are in ${folder}`);
    else rmSync(folder, { recursive: true, force: true });
    return report.ok ? 0 : 1;
  } finally { progress.end(); }
}
