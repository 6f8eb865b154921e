import { type Rule } from '../document/rules';

/** What can be wrong with a document before it ever saw data; words that programs branch on, so they only grow. */
export const findingCodes = [
  'mapping-invalid', 'unknown-field', 'unknown-name', 'type-mismatch', 'value-not-allowed', 'read-only', 'required-unfilled', 'unreachable-rule', 'enum-unmapped', 'text-cut', 'lookup-unknown',
  'line-sums', 'tax-mode-mixed', 'account-class', 'journal-unbalanced', 'no-tests',
] as const;
export type FindingCode = (typeof findingCodes)[number];
/** `error`: the document cannot be published; `warning`: a person should have looked. `rule` is its number, `–` for the whole document. */
export type Finding = { level: 'error' | 'warning'; code: FindingCode; rule: string; id?: string; field: string; value?: string; message: string; fix: string };

/** Where a rule stands: its number, where it writes, which source element it looks at (`undefined`: not known). */
export type Place = { number: string; prefix: string; context: string | undefined; names: ReadonlyMap<string, string | undefined> };
export type Tell = (finding: Omit<Finding, 'rule' | 'id'>, rule?: { number: string; id?: string | undefined }) => void;

export const wordsOf = (rule: Rule, number: string): { number: string; id?: string | undefined } => ({ number, id: rule.id });
