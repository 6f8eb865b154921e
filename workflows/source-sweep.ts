import { feed } from './activities';

/** One look at what a source changed since the last one; what no delivery told of goes into the inbox and from there its usual way. */
export async function sourceSweep(input: { pairId: string; sourceId: string }): Promise<{ seen: number; missed: number }> {
  return feed.sweepSource(input);
}
