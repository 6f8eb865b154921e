import { done, failed, type Outcome } from '../canonical/failure';
import { type SalesOrder } from '../canonical/sales-order';
import { sourceConnector } from '../connectors/registry';
import { soundOrder } from '../connectors/sound-order';
import { type SourceReading } from '../connectors/source';
import { unreadable } from '../connectors/unreadable';
import { type CompiledMapping } from '../mapping/engine/compile';
import { runMapping } from '../mapping/engine/run';
import { readSource } from '../mapping/engine/source-text';
import { type Json } from '../mapping/expressions/sequence';
import { type Pair, type PairSource } from '../mapping/pair';
import { tablesOf } from './apply-mapping';

/** The mapping document that reads this source's orders. */
export const sourceMapping = (source: Pick<PairSource, 'kind' | 'mapping'>): string => source.mapping ?? `${source.kind}-order-to-sales-order`;

export type SourceOrder = { order: SalesOrder; warnings: string[] };

const read = (text: string, field: string): Outcome<Json> => {
  const source = readSource(text);
  return source.ok ? source : failed(unreadable(field, text.slice(0, 40), source.failure.message.replace(/^The source (is |)/, '').replace(/\.$/, '')));
};

/**
 * One order as its source tells it → the canonical order with the payments that the source names, by a mapping document. Numbers keep every digit.
 * Failures are the document's own, named by rule, field and value; what it lets pass and our words cannot hold is `order-unreadable`.
 */
export async function sourceOrder(reading: SourceReading, source: Pick<PairSource, 'kind' | 'account' | 'extraTotals'>, { mapping, pair }: { mapping: CompiledMapping; pair?: Pair }): Promise<Outcome<SourceOrder>> {
  const texts = sourceConnector(source.kind).texts(reading, source);
  const order = read(texts.order, 'body');
  if (!order.ok) return order;
  if (typeof order.value !== 'object' || order.value === null || Array.isArray(order.value)) return failed(unreadable('body', texts.order.slice(0, 40), 'not a JSON object'));
  const params: Record<string, Json> = { account: source.account };
  for (const [name, text] of Object.entries(texts.params)) {
    const value = read(text, name);
    if (!value.ok) return value;
    params[name] = value.value;
  }
  const result = await runMapping(mapping, { source: order.value, params, tables: pair ? tablesOf(pair) : {} });
  if (!result.ok) return failed(result.failure);
  const sound = soundOrder(result.value);
  return sound.ok ? done({ order: sound.value, warnings: result.warnings }) : sound;
}
