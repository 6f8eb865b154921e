import { Decimal } from 'decimal.js';
import { randomUUID } from 'node:crypto';
import { bookLines, isBalanced, trialBalance, type BookEntry } from '../kit/decimal';
import { type Account, type Invoice, nextNumber, type Organisation, type Payment } from './model';
import { codes } from './seeds';

type Source = { id: string; type: string; date: string; reference: string; currency: string; rate: string };

function write(o: Organisation, source: Source, entries: BookEntry[]): void {
  const lines = bookLines(entries, { rate: source.rate, currency: source.currency, rounding: codes.rounding });
  if (lines.length === 0) return;
  const number = nextNumber(o, 'journal');
  const id = randomUUID();
  o.journals.put(String(number), { id, number, date: source.date, sourceId: source.id, sourceType: source.type, reference: source.reference, currency: source.currency, lines, createdAt: o.now().toISOString() });
}

/** An authorised sale (sign 1), its reversal (−1); credit notes post the other way round. */
export function postInvoice(o: Organisation, invoice: Invoice, sign: 1 | -1): void {
  const way = (invoice.type === 'ACCRECCREDIT' ? -1 : 1) * sign;
  const net = new Map<string, Decimal>();
  const inclusive = invoice.lineAmountTypes === 'Inclusive';
  for (const l of invoice.lines) net.set(l.accountCode, (net.get(l.accountCode) ?? new Decimal(0)).plus(inclusive ? new Decimal(l.lineAmount).minus(l.taxAmount) : l.lineAmount));
  write(o, { id: invoice.id, type: invoice.type, date: invoice.date, reference: invoice.number, currency: invoice.currency, rate: invoice.rate }, [
    { account: codes.receivables, amount: new Decimal(invoice.total).times(way) }, ...[...net].map(([account, amount]) => ({ account, amount: amount.times(-way) })),
    { account: codes.tax, amount: new Decimal(invoice.totalTax).times(-way) },
  ]);
}

export const paymentType = (document: Invoice | undefined): string => (document?.type === 'ACCRECCREDIT' ? 'ARCREDITPAYMENT' : 'ACCRECPAYMENT');

/** Money received: account debit, receivables credit. A refund of a credit note posts the other way round. */
export function postPayment(o: Organisation, payment: Payment, more: { invoice: Invoice; account: Account; sign: 1 | -1 }): void {
  const amount = new Decimal(payment.amount).times(more.invoice.type === 'ACCRECCREDIT' ? -more.sign : more.sign);
  write(o, { id: payment.id, type: paymentType(more.invoice), date: payment.date, reference: payment.reference, currency: more.invoice.currency, rate: payment.rate }, [
    { account: more.account.code, amount }, { account: codes.receivables, amount: amount.negated() },
  ]);
}

/** The whole book for an auditor. */
export function books(o: Organisation): object {
  const journals = o.journals.values();
  const lines = journals.flatMap((j) => j.lines);
  const sum = (values: string[]): Decimal => values.reduce((a, b) => a.plus(b), new Decimal(0));
  const control = sum(lines.filter((l) => l.account === codes.receivables).flatMap((l) => [l.debit, `-${l.credit}`]));
  const open = o.invoices.values().filter((i) => ['AUTHORISED', 'PAID'].includes(i.status));
  const subledger = sum(open.map((i) => (i.type === 'ACCREC' ? i.amountDue : `-${i.amountDue}`)));
  return { journals, trialBalance: trialBalance(lines), balanced: journals.every((j) => isBalanced(j.lines)), receivables: { control: control.toFixed(2), subledger: subledger.toFixed(2) }, receivablesControlMatches: control.eq(subledger) };
}
