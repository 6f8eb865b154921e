import { done, failed, type Outcome } from '../canonical/failure';
import { XeroContactId, type XeroInvoiceId } from '../canonical/ids';
import { type LedgerInvoice } from '../canonical/ledger';
import { type Payment } from '../canonical/sales-order';
import { contactDraft, creditNoteDraft, invoiceDraft, paymentDraft, prepaymentDraft } from '../connectors/xero/documents';
import { type XeroContactDraft, type XeroCreditNoteDraft, type XeroInvoiceDraft, type XeroPaymentDraft, type XeroPrepaymentDraft } from '../connectors/xero/types';
import { dayIn } from '../mapping/accounting-date';
import { type Pair } from '../mapping/pair';
import { xeroInvoiceParams, xeroOwnParams } from '../mapping/pair-tables';
import { sharedName } from '../mapping/route-order';
import { applyMapping } from './apply-mapping';
import { type MirrorInput, type SettleXeroInput } from './contract';
import { type XeroDeps } from './deps';
import { valueOrThrow } from './failing';
import { type MappingPins } from './mapping-book';

/** The documents of Xero that this order's mappings make; the pair's accounts and tax types go in as parameters. */
type With = { pair: Pair; pins: MappingPins | undefined; deps: Pick<XeroDeps, 'mappings'> };
type Made<T> = { draft: T; warnings: string[] };

async function made<T>(ask: { name: string; source: unknown; params: Record<string, unknown> }, { pair, pins, deps }: With, draft: (document: Record<string, unknown>) => Outcome<T>): Promise<Made<T>> {
  const { value, warnings } = valueOrThrow(await applyMapping({ pair, ...ask }, { mappings: deps.mappings, pins }));
  return { draft: valueOrThrow(draft(value)), warnings };
}

type InvoiceParams = { contactId: string; orderKey: string; orderName: string; date: string; dueDate: string; asDraft: boolean; movedFrom?: string | undefined };
/** Its lines make the ledger's total to the cent, or nothing is sent. */
export const xeroInvoice = (invoice: LedgerInvoice, params: InvoiceParams, of: With): Promise<Made<XeroInvoiceDraft>> =>
  made({ name: 'invoice-to-xero-invoice', source: invoice, params: { ...xeroInvoiceParams(of.pair), ...params } }, of, (document) => invoiceDraft(document, invoice.total));

/** Lines that are taken back: `invoice` holds them, its number is that of the document they come back by. */
export const xeroCreditNote = (invoice: LedgerInvoice, params: { number: string; contactId: string; orderKey: string; date: string; reason: string }, of: With): Promise<Made<XeroCreditNoteDraft>> =>
  made({ name: 'invoice-to-xero-credit-note', source: invoice, params: { ...xeroInvoiceParams(of.pair), ...params } }, of, (document) => creditNoteDraft(document, invoice.total));

/** An account that many buyers share bears nobody's name and address. */
export const xeroContact = ({ customerNumber, order: { customer, billTo, shipTo } }: Pick<MirrorInput, 'order'> & { customerNumber: string }, of: With): Promise<Made<XeroContactDraft>> =>
  made({ name: 'sales-order-to-xero-contact', source: { customer, billTo, shipTo }, params: { ...xeroOwnParams(of.pair), contactNumber: customerNumber, sharedName: sharedName(of.pair, customerNumber) } }, of, contactDraft);

type Paying = SettleXeroInput['payments'][number];
/** The payment of a run that began when a clearing account was told instead: of the gateway that has this account. */
function unnamed({ paymentId, accountCode = '', amount, date }: Paying, { gateways }: Pair): Outcome<Payment> {
  const gateway = Object.entries(gateways).find(([, g]) => g.xeroAccount === accountCode)?.[0];
  if (gateway === undefined) return failed({ code: 'gateway-not-mapped', field: 'gateways', value: accountCode, message: `Payment ${paymentId} was to stand on clearing account ${accountCode}, which none of the pair's gateways has.`, fix: `Give the gateway of this payment the account ${accountCode} in the pair, then retry.` });
  return done({ paymentId, aliases: [], gateway, amount, paidAt: `${date}T00:00:00Z` });
}

/** What of a payment pays one invoice, on the clearing account of its gateway; a rate in another currency only. */
export async function xeroPayment(paying: Paying, ask: { orderKey: string; invoiceId: XeroInvoiceId }, of: With): Promise<Made<XeroPaymentDraft>> {
  const { amount, date, rate } = paying;
  const payment = paying.payment ?? valueOrThrow(unnamed(paying, of.pair));
  const params = { ...xeroOwnParams(of.pair), ...ask, date, baseCurrency: of.pair.baseCurrency, rate };
  return made({ name: 'payment-to-xero-payment', source: { ...payment, amount }, params }, of, (document) => paymentDraft(document, { invoiceId: ask.invoiceId, amount, reference: `${ask.orderKey}/${payment.paymentId}` }));
}

/** Money before its invoice, on the clearing account of its gateway; a later day than it was paid on where that one is closed. */
export async function xeroPrepayment({ payment, date }: { payment: Payment; date: string }, ask: { orderKey: string; orderName: string; contactId: string }, of: With): Promise<Made<XeroPrepaymentDraft>> {
  const params = { ...xeroOwnParams(of.pair), ...ask, date, account: of.pair.xero.prepaymentAccount };
  return made({ name: 'payment-to-xero-prepayment', source: payment, params }, of, (document) => prepaymentDraft(document, { contactId: XeroContactId.parse(ask.contactId), ...prepaymentKey(payment, ask.orderKey, of.pair), amount: payment.amount }));
}

/** What a prepayment is found by: our key, and the day before which there is none of it. */
export const prepaymentKey = (payment: Payment, orderKey: string, { timezone }: Pair): { key: string; notBefore: string } => ({ key: `${orderKey}/${payment.paymentId}`, notBefore: dayIn(payment.paidAt, timezone) });
