import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * A program rests when it used less than this part of one processor from look to look, so often in a row; a collection is worth it when so much has come since the last one, and not sooner
 * than after so many looks: a program that works a little all the time is at rest too.
 */
const rest = { lookMs: 5_000, busyBelow: 0.15, quietLooks: 2, worthBytes: 8 * 2 ** 20, apartLooks: 6 };

/** `busy`: part of one processor that the whole program used since it was asked last. */
export type Thread = { usedBytes(): number; busy(): number; collect(): void };

/** One look at a thread: whether it is time to collect its garbage. */
export function collector(thread: Thread): () => void {
  let least = thread.usedBytes();
  let quiet = 0;
  let since: number = rest.apartLooks;
  thread.busy();
  return () => {
    const used = thread.usedBytes();
    least = Math.min(least, used);
    quiet = thread.busy() < rest.busyBelow ? quiet + 1 : 0;
    since += 1;
    if (quiet < rest.quietLooks || since < rest.apartLooks || used - least < rest.worthBytes) return;
    thread.collect();
    least = thread.usedBytes();
    since = 0;
  };
}

/** V8's own collection, which it shows to a context that is made while the flag stands, and to no other. */
function collection(): () => void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  setFlagsFromString('--no-expose-gc');
  return collect;
}

/**
 * V8 collects when a heap has grown so much, and never because there is time: what the last burst of work left behind stays until the next one, and was most of what a program held at rest and
 * all of what it seemed to hold per waiting order. This thread gives it back while it has nothing to do. A full collection of such a heap takes some 50 to 100 ms.
 */
export function collectAtRest(): void {
  let before = { cpu: process.cpuUsage(), at: performance.now() };
  const busy = (): number => {
    const used = process.cpuUsage(before.cpu);
    const part = (used.user + used.system) / 1000 / Math.max(1, performance.now() - before.at);
    before = { cpu: process.cpuUsage(), at: performance.now() };
    return part;
  };
  const look = collector({ usedBytes: () => getHeapStatistics().used_heap_size, busy, collect: collection() });
  setInterval(look, rest.lookMs).unref();
}
