import { done, failed } from '../canonical/failure';
import { Turns } from './turns';

/** What all agents see: a GP, and a clock. */
function company(): { gp: Set<string>; clock: { now: number }; away: { now: boolean }; agent(): Turns; asked: string[] } {
  const [gp, asked, clock, away] = [new Set<string>(), [] as string[], { now: 0 }, { now: false }];
  return { gp, asked, clock, away, agent: () => new Turns({ now: () => clock.now, patienceMs: 60_000, holds: async (number) => {
    asked.push(number);
    return away.now ? failed({ code: 'system-unavailable', message: 'm', fix: 'f' }) : done(gp.has(number));
  } }) };
}

describe('turns', () => {
  it('send an order back while GP does not hold the one before it, whichever agent has that one', async () => {
    const { gp, agent } = company();
    const [a, b] = [agent(), agent()];
    expect(await a.come(undefined)).toEqual(done(undefined));
    expect(await b.come('WO1')).toMatchObject({ ok: false, failure: { code: 'document-locked', document: 'WO1', retryAfterMs: 1_000 } });
    gp.add('WO1');
    expect([await b.come('WO1'), await a.come('WO1')]).toEqual([done(undefined), done(undefined)]);
  });
  it('ask GP nothing about an order that this agent settled itself, posted or refused', async () => {
    const { agent, asked } = company();
    const one = agent();
    one.settle('WO1');
    expect([await one.come('WO1'), asked]).toEqual([done(undefined), []]);
  });
  it('wait a minute for an order that never comes, counted from when it was first missed, and then let its followers go', async () => {
    const { agent, clock } = company();
    const one = agent();
    clock.now = 12 * 3_600_000;
    const at = async (ms: number): Promise<boolean> => { clock.now = 12 * 3_600_000 + ms; return (await one.come('WO1')).ok; };
    expect([await at(0), await at(59_999), await at(60_000), await at(60_001)]).toEqual([false, false, true, true]);
  });
  it('pass on that GP is away, which counts as no miss', async () => {
    const { agent, away, clock } = company();
    const one = agent();
    away.now = true;
    expect(await one.come('WO1')).toMatchObject({ ok: false, failure: { code: 'system-unavailable' } });
    away.now = false;
    clock.now = 600_000;
    expect((await one.come('WO1')).ok).toBe(false);
  });
});
