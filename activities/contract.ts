/**
 * The full list of side effects a workflow can ask for: types only, so that the workflow bundle holds none of the hands.
 * Local activities reach our own store (and the source, for the one re-read); every other one is a single outside act.
 */
import { type Failure } from '../canonical/failure';
import { type LedgerFigures, type LedgerInvoice, type LedgerOrderState } from '../canonical/ledger';
import { type Money } from '../canonical/money';
import { type Payment, type SalesOrder } from '../canonical/sales-order';
import { type Story } from '../canonical/story';

/** Codes of the GP company for one order; the connector's own type, by shape. */
export type { GpOrderCoding, GpCashReceipt, GpApplication, GpFiscalPeriod } from '../connectors/gp/types';
import { type GpApplication, type GpCashReceipt, type GpFiscalPeriod, type GpOrderCoding } from '../connectors/gp/types';

export type RunRef = { pairId: string; runId: string; sourceId: string; orderId: string };

export type AcceptInput = {
  run: RunRef;
  /** Deliveries that spoke of this order, oldest first; their bodies stand in when the source cannot be read. */
  inboxIds: string[];
  /** Payments the gateway told of. */
  payments: Payment[];
  /** The version accepted before: an older one changes nothing. */
  knownVersion?: string;
};

/** One payment of the order with everything both ledgers need to record it. */
export type TenderPlan = { payment: Payment; receipt: GpCashReceipt; xeroAccount: string; xeroDate: string };

export type OrderPlan = {
  orderKey: string;
  orderName: string;
  version: string;
  contentHash: string;
  currency: string;
  total: Money;
  placedAt: string;
  gpQueue: string;
  /** The canonical order and its GP codes: what the agent beside GP is handed. */
  order: SalesOrder;
  coding: GpOrderCoding;
  tenders: TenderPlan[];
  /** Why a person must approve; absent when nobody must. */
  approval?: string;
  /** Mirror unposted invoices as drafts. */
  drafts: boolean;
  warnings: string[];
};

export type AcceptResult =
  | { verdict: 'go'; plan: OrderPlan }
  | { verdict: 'stale'; version: string }
  | { verdict: 'park' | 'wait-payment' | 'cancelled' | 'wait-order'; failure: Failure; orderName?: string; version?: string; total?: string; currency?: string; warnings: string[] };

export type MirrorInput = { run: RunRef; orderKey: string; orderName: string; invoice: LedgerInvoice; order: Pick<SalesOrder, 'customer' | 'billTo' | 'shipTo'>; asDraft: boolean };
export type MirrorResult = { invoiceId: string; number: string; status: string; total: Money; existed: boolean; warnings: string[]; figures: LedgerFigures };

export type SettleXeroInput = { run: RunRef; orderKey: string; invoiceNumbers: string[];
  payments: { invoiceId: string; paymentId: string; accountCode: string; amount: Money; date: string; rate: string }[] };
export type SettleXeroResult = { payments: { paymentId: string; invoiceId: string; amount: Money }[]; figures: LedgerFigures };

export type SettleGpInput = { applications: GpApplication[]; invoiceNumbers: string[]; receiptNumbers: string[] };
export type SettleGpResult = { applied: number; figures: LedgerFigures };

export type ProveInput = { run: RunRef; currency: string; gp: LedgerFigures; xero: LedgerFigures; documents: { system: string; kind: string; key: string; number?: string; externalId?: string; amount?: string; currency?: string }[]; story: Story; seq: number };
export type ProveResult = { tiedOut: boolean; difference?: string };

/** Run inside the workflow worker: our store, mapping, and the bounded re-read of the source. */
export interface DeskActivities {
  /** Reads the order anew, translates, checks, codes it, reserves its numbers and records the intent. Idempotent. */
  acceptOrder(input: AcceptInput): Promise<AcceptResult>;
  /** Writes the story where people and the api look; opens or closes the exception it tells of. */
  recordProgress(input: { story: Story; seq: number; documents?: ProveInput['documents'] }): Promise<void>;
  /** Compares what both ledgers hold of the order and records the verdict with the final story. */
  proveTieOut(input: ProveInput): Promise<ProveResult>;
  /** Where the feed of this pair stands. */
  loadFeed(input: { pairId: string }): Promise<{ since: string; pending: string[]; gpQueue: string; periodsDue: boolean }>;
  /** Which of these documents belong to runs of ours: their order keys. With nothing to look at, the watermark moves on at once. */
  matchChanges(input: { pairId: string; orderNumbers: string[]; receiptNumbers: string[]; watermark: string; pending: boolean }): Promise<{ orderKeys: string[] }>;
}

/** Run on the orchestration queue as regular activities: they signal many runs or call Xero for facts. */
export interface FeedActivities {
  /** Tells each run what its ledger holds now, once per change; answers the orders to look at again. */
  deliverChanges(input: { pairId: string; states: Record<string, LedgerOrderState[]>; watermark: string; pending: string[] }): Promise<{ signalled: number; pending: string[] }>;
  /** Keeps fiscal periods and Xero's lock dates at hand for accounting dates. */
  refreshCalendar(input: { pairId: string; periods: GpFiscalPeriod[] }): Promise<void>;
}

/** Run on the Xero queue; concurrent calls of one organisation share requests. */
export interface XeroActivities {
  /** Contact and ACCREC invoice as GP made it; looked up by number before any second write. Undo: unmirrorInvoice. */
  mirrorInvoice(input: MirrorInput): Promise<MirrorResult>;
  /** DRAFT → AUTHORISED once GP posted. */
  authoriseInvoice(input: { run: RunRef; invoiceId: string; number: string }): Promise<MirrorResult>;
  /** Draft deleted, authorised and unpaid voided; nothing there is success. */
  unmirrorInvoice(input: { run: RunRef; number: string }): Promise<{ existed: boolean }>;
  /** Payments on the clearing accounts, then the invoices read back. */
  settleInXero(input: SettleXeroInput): Promise<SettleXeroResult>;
  readXeroFigures(input: { run: RunRef; invoiceNumbers: string[] }): Promise<LedgerFigures>;
}

/** Run by the GP agent beside the company; no store there. */
export interface GpActivities {
  createSalesOrder(input: { order: SalesOrder; coding: GpOrderCoding }): Promise<{ number: string; total: Money; existed: boolean; warnings: string[] }>;
  voidSalesOrder(input: { number: string }): Promise<{ existed: boolean }>;
  createCashReceipt(input: { receipt: GpCashReceipt }): Promise<{ number: string; total: Money; existed: boolean }>;
  voidCashReceipt(input: { number: string; date: string }): Promise<{ existed: boolean }>;
  /** Applies receipts to posted invoices, then reads invoices, receipts and journals back. */
  settleInGp(input: SettleGpInput): Promise<SettleGpResult>;
  readGpFigures(input: { invoiceNumbers: string[]; receiptNumbers: string[] }): Promise<LedgerFigures>;
  readChanges(input: { since: string }): Promise<{ orderNumbers: string[]; receiptNumbers: string[]; watermark: string }>;
  readOrderStates(input: { orderKeys: string[] }): Promise<Record<string, LedgerOrderState[]>>;
  readFiscalPeriods(): Promise<GpFiscalPeriod[]>;
}

/** Activity names on the wire, per queue; frozen by names.test.ts. */
export type ActivityName = keyof DeskActivities | keyof FeedActivities | keyof XeroActivities | keyof GpActivities;
