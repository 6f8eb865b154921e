import { type Organisation, settingsOf } from './model';

/** Fixed windows per app and tenant: calls a minute, calls a day, calls in flight. */
export class Limits {
  private minuteStart = 0;
  private minuteUsed = 0;
  private day = '';
  private dayUsed = 0;
  private inFlight = 0;

  constructor(private readonly o: Organisation) {}

  private roll(): void {
    const now = this.o.now().getTime();
    if (now - this.minuteStart >= 60_000) { this.minuteStart = now; this.minuteUsed = 0; }
    const today = this.o.now().toISOString().slice(0, 10);
    if (today !== this.day) { this.day = today; this.dayUsed = 0; }
  }

  /** Takes one call, or says which limit was broken and for how many seconds. */
  take(): { ok: true } | { ok: false; problem: string; retryAfter?: number } {
    this.roll();
    const { limits } = settingsOf(this.o);
    const now = this.o.now().getTime();
    if (limits.enabled) {
      if (this.inFlight >= limits.concurrent) return { ok: false, problem: 'concurrent' };
      if (this.minuteUsed >= limits.perMinute) return { ok: false, problem: 'minute', retryAfter: Math.max(1, Math.ceil((this.minuteStart + 60_000 - now) / 1000)) };
      if (this.dayUsed >= limits.perDay) return { ok: false, problem: 'day', retryAfter: Math.ceil((Date.parse(`${this.day}T00:00:00Z`) + 86_400_000 - now) / 1000) };
    }
    this.minuteUsed += 1;
    this.dayUsed += 1;
    this.inFlight += 1;
    return { ok: true };
  }
  done(): void { this.inFlight = Math.max(0, this.inFlight - 1); }
  headers(): Record<string, string> {
    this.roll();
    const { limits } = settingsOf(this.o);
    return { 'X-MinLimit-Remaining': String(Math.max(0, limits.perMinute - this.minuteUsed)), 'X-DayLimit-Remaining': String(Math.max(0, limits.perDay - this.dayUsed)), 'X-AppMinLimit-Remaining': '9999' };
  }
}
