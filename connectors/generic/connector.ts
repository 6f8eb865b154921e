import { z } from 'zod';
import { glanceAt } from '../glance';
import { type SourceConnector } from '../source';
import { identifyGeneric } from './webhook';

/** What this connector is and needs: read by the catalogue and by the console. */
export const genericConnector = {
  name: 'generic',
  config: z.object({ readUrl: z.url(), listUrl: z.url().optional(), listPath: z.string().optional(), token: z.string().optional(), timeoutMs: z.number().int().positive() }),
  capabilities: { source: ['orders'], topics: ['*'] },
} as const;

/** Any system that signs its webhooks: its body is the plain order, or a mapping document makes it one. */
export const genericSource: SourceConnector = {
  kind: 'generic',
  sweptTopic: 'order',
  identify: identifyGeneric,
  holdsOrder: (text) => /^\s*\{/.test(text),
  glance: (text) => glanceAt(text, (body) => body, { name: 'orderName', total: 'total', currency: 'currency' }),
  texts: ({ orderText }) => ({ order: orderText, params: {} }),
};

export { createGenericClient } from './client';
