/**
 * The full list of side effects a workflow can ask for: types only, so that the workflow bundle holds none of the hands.
 * Local activities reach our own store (and the source, for the one re-read); every other one is a single outside act.
 */
import { type Failure } from '../canonical/failure';
import { type LedgerFigures, type LedgerInvoice, type LedgerOrderState } from '../canonical/ledger';
import { type Money } from '../canonical/money';
import { type Payment, type SalesOrder } from '../canonical/sales-order';
import { type Story } from '../canonical/story';
import { type GpMasterActivities, type MasterActivities, type XeroMasterActivities } from './master/contract';

export type { GpFiscalPeriod } from '../connectors/gp/types';
import { type GpApplicationDraft, type GpFiscalPeriod, type GpOrderDraft, type GpReceiptDraft, type GpReturnDraft } from '../connectors/gp/types';
import { type LineCodes } from '../mapping/adjust-order';

export type RunRef = { pairId: string; runId: string; sourceId: string; orderId: string };

export type AcceptInput = {
  run: RunRef;
  /** Deliveries that spoke of this order, oldest first; their bodies stand in when the source cannot be read. */
  inboxIds: string[];
  /** Payments the gateway told of. */
  payments: Payment[];
  /** The version accepted before: an older one changes nothing. */
  knownVersion?: string;
  /** Counts the GP orders made for this order; above one the plan gets a number of its own. */
  revision?: number;
  /** The mapping versions that this run works with; those it does not name are the ones that work now. */
  mappings?: Record<string, number>;
  /** Minor units that GP invoiced: money up to there is what the order was, though an edit took some of it back since. */
  invoiced?: string;
};

/** How long an approver may be silent, and what silence means. Absent stages do not happen. */
export type ApprovalPolicy = { remindAfterMs?: number; escalateAfterMs?: number; silenceAfterMs?: number; onSilence: 'wait' | 'approve' | 'reject' };
/** An exception as the run tells it: with what was to be written, for people to look at and to correct. */
export type Trouble = { failure: Failure; step: string; canonical?: SalesOrder; coded?: object };

/** One payment of the order with everything both ledgers need to record it. */
export type TenderPlan = { payment: Payment; receipt: GpReceiptDraft; xeroDate: string; /** A prepayment in Xero as long as nothing is invoiced. */ prepay?: true };

/** What the run knows its GP order by; `date` is the document's, `rate` foreign units per base unit ("1" for the company's own currency), `lines` what each line is in GP. */
export type OrderCoding = { orderKey: string; number: GpOrderDraft['number']; customerNumber: GpOrderDraft['customerNumber']; date: string; rate: string; lines: LineCodes; /** The name of an account that is not the buyer's own: shared by many, or kept by master data. */ sharedName?: string };

/** A mapping document on its way to the agent beside GP, with the tables that it looks things up in and the pair's settings for it. */
export type AgentMapping = { document: object; tables?: Record<string, unknown>; params?: Record<string, unknown> };

export type OrderPlan = {
  orderKey: string;
  orderName: string;
  version: string;
  contentHash: string;
  currency: string;
  total: Money;
  placedAt: string;
  gpQueue: string;
  /** The canonical order as it is posted. */
  order: SalesOrder;
  coding: OrderCoding;
  /** The GP document that its mapping made: what the agent beside GP is handed. Absent where nothing is to be posted, and in plans of older releases. */
  draft?: GpOrderDraft;
  /** How the agent applies receipts to invoices. */
  applying?: AgentMapping;
  /** The customer's order before this one, while it is on its way: GP is to have it first. */
  after?: string;
  tenders: TenderPlan[];
  /** Why a person must approve; absent when nobody must. */
  approval?: string;
  approvalPolicy?: ApprovalPolicy;
  /** What an edit does to a GP order that nobody has invoiced yet, and from how much work of the warehouse on a person looks first. */
  editedBeforeInvoice?: 'replace' | 'hold';
  editNeedsReview?: 'allocated' | 'picked' | 'transferred';
  /** What an edit of amounts does to an order that is invoiced. */
  editedAfterInvoice?: 'hold' | 'adjust';
  addedAfterInvoice?: 'supplement' | 'person';
  /** Hash of the amounts alone: where it stays, an edit changed names and addresses only. */
  moneyHash?: string;
  /** It may be invoiced before it is paid; `tieOut` says when it is proved. */
  terms?: { dueDays?: number; tieOut: 'paid' | 'invoiced' };
  /** Invoices of zero stay out of Xero. */
  skipZeroInvoices?: boolean;
  /** Payments of it may stand in Xero as prepayments. */
  prepayments?: true;
  /** Mirror unposted invoices as drafts. */
  drafts: boolean;
  warnings: string[];
};

