import { done, failed } from '../../canonical/failure';
import { type BatchKind, writeBatch, type Written } from './batch-write';
import { createCoalescer } from './coalescer';
import { unreadable } from './reads';

/** Documents in one call, calls of one kind under way. */
const batchMax = 50;
const inFlightMax = 2;

export type Writer<D, R> = (draft: D, lookFirst: boolean) => Promise<Written<R>>;

/** Concurrent drafts of one kind share calls; a draft that may have got through before is looked up first. */
export function createWriter<D, R>(kind: BatchKind<D, R>): Writer<D, R> {
  const add = createCoalescer<D, Written<R>>({ max: batchMax, inFlightMax, send: async (drafts) => {
    const keys = new Set<string>();
    const unique = drafts.filter((d) => !keys.has(kind.keyOf(d)) && keys.add(kind.keyOf(d)));
    const results = await writeBatch(kind, unique);
    return drafts.map((d) => results.get(kind.keyOf(d)) ?? failed(unreadable(kind.keyOf(d), 'it is not in the answer')));
  } });
  return async (draft, lookFirst) => {
    if (lookFirst) {
      const look = await kind.look([draft]);
      if (!look.ok) return look;
      const [found] = look.value;
      if (found?.kind === 'ours') return done({ value: found.value, existed: true });
      if (found?.kind === 'foreign') return failed({ code: 'duplicate-conflict', system: 'xero', document: kind.keyOf(draft), message: `Xero already holds another ${kind.name} ${kind.keyOf(draft)}.`, fix: 'Compare it with GP; void or renumber the wrong one, then retry.' });
    }
    return add(draft);
  };
}
