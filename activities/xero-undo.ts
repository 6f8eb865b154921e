import { isZero, moneyDecimal, moneyText, sum } from '../canonical/money';
import { creditNoteDraft } from '../connectors/xero/documents';
import { type XeroCreditNoteDraft, type XeroInvoice } from '../connectors/xero/types';
import { closedIn } from '../mapping/accounting-date';
import { type Pair } from '../mapping/pair';
import { readCalendar } from './calendar';
import { type XeroActivities } from './contract';
import { type XeroDeps } from './deps';
import { failureToThrow, valueOrThrow } from './failing';
import { intendedWrite } from './intended-write';
import { xeroCreditNote } from './xero-documents';

type Ask = Parameters<XeroActivities['unmirrorInvoice']>[0];
type Undone = Awaited<ReturnType<XeroActivities['unmirrorInvoice']>>;

/** The receipt of an undo: kept too when it was done before, by an attempt that died, or by a person. */
async function undone(ask: Ask, deps: XeroDeps, how: Undone): Promise<Undone> {
  await deps.store.documents.undone({ pairId: ask.run.pairId, system: 'xero', kind: 'invoice', key: ask.number });
  return how;
}

async function setStatus(invoice: XeroInvoice, status: 'DELETED' | 'VOIDED', more: { ask: Ask; deps: XeroDeps }): Promise<Undone> {
  const { ask, deps } = more;
  valueOrThrow(await deps.gate(ask.run.pairId).through(() => deps.xero(ask.run.pairId).setInvoiceStatus(invoice.invoiceId, status)));
  return undone(ask, deps, { existed: true, how: status === 'DELETED' ? 'deleted' : 'voided' });
}

/** The accounts the money came in on, as payments or before the invoice: it goes back from the same. */
function refundsOf(invoice: XeroInvoice, ask: Ask): { accountCode: string; amount: XeroInvoice['total']; reference: string }[] {
  return [...invoice.payments.map((p) => ({ ...p, id: p.paymentId })), ...invoice.prepayments.map((p) => ({ ...p, id: p.prepaymentId }))].map((p) => {
    if (p.accountCode) return { accountCode: p.accountCode, amount: p.amount, reference: `${p.reference}/refund` };
    throw failureToThrow({ code: 'cannot-undo', system: 'xero', document: ask.number, message: `The account of payment ${p.id} of ${ask.number} cannot be read in Xero.`, fix: 'Refund it in Xero by hand, then retry the undo.' });
  });
}

/** What stands in Xero, line by line as Xero has it, the other way round: no mapping has a say in an undo. */
function takenBack(invoice: XeroInvoice, note: { number: string; reference: string; date: string; rate: string | undefined }, { xero: { taxTypes } }: Pair): XeroCreditNoteDraft {
  return valueOrThrow(creditNoteDraft({
    Type: 'ACCRECCREDIT', CreditNoteNumber: note.number, Contact: { ContactID: invoice.contactId }, Reference: note.reference, Date: note.date, CurrencyCode: invoice.currency, ...(note.rate ? { CurrencyRate: Number(note.rate) } : {}), LineAmountTypes: 'Exclusive', Status: 'AUTHORISED',
    LineItems: invoice.lines.map((l) => ({ Description: `Taken back: ${invoice.invoiceNumber}`, Quantity: 1, UnitAmount: moneyDecimal(l.net).toNumber(), AccountCode: l.accountCode, TaxType: isZero(l.tax) ? taxTypes.untaxed : taxTypes.taxed, TaxAmount: moneyDecimal(l.tax).toNumber(),
      ...(l.tracking ? { Tracking: l.tracking.map((t) => ({ TrackingCategoryID: t.categoryId, TrackingOptionID: t.optionId })) } : {}) })),
  }, sum(invoice.lines.flatMap((l) => [l.net, l.tax]), invoice.currency)));
}

/** A credit note over the whole invoice, dated on an open day: allocated while the invoice is open, paid back where it was paid. */
async function credit(invoice: XeroInvoice, ask: Ask, deps: XeroDeps): Promise<Undone> {
  const { run, number } = ask;
  const client = deps.xero(run.pairId);
  const date = ask.date ?? deps.now().toISOString().slice(0, 10);
  const pair = await deps.pairs.get(run.pairId);
  const noteNumber = `CN-${number}`;
  const rate = invoice.currency === pair.baseCurrency ? undefined : pair.rates[invoice.currency]?.rate;
  const refunds = refundsOf(invoice, ask);
  const draft = takenBack(invoice, { number: noteNumber, reference: `${ask.orderKey ?? invoice.reference.split(' ')[0] ?? ''} ${number}`, date, rate }, pair);
  const { creditNote: { creditNoteId } } = await intendedWrite({ pairId: run.pairId, system: 'xero', kind: 'credit-note', key: noteNumber, runId: run.runId, number: noteNumber, currency: invoice.currency }, {
    act: (options) => client.createCreditNote(draft, options), receipt: (written) => ({ number: noteNumber, externalId: written.creditNote.creditNoteId }),
  }, deps);
  for (const refund of refunds) {
    await intendedWrite({ pairId: run.pairId, system: 'xero', kind: 'refund', key: refund.reference, runId: run.runId, currency: invoice.currency }, {
      act: (options) => client.refundCreditNote({ creditNoteId, date, ...refund, ...(rate ? { rate } : {}) }, options), receipt: ({ paymentId }) => ({ externalId: paymentId }),
    }, deps);
  }
  if (!isZero(invoice.amountDue)) {
    await intendedWrite({ pairId: run.pairId, system: 'xero', kind: 'allocation', key: `${noteNumber}/${number}`, runId: run.runId, currency: invoice.currency }, {
      act: (options) => client.allocateCreditNote({ creditNoteId, invoiceId: invoice.invoiceId, amount: invoice.amountDue, date }, options), receipt: () => ({ number: noteNumber }),
    }, deps);
  }
  return undone(ask, deps, { existed: true, how: refunds.length > 0 ? 'refunded' : 'credited', document: noteNumber });
}

