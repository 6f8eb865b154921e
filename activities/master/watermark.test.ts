import { isAtWork, keepMark, lookFrom, tellWork } from './watermark';

const overlapMs = 120_000;
const at = (ms: number): string => new Date(ms).toISOString();
const noon = Date.UTC(2026, 10, 27, 12);

describe('where a look begins', () => {
  let rows: Map<string, string>;
  let now = noon;
  const deps = (): Parameters<typeof tellWork>[2] => ({ store: { watermarks: { get: async (name: string) => rows.get(name), set: async (name: string, value: string) => { rows.set(name, value); } } } as never, now: () => new Date(now), works: true });
  const ask = (system: 'gp' | 'xero' = 'gp'): Parameters<typeof lookFrom>[0] => ({ place: { pairId: 'p', kind: 'customer', system }, now, overlapMs });
  const look = (system: 'gp' | 'xero' = 'gp'): Promise<string | undefined> => lookFrom(ask(system), deps());
  const keep = (looked: Parameters<typeof keepMark>[1], system: 'gp' | 'xero' = 'gp'): Promise<void> => keepMark(ask(system), looked, deps());
  beforeEach(() => { rows = new Map(); now = noon; });

  it('goes back over the overlap as long as that is light; a side that was never read is not looked at', async () => {
    expect(await look()).toBeUndefined();
    for (const heavy of [undefined, false]) {
      await keep({ value: at(noon - 5_000), from: at(noon - 200_000), ...(heavy === undefined ? {} : { heavy }) });
      expect(await look()).toBe(at(noon - 5_000 - overlapMs));
    }
  });

  it('after a burst looks behind the mark alone, and over the whole overlap when the rest is over, from where the last one left off', async () => {
    await keep({ value: at(noon - 5_000), from: at(noon - 200_000), heavy: true });
    expect(await look()).toBe(at(noon - 4_999));
    now += 60_000;
    await keep({ value: at(now - 1_000), from: at(noon - 4_999), heavy: false });
    expect(await look()).toBe(at(now - 999));
    now = noon + overlapMs;
    expect(await look()).toBe(at(noon - 5_000 - overlapMs));
    await keep({ value: at(now - 1_000), from: at(noon - 5_000 - overlapMs), heavy: false });
    expect(await look()).toBe(at(now - 1_000 - overlapMs));
  });

  it('a second burst behind the mark does not put the look over the whole overlap off', async () => {
    await keep({ value: at(noon), from: at(noon - 200_000), heavy: true });
    now = noon + overlapMs - 1;
    await keep({ value: at(now), from: at(noon + 1), heavy: true });
    now = noon + overlapMs;
    expect(await look()).toBe(at(noon - overlapMs));
  });

  it('rests longer and longer while nothing new comes behind the burst, and as before once something does', async () => {
    await keep({ value: at(noon), heavy: true });
    for (const rest of [overlapMs, 2 * overlapMs, 4 * overlapMs, 900_000, 900_000]) {
      now += rest - 1;
      expect(await look()).toBe(at(noon + 1));
      now += 1;
      expect(await look()).toBe(at(noon - overlapMs));
      await keep({ value: at(noon), from: at(noon - overlapMs), heavy: true });
    }
    await keep({ value: at(noon + 5), from: at(noon - overlapMs), heavy: true });
    now += overlapMs;
    expect(await look()).toBe(at(noon + 5 - overlapMs));
  });

  it('at Xero, whose changes bear its own clock, goes back a little all the same', async () => {
    await keep({ value: at(noon - 5_000), heavy: true }, 'xero');
    expect(await look('xero')).toBe(at(noon - 15_000));
  });

  it('a clock that was set back leads to a whole day, burst or not', async () => {
    await keep({ value: at(noon), heavy: true });
    now = noon - 3_600_000;
    expect(await look()).toBe(at(now - 24 * 3_600_000));
  });

  it('a batch is at work until it leaves its kind or has been silent for long', async () => {
    expect(await isAtWork('p', 'customer', deps())).toBe(false);
    await tellWork('p', 'customer', deps());
    expect([await isAtWork('p', 'customer', deps()), await isAtWork('p', 'item', deps())]).toEqual([true, false]);
    now += 31_000;
    expect(await isAtWork('p', 'customer', deps())).toBe(false);
    await tellWork('p', 'customer', deps());
    await tellWork('p', 'customer', { ...deps(), works: false });
    expect(await isAtWork('p', 'customer', deps())).toBe(false);
  });
});
