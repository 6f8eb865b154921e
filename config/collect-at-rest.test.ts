import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collector } from './collect-at-rest';

const MiB = 2 ** 20;

describe('a thread that rests', () => {
  it('collects what has come since the last collection, whoever made that one, and not while it is busy', () => {
    const thread = { used: 50, busyFor: 0.01, collections: 0 };
    const look = collector({ usedBytes: () => thread.used * MiB, busy: () => thread.busyFor, collect: () => { thread.collections += 1; thread.used = 52; } });
    const at = (used: number, busyFor = 0.01): number => { Object.assign(thread, { used, busyFor }); look(); return thread.collections; };
    expect([at(57), at(70, 0.5), at(70, 0.15), at(70), at(59), at(61)]).toEqual([0, 0, 0, 1, 1, 2]);
    // V8 collected by itself: from there on it counts.
    expect([at(30), at(37), at(38)]).toEqual([2, 2, 3]);
  });
});

it('every thread of a program gives back what its work left behind, and no code of it sees the collector', () => {
  const program = `
    const { isMainThread, Worker } = require('node:worker_threads');
    let left = Array.from({ length: 400_000 }, (_, n) => ({ n, text: 'x' + n }));
    const held = process.memoryUsage().heapUsed;
    left = undefined;
    setTimeout(() => { console.log(isMainThread ? 'main' : 'other', process.memoryUsage().heapUsed < held / 2, typeof globalThis.gc, require('node:vm').runInNewContext('typeof gc')); if (!isMainThread) process.exit(); else setTimeout(() => process.exit(), 2_000); }, 11_500);
    if (isMainThread) new Worker(__filename);`;
  const dir = mkdtempSync(join(tmpdir(), 'tieout-rest-'));
  const file = join(dir, 'program.js');
  writeFileSync(file, program);
  const { stdout } = spawnSync(process.execPath, ['--max-semi-space-size=8', '--heap-growing-percent=100', '--require', join(__dirname, '../dist/config/every-thread.js'), file], { encoding: 'utf8' });
  rmSync(dir, { recursive: true, force: true });
  expect(stdout.trim().split('\n').sort()).toEqual(['main true undefined undefined', 'other true undefined undefined']);
}, 30_000);
