import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** CPU of one process since its start (its threads, not its children), and what it holds of the memory. */
export type Usage = { cpuMs: number; rssMiB: number };

/** Kernel ticks of /proc are 10 ms on every Linux that Node runs on (USER_HZ = 100). */
const tickMs = 10;

/** `/proc/<pid>/stat` and `/proc/<pid>/status` → usage. The program's name stands in brackets and may hold anything. */
export function parseProc(stat: string, status: string): Usage {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const rssKiB = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0);
  return { cpuMs: (Number(fields[11]) + Number(fields[12])) * tickMs, rssMiB: rssKiB / 1024 };
}

/** `[[dd-]hh:]mm:ss[.cc]` of ps → milliseconds. */
export function parsePsTime(text: string): number {
  const [days, clock] = text.includes('-') ? text.split('-') : ['0', text];
  return ((clock ?? '').split(':').reduce((sum, part) => sum * 60 + Number(part), 0) + Number(days) * 86_400) * 1_000;
}

/** What a process used so far; zeros when it is gone. Read from /proc, elsewhere asked of `ps`, which counts CPU in whole or hundredth seconds. */
export function usageOf(pid: number): Usage {
  if (process.platform === 'linux') {
    try { return parseProc(readFileSync(`/proc/${pid}/stat`, 'utf8'), readFileSync(`/proc/${pid}/status`, 'utf8')); } catch { return { cpuMs: 0, rssMiB: 0 }; }
  }
  const [time = '0:00', rss = '0'] = (spawnSync('ps', ['-o', 'time=,rss=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? '').trim().split(/\s+/);
  return { cpuMs: parsePsTime(time), rssMiB: Number(rss) / 1024 };
}

/** CPU milliseconds per name. */
export function cpuOf(pids: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, usageOf(pid).cpuMs]));
}

/** What was used between two readings, per piece of work; `total` is the sum. */
export function spent(before: Readonly<Record<string, number>>, after: Readonly<Record<string, number>>, pieces: number): Record<string, number> {
  const each = Object.fromEntries(Object.keys(after).map((name) => [name, ((after[name] ?? 0) - (before[name] ?? 0)) / pieces]));
  return { ...each, total: Object.values(each).reduce((a, b) => a + b, 0) };
}
