import { done, type Failure, failed, type Outcome, withEvidence } from '../../canonical/failure';
import { type Called, type Ready } from './door';
import { Generations } from './generations';
import { validationToFailure } from './xero-errors';
import { Verdict } from './wire';

/** What stands in Xero under a draft's own key: ours, somebody else's, or nothing. */
export type Found<R> = { kind: 'ours'; value: R } | { kind: 'foreign' } | { kind: 'absent' };

/** One kind of document, written many at a time. Elements are told apart by `keyOf`, never by their place alone. */
export type BatchKind<D, R> = {
  name: string;
  keyOf(draft: D): string;
  /** The document as it goes over the wire; shown beside a refusal. */
  wire(draft: D): unknown;
  /** Sends the drafts; `generation` goes into the idempotency key. Answers the element list of a 2xx. */
  send(drafts: readonly D[], call: { generation: number; ready: Ready }): Promise<Called<unknown>>;
  /** Key of an element of the answer. */
  elementKey(element: unknown): string;
  /** Element → result, or why it cannot be trusted. */
  parse(element: unknown, draft: D): Outcome<R>;
  /** Looks all drafts up by natural key. */
  look(drafts: readonly D[]): Promise<Outcome<Found<R>[]>>;
};
export type Written<R> = Outcome<{ value: R; existed: boolean }>;
/** `asked`: somebody may have sent it before. `mine`: asked right before it is sent, whether no other process took it over meanwhile. */
export type Item<D> = { draft: D; asked: boolean; mine?: Ready | undefined };

const sendsMax = 3;
/** A lost call of which some writes stand may still be under way: the others get this long to appear. */
const settleMs = 1_500;
const wholeCall = 'the whole call was refused';

export const conflictOf = (kind: string, document: string): Failure => ({ code: 'duplicate-conflict', system: 'xero', document, message: `Xero already holds another ${kind} ${document}.`, fix: 'Compare it with GP; void or renumber the wrong one, then retry.' });
/** What is not known may still be under way: it is looked at again only after this long. */
const unknownMs = 5_000;
export const unknownOf = (document: string, why: string): Failure => ({ code: 'outcome-unknown', system: 'xero', document, message: `Whether Xero has ${document} is not known: ${why}.`, fix: 'It is looked up again by itself before anything is written a second time.', retryAfterMs: unknownMs });
export const notTaken = (document: string, why: string): Failure => ({ ...unknownOf(document, why), message: `Xero did not take ${document}: ${why}; it is not there.` });

/** How one draft came out of one call. `refused`: by Xero, in words; believed at once only of a write that was never asked for before. */
type End<R> = { kind: 'done'; value: R } | { kind: 'refused'; failure: Failure } | { kind: 'final'; failure: Failure } | { kind: 'unclear'; why: string };

function endOfElement<D, R>(kind: BatchKind<D, R>, element: unknown, draft: D): End<R> {
  const shown = (failure: Failure): Failure => withEvidence(failure, { request: kind.wire(draft), reply: element });
  const verdict = Verdict.safeParse(element);
  if (element === undefined || !verdict.success) return { kind: 'unclear', why: 'the answer does not name it' };
  const messages = (verdict.data.validationErrors ?? []).map((v) => v.message ?? v.description ?? '').filter((m) => m !== '');
  if (verdict.data.statusAttributeString === 'ERROR' || messages.length > 0) {
    const failure = validationToFailure(messages.length > 0 ? messages : ['refused without words'], kind.keyOf(draft));
    return failure.code === 'duplicate-conflict' ? { kind: 'unclear', why: failure.message } : { kind: 'refused', failure: shown(failure) };
  }
  const parsed = kind.parse(element, draft);
  if (parsed.ok) return { kind: 'done', value: parsed.value };
  return parsed.failure.code === 'reply-unreadable' ? { kind: 'unclear', why: parsed.failure.message } : { kind: 'final', failure: shown(parsed.failure) };
}

/** Writes of one kind to one organisation, with the memory of what Xero answered about each. */
export class BatchWriter<D, R> {
  private readonly generations = new Generations();
  constructor(private readonly kind: BatchKind<D, R>, private readonly pause: (ms: number) => Promise<void> = (ms) => new Promise((wake) => { setTimeout(wake, ms); })) {}

