import { XeroInvoiceId } from '../canonical/ids';
import { type JournalLine, type LedgerFigures } from '../canonical/ledger';
import { type Money } from '../canonical/money';
import { type XeroInvoice } from '../connectors/xero/types';
import { accountingDate } from '../mapping/accounting-date';
import { type Pair } from '../mapping/pair';
import { readCalendar } from './calendar';
import { type MirrorInput, type MirrorResult, type RunRef, type SettleXeroInput, type SettleXeroResult, type XeroActivities } from './contract';
import { type XeroDeps } from './deps';
import { failureToThrow, lastingFailure, valueOrThrow } from './failing';
import { intendedWrite } from './intended-write';
import { withContact } from './xero-contact';
import { xeroInvoice, xeroPayment } from './xero-documents';
import { prepaidOf, prepay, refundPrepayment, usePrepayment } from './xero-prepay';
import { creditReturn, unmirror } from './xero-undo';

/** What came in for it: payments, and what it took of prepayments, which came in on a clearing account too and waited on another one. */
const moneyOn = ({ payments, prepayments }: XeroInvoice): { reference: string; amount: Money; accountCode?: string }[] => [...payments, ...prepayments];

/** What an authorised invoice and its payments put on Xero's accounts, told from the documents as read back. */
function journalsOf(invoice: XeroInvoice, pair: Pair): JournalLine[] {
  if (!['AUTHORISED', 'PAID'].includes(invoice.status)) return [];
  const none: Money = { minor: '0', currency: invoice.currency };
  const document = invoice.invoiceNumber;
  const line = (account: string, debit: Money, credit: Money): JournalLine => ({ account, debit, credit, document });
  return [
    line(pair.accounts.receivables.xero, invoice.total, none),
    ...invoice.lines.map((l) => line(l.accountCode, none, l.net)),
    ...(BigInt(invoice.tax.minor) === 0n ? [] : [line(pair.accounts.tax.xero, none, invoice.tax)]),
    ...moneyOn(invoice).flatMap((p) => [line(p.accountCode ?? '(unknown clearing account)', p.amount, none), line(pair.accounts.receivables.xero, none, p.amount)]),
  ];
}

function figuresOf(invoices: readonly XeroInvoice[], pair: Pair): LedgerFigures {
  return {
    ledger: 'xero',
    invoices: invoices.map((i) => ({ number: i.invoiceNumber, net: i.subTotal, tax: i.tax, total: i.total, open: i.amountDue, status: i.status })),
    received: invoices.flatMap((i) => moneyOn(i).map((p) => ({ reference: p.reference, amount: p.amount }))),
    journals: invoices.flatMap((i) => journalsOf(i, pair)),
  };
}

async function readFigures(run: RunRef, invoiceNumbers: string[], deps: XeroDeps): Promise<LedgerFigures> {
  const pair = await deps.pairs.get(run.pairId);
  return figuresOf(valueOrThrow(await deps.xero(run.pairId).readInvoices(invoiceNumbers)), pair);
}

function addDays(date: string, days: number): string {
  const due = new Date(`${date}T00:00:00Z`);
  due.setUTCDate(due.getUTCDate() + days);
  return due.toISOString().slice(0, 10);
}

async function mirror(input: MirrorInput, deps: XeroDeps): Promise<MirrorResult> {
  const { run, invoice, orderKey, orderName } = input;
  const pair = await deps.pairs.get(run.pairId);
  const day = accountingDate(invoice.date, await readCalendar(deps.store, pair), pair.policies.closedPeriod);
  if (!day.ok) {
    throw failureToThrow({ code: 'period-closed', system: 'xero', document: invoice.number, field: 'date', value: day.from, message: `Invoice ${invoice.number} of ${day.from} cannot be dated: ${day.why}.`, fix: 'Open the period, or set the policy closedPeriod to "re-date", then retry.' });
  }
  const params = { orderKey, orderName, date: day.date, dueDate: addDays(day.date, input.dueDays ?? pair.xero.paymentTermsDays), asDraft: input.asDraft, movedFrom: day.moved?.from };
  const warnings = new Set(day.moved ? [`Invoice ${invoice.number} is dated ${day.date} in Xero: ${invoice.date} is closed`] : []);
  const intent = { pairId: run.pairId, system: 'xero', kind: 'invoice', key: invoice.number, runId: run.runId, number: invoice.number, currency: invoice.currency };
  const outcome = await withContact({ ...input, customerNumber: invoice.customerNumber }, { pair, deps }, async (contactId) => {
    const made = await xeroInvoice(invoice, { ...params, contactId }, { pair, pins: input.mappings, deps });
    made.warnings.forEach((warning) => warnings.add(warning));
    return intendedWrite(intent, {
      act: (options) => deps.xero(run.pairId).createInvoice(made.draft, options), receipt: (written) => ({ number: invoice.number, externalId: written.invoice.invoiceId }),
    }, deps);
  });
  return paid(mirrored(outcome.invoice, { pair, existed: outcome.existed, warnings: [...warnings] }), input, deps);
}

