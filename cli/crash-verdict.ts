import { Decimal } from 'decimal.js';
import { type GpBooks, type GpHolds, type XeroHolds } from './sandbox-client';

/** Both ledgers as they stand, read from the ledgers and from nothing of ours. */
export type Ledgers = { gp: GpHolds; xero: XeroHolds; gpBooks: GpBooks; xeroBooks: GpBooks };
/** One order as both ledgers hold it, without the numbers that depend on who came first. */
export type Footprint = { orders: number; invoices: string[]; receipts: string[]; xeroInvoices: string[]; xeroPayments: string[]; open: string };
export type Verdict = { lost: number; halfDone: number; duplicates: number; booksEqual: boolean; notes: string[] };

const standing = (status: string): boolean => !['voided', 'VOIDED', 'DELETED'].includes(status);
const sorted = (list: readonly string[]): string[] => [...list].sort();
const plain = (text: string): string => new Decimal(text).toFixed(2);
const plus = (list: readonly string[]): string => list.reduce((a, t) => a.plus(t), new Decimal(0)).toFixed(2);

/** What stands for one order key in both ledgers. */
export function footprint(key: string, { gp, xero }: Ledgers): Footprint {
  const orders = gp.orders.filter((o) => o.integrationId === key && standing(o.status));
  const numbers = new Set(orders.map((o) => o.number));
  const invoices = gp.invoices.filter((i) => numbers.has(i.orderNumber) && standing(i.status));
  return {
    orders: orders.length, invoices: sorted(invoices.map((i) => plain(i.total))), open: plus(invoices.map((i) => i.open ?? i.total)),
    receipts: sorted(gp.receipts.filter((r) => r.description === key && standing(r.status)).map((r) => plain(r.amount))),
    xeroInvoices: sorted(xero.invoices.filter((i) => i.reference.startsWith(`${key} `) && standing(i.status)).map((i) => `${plain(i.total)} ${i.status}`)),
    xeroPayments: sorted(xero.payments.filter((p) => p.reference.startsWith(`${key}/`) && p.status === 'AUTHORISED').map((p) => plain(p.amount))),
  };
}

const beyond = (a: readonly string[], b: readonly string[]): number => Math.max(0, a.length - b.length);

function judgeOrder(mine: Footprint, wanted: Footprint): 'same' | 'lost' | 'half' | number {
  const extra = Math.max(0, mine.orders - wanted.orders) + beyond(mine.invoices, wanted.invoices) + beyond(mine.receipts, wanted.receipts) + beyond(mine.xeroInvoices, wanted.xeroInvoices) + beyond(mine.xeroPayments, wanted.xeroPayments);
  if (extra > 0) return extra;
  if (JSON.stringify(mine) === JSON.stringify(wanted)) return 'same';
  return mine.orders === 0 && mine.xeroInvoices.length === 0 && mine.receipts.length === 0 ? 'lost' : 'half';
}

/** Compares the disturbed ledgers with the undisturbed ones, order by order and account by account. */
export function judge(keys: readonly string[], disturbed: Ledgers, undisturbed: Ledgers): Verdict {
  const verdict: Verdict = { lost: 0, halfDone: 0, duplicates: 0, booksEqual: true, notes: [] };
  for (const key of keys) {
    const mine = footprint(key, disturbed);
    const wanted = footprint(key, undisturbed);
    const found = judgeOrder(mine, wanted);
    if (found === 'same') continue;
    verdict.notes.push(`${key}: ${typeof found === 'number' ? 'doubled' : found}; holds ${JSON.stringify(mine)}, undisturbed ${JSON.stringify(wanted)}`);
    if (found === 'lost') verdict.lost += 1;
    else if (found === 'half') verdict.halfDone += 1;
    else verdict.duplicates += found;
  }
  for (const which of ['gpBooks', 'xeroBooks'] as const) {
    const [a, b] = [disturbed[which], undisturbed[which]];
    const same = a.balanced && JSON.stringify(ordered(a.trialBalance)) === JSON.stringify(ordered(b.trialBalance));
    if (!same) verdict.notes.push(`${which}: ${JSON.stringify(ordered(a.trialBalance))}, undisturbed ${JSON.stringify(ordered(b.trialBalance))}`);
    verdict.booksEqual &&= same;
  }
  const known = new Set(keys);
  const strangers = disturbed.gp.orders.filter((o) => standing(o.status) && !known.has(o.integrationId)).length;
  if (strangers > 0) verdict.notes.push(`${strangers} GP order(s) of nobody`);
  verdict.duplicates += strangers;
  return verdict;
}

/** Accounts that hold anything; one that was used and emptied again counts as unused. */
const ordered = (balance: Ledgers['gpBooks']['trialBalance']): string[] => balance.filter((row) => row.debit !== row.credit).map((row) => `${row.account} ${row.debit} ${row.credit}`).sort();
