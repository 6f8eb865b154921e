import { z } from 'zod';
import { Currency, DecimalText, Money } from './money';

/** An invoice as the order ledger (GP) made it. */
export const LedgerInvoice = z.object({
  number: z.string(),
  orderNumber: z.string(),
  date: z.iso.date(),
  customerNumber: z.string(),
  currency: Currency,
  /** Foreign units per one base unit; "1" in base currency. */
  rate: DecimalText,
  lines: z.array(z.object({
    lineKey: z.string(), item: z.string(), description: z.string(), quantity: DecimalText, unitPrice: DecimalText,
    /** The ledger's unit of the quantity, where it tells one. */
    unit: z.string().optional(),
    /** Who sold it and where, as the ledger has it; absent where it says nothing. */
    salesperson: z.string().optional(), territory: z.string().optional(),
    net: Money, tax: Money,
  })),
  salesperson: z.string().optional(), territory: z.string().optional(),
  freight: Money,
  freightTax: Money,
  misc: Money,
  tradeDiscount: Money,
  tax: Money,
  total: Money,
  posted: z.boolean(),
  voided: z.boolean(),
  /** When the ledger last touched it, UTC. */
  changedAt: z.iso.datetime(),
});
export type LedgerInvoice = z.infer<typeof LedgerInvoice>;

export const LedgerReceipt = z.object({
  number: z.string(), customerNumber: z.string(), amount: Money, unapplied: Money, posted: z.boolean(), voided: z.boolean(),
});
export type LedgerReceipt = z.infer<typeof LedgerReceipt>;

/** One line of a posted journal, in document currency. */
export const JournalLine = z.object({ account: z.string(), debit: Money, credit: Money, document: z.string() });
export type JournalLine = z.infer<typeof JournalLine>;

/** Everything the order ledger holds of one order, read at one moment. */
export const LedgerOrderState = z.object({
  orderNumber: z.string(),
  /** Whose order it is now: customers are combined and renumbered by people. */
  customerNumber: z.string().optional(),
  /** open: something still to ship; invoiced: all transferred; voided: undone. */
  status: z.enum(['open', 'invoiced', 'voided']),
  invoices: z.array(LedgerInvoice),
  receipts: z.array(LedgerReceipt),
  /** Numbers of the returns that stand under this order's key; absent where there are none, or where they were not looked for. */
  returns: z.array(z.string()).optional(),
  changedAt: z.iso.datetime(),
});
export type LedgerOrderState = z.infer<typeof LedgerOrderState>;

/** What a ledger holds of one order, in the words both ledgers share: the two must be equal. */
export const LedgerFigures = z.object({
  ledger: z.enum(['gp', 'xero']),
  invoices: z.array(z.object({ number: z.string(), net: Money, tax: Money, total: Money, open: Money, status: z.string() })),
  received: z.array(z.object({ reference: z.string(), amount: Money })),
  /** Journal lines behind these documents; empty where the ledger's plan gives no journals. */
  journals: z.array(JournalLine),
});
export type LedgerFigures = z.infer<typeof LedgerFigures>;
