import { sleep } from '@temporalio/workflow';
import type { OrderPlan } from '../../activities/contract';
import { feed, gpReadsOn } from '../activities';
import type { OrderState } from '../order-state';
import { attempt } from './attempt';

/** Longer than any process believes what it read of the calendar (activities/calendar). */
const believedMs = 1_500;

/**
 * A correction that a ledger refuses because its period is closed: somebody closed it after the calendar was read. The calendar is read again, once,
 * and the act, which dates itself by it, is done again; refused again it is a failure for a person. Each act looks before it writes, so what the
 * first try did stands once. What an older release planned is planned anew in the same way. Undo: none; it writes nothing but our own calendar.
 */
export async function attemptInOpenPeriod<T>(state: OrderState, plan: OrderPlan, act: () => Promise<T>): Promise<Awaited<ReturnType<typeof attempt<T>>>> {
  const begun = await attempt(act);
  const first = !begun.ok && begun.failure.code === 'plan-outdated' ? await attempt(act) : begun;
  // Without a system it is our own calendar that knows of no open day: asking each ledger for every order of many would use up the day's calls.
  if (first.ok || state.edition < 4 || first.failure.code !== 'period-closed' || first.failure.system === undefined) return first;
  const { pairId } = state.ids;
  const fresh = await attempt(async () => feed.refreshCalendar({ pairId, periods: await gpReadsOn(plan.gpQueue).readFiscalPeriods() }));
  if (!fresh.ok) return first;
  await sleep(believedMs);
  return attempt(act);
}
