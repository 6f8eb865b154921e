import { type Allocations, type Payment, Payments as PaymentsModel } from './accounting-sdk';
import { done, failed, type Outcome } from '../../canonical/failure';
import { type Money, moneyText, roundMoney } from '../../canonical/money';
import { type Called, type Door } from './door';
import { sameId, unreadable } from './reads';
import { type XeroWriteOptions } from './types';
import { AllocationWire, RefundWire } from './wire';
import { type createWriteOnce } from './write-once';

/** What a customer has with us in Xero: a credit note or a prepayment. `key` tells its writes from those of the other kind. */
export type CreditKind = { words: 'credit note' | 'prepayment'; key: '' | 'prepayment-' };
/** What became of it so far. */
export type CreditUses = { allocations: readonly { invoiceId: string; amount: Money }[]; refunds: readonly { paymentId: string; amount: Money; reference: string }[] };
type Credit = { id: string; amount: Money; kind: CreditKind; look(): Promise<Outcome<CreditUses>>; options: XeroWriteOptions | undefined };
type Hands = { door: Door; writeOnce: ReturnType<typeof createWriteOnce> };

export const sameAmount = (a: Money, b: Money): boolean => a.currency === b.currency && moneyText(a) === moneyText(b);

/** Uses credit for an invoice, once: Xero keeps no reference on an allocation, so credit, invoice and amount tell whether it stands. */
export async function allocate(credit: Credit & { invoiceId: string; body: Allocations; send(idempotency: string): Promise<Called<{ allocations?: unknown }>> }, { door, writeOnce }: Hands): Promise<Outcome<{ existed: boolean }>> {
  const { id, amount, kind, invoiceId, body } = credit;
  const document = `the allocation of ${kind.words} ${id} to invoice ${invoiceId}`;
  const parts = [`${kind.key}allocation`, id, body];
  const outcome = await writeOnce<true>({
    key: JSON.stringify(parts), document, request: body,
    conflict: { message: `In Xero the ${kind.words} ${id} is allocated to invoice ${invoiceId} with another amount than ${moneyText(amount)}.`, fix: 'Compare it with GP; remove the wrong allocation in Xero, then retry.' },
    async look() {
      const uses = await credit.look();
      if (!uses.ok) return uses;
      const rows = uses.value.allocations.filter((a) => sameId(a.invoiceId, invoiceId));
      return done(rows.some((a) => sameAmount(a.amount, amount)) ? { kind: 'ours', value: true } : rows.length > 0 ? { kind: 'foreign' } : { kind: 'absent' });
    },
    async send(generation) {
      const call = await credit.send(door.key([...parts, generation]));
      return call.ok ? { ok: true, body: call.body.allocations } : call;
    },
    parse(element) {
      const wire = AllocationWire.safeParse(element);
      if (!wire.success) return failed(unreadable(document, 'it is no allocation'));
      return sameId(wire.data.invoice.invoiceID, invoiceId) && sameAmount(roundMoney(wire.data.amount, amount.currency), amount) ? done(true) : failed(unreadable(document, 'it tells of another invoice or amount than was asked'));
    },
  });
  return outcome.ok ? done({ existed: outcome.value.existed }) : outcome;
}

/** Pays credit back, once: a payment on it, whose reference tells whether it stands. */
export async function payBack(credit: Credit & { reference: string; payment: Payment }, { door, writeOnce }: Hands): Promise<Outcome<{ paymentId: string; existed: boolean }>> {
  const { id, amount, kind, reference, payment, options } = credit;
  const document = `the refund ${reference}`;
  const payments = [payment];
  const body = Object.assign(new PaymentsModel(), { payments });
  const parts = [`${kind.key}refund`, payments];
  const outcome = await writeOnce<string>({
    key: JSON.stringify(parts), document, request: payments,
    conflict: { message: `Xero holds the refund ${reference} of ${kind.words} ${id} with another amount than ${moneyText(amount)}.`, fix: 'Compare it with the gateway; delete the wrong payment in Xero, then retry.' },
    async look() {
      const uses = await credit.look();
      if (!uses.ok) return uses;
      const row = uses.value.refunds.find((r) => r.reference === reference);
      return done(!row ? { kind: 'absent' } : sameAmount(row.amount, amount) ? { kind: 'ours', value: row.paymentId } : { kind: 'foreign' });
    },
    async send(generation) {
      const call = await door.write({ what: document, priority: 1, ready: options?.mine }, (api, tenant) => api.createPayments(tenant, body, false, door.key([...parts, generation])));
      return call.ok ? { ok: true, body: call.body.payments } : call;
    },
    parse(element) {
      const wire = RefundWire.safeParse(element);
      if (!wire.success) return failed(unreadable(document, 'it is no payment'));
      return sameAmount(roundMoney(wire.data.amount, amount.currency), amount) ? done(wire.data.paymentID) : failed(unreadable(document, 'it tells of another amount than was asked'));
    },
  });
  return outcome.ok ? done({ paymentId: outcome.value.value, existed: outcome.value.existed }) : outcome;
}
