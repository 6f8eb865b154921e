import { z } from 'zod';

/** What this connector is and needs: read by the catalogue and by the console. */
export const xeroConnector = {
  name: 'xero',
  config: z.object({
    apiBaseUrl: z.url(), identityBaseUrl: z.url(), connectionsUrl: z.url(), clientId: z.string().min(1), clientSecret: z.string().min(1), flow: z.enum(['authorization-code', 'custom-connection']),
    tenantId: z.string().min(1), baseCurrency: z.string().length(3), timeoutMs: z.number().int().positive(),
  }),
  capabilities: { ledger: ['contacts', 'items', 'accounts', 'sales invoices', 'payments', 'credit notes'], currenciesWithThreeDecimals: false, webhooks: ['CONTACT', 'INVOICE', 'CREDITNOTE'] },
} as const;

export { createXeroClient } from './client';
export { createTokenSource } from './oauth';
export { xeroMasterSide } from './master-side';
export { sideInClasses } from './master-groups';
export { xeroHolds } from './master-holds';
