import { type Story } from '../canonical/story';
import { sourceConnector } from '../connectors/registry';
import { type Trouble } from './contract';
import { type DeskDeps } from './deps';

/** How many deliveries of one order are looked through for one that holds the order itself. */
const deliveriesMax = 20;

/** The order in the source's own words, from the newest delivery that holds one: payments, refunds and bare events do not. */
async function sourceDocument(story: Story, deps: DeskDeps): Promise<string | undefined> {
  const kind = (await deps.pairs.get(story.pairId)).sources.find((s) => s.id === story.sourceId)?.kind;
  if (kind === undefined) return undefined;
  const connector = sourceConnector(kind);
  const rows = await deps.store.inbox.list({ orderId: story.orderId, limit: deliveriesMax });
  for (const { id } of rows.filter((r) => r.pairId === story.pairId && r.sourceId === story.sourceId)) {
    const text = (await deps.store.inbox.get(id))?.rawBody.toString('utf8');
    if (text !== undefined && connector.holdsOrder(text)) return connector.glance?.(text).document ?? text;
  }
  return undefined;
}

/** Opens the one exception of a run, or renews its words, with both documents: what stops at acceptance kept its source then, what stops later keeps it now. */
export async function keepTrouble(story: Story, { trouble, stand, deps }: { trouble: Trouble; /** The run's sequence: a decision names the word it is about. */ stand: number; deps: DeskDeps }): Promise<void> {
  if (trouble.canonical) {
    const known = (await deps.store.copies.get(story.runId))?.source;
    const source = known === undefined ? await sourceDocument(story, deps) : undefined;
    await deps.store.copies.keep(story, { canonical: JSON.stringify(trouble.canonical), ...(source === undefined ? {} : { source }), ...(trouble.coded ? { coded: JSON.stringify(trouble.coded) } : {}) });
  }
  await deps.store.exceptions.open({
    subject: story.runId, pairId: story.pairId, sourceId: story.sourceId, step: trouble.step, stand, failure: trouble.failure, orderId: story.orderId, ...(story.orderName ? { orderName: story.orderName } : {}),
    ...(story.total ? { amount: story.total } : {}), ...(story.currency ? { currency: story.currency } : {}),
  });
}
