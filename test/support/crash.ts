import { spawn } from 'node:child_process';
import { root } from './child';

/** `npm run crash` as anybody runs it: its JSON verdict, exit code and what it said. */
export function runCrash<Report>(...args: string[]): Promise<{ report: Report; code: number | null; err: string }> {
  const temporal = process.env['TEST_TEMPORAL_CLI'];
  const child = spawn(process.execPath, ['scripts/crash.mjs', ...args, '--json'], { cwd: root, env: { ...process.env, ...(temporal ? { TEMPORAL_CLI_PATH: temporal } : {}) }, stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.on('data', (part: Buffer) => { out += part.toString(); });
  child.stderr.on('data', (part: Buffer) => { err += part.toString(); });
  return new Promise((done) => { child.on('close', (code) => done({ report: (out.startsWith('{') ? JSON.parse(out) : {}) as Report, code, err })); });
}
