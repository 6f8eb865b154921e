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

export const paymentType = (document: Invoice | undefined): string => ({ ACCREC: 'ACCRECPAYMENT', ACCRECCREDIT: 'ARCREDITPAYMENT', ARPREPAYMENT: 'ARPREPAYMENTPAYMENT' } as const)[document?.type ?? 'ACCREC'];

/** Money received: account debit, receivables credit. A refund of a credit note posts the other way round, one of a prepayment off the accounts of its lines. */
export function postPayment(o: Organisation, payment: Payment, more: { invoice: Invoice; account: Account; sign: 1 | -1 }): void {
  const { invoice } = more;
  const amount = new Decimal(payment.amount).times(invoice.type === 'ACCREC' ? more.sign : -more.sign);
  const against: BookEntry[] = invoice.type === 'ARPREPAYMENT' ? shares(invoice, amount.negated()) : [{ account: codes.receivables, amount: amount.negated() }];
  write(o, { id: payment.id, type: paymentType(invoice), date: payment.date, reference: payment.reference, currency: invoice.currency, rate: payment.rate }, [{ account: more.account.code, amount }, ...against]);
}

/** An amount over the accounts of a prepayment's lines, by their weight; the last one bears what is left. */
function shares(prepayment: Invoice, amount: Decimal): BookEntry[] {
  let left = amount;
  return prepayment.lines.map((l, i) => {
    const share = i === prepayment.lines.length - 1 ? left : amount.times(l.lineAmount).div(prepayment.total).toDecimalPlaces(2);
    left = left.minus(share);
    return { account: l.accountCode, amount: share };
  });
}

/** Money before its invoice: bank debit, the accounts of its lines credit. */
export function postPrepayment(o: Organisation, prepayment: Invoice, account: Account): void {
  const amount = new Decimal(prepayment.total);
  write(o, { id: prepayment.received?.bankTransactionId ?? prepayment.id, type: 'CASHREC', date: prepayment.date, reference: '', currency: prepayment.currency, rate: prepayment.rate }, [{ account: account.code, amount }, ...shares(prepayment, amount.negated())]);
}

/** Of it what an invoice takes (sign 1) or gives back (−1): off the accounts of its lines, onto receivables. */
export function postUse(o: Organisation, prepayment: Invoice, use: { id: string; amount: string; date: string; sign: 1 | -1 }): void {
  const amount = new Decimal(use.amount).times(use.sign);
  write(o, { id: use.id, type: 'ARPREPAYMENT', date: use.date, reference: '', currency: prepayment.currency, rate: prepayment.rate }, [...shares(prepayment, amount), { account: codes.receivables, amount: amount.negated() }]);
}

/** The whole book for an auditor. */
export function books(o: Organisation): object {
  const journals = o.journals.values();
  const lines = journals.flatMap((j) => j.lines);
  const sum = (values: string[]): Decimal => values.reduce((a, b) => a.plus(b), new Decimal(0));
  const control = sum(lines.filter((l) => l.account === codes.receivables).flatMap((l) => [l.debit, `-${l.credit}`]));
  const open = o.invoices.values().filter((i) => i.type !== 'ARPREPAYMENT' && ['AUTHORISED', 'PAID'].includes(i.status));
  const subledger = sum(open.map((i) => (i.type === 'ACCREC' ? i.amountDue : `-${i.amountDue}`)));
  return { journals, trialBalance: trialBalance(lines), balanced: journals.every((j) => isBalanced(j.lines)), receivables: { control: control.toFixed(2), subledger: subledger.toFixed(2) }, receivablesControlMatches: control.eq(subledger) };
}
