import { extendZodWithOpenApi } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import { failureClasses, failureCodes } from '../canonical/failure';
import { phases } from '../canonical/story';
import { exceptionKinds, inboxStates, roles } from '../store/types';
import { retrySteps } from '../workflows/messages';

extendZodWithOpenApi(z);

/** Ids of rows; anything else is no id, and the database is not asked. */
export const isUuid = (text: string | undefined): text is string => text !== undefined && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);

const limit = z.coerce.number().int().min(1).max(500).default(100);
export const Failure = z.object({ code: z.enum(failureCodes as [string, ...string[]]), message: z.string(), fix: z.string(), field: z.string().optional(), value: z.string().optional(), system: z.string().optional(), document: z.string().optional(), causes: z.array(z.string()).optional(), retryAfterMs: z.number().optional(), evidence: z.object({ request: z.string().optional(), reply: z.string().optional() }).optional() }).openapi('Failure');
const Place = z.object({ system: z.string(), document: z.string() });
export const Story = z.object({
  runId: z.string(), pairId: z.string(), sourceId: z.string(), orderId: z.string(), orderName: z.string().optional(), phase: z.enum(phases), waitingFor: z.string(), needsAttention: z.boolean(), failure: Failure.optional(), total: z.string().optional(), currency: z.string().optional(),
  gpOrder: z.string().optional(), gpInvoices: z.array(z.string()), xeroInvoices: z.array(z.string()), payments: z.array(z.string()), receipts: z.array(z.string()),
  hops: z.array(z.object({ step: z.string(), from: Place, to: Place, at: z.string(), amount: z.string().optional(), currency: z.string().optional(), note: z.string().optional() })), warnings: z.array(z.string()),
  makers: z.array(z.string()).optional(), refused: z.array(z.string()).optional(),
  approval: z.object({ needed: z.string(), contentHash: z.string(), askedAt: z.string(), remindedAt: z.string().optional(), escalatedAt: z.string().optional(), silenceAt: z.string().optional(), decided: z.object({ approver: z.string(), decision: z.string(), reason: z.string(), at: z.string().optional() }).optional() }).optional(), difference: z.string().optional(), updatedAt: z.string(),
}).openapi('Story');
const DocumentRow = z.object({ system: z.string(), kind: z.string(), key: z.string(), number: z.string().optional(), externalId: z.string().optional(), amount: z.string().optional(), currency: z.string().optional(), state: z.string() });
export const Run = z.object({ story: Story, documents: z.array(DocumentRow), live: z.boolean(), links: z.object({ temporalUi: z.string() }) }).openapi('Run');
export const RunList = z.object({ runs: z.array(z.object({ runId: z.string(), orderId: z.string(), orderName: z.string().optional(), phase: z.enum(phases), needsAttention: z.boolean(), total: z.string().optional(), currency: z.string().optional(), failure: Failure.optional(), waitingFor: z.string(), updatedAt: z.string() })), next: z.string().optional() }).openapi('RunList');
export const RunQuery = z.object({ pairId: z.string().optional(), phase: z.enum(phases).optional(), needsAttention: z.enum(['true', 'false']).optional(), orderId: z.string().optional(), after: z.string().optional(), limit });
export const Decision = z.object({ decision: z.enum(['approve', 'reject']), reason: z.string().min(1).max(500), contentHash: z.string().max(80).optional() });
export const ExceptionDecision = z.object({ decision: z.enum(['retry', 'skip', 'undo']), reason: z.string().min(1).max(500), from: z.enum(retrySteps).optional() });
export const InboxRow = z.object({
  id: z.string(), sourceKind: z.string(), account: z.string(), topic: z.string(), deliveryId: z.string(), orderId: z.string().optional(), version: z.string().optional(), state: z.enum(inboxStates), reason: Failure.optional(), note: z.string().optional(), workflowId: z.string().optional(), attempts: z.number(), receivedAt: z.string(), handledAt: z.string().optional(),
}).openapi('InboxRow');
export const InboxQuery = z.object({ state: z.enum(inboxStates).optional(), orderId: z.string().optional(), before: z.iso.datetime().optional(), limit });
const classes = z.enum(failureClasses as unknown as [string, ...string[]]);
export const ExceptionRow = z.object({
  id: z.string(), kind: z.enum(exceptionKinds), subject: z.string(), pairId: z.string(), step: z.string(), class: classes, code: z.string(), cause: z.string(), owner: z.string(), failure: Failure, attempts: z.number(), system: z.string().optional(), document: z.string().optional(),
  orderId: z.string().optional(), orderName: z.string().optional(), amount: z.string().optional(), currency: z.string().optional(), ageSeconds: z.number(), openedAt: z.string(), updatedAt: z.string(), closedAt: z.string().optional(), decision: z.string().optional(), by: z.string().optional(), reason: z.string().optional(),
  runId: z.string().optional(),
}).openapi('Exception');
export const ExceptionFilter = z.object({
  kind: z.enum(exceptionKinds).optional(), class: classes.optional(), code: z.string().max(60).optional(), cause: z.string().max(200).optional(), system: z.string().max(40).optional(), pairId: z.string().max(60).optional(), orderId: z.string().max(80).optional(),
});
export const ExceptionQuery = ExceptionFilter.extend({ open: z.enum(['true', 'false']).optional(), limit });
export const Incident = z.object({ cause: z.string(), kind: z.string(), code: z.string(), class: z.string(), owner: z.string(), count: z.number(), since: z.string(), latest: z.string(), message: z.string(), fix: z.string(), money: z.array(z.object({ currency: z.string(), amount: z.string() })) }).openapi('Incident');
const ChangeRow = z.object({ path: z.string(), before: z.unknown().optional(), after: z.unknown().optional() });
export const ExceptionDetail = z.object({
  exception: ExceptionRow, before: z.unknown().optional(), after: z.unknown().optional(), coded: z.unknown().optional(), decisions: z.array(z.string()), steps: z.array(z.string()),
  edits: z.array(z.object({ by: z.string(), reason: z.string(), at: z.string(), active: z.boolean(), diff: z.array(ChangeRow) })), story: Story.optional(),
}).openapi('ExceptionDetail');
/** `order` is the whole corrected document, `set` only the fields that change; amounts in `set` are decimal text. */
export const EditOrder = z.object({ order: z.record(z.string(), z.unknown()).optional(), set: z.record(z.string().max(200), z.unknown()).optional(), reason: z.string().min(1).max(500), dryRun: z.boolean().default(false) })
  .refine((e) => (e.order === undefined) !== (e.set === undefined), 'give either "order" or "set"');
