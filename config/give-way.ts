import { writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';

/**
 * On a machine that does everything, what receives goes before what processes: a delivery waits for its 200, an order can wait. Programs that process
 * call this before they start a thread; those that they start follow them. TIEOUT_NICE (0–19) is set by what starts all of them together.
 */
export function giveWay(): void {
  const nice = Number(process.env['TIEOUT_NICE'] ?? '0');
  if (!Number.isInteger(nice) || nice < 1 || nice > 19) return;
  // Linux that groups by session weighs the groups against each other and looks at a program's own priority only within its group (sched(7), autogroup).
  for (const step of [(): void => setPriority(nice), (): void => writeFileSync('/proc/self/autogroup', String(nice))]) {
    try { step(); } catch { /* A system that knows no such thing goes without. */ }
  }
}
