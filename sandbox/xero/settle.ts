import { Decimal } from 'decimal.js';
import { type Invoice, type Organisation } from './model';

/** Takes paid or credited money off what is open on a document (negative gives it back): PAID at nothing open, AUTHORISED again above. */
export function settle(o: Organisation, doc: Invoice, taken: { paid?: Decimal; credited?: Decimal }): Invoice {
  const [paid, credited] = [taken.paid ?? new Decimal(0), taken.credited ?? new Decimal(0)];
  const due = new Decimal(doc.amountDue).minus(paid).minus(credited);
  const next: Invoice = {
    ...doc, amountDue: due.toFixed(2), amountPaid: new Decimal(doc.amountPaid).plus(paid).toFixed(2), amountCredited: new Decimal(doc.amountCredited).plus(credited).toFixed(2),
    status: due.isZero() ? 'PAID' : 'AUTHORISED', updatedAt: o.now().toISOString(),
  };
  o.invoices.put(doc.id, next);
  o.changed(({ ACCREC: 'INVOICE', ACCRECCREDIT: 'CREDITNOTE', ARPREPAYMENT: 'PREPAYMENT' } as const)[doc.type], doc.id, false);
  return next;
}
