import { type MasterKind, type MasterSystem } from '../../canonical/master';
import { type MasterDeps } from './deps';

export type MarkPlace = { pairId: string; kind: MasterKind; system: MasterSystem };
/** `from`: where the look began (UTC); absent: it read everything. `heavy`: it held more than one page. */
export type Looked = { value: string; from?: string; heavy?: boolean };
type Ask = { place: MarkPlace; now: number; overlapMs: number };

const dayMs = 24 * 3_600_000;
/** A look back over the whole overlap that was heavy is not repeated sooner than this; twice as late each time that there was nothing new behind it. */
const restMinMs = 60_000;
const restMaxMs = 15 * 60_000;
/** Xero's mark is told by our clock, its changes by its own: a short look goes back so far. */
const clocksApartMs = 10_000;

const markName = ({ pairId, kind, system }: MarkPlace): string => `master/${pairId}/${system}/${kind}`;
const heavyName = (place: MarkPlace): string => `${markName(place)}/heavy`;
const iso = (ms: number): string => new Date(ms).toISOString();

/** Where the next look over the whole overlap begins, when the last one ended, and how long it is rested; undefined while such looks are light. */
async function heavyOf(place: MarkPlace, { store }: Pick<MasterDeps, 'store'>): Promise<{ since: number; at: number; restMs: number } | undefined> {
  const [since = '', at = '', rest = ''] = (await store.watermarks.get(heavyName(place)) ?? '').split(' ');
  return since === '' || at === '' ? undefined : { since: Date.parse(since), at: Date.parse(at), restMs: Number(rest) };
}

/** A mark of the future was left by a clock that has been set back since: a whole day is looked at anew. */
const overlapped = (mark: number, { now, overlapMs }: Ask): number => (mark > now ? now - Math.max(dayMs, overlapMs) : mark - overlapMs);

/**
 * Where the next look begins (UTC); undefined where the side was never read whole. Records show later than their stamp, so a look goes back over the
 * overlap. After a burst that would be the whole burst again, look after look: then only what is new is looked at, and the whole overlap at rests, from
 * where the last such look left off, so that what showed late is found as well.
 */
export async function lookFrom(ask: Ask, deps: Pick<MasterDeps, 'store'>): Promise<string | undefined> {
  const { place, now, overlapMs } = ask;
  const mark = Date.parse(await deps.store.watermarks.get(markName(place)) ?? '');
  if (Number.isNaN(mark)) return undefined;
  const heavy = await heavyOf(place, deps);
  if (heavy === undefined || mark > now) return iso(overlapped(mark, ask));
  if (now - heavy.at >= heavy.restMs || heavy.at > now) return iso(Math.min(heavy.since, overlapped(mark, ask)));
  return iso(place.system === 'gp' ? mark + 1 : mark - Math.min(clocksApartMs, overlapMs));
}

const workName = (pairId: string, kind: MasterKind): string => `master/${pairId}/${kind}/at-work`;
/** A batch that has not told of itself for so long is taken for none. */
const silentMs = 30_000;

/** A batch of this kind is at work now, or has left it. */
export async function tellWork(pairId: string, kind: MasterKind, { store, now, works }: Pick<MasterDeps, 'store' | 'now'> & { works: boolean }): Promise<void> {
  await store.watermarks.set(workName(pairId, kind), works ? iso(now().getTime()) : '');
}
export async function isAtWork(pairId: string, kind: MasterKind, { store, now }: Pick<MasterDeps, 'store' | 'now'>): Promise<boolean> {
  return Math.abs(now().getTime() - Date.parse(await store.watermarks.get(workName(pairId, kind)) ?? '')) < silentMs;
}

/** Everything up to `value` was seen; what a look over the whole overlap weighed decides how the next ones look. */
export async function keepMark(ask: Ask, { value, from, heavy }: Looked, { store }: Pick<MasterDeps, 'store'>): Promise<void> {
  const { place, now } = ask;
  await store.watermarks.set(markName(place), value);
  if (heavy === undefined) return;
  const before = await heavyOf(place, { store });
  if (from !== undefined && before !== undefined && Date.parse(from) > before.since) return;
  const since = overlapped(Date.parse(value), ask);
  const restMs = before?.since === since ? Math.min(restMaxMs, before.restMs * 2) : restMinMs;
  if (heavy) await store.watermarks.set(heavyName(place), `${iso(since)} ${iso(now)} ${Math.max(restMs, ask.overlapMs)}`);
  else if (before !== undefined) await store.watermarks.set(heavyName(place), '');
}