/** `mappings`: name and version of every mapping document of this run, kept to its end. */
export type AcceptResult = { mappings?: Record<string, number> } & (
  | { verdict: 'go'; plan: OrderPlan }
  | { verdict: 'stale'; version: string }
  /** An order taken up again after it was finished: what it would be posted as now, and whether that is what stands. */
  | { verdict: 'recalled'; plan: OrderPlan; cancelled: boolean; same: boolean; phase: Story['phase']; /** Payments of an order on terms that have no receipt yet. */ owes?: boolean; /** The return that took a part of it back before. */ corrected?: string; /** GP orders over what was added to it before, oldest first. */ supplements?: { number: string; key: string }[] }
  /** `goesOn`: an order that stands in GP already goes on as it stands. */
  | { verdict: 'park' | 'wait-payment' | 'cancelled' | 'wait-order' | 'skip'; failure: Failure; goesOn?: true; orderName?: string; version?: string; total?: string; currency?: string; warnings: string[] });

export type MirrorInput = { run: RunRef; /** The mapping versions this run works with. */ mappings?: Record<string, number>; orderKey: string; orderName: string; invoice: LedgerInvoice; order: Pick<SalesOrder, 'customer' | 'billTo' | 'shipTo'>; asDraft: boolean; /** Days from invoice to due date, if not the pair's. */ dueDays?: number;
  /** What is paid on it as soon as it stands authorised, and the invoices to read back afterwards. */ pay?: { payments: Omit<SettleXeroInput['payments'][number], 'invoiceId'>[]; invoiceNumbers: string[] } };
export type MirrorResult = { invoiceId: string; number: string; status: string; total: Money; existed: boolean; warnings: string[]; figures: LedgerFigures;
  /** The payments stand as asked, and `figures` are of what was read back then. */ paid?: true; /** Why they do not, where time does not heal it: the invoice stands. */ failure?: Failure };

/** `payment` is whole, `amount` what of it pays this invoice. Runs that began before mapping documents made payments told the clearing account instead of the payment. */
export type SettleXeroInput = { run: RunRef; mappings?: Record<string, number>; orderKey: string; invoiceNumbers: string[];
  payments: { invoiceId: string; paymentId: string; payment?: Payment; accountCode?: string; amount: Money; date: string; rate: string; /** It may stand as a prepayment, which is used then. */ prepaid?: true }[] };
export type SettleXeroResult = { payments: { paymentId: string; invoiceId: string; amount: Money }[]; figures: LedgerFigures };

export type PrepayInput = { run: RunRef; mappings?: Record<string, number>; orderKey: string; orderName: string; customerNumber: string; order: MirrorInput['order']; payments: { payment: Payment; date: string }[] };
export type RefundPrepaymentInput = { run: RunRef; orderKey: string; customerNumber: string; payment: Payment; date: string };

/** `amount` of the receipt pays the invoice; `payment` is what the receipt was made from. */
export type GpApplication = { receipt: string; invoice: string; amount: Money; date: string; payment?: Payment };
export type SettleGpInput = { applications: GpApplication[]; applying?: AgentMapping; invoiceNumbers: string[]; receiptNumbers: string[] };
export type SettleGpResult = { applied: number; figures: LedgerFigures };

export type ProveInput = { run: RunRef; currency: string; gp: LedgerFigures; xero: LedgerFigures; documents: { system: string; kind: string; key: string; number?: string; externalId?: string; amount?: string; currency?: string }[]; story: Story; seq: number };
export type ProveResult = { tiedOut: boolean; difference?: string };

