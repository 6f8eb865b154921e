import { type Client } from '@temporalio/client';
import { workflowTypes } from '../workflows/names';
import { bareType, startBare } from './bare';
import { type Ask, atLeast, atMost, type Bench, type Figures } from './bench';
import { countRuns } from './history';
import { type Installation, until, withInstallation } from './installation';
import { cpuOf, spent } from './process-usage';
import { median, medians, round } from './statistics';
import { connectClient } from './temporal-client';

type Lap = { perSecond: number; cpuMs: Record<string, number> };
type Lane = { name: string; workflowType: string; count: number; start(round: number): Promise<unknown>; pids(): Record<string, number> };

const limitMs = 120_000;
const historiesMax = 40;

/** Both are counted in the same way: by one question to Temporal's visibility every tenth of a second. */
const completed = async (client: Client, workflowType: string): Promise<number> => (await client.workflow.count(`WorkflowType='${workflowType}' AND ExecutionStatus='Completed'`)).count;

async function lap(client: Client, lane: Lane, number: number): Promise<Lap> {
  const goal = await completed(client, lane.workflowType) + lane.count;
  const pids = lane.pids();
  const before = cpuOf(pids);
  const began = performance.now();
  await lane.start(number);
  await until(`${lane.count} × ${lane.name} did not end`, limitMs, async () => (await completed(client, lane.workflowType)) >= goal);
  const seconds = (performance.now() - began) / 1000;
  return { perSecond: lane.count / seconds, cpuMs: spent(before, cpuOf(pids), lane.count) };
}

/** Every order of every round must have tied out, else the speed is worth nothing. */
async function mustTieOut(installation: Installation, all: number): Promise<void> {
  const phases = await installation.phases();
  if (phases['tied-out'] !== all || Object.keys(phases).length !== 1) throw new Error(`${all} orders were sent, and they rest as ${JSON.stringify(phases)}`);
}

async function measure(ask: Ask, installation: Installation): Promise<Figures> {
  const { orders: count = 0, rounds = 0, bare = 0 } = ask.numbers;
  const { up, sandbox } = installation;
  const client = await connectClient(up);
  await up.supervisor.start({ name: 'bare-worker', script: 'bench/bare-worker.js', env: up.env, announces: true });
  const pids = (): Record<string, number> => ({ ...installation.pids(), bench: process.pid });
  const ours: Lane = { name: 'orders', workflowType: workflowTypes.orderToCash, count, pids: () => { const { 'bare-worker': _bare, ...rest } = pids(); return rest; }, start: (n) => sandbox.generate({ count, seed: 100 + n }) };
  const theirs: Lane = { name: 'bare workflows', workflowType: bareType, count: bare, start: (n) => startBare(client, bare, String(n)), pids: () => { const { temporal = 0, 'bare-worker': worker = 0, bench = 0 } = pids(); return { temporal, 'bare-worker': worker, bench }; } };
  ask.say('warming up');
  await lap(client, { ...ours, count: 40, start: () => sandbox.generate({ count: 40, seed: 99 }) }, 0);
  await lap(client, { ...theirs, count: 40, start: () => startBare(client, 40, 'warm') }, 0);
  const laps: { ours: Lap; theirs: Lap }[] = [];
  for (let n = 1; n <= rounds; n += 1) {
    const one = { theirs: await lap(client, theirs, n), ours: await lap(client, ours, n) };
    ask.say(`round ${n}: ${round(one.ours.perSecond)} orders/s beside ${round(one.theirs.perSecond)} bare workflows/s`);
    laps.push(one);
  }
  await mustTieOut(installation, 40 + count * rounds);
  const [counts, bareCounts] = [await countRuns(client, ours.workflowType, historiesMax), await countRuns(client, bareType, 5)];
  const ratio = round(median(laps.map((l) => l.ours.perSecond / l.theirs.perSecond)), 3);
  const ordersPerSecond = round(median(laps.map((l) => l.ours.perSecond)), 2);
  const eventsPerOrder = median(counts.map((c) => c.events));
  await client.connection.close();
  return {
    method: `${rounds} rounds after a warm-up, each ${bare} bare workflows (five activities one after another, a worker of their own) and then ${count} orders from the shop's signed webhook to the proof in both ledgers, on one Temporal server; simulators ship, post and answer at once; medians; the ratio is taken round by round; events and actions over ${counts.length} orders.`,
    ordersPerSecond, bareOrdersPerSecond: round(median(laps.map((l) => l.theirs.perSecond)), 2), ratio, eventsPerOrder, actionsPerOrder: median(counts.map((c) => c.actions)), bareEventsPerOrder: median(bareCounts.map((c) => c.events)),
    cpuMsPerOrder: medians(laps.map((l) => l.ours.cpuMs)), cpuMsPerBareOrder: medians(laps.map((l) => l.theirs.cpuMs)), orders: count, rounds, perRound: laps.map((l) => ({ ordersPerSecond: round(l.ours.perSecond, 2), bareOrdersPerSecond: round(l.theirs.perSecond, 2) })),
    targets: [atLeast('ordersPerSecond', ordersPerSecond, 15), atLeast('ratio', ratio, 0.45), atMost('eventsPerOrder', eventsPerOrder, 40)],
  };
}

/** Orders a second end to end, beside a bare workflow on the same server. */
export const orders: Bench = {
  summary: 'orders a second end to end, beside a bare workflow of five activities; CPU, events and actions per order',
  flags: [
    { name: 'orders', about: 'orders per round', fallback: 200, least: 10, most: 5_000, whole: true },
    { name: 'bare', about: 'bare workflows per round', fallback: 300, least: 10, most: 5_000, whole: true },
    { name: 'rounds', about: 'rounds, the median counts', fallback: 3, least: 1, most: 20, whole: true },
  ],
  run: (ask) => withInstallation(ask, {}, (installation) => measure(ask, installation)),
};
