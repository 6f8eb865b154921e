import { join } from 'node:path';

/** `halfMiB`: one half of the young generation; `growPercent`: how far the heap may outgrow what is alive before it is collected. */
type Heap = { halfMiB: number; growPercent: number };
/** A young generation of a few MiB is collected in a moment by one thread; several wait for each other, and on a busy machine for the processor: 20 ms instead of 3. */
const oneCollector = '--no-parallel-scavenge';
/** Receiving holds little and computes little; processing pays for every collection. */
const heaps: Record<'receives' | 'processes', Heap> = { receives: { halfMiB: 4, growPercent: 40 }, processes: { halfMiB: 8, growPercent: 100 } };

/**
 * How a program is run. V8 left alone lets 48 MiB of young generation and a heap of four times what is alive stand, and gives neither back while nothing
 * happens: most of a program's memory at rest was garbage. What is left of it is collected in each thread that has nothing to do. docker-compose.yml and the Dockerfile say the same
 * (docs/performance.md).
 */
export function nodeFlags(program: string): string[] {
  const everyThread = /^worker\b/.test(program) ? '../worker/every-thread.js' : '../config/every-thread.js';
  const { halfMiB, growPercent } = heaps[/^api\b/.test(program) ? 'receives' : 'processes'];
  return ['--enable-source-maps', '--require', join(__dirname, everyThread), oneCollector, `--max-semi-space-size=${halfMiB}`, `--heap-growing-percent=${growPercent}`];
}