/** `order` is absent when the failure came before it. */
export type PostedOrder = { order?: { number: string; total: Money; existed: boolean; warnings: string[] }; receipts: string[]; failure?: Failure };

/** An order of ours that stands under another customer in GP. */
export type MovedCustomer = { from: string; to: string; orderNumber: string };

/** A posted invoice, or what was taken off some, and the return by which it comes back. */
export type ReturnPlan = { number: string; invoice: LedgerInvoice; date: string; reason: string; /** Absent in plans of older releases. */ draft?: GpReturnDraft };
/** Documents that take part of an invoiced order back: one return in GP, the same lines as a credit note in Xero, both applied alike while something is open. */
export type AdjustmentPlan = { ret: ReturnPlan; applications: { invoice: string; amount: Money; draft?: GpApplicationDraft }[]; /** Left on the customer's account in both ledgers. */ left: Money };
export type AdjustmentAsk = { run: RunRef; mappings?: Record<string, number>; orderKey: string; /** The order as it is now, and its lines' GP codes. */ after: SalesOrder; lines: LineCodes; /** Posted invoices, oldest first, and what of each is open. */ invoices: { invoice: LedgerInvoice; open: string }[] };

/** A GP order over what an edit added to an invoiced order; absent where it added nothing. `takesBack`: the edit took something off too. */
export type SupplementPlan = { supplement?: { key: string; order: SalesOrder; coding: OrderCoding; /** Absent in plans of older releases. */ draft?: GpOrderDraft }; takesBack: boolean };
export type SupplementAsk = { run: RunRef; mappings?: Record<string, number>; orderKey: string; /** The order as it is now, its GP codes and all its payments. */ after: SalesOrder; coding: OrderCoding; tenders: TenderPlan[]; invoices: LedgerInvoice[]; /** What the pair does with what was taken off. */ takenOff: 'hold' | 'adjust' };

/** One return per posted invoice, and how it is applied to it. */
export type UndoPlan = { date: string; returns: (ReturnPlan & { application?: GpApplicationDraft })[] };

/** One decision for the next of many exceptions; see store BulkAct. */
export type BulkProgress = { total: number; done: number; failed: number; left: boolean };

/** Run inside the workflow worker: our store, mapping, and the bounded re-read of the source. */
export interface DeskActivities {
  /** Reads the order anew, translates, checks, codes it, reserves its numbers and records the intent. Idempotent. */
  acceptOrder(input: AcceptInput): Promise<AcceptResult>;
  /** Writes the story where people and the api look; opens or closes the exception it tells of. */
  recordProgress(input: { story: Story; seq: number; documents?: ProveInput['documents']; trouble?: Trouble; /** What an approver is asked about. */ asked?: SalesOrder }): Promise<void>;
  /** Whether no order of the customer is on its way any more before this one; a run that ended without leaving the line is taken out of it. */
  turnHasCome(input: { run: RunRef; customer: string; number: string }): Promise<boolean>;
  /** A finished order whose source spoke again: what stands for it, and whether anything changed. Writes nothing. */
  recallOrder(input: AcceptInput): Promise<AcceptResult>;
  /** An edit of amounts after the invoice, as correcting documents dated on the first day open in both ledgers. Failure `order-edited` where it is no pure taking back. */
  planAdjustment(input: AdjustmentAsk): Promise<AdjustmentPlan>;
  /** An edit that added to an invoiced order, as a GP order of its own; its number is reserved and its intent recorded. Failure `order-edited` where it is neither adding nor taking back. */
  planSupplement(input: SupplementAsk): Promise<SupplementPlan>;
  /** Dates and numbers for correcting documents: the first day open in both ledgers, one return per posted invoice. The same on every ask. */
  planUndo(input: { run: RunRef; mappings?: Record<string, number>; orderKey: string; invoices: LedgerInvoice[] }): Promise<UndoPlan>;
  /** Compares what both ledgers hold of the order and records the verdict with the final story. */
  proveTieOut(input: ProveInput): Promise<ProveResult>;
  /** Where the feed of this pair stands. */
  loadFeed(input: { pairId: string }): Promise<{ since: string; overlapMs: number; pending: string[]; gpQueue: string; periodsDue: boolean; troubled: boolean }>;
  /** Which of these documents belong to runs of ours and were not told of by the last look: their order keys. With nothing to look at, the watermark moves on at once. */
  matchChanges(input: { pairId: string; orderNumbers: string[]; receiptNumbers: string[]; marks?: string[]; watermark: string; pending: boolean }): Promise<{ orderKeys: string[] }>;
}

