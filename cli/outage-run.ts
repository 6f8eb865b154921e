import { spawnSync } from 'node:child_process';
import { type Body, bodyText } from './crash-bodies';
import { type ApiAsk, readPhases } from './crash-people';
import { apiOf, pairFile } from './crash-run';
import { bringUp, type Parts, type Up } from './processes';
import { SandboxClient } from './sandbox-client';

export type OutageAsk = { orders: number; minutes: number; twins: boolean };
/** MiB of one process when a quarter of the orders had arrived, and when all had and nothing moved any more. */
export type Memory = { early: number; late: number };
export type Incident = { kind: string; subject: string; code: string; closed: boolean };
export type OutageOutcome = {
  orderIds: string[]; /** Customer of each order, by order id. */ customers: Record<string, string>; phases: Record<string, string>;
  /** Our keys in the order in which GP entered the orders. */ entered: string[]; incidentsDuring: Incident[]; incidents: Incident[]; memory: Record<string, Memory>; downMs: number; drainMs: number; killed: string[];
};
type OutageParts = Pick<Parts, 'root' | 'temporalBinary' | 'say'> & { data: string; tell: (word: string, done: number) => void };

/** The hours that the orders' own dates are spread over: the outage as the books see it. */
export const simulatedHours = 12;
const ordersPerCustomer = 20;
/** A customer's next order comes at least so much later by the real clock: half an hour of the simulated one. Orders placed at once have no order. */
const apartMs = 5_000;
const warmUp = 10;
const pollMs = 1_500;
/** Nothing more comes in and GP is still away: what is left in memory now is what waiting costs. */
const restMs = 8_000;
const settleMs = { base: 120_000, perOrder: 400 };
const sleep = (ms: number): Promise<void> => new Promise((wake) => { setTimeout(wake, ms); });
const watched = /^(api|worker|gp-agent)/;

const idOf = (i: number): string => String(6_800_000_000_000 + i);
/** Customers take turns, so that one's orders come as far apart as they can. */
const customersOf = ({ orders, minutes }: OutageAsk): number => Math.max(2, Math.ceil(orders / ordersPerCustomer), Math.ceil((orders / (minutes * 60_000)) * apartMs));
const customerOf = (i: number, ask: OutageAsk): string => String(7_800_000_000 + (i % customersOf(ask)));

/** Order `i` of so many: placed when its turn in the twelve hours comes, the last one just now. */
function orderOf(i: number, ask: OutageAsk, now: number): Body {
  const customer = customerOf(i, ask);
  const { orders } = ask;
  return {
    id: idOf(i), customer: { id: customer, name: `Casey Customer${customer}` }, currency: 'USD', taxPercent: i % 2 === 0 ? 8.25 : 0, shippingCents: 0, gateway: 'shopify_payments', paid: true,
    createdAt: new Date(now - ((orders - i) / orders) * simulatedHours * 3_600_000).toISOString(), lines: [{ sku: 'MUG-WHITE', title: 'Mug, white', quantity: 1 + (i % 3), cents: 1_290 }],
  };
}

/** Resident memory of the programs that wait, in MiB. */
function memoryOf(up: Up): Record<string, number> {
  const pids = Object.entries(up.supervisor.pids()).filter(([name]) => watched.test(name));
  const { stdout } = spawnSync('ps', ['-o', 'pid=,rss=', '-p', pids.map(([, pid]) => pid).join(',')], { encoding: 'utf8' });
  const rss = new Map(stdout.trim().split('\n').map((line) => { const [pid, kib] = line.trim().split(/\s+/); return [Number(pid), Number(kib)]; }));
  return Object.fromEntries(pids.map(([name, pid]) => [name, Math.round((rss.get(pid) ?? 0) / 1_024)]));
}

async function incidentsOf(api: ApiAsk): Promise<Incident[]> {
  const { exceptions } = await api<{ exceptions: { kind: string; subject: string; code: string; closedAt?: string }[] }>('/exceptions?open=false&limit=500');
  const { exceptions: open } = await api<{ exceptions: { kind: string; subject: string; code: string }[] }>('/exceptions?limit=500');
  return [...exceptions.map((e) => ({ ...e, closed: true })), ...open.map((e) => ({ ...e, closed: false }))].map(({ kind, subject, code, closed }) => ({ kind, subject, code, closed }));
}

