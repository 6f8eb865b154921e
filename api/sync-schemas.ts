import { masterKinds, masterSystems } from '../canonical/master';
import { syncIssueTypes } from '../store/master-types';
import { limit, z } from './schemas';

const pairId = z.string().max(60);
const kind = z.enum(masterKinds);
const system = z.enum(masterSystems);
const id = z.string().trim().min(1).max(120);
const reason = z.string().trim().min(1, 'a reason: it is kept with the decision').max(500);
export const modes = ['changes', 'full', 'preview'] as const;

export const SyncTotals = z.object({ read: z.number(), looked: z.number(), linked: z.number(), matched: z.number(), created: z.number(), updated: z.number(), unchanged: z.number(), issues: z.number(), failed: z.number(), writes: z.number(), partly: z.number().optional() }).openapi('SyncTotals');
const Progress = z.object({ kind, stage: z.string(), done: z.number(), total: z.number(), perSecond: z.number(), secondsLeft: z.number().optional(), stopping: z.boolean() });
export const SyncBatch = z.object({
  id: z.string(), pairId: z.string(), kinds: z.array(kind), mode: z.enum(modes), state: z.enum(['running', 'stopped', 'done', 'failed']), who: z.string(), startedAt: z.string(), endedAt: z.string().optional(), done: z.number(), total: z.number(), totals: z.record(z.string(), SyncTotals), note: z.string().optional(), now: Progress.optional(),
}).openapi('SyncBatch');
const Change = z.object({ field: z.string(), before: z.string().optional(), after: z.string().optional() });
export const SyncSample = z.object({ subject: z.string(), name: z.string(), does: z.string(), to: z.string().optional(), fields: z.array(Change).optional(), why: z.string() });
/** Without kinds: all that the pair keeps in step. */
export const StartSync = z.strictObject({ pairId, kinds: z.array(kind).min(1).max(8).optional(), mode: z.enum(modes).default('changes') });
export const PairQuery = z.object({ pairId: pairId.optional(), limit });
export const StandQuery = z.object({ pairId });
export const Stand = z.object({ pairId: z.string(), kinds: z.array(z.object({ kind, enabled: z.boolean(), gp: z.number(), xero: z.number(), linked: z.number(), changed: z.number() })), questions: z.record(z.string(), z.number()) }).openapi('SyncStand');

export const QuestionQuery = z.object({ pairId: pairId.optional(), kind: kind.optional(), type: z.enum(syncIssueTypes).optional(), subject: z.string().max(200).optional(), open: z.enum(['true', 'false']).default('true'), after: z.string().regex(/^\d{1,18}$/).optional(), limit });
export const Question = z.object({
  id: z.string(), pairId: z.string(), kind, type: z.enum(syncIssueTypes), subject: z.string(), gpId: z.string().optional(), xeroId: z.string().optional(), title: z.string(), openedAt: z.string(), closedAt: z.string().optional(), decision: z.string().optional(), by: z.string().optional(), reason: z.string().optional(),
}).openapi('SyncQuestion');
export const QuestionDetail = z.object({ question: Question, detail: z.unknown(), decisions: z.array(z.string()) }).openapi('SyncQuestionDetail');

export const decisions = ['take', 'link', 'create', 'leave', 'retry'] as const;
/** `take`: whose values stand, all of `side`, or field by field. `link`: `counterpart` is the id in the other system. */
export const DecideQuestion = z.strictObject({ decision: z.enum(decisions), reason, side: system.optional(), fields: z.record(z.string().max(60), system).optional(), counterpart: id.optional() })
  .refine((d) => d.decision !== 'take' || (d.side === undefined) !== (d.fields === undefined), { path: ['side'], message: 'whose values stand: give side (gp or xero), or fields with a side for each' })
  .refine((d) => (d.decision === 'link') === (d.counterpart !== undefined), { path: ['counterpart'], message: 'the id of its counterpart, with decision "link" and no other' });

/** What one side holds only in part; the values, and the words that name them, are for those who may decide about master data. */
const HeldInPart = z.object({ field: z.string(), label: z.string(), system, how: z.enum(['shortened', 'left-out', 'no-place', 'numbered', 'not-written']), full: z.string().optional(), held: z.string().optional(), says: z.string().optional() });
export const Link = z.object({ pairId: z.string(), kind, gpId: z.string(), xeroId: z.string(), updatedAt: z.string(), held: z.array(HeldInPart) }).openapi('SyncLink');
export const LinkQuery = z.object({ pairId, kind: kind.optional(), id: id.optional(), partly: z.enum(['true', 'false']).default('false'), after: z.string().max(200).optional(), limit });
export const HistoryQuery = z.object({ pairId, kind, system, id });
export const LinkChange = z.object({ at: z.string(), action: z.string(), gpId: z.string(), xeroId: z.string(), who: z.string(), reason: z.string() });
export const SetLink = z.strictObject({ pairId, kind, gpId: id, xeroId: id, reason });
export const Unlink = z.strictObject({ pairId, kind, gpId: id, reason });
