import { type Outcome } from '../../canonical/failure';
import { type GpCustomerNumber, type GpReceiptNumber, type GpSalesNumber, type OrderKey } from '../../canonical/ids';
import { type JournalLine, type LedgerInvoice, type LedgerOrderState, type LedgerReceipt } from '../../canonical/ledger';
import { type MasterKind, type MasterRecord, type MasterWrite, type MasterWritten } from '../../canonical/master';
import { type Money } from '../../canonical/money';
import { type Address, type Customer, type SalesOrder } from '../../canonical/sales-order';

/** The pair's rules already applied to one order: codes of this GP company, never looked up again by the connector. */
export type GpOrderCoding = {
  orderKey: OrderKey;
  number: GpSalesNumber;
  customerNumber: GpCustomerNumber;
  documentId: string;
  site: string;
  batch: string;
  /** Calendar date yyyy-mm-dd of the order document. */
  date: string;
  currencyId: string;
  /** Foreign units per base unit (GP: divide method); "1" for the company's own currency. */
  rate: string;
  taxScheduleId: string;
  customerClass?: string;
  addressCode: string;
  /** By canonical lineId. A non-inventory line carries its own description; `salesAccount` overrides the posting account. */
  lines: Record<string, { item: string; nonInventory: boolean; salesAccount?: string; /** Where it leaves from, if not `site`. */ site?: string; /** Quantity and price in GP's unit, if not pieces of the shop. */ unit?: { unit: string; quantity: string; unitPrice: string } }>;
  /** What GP does when stock does not reach; absent is `back-order`. */
  shortage?: 'back-order' | 'sell-anyway';
  /** The name of an account that many buyers share: their own names and addresses stand on the document only. */
  sharedName?: string;
  /** Tax name (as the shop calls it) → GP tax detail id. */
  taxDetails: Record<string, string>;
  /** Refuse when the customer is on hold (a person may later decide otherwise). */
  respectHold: boolean;
  respectCreditLimit: boolean;
};

/** How far the warehouse may be: goods set aside, goods picked, or any of it transferred to an invoice. */
export type GpKeep = 'allocated' | 'picked' | 'transferred';

/** A written document as read back from the ledger. `existed` tells that it stood there before this call. */
export type GpReceiptOfWrite = { number: string; total: Money; existed: boolean; warnings?: string[] };

export type GpCashReceipt = {
  number: GpReceiptNumber;
  customerNumber: GpCustomerNumber;
  customer: { name: string };
  amount: Money;
  rate: string;
  /** yyyy-mm-dd, in an open period. */
  date: string;
  batch: string;
  checkbook: string;
  /** At most 20: the gateway's reference. */
  reference: string;
  /** At most 30: our order key. */
  description: string;
};

/** A posted invoice taken back whole: one SOP return over the same lines, freight and taxes, in the invoice's currency and rate. */
export type GpReturn = {
  number: GpSalesNumber;
  orderKey: OrderKey;
  invoice: LedgerInvoice;
  /** yyyy-mm-dd, in an open period. */
  date: string;
  batch: string;
  /** Return document id of this company (SOP40200, type 4). */
  documentId: string;
  site: string;
  /** Item id → the site it goes back to, where that is not `site`. */
  itemSites?: Record<string, string>;
  taxScheduleId: string;
  /** The detail that carries the returned tax; unused when the invoice has none. */
  taxDetailId: string;
  /** Item ids of the invoice that are no inventory items. */
  nonInventory: string[];
  /** Item id → account its sale was posted to, where that is not the company's default. */
  accounts: Record<string, string>;
  /** At most 30 characters, on the document. */
  reason: string;
};

export type GpApplication = { receipt: GpReceiptNumber; invoice: string; amount: Money; date: string };

export type GpReturnApplication = { returnNumber: string; invoice: string; amount: Money; date: string };

export type GpChanges = {
  /** Sales documents that changed, each with all its invoices and the receipts named `receiptNumbers`. */
  orders: { orderNumber: string; changedAt: string }[];
  receipts: { number: string; posted: boolean; changedAt: string }[];
  /** The next watermark, UTC with milliseconds. */
  watermark: string;
};

export type GpFiscalPeriod = { year: number; period: number; series: 'sales' | 'financial'; from: string; to: string; closed: boolean };

/**
 * The tongue to one GP company. Every write looks before a second write: a reply lost after the request left is resolved by
 * reading the document by its number; `outcome-unknown` comes out only when even looking fails.
 */
