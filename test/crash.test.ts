import { kindNames } from '../cli/crash-tales';
import { runCrash } from './support/crash';

jest.setTimeout(200_000);

type Report = { seed: number; orders: number; kills: number; lost: number; halfDone: number; duplicates: number; booksEqual: boolean; ok: boolean; twins: boolean; kinds: Record<string, number>; timeline: { killed: string[] }[]; notes: string[] };

/** Short seeds of what `npm run crash -- --seeds 20` does at length: programs die at random under load, and both ledgers end as if nothing had happened. */
describe('under SIGKILL', () => {
  const seen = new Set<string>();
  const holds = { lost: 0, halfDone: 0, duplicates: 0, booksEqual: true, ok: true, notes: [] };

  it.each([1, 2])('seed %d loses nothing, doubles nothing and leaves nothing half done', async (seed) => {
    const { report, code, err } = await runCrash<Report>('--seed', String(seed), '--orders', '12', '--minutes', '0.15');
    expect([report, err.slice(-500)]).toEqual([expect.objectContaining({ seed, orders: 12, ...holds }), expect.anything()]);
    expect(code).toBe(0);
    expect(report.kills).toBeGreaterThan(0);
    for (const kind of Object.keys(report.kinds)) seen.add(kind);
  });

  it('seed 3 does so too with two workers, two agents and two apis at once, all of them dying', async () => {
    const { report, code } = await runCrash<Report>('--seed', '3', '--orders', '12', '--minutes', '0.2', '--twins');
    expect(report).toMatchObject({ seed: 3, twins: true, ...holds });
    expect(code).toBe(0);
    expect(report.timeline.flatMap((k) => k.killed).some((name) => name.endsWith('-2'))).toBe(true);
    for (const kind of Object.keys(report.kinds)) seen.add(kind);
  });

  it('and it did so with orders of every kind', () => {
    expect([...seen].filter((kind) => kind !== 'paid').sort()).toEqual([...kindNames].sort());
  });

  it('names a mistake in the command', async () => {
    expect(await runCrash<Report>('--orders', 'many')).toMatchObject({ code: 2, err: expect.stringContaining('--orders is "many". Fix:') });
  });
});
