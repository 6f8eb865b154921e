import { type Failure, failed, type Outcome } from '../../canonical/failure';
import { type Called } from './door';
import { validationToFailure } from './xero-errors';
import { Verdict } from './wire';

/** What stands in Xero under a draft's own key: ours, somebody else's, or nothing. */
export type Found<R> = { kind: 'ours'; value: R } | { kind: 'foreign' } | { kind: 'absent' };

/** One kind of document, written many at a time. Elements are told apart by `keyOf`, never by their place alone. */
export type BatchKind<D, R> = {
  name: string;
  keyOf(draft: D): string;
  /** Sends the drafts; `generation` goes into the idempotency key. Answers the element list of a 2xx. */
  send(drafts: readonly D[], generation: number): Promise<Called<unknown>>;
  /** Key of an element of the answer. */
  elementKey(element: unknown): string;
  /** Element → result, or why it cannot be trusted. */
  parse(element: unknown, draft: D): Outcome<R>;
  /** How often a draft was refused for good, or met a 5xx: Xero keeps such answers under an idempotency key for six minutes, so the next try needs another one. */
  refusals: Map<string, number>;
  /** Looks all drafts up by natural key. */
  look(drafts: readonly D[]): Promise<Outcome<Found<R>[]>>;
};
export type Written<R> = Outcome<{ value: R; existed: boolean }>;

const conflict = (kind: string, document: string): Failure => ({ code: 'duplicate-conflict', system: 'xero', document, message: `Xero already holds another ${kind} ${document}.`, fix: 'Compare it with GP; void or renumber the wrong one, then retry.' });
const unknown = (document: string, why: string): Failure => ({ code: 'outcome-unknown', system: 'xero', document, message: `Whether Xero has ${document} is not known: ${why}.`, fix: 'It is looked up again by itself before anything is written a second time.' });

/** Results of drafts that were looked up; the absent ones are left to the caller. */
async function sortByLook<D, R>(kind: BatchKind<D, R>, drafts: readonly D[], why: string): Promise<{ results: Map<string, Written<R>>; absent: D[] }> {
  const results = new Map<string, Written<R>>();
  const look = await kind.look(drafts);
  const absent: D[] = [];
  drafts.forEach((draft, i) => {
    const key = kind.keyOf(draft);
    const found = look.ok ? look.value[i] : undefined;
    if (!found) results.set(key, failed(unknown(key, why)));
    else if (found.kind === 'ours') results.set(key, { ok: true, value: { value: found.value, existed: true } });
    else if (found.kind === 'foreign') results.set(key, failed(conflict(kind.name, key)));
    else absent.push(draft);
  });
  return { results, absent };
}

async function fromElements<D, R>(kind: BatchKind<D, R>, drafts: readonly D[], elements: readonly unknown[]): Promise<{ results: Map<string, Written<R>>; unclear: D[] }> {
  const results = new Map<string, Written<R>>();
  const unclear: D[] = [];
  for (const draft of drafts) {
    const key = kind.keyOf(draft);
    const element = elements.find((e) => kind.elementKey(e) === key) ?? (drafts.length === 1 && elements.length === 1 ? elements[0] : undefined);
    const verdict = Verdict.safeParse(element);
    if (element === undefined || !verdict.success) { unclear.push(draft); continue; }
    const messages = (verdict.data.validationErrors ?? []).map((v) => v.message ?? v.description ?? '').filter((m) => m !== '');
    if (verdict.data.statusAttributeString === 'ERROR' || messages.length > 0) {
      const failure = validationToFailure(messages.length > 0 ? messages : ['refused without words'], key);
      if (failure.code === 'duplicate-conflict') unclear.push(draft); else results.set(key, failed(failure));
      continue;
    }
    const parsed = kind.parse(element, draft);
    if (parsed.ok) results.set(key, { ok: true, value: { value: parsed.value, existed: false } });
    else if (parsed.failure.code === 'reply-unreadable') unclear.push(draft); else results.set(key, parsed);
  }
  return { results, unclear };
}

/**
 * Writes drafts in one call. Lost, unreadable or duplicate answers lead to a look; what is proven absent is written once more under a new
 * idempotency generation; a refusal of a whole call is tried document by document, so that one bad one does not stop the others.
 */
export async function writeBatch<D, R>(kind: BatchKind<D, R>, drafts: readonly D[]): Promise<Map<string, Written<R>>> {
  const results = await writeGeneration(kind, drafts, 0);
  for (const [key, result] of results) {
    if (result.ok) kind.refusals.delete(key);
    else if (result.failure.code !== 'outcome-unknown') kind.refusals.set(key, (kind.refusals.get(key) ?? 0) + 1);
  }
  return results;
}

/** Two generations in one try, and others for every try after a refusal. */
async function writeGeneration<D, R>(kind: BatchKind<D, R>, drafts: readonly D[], generation: number): Promise<Map<string, Written<R>>> {
  if (drafts.length === 0) return new Map();
  const refused = Math.max(0, ...drafts.map((d) => kind.refusals.get(kind.keyOf(d)) ?? 0));
  const call = await kind.send(drafts, refused * 2 + generation);
  if (!call.ok && call.end.kind === 'refused') {
    const { end } = call;
    if (drafts.length > 1 && end.status >= 400 && end.status < 429) {
      const single = await Promise.all(drafts.map((d) => writeGeneration(kind, [d], generation)));
      return new Map(single.flatMap((m) => [...m]));
    }
    if (end.failure.code !== 'duplicate-conflict') return new Map(drafts.map((d) => [kind.keyOf(d), failed(end.failure)]));
  }
  // A 5xx is kept under its key like a refusal: the next try must not be answered by Xero's memory of it.
  if (!call.ok && call.end.kind === 'unknown' && call.end.status !== undefined) for (const d of drafts) kind.refusals.set(kind.keyOf(d), (kind.refusals.get(kind.keyOf(d)) ?? 0) + 1);
  const why = !call.ok ? (call.end.kind === 'unknown' ? call.end.why : 'the number is taken') : 'the answer does not name it';
  const elements = call.ok && Array.isArray(call.body) ? call.body : [];
  const { results, unclear } = await fromElements(kind, drafts, elements);
  if (unclear.length === 0) return results;
  const looked = await sortByLook(kind, unclear, why);
  for (const [key, result] of looked.results) results.set(key, result);
  if (looked.absent.length > 0) {
    const again = generation < 1 ? await writeGeneration(kind, looked.absent, generation + 1)
      : new Map(looked.absent.map((d) => [kind.keyOf(d), failed({ ...unknown(kind.keyOf(d), why), message: `Xero did not take ${kind.keyOf(d)}: ${why}; it is not there.` })] as const));
    for (const [key, result] of again) results.set(key, result);
  }
  return results;
}
