import { once } from 'node:events';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Child, startChild } from './child';

const sizeMiB = 256;
const mount = (flags: readonly string[], dir: string): string[] => ['--mount', ...flags, 'sh', '-c', `mount -t tmpfs -o size=${sizeMiB}m tieout "$0" && echo mounted && exec sleep "$1"`, dir];

/** Stands for a small disk where no file system may be mounted: the calls of Node that the engine writes by fail as the kernel lets them fail. */
const preload = (flag: string): string => `
const fs = require('node:fs');
const full = () => { try { return fs.readFileSync(${JSON.stringify(flag)}, 'utf8'); } catch { return ''; } };
const { writeSync, statfsSync } = fs;
fs.statfsSync = (...a) => (full() ? { bsize: 4096, bavail: 0 } : statfsSync(...a));
fs.writeSync = (fd, ...a) => { if (fd > 2 && full() === 'all') throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', errno: -28 }); return writeSync(fd, ...a); };`;

export type SmallDisk = { real: boolean; start(): Promise<Child<{ url: string }>>; /** `reserve`: to where the store stops writing; `all`: to the last byte. */ fill(how: 'reserve' | 'all'): void; free(): void; remove(): void };

/** How a file system may be mounted in a namespace of its own: as root, or as a user who may be root inside; undefined where it may not. */
function mountable(dir: string): string[] | undefined {
  return [[], ['--map-root-user']].find((flags) => spawnSync('unshare', [...mount(flags, dir), '0']).status === 0);
}

/** A store on a small disk of its own, which the test fills and frees; a store that is started again after it ended finds the same disk. */
export async function smallDisk(): Promise<SmallDisk> {
  const dir = mkdtempSync(join(tmpdir(), 'tieout-disk-'));
  const flags = mountable(dir);
  if (!flags) {
    const [flag, script] = [`${dir}.full`, `${dir}.cjs`];
    writeFileSync(script, preload(flag));
    return {
      real: false, start: () => startChild('cli/store-main.js', ['--data', join(dir, 'store')], { env: { NODE_OPTIONS: `--require ${script}` } }),
      fill: (how) => writeFileSync(flag, how), free: () => rmSync(flag, { force: true }), remove: () => { for (const path of [dir, flag, script]) rmSync(path, { recursive: true, force: true }); },
    };
  }
  // The file system lives as long as a process of its namespace: this one outlives the stores.
  const keeper = spawn('unshare', [...mount(flags, dir), '600'], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(keeper.stdout, 'data');
  const seen = `/proc/${keeper.pid}/root${dir}`;
  const ballast = join(seen, 'ballast');
  return {
    real: true,
    start: () => startChild('cli/store-main.js', ['--data', join(dir, 'store')], { by: ['nsenter', '--target', String(keeper.pid), '--mount', ...(flags.length > 0 ? ['--user', '--preserve-credentials'] : []), '--'] }),
    fill(how) {
      const { bavail, bsize } = statfsSync(seen);
      const leave = how === 'all' ? 0 : 48 * 1024 * 1024;
      try { writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - leave))); } catch (error) { if ((error as { code?: string }).code !== 'ENOSPC') throw error; }
    },
    free: () => unlinkSync(ballast),
    remove: () => { keeper.kill(); rmSync(dir, { recursive: true, force: true }); },
  };
}
