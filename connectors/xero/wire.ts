import { z } from 'zod';

/** What Xero really sends back, through xero-node's models (camelCase; `/Date()/` values may already be Dates). Unknown fields pass. */
/** Above any invoice and still exact to the fourth decimal as a float; text is a plain decimal, for Number('') is nought and Number('0x10') is 16. */
const amountMax = 1e11;
const amount = z.union([z.number(), z.string().regex(/^-?\d{1,12}(\.\d{1,6})?$/, 'a decimal amount')]).transform(Number).refine((n) => Math.abs(n) <= amountMax, 'an amount within reason');
const Guid = z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i).refine((id) => id !== '00000000-0000-0000-0000-000000000000', 'an id that is not all zero');
const Code = z.string().regex(/^[A-Z]{3}$/, 'a currency code');
const text = z.string().nullish().transform((v) => v ?? '');
/** Calendar date: a Date or `/Date(ms)/` at 00:00 UTC, or ISO text. */
export const WireDate = z.union([z.date(), z.string()]).transform((v, ctx) => {
  const epoch = typeof v === 'string' ? /^\/Date\((-?\d+)/.exec(v)?.[1] : undefined;
  const at = v instanceof Date ? v : epoch ? new Date(Number(epoch)) : new Date(/^\d{4}-\d{2}-\d{2}$/.test(v) ? `${v}T00:00:00Z` : /[zZ]|[+-]\d\d:?\d\d$/.test(v) ? v : `${v}Z`);
  const year = at.getUTCFullYear();
  if (Number.isNaN(year) || year < 0 || year > 9999) { ctx.addIssue('not a date'); return z.NEVER; }
  return at.toISOString();
});
/** Element verdict under summarizeErrors=false. */
export const Verdict = z.object({
  statusAttributeString: z.string().optional(), hasErrors: z.boolean().optional(),
  validationErrors: z.array(z.object({ message: z.string().optional(), description: z.string().optional() })).nullish(),
});
const Tracking = z.object({ trackingCategoryID: z.string(), trackingOptionID: z.string() });
const NestedPayment = z.object({ paymentID: Guid, amount, date: WireDate, reference: text });
const NestedPrepayment = z.object({ prepaymentID: Guid, appliedAmount: amount });
export const InvoiceWire = z.object({
  invoiceID: Guid, invoiceNumber: z.string().min(1), reference: text, status: z.string(), date: WireDate, currencyCode: Code, subTotal: amount, totalTax: amount, total: amount, amountDue: amount, amountPaid: amount, amountCredited: amount.nullish().transform((v) => v ?? 0),
  updatedDateUTC: WireDate, contact: z.object({ contactID: Guid }), payments: z.array(NestedPayment).nullish().transform((v) => v ?? []), prepayments: z.array(NestedPrepayment).nullish().transform((v) => v ?? []),
  lineItems: z.array(z.object({ accountCode: text, lineAmount: amount, taxAmount: amount.nullish().transform((v) => v ?? 0), tracking: z.array(Tracking).nullish().transform((v) => v ?? []) })).nullish().transform((v) => v ?? []),
});
export type InvoiceWire = z.infer<typeof InvoiceWire>;
const NestedAllocation = z.object({ amount, invoice: z.object({ invoiceID: Guid }), isDeleted: z.boolean().nullish() });
export const CreditNoteWire = z.object({
  creditNoteID: Guid, creditNoteNumber: z.string().min(1), type: z.string(), reference: text, status: z.string(), date: WireDate, currencyCode: Code, subTotal: amount, totalTax: amount, total: amount, remainingCredit: amount,
  contact: z.object({ contactID: Guid }), allocations: z.array(NestedAllocation).nullish().transform((v) => (v ?? []).filter((a) => a.isDeleted !== true)), payments: z.array(NestedPayment).nullish().transform((v) => v ?? []),
});
export type CreditNoteWire = z.infer<typeof CreditNoteWire>;
const Described = z.array(z.object({ description: text })).nullish().transform((v) => v ?? []);
export const PrepaymentWire = z.object({
  prepaymentID: Guid, status: z.string(), date: WireDate, currencyCode: Code, total: amount, remainingCredit: amount, contact: z.object({ contactID: Guid }), lineItems: Described,
  allocations: z.array(NestedAllocation).nullish().transform((v) => (v ?? []).filter((a) => a.isDeleted !== true)), payments: z.array(NestedPayment).nullish().transform((v) => v ?? []),
});
/** A bank transaction that made a prepayment: lines come in paged lists and in answers to writes only. */
export const ReceivedWire = z.object({ prepaymentID: Guid, status: text, total: amount, contact: z.object({ contactID: Guid }), bankAccount: z.object({ code: text }), lineItems: Described });
export type ReceivedWire = z.infer<typeof ReceivedWire>;
/** The answer to a new allocation, and to a refund: only what proves that it stands. */
export const AllocationWire = z.object({ amount, invoice: z.object({ invoiceID: Guid }) });
export const RefundWire = z.object({ paymentID: Guid, amount });
export const ContactWire = z.object({ contactID: Guid, name: z.string(), contactNumber: text, contactStatus: text, mergedToContactID: z.string().nullish() });
export type ContactWire = z.infer<typeof ContactWire>;
export const PaymentWire = z.object({
  paymentID: Guid, amount, date: WireDate, reference: text, status: text, account: z.object({ code: text, accountID: z.string().optional() }).nullish(), invoice: z.object({ invoiceID: Guid }),
});
export type PaymentWire = z.infer<typeof PaymentWire>;
export const OrganisationWire = z.object({ organisationID: Guid, name: z.string(), baseCurrency: z.string(), periodLockDate: WireDate.nullish(), endOfYearLockDate: WireDate.nullish(), timezone: z.string().nullish() });

/** Webhook body. */
export const WebhookBody = z.object({
  events: z.array(z.object({ resourceId: z.string(), eventDateUtc: z.string(), eventType: z.string(), eventCategory: z.string(), tenantId: z.string() })), firstEventSequence: z.number(), lastEventSequence: z.number(), entropy: z.string().optional(),
});
