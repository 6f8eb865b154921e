import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { help, readFlags, type Wanted } from './crash-flags';
import { type Kill } from './crash-kills';
import { brokenReport, type Report, reportOf, summaryOf, textOf, totalsOf } from './crash-report';
import { type CrashAsk, crashRun } from './crash-run';
import { forgetInstallation } from './own-installation';
import { outageReportOf, outageTextOf } from './outage-report';
import { outageRun } from './outage-run';
import { createProgress } from './progress';

export type CrashInput = { root: string; temporalBinary: () => Promise<string | undefined>; argv: readonly string[] };
type Progress = ReturnType<typeof createProgress>;

/** One seed: the same orders in peace and under SIGKILL, side by side in folders of their own, and both ledgers compared. */
async function oneSeed(ask: CrashAsk, more: { root: string; temporalBinary: string | undefined; keep: boolean; progress: Progress }): Promise<Report> {
  const { progress, keep, ...common } = more;
  const folder = mkdtempSync(join(tmpdir(), 'tieout-crash-'));
  const began = Date.now();
  const parts = { ...common, say: (): void => undefined, tellKill: (k: Kill): void => progress.say(`${k.at.toFixed(1)} s: SIGKILL ${k.killed.join(', ')}`) };
  progress.say(`seed ${ask.seed}: ${ask.orders} orders in peace, and beside it the same under SIGKILL for ${ask.minutes} min, deliveries up to five times, shuffled, 10 % dropped`);
  let report: Report;
  try {
    const both = [
      crashRun(ask, { ...parts, data: join(folder, 'peace'), disturbed: false, tell: () => undefined }),
      crashRun(ask, { ...parts, data: join(folder, 'storm'), disturbed: true, tell: (done) => progress.tell({ 'at rest': done }, done, ask.orders) }),
    ] as const;
    await Promise.allSettled(both);
    const [undisturbed, disturbed] = await Promise.all(both);
    report = reportOf(ask, { disturbed, undisturbed, durationMs: Date.now() - began });
  } catch (error) { report = brokenReport(ask, error, Date.now() - began); }
  progress.end();
  if (keep || !report.ok) progress.say(`ledgers and logs are in ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
  return report;
}

/** GP away for hours while orders arrive: verdict on stdout, exit code. */
async function outage(wanted: Wanted, more: { root: string; temporalBinary: string | undefined; progress: Progress }): Promise<number> {
  const { progress, ...common } = more;
  const ask = { orders: wanted.orders, minutes: wanted.minutes, twins: wanted.twins };
  const folder = mkdtempSync(join(tmpdir(), 'tieout-outage-'));
  const report = outageReportOf(ask, await outageRun(ask, { ...common, data: folder, say: () => undefined, tell: (word, done) => progress.tell({ [word]: done }, done, ask.orders) }));
  progress.end();
  if (wanted.keep || !report.ok) progress.say(`ledgers and logs are in ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
  process.stdout.write(`${wanted.json ? JSON.stringify(report) : outageTextOf(report)}\n`);
  return report.ok ? 0 : 1;
}

function tellResult(reports: readonly Report[], wanted: Wanted): void {
  if (wanted.seeds === undefined) { for (const report of reports) process.stdout.write(wanted.json ? `${JSON.stringify(report)}\n` : `${textOf(report)}\n`); return; }
  process.stdout.write(wanted.json ? `${JSON.stringify({ runs: reports, totals: totalsOf(reports) })}\n` : `\n${summaryOf(reports)}\n`);
}

/** npm run crash. Answers the exit code: 1 when a verdict is not ok, 2 for a mistake in the command. */
export async function crash({ root, temporalBinary, argv }: CrashInput): Promise<number> {
  let wanted: Wanted | 'help';
  try { wanted = readFlags(argv); } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
  if (wanted === 'help') { process.stdout.write(`${help}\n`); return 0; }
  process.chdir(root);
  const progress = createProgress(process.stderr);
  const left = forgetInstallation(process.env);
  if (left.length > 0) progress.say(`not used, a crash run brings everything itself: ${left.join(', ')}`);
  const binary = await temporalBinary();
  if (wanted.outage) return outage(wanted, { root, temporalBinary: binary, progress });
  const reports: Report[] = [];
  for (let seed = wanted.seed; seed < wanted.seed + (wanted.seeds ?? 1); seed += 1) {
    const report = await oneSeed({ seed, orders: wanted.orders, minutes: wanted.minutes, twins: wanted.twins }, { root, temporalBinary: binary, keep: wanted.keep, progress });
    reports.push(report);
    if (wanted.seeds !== undefined && !wanted.json) process.stdout.write(`${textOf(report)}\n`);
  }
  tellResult(reports, wanted);
  return reports.every((r) => r.ok) ? 0 : 1;
}
