import { Tide } from './tide';

/** Deliveries `everyMs` apart for `forMs`, each answered after `waitedMs`, and a look at the allowance five times a second: what it came to, and whether it was ever bounded. */
function run(tide: Tide, clock: { at: number }, flow: { everyMs: number; forMs: number; waitedMs: number }): { begun: number; bounded: boolean } {
  const told = { begun: 0, bounded: false };
  const end = clock.at + flow.forMs;
  for (let asked = clock.at; clock.at < end;) {
    clock.at += flow.everyMs;
    tide.arrived();
    tide.answered(flow.waitedMs);
    if (clock.at - asked < 200) continue;
    asked = clock.at;
    const allowance = tide.allowance();
    if (allowance !== undefined) { told.begun += allowance; told.bounded = true; }
  }
  return told;
}

describe('a flood of deliveries', () => {
  it('is seen by how fast they come, within the first ten, and is over when they do not', () => {
    const clock = { at: 0 };
    const tide = new Tide(() => clock.at);
    expect(run(tide, clock, { everyMs: 25, forMs: 5_000, waitedMs: 500 })).toEqual({ begun: 0, bounded: false });
    for (let n = 0; n < 10; n += 1) { clock.at += 5; tide.arrived(); }
    expect(tide.allowance()).toBe(0);
    clock.at += 1_000;
    expect(tide.allowance()).toBeUndefined();
  });
  it('is not over while a machine that stood still answers many at once', () => {
    const clock = { at: 0 };
    const tide = new Tide(() => clock.at);
    for (let stall = 0; stall < 5; stall += 1) {
      for (let n = 0; n < 150; n += 1) { tide.arrived(); tide.answered(300); }
      expect(tide.allowance()).toBeLessThanOrEqual(1);
      clock.at += 150;
      expect(tide.allowance()).toBeLessThanOrEqual(1);
      clock.at += 150;
    }
    clock.at += 300;
    expect(tide.allowance()).toBeUndefined();
  });
  it('lets orders begin ever faster while deliveries are answered in time', () => {
    const clock = { at: 0 };
    const tide = new Tide(() => clock.at);
    const first = run(tide, clock, { everyMs: 2, forMs: 5_000, waitedMs: 5 });
    const later = run(tide, clock, { everyMs: 2, forMs: 5_000, waitedMs: 5 });
    expect(first.begun).toBeGreaterThanOrEqual(4);
    expect(later.begun).toBeGreaterThan(first.begun * 2);
  });
  it('steps back when they are answered late, but never to nothing', () => {
    const clock = { at: 0 };
    const tide = new Tide(() => clock.at);
    run(tide, clock, { everyMs: 2, forMs: 20_000, waitedMs: 5 });
    const fast = run(tide, clock, { everyMs: 2, forMs: 1_000, waitedMs: 5 });
    run(tide, clock, { everyMs: 2, forMs: 2_000, waitedMs: 90 });
    const slow = run(tide, clock, { everyMs: 2, forMs: 10_000, waitedMs: 90 });
    expect(fast.begun).toBeGreaterThan(50);
    expect(slow.begun).toBeGreaterThanOrEqual(9);
    expect(slow.begun).toBeLessThanOrEqual(11);
  });
});
