import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';

export type Machine = { cpu: string; cores: number; coresUsed: number; memoryGiB: number; os: string; node: string; loadBefore: number };

/** Everything is measured on two cores, so that figures of different machines can be compared. */
const coresWanted = 2;

/** CPUs that this process and its children may run on. */
function coresAllowed(): number {
  try {
    const list = /^Cpus_allowed_list:\s+(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    if (list) return list.split(',').reduce((n, part) => { const [from, to] = part.split('-').map(Number); return n + ((to ?? from ?? 0) - (from ?? 0)) + 1; }, 0);
  } catch { /* not Linux */ }
  return availableParallelism();
}

/** Ties this process, and with it all that it starts, to two cores where the system has `taskset`; elsewhere the figures say how many were used. */
export function pinToTwoCores(): void {
  if (process.platform === 'linux' && coresAllowed() > coresWanted) spawnSync('taskset', ['-a', '-c', '-p', '0,1', String(process.pid)], { stdio: 'ignore' });
}

/** The machine by name, and how busy it was before we began (one-minute load average): a busy one makes absolute figures worthless, not ratios. */
export function machine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown', cores: cpus().length, coresUsed: coresAllowed(), memoryGiB: Math.round(totalmem() / 2 ** 30),
    os: `${process.platform} ${release()} ${process.arch}`, node: process.version, loadBefore: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
}
