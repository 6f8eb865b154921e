import { parseProc, parsePsTime, spent, usageOf } from './process-usage';

describe('parseProc', () => {
  it('reads user and system time behind a name that holds blanks and brackets', () => {
    const stat = '4711 (node (x) y) S 1 4711 4711 0 -1 4194304 9 0 0 0 250 50 0 0 20 0 11 0 100 1 1 1';
    expect(parseProc(stat, 'Name:\tnode\nVmRSS:\t  204800 kB\n')).toEqual({ cpuMs: 3_000, rssMiB: 200 });
  });
});

describe('parsePsTime', () => {
  it.each([['0:01', 1_000], ['01:02:03', 3_723_000], ['1-00:00:01', 86_401_000], ['2:03.50', 123_500]])('%s → %d ms', (text, ms) => expect(parsePsTime(text)).toBe(ms));
});

describe('usageOf', () => {
  it('sees this process work and hold memory', () => {
    const before = usageOf(process.pid);
    // Its own computing, not the clock on the wall: others may have the cores.
    const from = process.cpuUsage();
    while (process.cpuUsage(from).user < 150_000) Math.sqrt(Math.random());
    const after = usageOf(process.pid);
    expect(after.cpuMs - before.cpuMs).toBeGreaterThanOrEqual(100);
    expect(after.rssMiB).toBeGreaterThan(20);
  });
  it('gives nothing for a process that is not there', () => expect(usageOf(2 ** 22 + 17)).toEqual({ cpuMs: 0, rssMiB: 0 }));
});

it('spent divides the difference and sums it up', () => {
  expect(spent({ a: 100, b: 0 }, { a: 300, b: 50 }, 10)).toEqual({ a: 20, b: 5, total: 25 });
});
