import { z } from 'zod';
import { Decimals, Flag, Id, listOrNothing, losslessText, NotNegative, nullable, OptionalText, record, Text } from '../lossless';

/**
 * What WooCommerce's REST API v3 and its webhooks really send (3.0 to 9.x). Numbers come as text and the reverse, `false` or "" stands for
 * objects, money has the shop's own number of decimals; unknown keys pass.
 */
const Anything = z.preprocess((v) => v ?? '', z.unknown());
const Meta = z.object({ key: z.preprocess((v) => losslessText(v) ?? '', z.string()), value: Anything });

/** The tax of a line by rate: unrounded, the rate named by its id. */
const LineTax = z.object({ id: z.preprocess((v) => losslessText(v) ?? '', z.string()), total: Decimals });
const Taxed = { total: Decimals, total_tax: Decimals, taxes: listOrNothing(LineTax), meta_data: listOrNothing(Meta) };

export const LineItem = z.object({
  id: Id, name: OptionalText, product_id: OptionalText, sku: OptionalText,
  quantity: z.preprocess(losslessText, z.string().regex(/^\d{1,9}(\.\d{1,6})?$/, 'a quantity')),
  subtotal: NotNegative, ...Taxed, total: NotNegative, total_tax: NotNegative,
});
export type LineItem = z.infer<typeof LineItem>;
export const FeeLine = z.object({ id: Id, name: OptionalText, ...Taxed });
export type FeeLine = z.infer<typeof FeeLine>;
export const ShippingWire = z.object({ method_title: OptionalText, ...Taxed, total: NotNegative, total_tax: NotNegative });
export type ShippingWire = z.infer<typeof ShippingWire>;
const TaxLine = z.object({ rate_id: z.preprocess((v) => losslessText(v) ?? '', z.string()), rate_code: OptionalText, label: OptionalText, rate_percent: OptionalText });
const Refund = z.object({ id: z.preprocess((v) => losslessText(v) ?? '', z.string()), total: Decimals });
/** The gift card extension: what it paid reduces the order's total. */
const GiftCard = z.object({ id: z.preprocess((v) => losslessText(v) ?? '', z.string()), amount: NotNegative });

export const AddressWire = z.object({
  first_name: OptionalText, last_name: OptionalText, company: OptionalText, address_1: OptionalText, address_2: OptionalText, city: OptionalText, state: OptionalText, postcode: OptionalText, country: OptionalText, email: OptionalText, phone: OptionalText,
});
const addressOrNothing = z.preprocess((v) => (Object.keys(record(v)).length > 0 ? v : undefined), AddressWire.optional());

export const OrderWire = z.object({
  id: Id, number: OptionalText, status: Text, created_via: OptionalText, currency: z.preprocess(losslessText, z.string().regex(/^[A-Z]{3}$/, 'a currency code')), prices_include_tax: Flag,
  date_created_gmt: Text, date_modified_gmt: Text, date_paid_gmt: nullable(Text),
  discount_total: Decimals, shipping_total: NotNegative, total: NotNegative, total_tax: NotNegative,
  customer_id: OptionalText, customer_note: OptionalText, billing: addressOrNothing, shipping: addressOrNothing,
  payment_method: z.preprocess((v) => losslessText(v) ?? '', z.string()), transaction_id: OptionalText,
  line_items: z.array(LineItem), fee_lines: listOrNothing(FeeLine), shipping_lines: listOrNothing(ShippingWire), tax_lines: listOrNothing(TaxLine),
  refunds: listOrNothing(Refund), gift_cards: listOrNothing(GiftCard), meta_data: listOrNothing(Meta),
});
export type OrderWire = z.infer<typeof OrderWire>;

/** `{ "data": … }` of the app tunnel comes off. */
export function unwrapOrder(body: unknown): unknown {
  const inner = record(body)['data'];
  return typeof inner === 'object' && inner !== null && record(body)['line_items'] === undefined ? inner : body;
}

/** `2026-11-01T10:00:00` of a `…_gmt` field is UTC without saying so. */
export function gmt(text: string | undefined): string | undefined {
  if (text === undefined || !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}/.test(text)) return undefined;
  const at = Date.parse(/Z$|[+-]\d{2}:?\d{2}$/.test(text) ? text : `${text}Z`);
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}
