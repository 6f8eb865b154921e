import { Decimal } from 'decimal.js';
import { type ExceptionFilter as Filter, type ExceptionKind, type MoneyAtStake } from '../store/types';
import { type ApiDeps } from './deps';
import { AssignMany, AssignOne, BulkDecision, LeftOut } from './exception-schemas';
import { filterOf, findException, listed } from './exception-view';
import { checkChoice } from './mapping-choice';
import { type Ask } from './route';

const sampleMax = 5;
const wordsOf = (mapping: 'latest' | { name: string; version: number }): string => (mapping === 'latest' ? 'the mapping documents that work now' : `version ${mapping.version} of ${mapping.name}`);
type Decision = 'retry' | 'skip' | 'undo';

/** Nothing of it can be in a ledger yet. */
const beforePosting = new Set(['accept']);

/** What one decision does to one kind at one step, in plain words. */
export function effectOf(decision: Decision, at: { kind: ExceptionKind; step: string; from?: string | undefined }): string {
  const { kind, step, from } = at;
  if (kind === 'connector') return 'nothing: a paused connector goes on by itself';
  if (kind === 'delivery') return { retry: 'the delivery is handled again', skip: 'the delivery is put aside with the reason', undo: 'nothing: nothing was posted from a delivery; it counts as failed' }[decision];
  const early = beforePosting.has(step);
  if (decision === 'retry') return `${early ? 'the order is read from its source again, mapped and posted' : step === 'undo' ? 'the undo goes on where it stopped' : 'the failed step is tried again; every write is looked up before it is repeated'}${from && step !== 'undo' ? `, beginning at "${from}"` : ''}`;
  if (decision === 'skip') return early ? 'the run ends as skipped; nothing was posted' : 'the run ends as skipped; what stands in a ledger stays there';
  return early ? 'the run ends as cancelled; nothing was posted, so nothing is reversed' : step === 'undo' ? 'the undo goes on where it stopped' : 'what was posted is reversed by correcting documents, then the run ends as cancelled';
}

type Standing = { kind: ExceptionKind; step: string; count: number };
const endedLookMax = 500;

/** Open exceptions, of those that the filter finds, whose run has ended: it can take no decision. */
async function endedOf(filter: Filter, { store: { exceptions }, orders }: ApiDeps): Promise<{ step: string; canBegin: boolean }[]> {
  if (filter.kind !== undefined && filter.kind !== 'run') return [];
  const subjects = await orders.endedEarly();
  if (subjects.length === 0) return [];
  const rows = await exceptions.list({ ...filter, kind: 'run', subjects, limit: endedLookMax });
  const looked = await Promise.all(rows.map(async (row) => ((await orders.isRunning(row.subject)) ? undefined : { step: row.step, canBegin: row.orderId !== undefined })));
  return looked.flatMap((r) => r ?? []);
}

/** What becomes of each, and of how many nothing, with the reason; what ended is counted by itself. */
export function becomesOf(decision: Decision, more: { standings: readonly Standing[]; ended: readonly { step: string; canBegin: boolean }[]; from?: string | undefined; mapped: boolean }): { effects: (Standing & { what: string })[]; cannot: { count: number; why: string }[] } {
  const { standings, ended, from, mapped } = more;
  const over = (step: string): number => ended.filter((e) => e.step === step).length;
  const going = standings.map((s) => (s.kind === 'run' ? { ...s, count: s.count - over(s.step) } : s)).filter((s) => s.count > 0);
  const begins = decision === 'skip' ? ended : decision === 'retry' && !mapped ? ended.filter((e) => e.canBegin) : [];
  const what = decision === 'skip' ? 'its run has ended: it is given up with the reason' : 'its run has ended: it is begun anew from its order, and finds what stands';
  const again = [...new Set(begins.map((e) => e.step))].map((step) => ({ kind: 'run' as const, step, count: begins.filter((e) => e.step === step).length, what }));
  const none = (count: number, why: string): { count: number; why: string }[] => (count > 0 ? [{ count, why }] : []);
  const sum = (kind: ExceptionKind): number => standings.filter((s) => s.kind === kind).reduce((a, s) => a + s.count, 0);
  return {
    effects: [...going.map((s) => ({ ...s, what: effectOf(decision, { ...s, from }) })), ...again],
    cannot: [
      ...none(sum('connector'), 'a paused connector goes on by itself'), ...(decision === 'undo' ? none(sum('delivery'), 'nothing was posted from a delivery: retry it, or skip it with a reason') : []),
      ...none(ended.length - begins.length, decision === 'undo' ? 'the run has ended, there is nothing to undo it with: retry it, which begins it anew, and undo it then' : mapped ? 'the run has ended, and begins anew with the versions it had: retry it without a mapping' : 'the run has ended and names no order: skip it'),
    ],
  };
}

