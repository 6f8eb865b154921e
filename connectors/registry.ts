import { type PairSource } from '../mapping/pair';
import { shopifySource } from './shopify/connector';
import { type SourceConnector } from './source';

/** Every kind of source, one line each; the kinds a pair may name are those of mapping/pair.ts. */
const sources: Record<PairSource['kind'], SourceConnector> = {
  shopify: shopifySource,
};

export const sourceConnector = (kind: PairSource['kind']): SourceConnector => sources[kind];
