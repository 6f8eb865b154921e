import { extendZodWithOpenApi } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import { failureCodes } from '../canonical/failure';
import { phases } from '../canonical/story';
import { inboxStates, roles } from '../store/types';

extendZodWithOpenApi(z);

const limit = z.coerce.number().int().min(1).max(500).default(100);
export const Failure = z.object({ code: z.enum(failureCodes as [string, ...string[]]), message: z.string(), fix: z.string(), field: z.string().optional(), value: z.string().optional(), system: z.string().optional(), document: z.string().optional(), causes: z.array(z.string()).optional(), retryAfterMs: z.number().optional() }).openapi('Failure');
const Place = z.object({ system: z.string(), document: z.string() });
export const Story = z.object({
  runId: z.string(), pairId: z.string(), sourceId: z.string(), orderId: z.string(), orderName: z.string().optional(), phase: z.enum(phases), waitingFor: z.string(), needsAttention: z.boolean(), failure: Failure.optional(), total: z.string().optional(), currency: z.string().optional(),
  gpOrder: z.string().optional(), gpInvoices: z.array(z.string()), xeroInvoices: z.array(z.string()), payments: z.array(z.string()), receipts: z.array(z.string()),
  hops: z.array(z.object({ step: z.string(), from: Place, to: Place, at: z.string(), amount: z.string().optional(), currency: z.string().optional(), note: z.string().optional() })), warnings: z.array(z.string()),
  approval: z.object({ needed: z.string(), decided: z.object({ approver: z.string(), decision: z.string(), reason: z.string(), at: z.string().optional() }).optional() }).optional(), difference: z.string().optional(), updatedAt: z.string(),
}).openapi('Story');
const DocumentRow = z.object({ system: z.string(), kind: z.string(), key: z.string(), number: z.string().optional(), externalId: z.string().optional(), amount: z.string().optional(), currency: z.string().optional(), state: z.string() });
export const Run = z.object({ story: Story, documents: z.array(DocumentRow), live: z.boolean(), links: z.object({ temporalUi: z.string() }) }).openapi('Run');
export const RunList = z.object({ runs: z.array(z.object({ runId: z.string(), orderId: z.string(), orderName: z.string().optional(), phase: z.enum(phases), needsAttention: z.boolean(), total: z.string().optional(), currency: z.string().optional(), failure: Failure.optional(), waitingFor: z.string(), updatedAt: z.string() })), next: z.string().optional() }).openapi('RunList');
export const RunQuery = z.object({ pairId: z.string().optional(), phase: z.enum(phases).optional(), needsAttention: z.enum(['true', 'false']).optional(), orderId: z.string().optional(), after: z.string().optional(), limit });
export const Decision = z.object({ decision: z.enum(['approve', 'reject']), reason: z.string().min(1).max(500) });
export const ExceptionDecision = z.object({ decision: z.enum(['retry', 'undo']), reason: z.string().min(1).max(500) });
export const InboxRow = z.object({
  id: z.string(), sourceKind: z.string(), account: z.string(), topic: z.string(), deliveryId: z.string(), orderId: z.string().optional(), version: z.string().optional(), state: z.enum(inboxStates), reason: Failure.optional(), note: z.string().optional(), workflowId: z.string().optional(), attempts: z.number(), receivedAt: z.string(), handledAt: z.string().optional(),
}).openapi('InboxRow');
export const InboxQuery = z.object({ state: z.enum(inboxStates).optional(), orderId: z.string().optional(), before: z.iso.datetime().optional(), limit });
export const ExceptionRow = z.object({ id: z.string(), runId: z.string(), step: z.string(), failure: Failure, openedAt: z.string(), closedAt: z.string().optional(), decision: z.string().optional(), by: z.string().optional() });
export const KeyRow = z.object({ id: z.string(), name: z.string(), role: z.enum(roles), createdAt: z.string(), revokedAt: z.string().optional() }).openapi('ApiKey');
export const NewKey = z.object({ name: z.string().min(1).max(80), role: z.enum(roles) });
export const Ok = z.object({ ok: z.literal(true) });
export const limitOnly = z.object({ limit });
export { z };
