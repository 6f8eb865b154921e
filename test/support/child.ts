import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';

export const root = resolve(__dirname, '../..');
export type Child<T> = { process: ChildProcess; ready: T; kill(signal?: NodeJS.Signals): Promise<void>; output(): string };

/** Starts one of the built roots and waits for its JSON line on stdout; the test that starts it kills it. */
export function startChild<T>(script: string, args: string[] = [], more: { env?: NodeJS.ProcessEnv; /** A command that becomes the program: `nsenter …`. */ by?: readonly string[] } = {}): Promise<Child<T>> {
  const [command = '', ...rest] = [...(more.by ?? []), process.execPath, resolve(root, 'dist', script), ...args];
  const child = spawn(command, rest, { env: { ...process.env, ...more.env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  return new Promise((ready, fail) => {
    const limit = setTimeout(() => fail(new Error(`${script} was not ready within 55 s:\n${text}`)), 55_000);
    child.stderr.on('data', (part: Buffer) => { text += part.toString(); });
    child.stdout.on('data', (part: Buffer) => {
      text += part.toString();
      const line = text.split('\n').find((l) => l.startsWith('{"ready"') || l.startsWith('{"sandbox"'));
      if (!line) return;
      clearTimeout(limit);
      ready({ process: child, ready: JSON.parse(line) as T, output: () => text, kill: async (signal = 'SIGTERM') => { child.kill(signal); await ended; } });
    });
    child.once('exit', (code) => { clearTimeout(limit); fail(new Error(`${script} ended with ${code}:\n${text}`)); });
  });
}
