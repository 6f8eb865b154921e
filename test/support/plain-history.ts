import { historyToJSON, JSONToPayload, payloadToJSON } from '@temporalio/common/lib/proto-utils';
import { type DataConverter } from '@temporalio/common';

type History = Parameters<typeof historyToJSON>[0];
const encrypted = Buffer.from('binary/encrypted').toString('base64');

/** A history as JSON with every payload decoded, as golden files keep it: readable, and replayable without a key. */
export async function plainHistory(history: History, dataConverter: DataConverter): Promise<unknown> {
  const decoded = async (node: unknown): Promise<unknown> => {
    if (Array.isArray(node)) return Promise.all(node.map(decoded));
    if (typeof node !== 'object' || node === null) return node;
    if ('metadata' in node && (node.metadata as { encoding?: string } | null)?.encoding === encrypted) {
      let payloads = [JSONToPayload(node as Parameters<typeof JSONToPayload>[0])];
      for (const codec of dataConverter.payloadCodecs ?? []) payloads = await codec.decode(payloads);
      return payloads[0] && payloadToJSON(payloads[0]);
    }
    return Object.fromEntries(await Promise.all(Object.entries(node).map(async ([key, value]) => [key, await decoded(value)] as const)));
  };
  return decoded(JSON.parse(historyToJSON(history)));
}
