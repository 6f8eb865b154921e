import { z } from 'zod';

/** Ids of one system cannot be handed to another: each is its own brand over a string. */
export const XeroInvoiceId = z.uuid().brand<'XeroInvoiceId'>();
export type XeroInvoiceId = z.infer<typeof XeroInvoiceId>;
export const XeroContactId = z.uuid().brand<'XeroContactId'>();
export type XeroContactId = z.infer<typeof XeroContactId>;
export const XeroPaymentId = z.uuid().brand<'XeroPaymentId'>();
export type XeroPaymentId = z.infer<typeof XeroPaymentId>;
/** A GP sales document number (SOPNUMBE), at most 17 so that it survives as a receivables number. */
export const GpSalesNumber = z.string().min(1).max(21).brand<'GpSalesNumber'>();
export type GpSalesNumber = z.infer<typeof GpSalesNumber>;
/** A GP receivables document number (DOCNUMBR). */
export const GpReceiptNumber = z.string().min(1).max(20).brand<'GpReceiptNumber'>();
export type GpReceiptNumber = z.infer<typeof GpReceiptNumber>;
export const GpCustomerNumber = z.string().min(1).max(15).brand<'GpCustomerNumber'>();
export type GpCustomerNumber = z.infer<typeof GpCustomerNumber>;
/** Our key of one order, at most 30: stands in every document we make (GP INTEGRATIONID, Xero Reference). */
export const OrderKey = z.string().regex(/^[A-Z0-9]{2,6}-[A-Za-z0-9._-]{1,23}$/).brand<'OrderKey'>();
export type OrderKey = z.infer<typeof OrderKey>;
