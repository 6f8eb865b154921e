import { randomUUID } from 'node:crypto';
import { paymentType } from './books';
import { type Account, type Allocation, type Contact, type Invoice, type Item, type Organisation, type Payment, settingsOf } from './model';
import { renderLineTracking } from './line-tracking';
import { baseCurrency, organisationName, tenantId } from './seeds';

type Out = Record<string, unknown>;
/** `/Date(ms+0000)/`; calendar dates stand at 00:00 UTC. */
export const wireDate = (value: string): string => `/Date(${Date.parse(value.length === 10 ? `${value}T00:00:00Z` : value)}+0000)/`;
const n = (text: string): number => Number(text);

export const envelope = (name: string, rows: unknown[], more: Out = {}): Out => ({ Id: randomUUID(), Status: 'OK', ProviderName: 'Tieout sandbox', DateTimeUTC: wireDate(new Date().toISOString()), ...more, [name]: rows });

/** Whether they are customer or supplier comes from what was billed; who is neither yet is shown as a customer here. */
export const renderContact = (o: Organisation, c: Contact): Out => ({
  ContactID: c.id, ContactNumber: c.number || undefined, ContactStatus: c.status, Name: c.name, EmailAddress: c.email, Addresses: c.addresses, Phones: c.phones, ...c.more, IsSupplier: c.supplier === true, IsCustomer: c.supplier !== true || o.invoices.values().some((i) => i.contactId === c.id),
  ContactGroups: o.groups.values().filter((g) => g.status === 'ACTIVE' && g.contacts.includes(c.id)).map((g) => ({ ContactGroupID: g.id, Name: g.name, Status: g.status })),
  ...(c.mergedTo ? { MergedToContactID: c.mergedTo } : {}), UpdatedDateUTC: wireDate(c.updatedAt), HasValidationErrors: false,
});

/** The document a payment stands on. */
function paidDocument(o: Organisation, doc: Invoice): Out {
  const more = { Type: doc.type, Contact: { ContactID: doc.contactId, Name: o.contacts.get(doc.contactId)?.name }, CurrencyCode: doc.currency };
  if (doc.type === 'ARPREPAYMENT') return { Prepayment: { PrepaymentID: doc.id, ...more, Type: 'RECEIVE-PREPAYMENT' } };
  return doc.type === 'ACCREC' ? { Invoice: { InvoiceID: doc.id, InvoiceNumber: doc.number, ...more } } : { CreditNote: { CreditNoteID: doc.id, CreditNoteNumber: doc.number, ...more } };
}

export function renderPayment(o: Organisation, p: Payment, nested = false): Out {
  const account = o.accounts.get(p.accountId);
  const invoice = o.invoices.get(p.invoiceId);
  return {
    PaymentID: p.id, Date: wireDate(p.date), Amount: n(p.amount), Reference: p.reference, CurrencyRate: n(p.rate), HasAccount: true, HasValidationErrors: false,
    ...(nested ? {} : { PaymentType: paymentType(invoice), Status: p.status, IsReconciled: false, UpdatedDateUTC: wireDate(p.updatedAt), Account: account ? { AccountID: account.id, Code: account.code } : undefined,
      ...(invoice ? paidDocument(o, invoice) : {}) }),
  };
}

export const renderAllocation = (o: Organisation, a: Allocation): Out => ({ AllocationID: a.id, Amount: n(a.amount), Date: wireDate(a.date), Invoice: { InvoiceID: a.invoiceId, InvoiceNumber: o.invoices.get(a.invoiceId)?.number } });

/** The credit notes or prepayments on an invoice, each with what it takes off. */
function creditsOn(o: Organisation, invoiceId: string, type: 'ACCRECCREDIT' | 'ARPREPAYMENT'): Out[] {
  return [...(o.creditsByInvoice.get(invoiceId) ?? [])].flatMap((id) => {
    const note = o.invoices.get(id);
    const named = type === 'ACCRECCREDIT' ? { CreditNoteID: id, CreditNoteNumber: note?.number } : { PrepaymentID: id };
    return (note?.type === type ? note.allocations : []).filter((a) => a.invoiceId === invoiceId).map((a) => ({ ...named, AppliedAmount: n(a.amount), Date: wireDate(a.date), HasErrors: false }));
  });
}

const lineOf = (o: Organisation, l: Invoice['lines'][number]): Out => ({ LineItemID: l.id, Description: l.description, Quantity: n(l.quantity), UnitAmount: n(l.unitAmount), LineAmount: n(l.lineAmount), TaxAmount: n(l.taxAmount), TaxType: l.taxType, AccountCode: l.accountCode, ...(l.itemCode === undefined ? {} : { ItemCode: l.itemCode }), Tracking: renderLineTracking(o, l) });

