/** What both ledgers say about time: closed spans of GP's fiscal periods and Xero's last locked day. Dates are yyyy-mm-dd. */
export type LedgerCalendar = { closed: { from: string; to: string }[]; open: { from: string; to: string }[]; lockedThrough?: string };

/** `moved` is there when the date asked for stood in a closed period: the document carries it in words. */
export type AccountingDate = { ok: true; date: string; moved?: { from: string } } | { ok: false; from: string; why: string };

/** Why this day cannot be posted to; undefined when it is open in both ledgers. */
export function closedIn(date: string, calendar: LedgerCalendar): string | undefined {
  if (calendar.lockedThrough !== undefined && date <= calendar.lockedThrough) return `Xero is locked up to ${calendar.lockedThrough}`;
  if (calendar.closed.some((p) => p.from <= date && date <= p.to)) return 'the GP fiscal period of that day is closed';
  if (calendar.open.length > 0 && !calendar.open.some((p) => p.from <= date && date <= p.to)) return 'GP has no fiscal period for that day';
  return undefined;
}

function nextDay(date: string): string {
  const next = new Date(`${date}T00:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return next.toISOString().slice(0, 10);
}

/**
 * One accounting date that is open in both ledgers. Policy `re-date` moves to the first open day at or after the wanted one
 * (searching 800 years of days would be wrong: it jumps from span to span); `hold` refuses.
 */
export function accountingDate(wanted: string, calendar: LedgerCalendar, policy: 're-date' | 'hold'): AccountingDate {
  const why = closedIn(wanted, calendar);
  if (why === undefined) return { ok: true, date: wanted };
  if (policy === 'hold') return { ok: false, from: wanted, why };
  const candidates = [...calendar.open.map((p) => p.from), ...calendar.closed.map((p) => nextDay(p.to)),
    ...(calendar.lockedThrough === undefined ? [] : [nextDay(calendar.lockedThrough)])];
  const date = candidates.filter((d) => d > wanted && closedIn(d, calendar) === undefined).sort()[0];
  if (date === undefined) return { ok: false, from: wanted, why: `${why}, and no later open day was found in both ledgers` };
  return { ok: true, date, moved: { from: wanted } };
}

/** Making a format costs a hundred times what using it does; zones are few. */
const zones = new Map<string, Intl.DateTimeFormat>();
function zone(timezone: string): Intl.DateTimeFormat {
  const known = zones.get(timezone) ?? new Intl.DateTimeFormat('en-CA', { timeZone: timezone, year: 'numeric', month: '2-digit', day: '2-digit' });
  zones.set(timezone, known);
  return known;
}

/** The calendar day of an instant in a time zone: books are kept in the organisation's zone, not the server's. */
export function dayIn(instant: string, timezone: string): string {
  const parts = zone(timezone).formatToParts(new Date(instant));
  const of = (type: string): string => parts.find((p) => p.type === type)?.value ?? '';
  return `${of('year')}-${of('month')}-${of('day')}`;
}
