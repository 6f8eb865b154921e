import { failureClasses, failureCodes } from '../canonical/failure';
import { exceptionKinds } from '../store/types';
import { retrySteps } from '../workflows/messages';
import { type Api } from './api-client';
import { UsageError } from './options';
import { age, amount, amounts, table } from './table';
import { choice, type Flag, type Flags, instant, instantOf, matching, text, textOf } from './tieout-command';

export type Row = {
  id: string; kind: string; class: string; code: string; cause: string; owner: string; step: string; subject: string; system?: string; orderId?: string; orderName?: string; amount?: string; currency?: string; ageSeconds: number; attempts: number;
  closedAt?: string; decision?: string; by?: string; reason?: string; outcome?: string; taken?: { decision: string; by: string }; failure: { message: string; fix: string; field?: string; value?: string; causes?: string[]; evidence?: { request?: string; reply?: string } };
};
export type Incident = { cause: string; kind: string; class: string; code: string; count: number; owner: string; since: string; message: string; fix: string; money: { currency: string; amount: string }[] };

const steps = [...retrySteps, 'ledger', 'undo', 'inbox', 'connection'];
const amountFlag = (name: string, says: string): Flag => matching({ name, value: 'AMOUNT', says }, /^\d{1,15}(\.\d{1,4})?$/, 'a plain amount such as 1500 or 99.90, with --currency');

/** What narrows a list, and which exceptions one decision takes. */
export const filterFlags: readonly Flag[] = [
  choice('class', failureClasses, 'kind of trouble: value, missing, lookup, duplicate, period, credit, connection, rate, unknown-outcome, plan-limit, mapping, bug'),
  matching({ name: 'code', value: 'CODE', says: 'its exact name, such as item-not-mapped' }, new RegExp(`^(${failureCodes.join('|')})$`), `one of ${failureCodes.join(', ')}`),
  text('cause', 'CAUSE', 'one cause, as "incidents" lists it'), choice('kind', exceptionKinds, 'run, delivery or connector'), choice('step', steps, 'where it stopped'),
  text('system', 'NAME', 'whose answer it was: gp, xero, shopify …'), text('owner', 'NAME', 'who looks after it'), text('pair', 'PAIR', 'one pair of books'), text('source', 'SOURCE', 'one source of a pair'),
  { ...text('order', 'ORDER', 'the order\'s id; may be given again'), many: true }, matching({ name: 'currency', value: 'CUR', says: 'of this currency' }, /^[A-Z]{3}$/, 'a currency code such as USD'),
  amountFlag('min', 'at least so much at stake'), amountFlag('max', 'at most so much at stake'), instant('since', 'opened after'), instant('until', 'opened before'),
];

const renamed: Record<string, string> = { pair: 'pairId', source: 'sourceId', min: 'amountMin', max: 'amountMax', since: 'openedAfter', until: 'openedBefore' };
export type Filter = Record<string, string | string[]>;

/** Options → the api's filter. */
export function filterOf(flags: Flags): Filter {
  if ((flags['min'] !== undefined || flags['max'] !== undefined) && flags['currency'] === undefined) throw new UsageError(`--${flags['min'] === undefined ? 'max' : 'min'} is "${String(flags['min'] ?? flags['max'])}", an amount without a currency. Fix: give --currency beside it, such as --currency USD.`);
  const one = filterFlags.filter(({ name }) => name !== 'order').flatMap(({ name }) => { const value = textOf(flags, name); return value === undefined ? [] : [[renamed[name] ?? name, name === 'since' || name === 'until' ? instantOf(value) ?? value : value] as const]; });
  const given = flags['order'];
  const orders = typeof given === 'string' ? [given] : given;
  return { ...Object.fromEntries(one), ...(Array.isArray(orders) ? { orderIds: orders } : {}) };
}
export const queryOf = (filter: Filter): Record<string, string> => Object.fromEntries(Object.entries(filter).map(([k, v]) => [k, Array.isArray(v) ? v.join(',') : v]));

export const shortId = (id: string): string => id.slice(0, 8);
/** The order's name, or what it is about instead: `delivery 899240ff`, `connector gp`. */
export const nameOf = (r: { orderName?: string; orderId?: string; subject: string }): string =>
  r.orderName ?? r.orderId ?? r.subject.replace(/^inbox\/(.{8}).*$/, 'delivery $1').replace(/^connector\/.*\//, 'connector ');

/** Exceptions as people read them. */
export const rowsTable = (rows: readonly Row[]): string => table(['id', 'about', 'at stake', 'age', 'class', 'stopped at', 'owner', 'what is wrong'],
  rows.map((r) => [shortId(r.id), nameOf(r), amount(r.amount, r.currency), age(r.ageSeconds), r.class, r.step, r.owner, `${r.closedAt ? `[${r.decision ?? r.outcome ?? 'closed'}] ` : r.taken ? `[${r.taken.decision} by ${r.taken.by} is under way] ` : ''}${r.failure.message}`]));
export const incidentTable = (rows: readonly Incident[], now = Date.now()): string => table(['how many', 'at stake', 'age', 'class', 'cause', 'owner', 'what is wrong'],
  rows.map((i) => [i.count, amounts(i.money), age((now - Date.parse(i.since)) / 1000), i.class, i.cause, i.owner, i.message]));

/** The one exception that is meant: by the beginning of its id, its order's id or name. Open ones first; a closed one only where nothing is to be decided. */
export async function findException(api: Api, given: string, closedToo: boolean): Promise<Row> {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(given)) return (await api.get<{ exception: Row }>(`/exceptions/${given}`)).exception;
  const ask = async (open: string): Promise<Row[]> => (await api.get<{ exceptions: Row[] }>(`/exceptions?${new URLSearchParams({ ref: given, open, limit: '20' }).toString()}`)).exceptions;
  const open = await ask('true');
  const found = open.length > 0 ? open : await ask('false');
  const [first] = found;
  if (!first) throw new UsageError(`ID is "${given}": no open exception begins with it or is about that order. Fix: "exceptions list" tells the ids; --closed tells the closed ones.`);
  if (open.length === 0 && !closedToo) throw new UsageError(`ID is "${given}": no open exception. The last one (${shortId(first.id)}) is closed: ${first.decision ?? first.outcome ?? ''}${first.by ? ` by ${first.by}` : ''}. Fix: nothing to decide; "exceptions show ${shortId(first.id)}" tells its story.`);
  if (open.length > 1) throw new UsageError(`ID is "${given}" and fits ${open.length} exceptions: ${open.map((r) => shortId(r.id)).join(', ')}. Fix: give one of these.`);
  return first;
}
