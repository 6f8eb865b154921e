import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { giveWay } from '../config/give-way';

/**
 * Runs a foreign program and takes it along when our own parent goes, however it goes: `guard.js <pid file> <program> <args…>`. Were we killed
 * ourselves, the program would live on alone; the next guard of the same pid file ends it before it starts its own.
 */
const [pidFile = '', program = '', ...args] = process.argv.slice(2);

/** How long an orphan may take to go: on a busy machine a killed program still holds its port and its database for a while. */
const orphanMs = 5_000;
/** A zombie holds nothing any more. */
const isAlive = (pid: number): boolean => { const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }); return stdout.trim() !== '' && !stdout.trim().startsWith('Z'); };

function endOrphan(): void {
  let pid = 0;
  try { pid = Number(readFileSync(pidFile, 'utf8')); } catch { return; }
  const command = spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? '';
  if (!(pid > 0) || !command.includes(program)) return;
  process.kill(pid, 'SIGKILL');
  for (const end = Date.now() + orphanMs; isAlive(pid) && Date.now() < end;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
}

giveWay();
endOrphan();
const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
writeFileSync(pidFile, String(child.pid ?? 0));
const stop = (): void => {
  child.kill('SIGTERM');
  setTimeout(() => { child.kill('SIGKILL'); process.exit(0); }, 5_000).unref();
};
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop);
process.on('disconnect', stop);
child.on('exit', (code) => process.exit(code ?? 1));
child.on('error', (error) => { process.stderr.write(`${error.message}\n`); process.exit(1); });
