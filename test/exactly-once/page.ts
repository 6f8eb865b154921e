import { type Writes } from './write';

/** The table of docs/exactly-once.md: one row per outside call of every write activity. */
export function tableOf(writes: Writes): string {
  const rows = Object.entries(writes).flatMap(([activity, calls]) => calls.map((w) => `| \`${activity}\` | ${w.at.system === 'gp' ? 'GP' : 'Xero'} ${w.call} | ${w.key} | ${w.look} | ${w.lost} |`));
  return ['| activity | outside call | our key in it | looked up | its reply is lost |', '|---|---|---|---|---|', ...rows].join('\n');
}