export const EditReply = z.object({ ok: z.boolean(), applied: z.boolean(), diff: z.array(ChangeRow) });
export const BulkDecision = z.object({ filter: ExceptionFilter.extend({ ids: z.array(z.string().refine(isUuid, 'an id of an exception')).max(10_000).optional() }), decision: z.enum(['retry', 'skip', 'undo']), reason: z.string().min(1).max(500), from: z.enum(retrySteps).optional(), dryRun: z.boolean().default(false) });
export const BulkReply = z.object({ dryRun: z.boolean(), count: z.number(), what: z.string(), incidents: z.array(Incident), actId: z.string().optional() });
export const BulkAct = z.object({ id: z.string(), by: z.string(), decision: z.object({ decision: z.string(), reason: z.string(), from: z.string().optional() }), total: z.number(), done: z.number(), failed: z.number(), state: z.enum(['running', 'done']), createdAt: z.string(), finishedAt: z.string().optional() }).openapi('BulkAct');
export const Connector = z.object({ pairId: z.string(), system: z.string(), state: z.enum(['paused', 'running']), since: z.string().optional(), failure: Failure.optional() }).openapi('Connector');
export const KeyRow = z.object({ id: z.string(), name: z.string(), role: z.enum(roles), createdAt: z.string(), revokedAt: z.string().optional() }).openapi('ApiKey');
/** Four eyes go by the name: what looks the same is the same, so no blanks around it and no invisible characters. */
export const NewKey = z.object({ name: z.string().max(80).regex(/^[\p{L}\p{N}][\p{L}\p{M}\p{N} ._@+-]*(?<! )$/u, 'letters, digits, blanks and . _ @ + -').transform((n) => n.normalize('NFC')), role: z.enum(roles) });
export const Ok = z.object({ ok: z.literal(true) });
export const limitOnly = z.object({ limit });
export { z };
