import { type PairStore } from '../store/types';
import { parsePair, type Pair } from '../mapping/pair';

/** The pairs of this installation, read from the store and kept for a moment: every activity asks for its pair. */
export type PairBook = { get(pairId: string): Promise<Pair> };

/** `keepMs`: how long a pair is served from memory before it is read again. */
export function createPairBook(pairs: PairStore, keepMs = 15_000, now: () => number = Date.now): PairBook {
  const kept = new Map<string, { pair: Pair; until: number }>();
  return {
    async get(pairId) {
      const known = kept.get(pairId);
      if (known && known.until > now()) return known.pair;
      const configuration = await pairs.get(pairId);
      if (configuration === undefined) throw new Error(`Pair "${pairId}" is not in the store. Fix: add its file to TIEOUT_PAIR_FILES and restart the api or the worker.`);
      const pair = parsePair(configuration);
      kept.set(pairId, { pair, until: now() + keepMs });
      return pair;
    },
  };
}
