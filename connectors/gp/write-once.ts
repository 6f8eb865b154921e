import { done, failed, type Failure, type Outcome, withEvidence } from '../../canonical/failure';
import { readReply } from './econnect-reply';
import { type EconnectOperation, type HttpReply, type SoapTransport } from './soap-transport';

/** What looking found: the document as ours, another document under our number, or nothing. */
export type Look<T> = { found: 'ours'; value: T } | { found: 'other'; what: string } | { found: 'nothing' };

export type WritePlan<T> = {
  operation: EconnectOperation;
  xml: string;
  /** Our number of the document, for messages. */
  document: string;
  /** Judges GP's answer; undefined when it is not the answer to this document, which is as good as none. */
  settle(result: string): T | undefined;
  look(): Promise<Outcome<Look<T>>>;
  /**
   * What keeps a second copy from counting: a `number` of ours, which GP refuses twice; a `state` that can be reached only once (void, un-apply);
   * or nothing but our `look` (apply), so that it is not sent twice in one call.
   */
  guard: 'number' | 'state' | 'look';
};

const unknown = (document: string, why: string): Failure => ({
  code: 'outcome-unknown', system: 'gp', document, message: `${document} was sent to GP, but ${why}, and looking it up failed too.`, fix: 'It is looked up again by itself before anything is written a second time.',
});
const notThere = (document: string, why: string): Failure => ({
  code: 'system-unavailable', system: 'gp', document, message: `${document} was sent to GP, but ${why}. GP does not hold it.`, fix: 'It is tried again by itself; look at the eConnect service when it lasts.',
});
/** What no number of ours protects may still be under way: it is looked at again only after this long. */
const settleMs = 5_000;

const conflict = (document: string, what: string): Failure => ({
  code: 'duplicate-conflict', system: 'gp', document, message: `GP already holds another document as ${document}: ${what}.`, fix: 'Compare it in GP with this one; void the wrong one or give this one another number.',
});

/**
 * One write that cannot double. A reply that is lost or unreadable, and a "duplicate", lead to looking by our own number: there and ours is
 * success, there and not ours is `duplicate-conflict`, proven absent allows one second write, and only when looking fails the outcome is
 * `outcome-unknown`.
 */
export async function writeOnce<T>(plan: WritePlan<T>, transport: SoapTransport): Promise<Outcome<T>> {
  let last: HttpReply | undefined;
  const outcome = await writeUntilKnown(plan, async () => (last = await transport.call(plan.operation, plan.xml)));
  return outcome.ok ? outcome : failed(withEvidence(outcome.failure, { request: plan.xml, reply: last?.kind === 'reply' ? last.body : undefined }));
}

async function writeUntilKnown<T>(plan: WritePlan<T>, send: () => Promise<HttpReply>): Promise<Outcome<T>> {
  for (let attempt = 1; ; attempt += 1) {
    const reply = readReply(plan.operation, await send());
    const settled = reply.kind === 'result' ? plan.settle(reply.text) : undefined;
    if (settled !== undefined) return done(settled);
    if (reply.kind === 'not-sent') return failed({ ...reply.failure, document: plan.document });
    // A refused state may be refused because it is reached: by a write of ours that came late, or by another agent's.
    const final = reply.kind === 'refused' && !reply.look ? failed({ ...reply.failure, document: plan.document }) : undefined;
    if (final && plan.guard === 'number') return final;
    const why = reply.kind === 'unknown' ? reply.why : reply.kind === 'refused' ? reply.failure.message : 'the reply was not about it';
    const looked = await plan.look();
    if (!looked.ok) return final ?? failed({ ...unknown(plan.document, why), causes: [looked.failure.code] });
    if (looked.value.found === 'ours') return done(looked.value.value);
    if (final && looked.value.found === 'nothing') return final;
    if (looked.value.found === 'other') return failed(conflict(plan.document, looked.value.what));
    if (reply.kind === 'refused' && reply.failure.code === 'duplicate-conflict') return failed({ ...reply.failure, document: plan.document });
    if (attempt === 2 || plan.guard === 'look') return failed({ ...notThere(plan.document, why), ...(plan.guard === 'look' ? { retryAfterMs: settleMs } : {}) });
  }
}
