import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Ledgers } from './crash-verdict';
import { type Options } from './options';
import { bringUp, type Parts, type Up } from './processes';
import { SandboxClient } from './sandbox-client';

export type CrashAsk = { seed: number; orders: number; minutes: number };
/** One moment of the run: seconds since the load began, and who was killed. */
export type Kill = { at: number; killed: string[] };
export type Outcome = { ledgers: Ledgers; phases: Record<string, string>; timeline: Kill[] };

const victims = ['api', 'worker', 'gp-agent', 'temporal', 'store', 'sandbox'] as const;
/** Of the time that kills go on, the part in which orders come in. */
const loadShare = 0.7;
const pauseMs = { least: 300, most: 3_000 };
const settleLimitMs = 180_000;
const ended = new Set(['tied-out', 'cancelled', 'skipped', 'differs', 'needs-attention', 'parked', 'awaiting-approval', 'awaiting-payment']);

/** Small seeded generator (xorshift): the same seed kills the same programs after the same pauses. */
export function randomOf(seed: number): () => number {
  let x = (seed ^ 0x9e3779b9) >>> 0 || 1;
  return () => {
    x ^= x << 13; x >>>= 0;
    x ^= x >>> 17;
    x ^= x << 5; x >>>= 0;
    return x / 4_294_967_296;
  };
}

/** Any mix of the programs: mostly one, at times several, never none. */
export function pickVictims(random: () => number): string[] {
  const count = random() < 0.65 ? 1 : random() < 0.8 ? 2 : 3;
  const left = [...victims];
  return Array.from({ length: count }, () => left.splice(Math.floor(random() * left.length), 1)[0] ?? 'worker');
}

const sleep = (ms: number): Promise<void> => new Promise((wake) => { setTimeout(wake, ms); });

/** SIGKILL: of Temporal the server itself; the process that guards it follows and comes back with a new one. */
function kill(name: string, up: Up, data: string): void {
  try {
    const pid = name === 'temporal' ? Number(readFileSync(join(data, 'temporal.pid'), 'utf8')) : up.supervisor.pids()[name];
    if (pid) process.kill(pid, 'SIGKILL');
  } catch { /* it is dead already, or just being started again */ }
}

type RunView = { orderId: string; phase: string };
async function phasesOf(up: Up): Promise<Record<string, string>> {
  const phases: Record<string, string> = {};
  for (let after: string | undefined; ;) {
    const reply = await fetch(`${up.addresses.api}/runs?limit=500${after ? `&after=${encodeURIComponent(after)}` : ''}`, { headers: { authorization: `Bearer ${up.local.apiKeys.viewer}` }, signal: AbortSignal.timeout(10_000) });
    if (!reply.ok) throw new Error(`the api answered ${reply.status}`);
    const { runs, next } = (await reply.json()) as { runs: RunView[]; next?: string };
    for (const run of runs) phases[run.orderId] = run.phase;
    if (!next) return phases;
    after = next;
  }
}

/** Waits until every order rests where it stays; answers how they rest, whoever is missing. */
async function settled(up: Up, orderIds: readonly string[], tell: (done: number) => void): Promise<Record<string, string>> {
  const until = Date.now() + settleLimitMs + orderIds.length * 500;
  let phases: Record<string, string> = {};
  let calm = 0;
  while (calm < 3 && Date.now() < until) {
    await sleep(500);
    try { phases = await phasesOf(up); } catch { continue; }
    const done = orderIds.filter((id) => ended.has(phases[id] ?? '')).length;
    tell(done);
    calm = done === orderIds.length ? calm + 1 : 0;
  }
  return phases;
}

async function readLedgers(sandbox: SandboxClient): Promise<Ledgers> {
  const [gp, xero, gpBooks, xeroBooks] = await Promise.all([sandbox.gp(), sandbox.xero(), sandbox.books('gp'), sandbox.books('xero')]);
  return { gp, xero, gpBooks, xeroBooks };
}

/** The orders in small lots over the load time; each lot's seed comes from the run's, so both runs get the same orders. */
async function load(sandbox: SandboxClient, ask: CrashAsk, spreadMs: number): Promise<string[]> {
  const lots = Math.min(ask.orders, Math.max(1, Math.ceil(ask.orders / 5)));
  const ids: string[] = [];
  for (let lot = 0; lot < lots; lot += 1) {
    const count = Math.floor(ask.orders / lots) + (lot < ask.orders % lots ? 1 : 0);
    await sandbox.settings('shop', { duplicates: spreadMs > 0 ? 4 : 0, shuffle: spreadMs > 0, lateMs: spreadMs > 0 ? 1_500 : 0, drop: spreadMs > 0 ? 0.1 : 0 });
    ids.push(...await sandbox.generate({ count, seed: (ask.seed % 500) * 1_000 + lot + 1 }));
    if (spreadMs > 0) await sleep(spreadMs / lots);
  }
  return ids;
}

async function killing(ask: CrashAsk, more: { up: Up; data: string; tell: (kill: Kill) => void }): Promise<Kill[]> {
  const random = randomOf(ask.seed);
  const timeline: Kill[] = [];
  const began = Date.now();
  const until = began + ask.minutes * 60_000;
  for (;;) {
    await sleep(pauseMs.least + random() * (pauseMs.most - pauseMs.least));
    if (Date.now() >= until && timeline.length > 0) return timeline;
    const event: Kill = { at: Math.round((Date.now() - began) / 100) / 10, killed: pickVictims(random) };
    for (const name of event.killed) kill(name, more.up, more.data);
    timeline.push(event);
    more.tell(event);
  }
}

export type RunParts = Pick<Parts, 'root' | 'temporalBinary' | 'say'> & { data: string; disturbed: boolean; extra?: (up: Up) => Promise<void>; tell: (done: number) => void; tellKill: (kill: Kill) => void };

/** One whole run in a folder of its own: with kills and unreliable deliveries, or without. */
export async function crashRun(ask: CrashAsk, parts: RunParts): Promise<Outcome> {
  const options: Options = { once: true, json: true, orders: 0, samples: undefined, data: parts.data, sandbox: true };
  const up = await bringUp({ root: parts.root, temporalBinary: parts.temporalBinary, say: parts.say, options, restarts: { perMinute: 10_000, maxPauseMs: 1_000 } });
  try {
    await parts.extra?.(up);
    const { sandbox: at } = up.addresses;
    if (!at) throw new Error('the crash run needs the sandbox');
    const sandbox = new SandboxClient(at);
    const [orderIds, timeline] = await Promise.all([
      load(sandbox, ask, parts.disturbed ? ask.minutes * 60_000 * loadShare : 0), parts.disturbed ? killing(ask, { up, data: parts.data, tell: parts.tellKill }) : [],
    ]);
    const phases = await settled(up, orderIds, parts.tell);
    return { ledgers: await readLedgers(sandbox), timeline, phases: Object.fromEntries(orderIds.map((id) => [id, phases[id] ?? 'missing'])) };
  } finally {
    await up.supervisor.killAll();
  }
}
