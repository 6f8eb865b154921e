import { DiskStore, type Collection } from '../kit/disk-store';
import { type BookLine } from '../kit/decimal';
import { seededAt, seedMasters } from './master-seeds';
import { seedAccounts, seedCheckbooks, seedItems } from './seeds';

export type SopLine = { seq: number; item: string; description: string; quantity: string; remaining: string; unitPrice: string; markdown: string; extended: string; tax: string; salesAccount?: string; returnsAccount?: string; site: string; unit: string; /** Other columns of the line, as the document or its header gave them. */ more?: Record<string, string> };
/** One row of SOP10102: DISTTYPE, account, debit or credit. */
export type SopDistribution = { type: number; account: string; debit: string; credit: string };
export type SopTax = { seq: number; type: number; detail: string; amount: string; base: string };
export type SopDocument = {
  type: number; number: string; origin: string; docId: string; date: string; batch: string; customer: string; customerName: string; customerPo: string; subtotal: string; freight: string; misc: string;
  tax: string; freightTax: string; miscTax: string; tradeDiscount: string; total: string; currency: string; rate: string; voided: boolean; posted: boolean; history: boolean;
  integrationId: string; reference: string; lines: SopLine[]; taxes: SopTax[]; createdAt: string; changedAt: string; shipments: number;
  /** How far the warehouse is with it before it is moved to an invoice. */
  warehouse?: 'allocated' | 'picked';
  /** Other columns of the header, and the row of SOP10106: what the document or the customer's card gave. */
  more?: Record<string, string>; userDefined?: Record<string, string>;
  /** Distributions that came with the document (CREATEDIST 0). */
  distributions?: SopDistribution[];
};
export type Receipt = {
  number: string; customer: string; date: string; amount: string; open: string; currency: string; rate: string; batch: string; checkbook: string; checkNumber: string; description: string; posted: boolean; voided: boolean; createdAt: string; changedAt: string;
  /** CSHRCTYP: 0 check, 1 cash, 2 card; and the card's id. */
  kind?: number; card?: string;
};
/** An open receivable: a posted invoice. */
export type Receivable = { number: string; customer: string; amount: string; open: string; currency: string; rate: string; changedAt: string };
/** `type` is the kind of credit: 9 receipt, 8 return. */
export type Apply = { from: string; type: number; to: string; amount: string; date: string };
export type Journal = { entry: number; document: string; date: string; currency: string; rate: string; lines: BookLine[]; changedAt: string };
/** A customer or a vendor. `internet`: rows of SY01200 by address code; `stamps`: DEX_ROW_TS of rows beside the party's own; `touchedAt`: the latest of all. */
export type Customer = {
  number: string; name: string; hold: boolean; inactive?: boolean; creditLimit?: string; addresses: Record<string, Record<string, string>>; internet?: Record<string, Record<string, string>>; fields: Record<string, string>;
  stamps?: Record<string, string>; changedAt: string; touchedAt?: string;
};
/** A set-up record of any other table: its key, its columns, and the rows below it. */
export type Master = { key: string; columns: Record<string, string>; rows?: Record<string, string>[]; changedAt: string };
/** `stock`: what is on hand in base units (absent: nobody counts). `units`: base units in one of each; the base unit is EACH. */
export type Item = { item: string; description: string; inactive?: boolean; stock?: string; backOrders?: boolean; units?: Record<string, string>; decimals?: number; kit?: { item: string; quantity: string }[];
  /** Other columns of its card, and when the card changed. */ card?: Record<string, string>; changedAt?: string };
export type Period = { year: number; period: number; series: number; from: string; to: string; closed: boolean };
export type Settings = { shipDelayMs: number; postIntervalMs: number; pauseWarehouse: boolean; pausePoster: boolean; closedPeriods: string[]; lockedBatches: string[]; latencyMs: number };

export type Company = {
  disk: DiskStore; sop: Collection<SopDocument>; receipts: Collection<Receipt>; receivables: Collection<Receivable>; /** Posted returns with what is left of them. */ returns: Collection<Receivable>; applies: Collection<Apply>; journals: Collection<Journal>;
  customers: Collection<Customer>; vendors: Collection<Customer>; /** Set-up tables by name. */ masters: Record<string, Collection<Master>>; items: Collection<Item>; settings: Collection<Settings>; counters: Collection<number>;
  find: Finders; accounts: Set<string>; checkbooks: Map<string, string>; now(): Date;
};

