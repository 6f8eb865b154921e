import { readShopifyDelivery } from '../connectors/shopify/webhook';
import { type FeedActivities } from './contract';
import { type FeedDeps } from './deps';
import { valueOrThrow } from './failing';

const pageMax = 250;
const pagesMax = 40;

/**
 * Asks the source what changed since the last look, with an overlap, and puts into the inbox what no delivery told of: lost webhooks, a receiver
 * that was down, a queue that was dropped. The watermark moves after the rows are stored.
 */
export async function sweepSource({ pairId, sourceId }: Parameters<FeedActivities['sweepSource']>[0], deps: FeedDeps): Promise<{ seen: number; missed: number }> {
  const client = deps.shop(pairId, sourceId);
  const pair = await deps.pairs.get(pairId);
  const source = pair.sources.find((s) => s.id === sourceId);
  if (!client || !source) return { seen: 0, missed: 0 };
  const name = `sweep/${pairId}/${sourceId}`;
  const before = await deps.store.watermarks.get(name);
  const began = deps.now().toISOString();
  let since = new Date(Date.parse(before ?? began) - pair.policies.sweepOverlapSeconds * 1000).toISOString();
  const result = { seen: 0, missed: 0 };
  for (let page = 0; page < pagesMax; page += 1) {
    const { orderTexts } = valueOrThrow(await client.listOrdersSince(since, pageMax));
    const found = orderTexts.map((text) => ({ text, ...readShopifyDelivery(Buffer.from(text), { 'x-shopify-topic': 'orders/updated' }) }));
    const named = found.flatMap((f) => (f.orderId !== undefined && f.version !== undefined ? [{ text: f.text, orderId: f.orderId, version: f.version }] : []));
    const missing = await deps.store.inbox.missing({ pairId, sourceId }, named);
    for (const { text, orderId, version } of missing) {
      await deps.store.inbox.put({ pairId, sourceId, sourceKind: source.kind, account: source.account, dedupKey: `sweep ${orderId} ${version}`, topic: 'orders/updated', deliveryId: `sweep ${orderId} ${version}`, orderId, version, rawBody: Buffer.from(text) });
    }
    result.seen += named.length;
    result.missed += missing.length;
    const last = named[named.length - 1]?.version;
    if (orderTexts.length < pageMax || last === undefined) break;
    if (last <= since) { deps.log.warn({ pairId, sourceId, at: last }, 'more orders changed in one instant than one page holds; the next sweep goes on from there'); break; }
    since = last;
  }
  await deps.store.watermarks.set(name, began);
  if (result.missed > 0) deps.log.info({ pairId, sourceId, ...result }, 'the sweep found what no delivery told of');
  return result;
}
