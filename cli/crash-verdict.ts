import { Decimal } from 'decimal.js';
import { type GpBooks, type GpHolds, type XeroHolds } from './sandbox-client';

/** Both ledgers as they stand, read from the ledgers and from nothing of ours. */
export type Ledgers = { gp: GpHolds; xero: XeroHolds; gpBooks: GpBooks; xeroBooks: GpBooks };
/** One order as both ledgers hold it, without the numbers that depend on who came first. */
export type Footprint = { orders: number; /** Orders that became invoices, voided ones too: nothing of them is open. */ transferred: number; invoices: string[]; returns: string[]; receipts: string[]; xeroInvoices: string[]; xeroPayments: string[]; xeroCredits: string[]; xeroRefunds: string[]; open: string };
/** What is left of an order that was taken back: nothing, whatever documents say so. */
export type Effect = { orders: number; gp: string; open: string; receipts: string; xero: string; cash: string };
export type Verdict = { lost: number; halfDone: number; duplicates: number; booksEqual: boolean; notes: string[] };
export type Judged = { key: string; compare: 'documents' | 'effect' };

const standing = (status: string): boolean => !['voided', 'VOIDED', 'DELETED'].includes(status);
const sorted = (list: readonly string[]): string[] => [...list].sort();
const plain = (text: string): string => new Decimal(text).toFixed(2);
const plus = (list: readonly string[]): string => list.reduce((a, t) => a.plus(t), new Decimal(0)).toFixed(2);
const less = (a: readonly string[], b: readonly string[]): string => new Decimal(plus(a)).minus(plus(b)).toFixed(2);

/** What stands for one order key in both ledgers. */
export function footprint(key: string, { gp, xero }: Ledgers): Footprint {
  const ours = gp.orders.filter((o) => o.integrationId === key);
  const numbers = new Set(ours.map((o) => o.number));
  const invoices = gp.invoices.filter((i) => numbers.has(i.orderNumber) && standing(i.status));
  const returns = gp.returns.filter((r) => r.integrationId === key && standing(r.status));
  const credits = xero.creditNotes.filter((n) => n.reference.startsWith(`${key} `) && standing(n.status));
  return {
    orders: ours.filter((o) => standing(o.status)).length, transferred: ours.filter((o) => standing(o.status) && gp.invoices.some((i) => i.orderNumber === o.number)).length, invoices: sorted(invoices.map((i) => plain(i.total))), open: less(invoices.map((i) => i.open ?? i.total), returns.map((r) => r.open ?? r.total)), returns: sorted(returns.map((r) => plain(r.total))),
    receipts: sorted(gp.receipts.filter((r) => r.description === key && standing(r.status)).map((r) => plain(r.amount))),
    xeroInvoices: sorted(xero.invoices.filter((i) => i.reference.startsWith(`${key} `) && standing(i.status)).map((i) => `${plain(i.total)} ${i.status}`)),
    xeroPayments: sorted(xero.payments.filter((p) => p.reference.startsWith(`${key}/`) && p.status === 'AUTHORISED').map((p) => plain(p.amount))),
    xeroCredits: sorted(credits.map((n) => `${plain(n.total)} ${n.status}`)), xeroRefunds: sorted(credits.flatMap((n) => n.refunds.map((r) => plain(r.amount)))),
  };
}

const amounts = (list: readonly string[]): string[] => list.map((text) => text.split(' ')[0] ?? '0');

/** The sums of a footprint: what the order leaves in the books. A voided order and one that never came to be are the same. */
export const effectOf = (f: Footprint): Effect => ({
  orders: f.orders - f.transferred, gp: less(f.invoices, f.returns), open: f.open, receipts: plus(f.receipts), xero: less(amounts(f.xeroInvoices), amounts(f.xeroCredits)), cash: less(f.xeroPayments, f.xeroRefunds),
});

const beyond = (a: readonly string[], b: readonly string[]): number => Math.max(0, a.length - b.length);
const lists = ['invoices', 'returns', 'receipts', 'xeroInvoices', 'xeroPayments', 'xeroCredits', 'xeroRefunds'] as const;
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

