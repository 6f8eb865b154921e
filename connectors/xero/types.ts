import { type Outcome } from '../../canonical/failure';
import { type XeroContactId, type XeroInvoiceId } from '../../canonical/ids';
import { type JournalLine } from '../../canonical/ledger';
import { type Money } from '../../canonical/money';
import { type XeroMasters } from './master-types';

/** A document in Xero's own words (`InvoiceNumber`, `LineItems`), as a mapping makes it; numbers are numbers. */
export type XeroDocument = Readonly<Record<string, unknown>>;

/** A contact ready to be sent; `contactNumber` is our key (the GP customer number). Made by `contactDraft`. */
export type XeroContactDraft = { contactNumber: string; name: string; document: XeroDocument };

/** An ACCREC invoice ready for this organisation, amounts without tax (LineAmountTypes Exclusive). Made by `invoiceDraft`, which proves that its lines make `total`. */
export type XeroInvoiceDraft = { invoiceNumber: string; contactId: XeroContactId; reference: string; currency: string; total: Money; document: XeroDocument };

export type XeroInvoice = {
  invoiceId: XeroInvoiceId; invoiceNumber: string; reference: string; status: string; contactId: string; date: string; currency: string;
  subTotal: Money; tax: Money; total: Money; amountDue: Money; amountPaid: Money;
  /** Taken off by credit notes. */
  amountCredited: Money;
  /** As Xero posted them: what stands on which account. */
  lines: { accountCode: string; net: Money; tax: Money; /** Absent where the line is not tracked. */ tracking?: { categoryId: string; optionId: string }[] }[];
  payments: { paymentId: string; amount: Money; date: string; reference: string; accountCode?: string }[];
  /** What of prepayments it took; `reference` is our key of the prepayment, both it and the account are there where they were read beside it. */
  prepayments: { prepaymentId: string; amount: Money; reference: string; accountCode?: string }[];
  updatedAt: string;
};

/** A payment of one invoice, ready for this organisation; `reference` is our marker `<orderKey>/<paymentId>`, by which it is looked up. Made by `paymentDraft`. */
export type XeroPaymentDraft = { invoiceId: XeroInvoiceId; accountCode: string; amount: Money; date: string; reference: string; document: XeroDocument };
export type XeroPayment = { paymentId: string; invoiceId: string; accountCode: string; amount: Money; reference: string; status: string; date: string };

/** What is taken back of an invoice, ready for this organisation: always AUTHORISED, since only that can be allocated or refunded; positive amounts. Made by `creditNoteDraft`. */
export type XeroCreditNoteDraft = Omit<XeroInvoiceDraft, 'invoiceNumber'> & { creditNoteNumber: string };
export type XeroCreditNote = {
  creditNoteId: string; creditNoteNumber: string; reference: string; status: string; contactId: string; date: string; currency: string; subTotal: Money; tax: Money; total: Money;
  /** Neither allocated nor refunded yet. */
  remaining: Money;
  allocations: { invoiceId: string; amount: Money }[]; refunds: { paymentId: string; amount: Money; reference: string }[];
};
export type XeroAllocationAsk = { creditNoteId: string; invoiceId: string; amount: Money; date: string };
/** `reference` is how the refund is found again: one per refund of a note. */
export type XeroRefundAsk = { creditNoteId: string; accountCode: string; amount: Money; date: string; reference: string; rate?: string };

/**
 * Money that came before its invoice, ready for this organisation (a bank transaction RECEIVE-PREPAYMENT, base currency). Xero keeps no reference on it: `key`, `<orderKey>/<paymentId>`, is the
 * first word of its first line. None of the same key is dated before `notBefore`. Made by `prepaymentDraft`.
 */
export type XeroPrepaymentDraft = { key: string; contactId: XeroContactId; accountCode: string; amount: Money; date: string; notBefore: string; document: XeroDocument };
export type XeroPrepaymentFind = { contactId: string; key: string; notBefore: string };
/** Where its money came in, and what of it is neither used nor refunded. */
export type XeroPrepayment = { prepaymentId: string; key: string; status: string; contactId: string; accountCode: string; date: string; total: Money; remaining: Money; allocations: { invoiceId: string; amount: Money }[]; refunds: { paymentId: string; amount: Money; reference: string }[] };
export type XeroPrepaymentUse = { prepaymentId: string; invoiceId: string; amount: Money; date: string };
/** `reference` is how the refund is found again: one per prepayment. */
export type XeroPrepaymentRefund = { prepaymentId: string; accountCode: string; amount: Money; date: string; reference: string };

export type XeroOrganisation = { organisationId: string; name: string; baseCurrency: string; periodLockDate?: string; endOfYearLockDate?: string; timezone?: string };

/**
 * `lookFirst`: somebody may have asked for this write before. `mine` is asked right before it is sent: false when another process took it over while
 * it stood in line, and then it is not sent.
 */
export type XeroWriteOptions = { lookFirst?: boolean; mine?: (() => Promise<boolean>) | undefined };

/**
 * The tongue to one Xero organisation. Creates are coalesced: concurrent calls of one kind share one request of up to 50 documents with
 * summarizeErrors=false, each caller gets its own outcome; when nothing is in flight a single document goes at once. Every write that ends
 * without a clear answer is looked up by natural key before a second write. `existed` = it stood there before this call.
 */