/** Run on the orchestration queue as regular activities: they signal many runs or call Xero for facts. */
export interface FeedActivities {
  /** A connector that cannot be reached is one incident, whatever waits behind it; it closes when the connector is back. */
  reportConnector(input: { pairId: string; system: 'gp' | 'xero' | 'source'; failure?: Failure }): Promise<void>;
  /** Decides the next exceptions of a bulk act; moves its cursor. */
  decideBatch(input: { actId: string; limit: number }): Promise<BulkProgress>;
  /** One look at what the source changed since the last one: deliveries that never came are put into the inbox. */
  sweepSource(input: { pairId: string; sourceId: string }): Promise<{ seen: number; missed: number }>;
  /** Tells each run what its ledger holds now, once per change; answers the orders to look at again. */
  deliverChanges(input: { pairId: string; states: Record<string, LedgerOrderState[]>; watermark: string; pending: string[]; /** Of the whole look, once all of it is told. */ marks?: string[] }): Promise<{ signalled: number; pending: string[]; /** Orders that GP has under another customer than we entered them. */ moved?: MovedCustomer[] }>;
  /** Points the cross-reference of those customers that are gone from GP (not in `standing`) to their new numbers. Our store only. */
  followCustomers(input: { pairId: string; moved: MovedCustomer[]; standing: string[] }): Promise<{ followed: number }>;
  /** Keeps fiscal periods and Xero's lock dates at hand for accounting dates. */
  refreshCalendar(input: { pairId: string; periods: GpFiscalPeriod[] }): Promise<void>;
}

/** Run on the Xero queue; concurrent calls of one organisation share requests. */
export interface XeroActivities {
  /** Contact and ACCREC invoice as GP made it, and its payments with it where `pay` names them; each looked up by number or reference before any second write. Undo: unmirrorInvoice. */
  mirrorInvoice(input: MirrorInput): Promise<MirrorResult>;
  /** Contact and one prepayment per payment, each looked for by our key before it is written. Undo: refundPrepayment. */
  prepayInXero(input: PrepayInput): Promise<{ prepayments: { paymentId: string; prepaymentId: string; existed: boolean }[] }>;
  /** Pays back what no invoice used of a prepayment, from the account it came in on. Nothing there, or nothing left, is success. */
  refundPrepayment(input: RefundPrepaymentInput): Promise<{ existed: boolean; amount?: Money }>;
  /** DRAFT → AUTHORISED once GP posted. */
  authoriseInvoice(input: { run: RunRef; invoiceId: string; number: string }): Promise<MirrorResult>;
  /** Draft deleted; authorised, unpaid and in an open period voided; else a credit note dated `date`, allocated or paid back. Nothing there is success. */
  unmirrorInvoice(input: { run: RunRef; number: string; orderKey?: string; date?: string }): Promise<{ existed: boolean; how?: 'deleted' | 'voided' | 'credited' | 'refunded'; document?: string }>;
  /** A credit note over the lines of a GP return, allocated to these invoices; looked up by number before any second write. No undo: a correction is corrected by a person. */
  creditReturn(input: { run: RunRef; orderKey: string; ret: ReturnPlan; applications: { invoice: string; amount: Money }[]; mappings?: Record<string, number> }): Promise<{ number: string; total: Money; existed: boolean }>;
  /** Payments on the clearing accounts, then the invoices read back. */
  settleInXero(input: SettleXeroInput): Promise<SettleXeroResult>;
  readXeroFigures(input: { run: RunRef; invoiceNumbers: string[] }): Promise<LedgerFigures>;
}

