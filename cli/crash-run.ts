import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bodyText, totalCents } from './crash-bodies';
import { keepKilling, type Kill, randomOf } from './crash-kills';
import { type ApiAsk, People, readPhases, type Seen } from './crash-people';
import { type Tale, talesOf } from './crash-tales';
import { type Ledgers } from './crash-verdict';
import { bringUp, type Parts, type Up } from './processes';
import { SandboxClient } from './sandbox-client';

export type CrashAsk = { seed: number; orders: number; minutes: number; twins: boolean };
export type Outcome = { ledgers: Ledgers; phases: Record<string, string>; tales: Record<string, Tale>; exceptions: string[]; timeline: Kill[] };

/** Of the orders, those that are followed by people (edits, cancellations, approvals …); the others are simply paid. */
const taleShare = 0.6;
/** Of the time that kills go on, the part in which orders come in. */
const loadShare = 0.7;
const earlyLimitMs = 30_000;
const settleLimitMs = 150_000;
const pollMs = 400;
/** Looks in a row that must find everything at rest. */
const calmLooks = 3;
/** Where an order without people ends. */
const plainEnd = 'tied-out';
const sleep = (ms: number): Promise<void> => new Promise((wake) => { setTimeout(wake, ms); });

/** Asks the apis in turn: one of them may just be dead. */
export function apiOf(up: Up): ApiAsk {
  let turn = 0;
  return async (path, init) => {
    turn += 1;
    const reply = await fetch(`${up.apis[turn % up.apis.length]}${path}`, { signal: AbortSignal.timeout(10_000), headers: { authorization: `Bearer ${up.local.apiKeys[init?.key ?? 'viewer']}`, ...(init ? { 'content-type': 'application/json' } : {}) }, ...(init ? { method: 'POST', body: JSON.stringify(init.body) } : {}) });
    if (!reply.ok) throw new Error(`${path} answered ${reply.status}`);
    return (await reply.json()) as never;
  };
}

/** The demo pair, with a sweep that comes round soon. */
export function pairFile({ root, data }: { root: string; data: string }): string {
  const demo = JSON.parse(readFileSync(join(root, 'config/pairs/demo.json'), 'utf8')) as { policies: object };
  mkdirSync(data, { recursive: true });
  writeFileSync(join(data, 'pair.json'), JSON.stringify({ ...demo, policies: { ...demo.policies, sweepSeconds: 4 } }));
  return join(data, 'pair.json');
}

export type RunParts = Pick<Parts, 'root' | 'temporalBinary' | 'say'> & { data: string; disturbed: boolean; tell: (done: number) => void; tellKill: (kill: Kill) => void };

/** One run under way: what was sent so far, and the people who follow it. */
class Run {
  readonly orderIds: string[] = [];
  readonly tales: Tale[];
  private readonly sent = new Set<string>();
  private readonly sandbox: SandboxClient;
  private readonly api: ApiAsk;
  private readonly people: People;
  private readonly delays = new Map<string, number>();
  private seen = new Map<string, Seen>();
  private killsFrom: number | undefined;
  private over = false;

  constructor(private readonly ask: CrashAsk, private readonly parts: RunParts, up: Up) {
    const random = randomOf(ask.seed + 1);
    this.tales = talesOf({ seed: ask.seed, count: Math.round(ask.orders * taleShare), createdAt: new Date().toISOString() }, random);
    for (const tale of this.tales) this.delays.set(tale.orderId, random());
    if (!up.addresses.sandbox) throw new Error('the crash run needs the sandbox');
    this.sandbox = new SandboxClient(up.addresses.sandbox);
    this.api = apiOf(up);
    this.people = new People(this.tales, { api: this.api, sandbox: this.sandbox }, (orderId, step) => this.pace(orderId, step.free));
  }

  /** In peace a step is done in its phase. Else at an instant of its own within the time of the kills. */
  private pace(orderId: string, free: boolean): number | undefined {
    if (!this.parts.disturbed) return this.early ? Number.MAX_SAFE_INTEGER : undefined;
    if (this.killsFrom === undefined) return Number.MAX_SAFE_INTEGER;
    return this.killsFrom + (this.delays.get(orderId) ?? 0) * this.ask.minutes * 60_000 * (free ? 1 : 0.5);
  }
  private early = true;

  /** Sends the orders whose later changes belong under the kills, and waits until they are through. */
  async prelude(): Promise<void> {
    const early = this.tales.filter((t) => t.early);
    for (const tale of early) await this.send(tale);
    for (const until = Date.now() + earlyLimitMs; Date.now() < until && !early.every((t) => this.seen.get(t.orderId)?.phase === plainEnd);) await sleep(pollMs);
    this.early = false;
  }

  private async send(tale: Tale): Promise<void> {
    await this.sandbox.sendOrder(bodyText(tale.body, tale.body.createdAt), 'orders/create');
    this.sent.add(tale.orderId);
    this.orderIds.push(tale.orderId);
  }

