import { type DataConverter } from '@temporalio/common';
import { parseKeyRing } from './key-ring';
import { createPayloadCodec } from './payload-codec';

/** `TIEOUT_PAYLOAD_KEYS` → what every client and worker of an installation is given alike; without keys payloads stay plain. Throws as `parseKeyRing`. */
export function dataConverterOf(keys: string | undefined): DataConverter | undefined {
  if (keys === undefined) return undefined;
  return { payloadCodecs: [createPayloadCodec(parseKeyRing(keys))], failureConverterPath: require.resolve('./failure-converter') };
}
