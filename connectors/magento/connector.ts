import { z } from 'zod';
import { glanceAt } from '../glance';
import { type SourceConnector } from '../source';
import { identifyMagento, isMagentoOrder } from './identify';
import { magentoTexts } from './texts';
import { unwrapEvent } from './wire';

/** What this connector is and needs: read by the catalogue and by the console. */
export const magentoConnector = {
  name: 'magento',
  config: z.object({
    baseUrl: z.url(), storeCode: z.string().min(1), timeoutMs: z.number().int().positive(),
    access: z.union([z.object({ kind: z.literal('oauth1'), consumerKey: z.string().min(1), consumerSecret: z.string().min(1), token: z.string().min(1), tokenSecret: z.string().min(1) }), z.object({ kind: z.literal('bearer'), token: z.string().min(1) })]),
  }),
  capabilities: { source: ['orders', 'invoices', 'creditmemos'], topics: [] },
} as const;

/** Magento as a source of orders: it delivers nothing, the sweep asks. */
export const magentoSource: SourceConnector = {
  kind: 'magento',
  sweptTopic: 'order.changed',
  identify: identifyMagento,
  holdsOrder: isMagentoOrder,
  glance: (text) => glanceAt(text, unwrapEvent, { name: 'increment_id', total: 'grand_total', currency: 'order_currency_code' }),
  texts: magentoTexts,
};

export { createMagentoClient } from './client';
