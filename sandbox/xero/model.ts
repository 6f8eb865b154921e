import { type Decimal } from 'decimal.js';
import { type BookLine } from '../kit/decimal';
import { type Collection, DiskStore } from '../kit/disk-store';
import { type Account, currencies, seedAccounts, seedContactCounter, taxTypes, tenantId } from './seeds';

export { type Account } from './seeds';

export type Line = { id: string; description: string; quantity: string; unitAmount: string; lineAmount: string; taxAmount: string; taxType: string; accountCode: string; itemCode?: string; /** Options of at most two tracking categories. */ tracking?: { categoryId: string; optionId: string }[] };
export type Allocation = { id: string; invoiceId: string; amount: string; date: string };
/** A sales invoice, a sales credit note or a prepayment: on the last two `amountDue` is the remaining credit, `amountPaid` what was refunded, `amountCredited` what is allocated. */
export type Invoice = {
  id: string; number: string; type: 'ACCREC' | 'ACCRECCREDIT' | 'ARPREPAYMENT'; contactId: string; reference: string; date: string; dueDate: string; status: string; currency: string; rate: string; lineAmountTypes: string;
  lines: Line[]; subTotal: string; totalTax: string; total: string; amountDue: string; amountPaid: string; amountCredited: string; url?: string; updatedAt: string;
  allocations: Allocation[]; history: string[];
  /** Of a prepayment: where the money came in, and the bank transaction that made it. */
  received?: { accountId: string; bankTransactionId: string };
};
/** `invoiceId` is the document paid: an invoice, or the credit note or prepayment a refund pays back. */
export type Payment = { id: string; invoiceId: string; accountId: string; date: string; amount: string; rate: string; reference: string; status: 'AUTHORISED' | 'DELETED'; updatedAt: string };
export type Contact = { id: string; name: string; number: string; email: string; status: 'ACTIVE' | 'ARCHIVED' | 'GDPRREQUEST'; addresses: unknown[]; phones: unknown[]; /** Other fields as they were sent. */ more?: Record<string, unknown>; mergedTo?: string; /** A bill of theirs was entered. */ supplier?: boolean; updatedAt: string };
/** An inventory item; prices and accounts stand in its two parts as they were sent. */
export type Item = { id: string; code: string; fields: Record<string, unknown>; updatedAt: string };
/** `rate` is the sum of the components, in percent; `system`: the organisation's own. */
export type TaxRate = { type: string; name: string; status: 'ACTIVE' | 'ARCHIVED' | 'DELETED'; components: { name: string; rate: string }[]; rate: string; system: boolean };
export type TrackingCategory = { id: string; name: string; status: 'ACTIVE' | 'ARCHIVED' | 'DELETED'; options: { id: string; name: string; status: 'ACTIVE' | 'ARCHIVED' | 'DELETED' }[] };
export type ContactGroup = { id: string; name: string; status: 'ACTIVE' | 'DELETED'; contacts: string[] };
export type Journal = { id: string; number: number; date: string; sourceId: string; sourceType: string; reference: string; currency: string; lines: BookLine[]; createdAt: string };
export type Settings = {
  limits: { enabled: boolean; perMinute: number; perDay: number; concurrent: number }; latencyMs: number; accessTokenTtlSeconds: number; periodLockDate?: string | undefined; endOfYearLockDate?: string | undefined;
  webhook: { url: string; key: string }; webhookMode: { duplicate: boolean; drop: boolean; shuffle: boolean; delayMs: number };
};
export const defaultSettings: Settings = {
  limits: { enabled: false, perMinute: 60, perDay: 5000, concurrent: 5 }, latencyMs: 0, accessTokenTtlSeconds: 1800, webhook: { url: '', key: '' }, webhookMode: { duplicate: false, drop: false, shuffle: false, delayMs: 0 },
};

export type Organisation = {
  disk: DiskStore; invoices: Collection<Invoice>; byNumber: Map<string, string>; creditByNumber: Map<string, string>; byReference: Map<string, Set<string>>; creditsByInvoice: Map<string, Set<string>>; paymentsByInvoice: Map<string, string[]>; payments: Collection<Payment>; contacts: Collection<Contact>; contactByName: Map<string, string>; contactByNumber: Map<string, string>;
  accounts: Collection<Account>; items: Collection<Item>; itemByCode: Map<string, string>; taxRates: Collection<TaxRate>; tracking: Collection<TrackingCategory>; groups: Collection<ContactGroup>; currencies: Collection<string>; accountByCode: Map<string, string>; journals: Collection<Journal>; settings: Collection<Settings>; tokens: Collection<Token>; counters: Collection<number>;
  changed(category: 'INVOICE' | 'CONTACT' | 'CREDITNOTE' | 'PREPAYMENT', id: string, created: boolean): void; now(): Date;
};
export type Token = { kind: 'access' | 'refresh' | 'code'; clientId: string; expiresAt: number; usedAt?: number; next?: { access: string; refresh: string } };
export type Amounts = { subTotal: Decimal; totalTax: Decimal; total: Decimal };

