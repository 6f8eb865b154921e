import { z } from 'zod';
import { Flag, Id, list, losslessText, nullable, OptionalText, Text } from '../lossless';

export { parseLossless } from '../lossless';

/**
 * What Shopify really sends (REST shape, API 2020–2026-07). Unknown keys pass, missing ones are normal; numbers stay text, because ids exceed
 * 2^53 and money is no float.
 */
/** Money: decimal text or number, never NaN, exponent or blank. */
export const Amount = z.preprocess(losslessText, z.string().regex(/^-?\d{1,15}(\.\d{1,6})?$/, 'a decimal amount'));
const NotNegative = z.preprocess(losslessText, z.string().regex(/^\d{1,15}(\.\d{1,6})?$/, 'an amount that is not negative'));
/** `{ shop_money: { amount, currency_code } }`; absent in old bodies. */
const MoneySet = z.preprocess((v) => v ?? undefined, z.object({ shop_money: z.object({ amount: Amount, currency_code: OptionalText }) }).optional());

export const TaxLine = z.object({ title: z.preprocess((v) => losslessText(v) ?? 'Tax', z.string()), rate: z.preprocess((v) => losslessText(v) ?? '0', z.string()), price: Amount, channel_liable: Flag });
const Allocation = z.object({ amount: NotNegative });

export const LineItem = z.object({
  id: Id.optional(), sku: OptionalText, title: OptionalText, name: OptionalText, variant_title: OptionalText,
  product_id: z.preprocess((v) => losslessText(v) ?? undefined, z.string().optional()),
  quantity: z.preprocess(losslessText, z.string().regex(/^\d{1,9}$/, 'a whole quantity')),
  current_quantity: z.preprocess((v) => losslessText(v) ?? undefined, z.string().regex(/^\d{1,9}$/).optional()),
  price: NotNegative, gift_card: Flag, tip: z.unknown().optional(), discount_allocations: list(Allocation), tax_lines: list(TaxLine),
});
export type LineItem = z.infer<typeof LineItem>;

export const ShippingLine = z.object({
  title: z.preprocess((v) => losslessText(v) ?? 'Shipping', z.string()), price: NotNegative, discounted_price: z.preprocess((v) => v ?? undefined, NotNegative.optional()),
  is_removed: Flag, discount_allocations: list(Allocation), tax_lines: list(TaxLine),
});
export type ShippingLine = z.infer<typeof ShippingLine>;

export const AddressWire = z.object({
  name: OptionalText, first_name: OptionalText, last_name: OptionalText, company: OptionalText, address1: OptionalText, address2: OptionalText, city: OptionalText,
  province: OptionalText, province_code: OptionalText, zip: OptionalText, country: OptionalText, country_code: OptionalText, phone: OptionalText,
});
const CustomerWire = z.object({ id: Id.optional(), first_name: OptionalText, last_name: OptionalText, email: OptionalText, phone: OptionalText });

export const Transaction = z.object({
  id: Id, kind: Text, status: Text, gateway: z.preprocess((v) => v ?? '', z.string()), amount: Amount, currency: OptionalText, authorization: OptionalText,
  payment_id: OptionalText, created_at: OptionalText, processed_at: OptionalText, receipt: z.unknown().optional(),
});
export type Transaction = z.infer<typeof Transaction>;
const Refund = z.object({ transactions: list(z.object({ kind: Text, status: Text, amount: Amount })) });

/** Old bodies hold one text with commas, the latest versions a list. */
const Tags = z.preprocess((v) => (Array.isArray(v) ? v : typeof v === 'string' ? v.split(',') : []), z.array(z.string())).transform((tags) => tags.map((t) => t.trim()).filter((t) => t !== ''));
const PaymentTerms = z.preprocess((v) => v ?? undefined, z.object({ payment_terms_name: OptionalText, due_in_days: OptionalText }).optional());

export const OrderWire = z.object({
  id: Id, name: OptionalText, created_at: Text, processed_at: OptionalText, updated_at: Text, cancelled_at: OptionalText, cancel_reason: OptionalText,
  currency: z.preprocess(losslessText, z.string().regex(/^[A-Z]{3}$/, 'a currency code')), taxes_included: Flag, test: Flag, financial_status: OptionalText,
  subtotal_price: NotNegative, total_tax: z.preprocess((v) => losslessText(v) ?? '0', z.string().regex(/^\d{1,15}(\.\d{1,6})?$/, 'a tax that is not negative')),
  total_price: NotNegative, total_tip_received: z.preprocess((v) => losslessText(v) ?? '0', z.string().regex(/^\d{1,15}(\.\d{1,6})?$/)),
  total_outstanding: OptionalText, duties_included: Flag,
  current_subtotal_price: OptionalText, current_total_price: OptionalText, current_total_tax: OptionalText,
  original_total_duties_set: MoneySet, original_total_additional_fees_set: MoneySet, total_cash_rounding_payment_adjustment_set: MoneySet,
  payment_gateway_names: list(z.preprocess((v) => losslessText(v) ?? '', z.string())), gateway: OptionalText,
  line_items: z.array(LineItem), shipping_lines: list(ShippingLine), refunds: list(Refund),
  customer: nullable(CustomerWire), email: OptionalText, phone: OptionalText, billing_address: nullable(AddressWire), shipping_address: nullable(AddressWire),
  po_number: OptionalText, note: OptionalText, source_name: OptionalText, tags: Tags, payment_terms: PaymentTerms,
});
export type OrderWire = z.infer<typeof OrderWire>;

/** `{ "order": … }` wrappers of the REST API come off. */
export function unwrapOrder(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  const record = body as Record<string, unknown>;
  return typeof record['order'] === 'object' && record['order'] !== null && record['line_items'] === undefined ? record['order'] : body;
}
