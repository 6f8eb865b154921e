/** `max`: of one statement; `gatherMs`: how long a statement that follows close behind another waits for more to go with it. */
export type Grouping = { max: number; gatherMs?: number };

const closeBehindMs = 100;

/**
 * One statement for many: while one is under way, what is asked meanwhile gathers and goes together in the next; what comes alone goes at once. `act` answers each in its place. A group that fails
 * is done one by one, so that a bad one fails alone.
 */
export function inGroups<T, R>(act: (items: readonly T[]) => Promise<readonly R[]>, { max, gatherMs = 0 }: Grouping): (item: T) => Promise<R> {
  type Waiting = { item: T; done(answer: R): void; fail(error: unknown): void };
  const queue: Waiting[] = [];
  let busy = false;
  let endedAt = Number.NEGATIVE_INFINITY;
  const go = async (group: readonly Waiting[]): Promise<void> => {
    try {
      const answers = await act(group.map((w) => w.item));
      group.forEach((w, i) => w.done(answers[i] as R));
    } catch (error) {
      if (group.length === 1) { group[0]?.fail(error); return; }
      for (const one of group) await go([one]);
    }
  };
  const pump = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    while (queue.length > 0) {
      if (gatherMs > 0 && performance.now() - endedAt < closeBehindMs) await new Promise((wake) => { setTimeout(wake, gatherMs); });
      await go(queue.splice(0, max));
      endedAt = performance.now();
    }
    busy = false;
  };
  return (item) => new Promise((done, fail) => { queue.push({ item, done, fail }); void pump(); });
}