/**
 * Takes a mirrored invoice back as Xero allows: a draft is deleted; authorised, unpaid and in an open period it is voided; everything else is
 * corrected by a credit note on an open day. Looks first; nothing there, or undone before, is success.
 */
export async function unmirror(ask: Ask, deps: XeroDeps): Promise<Undone> {
  const { run, number } = ask;
  const [invoice] = valueOrThrow(await deps.gate(run.pairId).through(() => deps.xero(run.pairId).readInvoices([number])));
  if (!invoice) return { existed: false };
  if (invoice.status === 'DELETED' || invoice.status === 'VOIDED') return undone(ask, deps, { existed: true, how: invoice.status === 'DELETED' ? 'deleted' : 'voided' });
  if (invoice.status === 'DRAFT' || invoice.status === 'SUBMITTED') return setStatus(invoice, 'DELETED', { ask, deps });
  const untouched = invoice.payments.length === 0 && isZero(invoice.amountPaid) && isZero(invoice.amountCredited) && invoice.status === 'AUTHORISED';
  const pair = await deps.pairs.get(run.pairId);
  if (untouched && closedIn(invoice.date, await readCalendar(deps.store, pair)) === undefined) return setStatus(invoice, 'VOIDED', { ask, deps });
  return credit(invoice, ask, deps);
}

/** See the contract: the return's lines with this organisation's codes, so that both ledgers take back the same. */
export async function creditReturn({ run, orderKey, ret, applications, mappings }: Parameters<XeroActivities['creditReturn']>[0], deps: XeroDeps): Promise<{ number: string; total: XeroInvoice['total']; existed: boolean }> {
  const pair = await deps.pairs.get(run.pairId);
  const client = deps.xero(run.pairId);
  const { currency } = ret.invoice;
  const numbers = [...new Set([ret.invoice.number, ...applications.map((a) => a.invoice)])];
  const invoices = valueOrThrow(await deps.gate(run.pairId).through(() => client.readInvoices(numbers)));
  const mirrorOf = (invoice: string): XeroInvoice => {
    const mirror = invoices.find((i) => i.invoiceNumber === invoice);
    if (mirror) return mirror;
    throw failureToThrow({ code: 'document-missing', system: 'xero', document: invoice, message: `Xero does not hold the invoice ${invoice} that is corrected.`, fix: 'Look for it in Xero; retry from the step "invoice" if it was deleted.' });
  };
  const number = `CN-${ret.number}`;
  const { draft } = await xeroCreditNote({ ...ret.invoice, number: ret.number }, { number, contactId: mirrorOf(ret.invoice.number).contactId, orderKey, date: ret.date, reason: ret.reason }, { pair, pins: mappings, deps });
  const { creditNote, existed } = await intendedWrite({ pairId: run.pairId, system: 'xero', kind: 'credit-note', key: number, runId: run.runId, number, currency }, {
    act: (options) => client.createCreditNote(draft, options), receipt: (written) => ({ number, externalId: written.creditNote.creditNoteId }),
  }, deps);
  if (creditNote.total.minor !== ret.invoice.total.minor) throw failureToThrow({ code: 'ledgers-differ', system: 'xero', document: number, message: `Xero made ${number} over ${moneyText(creditNote.total)} ${currency}; the return ${ret.number} in GP is over ${moneyText(ret.invoice.total)}.`, fix: 'Correct the credit note in Xero, then retry.' });
  for (const { invoice, amount } of applications) {
    const { invoiceId } = mirrorOf(invoice);
    await intendedWrite({ pairId: run.pairId, system: 'xero', kind: 'allocation', key: `${number}/${invoice}`, runId: run.runId, currency }, {
      act: (options) => client.allocateCreditNote({ creditNoteId: creditNote.creditNoteId, invoiceId, amount, date: ret.date }, options), receipt: () => ({ number }),
    }, deps);
  }
  return { number, total: creditNote.total, existed };
}
