import { extendZodWithOpenApi } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import { failureCodes } from '../canonical/failure';
import { phases } from '../canonical/story';
import { inboxStates, roles } from '../store/types';

extendZodWithOpenApi(z);

/** Ids of rows; anything else is no id, and the database is not asked. */
export const isUuid = (text: string | undefined): text is string => text !== undefined && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);

export const limit = z.coerce.number().int().min(1).max(500).default(100);
export const Failure = z.object({ code: z.enum(failureCodes as [string, ...string[]]), message: z.string(), fix: z.string(), field: z.string().optional(), value: z.string().optional(), system: z.string().optional(), document: z.string().optional(), causes: z.array(z.string()).optional(), retryAfterMs: z.number().optional(), evidence: z.object({ request: z.string().optional(), reply: z.string().optional() }).optional() }).openapi('Failure');
const Place = z.object({ system: z.string(), document: z.string() });
export const Story = z.object({
  runId: z.string(), pairId: z.string(), sourceId: z.string(), orderId: z.string(), orderName: z.string().optional(), phase: z.enum(phases), waitingFor: z.string(), needsAttention: z.boolean(), failure: Failure.optional(), total: z.string().optional(), currency: z.string().optional(),
  gpOrder: z.string().optional(), gpInvoices: z.array(z.string()), xeroInvoices: z.array(z.string()), payments: z.array(z.string()), receipts: z.array(z.string()),
  hops: z.array(z.object({ step: z.string(), from: Place, to: Place, at: z.string(), amount: z.string().optional(), currency: z.string().optional(), note: z.string().optional() })), warnings: z.array(z.string()),
  /** Mapping document → version. */
  mappings: z.record(z.string(), z.number()).optional(), makers: z.array(z.string()).optional(), refused: z.array(z.string()).optional(),
  approval: z.object({ needed: z.string(), contentHash: z.string(), askedAt: z.string(), remindedAt: z.string().optional(), escalatedAt: z.string().optional(), silenceAt: z.string().optional(), decided: z.object({ approver: z.string(), decision: z.string(), reason: z.string(), at: z.string().optional() }).optional() }).optional(), difference: z.string().optional(), updatedAt: z.string(),
}).openapi('Story');
const DocumentRow = z.object({ system: z.string(), kind: z.string(), key: z.string(), number: z.string().optional(), externalId: z.string().optional(), amount: z.string().optional(), currency: z.string().optional(), state: z.string() });
const OpenException = z.object({ id: z.string(), class: z.string(), code: z.string(), owner: z.string(), openedAt: z.string() });
export const Run = z.object({ story: Story, documents: z.array(DocumentRow), live: z.boolean(), exceptions: z.array(OpenException), links: z.object({ temporalUi: z.string() }) }).openapi('Run');
export const RunList = z.object({ runs: z.array(z.object({ runId: z.string(), orderId: z.string(), orderName: z.string().optional(), phase: z.enum(phases), needsAttention: z.boolean(), total: z.string().optional(), currency: z.string().optional(), failure: Failure.optional(), waitingFor: z.string(), updatedAt: z.string() })), next: z.string().optional() }).openapi('RunList');
/** `ref` is an order's id or name, or a run's whole id. */
export const RunQuery = z.object({ ref: z.string().max(300).optional(), pairId: z.string().optional(), phase: z.enum(phases).optional(), needsAttention: z.enum(['true', 'false']).optional(), orderId: z.string().optional(), after: z.string().optional(), limit });
export const Decision = z.object({ decision: z.enum(['approve', 'reject']), reason: z.string().min(1).max(500), contentHash: z.string().max(80).optional() });
export const InboxRow = z.object({
  id: z.string(), sourceKind: z.string(), account: z.string(), topic: z.string(), deliveryId: z.string(), orderId: z.string().optional(), version: z.string().optional(), state: z.enum(inboxStates), reason: Failure.optional(), note: z.string().optional(), workflowId: z.string().optional(), attempts: z.number(), receivedAt: z.string(), handledAt: z.string().optional(), place: z.string().optional(),
}).openapi('InboxRow');
/** What was delivered, byte for byte; base64 where the bytes are no UTF-8. */
export const InboxBody = z.object({ id: z.string(), bytes: z.number(), encoding: z.enum(['utf8', 'base64']), body: z.string() });
/** `before` is an instant, `place` the last row of the page before; `ref` the beginning of an id, an order's id or the sender's own id of the delivery. */
export const InboxQuery = z.object({ state: z.enum(inboxStates).optional(), orderId: z.string().optional(), before: z.iso.datetime().optional(), place: z.string().regex(/^\d{1,18}$/).optional(), ref: z.string().max(200).optional(), limit });
export const Connector = z.object({ pairId: z.string(), system: z.string(), state: z.enum(['paused', 'running']), since: z.string().optional(), failure: Failure.optional() }).openapi('Connector');
export const KeyRow = z.object({ id: z.string(), name: z.string(), role: z.enum(roles), createdAt: z.string(), revokedAt: z.string().optional() }).openapi('ApiKey');
/** Four eyes go by the name: what looks the same is the same, so no blanks around it and no invisible characters. */
export const NewKey = z.object({ name: z.string().max(80).regex(/^[\p{L}\p{N}][\p{L}\p{M}\p{N} ._@+-]*(?<! )$/u, 'letters, digits, blanks and . _ @ + -').transform((n) => n.normalize('NFC')), role: z.enum(roles) });
export const Ok = z.object({ ok: z.literal(true) });
export const limitOnly = z.object({ limit });
export { z };
