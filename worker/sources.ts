import { type DeskDeps } from '../activities/deps';
import { type SourceAccess, sourceKey } from '../config/source-env';
import { createSourceClient } from '../connectors/registry';
import { type SourceClient, type SourceSetup } from '../connectors/source';
import { type Pair } from '../mapping/pair';

function clientOf(access: SourceAccess, setup: SourceSetup): SourceClient {
  switch (access.kind) {
    case 'shopify': return createSourceClient('shopify', access.settings, setup);
    case 'woocommerce': return createSourceClient('woocommerce', access.settings, setup);
    case 'magento': return createSourceClient('magento', access.settings, setup);
    case 'generic': return createSourceClient('generic', access.settings, setup);
  }
}

/** How each source of these pairs is asked; undefined for one that the environment gives no access to. */
export function createSources(pairs: readonly Pair[], accesses: ReadonlyMap<string, SourceAccess>): DeskDeps['source'] {
  const clients = new Map(pairs.flatMap((pair) => pair.sources.flatMap((source) => {
    const access = accesses.get(sourceKey(pair.pairId, source.id));
    return access ? [[sourceKey(pair.pairId, source.id), clientOf(access, source)] as const] : [];
  })));
  return (pairId, sourceId) => clients.get(sourceKey(pairId, sourceId));
}