/** What bank transaction and prepayment both tell. */
const received = (o: Organisation, p: Invoice, summary: boolean): Out => ({
  Contact: { ContactID: p.contactId, Name: o.contacts.get(p.contactId)?.name ?? '' }, PrepaymentID: p.id, DateString: `${p.date}T00:00:00`, Date: wireDate(p.date), LineAmountTypes: p.lineAmountTypes, ...(summary ? {} : { LineItems: p.lines.map((l) => lineOf(o, l)) }),
  SubTotal: n(p.subTotal), TotalTax: n(p.totalTax), Total: n(p.total), CurrencyCode: p.currency, UpdatedDateUTC: wireDate(p.updatedAt), HasAttachments: false,
});
export function renderBankTransaction(o: Organisation, p: Invoice, summary = false): Out {
  const account = o.accounts.get(p.received?.accountId ?? '');
  return { Type: 'RECEIVE-PREPAYMENT', BankTransactionID: p.received?.bankTransactionId, BankAccount: { AccountID: account?.id, Code: account?.code, Name: account?.name }, Status: 'AUTHORISED', IsReconciled: false, ...received(o, p, summary) };
}
export function renderPrepayment(o: Organisation, p: Invoice, summary = false): Out {
  return { Type: 'RECEIVE-PREPAYMENT', Status: p.status, CurrencyRate: n(p.rate), RemainingCredit: n(p.amountDue), Allocations: p.allocations.map((a) => renderAllocation(o, a)), ...received(o, p, summary), Payments: paymentsOn(o, p).map((x) => renderPayment(o, x, true)) };
}
const paymentsOn = (o: Organisation, i: Invoice): Payment[] => (o.paymentsByInvoice.get(i.id) ?? []).map((id) => o.payments.get(id)).filter((p): p is Payment => p?.status === 'AUTHORISED');

export function renderInvoice(o: Organisation, i: Invoice, summary = false): Out {
  const contact = o.contacts.get(i.contactId);
  const payments = paymentsOn(o, i);
  const id = i.type === 'ACCREC' ? { InvoiceID: i.id, InvoiceNumber: i.number, AmountDue: n(i.amountDue), AmountPaid: n(i.amountPaid), AmountCredited: n(i.amountCredited) } : { CreditNoteID: i.id, CreditNoteNumber: i.number, RemainingCredit: n(i.amountDue), Allocations: i.allocations.map((a) => renderAllocation(o, a)) };
  return {
    Type: i.type, ...id, Reference: i.reference, Contact: { ContactID: i.contactId, Name: contact?.name ?? '' }, DateString: `${i.date}T00:00:00`, Date: wireDate(i.date),
    ...(i.dueDate ? { DueDateString: `${i.dueDate}T00:00:00`, DueDate: wireDate(i.dueDate) } : {}), Status: i.status, LineAmountTypes: i.lineAmountTypes,
    LineItems: summary ? [] : i.lines.map((l) => lineOf(o, l)),
    ...(summary ? {} : { Payments: payments.map((p) => renderPayment(o, p, true)), ...(i.type === 'ACCREC' ? { CreditNotes: creditsOn(o, i.id, 'ACCRECCREDIT'), Prepayments: creditsOn(o, i.id, 'ARPREPAYMENT') } : {}) }), SubTotal: n(i.subTotal), TotalTax: n(i.totalTax), Total: n(i.total), UpdatedDateUTC: wireDate(i.updatedAt), CurrencyCode: i.currency,
    CurrencyRate: n(i.rate), HasAttachments: false, HasErrors: false,
    ...(i.url ? { Url: i.url } : {}),
  };
}

const classes: Record<string, string> = { BANK: 'ASSET', CURRENT: 'ASSET', FIXED: 'ASSET', INVENTORY: 'ASSET', PREPAYMENT: 'ASSET', EQUITY: 'EQUITY', REVENUE: 'REVENUE', SALES: 'REVENUE', OTHERINCOME: 'REVENUE', EXPENSE: 'EXPENSE', OVERHEADS: 'EXPENSE', DIRECTCOSTS: 'EXPENSE', CURRLIAB: 'LIABILITY', LIABILITY: 'LIABILITY', TERMLIAB: 'LIABILITY' };
export const accountTypes = Object.keys(classes);
export const renderItem = (i: Item): Out => ({ ...i.fields, ItemID: i.id, Code: i.code, IsTrackedAsInventory: false, UpdatedDateUTC: wireDate(i.updatedAt) });
export const renderAccount = (a: Account): Out => ({
  AccountID: a.id, Code: a.code, Name: a.name, Status: a.status, Type: a.type, TaxType: a.taxType, Class: classes[a.type] ?? 'ASSET', EnablePaymentsToAccount: a.paymentsEnabled && a.type !== 'BANK', ShowInExpenseClaims: false,
  ...(a.system ? { SystemAccount: a.system } : {}), ...(a.type === 'BANK' ? { CurrencyCode: baseCurrency, BankAccountType: 'BANK', BankAccountNumber: `0${a.code}` } : {}), HasAttachments: false, UpdatedDateUTC: wireDate(a.updatedAt ?? '2026-01-01T00:00:00Z'),
});

export function renderOrganisation(o: Organisation): Out {
  const { periodLockDate, endOfYearLockDate } = settingsOf(o);
  return {
    OrganisationID: tenantId, Name: organisationName, LegalName: organisationName, PaysTax: true, Version: 'US', OrganisationType: 'COMPANY', BaseCurrency: baseCurrency, CountryCode: 'US', IsDemoCompany: true, OrganisationStatus: 'ACTIVE',
    FinancialYearEndDay: 31, FinancialYearEndMonth: 12, DefaultSalesTax: 'Tax Exclusive', Timezone: 'UTC', Class: 'PREMIUM', Edition: 'BUSINESS', ShortCode: '!tieout', CreatedDateUTC: wireDate('2026-01-01T00:00:00Z'),
    ...(periodLockDate ? { PeriodLockDate: wireDate(periodLockDate) } : {}), ...(endOfYearLockDate ? { EndOfYearLockDate: wireDate(endOfYearLockDate) } : {}),
  };
}