/** What is at stake in all of them, by currency. */
function addUp(money: readonly MoneyAtStake[]): MoneyAtStake[] {
  const sums = new Map<string, Decimal>();
  for (const { currency, amount } of money) sums.set(currency, (sums.get(currency) ?? new Decimal(0)).plus(amount));
  return [...sums].map(([currency, sum]) => ({ currency, amount: sum.toFixed(Math.max(2, sum.decimalPlaces())) }));
}

/** One decision over many: counted and shown first, carried out by a workflow of its own. It takes what is open now and nothing that opens later. */
export async function decideMany(ask: Ask, deps: ApiDeps): Promise<unknown> {
  const { exceptions, bulk, audit } = deps.store;
  const { filter, decision, reason, from, mapping, dryRun } = BulkDecision.parse(ask.body);
  await checkChoice(filter.pairId ?? '', mapping, deps);
  const open: Filter = { ...filterOf(filter), open: true };
  const [{ count, upto }, incidents, standings, sample] = await Promise.all([exceptions.count(open), exceptions.incidents(open), exceptions.standings(open), exceptions.list({ ...open, limit: sampleMax })]);
  const { effects, cannot } = becomesOf(decision, { standings, ended: await endedOf(open, deps), from, mapped: mapping !== undefined });
  const preview = { dryRun, count, what: `${decision}: ${count} exception${count === 1 ? '' : 's'}${from ? `, from the step "${from}"` : ''}${mapping ? `, with ${wordsOf(mapping)}` : ''}`, money: addUp(incidents.flatMap((i) => i.money)), incidents, effects, cannot, sample: sample.map(listed) };
  if (dryRun || count === 0) return preview;
  const actId = await bulk.create({ by: ask.key.name, filter: open, decision: { decision, reason, ...(from ? { from } : {}), ...(mapping ? { mapping } : {}) }, total: count, upto });
  await audit.add({ who: ask.key.name, action: `exceptions:bulk-${decision}`, subject: `bulk/${actId}`, detail: { reason, filter: open, count, ...(mapping ? { mapping } : {}) } });
  await deps.orders.startBulk(actId);
  return { ...preview, actId };
}

const leftOutRows = 10;
/** What an act passed by, and why, as it wrote it down. */
export async function leftOutOf(actId: string, { audit }: ApiDeps['store']): Promise<{ about: string; why: string }[]> {
  const rows = await audit.list({ subject: `bulk/${actId}`, limit: leftOutRows });
  return rows.flatMap((row) => LeftOut.safeParse(row.detail).data?.left ?? []);
}

export async function assignOne(ask: Ask, deps: ApiDeps): Promise<unknown> {
  const row = await findException(ask.params, deps);
  const { owner, reason } = AssignOne.parse(ask.body);
  const count = await deps.store.exceptions.assign({ ids: [row.id] }, { owner, by: ask.key.name });
  await deps.store.audit.add({ who: ask.key.name, action: 'exception:assign', subject: row.subject, detail: { exception: row.id, to: owner ?? 'whoever usually mends its class', ...(reason ? { reason } : {}) } });
  return { ok: true, count, owner };
}

/** A whole cause given to somebody stays theirs: what opens later for the same cause is theirs too. */
export async function assignMany(ask: Ask, deps: ApiDeps): Promise<unknown> {
  const { filter, owner, reason } = AssignMany.parse(ask.body);
  const count = await deps.store.exceptions.assign(filterOf(filter), { owner, by: ask.key.name });
  await deps.store.audit.add({ who: ask.key.name, action: 'exceptions:assign', subject: 'exceptions', detail: { filter, to: owner ?? 'whoever usually mends their class', count, ...(reason ? { reason } : {}) } });
  return { ok: true, count, owner };
}
