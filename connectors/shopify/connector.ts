import { z } from 'zod';

/** What this connector is and needs: read by the catalogue and by the console. */
export const shopifyConnector = {
  name: 'shopify',
  config: z.object({ adminBaseUrl: z.url(), accessToken: z.string().min(1), apiVersion: z.string().regex(/^\d{4}-\d{2}$/), timeoutMs: z.number().int().positive() }),
  capabilities: { source: ['orders', 'transactions'], topics: ['orders/create', 'orders/paid', 'orders/updated', 'orders/edited', 'orders/cancelled'] },
} as const;

export { createShopifyClient } from './client';
export { shopifyOrderToSalesOrder } from './order-to-sales-order';
export { shopifyTransactionsToPayments } from './transactions-to-payments';
