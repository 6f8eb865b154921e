import { z } from 'zod';
import { Currency, DecimalText, Money } from './money';

/** A tax charged on a line or on freight: the amount as the shop charged it, never recomputed. */
export const TaxAmount = z.object({
  name: z.string(),
  /** A fraction: 0.1 is ten percent. */
  rate: DecimalText,
  amount: Money,
  /** A marketplace remits it: it is not the seller's liability. */
  collectedByMarketplace: z.boolean(),
});
export type TaxAmount = z.infer<typeof TaxAmount>;

export const Address = z.object({
  name: z.string().optional(), company: z.string().optional(),
  line1: z.string().optional(), line2: z.string().optional(), city: z.string().optional(),
  region: z.string().optional(), postalCode: z.string().optional(),
  country: z.string().optional(), countryCode: z.string().optional(), phone: z.string().optional(),
});
export type Address = z.infer<typeof Address>;

export const Customer = z.object({
  /** The source's stable id; absent for guests. */
  sourceId: z.string().optional(),
  name: z.string().min(1),
  company: z.string().optional(),
  email: z.string().optional(),
  phone: z.string().optional(),
  guest: z.boolean(),
});
export type Customer = z.infer<typeof Customer>;

export const OrderLine = z.object({
  lineId: z.string(),
  kind: z.enum(['goods', 'gift-card', 'tip', 'custom', 'fee']),
  sku: z.string().optional(),
  description: z.string(),
  quantity: DecimalText,
  /** Before discount, without tax; up to five decimals. */
  unitPrice: DecimalText,
  /** Of the whole line, without tax. */
  discount: Money,
  /** After discount, without tax: what becomes revenue. */
  net: Money,
  taxes: z.array(TaxAmount),
});
export type OrderLine = z.infer<typeof OrderLine>;

export const ShippingLine = z.object({ title: z.string(), net: Money, taxes: z.array(TaxAmount) });
export type ShippingLine = z.infer<typeof ShippingLine>;

/** A tender of the order: money that moved, or a stored-value redemption. */
export const Payment = z.object({
  /** The gateway's id of the money movement: two payments with one id are one payment. */
  paymentId: z.string().min(1),
  /** Other names of the same movement (payment intent, charge, shop transaction). */
  aliases: z.array(z.string()),
  gateway: z.string(),
  amount: Money,
  paidAt: z.iso.datetime(),
  /** The card it was paid by: its kind in small letters, and no more of its number than the last four digits. */
  card: z.object({ type: z.string().min(1).max(40), lastDigits: z.string().regex(/^\d{1,4}$/).optional() }).optional(),
});
export type Payment = z.infer<typeof Payment>;

export const paymentStates = ['pending', 'authorized', 'partially-paid', 'paid', 'partially-refunded', 'refunded', 'voided'] as const;

export const SalesOrder = z.object({
  source: z.object({ kind: z.string(), account: z.string(), orderId: z.string(), orderName: z.string() }),
  /** The source's own last-change instant, UTC: newer replaces older. */
  version: z.iso.datetime(),
  placedAt: z.iso.datetime(),
  currency: Currency,
  test: z.boolean(),
  cancelled: z.object({ at: z.iso.datetime(), reason: z.string().optional() }).optional(),
  paymentState: z.enum(paymentStates),
  pricesIncludeTax: z.boolean(),
  customer: Customer,
  billTo: Address.optional(),
  shipTo: Address.optional(),
  /** Where it was placed, in the source's own word: web, pos, a draft order, an app. */
  channel: z.string().optional(),
  /** Labels that people or rules of the source put on it. */
  tags: z.array(z.string()).optional(),
  /** Agreed payment terms: it may be invoiced before it is paid. `dueDays` counts from the invoice. */
  terms: z.object({ name: z.string(), dueDays: z.number().int().min(0).max(3650).optional() }).optional(),
  purchaseOrderNumber: z.string().optional(),
  note: z.string().optional(),
  lines: z.array(OrderLine),
  shipping: z.array(ShippingLine),
  totals: z.object({ lines: Money, shipping: Money, tax: Money, total: Money, refunded: Money }),
  payments: z.array(Payment),
});
export type SalesOrder = z.infer<typeof SalesOrder>;
