// A lock file for steps that two starts must not do at once; a dead holder's lock is taken over.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const alive = (pid) => { try { process.kill(pid, 0); return true; } catch (error) { return error.code === 'EPERM'; } };

/** Runs `work` while holding `file`; waits up to `limitMs` for another holder. */
export async function withLock(file, work, limitMs = 300_000) {
  mkdirSync(dirname(file), { recursive: true });
  const until = Date.now() + limitMs;
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      let holder = 0;
      try { holder = Number(readFileSync(file, 'utf8')); } catch { continue; }
      if (holder > 0 && !alive(holder)) { rmSync(file, { force: true }); continue; }
      if (Date.now() > until) throw new Error(`Another start (process ${holder}) is still busy with ${file}. Fix: wait for it, or remove the file if it is not running.`);
      await new Promise((wake) => setTimeout(wake, 200));
    }
  }
  try { return await work(); } finally { rmSync(file, { force: true }); }
}