export interface GpClient {
  /** Customer, addresses and sales order in one eConnect document. Failure codes: document-rejected, customer-on-hold, … */
  createSalesOrder(order: SalesOrder, coding: GpOrderCoding): Promise<Outcome<GpReceiptOfWrite>>;
  /** Voids an order nobody has transferred yet; a missing or already void order is success. `keep` leaves it to a person from that much work on (`cannot-undo`). */
  voidSalesOrder(number: string, keep?: GpKeep): Promise<Outcome<{ existed: boolean }>>;
  /** Voids an invoice that nobody has posted; its goods are free again. A missing or void one is success, a posted one `cannot-undo`. */
  voidInvoice(number: string): Promise<Outcome<{ existed: boolean }>>;
  createCashReceipt(receipt: GpCashReceipt): Promise<Outcome<GpReceiptOfWrite>>;
  /** Voids an unapplied receipt; unapplies it first where needed. */
  voidCashReceipt(number: string, date: string): Promise<Outcome<{ existed: boolean }>>;
  /** Applies one receipt to one posted invoice; an equal application already there is success. `document-locked` while either is unposted. */
  applyReceipt(application: GpApplication): Promise<Outcome<{ existed: boolean }>>;
  /** Takes a posted invoice back by a return of the same amounts. Failures as createSalesOrder. */
  createReturn(ret: GpReturn): Promise<Outcome<GpReceiptOfWrite>>;
  /** Applies a posted return to its invoice; an equal application already there is success. `document-locked` while either is unposted. */
  applyReturn(application: GpReturnApplication): Promise<Outcome<{ existed: boolean }>>;
  /** Order, its invoices and receipts; undefined when GP knows no such order. */
  readOrder(orderNumber: string, receiptNumbers: string[]): Promise<Outcome<LedgerOrderState | undefined>>;
  /** Posted journal lines of these documents. */
  readJournals(documentNumbers: string[]): Promise<Outcome<JournalLine[]>>;
  readInvoices(invoiceNumbers: string[]): Promise<Outcome<LedgerInvoice[]>>;
  readReceipts(receiptNumbers: string[]): Promise<Outcome<LedgerReceipt[]>>;
  /** Remaining open amount per posted invoice number (RM20101 CURTRXAM). */
  readOpenAmounts(invoiceNumbers: string[]): Promise<Outcome<Record<string, Money>>>;
  /** What changed since the watermark, oldest first, and the next watermark, `overlapMs` behind what was seen. */
  readChanges(from: { since: string; overlapMs: number }): Promise<Outcome<GpChanges>>;
  readFiscalPeriods(): Promise<Outcome<GpFiscalPeriod[]>>;
  /** Which of these customer numbers exist. */
  readCustomers(numbers: string[]): Promise<Outcome<string[]>>;
  /** All orders, invoices and receipts whose INTEGRATIONID / description carries one of these keys: the outside audit's way in. */
  findByOrderKeys(orderKeys: string[]): Promise<Outcome<Record<string, LedgerOrderState[]>>>;
  /** A page of master records changed since; see MasterSide.changedSince. Kinds whose tables keep no change stamp are given whole. */
  changedMasters(ask: { kind: MasterKind; since?: string; cursor?: string; limit: number }): Promise<Outcome<{ records: MasterRecord[]; next?: string; watermark: string }>>;
  /** Those of these ids that exist; a renamed or combined record does not. */
  readMasters(kind: MasterKind, ids: string[]): Promise<Outcome<MasterRecord[]>>;
  /** One master record by one eConnect document, looked up first and read back; what is gone is never made anew (`document-missing`). */
  writeMaster(write: MasterWrite): Promise<Outcome<MasterWritten>>;
  /** Cheap liveness: company readable with these credentials. */
  ping(): Promise<Outcome<{ company: string }>>;
}

export type GpSettings = {
  econnectUrl: string;
  webServicesUrl?: string;
  auth: { kind: 'basic' | 'ntlm'; user: string; password: string; domain?: string };
  connectionString: string;
  companyId: number;
  /** The company's functional currency. */
  baseCurrency: string;
  timeoutMs: number;
  /** Requester document names where this company spells them otherwise (table eConnect_Out_Setup): our name → theirs. */
  documentTypes?: Record<string, string>;
  /** GP currency ids that are not ISO codes: GP id → ISO (`{ 'Z-US$': 'USD' }`). */
  currencies?: Record<string, string>;
  /** The operation that carries voids; releases differ. Default CreateTransactionEntity. */
  voidOperation?: 'CreateTransactionEntity' | 'UpdateTransactionEntity' | 'DeleteTransactionEntity';
};

export type { Address, Customer };
