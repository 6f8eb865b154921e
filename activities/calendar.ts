import { ApplicationFailure } from '@temporalio/common';
import { type GpFiscalPeriod } from '../connectors/gp/types';
import { type XeroOrganisation } from '../connectors/xero/types';
import { type LedgerCalendar } from '../mapping/accounting-date';
import { type Pair } from '../mapping/pair';
import { type Store } from '../store/types';

type CalendarFact = { periods: GpFiscalPeriod[]; organisation: XeroOrganisation };
const factName = (pairId: string): string => `calendar/${pairId}`;

/** What was read of a store a moment ago: every document of every order asks for it, and it changes a few times a year. */
const readLately = new WeakMap<Store, Map<string, { fact: CalendarFact; until: number }>>();
const keepMs = 1_000;

async function calendarFact(store: Store, pairId: string): Promise<CalendarFact | undefined> {
  const lately = readLately.get(store) ?? new Map<string, { fact: CalendarFact; until: number }>();
  const kept = lately.get(pairId);
  if (kept && kept.until > Date.now()) return kept.fact;
  const fact = (await store.facts.get<CalendarFact>(factName(pairId)))?.value;
  if (fact) readLately.set(store, lately.set(pairId, { fact, until: Date.now() + keepMs }));
  return fact;
}

/** Keeps what both ledgers say about open periods. */
export async function keepCalendar(store: Store, pairId: string, fact: CalendarFact): Promise<void> {
  readLately.get(store)?.delete(pairId);
  await store.facts.put(factName(pairId), fact);
}

export async function calendarAge(store: Store, pairId: string): Promise<number> {
  const fact = await store.facts.get<CalendarFact>(factName(pairId));
  return fact ? Date.now() - Date.parse(fact.readAt) : Number.POSITIVE_INFINITY;
}

/** Open and closed spans of both ledgers. Nothing may be dated before they were read once: until then the caller is asked to come again. */
export async function readCalendar(store: Store, pair: Pair): Promise<LedgerCalendar> {
  const fact = await calendarFact(store, pair.pairId);
  if (!fact) {
    throw ApplicationFailure.create({ type: 'system-unavailable', message: 'The fiscal periods of GP and the lock dates of Xero have not been read yet.' });
  }
  const { periods, organisation } = fact;
  const sales = periods.filter((p) => p.series === 'sales');
  const locks = [organisation.periodLockDate, organisation.endOfYearLockDate].filter((d): d is string => d !== undefined).sort();
  const span = ({ from, to }: GpFiscalPeriod): { from: string; to: string } => ({ from, to });
  const lockedThrough = locks[locks.length - 1];
  return { open: sales.filter((p) => !p.closed).map(span), closed: sales.filter((p) => p.closed).map(span), ...(lockedThrough ? { lockedThrough } : {}) };
}
