import { type Outcome } from '../canonical/failure';
import { type DocumentRow } from '../store/types';
import { type XeroDeps } from './deps';
import { valueOrThrow } from './failing';

type Intent = Pick<DocumentRow, 'pairId' | 'system' | 'kind' | 'key' | 'runId' | 'number' | 'currency'>;
type Receipt = { number?: string; externalId?: string };

/**
 * The one way of an outside write: intent recorded → looked up where it was asked for before → written with our key → read back → receipt. Whether
 * it was asked for before is in the store: an attempt counter forgets earlier runs, and retries by a person.
 */
export async function intendedWrite<T>(intent: Intent, write: { act(look: { lookFirst: boolean }): Promise<Outcome<T>>; receipt(value: T): Receipt }, deps: Pick<XeroDeps, 'store' | 'gate'>): Promise<T> {
  const { asked, state } = await deps.store.documents.intend(intent);
  const before = asked > 1 || state !== 'intended';
  const value = valueOrThrow(await deps.gate(intent.pairId).through((again) => write.act({ lookFirst: before || again })));
  const { pairId, system, kind, key } = intent;
  await deps.store.documents.written({ pairId, system, kind, key }, write.receipt(value));
  return value;
}