  /**
   * Writes drafts in one call. Lost, unreadable or duplicate answers lead to a look, and only what is proven absent is sent again: under the same
   * idempotency key while no answer came, under the next one after an answer that Xero keeps. A refusal of a whole call is tried document by
   * document, so that one bad one does not stop the others.
   */
  async write(items: readonly Item<D>[]): Promise<Map<string, Written<R>>> {
    const results = new Map<string, Written<R>>();
    let open = items;
    for (let sent = 1; open.length > 0; sent += 1) {
      const { ends, lost, gone } = await this.send(open);
      if (gone.length > 0) {
        for (const { draft } of gone) results.set(this.kind.keyOf(draft), failed(unknownOf(this.kind.keyOf(draft), 'another process took it over')));
        open = open.filter((item) => !gone.includes(item));
        sent -= 1;
        continue;
      }
      const doubtful = open.filter((item) => {
        const end = ends.get(this.kind.keyOf(item.draft)) ?? { kind: 'unclear' as const, why: 'no answer' };
        if (end.kind === 'unclear' || (end.kind === 'refused' && (sent > 1 || item.asked))) return true;
        results.set(this.kind.keyOf(item.draft), end.kind === 'done' ? done({ value: end.value, existed: false }) : failed(end.failure));
        return false;
      });
      const whole = open.length > 1 && [...ends.values()].some((e) => e.kind === 'unclear' && e.why === wholeCall);
      open = await this.lookUp(doubtful, { ends, results, lost, last: sent >= sendsMax && !whole });
      if (whole) {
        const single = await Promise.all(open.map((item) => this.write([item])));
        return new Map([...results, ...single.flatMap((m) => [...m])]);
      }
    }
    return results;
  }

  /** One call. `gone` are those that another process took over while they stood in line: then nothing was sent. */
  private async send(items: readonly Item<D>[]): Promise<{ ends: Map<string, End<R>>; lost: boolean; gone: Item<D>[] }> {
    let gone: Item<D>[] = [];
    const ready = async (): Promise<boolean> => {
      const mine = await Promise.all(items.map((item) => item.mine?.() ?? true));
      gone = items.filter((_item, i) => mine[i] === false);
      return gone.length === 0;
    };
    return { ...await this.call(items, ready), gone };
  }

  private async call(items: readonly Item<D>[], ready: Ready): Promise<{ ends: Map<string, End<R>>; lost: boolean }> {
    const { kind } = this;
    const drafts = items.map((i) => i.draft);
    const keys = drafts.map((d) => kind.keyOf(d));
    const all = (end: End<R>): Map<string, End<R>> => new Map(keys.map((key) => [key, end]));
    const call = await kind.send(drafts, { generation: this.generations.of(keys), ready });
    if (call.ok) {
      const elements = Array.isArray(call.body) ? call.body : [];
      const ends = new Map(drafts.map((draft, i) => [keys[i] ?? '', endOfElement(kind, elements.find((e) => kind.elementKey(e) === keys[i]) ?? (drafts.length === 1 && elements.length === 1 ? elements[0] : undefined), draft)] as const));
      if (elements.length > 0) this.generations.answered(keys);
      return { ends, lost: elements.length === 0 };
    }
    const { end } = call;
    if (end.kind === 'refused') {
      const answered = end.status >= 400 && end.status < 429;
      if (answered) this.generations.answered(keys);
      if (answered && drafts.length > 1) return { ends: all({ kind: 'unclear', why: wholeCall }), lost: false };
      if (end.failure.code === 'duplicate-conflict') return { ends: all({ kind: 'unclear', why: 'the number is taken' }), lost: false };
      // What never reached Xero (no slot, no token, no connection, 429) is told as it is; a refusal in words may need a look first.
      return { ends: all({ kind: answered ? 'refused' : 'final', failure: answered ? withEvidence(end.failure, { request: drafts.map((d) => kind.wire(d)) }) : end.failure }), lost: false };
    }
    if (end.kind === 'unknown' && end.status !== undefined) this.generations.failed(keys, end.status);
    return { ends: all({ kind: 'unclear', why: end.kind === 'unknown' ? end.why : 'the access expired' }), lost: true };
  }

  /** Looks doubtful writes up, notes what was found, and answers those proven absent that may be sent again. */
  private async lookUp(items: readonly Item<D>[], more: { ends: Map<string, End<R>>; results: Map<string, Written<R>>; lost: boolean; last: boolean }): Promise<Item<D>[]> {
    const { ends, results, lost, last } = more;
    let absent = await this.sort(items, ends, results);
    if (lost && absent.length > 0 && absent.length < items.length) {
      await this.pause(settleMs);
      absent = await this.sort(absent, ends, results);
    }
    return absent.filter((item) => {
      const key = this.kind.keyOf(item.draft);
      const end = ends.get(key);
      if (end?.kind === 'refused') results.set(key, failed(end.failure));
      else if (last) results.set(key, failed(notTaken(key, end?.kind === 'unclear' ? end.why : 'no answer')));
      else return true;
      return false;
    });
  }

  private async sort(items: readonly Item<D>[], ends: Map<string, End<R>>, results: Map<string, Written<R>>): Promise<Item<D>[]> {
    if (items.length === 0) return [];
    const look = await this.kind.look(items.map((i) => i.draft));
    return items.filter((item, i) => {
      const key = this.kind.keyOf(item.draft);
      const found = look.ok ? look.value[i] : undefined;
      const end = ends.get(key);
      if (found?.kind === 'absent') return true;
      if (!found) results.set(key, failed({ ...unknownOf(key, end?.kind === 'unclear' ? end.why : 'it was refused'), ...(look.ok ? {} : { causes: [look.failure.code] }) }));
      else results.set(key, found.kind === 'ours' ? done({ value: found.value, existed: true }) : failed(conflictOf(this.kind.name, key)));
      return false;
    });
  }
}
