import { ApplicationFailure } from '@temporalio/common';
import { type Pair } from '../mapping/pair';
import { sharedName } from '../mapping/route-order';
import { type MirrorInput } from './contract';
import { type XeroDeps } from './deps';
import { valueOrThrow } from './failing';
import { xeroContact } from './xero-documents';
import { keepsCustomers, knownCustomer } from './master/known-party';

/** Whose contact it is: the GP customer, and what the order tells of the buyer. */
export type Buyer = Pick<MirrorInput, 'run' | 'mappings' | 'order'> & { customerNumber: string };

/** The contact that master data knows this buyer by, where it stands for nobody yet; else found in Xero by our number, merges followed, or made. Remembered in the cross-reference. */
async function ensured(input: Buyer, pair: Pair, deps: XeroDeps): Promise<string> {
  const { pairId } = input.run;
  const { customerNumber } = input;
  const standing = keepsCustomers(pair) && sharedName(pair, customerNumber) === undefined ? await knownCustomer(input.order, { pair, system: 'xero', number: customerNumber, free: true }, deps.store) : undefined;
  if (standing) {
    await deps.store.links.put({ pairId, kind: 'customer', from: 'gp', fromId: customerNumber, to: 'xero', toId: standing.id });
    return standing.id;
  }
  return made(input, pair, deps);
}

async function made(input: Buyer, pair: Pair, deps: XeroDeps): Promise<string> {
  const { pairId } = input.run;
  const { draft } = await xeroContact(input, { pair, pins: input.mappings, deps });
  const { contactId } = valueOrThrow(await deps.gate(pairId).through(() => deps.xero(pairId).ensureContact(draft)));
  await deps.store.links.put({ pairId, kind: 'customer', from: 'gp', fromId: input.customerNumber, to: 'xero', toId: contactId });
  return contactId;
}

const mayBeMerged = new Set(['contact-archived', 'duplicate-conflict']);

/**
 * Does something with the contact of a GP customer: the one we know, and where Xero says that it is archived or holds the document under
 * another contact, the one it was merged into. A contact that is archived and merged into nothing is a person's: `contact-archived`.
 */
export async function withContact<T>(input: Buyer, more: { pair: Pair; deps: XeroDeps }, act: (contactId: string) => Promise<T>): Promise<T> {
  const { pair, deps } = more;
  const known = await deps.store.links.get({ pairId: input.run.pairId, kind: 'customer', from: 'gp', fromId: input.customerNumber, to: 'xero' });
  if (known === undefined) return act(await ensured(input, pair, deps));
  try {
    return await act(known);
  } catch (error) {
    if (!(error instanceof ApplicationFailure) || !mayBeMerged.has(error.type ?? '')) throw error;
    const now = await made(input, pair, deps);
    if (now === known) throw error;
    return act(now);
  }
}
