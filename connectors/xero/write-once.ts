import { done, failed, type Failure, type Outcome } from '../../canonical/failure';
import { type Found, sendWithinMs, type Written } from './batch-write';
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
  /** For the `duplicate-conflict` failure: what stands there instead. */
  conflict: { message: string; fix: string };
  look(): Promise<Outcome<Found<R>>>;
  /** Sends; `generation` goes into the idempotency key; not sent any more after `by`. Answers the element list of a 2xx. */
  send(call: { generation: number; by: number }): Promise<Called<unknown>>;
  parse(element: unknown): Outcome<R>;
};

type End<R> = { outcome?: Outcome<R>; why: string };

/** `answered`: told once, when Xero gave an answer that it keeps under the key. */
function endOf<R>(ask: OnceAsk<R>, call: Called<unknown>, generations: Generations): End<R> {
  if (!call.ok) {
    const { end } = call;
    if (end.kind === 'refused') {
      if (end.status >= 400 && end.status < 429) generations.answered([ask.key]);
      return { outcome: failed(end.failure), why: end.failure.message };
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
    return { outcome: failed(failure), why: failure.message };
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
    const unknown = (why: string): Failure => ({ code: 'outcome-unknown', system: 'xero', document: ask.document, message: `Whether Xero has ${ask.document} is not known: ${why}.`, fix: 'It is looked up again by itself before anything is written a second time.' });
    let why = '';
    let refusal: Failure | undefined;
    for (let sent = 0; ; sent += 1) {
      // Read before the look: an equal ask that ends meanwhile then shares its key with us.
      const generation = generations.of([ask.key]);
      const look = await ask.look();
      if (!look.ok) return sent === 0 ? look : failed({ ...unknown(why), causes: [look.failure.code] });
      if (look.value.kind === 'ours') return done({ value: look.value.value, existed: sent === 0 });
      if (look.value.kind === 'foreign') return failed({ code: 'duplicate-conflict', system: 'xero', document: ask.document, ...ask.conflict });
      if (refusal) return failed(refusal);
      if (sent === sendsMax) return failed({ ...unknown(why), message: `Xero did not take ${ask.document}: ${why}; it is not there.` });
      const end = endOf(ask, await ask.send({ generation, by: performance.now() + sendWithinMs }), generations);
      if (end.outcome?.ok) return done({ value: end.outcome.value, existed: false });
      // A refusal after a lost answer may be the doing of that first write, come late: looked up once more.
      if (end.outcome) { if (sent === 0) return end.outcome; refusal = end.outcome.failure; }
      why = end.why;
    }
  };
}
