import { failureClasses, failureCodes } from '../canonical/failure';
import { exceptionKinds } from '../store/types';
import { retrySteps } from '../workflows/messages';
import { Failure, isUuid, limit, Story, z } from './schemas';

const classes = z.enum(failureClasses as unknown as [string, ...string[]]);
const Taken = z.object({ decision: z.string(), by: z.string(), reason: z.string(), at: z.string() });
export const ExceptionRow = z.object({
  id: z.string(), kind: z.enum(exceptionKinds), subject: z.string(), pairId: z.string(), sourceId: z.string().optional(), step: z.string(), class: classes, code: z.string(), cause: z.string(), owner: z.string(), failure: Failure, attempts: z.number(), stand: z.number(), system: z.string().optional(), document: z.string().optional(),
  orderId: z.string().optional(), orderName: z.string().optional(), amount: z.string().optional(), currency: z.string().optional(), ageSeconds: z.number(), openedAt: z.string(), updatedAt: z.string(), closedAt: z.string().optional(), decision: z.string().optional(), by: z.string().optional(), reason: z.string().optional(), outcome: z.string().optional(),
  taken: Taken.optional(), runId: z.string().optional(),
}).openapi('Exception');

const decimal = z.string().regex(/^\d{1,15}(\.\d{1,4})?$/, 'a decimal amount such as 100.00');
const fields = {
  kind: z.enum(exceptionKinds).optional(), class: classes.optional(), code: z.enum(failureCodes as [string, ...string[]]).optional(), cause: z.string().max(200).optional(), system: z.string().max(40).optional(), step: z.string().max(40).optional(), owner: z.string().max(80).optional(),
  pairId: z.string().max(60).optional(), sourceId: z.string().max(60).optional(), orderId: z.string().max(80).optional(), currency: z.string().regex(/^[A-Z]{3}$/, 'a currency code such as USD').optional(), amountMin: decimal.optional(), amountMax: decimal.optional(),
  openedBefore: z.iso.datetime().optional(), openedAfter: z.iso.datetime().optional(),
};
const ofOneCurrency = (f: { currency?: string | undefined; amountMin?: string | undefined; amountMax?: string | undefined }): boolean => f.currency !== undefined || (f.amountMin === undefined && f.amountMax === undefined);
const needsCurrency = { path: ['currency'], message: 'an amount is of a currency: give currency beside amountMin and amountMax' };
const orderIds = z.array(z.string().min(1).max(80)).max(10_000);

/** `orderIds` is a list with commas, `ref` the beginning of an id, an order's id or its name; `before` the place of the last row of the page before. */
export const ExceptionQuery = z.object({
  ...fields, open: z.enum(['true', 'false', 'any']).optional(), ref: z.string().max(300).optional(), orderIds: z.string().max(8_000).transform((text) => text.split(',').map((id) => id.trim()).filter((id) => id !== '')).optional(), before: z.string().regex(/^\d{1,18}$/).optional(), limit,
}).refine(ofOneCurrency, needsCurrency);
/** Strict: a misspelt field would widen what is decided. */
export const ExceptionFilter = z.strictObject({ ...fields, orderIds: orderIds.optional(), ids: z.array(z.string().refine(isUuid, 'an id of an exception')).max(10_000).optional() }).refine(ofOneCurrency, needsCurrency).refine((f) => Object.values(f).some((v) => v !== undefined), 'a decision over many needs a filter: give class, code, cause, step, owner, system, kind, pairId, sourceId, orderIds, currency, amountMin, amountMax, openedBefore, openedAfter or ids');

const Money = z.object({ currency: z.string(), amount: z.string() });
export const Incident = z.object({ cause: z.string(), kind: z.string(), code: z.string(), class: z.string(), owner: z.string(), count: z.number(), since: z.string(), latest: z.string(), message: z.string(), fix: z.string(), money: z.array(Money) }).openapi('Incident');
const ChangeRow = z.object({ path: z.string(), before: z.unknown().optional(), after: z.unknown().optional() });
const TrailEntry = z.object({ at: z.string(), who: z.string(), action: z.string(), reason: z.string().optional(), from: z.string().optional(), to: z.string().optional(), act: z.string().optional(), diff: z.array(ChangeRow).optional() });
export const ExceptionDetail = z.object({
  exception: ExceptionRow, before: z.unknown().optional(), after: z.unknown().optional(), coded: z.unknown().optional(), decisions: z.array(z.string()), steps: z.array(z.string()),
  edits: z.array(z.object({ by: z.string(), reason: z.string(), at: z.string(), active: z.boolean(), diff: z.array(ChangeRow) })), trail: z.array(TrailEntry), story: Story.optional(),
}).openapi('ExceptionDetail');