/** Run by the GP agent beside the company; no store there. */
export interface GpActivities {
  /** `waived`: a person let it pass that the customer is on hold. Without a draft (a plan of an older release): `plan-outdated`. */
  createSalesOrder(input: { draft?: GpOrderDraft | undefined; waived?: boolean }): Promise<{ number: string; total: Money; existed: boolean; warnings: string[] }>;
  /** Order and receipts in one act: what is written before a failure is told with it, so that nothing is forgotten. */
  postOrder(input: { draft?: GpOrderDraft | undefined; waived?: boolean; receipts: GpReceiptDraft[] }): Promise<PostedOrder>;
  /** `keep`: from how much work of the warehouse on it is left to a person. */
  voidSalesOrder(input: { number: string; keep?: 'allocated' | 'picked' | 'transferred' }): Promise<{ existed: boolean }>;
  /** Voids an invoice that GP has not posted. No undo: a void is final. */
  voidInvoice(input: { number: string }): Promise<{ existed: boolean }>;
  /** Takes a posted invoice back whole by a return document. */
  createReturn(input: { draft?: GpReturnDraft | undefined }): Promise<{ number: string; total: Money; existed: boolean }>;
  /** Applies a posted return to its invoice; waits for the posting by itself. */
  applyReturn(input: { returnNumber: string; invoice: string; amount: Money; date: string; draft?: GpApplicationDraft | undefined }): Promise<{ existed: boolean }>;
  createCashReceipt(input: { receipt: GpReceiptDraft }): Promise<{ number: string; total: Money; existed: boolean }>;
  voidCashReceipt(input: { number: string; date: string }): Promise<{ existed: boolean }>;
  /** Applies receipts to posted invoices, then reads invoices, receipts and journals back. */
  settleInGp(input: SettleGpInput): Promise<SettleGpResult>;
  readGpFigures(input: { invoiceNumbers: string[]; receiptNumbers: string[] }): Promise<LedgerFigures>;
  /** `marks` stand for the changes in their order, orders first: a change that was told of before has the same mark. */
  readChanges(input: { since: string; overlapMs?: number }): Promise<{ orderNumbers: string[]; receiptNumbers: string[]; marks?: string[]; watermark: string }>;
  readOrderStates(input: { orderKeys: string[] }): Promise<Record<string, LedgerOrderState[]>>;
  readFiscalPeriods(): Promise<GpFiscalPeriod[]>;
  /** Which of these customer numbers exist. */
  readCustomers(input: { numbers: string[] }): Promise<string[]>;
}

/** Activity names on the wire, per queue; frozen by names.test.ts. */
export type ActivityName = keyof DeskActivities | keyof FeedActivities | keyof XeroActivities | keyof GpActivities | keyof MasterActivities | keyof GpMasterActivities | keyof XeroMasterActivities;

/** Activities that only look: into a ledger, a source or our own store. */
export type ReadActivityName = 'recallOrder' | 'loadFeed' | 'readXeroFigures' | 'readGpFigures' | 'readChanges' | 'readOrderStates' | 'readCustomers' | 'readFiscalPeriods' | 'loadSync' | 'readGpMasters';
/** Activities that write into our own store, or tell runs of ours: asked for again they change nothing in another system. */
export type OwnActivityName = 'acceptOrder' | 'recordProgress' | 'planUndo' | 'planAdjustment' | 'planSupplement' | 'proveTieOut' | 'matchChanges' | 'reportConnector' | 'decideBatch' | 'sweepSource' | 'deliverChanges' | 'followCustomers' | 'refreshCalendar' | 'turnHasCome'
  | 'planMasters' | 'rememberMasters' | 'keepMasters' | 'markMasters' | 'trackBatch' | 'findGone' | 'pullXeroMasters';
/** All others write into a system of record: each has its rows in test/exactly-once/ and docs/exactly-once.md, by which it is tried. */
export type WriteActivityName = Exclude<ActivityName, ReadActivityName | OwnActivityName>;