class Outage {
  readonly orderIds: string[];
  constructor(private readonly ask: OutageAsk, private readonly parts: OutageParts, private readonly up: Up, private readonly sandbox: SandboxClient, private readonly api: ApiAsk = apiOf(up)) {
    this.orderIds = Array.from({ length: ask.orders }, (_, i) => idOf(i));
  }

  /** GP answers nobody; the orders come in one after the other. */
  async arrive(): Promise<Record<string, number>> {
    const { orders, minutes } = this.ask;
    const began = Date.now();
    let early: Record<string, number> | undefined;
    for (let i = 0; i < orders; i += 1) {
      const order = orderOf(i, this.ask, began);
      await this.sandbox.sendOrder(bodyText(order, order.createdAt), 'orders/create');
      if (i === Math.floor(orders / 4)) early = memoryOf(this.up);
      this.parts.tell('arrived while GP is away', i + 1);
      const due = began + ((i + 1) / orders) * minutes * 60_000;
      if (due > Date.now()) await sleep(due - Date.now());
    }
    return early ?? memoryOf(this.up);
  }

  async settled(): Promise<Record<string, string>> {
    const until = Date.now() + settleMs.base + this.ask.orders * settleMs.perOrder;
    for (;;) {
      const phases = await readPhases(this.api).catch(() => undefined);
      const done = this.orderIds.filter((id) => phases?.get(id)?.phase === 'tied-out').length;
      this.parts.tell('tied out', done);
      if (phases && (done === this.orderIds.length || Date.now() > until)) return Object.fromEntries(this.orderIds.map((id) => [id, phases.get(id)?.phase ?? 'missing']));
      await sleep(pollMs);
    }
  }

  /** A day like any other before: both calendars are known, and every program has done its work once. */
  private async begin(): Promise<void> {
    const ids = await this.sandbox.generate({ count: warmUp, seed: 1 });
    for (const until = Date.now() + settleMs.base; Date.now() < until; await sleep(500)) {
      const phases = await readPhases(this.api).catch(() => undefined);
      if (phases && ids.every((id) => phases.get(id)?.phase === 'tied-out')) return;
    }
    throw new Error('the orders before the outage did not come to rest');
  }

  async run(): Promise<OutageOutcome> {
    await this.begin();
    await this.sandbox.fault('gp', { mode: 'unavailable-503', times: 100_000 });
    const began = Date.now();
    const early = await this.arrive();
    await sleep(restMs);
    const [late, incidentsDuring] = [memoryOf(this.up), await incidentsOf(this.api)];
    await this.sandbox.clearFaults('gp');
    const backAt = Date.now();
    const killed: string[] = [];
    if (this.ask.twins) {
      // Half of what waits is in the hands of one agent: its death is to change no customer's order of orders.
      const pid = this.up.supervisor.pids()['gp-agent'];
      if (pid) { process.kill(pid, 'SIGKILL'); killed.push('gp-agent'); }
    }
    const phases = await this.settled();
    const drainMs = Date.now() - backAt;
    for (const until = Date.now() + 60_000; Date.now() < until && (await incidentsOf(this.api)).some((e) => !e.closed);) await sleep(1_000);
    const memory = Object.fromEntries(Object.keys(early).map((name) => [name, { early: early[name] ?? 0, late: late[name] ?? 0 }]));
    return {
      orderIds: this.orderIds, customers: Object.fromEntries(this.orderIds.map((id, i) => [id, customerOf(i, this.ask)])), phases, entered: (await this.sandbox.gp()).orders.map((o) => o.integrationId),
      incidentsDuring, incidents: await incidentsOf(this.api), memory, downMs: backAt - began, drainMs, killed,
    };
  }
}

/** GP is away while orders of twelve hours come in, compressed to so many minutes; then it is back and everything has to follow by itself. */
export async function outageRun(ask: OutageAsk, parts: OutageParts): Promise<OutageOutcome> {
  const up = await bringUp({
    root: parts.root, temporalBinary: parts.temporalBinary, say: parts.say, options: { once: true, json: true, orders: 0, samples: undefined, data: parts.data, sandbox: true },
    restarts: { perMinute: 100, maxPauseMs: 1_000 }, twins: ask.twins, env: { TIEOUT_PAIR_FILES: pairFile(parts) },
  });
  try {
    if (!up.addresses.sandbox) throw new Error('the outage needs the sandbox');
    return await new Outage(ask, parts, up, new SandboxClient(up.addresses.sandbox)).run();
  } finally {
    await up.supervisor.killAll();
  }
}