/** Lookups by what people and procedures ask for, so that a read costs what it finds and not what ever was. */
export type Finders = ReturnType<typeof findersOf>;
const findersOf = (c: Pick<Company, 'sop' | 'receipts' | 'receivables' | 'returns' | 'applies' | 'journals' | 'customers' | 'vendors'>) => ({
  sopByNumber: c.sop.index((d) => d.number), sopByOrigin: c.sop.index((d) => d.origin || undefined), sopByIntegration: c.sop.index((d) => d.integrationId || undefined), sopSince: c.sop.changes((d) => d.changedAt),
  receiptsByDescription: c.receipts.index((r) => r.description || undefined), receiptsSince: c.receipts.changes((r) => r.changedAt),
  receivablesSince: c.receivables.changes((r) => r.changedAt), returnsSince: c.returns.changes((r) => r.changedAt),
  appliesFrom: c.applies.index((a) => a.from), appliesTo: c.applies.index((a) => a.to), journalsByDocument: c.journals.index((j) => j.document),
  customersSince: c.customers.changes((k) => k.touchedAt ?? k.changedAt), vendorsSince: c.vendors.changes((k) => k.touchedAt ?? k.changedAt), customersByIntegration: c.customers.index((k) => k.fields['INTEGRATIONID'] || undefined),
});

export const sopKey = (type: number, number: string): string => `${type}/${number}`;
export const defaultSettings: Settings = { shipDelayMs: 300, postIntervalMs: 500, pauseWarehouse: false, pausePoster: false, closedPeriods: [], lockedBatches: [], latencyMs: 0 };

/** Opens the company's books; an empty file is seeded. */
export function openCompany(file: string): Company {
  const disk = DiskStore.open(file);
  const books = {
    disk, sop: disk.collection('sop'), receipts: disk.collection('receipts'), receivables: disk.collection('receivables'), returns: disk.collection('returns'), applies: disk.collection('applies'), journals: disk.collection('journals'),
    customers: disk.collection('customers'), vendors: disk.collection('vendors'), masters: Object.fromEntries(Object.keys(seedMasters).map((table) => [table, disk.collection<Master>(`master-${table}`)])), items: disk.collection('items'), settings: disk.collection('settings'), counters: disk.collection('counters'),
    accounts: new Set<string>(Object.values(seedAccounts)), checkbooks: new Map(Object.entries(seedCheckbooks)), now: () => new Date(),
  } satisfies Omit<Company, 'find'> as Omit<Company, 'find'>;
  const company: Company = { ...books, find: findersOf(books) };
  disk.transaction(() => { for (const [table, rows] of Object.entries(seedMasters)) if (company.masters[table]?.size() === 0) for (const row of rows) company.masters[table]?.put(row.key, { ...row, changedAt: seededAt }); });
  for (const account of company.masters['accounts']?.values() ?? []) company.accounts.add(account.key);
  if (company.items.size() === 0) disk.transaction(() => { for (const item of seedItems) company.items.put(item, { item, description: item }); });
  return company;
}

export const settingsOf = (c: Company): Settings => c.settings.get('company') ?? defaultSettings;
export function nextNumber(c: Company, series: string, first: number): number {
  const n = c.counters.get(series) ?? first;
  c.counters.put(series, n + 1);
  return n;
}

/** Month periods of sales (3) and financial (2); 2025–2027 exist, earlier years are closed. */
export function periodsOf(c: Company): Period[] {
  const { closedPeriods } = settingsOf(c);
  const periods: Period[] = [];
  for (let year = 2024; year <= 2027; year += 1) {
    for (let month = 1; month <= 12; month += 1) {
      const mm = String(month).padStart(2, '0');
      const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
      for (const series of [2, 3]) periods.push({ year, period: month, series, from: `${year}-${mm}-01`, to: `${year}-${mm}-${last}`, closed: year < 2025 || closedPeriods.includes(`${year}-${mm}`) });
    }
  }
  return periods;
}
export function isOpen(c: Company, date: string): boolean {
  const [year, month] = [Number(date.slice(0, 4)), date.slice(0, 7)];
  return year >= 2025 && year <= 2027 && !settingsOf(c).closedPeriods.includes(month);
}
