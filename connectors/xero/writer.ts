import { done, failed } from '../../canonical/failure';
import { type BatchKind, BatchWriter, conflictOf, type Item, type Written } from './batch-write';
import { createCoalescer } from './coalescer';
import { unreadable } from './reads';
import { type XeroWriteOptions } from './types';

/** Documents in one call, calls of one kind under way. */
const batchMax = 50;
const inFlightMax = 2;

export type Writer<D, R> = (draft: D, options?: XeroWriteOptions) => Promise<Written<R>>;

/**
 * Concurrent drafts of one kind share calls. A draft that may have got through before is looked up first; one that is under way in this very
 * process is waited for, then looked up.
 */
export function createWriter<D, R>(kind: BatchKind<D, R>): Writer<D, R> {
  const batches = new BatchWriter(kind);
  const underWay = new Map<string, Promise<Written<R>>>();
  const add = createCoalescer<Item<D>, Written<R>>({ max: batchMax, inFlightMax, send: async (items) => {
    const results = await batches.write(items);
    return items.map(({ draft }) => results.get(kind.keyOf(draft)) ?? failed(unreadable(kind.keyOf(draft), 'it is not in the answer')));
  } });
  const write = async (draft: D, { lookFirst: asked, mine }: XeroWriteOptions & { lookFirst: boolean }): Promise<Written<R>> => {
    if (asked) {
      const look = await kind.look([draft]);
      if (!look.ok) return look;
      const [found] = look.value;
      if (found?.kind === 'ours') return done({ value: found.value, existed: true });
      if (found?.kind === 'foreign') return failed(conflictOf(kind.name, kind.keyOf(draft)));
    }
    return add({ draft, asked, mine });
  };
  return async (draft, options = {}) => {
    const key = kind.keyOf(draft);
    let lookFirst = options.lookFirst ?? false;
    for (let before = underWay.get(key); before; before = underWay.get(key)) {
      await before.catch(() => undefined);
      lookFirst = true;
    }
    const mine = write(draft, { ...options, lookFirst });
    underWay.set(key, mine);
    try { return await mine; } finally { if (underWay.get(key) === mine) underWay.delete(key); }
  };
}
