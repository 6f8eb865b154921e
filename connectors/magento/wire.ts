import { Decimal } from 'decimal.js';
import { z } from 'zod';
import { blankIsZero, Id, listOrNothing, losslessText, nullable, OptionalText, record, Text } from '../lossless';

/**
 * What Magento 2 and Adobe Commerce really send. Amounts are JSON numbers (REST) or text (events), nought may be missing; every amount stands in
 * base and in order currency, and only the latter is read. Unknown keys pass.
 */
/** Magento's columns hold four decimals; some hosts print floats at full precision (102.52000000000000455). */
const fourDecimals = (value: unknown): unknown => {
  const text = blankIsZero(value);
  return typeof text === 'string' && /^-?\d{1,15}\.\d{5,30}$/.test(text) ? new Decimal(text).toDecimalPlaces(4).toFixed() : text;
};
const Decimals = z.preprocess(fourDecimals, z.string().regex(/^-?\d{1,15}(\.\d{1,4})?$/, 'a decimal amount'));
const NotNegative = z.preprocess(fourDecimals, z.string().regex(/^\d{1,15}(\.\d{1,4})?$/, 'an amount that is not negative'));
const Percent = z.preprocess((v) => losslessText(v) ?? '0', z.string());
export const AppliedTax = z.object({ code: OptionalText, title: OptionalText, percent: Percent, amount: Decimals, real_amount: z.preprocess((v) => losslessText(v) ?? undefined, z.string().optional()) });
export type AppliedTax = z.infer<typeof AppliedTax>;
const ItemTaxes = z.object({ type: OptionalText, item_id: OptionalText, applied_taxes: listOrNothing(AppliedTax) });
/** One row per line and jurisdiction; `amount` repeats the whole line's tax, `real_amount` is the jurisdiction's. */
const ItemizedTax = AppliedTax.extend({ item_id: OptionalText, taxable_item_type: OptionalText });

export const Item = z.object({
  item_id: Id, parent_item_id: nullable(Id), product_type: OptionalText, sku: OptionalText, name: OptionalText, product_id: OptionalText,
  qty_ordered: z.preprocess((v) => losslessText(v) ?? '0', z.string().regex(/^\d{1,9}(\.\d{1,6})?$/, 'a quantity')),
  price: NotNegative, row_total: NotNegative, tax_amount: NotNegative, tax_percent: Percent, discount_amount: Decimals, discount_tax_compensation_amount: Decimals,
  weee_tax_applied_row_amount: Decimals,
});
export type Item = z.infer<typeof Item>;

export const AddressWire = z.object({
  firstname: OptionalText, lastname: OptionalText, company: OptionalText, street: listOrNothing(z.preprocess((v) => losslessText(v) ?? '', z.string())), city: OptionalText, region: OptionalText, region_code: OptionalText,
  postcode: OptionalText, country_id: OptionalText, email: OptionalText, telephone: OptionalText,
});
const Assignment = z.object({ shipping: nullable(z.object({ address: nullable(AddressWire), method: OptionalText })) });
const Extensions = z.object({
  shipping_assignments: listOrNothing(Assignment), applied_taxes: listOrNothing(AppliedTax), item_applied_taxes: listOrNothing(ItemTaxes), itemized_taxes: listOrNothing(ItemizedTax),
  gift_cards_amount: Decimals, customer_balance_amount: Decimals, reward_currency_amount: Decimals, gw_price: Decimals, gw_items_price: Decimals, gw_card_price: Decimals, gw_tax_amount: Decimals, gw_items_tax_amount: Decimals, gw_card_tax_amount: Decimals,
});

export const OrderWire = z.object({
  entity_id: Id, increment_id: OptionalText, state: Text, order_currency_code: z.preprocess(losslessText, z.string().regex(/^[A-Z]{3}$/, 'a currency code')), created_at: Text, updated_at: Text,
  customer_id: nullable(z.preprocess(losslessText, z.string())), customer_email: OptionalText, customer_firstname: OptionalText, customer_lastname: OptionalText,
  subtotal: NotNegative, discount_amount: Decimals, shipping_amount: NotNegative, shipping_discount_amount: Decimals, shipping_tax_amount: NotNegative, shipping_description: OptionalText, tax_amount: NotNegative,
  discount_tax_compensation_amount: Decimals, shipping_discount_tax_compensation_amount: Decimals, grand_total: NotNegative, total_paid: NotNegative, total_refunded: NotNegative,
  items: z.array(Item), billing_address: nullable(AddressWire), customer_note: OptionalText, store_name: OptionalText,
  payment: nullable(z.object({ method: z.preprocess((v) => losslessText(v) ?? '', z.string()), last_trans_id: OptionalText, po_number: OptionalText })),
  extension_attributes: z.preprocess(record, Extensions),
});
export type OrderWire = z.infer<typeof OrderWire>;

/** `GET /V1/invoices`: states 1 open, 2 paid, 3 cancelled. */
export const Invoice = z.object({ entity_id: Id, order_id: Id, state: z.preprocess((v) => losslessText(v) ?? '', z.string()), grand_total: NotNegative, order_currency_code: OptionalText, transaction_id: OptionalText, created_at: OptionalText });
export type Invoice = z.infer<typeof Invoice>;

/** The envelope of an Adobe I/O event comes off. */
export function unwrapEvent(body: unknown): unknown {
  const data = record(record(body)['event'])['data'] ?? record(body)['data'];
  const value = record(data)['value'];
  return typeof value === 'object' && value !== null ? value : body;
}

/** Magento's instants are UTC without saying so: `2026-11-01 10:00:00`. */
export function utc(text: string | undefined): string | undefined {
  if (text === undefined || !/^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}/.test(text)) return undefined;
  const at = Date.parse(/Z$|[+-]\d{2}:?\d{2}$/.test(text) ? text : `${text.replace(' ', 'T')}Z`);
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}
