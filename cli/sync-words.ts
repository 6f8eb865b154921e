import { masterKinds } from '../canonical/master';
import { type Api } from './api-client';
import { UsageError } from './options';
import { age, amount, count, table } from './table';
import { choice, type Flags, matching, text, textOf } from './tieout-command';

export type Totals = { read: number; looked: number; linked: number; matched: number; created: number; updated: number; unchanged: number; issues: number; failed: number; writes: number; partly?: number };
export type Batch = {
  id: string; pairId: string; kinds: string[]; mode: string; state: string; who: string; startedAt: string; endedAt?: string; done: number; total: number; totals: Record<string, Totals>; note?: string;
  now?: { kind: string; stage: string; done: number; total: number; perSecond: number; secondsLeft?: number; stopping: boolean };
};

export const pairFlag = text('pair', 'PAIR', 'which pair of books; needed where there are several');
export const kindFlag = choice('kind', masterKinds, `one of ${masterKinds.join(', ')}`);
export const kindsFlag = matching({ name: 'kinds', value: 'LIST', says: 'only these, such as customer,item (all that the pair keeps in step unless said)' }, new RegExp(`^(${masterKinds.join('|')})(,(${masterKinds.join('|')}))*$`), `kinds with commas: ${masterKinds.join(', ')}`);
export const reasonFlag = text('reason', 'TEXT', 'why; needed, and kept');

/** The pair asked for, or the only one there is. */
export async function pairOf(api: Api, flags: Flags): Promise<string> {
  const given = textOf(flags, 'pair');
  if (given !== undefined) return given;
  const { pairs } = await api.get<{ pairs: { pairId: string }[] }>('/pairs');
  const [only] = pairs;
  if (pairs.length !== 1 || !only) throw new UsageError(`--pair is missing, and there are ${pairs.length} pairs. Fix: give --pair with one of ${pairs.map((p) => p.pairId).join(', ')}.`);
  return only.pairId;
}

/** The batch whose id begins so; without one the newest. */
export async function findBatch(api: Api, given: string | undefined): Promise<Batch> {
  const { batches } = await api.get<{ batches: Batch[] }>('/sync?limit=500');
  const found = given === undefined ? batches.slice(0, 1) : batches.filter((b) => b.id.startsWith(given));
  const [one] = found;
  if (given === undefined && !one) throw new UsageError('No sync was started yet. Fix: "sync preview" tells what one would do, "sync start" does it.');
  if (found.length !== 1 || !one) throw new UsageError(`ID is "${given ?? ''}" and fits ${found.length} syncs. Fix: "sync list" tells the ids.`);
  return one;
}

const stages: Record<string, string> = { 'read-xero': 'reading Xero', 'read-gp': 'reading GP', 'gone-gp': 'looking for what is gone', 'gone-xero': 'looking for what is gone', mark: 'marking', pages: 'at work', done: 'done' };

/** What the bar says beside it: the kind at work, its rate and the time that is left. */
export function rateText({ now, kinds }: Batch): string {
  if (!now) return kinds.join(', ');
  const rate = now.perSecond > 0 ? `, ${now.perSecond}/s` : '';
  return `${now.kind}: ${now.stopping ? 'stopping after this page' : stages[now.stage] ?? now.stage}${rate}${now.secondsLeft === undefined ? '' : `, ${age(now.secondsLeft)} left`}`;
}

const n = (value: number): string => amount(String(value), undefined);
/** Kind by kind what was done, or would be. */
export function totalsTable({ totals, mode, kinds }: Batch): string {
  const would = mode === 'preview';
  const rows = kinds.flatMap((kind) => { const t = totals[kind]; return t ? [[kind, n(t.read), n(t.looked), n(t.matched), n(t.created), n(t.updated), n(t.unchanged), n(t.issues), n(t.failed), n(t.writes), n(t.partly ?? 0)]] : []; });
  return rows.length === 0 ? 'Nothing was looked at yet.' : table(['kind', 'read', 'compared', 'matched', would ? 'would be made' : 'made', would ? 'would change' : 'changed', 'as they are', would ? 'would ask' : 'to decide', 'failed', 'writes', would ? 'would be held in part' : 'held in part'], rows);
}

export function batchText(batch: Batch): string {
  const { state, mode, pairId, kinds, who, done, total, note } = batch;
  const seconds = (Date.parse(batch.endedAt ?? new Date().toISOString()) - Date.parse(batch.startedAt)) / 1000;
  return `${mode} of ${kinds.join(', ')} (${pairId}) by ${who}: ${state}, ${count(done, 'record')} of ${n(Math.max(total, done))} in ${age(seconds)}\n\n${totalsTable(batch)}${note ? `\n\n${note}` : ''}`;
}
