import { runCrash } from './support/crash';

jest.setTimeout(240_000);

type Report = { orders: number; posted: number; outOfOrder: number; incidents: number; exceptions: number; outage: { hours: number; downMs: number; killed: string[] }; memoryMiB: Record<string, { early: number; late: number }>; ok: boolean; notes: string[] };

/** A small one of what `npm run crash -- --outage --twins` does with 2,000 orders. */
describe('GP away for twelve simulated hours', () => {
  it('everything that arrived meanwhile is posted, each customer\'s orders in their order although an agent dies, under one incident that closes by itself', async () => {
    const { report, code, err } = await runCrash<Report>('--outage', '--twins', '--orders', '120', '--minutes', '0.15');
    expect([report, err.slice(-500)]).toEqual([expect.objectContaining({ orders: 120, posted: 120, outOfOrder: 0, incidents: 1, exceptions: 0, notes: [], ok: true }), expect.anything()]);
    expect(code).toBe(0);
    expect(report.outage).toMatchObject({ hours: 12, killed: ['gp-agent'] });
    expect(Object.keys(report.memoryMiB).sort()).toEqual(['api', 'api-2', 'gp-agent', 'gp-agent-2', 'worker', 'worker-2']);
  });
});
