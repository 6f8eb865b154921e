import { becomesOf } from './exception-bulk';

const standings = [{ kind: 'run' as const, step: 'accept', count: 5 }, { kind: 'run' as const, step: 'invoice', count: 1 }, { kind: 'delivery' as const, step: 'inbox', count: 2 }, { kind: 'connector' as const, step: 'connection', count: 1 }];
const ended = [{ step: 'accept', canBegin: true }, { step: 'accept', canBegin: true }, { step: 'invoice', canBegin: false }];
const counts = (rows: readonly { kind: string; step: string; count: number }[]): unknown[] => rows.map((r) => [r.kind, r.step, r.count]);

describe('what one decision over many does', () => {
  it('begins runs anew that have ended, and names those that it cannot reach with the reason', () => {
    const { effects, cannot } = becomesOf('retry', { standings, ended, mapped: false });
    expect(counts(effects)).toEqual([['run', 'accept', 3], ['delivery', 'inbox', 2], ['connector', 'connection', 1], ['run', 'accept', 2]]);
    expect([effects[3]?.what, cannot]).toEqual([expect.stringContaining('begun anew'), [{ count: 1, why: expect.stringContaining('paused connector') }, { count: 1, why: expect.stringContaining('names no order') }]]);
  });
  it('gives them up with a skip, and can neither undo them nor apply a mapping to them', () => {
    expect(becomesOf('skip', { standings, ended, mapped: false }).cannot).toEqual([{ count: 1, why: expect.stringContaining('paused connector') }]);
    expect(counts(becomesOf('skip', { standings, ended, mapped: false }).effects.slice(3))).toEqual([['run', 'accept', 2], ['run', 'invoice', 1]]);
    expect(becomesOf('undo', { standings, ended, mapped: false }).cannot.map((c) => [c.count, c.why.split(':')[0]])).toEqual([[1, 'a paused connector goes on by itself'], [2, 'nothing was posted from a delivery'], [3, 'the run has ended, there is nothing to undo it with']]);
    expect(becomesOf('retry', { standings, ended, mapped: true }).cannot[1]).toEqual({ count: 3, why: expect.stringContaining('without a mapping') });
  });
});
