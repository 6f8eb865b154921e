import { type PairSource } from '../mapping/pair';
import { createGenericClient, genericSource } from './generic/connector';
import { type GenericSettings } from './generic/client';
import { createMagentoClient, magentoSource } from './magento/connector';
import { type MagentoSettings } from './magento/client';
import { createShopifyClient, shopifySource } from './shopify/connector';
import { type ShopifySettings } from './shopify/types';
import { type SourceClient, type SourceConnector, type SourceSetup } from './source';
import { createWooCommerceClient, woocommerceSource } from './woocommerce/connector';
import { type WooCommerceSettings } from './woocommerce/client';

type Kind = PairSource['kind'];
/** How a source of each kind is asked. */
export type SourceSettings = { shopify: ShopifySettings; woocommerce: WooCommerceSettings; magento: MagentoSettings; generic: GenericSettings };
type Line<K extends Kind> = { source: SourceConnector; client(settings: SourceSettings[K], setup: SourceSetup): SourceClient };

/** Every kind of source, one line each; the kinds a pair may name are those of mapping/pair.ts. */
const kinds: { [K in Kind]: Line<K> } = {
  shopify: { source: shopifySource, client: createShopifyClient },
  woocommerce: { source: woocommerceSource, client: createWooCommerceClient },
  magento: { source: magentoSource, client: createMagentoClient },
  generic: { source: genericSource, client: createGenericClient },
};

export const sourceConnector = (kind: Kind): SourceConnector => kinds[kind].source;
export const createSourceClient = <K extends Kind>(kind: K, settings: SourceSettings[K], setup: SourceSetup): SourceClient => kinds[kind].client(settings, setup);
