import { Invoice as InvoiceModel, Payments as PaymentsModel, type Payment, type PaymentDelete } from 'xero-node';
import { done, failed, type Outcome } from '../../canonical/failure';
import { XeroContactId } from '../../canonical/ids';
import { moneyText, sum } from '../../canonical/money';
import { type BatchKind, type Found } from './batch-write';
import { createCreditNotes } from './credit-notes';
import { createDoor, type Door } from './door';
import { ensureContact } from './contacts';
import { canHold, invoiceToXero, notHeld, paymentToXero } from './invoice-to-xero';
import { createReads, type Reads, rowsOf, unreadable } from './reads';
import { type XeroBudget, type XeroClient, type XeroInvoice, type XeroInvoiceDraft, type XeroPayment, type XeroPaymentDraft, type XeroSettings, type XeroTokenSource } from './types';
import { InvoiceWire, PaymentWire } from './wire';
import { createWriter } from './writer';
import { toXeroInvoice, toXeroPayment } from './xero-to-ledger';

const field = (value: unknown, name: string): unknown => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const expectedTotal = (draft: XeroInvoiceDraft): string => moneyText(sum(draft.lines.flatMap((l) => [l.net, l.tax]), draft.currency));

function isOurs(invoice: XeroInvoice, draft: XeroInvoiceDraft): boolean {
  return invoice.contactId === draft.contactId && invoice.currency === draft.currency && moneyText(invoice.total) === expectedTotal(draft) && invoice.reference.split(' ')[0] === draft.reference.split(' ')[0] && !['DELETED', 'VOIDED'].includes(invoice.status);
}

function invoiceKind(door: Door, reads: Reads): BatchKind<XeroInvoiceDraft, XeroInvoice> {
  return {
    name: 'invoice', refusals: new Map(), keyOf: (d) => d.invoiceNumber, elementKey: (e) => text(field(e, 'invoiceNumber')),
    async send(drafts, generation) {
      const invoices = drafts.map(invoiceToXero);
      const call = await door.write(drafts.map((d) => d.invoiceNumber).join(', ').slice(0, 80), 2, (api, tenant) => api.createInvoices(tenant, { invoices }, false, 4, door.key(['invoices', invoices, generation])));
      return call.ok ? { ok: true, body: call.body.invoices } : call;
    },
    parse(element, draft) {
      const wire = InvoiceWire.safeParse(element);
      if (!wire.success) return failed(unreadable(draft.invoiceNumber, wire.error.issues[0]?.message ?? ''));
      const invoice = toXeroInvoice(wire.data);
      const expected = expectedTotal(draft);
      if (moneyText(invoice.total) === expected) return done(invoice);
      return failed({ code: 'totals-do-not-add-up', system: 'xero', document: draft.invoiceNumber, value: moneyText(invoice.total), message: `Xero computed ${moneyText(invoice.total)} for ${draft.invoiceNumber}, GP has ${expected} ${draft.currency}; the invoice stands in Xero.`, fix: 'Void it in Xero, look at its lines and taxes, then retry.' });
    },
    async look(drafts) {
      const rows = await reads.invoices(drafts.map((d) => d.invoiceNumber));
      return rows.ok ? done(drafts.map((d): Found<XeroInvoice> => { const row = rows.value.find((r) => r.invoiceNumber === d.invoiceNumber); return !row ? { kind: 'absent' } : isOurs(row, d) ? { kind: 'ours', value: row } : { kind: 'foreign' }; })) : rows;
    },
  };
}

const paymentKey = (invoiceId: string, reference: string): string => `${invoiceId} ${reference}`;

function paymentKind(door: Door, reads: Reads): BatchKind<XeroPaymentDraft, XeroPayment> {
  return {
    name: 'payment', refusals: new Map(), keyOf: (d) => paymentKey(d.invoiceId, d.reference), elementKey: (e) => paymentKey(text(field(field(e, 'invoice'), 'invoiceID')), text(field(e, 'reference'))),
    async send(drafts, generation) {
      const payments: Payment[] = drafts.map(paymentToXero);
      const body = Object.assign(new PaymentsModel(), { payments });
      const call = await door.write('payments', 1, (api, tenant) => api.createPayments(tenant, body, false, door.key(['payments', payments, generation])));
      return call.ok ? { ok: true, body: call.body.payments } : call;
    },
    parse(element, draft) {
      const wire = PaymentWire.safeParse(element);
      if (!wire.success) return failed(unreadable(draft.reference, wire.error.issues[0]?.message ?? ''));
      return done(toXeroPayment(wire.data, draft.amount.currency));
    },
    async look(drafts) {
      const found: Found<XeroPayment>[] = [];
      for (const draft of drafts) {
        const invoice = await reads.invoice(draft.invoiceId);
        if (!invoice.ok) return invoice;
        const row = invoice.value?.payments.find((p) => p.reference === draft.reference);
        found.push(!row ? { kind: 'absent' } : moneyText(row.amount) === moneyText(draft.amount)
          ? { kind: 'ours', value: { paymentId: row.paymentId, invoiceId: draft.invoiceId, accountCode: draft.accountCode, amount: row.amount, reference: row.reference, status: 'AUTHORISED', date: row.date } } : { kind: 'foreign' });
      }
      return done(found);
    },
  };
}

