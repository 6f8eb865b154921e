import { z } from 'zod';
import { masterFields, type MasterKind, masterKinds } from '../../canonical/master';

export const owners = ['gp', 'xero', 'both', 'none'] as const;
export type Owner = (typeof owners)[number];

/** How one kind is kept in step. */
export const KindRules = z.object({
  /** Off: nothing of this kind is written; reading and comparing still work. */
  enabled: z.boolean().default(true),
  /** Where records that only the other side has are made. */
  createIn: z.array(z.enum(['gp', 'xero'])).default(['gp', 'xero']),
  /** Field → who owns it; `*` is every field not named. `both`: either side may change it; `none`: never compared. */
  fields: z.record(z.string(), z.enum(owners)).default({ '*': 'gp' }),
  /** Both sides changed a field since they last agreed: ask a person, let the owner stand, or take the newer. A field of `both` has no owner: there `owner` asks too. */
  bothChanged: z.enum(['ask', 'owner', 'newest']).default('owner'),
  /** Only the side that does not own a field changed it: put the owner's value back, ask, or accept it. */
  foreignChange: z.enum(['restore', 'ask', 'accept']).default('restore'),
  /** A blank owner's field takes what the other side holds. */
  fillBlank: z.boolean().default(true),
  /** Archived or held on one side: do the same on the other, ask, or leave it. */
  archived: z.enum(['follow', 'ask', 'ignore']).default('follow'),
  /** Field → pairs of values that mean the same on both sides (terms, tax codes, classes, account types). The first pair of a value counts. */
  values: z.record(z.string(), z.array(z.object({ gp: z.string(), xero: z.string() }))).default({}),
  /** A value that its table does not list: hand it on as it is, leave the field alone, or ask. */
  noValue: z.enum(['source', 'leave', 'ask']).default('source'),
  /** How GP's new ids begin where GP has no number of its own for the kind. */
  idPrefix: z.string().regex(/^[A-Z0-9-]{0,6}$/).optional(),
  /** A match at or above `linkAt` links by itself; from `askAt` it waits for a person; below it is no match. */
  match: z.object({ linkAt: z.number().min(0).max(100).default(90), askAt: z.number().min(0).max(100).default(60) }).prefault({}),
});
export type KindRules = z.infer<typeof KindRules>;

const party = { '*': 'gp', email: 'xero', phone: 'both', mobile: 'both', contactPerson: 'both', terms: 'gp', creditLimit: 'gp' } as const;
const defaults: Partial<Record<MasterKind, z.input<typeof KindRules>>> = {
  customer: { fields: { ...party } }, vendor: { fields: { ...party } }, item: { fields: { '*': 'gp' }, createIn: ['xero'] }, account: { fields: { '*': 'gp' }, createIn: ['xero'] },
  tax: { fields: { '*': 'gp' }, createIn: [] }, tracking: { fields: { '*': 'gp' }, createIn: ['xero'] }, terms: { fields: { '*': 'gp' }, createIn: [] }, currency: { fields: { '*': 'gp' }, createIn: [] },
};

/** The pair's word on master data; what it does not say is as the design has it: GP owns terms, credit and items, Xero owns e-mail. */
export const SyncRules = z.partialRecord(z.enum(masterKinds), KindRules.partial()).default({}).superRefine((rules, issues) => {
  for (const [kind, rule] of Object.entries(rules)) {
    for (const field of Object.keys(rule?.fields ?? {})) {
      if (field !== '*' && !Object.hasOwn(masterFields[kind as MasterKind], field)) issues.addIssue({ code: 'custom', path: [kind, 'fields', field], message: `a ${kind} has no field "${field}"; it has ${Object.keys(masterFields[kind as MasterKind]).join(', ')}` });
    }
  }
});
export type SyncRules = z.infer<typeof SyncRules>;

/** The rules of one kind: the pair's over the defaults. Fields that the pair names join those of the defaults. */
export function rulesOf(rules: SyncRules, kind: MasterKind): KindRules {
  const [byDefault, own] = [defaults[kind] ?? {}, rules[kind] ?? {}];
  return KindRules.parse({ ...byDefault, ...own, fields: { ...byDefault.fields, ...own.fields } });
}

export const ownerOfField = (rules: KindRules, field: string): Owner => rules.fields[field] ?? rules.fields['*'] ?? 'gp';

/** Groups of contacts that stand for a class of GP: those that the pair's value table names. Without one, classes stay in GP. */
export const classGroups = (sync: SyncRules, kind: MasterKind): ReadonlySet<string> => new Set((rulesOf(sync, kind).values['class'] ?? []).map((v) => v.xero));

/** What others name comes first: an item names its account and tax, a customer its terms. */
const order: readonly MasterKind[] = ['currency', 'terms', 'tax', 'account', 'tracking', 'vendor', 'customer', 'item'];
/** Kinds that the pair has rules for, each after those it names; those that are switched off only when asked for. */
export const keptKinds = (sync: SyncRules, more: { disabled?: boolean } = {}): MasterKind[] => order.filter((kind) => sync[kind] !== undefined && (more.disabled === true || rulesOf(sync, kind).enabled));
