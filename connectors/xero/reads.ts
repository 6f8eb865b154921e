import { type z } from 'zod';
import { done, failed, type Failure, type Outcome } from '../../canonical/failure';
import { createCoalescer } from './coalescer';
import { type Door } from './door';
import { type XeroInvoice, type XeroOrganisation } from './types';
import { InvoiceWire, OrganisationWire, PaymentWire, ReceivedWire } from './wire';
import { type MoneyIn, toXeroInvoice } from './xero-to-ledger';

/** Numbers in one address, payments' invoices in one filter, rows in one page. */
const numbersMax = 40;
const filterMax = 20;
const pageSize = 200;
const pagesMax = 500;

export const unreadable = (what: string, why: string): Failure => ({ code: 'reply-unreadable', system: 'xero', message: `Xero's answer about ${what} cannot be read (${why}).`, fix: 'It is asked again by itself; nothing is written a second time before it was looked up.' });

/** Xero writes its ids in small letters, people and older programs not always. */
export const sameId = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** Every row parsed; an array that is missing (HTML with 200!) is an unreadable reply, never an empty one. */
export function rowsOf<T extends z.ZodType>(rows: unknown, schema: T, what: string): Outcome<z.infer<T>[]> {
  if (!Array.isArray(rows)) return failed(unreadable(what, 'it holds no list'));
  const parsed: z.infer<T>[] = [];
  for (const row of rows) {
    const one = schema.safeParse(row);
    if (!one.success) return failed(unreadable(what, one.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).slice(0, 2).join('; ')));
    parsed.push(one.data);
  }
  return done(parsed);
}

export type ReceivedAsk = { contactId: string; /** Calendar date. */ from?: string; /** These are enough. */ wanted?: ReadonlySet<string> };

/** Bank transactions by which a contact paid before an invoice, the latest first. Paged, since only a paged listing holds lines. */
export async function receivedFrom(door: Door, { contactId, from, wanted }: ReceivedAsk): Promise<Outcome<ReceivedWire[]>> {
  const found: ReceivedWire[] = [];
  const where = `Type=="RECEIVE-PREPAYMENT" AND Contact.ContactID==guid("${contactId}")${from === undefined ? '' : ` AND Date>=DateTime(${from.split('-').join(',')})`}`;
  for (let page = 1; page <= pagesMax; page += 1) {
    const body = await door.read('prepayments', 3, (api, tenant) => api.getBankTransactions(tenant, undefined, where, 'Date DESC', page, undefined, pageSize));
    if (!body.ok) return body;
    const rows = rowsOf(body.value.bankTransactions, ReceivedWire, 'prepayments');
    if (!rows.ok) return rows;
    found.push(...rows.value.filter((r) => !['DELETED', 'VOIDED'].includes(r.status)));
    if (rows.value.length < pageSize || (wanted && [...wanted].every((id) => found.some((r) => sameId(r.prepaymentID, id))))) return done(found);
  }
  return failed(unreadable('prepayments', `more than ${pagesMax} pages`));
}

/** Our key is the first word of the first line. */
export const keyOfReceived = (row: Pick<ReceivedWire, 'lineItems'>): string => row.lineItems[0]?.description.split(' ')[0] ?? '';

const chunks = <T>(list: readonly T[], size: number): T[][] => Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size));

/** Which account each payment stands on: the invoice itself does not say. */
async function moneyIn(door: Door, invoices: readonly InvoiceWire[]): Promise<Outcome<MoneyIn>> {
  const accounts = new Map<string, { accountCode: string; key?: string }>();
  for (const part of chunks(invoices.filter((i) => i.payments.length > 0), filterMax)) {
    const where = part.map((i) => `Invoice.InvoiceId==guid("${i.invoiceID}")`).join(' OR ');
    const body = await door.read('payments', 3, (api, tenant) => api.getPayments(tenant, undefined, where));
    if (!body.ok) return body;
    const rows = rowsOf(body.value.payments, PaymentWire, 'payments');
    if (!rows.ok) return rows;
    for (const row of rows.value) accounts.set(row.paymentID, { accountCode: row.account?.code ?? '' });
  }
  const wanted = new Set(invoices.flatMap((i) => i.prepayments.map((p) => p.prepaymentID)));
  for (const contactId of new Set(invoices.filter((i) => i.prepayments.length > 0).map((i) => i.contact.contactID))) {
    const received = await receivedFrom(door, { contactId, wanted });
    if (!received.ok) return received;
    for (const row of received.value) accounts.set(row.prepaymentID, { accountCode: row.bankAccount.code, key: keyOfReceived(row) });
  }
  return done(accounts);
}

async function invoicesBy(door: Door, numbers: readonly string[]): Promise<Outcome<XeroInvoice[]>> {
  const body = await door.read('invoices', 3, (api, tenant) => api.getInvoices(tenant, undefined, undefined, undefined, undefined, [...numbers]));
  if (!body.ok) return body;
  const rows = rowsOf(body.value.invoices, InvoiceWire, 'invoices');
  if (!rows.ok) return rows;
  const accounts = await moneyIn(door, rows.value);
  return accounts.ok ? done(rows.value.map((i) => toXeroInvoice(i, accounts.value))) : accounts;
}

