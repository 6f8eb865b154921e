import { z } from 'zod';

/** What kind of trouble it is: decides who looks at it and whether time can heal it. */
export const failureClasses = ['value', 'missing', 'lookup', 'duplicate', 'period', 'credit', 'connection', 'rate', 'unknown-outcome', 'plan-limit', 'mapping', 'bug'] as const;
export type FailureClass = (typeof failureClasses)[number];

/** The closed list. Code → class and whether trying again later can help by itself. Branch on the code, never on text. */
export const failureCatalogue = {
  'order-unreadable': { class: 'value', heals: false },
  'delivery-unreadable': { class: 'value', heals: false },
  'order-not-found': { class: 'missing', heals: false },
  'order-cancelled': { class: 'value', heals: false },
  'order-refunded': { class: 'value', heals: false },
  'order-edited': { class: 'value', heals: false },
  'edit-outdated': { class: 'value', heals: false },
  'order-unpaid': { class: 'missing', heals: false },
  'order-test': { class: 'value', heals: false },
  'order-routed': { class: 'value', heals: false },
  'topic-not-handled': { class: 'value', heals: false },
  'totals-do-not-add-up': { class: 'value', heals: false },
  'money-invalid': { class: 'value', heals: false },
  'text-unusable': { class: 'value', heals: false },
  'currency-not-configured': { class: 'lookup', heals: false },
  'item-not-mapped': { class: 'lookup', heals: false },
  'item-inactive': { class: 'value', heals: false },
  'out-of-stock': { class: 'value', heals: false },
  'quantity-not-convertible': { class: 'lookup', heals: false },
  'contact-archived': { class: 'value', heals: false },
  'tax-not-mapped': { class: 'lookup', heals: false },
  'gateway-not-mapped': { class: 'lookup', heals: false },
  'account-not-mapped': { class: 'lookup', heals: false },
  'payments-do-not-match': { class: 'value', heals: false },
  'period-closed': { class: 'period', heals: false },
  'customer-on-hold': { class: 'credit', heals: false },
  'credit-limit': { class: 'credit', heals: false },
  'approval-rejected': { class: 'credit', heals: false },
  'document-rejected': { class: 'value', heals: false },
  'document-locked': { class: 'connection', heals: true },
  'document-missing': { class: 'missing', heals: false },
  'duplicate-conflict': { class: 'duplicate', heals: false },
  'master-missing': { class: 'missing', heals: false },
  'setup-missing': { class: 'lookup', heals: false },
  'rate-limited': { class: 'rate', heals: true },
  'day-limit': { class: 'rate', heals: true },
  'plan-limit': { class: 'plan-limit', heals: false },
  'system-unavailable': { class: 'connection', heals: true },
  'unauthorized': { class: 'connection', heals: false },
  'reconnect-needed': { class: 'connection', heals: false },
  'certificate-invalid': { class: 'connection', heals: true },
  'store-full': { class: 'connection', heals: true },
  'outcome-unknown': { class: 'unknown-outcome', heals: true },
  'reply-unreadable': { class: 'unknown-outcome', heals: true },
  'mapping-invalid': { class: 'mapping', heals: false },
  'expression-failed': { class: 'mapping', heals: false },
  'value-unusable': { class: 'value', heals: false },
  'field-missing': { class: 'value', heals: false },
  'lookup-no-match': { class: 'lookup', heals: false },
  'lookup-outdated': { class: 'lookup', heals: false },
  /** Planned by an older release: the run plans it anew by itself. */
  'plan-outdated': { class: 'mapping', heals: false },
  'ledgers-differ': { class: 'value', heals: false },
  'cannot-undo': { class: 'value', heals: false },
  'bug': { class: 'bug', heals: false },
} as const satisfies Record<string, { class: FailureClass; heals: boolean }>;

export type FailureCode = keyof typeof failureCatalogue;
export const failureCodes = Object.keys(failureCatalogue) as FailureCode[];

