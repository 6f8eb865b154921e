import { createHash } from 'node:crypto';
import { isVersion } from '../canonical/instant';
import { sourceConnector } from '../connectors/registry';
import { type SourceCursor, type SourcePage } from '../connectors/source';
import { type FeedActivities } from './contract';
import { type FeedDeps } from './deps';
import { valueOrThrow } from './failing';

const pageMax = 250;
const pagesMax = 40;
const dayMs = 24 * 3_600_000;

/**
 * From when on the source is asked. A watermark of the future was written by a clock that has been set back since: what changed while it was wrong
 * was asked for in vain, so that a whole day is looked at anew (what is known is not taken twice).
 */
function sinceOf(before: string | undefined, began: string, overlapMs: number): string {
  const late = before !== undefined && before > began;
  return new Date(Date.parse(late ? began : before ?? began) - (late ? Math.max(dayMs, overlapMs) : overlapMs)).toISOString();
}

/**
 * Asks the source what changed since the last look, with an overlap, and puts into the inbox what no delivery told of: lost webhooks, a receiver
 * that was down, a queue that was dropped. The watermark moves after the rows are stored, and only as far as the listing was read.
 */
export async function sweepSource({ pairId, sourceId }: Parameters<FeedActivities['sweepSource']>[0], deps: FeedDeps): Promise<{ seen: number; missed: number }> {
  const client = deps.source(pairId, sourceId);
  const pair = await deps.pairs.get(pairId);
  const source = pair.sources.find((s) => s.id === sourceId);
  if (!client || !source) return { seen: 0, missed: 0 };
  const connector = sourceConnector(source.kind);
  const topic = connector.sweptTopic;
  const name = `sweep/${pairId}/${sourceId}`;
  const before = await deps.store.watermarks.get(name);
  const now = deps.now().getTime();
  const began = new Date(now).toISOString();
  let from: SourceCursor | undefined = { since: sinceOf(before, began, pair.policies.sweepOverlapSeconds * 1000) };
  const result = { seen: 0, missed: 0 };
  let upTo: string | undefined;
  for (let page = 0; page < pagesMax && from; page += 1) {
    const reply: SourcePage = valueOrThrow(await client.listSince(from, pageMax));
    const { orderTexts, next, stuck } = reply;
    const found = orderTexts.map((text) => { const { orderId, version, buyer } = connector.identify(text, source); return { text, ...(buyer === undefined ? {} : { buyer }), ...(orderId === undefined ? {} : { orderId }), ...(version !== undefined && isVersion(version, now) ? { version } : {}) }; });
    const named = found.flatMap((f) => (f.orderId !== undefined && f.version !== undefined ? [{ ...f, orderId: f.orderId, version: f.version }] : []));
    const nameless = found.filter((f) => f.orderId === undefined || f.version === undefined);
    const missing = await deps.store.inbox.missing({ pairId, sourceId }, named);
    for (const { text, ...told } of [...missing, ...nameless]) {
      const key = `sweep ${told.orderId !== undefined && told.version !== undefined ? `${told.orderId} ${told.version}` : createHash('sha256').update(text).digest('hex')}`;
      const { fresh } = await deps.store.inbox.put({ ...told, pairId, sourceId, sourceKind: source.kind, account: source.account, dedupKey: key, topic, deliveryId: key, rawBody: Buffer.from(text) });
      if (fresh) result.missed += 1;
    }
    result.seen += found.length;
    upTo = page === 0 ? reply.upTo : upTo;
    if (stuck) deps.log.warn({ pairId, sourceId, since: from.since }, 'more orders changed in one instant than one page holds; the next sweep goes on from there');
    from = next;
  }
  const mark = from?.since ?? upTo ?? began;
  await deps.store.watermarks.set(name, isVersion(mark, now) && mark < began ? mark : began);
  if (result.missed > 0) deps.log.info({ pairId, sourceId, ...result }, 'the sweep found what no delivery told of');
  return result;
}