/** Opens the organisation's books; indexes live in memory and are rebuilt on start. */
export function openOrganisation(file: string): Organisation {
  const disk = DiskStore.open(file);
  const o: Organisation = {
    disk, invoices: disk.collection('invoices'), payments: disk.collection('payments'), contacts: disk.collection('contacts'), accounts: disk.collection('accounts'), items: disk.collection('items'), itemByCode: new Map(), taxRates: disk.collection('taxRates'), tracking: disk.collection('tracking'), groups: disk.collection('groups'), currencies: disk.collection('currencies'), journals: disk.collection('journals'),
    settings: disk.collection('settings'), tokens: disk.collection('tokens'), counters: disk.collection('counters'), byNumber: new Map(), creditByNumber: new Map(), byReference: new Map(), creditsByInvoice: new Map(), paymentsByInvoice: new Map(), contactByName: new Map(), contactByNumber: new Map(), accountByCode: new Map(),
    changed: () => undefined, now: () => new Date(),
  };
  if (o.accounts.size() === 0) {
    disk.transaction(() => {
      for (const account of seedAccounts) o.accounts.put(account.id, account);
      o.counters.put('contact', seedContactCounter);
      o.tokens.put('sandbox-refresh-token', { kind: 'refresh', clientId: 'tieout-sandbox', expiresAt: Number.MAX_SAFE_INTEGER });
    });
  }
  if (o.taxRates.size() === 0) {
    disk.transaction(() => {
      for (const [type, { name, rate }] of Object.entries(taxTypes)) o.taxRates.put(type, { type, name, status: 'ACTIVE', components: [{ name, rate }], rate, system: true });
      for (const code of currencies) o.currencies.put(code, code);
    });
  }
  for (const i of o.invoices.values()) indexDocument(o, i);
  for (const p of o.payments.values()) indexPayment(o, p);
  for (const c of o.contacts.values()) indexContact(o, c);
  for (const i of o.items.values()) o.itemByCode.set(i.code, i.id);
  for (const a of o.accounts.values()) o.accountByCode.set(a.code, a.id);
  return o;
}

/** Numbers of invoices and of credit notes are two ranges; `before` is what the document was called until now. */
export function indexDocument(o: Organisation, i: Invoice, before?: Invoice): void {
  for (const a of i.allocations) o.creditsByInvoice.set(a.invoiceId, (o.creditsByInvoice.get(a.invoiceId) ?? new Set()).add(i.id));
  // A prepayment has neither number nor reference.
  if (i.type === 'ARPREPAYMENT') return;
  const numbers = i.type === 'ACCREC' ? o.byNumber : o.creditByNumber;
  if (before && before.number !== i.number) numbers.delete(before.number.toLowerCase());
  numbers.set(i.number.toLowerCase(), i.id);
  const reference = i.reference.toLowerCase();
  if (before && before.reference.toLowerCase() !== reference) o.byReference.get(before.reference.toLowerCase())?.delete(i.id);
  const same = o.byReference.get(reference);
  if (same) same.add(i.id); else o.byReference.set(reference, new Set([i.id]));
}
export function indexPayment(o: Organisation, p: Payment): void {
  const same = o.paymentsByInvoice.get(p.invoiceId);
  if (same) same.push(p.id); else o.paymentsByInvoice.set(p.invoiceId, [p.id]);
}
export function indexContact(o: Organisation, c: Contact): void {
  if (c.status === 'ACTIVE') o.contactByName.set(c.name.toLowerCase(), c.id);
  if (c.number) o.contactByNumber.set(c.number, c.id);
}
export const settingsOf = (o: Organisation): Settings => o.settings.get('organisation') ?? defaultSettings;
export const lockedThrough = (o: Organisation): string | undefined => [settingsOf(o).periodLockDate, settingsOf(o).endOfYearLockDate].filter((d): d is string => d !== undefined).sort().pop();
export const nextNumber = (o: Organisation, name: string): number => { const n = (o.counters.get(name) ?? 0) + 1; o.counters.put(name, n); return n; };
export { tenantId };
