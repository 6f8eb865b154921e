import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collector } from './collect-at-rest';

const MiB = 2 ** 20;

describe('a thread that rests', () => {
  /** Looks one after another, each at so many MiB in use and so busy; answers how many collections there were after each. */
  const looks = (seen: [usedMiB: number, busy?: number][]): number[] => {
    const thread = { used: 50, busyFor: 0, collections: 0 };
    const look = collector({ usedBytes: () => thread.used * MiB, busy: () => thread.busyFor, collect: () => { thread.collections += 1; thread.used = 52; } });
    return seen.map(([used, busyFor = 0.01]) => { Object.assign(thread, { used, busyFor }); look(); return thread.collections; });
  };
  it('collects when it has been quiet for a while and it is worth it', () => {
    expect(looks([[70, 0.5], [70], [70, 0.15], [70], [57], [57], [70]])).toEqual([0, 0, 0, 0, 0, 0, 1]);
    expect(looks([[58], [58]])).toEqual([0, 1]);
  });
  it('does so seldom, however much a little work leaves behind', () => {
    expect(looks([[60], [60], [70], [70], [70], [70], [70], [70], [70]])).toEqual([0, 1, 1, 1, 1, 1, 1, 2, 2]);
  });
  it('counts from what V8 left when it collected by itself', () => {
    expect(looks([[60, 0.5], [30], [37], [38]])).toEqual([0, 0, 0, 1]);
  });
});

it('every thread of a program gives back what its work left behind, and no code of it sees the collector', () => {
  const program = `
    const { isMainThread, Worker } = require('node:worker_threads');
    let left = Array.from({ length: 400_000 }, (_, n) => ({ n, text: 'x' + n }));
    const held = process.memoryUsage().heapUsed;
    left = undefined;
    setTimeout(() => { console.log(isMainThread ? 'main' : 'other', process.memoryUsage().heapUsed < held / 2, typeof globalThis.gc, require('node:vm').runInNewContext('typeof gc')); if (!isMainThread) process.exit(); else setTimeout(() => process.exit(), 2_000); }, 17_000);
    if (isMainThread) new Worker(__filename);`;
  const dir = mkdtempSync(join(tmpdir(), 'tieout-rest-'));
  const file = join(dir, 'program.js');
  writeFileSync(file, program);
  const { stdout } = spawnSync(process.execPath, ['--max-semi-space-size=8', '--heap-growing-percent=100', '--require', join(__dirname, '../dist/config/every-thread.js'), file], { encoding: 'utf8' });
  rmSync(dir, { recursive: true, force: true });
  expect(stdout.trim().split('\n').sort()).toEqual(['main true undefined undefined', 'other true undefined undefined']);
}, 60_000);
