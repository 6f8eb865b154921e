import { z } from 'zod';
import { listIn } from '../lossless';
import { type SourceConnector } from '../source';
import { glanceAtShopifyOrder } from './glance';
import { paymentsFromOrderItself } from './payments-of-order-itself';
import { identifyShopifyOrder } from './webhook';

/** What this connector is and needs: read by the catalogue and by the console. */
export const shopifyConnector = {
  name: 'shopify',
  config: z.object({ adminBaseUrl: z.url(), accessToken: z.string().min(1), apiVersion: z.string().regex(/^\d{4}-\d{2}$/), timeoutMs: z.number().int().positive() }),
  capabilities: { source: ['orders', 'transactions'], topics: ['orders/create', 'orders/paid', 'orders/updated', 'orders/edited', 'orders/cancelled'] },
} as const;

/** Shopify as a source of orders. Events such as orders/edited hold no order. */
export const shopifySource: SourceConnector = {
  kind: 'shopify',
  sweptTopic: 'orders/updated',
  identify: identifyShopifyOrder,
  holdsOrder: (text) => /"line_items"\s*:/.test(text) && !/^\s*\{\s*"order_edit"/.test(text),
  glance: glanceAtShopifyOrder,
  texts: ({ orderText, paymentsText }) => ({ order: orderText, params: Object.fromEntries(paymentsText === undefined ? [] : [['transactions', listIn(paymentsText, 'transactions')]]) }),
  paymentsOfOrderItself: paymentsFromOrderItself,
};

export { createShopifyClient } from './client';