export interface XeroClient extends XeroMasters {
  /** Finds by ContactNumber, follows merges, un-ambiguates equal names by a visible suffix " (contactNumber)". */
  ensureContact(contact: XeroContactDraft): Promise<Outcome<{ contactId: XeroContactId; name: string; existed: boolean }>>;
  /** PUT with Idempotency-Key; a document of that number with other content is `duplicate-conflict`. */
  createInvoice(invoice: XeroInvoiceDraft, options?: XeroWriteOptions): Promise<Outcome<{ invoice: XeroInvoice; existed: boolean }>>;
  /** AUTHORISED from DRAFT, DELETED from DRAFT, VOIDED from AUTHORISED without payments; already there is success. */
  setInvoiceStatus(invoiceId: XeroInvoiceId, status: 'AUTHORISED' | 'DELETED' | 'VOIDED'): Promise<Outcome<XeroInvoice>>;
  createPayment(payment: XeroPaymentDraft, options?: XeroWriteOptions): Promise<Outcome<{ payment: XeroPayment; existed: boolean }>>;
  deletePayment(paymentId: string): Promise<Outcome<{ existed: boolean }>>;
  /** AUTHORISED credit note; looked up by number before any second write; a note of that number with other contact, currency, total or reference key is `duplicate-conflict`. */
  createCreditNote(draft: XeroCreditNoteDraft, options?: XeroWriteOptions): Promise<Outcome<{ creditNote: XeroCreditNote; existed: boolean }>>;
  /**
   * Allocates to an invoice. Xero does not deduplicate allocations: always looks first (an allocation of this note to this invoice with this amount is
   * success; another amount is `duplicate-conflict`), and after a lost reply looks again before any second write.
   */
  allocateCreditNote(ask: XeroAllocationAsk, options?: XeroWriteOptions): Promise<Outcome<{ existed: boolean }>>;
  /** Pays a credit note back (refund) from an account; identified by reference: looks first; that reference with another amount is `duplicate-conflict`. */
  refundCreditNote(ask: XeroRefundAsk, options?: XeroWriteOptions): Promise<Outcome<{ paymentId: string; existed: boolean }>>;
  /** With allocations and refunds; missing numbers are left out. Coalesced reads of up to 20. */
  readCreditNotes(numbers: string[]): Promise<Outcome<XeroCreditNote[]>>;
  /** Xero does not deduplicate them: always looked for among the contact's, before and after every unclear end; that key with another amount is `duplicate-conflict`. */
  createPrepayment(draft: XeroPrepaymentDraft, options?: XeroWriteOptions): Promise<Outcome<{ prepaymentId: string; existed: boolean }>>;
  /** Uses it for an invoice of the same contact; looked for in its allocations like that of a credit note. */
  allocatePrepayment(ask: XeroPrepaymentUse, options?: XeroWriteOptions): Promise<Outcome<{ existed: boolean }>>;
  /** Pays it back from an account; identified by reference, as the refund of a credit note is. */
  refundPrepayment(ask: XeroPrepaymentRefund, options?: XeroWriteOptions): Promise<Outcome<{ paymentId: string; existed: boolean }>>;
  /** By its id, or by our key among the contact's; undefined: there is none. */
  readPrepayment(by: { prepaymentId: string } | XeroPrepaymentFind): Promise<Outcome<XeroPrepayment | undefined>>;
  /** With lines' totals, payments and status; missing numbers are left out. Coalesced reads of up to 40. */
  readInvoices(invoiceNumbers: string[]): Promise<Outcome<XeroInvoice[]>>;
  /** Journal lines of these invoices and their payments when the plan allows the Journals feed; [] otherwise. */
  readJournals(invoiceIds: string[]): Promise<Outcome<JournalLine[]>>;
  /** Invoices whose Reference starts with one of these order keys: the outside audit's way in. */
  findByOrderKeys(orderKeys: string[]): Promise<Outcome<Record<string, XeroInvoice[]>>>;
  /** Every invoice changed since (If-Modified-Since, paged by seek). */
  listInvoicesSince(since: string): Promise<Outcome<XeroInvoice[]>>;
  readOrganisation(): Promise<Outcome<XeroOrganisation>>;
}

/** Gives a valid access token; `refresh(stale)` is called after a 401 naming the token that failed. Single flight across processes. */
export interface XeroTokenSource { accessToken(): Promise<Outcome<string>>; refresh(stale: string): Promise<Outcome<string>> }

/** The shared rate budget of one organisation: waits for a slot, or says `day-limit` / `rate-limited`. */
export interface XeroBudget {
  /** priority 1 payments, 2 invoices, 3 master data and reads. */
  take(priority: 1 | 2 | 3): Promise<Outcome<{ release(): void }>>;
  /** What the organisation answered: remaining calls and Retry-After. */
  observe(answer: { minuteRemaining?: number; dayRemaining?: number; retryAfterMs?: number; problem?: string }): Promise<void>;
}

/** Where a connection's tokens live, sealed; `save` is a compare-and-set on the version, `lease` is a short exclusive claim across processes. */
export interface XeroTokenStore {
  load(): Promise<{ tokens: XeroTokens; version: number } | undefined>;
  save(tokens: XeroTokens, version: number): Promise<boolean>;
  lease(ttlMs: number): Promise<{ release(): Promise<void> } | undefined>;
}
export type XeroTokens = { accessToken?: string; expiresAt?: string; refreshToken?: string; previousRefreshToken?: string; rotatedAt?: string };

export type XeroSettings = {
  apiBaseUrl: string;       // …/api.xro/2.0, no trailing slash
  identityBaseUrl: string;  // https://identity.xero.com
  connectionsUrl: string;   // https://api.xero.com/connections
  clientId: string; clientSecret: string;
  flow: 'authorization-code' | 'custom-connection';
  tenantId: string;
  baseCurrency: string;
  timeoutMs: number;
};