/** An invoice that an earlier attempt paid whole is found as PAID: its payments are found then, too. */
const takesPayments = new Set(['AUTHORISED', 'PAID']);

/**
 * The payments of an invoice that stands, in the one way of every payment. What time heals is thrown, and the whole act done again: the invoice is found by its number, each
 * payment by its reference. What a person must look at is told beside the invoice, which must not be forgotten for it.
 */
async function paid(result: MirrorResult, { run, mappings, orderKey, pay }: MirrorInput, deps: XeroDeps): Promise<MirrorResult> {
  const { invoiceId } = result;
  if (!pay || pay.payments.length === 0 || !takesPayments.has(result.status)) return result;
  try {
    const { figures } = await settle({ run, ...(mappings ? { mappings } : {}), orderKey, invoiceNumbers: pay.invoiceNumbers, payments: pay.payments.map((p) => ({ ...p, invoiceId })) }, deps);
    return { ...result, figures, paid: true };
  } catch (error) {
    const failure = lastingFailure(error);
    if (!failure) throw error;
    return { ...result, failure };
  }
}

const mirrored = (invoice: XeroInvoice, more: { pair: Pair; existed: boolean; warnings: string[] }): MirrorResult => ({
  invoiceId: invoice.invoiceId, number: invoice.invoiceNumber, status: invoice.status, total: invoice.total, existed: more.existed, warnings: more.warnings,
  figures: figuresOf([invoice], more.pair),
});

async function settle(input: SettleXeroInput, deps: XeroDeps): Promise<SettleXeroResult> {
  const { run, orderKey } = input;
  const pair = await deps.pairs.get(run.pairId);
  const client = deps.xero(run.pairId);
  const prepaid = await prepaidOf(input, deps);
  const paid = await Promise.all(input.payments.map(async (p) => {
    const row = prepaid.get(p.paymentId);
    const used = row && await usePrepayment({ run, orderKey, paying: p, row, invoiceNumbers: input.invoiceNumbers }, { pair, deps });
    if (used) return used;
    const { draft } = await xeroPayment(p, { orderKey, invoiceId: XeroInvoiceId.parse(p.invoiceId) }, { pair, pins: input.mappings, deps });
    const { payment } = await intendedWrite({ pairId: run.pairId, system: 'xero', kind: 'payment', key: `${orderKey}/${p.paymentId}/${p.invoiceId}`, runId: run.runId, currency: p.amount.currency }, {
      act: (options) => client.createPayment(draft, options), receipt: (written) => ({ externalId: written.payment.paymentId }),
    }, deps);
    return { paymentId: payment.paymentId, invoiceId: p.invoiceId, amount: payment.amount };
  }));
  return { payments: paid, figures: await readFigures(run, input.invoiceNumbers, deps) };
}

/** The hands in Xero: intent, look where asked before, write, read back, receipt. */
export function createXeroActivities(deps: XeroDeps): XeroActivities {
  return {
    mirrorInvoice: (input) => mirror(input, deps),
    authoriseInvoice: async ({ run, invoiceId }) => {
      const pair = await deps.pairs.get(run.pairId);
      const invoice = valueOrThrow(await deps.gate(run.pairId).through(() => deps.xero(run.pairId).setInvoiceStatus(XeroInvoiceId.parse(invoiceId), 'AUTHORISED')));
      return mirrored(invoice, { pair, existed: false, warnings: [] });
    },
    unmirrorInvoice: (input) => unmirror(input, deps),
    creditReturn: (input) => creditReturn(input, deps),
    settleInXero: (input) => settle(input, deps),
    prepayInXero: (input) => prepay(input, deps),
    refundPrepayment: (input) => refundPrepayment(input, deps),
    readXeroFigures: ({ run, invoiceNumbers }) => readFigures(run, invoiceNumbers, deps),
  };
}
