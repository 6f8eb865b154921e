import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Up } from './processes';

/** One moment of the run: seconds since the kills began, and who was killed. */
export type Kill = { at: number; killed: string[] };

const pauseMs = { least: 300, most: 3_000 };
const single = ['temporal', 'store', 'sandbox'] as const;
const doubled = ['api', 'worker', 'gp-agent'] as const;

/** Small seeded generator (xorshift): the same seed makes the same orders and kills the same programs after the same pauses. */
export function randomOf(seed: number): () => number {
  let x = (seed ^ 0x9e3779b9) >>> 0 || 1;
  return () => {
    x ^= x << 13; x >>>= 0;
    x ^= x >>> 17;
    x ^= x << 5; x >>>= 0;
    return x / 4_294_967_296;
  };
}

export const programsOf = (twins: boolean): string[] => [...doubled, ...single, ...(twins ? doubled.map((name) => `${name}-2`) : [])];

/** Any mix of the programs: mostly one, at times several, never none. */
export function pickVictims(random: () => number, programs: readonly string[] = programsOf(false)): string[] {
  const count = random() < 0.65 ? 1 : random() < 0.8 ? 2 : 3;
  const left = [...programs];
  return Array.from({ length: count }, () => left.splice(Math.floor(random() * left.length), 1)[0] ?? 'worker');
}

/** SIGKILL: of Temporal the server itself; the process that guards it follows and comes back with a new one. */
function kill(name: string, up: Up, data: string): void {
  try {
    const pid = name === 'temporal' ? Number(readFileSync(join(data, 'temporal.pid'), 'utf8')) : up.supervisor.pids()[name];
    if (pid) process.kill(pid, 'SIGKILL');
  } catch { /* it is dead already, or just being started again */ }
}

const sleep = (ms: number): Promise<void> => new Promise((wake) => { setTimeout(wake, ms); });

/** Kills for so long, at random instants; at least once. */
export async function keepKilling(ask: { seed: number; minutes: number; twins: boolean }, more: { up: Up; data: string; tell: (kill: Kill) => void }): Promise<Kill[]> {
  const random = randomOf(ask.seed);
  const programs = programsOf(ask.twins);
  const timeline: Kill[] = [];
  const began = Date.now();
  const until = began + ask.minutes * 60_000;
  for (;;) {
    await sleep(pauseMs.least + random() * (pauseMs.most - pauseMs.least));
    if (Date.now() >= until && timeline.length > 0) return timeline;
    const event: Kill = { at: Math.round((Date.now() - began) / 100) / 10, killed: pickVictims(random, programs) };
    for (const name of event.killed) kill(name, more.up, more.data);
    timeline.push(event);
    more.tell(event);
  }
}
