import { type Outcome } from '../../canonical/failure';
import { type GpCustomerNumber, type GpReceiptNumber, type GpSalesNumber, type OrderKey } from '../../canonical/ids';
import { type JournalLine, type LedgerInvoice, type LedgerOrderState, type LedgerReceipt } from '../../canonical/ledger';
import { type MasterKind, type MasterRecord, type MasterWrite, type MasterWritten } from '../../canonical/master';
import { type Money } from '../../canonical/money';
import { type CreditType } from './document-kinds';

/** Fields of one eConnect node: text, decimals as text, whole numbers. */
export type GpRow = Readonly<Record<string, string | number>>;
/** A document in eConnect's own words, as a mapping makes it: its nodes in the order of the schema, each with its fields or, for `…_Items`, its rows. Currencies are ISO codes. */
export type GpNodes = Readonly<Record<string, GpRow | readonly GpRow[]>>;

/** An order with its customer and addresses, ready for this company. Made by `orderDraft`, which proves what it is found again by. */
export type GpOrderDraft = { number: GpSalesNumber; orderKey: OrderKey; customerNumber: GpCustomerNumber; total: Money; nodes: GpNodes };

/** How far the warehouse may be: goods set aside, goods picked, or any of it transferred to an invoice. */
export type GpKeep = 'allocated' | 'picked' | 'transferred';

/** A written document as read back from the ledger. `existed` tells that it stood there before this call. */
export type GpReceiptOfWrite = { number: string; total: Money; existed: boolean };

/**
 * A cash receipt, ready for this company; `orderKey` is its description, by which it is known as ours, `date` (yyyy-mm-dd) lies in an open period. Its
 * customer node is written only where GP has no such customer. Made by `receiptDraft`.
 */
export type GpReceiptDraft = { number: GpReceiptNumber; orderKey: string; customerNumber: GpCustomerNumber; amount: Money; date: string; nodes: GpNodes };

/** A posted invoice taken back by a SOP return, ready for this company. Made by `returnDraft`. */
export type GpReturnDraft = { number: GpSalesNumber; orderKey: OrderKey; invoice: string; total: Money; nodes: GpNodes };

/** A receipt (9) or a return (8) applied to one invoice. Made by `applicationDraft`. */
export type GpApplicationDraft = { credit: string; type: CreditType; invoice: string; amount: Money; nodes: GpNodes };

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
  /**
   * Customer, addresses and sales order in one eConnect document; the class of a customer that GP has already is left to GP. `waived`: a person let it
   * pass that the customer is on hold or above the credit limit. Failure codes: document-rejected, customer-on-hold, …
   */
  createSalesOrder(draft: GpOrderDraft, options?: { waived?: boolean }): Promise<Outcome<GpReceiptOfWrite>>;
  /** Voids an order nobody has transferred yet; a missing or already void order is success. `keep` leaves it to a person from that much work on (`cannot-undo`). */
  voidSalesOrder(number: string, keep?: GpKeep): Promise<Outcome<{ existed: boolean }>>;
  /** Voids an invoice that nobody has posted; its goods are free again. A missing or void one is success, a posted one `cannot-undo`. */
  voidInvoice(number: string): Promise<Outcome<{ existed: boolean }>>;
  createCashReceipt(draft: GpReceiptDraft): Promise<Outcome<GpReceiptOfWrite>>;
  /** Voids an unapplied receipt; unapplies it first where needed. */
  voidCashReceipt(number: string, date: string): Promise<Outcome<{ existed: boolean }>>;
  /** Applies one receipt to one posted invoice; an equal application already there is success. `document-locked` while either is unposted. */
  applyReceipt(draft: GpApplicationDraft): Promise<Outcome<{ existed: boolean }>>;
  /** Takes a posted invoice back by a return of the same amounts. Failures as createSalesOrder. */
  createReturn(draft: GpReturnDraft): Promise<Outcome<GpReceiptOfWrite>>;
  /** Applies a posted return to its invoice; an equal application already there is success. `document-locked` while either is unposted. */
  applyReturn(draft: GpApplicationDraft): Promise<Outcome<{ existed: boolean }>>;
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