export const ApprovalDetail = z.object({
  story: Story, order: z.unknown().optional(), edits: z.array(z.object({ by: z.string(), reason: z.string(), at: z.string(), active: z.boolean(), diff: z.array(ChangeRow) })), mayNotApprove: z.array(z.string()),
}).openapi('ApprovalDetail');

const reason = z.string().trim().min(1, 'a reason: it is kept with the decision').max(500);
const decision = z.enum(['retry', 'skip', 'undo']);
const from = z.enum(retrySteps).optional();
const onlyRetryFrom = (d: { decision: string; from?: string | undefined }): boolean => d.from === undefined || d.decision === 'retry';
const saysRetry = { path: ['from'], message: 'only a retry begins at a step' };
/** `latest` is what works now; a version of one document has to be published. */
export const MappingChoice = z.union([z.literal('latest'), z.strictObject({ name: z.string().regex(/^[a-z][a-z0-9-]{2,80}$/, 'the name of a mapping document'), version: z.number().int().min(1) })]);
const mapping = MappingChoice.optional();
const onlyRetryMaps = (d: { decision: string; mapping?: unknown }): boolean => d.mapping === undefined || d.decision === 'retry';
const saysRetryMaps = { path: ['mapping'], message: 'a mapping is applied with a retry' };
export const ExceptionDecision = z.object({ decision, reason, from, mapping }).refine(onlyRetryFrom, saysRetry).refine(onlyRetryMaps, saysRetryMaps);
export const BulkDecision = z.object({ filter: ExceptionFilter, decision, reason, from, mapping, dryRun: z.boolean().default(false) }).refine(onlyRetryFrom, saysRetry).refine(onlyRetryMaps, saysRetryMaps)
  .refine((d) => d.mapping === undefined || d.mapping === 'latest' || d.filter.pairId !== undefined, { path: ['filter', 'pairId'], message: 'a version is one pair\'s: give filter.pairId beside it, or "latest"' });
const Effect = z.object({ kind: z.string(), step: z.string(), count: z.number(), what: z.string() });
export const BulkReply = z.object({ dryRun: z.boolean(), count: z.number(), what: z.string(), money: z.array(Money), incidents: z.array(Incident), effects: z.array(Effect), cannot: z.array(z.object({ count: z.number(), why: z.string() })), sample: z.array(ExceptionRow), actId: z.string().optional() }).openapi('BulkReply');
/** What an act writes into the trail about those it passed by. */
export const LeftOut = z.object({ left: z.array(z.object({ about: z.string(), why: z.string() })) });
export const BulkAct = z.object({
  id: z.string(), by: z.string(), filter: z.record(z.string(), z.unknown()), decision: z.object({ decision: z.string(), reason: z.string(), from: z.string().optional(), mapping: MappingChoice.optional() }), total: z.number(), done: z.number(), failed: z.number(), state: z.enum(['running', 'done']), createdAt: z.string(), finishedAt: z.string().optional(),
  /** What was left out, and why; of one act alone, at most some hundreds. */
  leftOut: LeftOut.shape.left.optional(),
}).openapi('BulkAct');

/** `order` is the whole corrected document, `set` only the fields that change; amounts in `set` are decimal text. */
export const EditOrder = z.object({ order: z.record(z.string(), z.unknown()).optional(), set: z.record(z.string().max(200), z.unknown()).optional(), reason, dryRun: z.boolean().default(false) })
  .refine((e) => (e.order === undefined) !== (e.set === undefined), 'give either "order" or "set"');
export const EditReply = z.object({ ok: z.boolean(), applied: z.boolean(), diff: z.array(ChangeRow) });

/** Names as keys have them, and group names with a slash or parentheses; null gives it back to who usually mends its class. */
const owner = z.string().trim().regex(/^[\p{L}\p{N}][\p{L}\p{M}\p{N} ._@+/()-]{0,79}$/u, 'letters, digits, blanks and . _ @ + - / ( ), at most 80').nullable();
export const AssignOne = z.object({ owner, reason: reason.optional() });
export const AssignMany = z.object({ filter: ExceptionFilter, owner, reason: reason.optional() });
export const AssignReply = z.object({ ok: z.boolean(), count: z.number(), owner: z.string().nullable() });
export const Note = z.object({ text: z.string().trim().min(1).max(2_000) });
