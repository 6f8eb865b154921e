import { leaveLine, turnHasCome } from './line';
import { type DeskDeps } from './deps';

/** One customer's line, and runs of which some have ended. */
function line(...runs: string[]): { deps: Pick<DeskDeps, 'store' | 'tellTurn' | 'isRunning'>; told: string[]; ended: Set<string>; waiting: string[]; arriving: string[] } {
  const arriving: string[] = [];
  const [waiting, told, ended] = [[...runs], [] as string[], new Set<string>()];
  const head = (): { runId: string; number: string } | undefined => (waiting[0] === undefined ? undefined : { runId: waiting[0], number: `WO-${waiting[0]}` });
  const documents = {
    arriving: async () => arriving.shift(),
    beforeInLine: async ({ runId }: { runId: string }) => { const before = waiting[(waiting.includes(runId) ? waiting.indexOf(runId) : 0) - 1]; return before === undefined ? undefined : { runId: before, number: `WO-${before}` }; },
    leaveLine: async (runId: string) => { const at = waiting.indexOf(runId); if (at < 0) return undefined; waiting.splice(at, 1); return head(); },
  };
  return { waiting, told, ended, arriving, deps: { store: { documents } as unknown as DeskDeps['store'], isRunning: async (runId) => !ended.has(runId), tellTurn: async (runId, number) => { if (ended.has(runId)) return false; told.push(`${runId} ${number}`); return true; } } };
}
const run = (runId: string): Parameters<typeof turnHasCome>[0] => ({ run: { pairId: 'p', sourceId: 's', orderId: '1', runId }, customer: 'C1', number: `WO-${runId}` });

describe('a customer\'s line', () => {
  it('goes on to the next when the first leaves, and tells nobody twice when asked again', async () => {
    const { deps, told } = line('a', 'b', 'c');
    await leaveLine('a', deps);
    await leaveLine('a', deps);
    expect(told).toEqual(['b WO-b']);
  });
  it('has one that leaves from the middle pass its followers by: the first is still the first', async () => {
    const { deps, told } = line('a', 'b', 'c');
    await leaveLine('b', deps);
    expect([await turnHasCome(run('c'), deps), await turnHasCome(run('a'), deps), told]).toEqual([false, true, ['a WO-a']]);
  });
  it('passes over runs that ended without leaving it', async () => {
    const { deps, told, ended, waiting } = line('a', 'b', 'c', 'd');
    for (const gone of ['b', 'c']) ended.add(gone);
    await leaveLine('a', deps);
    expect([told, waiting]).toEqual([['d WO-d'], ['d']]);
    const other = line('x', 'y');
    other.ended.add('x');
    expect([await turnHasCome(run('y'), other.deps), other.waiting]).toEqual([true, ['y']]);
  });
  it('has the first wait for an earlier order of the same buyer that is only being taken', async () => {
    const { deps, arriving } = line('a');
    arriving.push('600');
    expect([await turnHasCome(run('a'), deps), await turnHasCome(run('a'), deps)]).toEqual([false, true]);
  });
  it('lets an order go that stands in no line', async () => expect(await turnHasCome(run('z'), line().deps)).toBe(true));
});
