import { ValueError } from '../expressions/decimal-text';
import { wallClock } from '../expressions/days';

const parts: Record<string, string> = { yyyy: '(\\d{4})', MM: '(\\d{2})', dd: '(\\d{2})', M: '(\\d{1,2})', d: '(\\d{1,2})', HH: '(\\d{2})', mm: '(\\d{2})', ss: '(\\d{2})', SSS: '(\\d{3})', yy: '(\\d{2})' };
const tokens = /yyyy|yy|MM|M|dd|d|HH|mm|SSS|ss/g;

export type Moment = { year: number; month: number; day: number; hour: number; minute: number; second: number };

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

/** dd/MM/yyyy and the like → a reader of such text. Words of a pattern: yyyy yy MM M dd d HH mm ss SSS; everything else stands for itself. */
export function datePattern(pattern: string): (text: string) => Moment {
  const names: string[] = [];
  let source = '';
  let at = 0;
  for (const match of pattern.matchAll(tokens)) {
    source += escape(pattern.slice(at, match.index)) + (parts[match[0]] ?? '');
    names.push(match[0]);
    at = match.index + match[0].length;
  }
  const regex = new RegExp(`^${source}${escape(pattern.slice(at))}$`);
  return (text) => {
    const found = regex.exec(text.slice(0, 60));
    const of = (...tokens: string[]): number => { const i = names.findIndex((n) => tokens.includes(n)); return i < 0 ? 0 : Number(found?.[i + 1]); };
    const short = of('yy');
    const moment: Moment = { year: names.includes('yy') ? 2000 + short - (short >= 70 ? 100 : 0) : of('yyyy'), month: of('MM', 'M'), day: of('dd', 'd'), hour: of('HH'), minute: of('mm'), second: of('ss') };
    const check = new Date(Date.UTC(moment.year, moment.month - 1, moment.day, moment.hour, moment.minute, moment.second));
    if (!found || check.getUTCMonth() !== moment.month - 1 || check.getUTCDate() !== moment.day || check.getUTCHours() !== moment.hour) throw new ValueError(text, `is no date in the form ${pattern}`);
    return moment;
  };
}

const pad = (n: number, size = 2): string => String(n).padStart(size, '0');
/** A moment in a pattern's form. */
export function writeDate(moment: Moment, pattern: string): string {
  const words: Record<string, string> = {
    yyyy: pad(moment.year, 4), yy: pad(moment.year % 100), MM: pad(moment.month), M: String(moment.month), dd: pad(moment.day), d: String(moment.day), HH: pad(moment.hour), mm: pad(moment.minute), ss: pad(moment.second), SSS: '000',
  };
  return pattern.replace(tokens, (token) => words[token] ?? token);
}

const utcOf = (m: Moment): number => Date.UTC(m.year, m.month - 1, m.day, m.hour, m.minute, m.second);

/** The instant at which the clock on the wall of a zone shows this moment; where a clock is put forward, the later reading. */
export function instantIn(moment: Moment, zone: string): number {
  const wanted = utcOf(moment);
  let ms = wanted;
  for (let i = 0; i < 3; i += 1) {
    const shown = clockMoment(ms, zone);
    const off = wanted - utcOf(shown);
    if (off === 0) break;
    ms += off;
  }
  return ms;
}

/** What the wall of a zone shows at an instant. */
export function clockMoment(ms: number, zone: string): Moment {
  const c = wallClock(ms, zone);
  return { year: Number(c.year), month: Number(c.month), day: Number(c.day), hour: Number(c.hour), minute: Number(c.minute), second: Number(c.second) };
}

/** `iso`, `instant`, `xero` or a pattern → milliseconds; text without a zone of its own is read in `zone`. */
export function readInstant(form: string): (text: string, zone: string) => number {
  if (form === 'xero') {
    return (text) => {
      const found = /^\/Date\((-?\d{1,15})([+-]\d{4})?\)\/$/.exec(text);
      if (!found) throw new ValueError(text, 'is no date such as /Date(1573755038314+0000)/');
      return Number(found[1]);
    };
  }
  if (form === 'iso' || form === 'instant') {
    return (text, zone) => {
      const date = /^\d{4}-\d{2}-\d{2}$/.test(text);
      const zoned = /(Z|[+-]\d{2}:?\d{2})$/i.test(text);
      if (form === 'instant' || zoned || zone === 'UTC') {
        const ms = Date.parse(date || zoned ? text : `${text.replace(' ', 'T')}Z`);
        if (Number.isNaN(ms)) throw new ValueError(text, 'is no instant such as 2026-01-31T10:00:00Z');
        return ms;
      }
      const found = /^(\d{4})-(\d{2})-(\d{2})([T ](\d{2}):(\d{2})(:(\d{2}))?(\.\d+)?)?$/.exec(text.slice(0, 40));
      if (!found) throw new ValueError(text, 'is no date or instant');
      return instantIn({ year: Number(found[1]), month: Number(found[2]), day: Number(found[3]), hour: Number(found[5] ?? 0), minute: Number(found[6] ?? 0), second: Number(found[8] ?? 0) }, zone);
    };
  }
  const read = datePattern(form);
  return (text, zone) => (zone === 'UTC' ? utcOf(read(text)) : instantIn(read(text), zone));
}
