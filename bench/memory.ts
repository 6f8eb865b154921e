import { type Ask, atMost, type Bench, type Figures } from './bench';
import { type Installation, sleep, until, withInstallation } from './installation';
import { usageOf } from './process-usage';
import { median, round } from './statistics';

/** After this long without work the sweep has seen that nothing was missed, and what was left behind is collected. */
const restMs = 45_000;
const limitMs = 300_000;
const samples = 5;

/** Resident memory of every process in MiB: the median of a few looks. */
async function resident(installation: Installation): Promise<Record<string, number>> {
  const looks: Record<string, number>[] = [];
  for (let n = 0; n < samples; n += 1) {
    looks.push(Object.fromEntries(Object.entries(installation.pids()).map(([name, pid]) => [name, usageOf(pid).rssMiB])));
    await sleep(400);
  }
  return Object.fromEntries(Object.keys(looks[0] ?? {}).map((name) => [name, round(median(looks.map((l) => l[name] ?? 0)))]));
}

async function measure(ask: Ask, installation: Installation): Promise<Figures> {
  const { orders: count = 0 } = ask.numbers;
  const { sandbox } = installation;
  const waiting = (n: number) => async (): Promise<boolean> => ((await installation.phases())['awaiting-approval'] ?? 0) >= n;
  ask.say('at rest');
  await sleep(restMs);
  const rest = await resident(installation);
  ask.say('warming up: the first orders load code and grow heaps, however many follow');
  const first = 100;
  await sandbox.generate({ count: first, seed: 300 });
  await until(`${first} orders did not come to wait`, limitMs, waiting(first));
  await sleep(restMs);
  const warm = await resident(installation);
  ask.say(`${count} orders that wait for an approver`);
  await sandbox.generate({ count, seed: 301 });
  await until(`${count} orders did not come to wait`, limitMs, waiting(first + count));
  await sleep(restMs);
  const full = await resident(installation);
  const kib = (name: string): number => round((((full[name] ?? 0) - (warm[name] ?? 0)) * 1024) / count);
  const kibPerWaitingOrder = Object.fromEntries(Object.keys(full).map((name) => [name, kib(name)]));
  const both = round((rest['worker'] ?? 0) + (rest['api'] ?? 0));
  const each = round(kib('worker') + kib('api'));
  const sinceRest = round(['worker', 'api'].reduce((sum, name) => sum + (((full[name] ?? 0) - (rest[name] ?? 0)) * 1024) / (first + count), 0));
  return {
    method: `Resident memory (RSS) of each process, median of ${samples} looks, ${restMs / 1000} s after the last work: after the start, after ${first} orders to warm up, and with ${count} more that all wait for an approver; KiB per waiting order is what the last ones added; since rest: what all of them added, the first with the code they loaded and the heaps they grew.`,
    memory: { restMiB: rest, workerAndApiAtRestMiB: both, warmMiB: warm, waitingMiB: full, kibPerWaitingOrder, workerAndApiKibPerWaitingOrder: each, workerAndApiKibPerWaitingOrderSinceRest: sinceRest, waitingOrders: count },
    targets: [atMost('memory.workerAndApiAtRestMiB', both, 300), atMost('memory.workerAndApiKibPerWaitingOrder', each, 25)],
  };
}

/** What waiting costs. */
export const memory: Bench = {
  summary: 'memory of worker and api at rest, and what a waiting order adds',
  flags: [{ name: 'orders', about: 'orders that wait for an approver', fallback: 1_000, least: 50, most: 20_000, whole: true }],
  // Whatever its total, every order waits for an approver, and nobody comes.
  run: (ask) => withInstallation(ask, { approvalAbove: '0.01' }, (installation) => measure(ask, installation)),
};
