import { done, failed, type Failure, type Outcome, withEvidence } from '../../canonical/failure';
import { type Found, notTaken, unknownOf, type Written } from './batch-write';
import { type Called } from './door';
import { Generations } from './generations';
import { Verdict } from './wire';
import { validationToFailure } from './xero-errors';

/** Writes in one try. */
const sendsMax = 3;

/** One write for which Xero keeps no unique number: only looking tells whether it stands. */
export type OnceAsk<R> = {
  /** Everything that makes this write this write: the same key means the same body. */
  key: string;
  document: string;
  /** What is sent; shown beside a refusal. */
  request: unknown;
  /** For the `duplicate-conflict` failure: what stands there instead. */
  conflict: { message: string; fix: string };
  look(): Promise<Outcome<Found<R>>>;
  /** Sends; `generation` goes into the idempotency key. Answers the element list of a 2xx. */
  send(generation: number): Promise<Called<unknown>>;
  parse(element: unknown): Outcome<R>;
};

/** `refused`: by Xero, in words; everything else that failed never reached it. */
type End<R> = { outcome?: Outcome<R>; why: string; refused?: boolean };

function endOf<R>(ask: OnceAsk<R>, call: Called<unknown>, generations: Generations): End<R> {
  if (!call.ok) {
    const { end } = call;
    if (end.kind === 'refused') {
      const refused = end.status >= 400 && end.status < 429;
      if (refused) generations.answered([ask.key]);
      return { outcome: failed(refused ? withEvidence(end.failure, { request: ask.request }) : end.failure), why: end.failure.message, refused };
    }
    if (end.kind === 'unknown' && end.status !== undefined) generations.failed([ask.key], end.status);
    return { why: end.kind === 'unknown' ? end.why : 'the access expired' };
  }
  const element: unknown = Array.isArray(call.body) ? call.body[0] : undefined;
  const verdict = Verdict.safeParse(element);
  if (!verdict.success) return { why: 'the answer does not name it' };
  const messages = (verdict.data.validationErrors ?? []).map((v) => v.message ?? v.description ?? '').filter((m) => m !== '');
  if (verdict.data.statusAttributeString === 'ERROR' || messages.length > 0) {
    generations.answered([ask.key]);
    const failure = validationToFailure(messages.length > 0 ? messages : ['refused without words'], ask.document);
    return { outcome: failed(withEvidence(failure, { request: ask.request, reply: element })), why: failure.message, refused: true };
  }
  const parsed = ask.parse(element);
  if (parsed.ok) generations.answered([ask.key]);
  return parsed.ok ? { outcome: parsed, why: '' } : { why: parsed.failure.message };
}

/**
 * Looks, writes, and after every unclear end looks again: only proven absence permits another write. A lost answer is asked for again under the
 * same idempotency key, so that a write still under way cannot become two; an answer Xero keeps (a refusal, a 5xx, a success since undone by a
 * person) moves on to the next key. `existed` = it stood there before this call.
 */
export function createWriteOnce(): <R>(ask: OnceAsk<R>) => Promise<Written<R>> {
  const generations = new Generations();
  return async (ask) => {
    let why = '';
    let refusal: Failure | undefined;
    for (let sent = 0; ; sent += 1) {
      // Read before the look: an equal ask that ends meanwhile then shares its key with us.
      const generation = generations.of([ask.key]);
      const look = await ask.look();
      if (!look.ok) return sent === 0 ? look : failed({ ...unknownOf(ask.document, why), causes: [look.failure.code] });
      if (look.value.kind === 'ours') return done({ value: look.value.value, existed: sent === 0 });
      if (look.value.kind === 'foreign') return failed({ code: 'duplicate-conflict', system: 'xero', document: ask.document, ...ask.conflict });
      if (refusal) return failed(refusal);
      if (sent === sendsMax) return failed(notTaken(ask.document, why));
      const end = endOf(ask, await ask.send(generation), generations);
      if (end.outcome?.ok) return done({ value: end.outcome.value, existed: false });
      // A refusal in words may be the doing of an earlier write, or of another process's: the ledger is believed over it.
      if (end.outcome && !end.refused) return end.outcome;
      if (end.outcome) refusal = end.outcome.failure;
      why = end.why;
    }
  };
}
