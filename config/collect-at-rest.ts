import { performance } from 'node:perf_hooks';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** A thread rests when it was busy for less than this part of the time between two looks; a collection is worth it when so much has come since the last one. */
const rest = { lookMs: 5_000, busyBelow: 0.15, worthBytes: 8 * 2 ** 20 };

export type Thread = { usedBytes(): number; /** Part of the time since it was asked last, 0 to 1. */ busy(): number; collect(): void };

/** One look at a thread: whether it is time to collect its garbage. */
export function collector(thread: Thread): () => void {
  let least = thread.usedBytes();
  thread.busy();
  return () => {
    const used = thread.usedBytes();
    least = Math.min(least, used);
    if (thread.busy() >= rest.busyBelow || used - least < rest.worthBytes) return;
    thread.collect();
    least = thread.usedBytes();
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
  let before = performance.eventLoopUtilization();
  const busy = (): number => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    return utilization;
  };
  const look = collector({ usedBytes: () => getHeapStatistics().used_heap_size, busy, collect: collection() });
  setInterval(look, rest.lookMs).unref();
}
