import { Decimal } from 'decimal.js';

/** The simulators' own arithmetic: nothing of it is shared with what they judge. */
export const decimalsOf = (currency: string): number => (currency === 'JPY' ? 0 : 2);
/** Half up, away from zero. */
export const roundTo = (value: Decimal.Value, decimals: number): Decimal => new Decimal(value).toDecimalPlaces(decimals, Decimal.ROUND_HALF_UP);
export const text = (value: Decimal.Value, currency: string): string => roundTo(value, decimalsOf(currency)).toFixed(decimalsOf(currency));
export const total = (values: readonly Decimal.Value[]): Decimal => values.reduce<Decimal>((a, b) => a.plus(b), new Decimal(0));

/** One line of a journal: document currency and base currency. */
export type BookLine = { account: string; debit: string; credit: string; baseDebit: string; baseCredit: string };
export type BookEntry = { account: string; amount: Decimal; control?: boolean };

/**
 * Balanced lines in document and base currency. `rate` is foreign units per base unit. The control line (receivables or cash) is rounded on the
 * document total; each other line by itself; what is left over in base stands on the rounding account.
 */
export function bookLines(entries: readonly BookEntry[], more: { rate: string; currency: string; rounding: string }): BookLine[] {
  const toBase = (amount: Decimal): Decimal => roundTo(amount.div(more.rate), 2);
  const lines = entries.filter((e) => !e.amount.isZero()).map((e) => ({ account: e.account, amount: e.amount, base: toBase(e.amount) }));
  if (!total(lines.map((l) => l.amount)).isZero()) throw new Error(`unbalanced journal: ${lines.map((l) => `${l.account} ${l.amount.toFixed()}`).join(', ')}`);
  const left = total(lines.map((l) => l.base)).negated();
  const all = left.isZero() ? lines : [...lines, { account: more.rounding, amount: new Decimal(0), base: left }];
  const side = (value: Decimal, sign: 1 | -1): string => (value.times(sign).gt(0) ? value.abs() : new Decimal(0)).toFixed();
  return all.map((l) => ({ account: l.account, debit: side(l.amount, 1), credit: side(l.amount, -1), baseDebit: side(l.base, 1), baseCredit: side(l.base, -1) }));
}

export const isBalanced = (lines: readonly BookLine[]): boolean =>
  total(lines.map((l) => l.debit)).eq(total(lines.map((l) => l.credit))) && total(lines.map((l) => l.baseDebit)).eq(total(lines.map((l) => l.baseCredit)));

/** Account → debit and credit in base currency. */
export function trialBalance(lines: readonly BookLine[]): { account: string; debit: string; credit: string }[] {
  const nets = new Map<string, Decimal>();
  for (const l of lines) nets.set(l.account, (nets.get(l.account) ?? new Decimal(0)).plus(l.baseDebit).minus(l.baseCredit));
  return [...nets].sort().map(([account, net]) => ({ account, debit: (net.gt(0) ? net : new Decimal(0)).toFixed(2), credit: (net.lt(0) ? net.abs() : new Decimal(0)).toFixed(2) }));
}