export type Reads = {
  invoices(numbers: readonly string[]): Promise<Outcome<XeroInvoice[]>>;
  invoice(id: string): Promise<Outcome<XeroInvoice | undefined>>;
  since(since: string): Promise<Outcome<XeroInvoice[]>>;
  byReference(keys: readonly string[]): Promise<Outcome<Record<string, XeroInvoice[]>>>;
  organisation(): Promise<Outcome<XeroOrganisation>>;
};

/** Our key ends where Reference's first blank or slash is. */
const keyOf = (reference: string): string => reference.split(/[ /]/)[0] ?? '';

/** Seek: always the first page, next from the last row's stamp less a second, rows told apart by id and stamp. */
async function since(door: Door, from: string): Promise<Outcome<XeroInvoice[]>> {
  const found = new Map<string, XeroInvoice>();
  let cursor = new Date(from);
  for (let page = 1, seek = 0; seek < pagesMax; seek += 1) {
    const at = cursor;
    const number = page;
    const body = await door.read('changed invoices', 3, (api, tenant) => api.getInvoices(tenant, at, undefined, 'UpdatedDateUTC ASC', undefined, undefined, undefined, undefined, number, undefined, undefined, undefined, undefined, pageSize));
    if (!body.ok) return body;
    const rows = rowsOf(body.value.invoices, InvoiceWire, 'changed invoices');
    if (!rows.ok) return rows;
    for (const row of rows.value) found.set(row.invoiceID, toXeroInvoice(row));
    if (rows.value.length < pageSize) return done([...found.values()]);
    const last = new Date(Date.parse(rows.value[rows.value.length - 1]?.updatedDateUTC ?? from) - 1000);
    if (last > cursor) { cursor = last; page = 1; } else page += 1;
  }
  return failed(unreadable('changed invoices', `more than ${pagesMax} pages`));
}

export function createReads(door: Door): Reads {
  // Askers of the same moment share one address of up to forty numbers; each gets the rows of its own numbers.
  const shared = createCoalescer<readonly string[], Outcome<XeroInvoice[]>>({ max: 20, inFlightMax: 2, send: async (asks) => {
    const rows: XeroInvoice[] = [];
    for (const part of chunks([...new Set(asks.flat())], numbersMax)) {
      const answer = await invoicesBy(door, part);
      if (!answer.ok) return asks.map(() => answer);
      rows.push(...answer.value);
    }
    return asks.map((numbers) => done(rows.filter((r) => numbers.includes(r.invoiceNumber))));
  } });
  return {
    invoices: (numbers) => (numbers.length === 0 ? Promise.resolve(done([])) : shared(numbers)),
    async invoice(id) {
      const body = await door.read('an invoice', 3, (api, tenant) => api.getInvoice(tenant, id));
      if (!body.ok) return body.failure.code === 'document-missing' ? done(undefined) : body;
      const rows = rowsOf(body.value.invoices, InvoiceWire, 'an invoice');
      if (!rows.ok) return rows;
      const [row] = rows.value;
      if (row && !sameId(row.invoiceID, id)) return failed(unreadable('an invoice', 'it tells of another one'));
      return done(row ? toXeroInvoice(row) : undefined);
    },
    since: (from) => since(door, from),
    async byReference(keys) {
      const wanted = new Set(keys);
      const found: Record<string, XeroInvoice[]> = {};
      for (let page = 1; page <= pagesMax; page += 1) {
        const number = page;
        const body = await door.read('invoices', 3, (api, tenant) => api.getInvoices(tenant, undefined, 'Type=="ACCREC"', undefined, undefined, undefined, undefined, undefined, number, undefined, undefined, undefined, undefined, pageSize));
        if (!body.ok) return body;
        const rows = rowsOf(body.value.invoices, InvoiceWire, 'invoices');
        if (!rows.ok) return rows;
        for (const row of rows.value) if (wanted.has(keyOf(row.reference))) (found[keyOf(row.reference)] ??= []).push(toXeroInvoice(row));
        if (rows.value.length < pageSize) return done(found);
      }
      return failed(unreadable('invoices', `more than ${pagesMax} pages`));
    },
    async organisation() {
      const body = await door.read('the organisation', 3, (api, tenant) => api.getOrganisations(tenant));
      if (!body.ok) return body;
      const rows = rowsOf(body.value.organisations, OrganisationWire, 'the organisation');
      if (!rows.ok) return rows;
      const [org] = rows.value;
      if (!org) return failed(unreadable('the organisation', 'it is empty'));
      return done({ organisationId: org.organisationID, name: org.name, baseCurrency: org.baseCurrency, ...(org.periodLockDate ? { periodLockDate: org.periodLockDate.slice(0, 10) } : {}),
        ...(org.endOfYearLockDate ? { endOfYearLockDate: org.endOfYearLockDate.slice(0, 10) } : {}), ...(org.timezone ? { timezone: org.timezone } : {}) });
    },
  };
}
