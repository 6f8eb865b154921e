import { XeroInvoiceId } from '../canonical/ids';
import { isZero } from '../canonical/money';
import { type Pair } from '../mapping/pair';
import { type DocumentRow } from '../store/types';
import { type PrepayInput, type RefundPrepaymentInput, type RunRef, type SettleXeroInput, type SettleXeroResult, type XeroActivities } from './contract';
import { type XeroDeps } from './deps';
import { failureToThrow, valueOrThrow } from './failing';
import { intendedWrite } from './intended-write';
import { withContact } from './xero-contact';
import { prepaymentKey, xeroPrepayment } from './xero-documents';

const kind = 'prepayment';
const rowsOf = async (run: RunRef, deps: XeroDeps): Promise<DocumentRow[]> => (await deps.store.documents.byRun(run.runId)).filter((d) => d.pairId === run.pairId && d.system === 'xero' && d.kind === kind);

/** See the contract. */
export async function prepay(input: PrepayInput, deps: XeroDeps): ReturnType<XeroActivities['prepayInXero']> {
  const { run, mappings, orderKey, orderName, payments } = input;
  const pair = await deps.pairs.get(run.pairId);
  const client = deps.xero(run.pairId);
  return withContact(input, { pair, deps }, async (contactId) => ({
    prepayments: await Promise.all(payments.map(async ({ payment, date }) => {
      const { draft } = await xeroPrepayment({ payment, date }, { orderKey, orderName, contactId }, { pair, pins: mappings, deps });
      const { prepaymentId, existed } = await intendedWrite({ pairId: run.pairId, system: 'xero', kind, key: draft.key, runId: run.runId, currency: payment.amount.currency }, {
        act: (options) => client.createPrepayment(draft, options), receipt: (written) => ({ externalId: written.prepaymentId }),
      }, deps);
      return { paymentId: payment.paymentId, prepaymentId, existed };
    })),
  }));
}

/** What we know of prepayments of these payments, by payment: asked for, and not paid back. */
export async function prepaidOf({ run, orderKey, payments }: SettleXeroInput, deps: XeroDeps): Promise<ReadonlyMap<string, DocumentRow>> {
  const asked = payments.filter((p) => p.prepaid);
  if (asked.length === 0) return new Map();
  const rows = (await rowsOf(run, deps)).filter((d) => d.state !== 'undone');
  return new Map(asked.flatMap(({ paymentId }) => rows.filter((d) => d.key === `${orderKey}/${paymentId}`).map((d) => [paymentId, d] as const)));
}

type Use = { run: RunRef; orderKey: string; paying: SettleXeroInput['payments'][number]; row: DocumentRow; invoiceNumbers: string[] };

/** Which one it is in Xero: what was asked for without a receipt is looked for by its key, and may be there or not. */
async function standing({ run, orderKey, paying, row }: Use, contactId: string, { pair, deps }: { pair: Pair; deps: XeroDeps }): Promise<string | undefined> {
  if (row.externalId !== undefined || !paying.payment) return row.externalId;
  const by = { contactId, ...prepaymentKey(paying.payment, orderKey, pair) };
  const found = valueOrThrow(await deps.gate(run.pairId).through(() => deps.xero(run.pairId).readPrepayment(by)));
  if (found) await deps.store.documents.written({ pairId: run.pairId, system: 'xero', kind, key: row.key }, { externalId: found.prepaymentId });
  return found?.prepaymentId;
}

/** An invoice takes what its payment left in Xero before: dated as the later of both is, since the earlier day may be closed by now. Undefined: it left nothing. */
export async function usePrepayment(use: Use, more: { pair: Pair; deps: XeroDeps }): Promise<SettleXeroResult['payments'][number] | undefined> {
  const { run, orderKey, paying, invoiceNumbers } = use;
  const { deps } = more;
  const { paymentId, amount } = paying;
  const client = deps.xero(run.pairId);
  const invoiceId = XeroInvoiceId.parse(paying.invoiceId);
  const invoices = valueOrThrow(await deps.gate(run.pairId).through(() => client.readInvoices(invoiceNumbers)));
  const invoice = invoices.find((i) => i.invoiceId === invoiceId);
  if (!invoice) throw failureToThrow({ code: 'document-missing', system: 'xero', document: invoiceNumbers.join(', '), message: `Xero does not hold the invoice that payment ${paymentId} pays.`, fix: 'Look for it in Xero; retry from the step "invoice" if it was deleted.' });
  const prepaymentId = await standing(use, invoice.contactId, more);
  if (prepaymentId === undefined) return undefined;
  const date = invoice.date > paying.date ? invoice.date : paying.date;
  await intendedWrite({ pairId: run.pairId, system: 'xero', kind: 'allocation', key: `${orderKey}/${paymentId}/${invoice.invoiceNumber}`, runId: run.runId, currency: amount.currency }, {
    act: (options) => client.allocatePrepayment({ prepaymentId, invoiceId, amount, date }, options), receipt: () => ({ number: invoice.invoiceNumber }),
  }, deps);
  return { paymentId: prepaymentId, invoiceId, amount };
}

/** See the contract. What may have been written without a receipt is looked for by its key. */
export async function refundPrepayment({ run, orderKey, customerNumber, payment, date }: RefundPrepaymentInput, deps: XeroDeps): ReturnType<XeroActivities['refundPrepayment']> {
  const { pairId } = run;
  const pair = await deps.pairs.get(pairId);
  const client = deps.xero(pairId);
  const { key, notBefore } = prepaymentKey(payment, orderKey, pair);
  const row = (await rowsOf(run, deps)).find((d) => d.key === key);
  if (!row) return { existed: false };
  const contactId = await deps.store.links.get({ pairId, kind: 'customer', from: 'gp', fromId: customerNumber, to: 'xero' });
  if (row.externalId === undefined && contactId === undefined) return { existed: false };
  const found = valueOrThrow(await deps.gate(pairId).through(() => client.readPrepayment(row.externalId === undefined ? { contactId: contactId ?? '', key, notBefore } : { prepaymentId: row.externalId })));
  const undone = async <T>(how: T): Promise<T> => { await deps.store.documents.undone({ pairId, system: 'xero', kind, key }); return how; };
  const reference = `${key}/unused`;
  const before = found?.refunds.find((r) => r.reference === reference);
  if (before) return undone({ existed: true, amount: before.amount });
  if (!found || isZero(found.remaining)) return undone({ existed: false });
  const { prepaymentId, accountCode, remaining } = found;
  await intendedWrite({ pairId, system: 'xero', kind: 'prepayment-refund', key: reference, runId: run.runId, currency: remaining.currency }, {
    act: (options) => client.refundPrepayment({ prepaymentId, accountCode, amount: remaining, date, reference }, options), receipt: ({ paymentId }) => ({ externalId: paymentId }),
  }, deps);
  return undone({ existed: true, amount: remaining });
}
