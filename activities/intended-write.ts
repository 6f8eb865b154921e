import { failed, type Failure, type Outcome } from '../canonical/failure';
import { type DocumentClaim, type DocumentRow } from '../store/types';
import { type XeroDeps } from './deps';
import { valueOrThrow } from './failing';

type Intent = Pick<DocumentRow, 'pairId' | 'system' | 'kind' | 'key' | 'runId' | 'number' | 'currency'>;
type Receipt = { number?: string; externalId?: string };
type Options = { lookFirst: boolean; mine(): Promise<boolean> };

/** A hold this young needs no renewing before a call is sent. */
const freshMs = 2_000;

const busy = ({ system, key }: Intent): Failure => ({ code: 'document-locked', system, document: key, message: `Another process is writing ${key} at this very moment.`, fix: 'Nothing to do: what it wrote is looked up in a moment.', retryAfterMs: 1_000 });

/** Renewed right before a call, when it stood in line for long: a process that was taken for dead may have a successor. */
function holding(claim: DocumentClaim): () => Promise<boolean> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < freshMs) return true;
    since = performance.now();
    return claim.renew();
  };
}

/**
 * The one way of an outside write: intent recorded, and held for this process → looked up where it was asked for before → written with our key →
 * read back → receipt. Whether it was asked for before is in the store: an attempt counter forgets earlier runs, and retries by a person.
 */
export async function intendedWrite<T>(intent: Intent, write: { act(options: Options): Promise<Outcome<T>>; receipt(value: T): Receipt }, deps: Pick<XeroDeps, 'store' | 'gate' | 'holdMs'>): Promise<T> {
  const { pairId, system, kind, key } = intent;
  const value = valueOrThrow(await deps.gate(pairId).through(async () => {
    const claim = await deps.store.documents.claim(intent, deps.holdMs);
    if (!claim) return failed(busy(intent));
    const { asked, state } = claim.row;
    const outcome = await write.act({ lookFirst: asked > 1 || state !== 'intended', mine: holding(claim) });
    if (!outcome.ok) await claim.release();
    return outcome;
  }));
  await deps.store.documents.written({ pairId, system, kind, key }, write.receipt(value));
  return value;
}