function judgeOrder(mine: Footprint, wanted: Footprint): 'same' | 'lost' | 'half' | number {
  const extra = lists.reduce((n, name) => n + beyond(mine[name], wanted[name]), Math.max(0, mine.orders - wanted.orders));
  if (extra > 0) return extra;
  if (same(mine, wanted)) return 'same';
  return mine.orders === 0 && lists.every((name) => mine[name].length === 0) ? 'lost' : 'half';
}

function judgeOne({ key, compare }: Judged, disturbed: Ledgers, undisturbed: Ledgers): { found: ReturnType<typeof judgeOrder>; note: string } {
  const [mine, wanted] = [footprint(key, disturbed), footprint(key, undisturbed)];
  const found = compare === 'documents' ? judgeOrder(mine, wanted) : mine.orders > 1 ? mine.orders - 1 : same(effectOf(mine), effectOf(wanted)) ? 'same' : 'half';
  return { found, note: `${key}: ${typeof found === 'number' ? 'doubled' : found}; holds ${JSON.stringify(mine)}, undisturbed ${JSON.stringify(wanted)}` };
}

/** Documents of nobody, and masters that stand twice. */
function strangers(keys: ReadonlySet<string>, { gp, xero }: Ledgers): string[] {
  const unknown = (what: string, list: readonly { number: string; key: string }[]): string[] => list.filter((d) => !keys.has(d.key)).map((d) => `${what} ${d.number} of nobody ("${d.key}")`);
  const first = (reference: string): string => reference.split(/[ /]/)[0] ?? '';
  const contacts = xero.contacts.filter((c) => c.status === 'ACTIVE' && c.number !== '').map((c) => c.number);
  return [
    ...unknown('GP order', gp.orders.filter((o) => standing(o.status)).map((o) => ({ number: o.number, key: o.integrationId }))), ...unknown('GP return', gp.returns.map((r) => ({ number: r.number, key: r.integrationId }))),
    ...unknown('GP receipt', gp.receipts.map((r) => ({ number: r.number, key: r.description }))), ...unknown('Xero invoice', xero.invoices.map((i) => ({ number: i.number, key: first(i.reference) }))),
    ...unknown('Xero credit note', xero.creditNotes.map((n) => ({ number: n.number, key: first(n.reference) }))), ...unknown('Xero payment', xero.payments.map((p) => ({ number: p.reference, key: first(p.reference) }))),
    ...contacts.filter((number, i) => contacts.indexOf(number) !== i).map((number) => `Xero contact ${number} stands twice`),
  ];
}

/** Compares the disturbed ledgers with the undisturbed ones, order by order and account by account. */
export function judge(orders: readonly Judged[], disturbed: Ledgers, undisturbed: Ledgers): Verdict {
  const verdict: Verdict = { lost: 0, halfDone: 0, duplicates: 0, booksEqual: true, notes: [] };
  for (const order of orders) {
    const { found, note } = judgeOne(order, disturbed, undisturbed);
    if (found === 'same') continue;
    verdict.notes.push(note);
    if (found === 'lost') verdict.lost += 1;
    else if (found === 'half') verdict.halfDone += 1;
    else verdict.duplicates += found;
  }
  for (const which of ['gpBooks', 'xeroBooks'] as const) {
    const [a, b] = [disturbed[which], undisturbed[which]];
    const equal = a.balanced && same(ordered(a.trialBalance), ordered(b.trialBalance));
    if (!equal) verdict.notes.push(`${which}: ${JSON.stringify(ordered(a.trialBalance))}, undisturbed ${JSON.stringify(ordered(b.trialBalance))}`);
    verdict.booksEqual &&= equal;
  }
  const odd = strangers(new Set(orders.map((o) => o.key)), disturbed);
  verdict.notes.push(...odd);
  verdict.duplicates += odd.length;
  return verdict;
}

/** Accounts that hold anything; one that was used and emptied again counts as unused. */
const ordered = (balance: Ledgers['gpBooks']['trialBalance']): string[] => balance.filter((row) => row.debit !== row.credit).map((row) => `${row.account} ${row.debit} ${row.credit}`).sort();