async function setStatus(door: Door, reads: Reads, ask: { invoiceId: string; status: 'AUTHORISED' | 'DELETED' | 'VOIDED' }): Promise<Outcome<XeroInvoice>> {
  const there = (invoice: XeroInvoice): boolean => invoice.status === ask.status || (ask.status === 'AUTHORISED' && invoice.status === 'PAID');
  const status = InvoiceModel.StatusEnum[ask.status];
  const call = await door.write(ask.invoiceId, 2, (api, tenant) => api.updateInvoice(tenant, ask.invoiceId, { invoices: [{ status }] }, undefined, door.key(['status', ask, Date.now()])));
  if (call.ok) {
    const rows = rowsOf(call.body.invoices, InvoiceWire, ask.invoiceId);
    if (rows.ok && rows.value[0]) return done(toXeroInvoice(rows.value[0]));
  }
  const now = await reads.invoice(ask.invoiceId);
  if (!now.ok) return now;
  if (now.value && there(now.value)) return done(now.value);
  if (!call.ok && call.end.kind === 'refused') return failed(call.end.failure);
  return failed({ code: 'outcome-unknown', system: 'xero', document: ask.invoiceId, message: `The invoice did not become ${ask.status} in Xero.`, fix: 'It is tried again by itself.' });
}

async function deletePayment(door: Door, paymentId: string): Promise<Outcome<{ existed: boolean }>> {
  const body = { status: 'DELETED' } as PaymentDelete;
  const call = await door.write(paymentId, 1, (api, tenant) => api.deletePayment(tenant, paymentId, body, door.key(['delete-payment', paymentId])));
  if (call.ok) return done({ existed: true });
  const now = await door.read(paymentId, 3, (api, tenant) => api.getPayment(tenant, paymentId));
  if (!now.ok) return now.failure.code === 'document-missing' ? done({ existed: false }) : now;
  const rows = rowsOf(now.value.payments, PaymentWire, paymentId);
  if (rows.ok && rows.value[0]?.status === 'DELETED') return done({ existed: false });
  return failed(call.end.kind === 'refused' ? call.end.failure : { code: 'outcome-unknown', system: 'xero', document: paymentId, message: 'Whether the payment was deleted is not known.', fix: 'It is tried again by itself.' });
}

/** The tongue to one Xero organisation; see `XeroClient`. */
export function createXeroClient(deps: { settings: XeroSettings; tokens: XeroTokenSource; budget: XeroBudget }): XeroClient {
  const door = createDoor(deps);
  const reads = createReads(door);
  const invoices = createWriter(invoiceKind(door, reads));
  const payments = createWriter(paymentKind(door, reads));
  return {
    ensureContact: async (contact) => {
      const outcome = await ensureContact(door, contact);
      return outcome.ok ? done({ ...outcome.value, contactId: XeroContactId.parse(outcome.value.contactId) }) : outcome;
    },
    async createInvoice(draft, options) {
      if (!canHold(draft.currency)) return failed(notHeld(draft.currency, draft.invoiceNumber));
      const outcome = await invoices(draft, options?.lookFirst ?? false);
      return outcome.ok ? done({ invoice: outcome.value.value, existed: outcome.value.existed }) : outcome;
    },
    setInvoiceStatus: (invoiceId, status) => setStatus(door, reads, { invoiceId, status }),
    async createPayment(draft, options) {
      const outcome = await payments(draft, options?.lookFirst ?? false);
      return outcome.ok ? done({ payment: outcome.value.value, existed: outcome.value.existed }) : outcome;
    },
    ...createCreditNotes(door),
    deletePayment: (paymentId) => deletePayment(door, paymentId),
    readInvoices: (numbers) => reads.invoices(numbers),
    readJournals: async () => done([]),
    findByOrderKeys: (keys) => reads.byReference(keys),
    listInvoicesSince: (from) => reads.since(from),
    readOrganisation: () => reads.organisation(),
  };
}
