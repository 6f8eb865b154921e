import { type Invoice, Payments as PaymentsModel, type Payment } from './accounting-sdk';
import { done, failed } from '../../canonical/failure';
import { XeroContactId } from '../../canonical/ids';
import { moneyText } from '../../canonical/money';
import { type BatchKind, type Found } from './batch-write';
import { createCreditNotes } from './credit-notes';
import { createDoor, type Door } from './door';
import { createContacts } from './contacts';
import { toModel } from './documents';
import { canHold, notHeld } from './money-to-xero';
import { createMasters } from './master-side';
import { createPrepayments } from './prepayments';
import { createReads, type Reads, unreadable } from './reads';
import { createStatusWrites } from './status-writes';
import { type XeroBudget, type XeroClient, type XeroInvoice, type XeroInvoiceDraft, type XeroPayment, type XeroPaymentDraft, type XeroSettings, type XeroTokenSource } from './types';
import { InvoiceWire, PaymentWire } from './wire';
import { createWriter } from './writer';
import { toXeroInvoice, toXeroPayment } from './xero-to-ledger';

const field = (value: unknown, name: string): unknown => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const expectedTotal = (draft: XeroInvoiceDraft): string => moneyText(draft.total);
const invoiceToXero = (draft: XeroInvoiceDraft): Invoice => toModel(draft.document);

function isOurs(invoice: XeroInvoice, draft: XeroInvoiceDraft): boolean {
  return invoice.contactId === draft.contactId && invoice.currency === draft.currency && moneyText(invoice.total) === expectedTotal(draft) && invoice.reference.split(' ')[0] === draft.reference.split(' ')[0] && !['DELETED', 'VOIDED'].includes(invoice.status);
}

function invoiceKind(door: Door, reads: Reads): BatchKind<XeroInvoiceDraft, XeroInvoice> {
  return {
    name: 'invoice', keyOf: (d) => d.invoiceNumber, elementKey: (e) => text(field(e, 'invoiceNumber')), wire: invoiceToXero,
    async send(drafts, { generation, ready }) {
      const invoices = drafts.map(invoiceToXero);
      const call = await door.write({ what: drafts.map((d) => d.invoiceNumber).join(', ').slice(0, 80), priority: 2, ready }, (api, tenant) => api.createInvoices(tenant, { invoices }, false, 4, door.key(['invoices', invoices, generation])));
      return call.ok ? { ok: true, body: call.body.invoices } : call;
    },
    parse(element, draft) {
      const wire = InvoiceWire.safeParse(element);
      if (!wire.success) return failed(unreadable(draft.invoiceNumber, wire.error.issues[0]?.message ?? ''));
      const invoice = toXeroInvoice(wire.data);
      if (invoice.invoiceNumber !== draft.invoiceNumber || invoice.currency !== draft.currency) return failed(unreadable(draft.invoiceNumber, 'it tells of another invoice'));
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
    name: 'payment', keyOf: (d) => paymentKey(d.invoiceId, d.reference), elementKey: (e) => paymentKey(text(field(field(e, 'invoice'), 'invoiceID')), text(field(e, 'reference'))), wire: (d) => toModel<Payment>(d.document),
    async send(drafts, { generation, ready }) {
      const payments: Payment[] = drafts.map((d) => toModel<Payment>(d.document));
      const body = Object.assign(new PaymentsModel(), { payments });
      const call = await door.write({ what: 'payments', priority: 1, ready }, (api, tenant) => api.createPayments(tenant, body, false, door.key(['payments', payments, generation])));
      return call.ok ? { ok: true, body: call.body.payments } : call;
    },
    parse(element, draft) {
      const wire = PaymentWire.safeParse(element);
      if (!wire.success) return failed(unreadable(draft.reference, wire.error.issues[0]?.message ?? ''));
      const payment = toXeroPayment(wire.data, draft.amount.currency);
      const asked = payment.invoiceId === draft.invoiceId && moneyText(payment.amount) === moneyText(draft.amount);
      return asked ? done(payment) : failed(unreadable(draft.reference, 'it tells of another invoice or amount than was asked'));
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

/** The tongue to one Xero organisation; see `XeroClient`. */
export function createXeroClient(deps: { settings: XeroSettings; tokens: XeroTokenSource; budget: XeroBudget }): XeroClient {
  const door = createDoor(deps);
  const reads = createReads(door);
  const invoices = createWriter(invoiceKind(door, reads));
  const payments = createWriter(paymentKind(door, reads));
  const ensureContact = createContacts(door);
  return {
    ensureContact: async (contact) => {
      const outcome = await ensureContact(contact);
      return outcome.ok ? done({ ...outcome.value, contactId: XeroContactId.parse(outcome.value.contactId) }) : outcome;
    },
    async createInvoice(draft, options) {
      if (!canHold(draft.currency)) return failed(notHeld(draft.currency, draft.invoiceNumber));
      const outcome = await invoices(draft, options);
      return outcome.ok ? done({ invoice: outcome.value.value, existed: outcome.value.existed }) : outcome;
    },
    async createPayment(draft, options) {
      const outcome = await payments(draft, options);
      return outcome.ok ? done({ payment: outcome.value.value, existed: outcome.value.existed }) : outcome;
    },
    ...createCreditNotes(door),
    ...createPrepayments(door),
    ...createMasters(door),
    ...createStatusWrites(door, reads),
    readInvoices: (numbers) => reads.invoices(numbers),
    readJournals: async () => done([]),
    findByOrderKeys: (keys) => reads.byReference(keys),
    listInvoicesSince: (from) => reads.since(from),
    readOrganisation: () => reads.organisation(),
  };
}