export const Failure = z.object({
  code: z.enum(failureCodes as [FailureCode, ...FailureCode[]]),
  /** One plain sentence for a bookkeeper: what is wrong, with the value. */
  message: z.string(),
  /** What to do about it. */
  fix: z.string(),
  field: z.string().optional(),
  value: z.string().optional(),
  system: z.string().optional(),
  document: z.string().optional(),
  /** Numbers or phrases of the other system, kept as data (eConnect error numbers, Xero messages). */
  causes: z.array(z.string()).optional(),
  retryAfterMs: z.number().int().nonnegative().optional(),
  /** What was sent and what came back, without credentials, at most `evidenceMax` characters each; never logged. */
  evidence: z.object({ request: z.string().optional(), reply: z.string().optional() }).optional(),
});
export type Failure = z.infer<typeof Failure>;

/** Inside the house a failure is a value; it is thrown only at an activity's edge. */
export type Outcome<T> = { ok: true; value: T } | { ok: false; failure: Failure };

export const done = <T>(value: T): Outcome<T> => ({ ok: true, value });
export const failed = (failure: Failure): { ok: false; failure: Failure } => ({ ok: false, failure });
export const classOf = (code: FailureCode): FailureClass => failureCatalogue[code].class;
export const heals = (code: FailureCode): boolean => failureCatalogue[code].heals;

export const evidenceMax = 4_000;
/** Cuts what was sent and answered to a bounded size and blanks everything that looks like a credential. */
export function evidenceOf(exchange: { request?: string | undefined; reply?: string | undefined }): { request?: string; reply?: string } {
  const clean = (text: string): string => text.slice(0, evidenceMax)
    .replace(/(Bearer|Basic|NTLM)\s+[A-Za-z0-9+/=._-]+/gi, '$1 ***')
    .replace(/("?(?:password|pwd|secret|client_secret|access_token|refresh_token|api_?key|card_?number|cvc)"?\s*[:=]\s*)("[^"]*"|[^\s,;&<}]+)/gi, '$1"***"');
  return { ...(exchange.request ? { request: clean(exchange.request) } : {}), ...(exchange.reply ? { reply: clean(exchange.reply) } : {}) };
}

const asText = (value: unknown): string | undefined => (value === undefined || typeof value === 'string' ? value : JSON.stringify(value));
/** The failure with what was sent and answered, for the person who will look at it. What heals by itself nobody looks at: it goes without. What it holds already stays. */
export function withEvidence(failure: Failure, exchange: { request?: unknown; reply?: unknown }): Failure {
  if (heals(failure.code)) return failure;
  const evidence = { ...evidenceOf({ request: asText(exchange.request), reply: asText(exchange.reply) }), ...failure.evidence };
  return Object.keys(evidence).length === 0 ? failure : { ...failure, evidence };
}

/**
 * What makes two failures one incident: the same cause. Where a lookup missed, the missing value is the cause; else the code, the system and the
 * field, with the other system's own error number.
 */
export function causeOf(failure: Pick<Failure, 'code' | 'system' | 'field' | 'value' | 'causes'>): string {
  const number = failure.causes?.map((c) => /^(?:SQL )?(\d+)\b/.exec(c)?.[1]).find((n) => n !== undefined);
  const value = classOf(failure.code) === 'lookup' ? failure.value?.slice(0, 60) : undefined;
  return [failure.code, failure.system, failure.field, value, number].filter((part) => part !== undefined && part !== '').join(':');
}

/** Who usually mends it: shown beside every exception. */
export const ownerOf: Record<FailureClass, string> = {
  value: 'sales operations', missing: 'sales operations', lookup: 'master data', duplicate: 'finance', period: 'finance', credit: 'finance', connection: 'integration administrator',
  rate: 'integration administrator', 'unknown-outcome': 'finance', 'plan-limit': 'integration administrator', mapping: 'integration administrator', bug: 'Tieout support',
};
