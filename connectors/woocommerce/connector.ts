import { z } from 'zod';
import { glanceAt } from '../glance';
import { type SourceConnector } from '../source';
import { identifyWooCommerceOrder } from './webhook';
import { unwrapOrder } from './wire';

/** What this connector is and needs: read by the catalogue and by the console. */
export const woocommerceConnector = {
  name: 'woocommerce',
  config: z.object({ baseUrl: z.url(), consumerKey: z.string().min(1), consumerSecret: z.string().min(1), timeoutMs: z.number().int().positive() }),
  capabilities: { source: ['orders'], topics: ['order.created', 'order.updated', 'order.restored', 'order.deleted'] },
} as const;

/** WooCommerce as a source of orders: the order itself tells of its payment, gift cards and refunds. */
export const woocommerceSource: SourceConnector = {
  kind: 'woocommerce',
  sweptTopic: 'order.updated',
  identify: identifyWooCommerceOrder,
  holdsOrder: (text) => /"line_items"\s*:/.test(text),
  glance: (text) => glanceAt(text, unwrapOrder, { name: 'number', total: 'total', currency: 'currency' }),
  texts: ({ orderText }) => ({ order: orderText, params: {} }),
};

export { createWooCommerceClient } from './client';
