import { Invoice as InvoiceModel, type PaymentDelete } from './accounting-sdk';
import { done, failed, type Outcome } from '../../canonical/failure';
import { type Found } from './batch-write';
import { type Door } from './door';
import { type Reads, rowsOf, sameId, unreadable } from './reads';
import { type XeroClient, type XeroInvoice } from './types';
import { InvoiceWire, PaymentWire } from './wire';
import { createWriteOnce } from './write-once';
import { toXeroInvoice } from './xero-to-ledger';

type Status = Parameters<XeroClient['setInvoiceStatus']>[1];
type StatusWrites = Pick<XeroClient, 'setInvoiceStatus' | 'deletePayment'>;

const reached = (invoice: XeroInvoice, status: Status): boolean => invoice.status === status || (status === 'AUTHORISED' && invoice.status === 'PAID');

/** Moves of a document's status: what has moved already is success, whoever moved it. See `XeroClient`. */
export function createStatusWrites(door: Door, reads: Reads): StatusWrites {
  const writeOnce = createWriteOnce();

  async function lookAtPayment(paymentId: string): Promise<Outcome<Found<true>>> {
    const body = await door.read(paymentId, 3, (api, tenant) => api.getPayment(tenant, paymentId));
    if (!body.ok) return body.failure.code === 'document-missing' ? done({ kind: 'ours', value: true }) : body;
    const rows = rowsOf(body.value.payments, PaymentWire, paymentId);
    if (!rows.ok) return rows;
    if (rows.value[0] && !sameId(rows.value[0].paymentID, paymentId)) return failed(unreadable(paymentId, 'it tells of another payment'));
    return done(rows.value[0]?.status === 'DELETED' ? { kind: 'ours', value: true } : { kind: 'absent' });
  }

  return {
    async setInvoiceStatus(invoiceId, status) {
      const body = { invoices: [{ status: InvoiceModel.StatusEnum[status] }] };
      const outcome = await writeOnce<XeroInvoice>({
        key: JSON.stringify(['status', invoiceId, status]), document: invoiceId, request: { invoiceId, ...body }, conflict: { message: `The invoice ${invoiceId} stands otherwise in Xero.`, fix: 'Look at it in Xero, then retry.' },
        async look() {
          const now = await reads.invoice(invoiceId);
          if (!now.ok) return now;
          return done(now.value && reached(now.value, status) ? { kind: 'ours', value: now.value } : { kind: 'absent' });
        },
        async send(generation) {
          const call = await door.write({ what: invoiceId, priority: 2 }, (api, tenant) => api.updateInvoice(tenant, invoiceId, body, undefined, door.key(['status', invoiceId, status, generation])));
          return call.ok ? { ok: true, body: call.body.invoices } : call;
        },
        parse(element) {
          const wire = InvoiceWire.safeParse(element);
          if (!wire.success) return failed(unreadable(invoiceId, 'it is no invoice'));
          const invoice = toXeroInvoice(wire.data);
          return sameId(invoice.invoiceId, invoiceId) && reached(invoice, status) ? done(invoice) : failed(unreadable(invoiceId, `it is still ${invoice.status}`));
        },
      });
      return outcome.ok ? done(outcome.value.value) : outcome;
    },
    async deletePayment(paymentId) {
      const body = { status: 'DELETED' } as PaymentDelete;
      const outcome = await writeOnce<true>({
        key: JSON.stringify(['delete-payment', paymentId]), document: paymentId, request: { paymentId, ...body }, conflict: { message: `The payment ${paymentId} stands otherwise in Xero.`, fix: 'Look at it in Xero, then retry.' },
        look: () => lookAtPayment(paymentId),
        async send(generation) {
          const call = await door.write({ what: paymentId, priority: 1 }, (api, tenant) => api.deletePayment(tenant, paymentId, body, door.key(['delete-payment', paymentId, generation])));
          return call.ok ? { ok: true, body: call.body.payments } : call;
        },
        parse: (element) => { const wire = PaymentWire.safeParse(element); return wire.success && sameId(wire.data.paymentID, paymentId) && wire.data.status === 'DELETED' ? done(true) : failed(unreadable(paymentId, 'it is not deleted')); },
      });
      return outcome.ok ? done({ existed: !outcome.value.existed }) : outcome;
    },
  };
}
