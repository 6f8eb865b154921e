import { spawn } from 'node:child_process';

/** Runs a foreign program and takes it along when our own parent goes, however it goes: `guard.js <program> <args…>`. */
const [program = '', ...args] = process.argv.slice(2);
const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
const stop = (): void => {
  child.kill('SIGTERM');
  setTimeout(() => { child.kill('SIGKILL'); process.exit(0); }, 5_000).unref();
};
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop);
process.on('disconnect', stop);
child.on('exit', (code) => process.exit(code ?? 0));
child.on('error', (error) => { process.stderr.write(`${error.message}\n`); process.exit(1); });
