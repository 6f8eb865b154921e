import { type CrashAsk, type Outcome } from './crash-run';
import { type Kill } from './crash-kills';
import { judge, type Judged } from './crash-verdict';
import { table } from './table';

export type Report = {
  seed: number; orders: number; kills: number; lost: number; halfDone: number; duplicates: number; booksEqual: boolean; ok: boolean;
  minutes: number; twins: boolean; durationMs: number; phases: Record<string, number>; kinds: Record<string, number>; timeline: Kill[]; notes: string[];
};
export type Totals = Pick<Report, 'orders' | 'kills' | 'lost' | 'halfDone' | 'duplicates' | 'booksEqual' | 'ok' | 'durationMs'> & { seeds: number; failed: number[] };

const countBy = (names: readonly string[]): Record<string, number> => names.reduce<Record<string, number>>((a, name) => ({ ...a, [name]: (a[name] ?? 0) + 1 }), {});

/** Orders that rest elsewhere than undisturbed, and what waits for people in one of the runs only. */
function astray(disturbed: Outcome, undisturbed: Outcome): string[] {
  const ids = Object.keys(undisturbed.phases);
  const only = (a: Outcome, b: Outcome): string[] => a.exceptions.filter((e) => !b.exceptions.includes(e));
  return [
    ...ids.filter((id) => disturbed.phases[id] !== undisturbed.phases[id]).map((id) => `order ${id} (${disturbed.tales[id]?.kind ?? 'paid'}) rests as ${disturbed.phases[id] ?? 'missing'}, undisturbed as ${undisturbed.phases[id] ?? 'missing'}`),
    ...ids.filter((id) => undisturbed.phases[id] !== (undisturbed.tales[id]?.ends ?? 'tied-out')).map((id) => `order ${id} (${undisturbed.tales[id]?.kind ?? 'paid'}) rests as ${undisturbed.phases[id] ?? 'missing'} even undisturbed`),
    ...only(disturbed, undisturbed).map((e) => `waits for somebody: ${e}`), ...only(undisturbed, disturbed).map((e) => `waits for somebody undisturbed only: ${e}`),
  ];
}

export function reportOf(ask: CrashAsk, more: { disturbed: Outcome; undisturbed: Outcome; durationMs: number }): Report {
  const { disturbed, undisturbed } = more;
  const orders = Object.keys(undisturbed.phases).map((id): Judged => ({ key: `SHP-${id}`, compare: undisturbed.tales[id]?.compare ?? 'documents' }));
  const { notes, ...verdict } = judge(orders, disturbed.ledgers, undisturbed.ledgers);
  const strays = astray(disturbed, undisturbed);
  return {
    seed: ask.seed, orders: ask.orders, kills: disturbed.timeline.reduce((n, k) => n + k.killed.length, 0), ...verdict, ok: verdict.lost + verdict.halfDone + verdict.duplicates === 0 && verdict.booksEqual && strays.length === 0,
    minutes: ask.minutes, twins: ask.twins, durationMs: more.durationMs, phases: countBy(Object.values(disturbed.phases)), kinds: countBy(orders.map((o) => disturbed.tales[o.key.slice(4)]?.kind ?? 'paid')), timeline: disturbed.timeline, notes: [...notes, ...strays],
  };
}

/** A run that could not be judged at all. */
export const brokenReport = (ask: CrashAsk, error: unknown, durationMs: number): Report => ({
  seed: ask.seed, orders: ask.orders, kills: 0, lost: 0, halfDone: 0, duplicates: 0, booksEqual: false, ok: false, minutes: ask.minutes, twins: ask.twins, durationMs, phases: {}, kinds: {}, timeline: [],
  notes: [`the run itself broke: ${error instanceof Error ? error.message : String(error)}`],
});

const list = (counts: Record<string, number>): string => Object.entries(counts).sort((a, b) => b[1] - a[1]).map(([name, n]) => `${n} ${name}`).join(', ');

export function textOf(report: Report): string {
  const lines = report.timeline.map((k) => `  ${k.at.toFixed(1).padStart(7)} s  SIGKILL ${k.killed.join(', ')}`);
  return [`seed ${report.seed}, ${report.orders} orders${report.twins ? ', two of each program' : ''}, ${report.kills} kills in ${report.timeline.length} strokes`, ...lines, `  orders: ${list(report.kinds)}`, `  rest as: ${list(report.phases)}`, ...report.notes.map((n) => `  ! ${n}`),
    `lost ${report.lost}, half-done ${report.halfDone}, duplicates ${report.duplicates}, books ${report.booksEqual ? 'equal' : 'NOT equal'} to the undisturbed run; ${(report.durationMs / 1000).toFixed(0)} s`, report.ok ? 'ok' : 'NOT ok'].join('\n');
}

export function totalsOf(runs: readonly Report[]): Totals {
  const sum = (of: (r: Report) => number): number => runs.reduce((n, r) => n + of(r), 0);
  return {
    seeds: runs.length, orders: sum((r) => r.orders), kills: sum((r) => r.kills), lost: sum((r) => r.lost), halfDone: sum((r) => r.halfDone), duplicates: sum((r) => r.duplicates), booksEqual: runs.every((r) => r.booksEqual), ok: runs.every((r) => r.ok),
    durationMs: sum((r) => r.durationMs), failed: runs.filter((r) => !r.ok).map((r) => r.seed),
  };
}

export function summaryOf(runs: readonly Report[]): string {
  const rows = runs.map((r) => [r.seed, r.orders, r.kills, r.lost, r.halfDone, r.duplicates, r.booksEqual ? 'equal' : 'NOT equal', Math.round(r.durationMs / 1000), r.ok ? 'ok' : 'NOT ok']);
  const t = totalsOf(runs);
  return `${table(['seed', 'orders', 'kills', 'lost', 'half-done', 'duplicates', 'books', 's', 'verdict'], [...rows, ['all', t.orders, t.kills, t.lost, t.halfDone, t.duplicates, t.booksEqual ? 'equal' : 'NOT equal', Math.round(t.durationMs / 1000), t.ok ? 'ok' : 'NOT ok']])}`;
}
