import { z } from 'zod';

/** What an administrator configures; the credentials never leave the agent beside GP. */
export const gpConfig = z.object({
  econnectUrl: z.url(), webServicesUrl: z.url().optional(),
  auth: z.object({ kind: z.enum(['basic', 'ntlm']), user: z.string().min(1), password: z.string(), domain: z.string().optional() }),
  connectionString: z.string().min(1), companyId: z.number().int().positive(), baseCurrency: z.string().regex(/^[A-Z]{3}$/, 'an ISO 4217 code'),
  timeoutMs: z.number().int().min(1_000).max(600_000),
  documentTypes: z.record(z.string(), z.string()).optional(), currencies: z.record(z.string(), z.string()).optional(),
  voidOperation: z.enum(['CreateTransactionEntity', 'UpdateTransactionEntity', 'DeleteTransactionEntity']).optional(),
});

export const gpConnector = {
  name: 'gp',
  config: gpConfig,
  /** eConnect cannot post: documents wait in a batch until a person or an autoposter posts. */
  capabilities: { ledger: true, writes: ['sales-order', 'cash-receipt', 'application', 'customer', 'vendor'], reads: ['customer', 'vendor', 'invoice', 'receipt', 'journal', 'fiscal-period', 'changes'], posts: false },
} as const;

export { createGpClient } from './client';
export { gpMasterSide } from './master-side';
export { gpHolds } from './master-holds';
