import { ApplicationFailure } from '@temporalio/common';
import type { OrderPlan } from '../../activities/contract';
import { newState, type OrderState } from '../order-state';
import { attemptInOpenPeriod } from './open-period';

const read: string[] = [];
jest.mock('@temporalio/workflow', () => ({ ...jest.requireActual<object>('@temporalio/workflow'), sleep: () => Promise.resolve() }));
jest.mock('../activities', () => ({
  feed: { refreshCalendar: ({ pairId, periods }: { pairId: string; periods: string[] }) => { read.push(`${pairId} ${periods.join()}`); return Promise.resolve(); } },
  gpReadsOn: (queue: string) => ({ readFiscalPeriods: () => Promise.resolve([`periods of ${queue}`]) }),
}));

const plan = { gpQueue: 'gp-two' } as unknown as OrderPlan;
const at = (edition: number): OrderState => newState({ pairId: 'demo', sourceId: 'shopify', orderId: '1', edition }, 'run', '2026-11-01T00:00:00Z');
const refused = (code: string, system?: 'xero'): Error => ApplicationFailure.create({ type: code, nonRetryable: true, message: code, details: [{ code, message: code, fix: 'Open it.', ...(system ? { system } : {}) }] });
/** Each act of an undo fails with the next of these; then it is done. */
const acting = (...errors: Error[]): { act: () => Promise<string>; tried: () => number } => {
  let tried = 0;
  return { act: () => { tried += 1; const error = errors.shift(); return error ? Promise.reject(error) : Promise.resolve('done'); }, tried: () => tried };
};

describe('a correction whose day a ledger refuses', () => {
  beforeEach(() => { read.length = 0; });
  it('is dated anew by a calendar that is read again', async () => {
    const { act, tried } = acting(refused('period-closed', 'xero'));
    expect(await attemptInOpenPeriod(at(4), plan, act)).toEqual({ ok: true, value: 'done' });
    expect([tried(), read]).toEqual([2, ['demo periods of gp-two']]);
  });
  it('is a person\'s when it is refused again', async () => {
    const { act, tried } = acting(refused('period-closed', 'xero'), refused('period-closed', 'xero'));
    expect(await attemptInOpenPeriod(at(4), plan, act)).toMatchObject({ ok: false, failure: { code: 'period-closed' } });
    expect([tried(), read.length]).toEqual([2, 1]);
  });
  it.each([['another trouble', 4, refused('cannot-undo', 'xero')], ['no open day in our own calendar', 4, refused('period-closed')], ['a run of an older edition', 3, refused('period-closed', 'xero')]])('asks no ledger for %s', async (_what, edition, error) => {
    const { act, tried } = acting(error);
    expect(await attemptInOpenPeriod(at(edition), plan, act)).toMatchObject({ ok: false });
    expect([tried(), read]).toEqual([1, []]);
  });
});
