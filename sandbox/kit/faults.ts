import { randomUUID } from 'node:crypto';

/**
 * What can go wrong between a caller and a system of record. `…-after-commit` has done the work and hides it; `…-before-commit` has done nothing;
 * `reset-late-commit` does it `delayMs` after the caller lost the reply. `cached-500-…` is an answer that the system keeps under the caller's
 * idempotency key and gives again; `error-502-…` is a gateway's, which nobody keeps. `truncated` breaks off in the middle, `half-reply` is half a
 * body in a whole HTTP reply.
 */
export const faultModes = [
  'timeout-before-commit', 'timeout-after-commit', 'reset-before-commit', 'reset-after-commit', 'reset-late-commit',
  'error-500-before-commit', 'error-500-after-commit', 'cached-500-before-commit', 'cached-500-after-commit', 'error-502-before-commit', 'error-502-after-commit',
  'truncated-after-commit', 'half-reply-after-commit', 'html-200-before-commit', 'html-200-after-commit',
  'rate-minute', 'rate-day', 'unavailable-503', 'slow',
] as const;
export type FaultMode = (typeof faultModes)[number];

/** A rule set by the control API. `operation` and `text` are substrings; absent matches all. Ends after `times` hits. */
export type FaultRule = { id: string; operation?: string; text?: string; mode: FaultMode; times: number; delayMs?: number };
export type FaultHit = { mode: FaultMode; delayMs: number };

/** Answers that a system with idempotency keys keeps under them: its own 500, not a gateway's. */
export const isKept = (mode: FaultMode): boolean => /^(error|cached)-500-/.test(mode);

/**
 * Decides which call goes wrong. Two ways in: rules from the control API, and sentinel text inside a document: a name or
 * note holding `<system>-<mode>` (for one system) or the bare mode (for every system) fails once per operation and document.
 */
export class Faults {
  private rules: FaultRule[] = [];
  private readonly seen = new Set<string>();

  constructor(private readonly system: string, private readonly others: readonly string[] = ['gp', 'xero', 'shop', 'gateway', 'woocommerce', 'magento', 'generic']) {}

  add(rule: Omit<FaultRule, 'id'>): FaultRule {
    const full = { ...rule, id: randomUUID() };
    this.rules.push(full);
    return full;
  }
  list(): FaultRule[] { return [...this.rules]; }
  clear(): void { this.rules = []; this.seen.clear(); }

  /** `document` names the business document, so that its retry is not hit again. */
  take(call: { operation: string; text: string; document: string }): FaultHit | undefined {
    const rule = this.rules.find((r) => r.times > 0 && call.operation.includes(r.operation ?? '') && call.text.includes(r.text ?? ''));
    if (rule) {
      rule.times -= 1;
      this.rules = this.rules.filter((r) => r.times > 0);
      return { mode: rule.mode, delayMs: rule.delayMs ?? 60_000 };
    }
    return this.sentinel(call);
  }

  private sentinel({ operation, text, document }: { operation: string; text: string; document: string }): FaultHit | undefined {
    const lower = text.toLowerCase();
    for (const mode of faultModes) {
      if (!lower.includes(mode) || mode === 'slow') continue;
      const foreign = this.others.some((s) => s !== this.system && lower.includes(`${s}-${mode}`));
      const mine = lower.includes(`${this.system}-${mode}`);
      const key = `${operation} ${document} ${mode}`;
      if ((foreign && !mine) || this.seen.has(key)) continue;
      this.seen.add(key);
      return { mode, delayMs: 60_000 };
    }
    return undefined;
  }
}