  /** The orders in lots over the load time; each lot's seed comes from the run's, so both runs get the same orders. */
  async load(): Promise<void> {
    const { seed, orders, minutes } = this.ask;
    const spreadMs = this.parts.disturbed ? minutes * 60_000 * loadShare : 0;
    const tales = this.tales.filter((t) => !t.early);
    const plain = orders - this.tales.length;
    const lots = Math.max(1, Math.ceil(orders / 5));
    for (let lot = 0; lot < lots; lot += 1) {
      await this.sandbox.settings('shop', this.parts.disturbed ? { duplicates: lot % 5, shuffle: true, lateMs: 1_500, drop: 0.1 } : { duplicates: 0, shuffle: false, lateMs: 0, drop: 0 });
      for (let i = lot; i < tales.length; i += lots) { const tale = tales[i]; if (tale) await this.send(tale); }
      const count = Math.floor(plain / lots) + (lot < plain % lots ? 1 : 0);
      if (count > 0) this.orderIds.push(...await this.sandbox.generate({ count, seed: (seed % 500) * 1_000 + lot + 1 }));
      if (spreadMs > 0) await sleep(spreadMs / lots);
    }
  }

  kills(up: Up): Promise<Kill[]> {
    this.killsFrom = Date.now();
    return keepKilling(this.ask, { up, data: this.parts.data, tell: this.parts.tellKill });
  }

  /** Looks again and again, and lets people act on what they see, until told that it is over. */
  async watch(): Promise<void> {
    while (!this.over) {
      try { this.seen = await readPhases(this.api); this.people.look(this.seen, this.sent); } catch { /* asked again */ }
      await sleep(pollMs);
    }
  }

  /** It rests where it should; one that was changed and goes on, over what it was changed to. */
  private atEnd(orderId: string): boolean {
    const [seen, tale] = [this.seen.get(orderId), this.tales.find((t) => t.orderId === orderId)];
    const over = tale?.changed && tale.ends === plainEnd ? (totalCents(tale.changed) / 100).toFixed(2) : undefined;
    return seen?.phase === (tale?.ends ?? plainEnd) && (over === undefined || seen.total === over);
  }

  /** Waits until every order rests where it should, or for so long that something is wrong. */
  async settled(): Promise<void> {
    const until = Date.now() + settleLimitMs + this.orderIds.length * 500;
    for (let calm = 0; calm < calmLooks && Date.now() < until;) {
      await sleep(pollMs);
      const done = this.orderIds.filter((id) => this.atEnd(id)).length;
      this.parts.tell(done);
      calm = done === this.orderIds.length ? calm + 1 : 0;
    }
    this.over = true;
  }

  /** What still waits for somebody: exceptions of orders, and incidents of connectors, which close by themselves. */
  private async exceptions(): Promise<string[]> {
    for (const until = Date.now() + 30_000; ;) {
      try {
        const { exceptions } = await this.api<{ exceptions: { kind: string; subject: string; code: string }[] }>('/exceptions?limit=500');
        if (!exceptions.some((e) => e.kind === 'connector') || Date.now() > until) return exceptions.filter((e) => e.kind !== 'delivery').map((e) => `${e.subject} ${e.code}`).sort();
      } catch (error) { if (Date.now() > until) throw error; }
      await sleep(1_000);
    }
  }

  async outcome(timeline: Kill[]): Promise<Outcome> {
    const [gp, xero, gpBooks, xeroBooks, exceptions] = await Promise.all([this.sandbox.gp(), this.sandbox.xero(), this.sandbox.books('gp'), this.sandbox.books('xero'), this.exceptions()]);
    return { ledgers: { gp, xero, gpBooks, xeroBooks }, exceptions, timeline, tales: Object.fromEntries(this.tales.map((t) => [t.orderId, t])), phases: Object.fromEntries(this.orderIds.map((id) => [id, this.seen.get(id)?.phase ?? 'missing'])) };
  }
}

/** One whole run in a folder of its own: with kills and unreliable deliveries, or without. */
export async function crashRun(ask: CrashAsk, parts: RunParts): Promise<Outcome> {
  const up = await bringUp({
    root: parts.root, temporalBinary: parts.temporalBinary, say: parts.say, options: { once: true, json: true, orders: 0, samples: undefined, data: parts.data, sandbox: true }, restarts: { perMinute: 10_000, maxPauseMs: 1_000 },
    twins: ask.twins && parts.disturbed, env: { TIEOUT_PAIR_FILES: pairFile(parts) },
  });
  const run = new Run(ask, parts, up);
  const watching = run.watch();
  try {
    await run.prelude();
    const [timeline] = await Promise.all([parts.disturbed ? run.kills(up) : [], run.load()]);
    await run.settled();
    await watching;
    return await run.outcome(timeline);
  } finally {
    await up.supervisor.killAll();
  }
}
