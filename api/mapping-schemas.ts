import { mappingStates } from '../store/mapping-types';
import { Failure, z } from './schemas';

const Reason = z.string().trim().min(1).max(500);
const Anything = z.record(z.string(), z.unknown());
export const Version = z.object({ pairId: z.string(), name: z.string(), version: z.number(), state: z.enum(mappingStates), by: z.string(), reason: z.string(), createdAt: z.string(), publishedAt: z.string().optional(), publishedBy: z.string().optional(), publishReason: z.string().optional(), retiredAt: z.string().optional() }).openapi('MappingVersion');
export const Finding = z.object({ level: z.enum(['error', 'warning']), code: z.string(), rule: z.string(), id: z.string().optional(), field: z.string(), value: z.string().optional(), message: z.string(), fix: z.string() }).openapi('MappingFinding');
export const Findings = z.object({ ok: z.boolean(), errors: z.number(), warnings: z.number(), findings: z.array(Finding) });
export const TestVerdicts = z.object({ ok: z.boolean(), results: z.array(z.object({ mapping: z.string(), name: z.string(), ok: z.boolean(), problems: z.array(z.string()) })) });
export const Listed = z.object({ mappings: z.array(z.object({ name: z.string(), title: z.string(), source: z.string(), target: z.string(), /** What the pair works with: its own version, or the one that ships. */ version: z.number(), own: z.boolean(), drafts: z.number() })) });
export const ReadMapping = z.object({ document: z.unknown(), state: z.enum([...mappingStates, 'shipped']), versions: z.array(Version) });
export const DraftMapping = z.object({ document: Anything, reason: Reason });
export const Why = z.object({ reason: Reason });
export const CheckMapping = z.object({ document: Anything });
/** `sourceText` keeps ids beyond 2^53 whole; `source` is the same as JSON. */
export const RunMapping = z.object({ source: z.unknown().optional(), sourceText: z.string().max(2_000_000).optional(), document: Anything.optional(), version: z.coerce.number().int().min(1).optional(), params: Anything.default({}), tables: Anything.default({}) })
  .refine((r) => (r.source === undefined) !== (r.sourceText === undefined), { path: ['source'], message: 'give either source or sourceText' });
export const Ran = z.object({ ok: z.boolean(), value: z.unknown().optional(), failure: Failure.optional(), hold: z.boolean().optional(), warnings: z.array(z.string()), explanations: z.array(z.object({ field: z.string(), rule: z.string(), id: z.string().optional(), kind: z.string(), because: z.string(), value: z.unknown().optional() })), version: z.number() });
const number = z.coerce.number().int().min(1);
export const DiffQuery = z.object({ from: number, to: number });
export const Changes = z.object({ same: z.boolean(), changes: z.array(z.object({ kind: z.string(), what: z.string(), rule: z.string().optional(), field: z.string().optional(), says: z.string() })) });
