import { ValueError } from './decimal-text';

const formats = new Map<string, Intl.DateTimeFormat>();

/** One formatter per time zone: making one costs more than a hundred uses of it. */
export function zoneFormat(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  try {
    const made = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
    formats.set(zone, made);
    return made;
  } catch {
    throw new ValueError(zone, 'is no time zone such as Europe/London');
  }
}

export type WallClock = { year: string; month: string; day: string; hour: string; minute: string; second: string };
/** What the clock on the wall of this zone shows at this instant (milliseconds since 1970). */
export function wallClock(ms: number, zone: string): WallClock {
  const clock: WallClock = { year: '', month: '', day: '', hour: '', minute: '', second: '' };
  for (const part of zoneFormat(zone).formatToParts(ms)) if (part.type in clock) clock[part.type as keyof WallClock] = part.value;
  return { ...clock, year: clock.year.padStart(4, '0') };
}

/** The calendar day of an instant in a time zone. */
export function dayIn(instant: string, zone: string): string {
  const ms = Date.parse(instant);
  if (Number.isNaN(ms)) throw new ValueError(instant, 'is no instant such as 2026-01-31T10:00:00Z');
  if (zone === 'UTC') return new Date(ms).toISOString().slice(0, 10);
  const { year, month, day } = wallClock(ms, zone);
  return `${year}-${month}-${day}`;
}

/** yyyy-mm-dd, some days later (or earlier). */
export function addDays(date: string, days: number): string {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : NaN;
  if (Number.isNaN(at) || Math.abs(days) > 100_000) throw new ValueError(date, 'is no date such as 2026-01-31');
  return new Date(at + days * 86_400_000).toISOString().slice(0, 10);
}
