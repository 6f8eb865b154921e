import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { nodeFlags } from './node-flags';

export type Program = { name: string; script: string; args?: string[]; env: NodeJS.ProcessEnv; /** Says that it is ready by a JSON line on stdout; else it is ready when started. */ announces: boolean };
type Running = { program: Program; child: ChildProcess; restarts: number[]; log: number };

const stopGraceMs = 12_000;
const readyLimitMs = 60_000;
const patience = { perMinute: 10, maxPauseMs: 5_000 };

/**
 * Starts programs as separate processes in groups of their own, restarts those that die, and stops them in reverse order. Each child holds a
 * channel to us and ends when it breaks, so nothing is left behind even when we are killed.
 */
export class Supervisor {
  private readonly running: Running[] = [];
  private stopping = false;
  /** Told when a program was started again: it is another process now. */
  onRestart: (() => void) | undefined;
  constructor(private readonly folders: { root: string; logs: string }, private readonly say: (line: string) => void, private readonly restarts: { perMinute: number; maxPauseMs: number } = patience) { mkdirSync(folders.logs, { recursive: true }); }

  logOf(name: string): string { return join(this.folders.logs, `${name}.log`); }

  /** Starts a program; answers its announcement. */
  async start(program: Program): Promise<Record<string, unknown>> {
    const running: Running = { program, child: undefined as unknown as ChildProcess, restarts: [], log: openSync(this.logOf(program.name), 'a') };
    this.running.push(running);
    return this.launch(running);
  }

  private launch(running: Running): Promise<Record<string, unknown>> {
    const { program } = running;
    const child = spawn(process.execPath, [...nodeFlags(program.name), join(this.folders.root, 'dist', program.script), ...(program.args ?? [])], { cwd: this.folders.root, env: program.env, detached: true, stdio: ['ignore', 'pipe', running.log, 'ipc'] });
    running.child = child;
    return new Promise((ready, fail) => {
      let text = '';
      let up = !program.announces;
      const limit = setTimeout(() => fail(new Error(`${program.name} was not ready within ${readyLimitMs / 1000} s. Its log: ${this.logOf(program.name)}`)), readyLimitMs);
      child.stdout?.on('data', (part: Buffer) => {
        if (!this.stopping) writeSync(running.log, part);
        if (up) return;
        text += part.toString('utf8');
        const line = text.split('\n').find((l) => l.startsWith('{"ready"') || l.startsWith('{"sandbox"'));
        if (line) { up = true; clearTimeout(limit); ready(JSON.parse(line) as Record<string, unknown>); }
      });
      child.once('error', (error) => { clearTimeout(limit); fail(error); });
      child.once('exit', (code, signal) => {
        clearTimeout(limit);
        if (!up) { fail(new Error(`${program.name} ended at once (${signal ?? code}):\n${this.lastLines(program.name)}`)); return; }
        if (!this.stopping) this.revive(running, String(signal ?? code));
      });
      if (!program.announces) { clearTimeout(limit); ready({}); }
    });
  }

  private revive(running: Running, why: string): void {
    const now = Date.now();
    running.restarts = [...running.restarts.filter((t) => now - t < 60_000), now];
    if (running.restarts.length > this.restarts.perMinute) { this.say(`${running.program.name} died ${running.restarts.length} times in a minute and stays down. Its log: ${this.logOf(running.program.name)}`); return; }
    this.say(`${running.program.name} ended (${why}); starting it again`);
    setTimeout(() => {
      if (this.stopping) return;
      this.launch(running).catch((error: unknown) => { this.say(error instanceof Error ? error.message : String(error)); running.child.kill('SIGKILL'); if (!this.stopping) this.revive(running, 'it did not come up'); });
      this.onRestart?.();
    }, Math.min(this.restarts.maxPauseMs, 200 * 2 ** running.restarts.length));
  }

  private lastLines(name: string): string {
    try { return readFileSync(this.logOf(name), 'utf8').trim().split('\n').slice(-12).join('\n'); } catch { return ''; }
  }

  pids(): Record<string, number> { return Object.fromEntries(this.running.map((r) => [r.program.name, r.child.pid ?? 0])); }

  /** SIGKILL for all, each with its group: for a run whose data nobody goes on with. */
  async killAll(): Promise<void> {
    this.stopping = true;
    await Promise.all(this.running.map(async ({ child, log }) => {
      if (child.exitCode === null && child.signalCode === null) {
        const gone = new Promise<void>((done) => { child.once('exit', () => done()); });
        try { process.kill(-(child.pid ?? 0), 'SIGKILL'); } catch { child.kill('SIGKILL'); }
        await gone;
      }
      closeSync(log);
    }));
  }

  /** Stops all, last started first; what does not end in time is killed with its group. */
  async stop(): Promise<void> {
    if (this.stopping) return;
    this.stopping = true;
    const end = async ({ child, log }: Running): Promise<void> => {
      if (child.exitCode === null && child.signalCode === null) {
        const gone = new Promise<void>((done) => { child.once('exit', () => done()); });
        child.kill('SIGTERM');
        const timer = setTimeout(() => { try { process.kill(-(child.pid ?? 0), 'SIGKILL'); } catch { child.kill('SIGKILL'); } }, stopGraceMs);
        await gone;
        clearTimeout(timer);
      }
      closeSync(log);
    };
    const front = this.running.filter((r) => ['api', 'worker', 'gp-agent'].includes(r.program.name.replace(/-2$/, '')));
    await Promise.all(front.map(end));
    await Promise.all(this.running.filter((r) => !front.includes(r)).map(end));
  }
}
