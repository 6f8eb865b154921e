import { z } from 'zod';
import { paymentStates } from '../../canonical/sales-order';
import { Flag, listOrNothing, losslessText, nullable, OptionalText, record } from '../lossless';

/**
 * The plain order: what a system without a connector of its own sends, or what a mapping document makes of whatever it sends. Amounts are decimals
 * as text or number, in the order's currency; what is absent is nought. docs/connect-your-shop.md shows every field.
 */
const text = (value: unknown): unknown => { const t = losslessText(value); return typeof t === 'number' ? String(t) : t ?? undefined; };
/** `{ "minor": "1050", "currency": "USD" }` is an amount too: what our own documents hold. */
const amountText = (value: unknown): unknown => (typeof record(value)['minor'] === 'string' ? value : text(value));
const decimal = /^-?\d{1,15}(\.\d{1,12})?$/;
export const Amount = z.preprocess(amountText, z.union([z.string().regex(decimal, 'a decimal amount'), z.object({ minor: z.string().regex(/^-?\d{1,18}$/), currency: z.string() })], 'a decimal amount'));
export type Amount = z.infer<typeof Amount>;
const Quantity = z.preprocess(text, z.string().regex(/^\d{1,15}(\.\d{1,12})?$/, 'a number that is not negative'));
const Words = z.preprocess(text, z.string().min(1));

const Tax = z.object({ name: Words.default('Tax'), rate: Quantity.default('0'), amount: Amount, collectedByMarketplace: Flag });
export const PlainLine = z.object({
  lineId: nullable(Words), kind: z.enum(['goods', 'gift-card', 'tip', 'custom', 'fee']).default('goods'), sku: OptionalText, description: OptionalText, quantity: Quantity.default('1'),
  unitPrice: nullable(Quantity), discount: nullable(Amount), net: nullable(Amount), taxes: listOrNothing(Tax),
});
export type PlainLine = z.infer<typeof PlainLine>;
const Shipping = z.object({ title: Words.default('Shipping'), net: Amount, taxes: listOrNothing(Tax) });
const Address = z.object({ name: OptionalText, company: OptionalText, line1: OptionalText, line2: OptionalText, city: OptionalText, region: OptionalText, postalCode: OptionalText, country: OptionalText, countryCode: OptionalText, phone: OptionalText });
const Customer = z.object({ id: nullable(Words), sourceId: nullable(Words), name: OptionalText, company: OptionalText, email: OptionalText, phone: OptionalText });
export const PlainPayment = z.object({ id: nullable(Words), paymentId: nullable(Words), aliases: listOrNothing(Words), gateway: z.preprocess((v) => text(v) ?? '', z.string()), amount: Amount, paidAt: OptionalText });

/** Ids that can stand in an address and in every document; "." and ".." in an address lead elsewhere, so an id does not begin like them. */
export const OrderId = z.preprocess(text, z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/, 'an id of letters, digits, ".", "_", ":" or "-", at most 64, that begins with a letter or digit'));

export const PlainOrder = z.object({
  orderId: OrderId, orderName: OptionalText, updatedAt: OptionalText, placedAt: OptionalText, currency: z.preprocess(text, z.string().regex(/^[A-Z]{3}$/, 'a currency code')),
  test: Flag, cancelledAt: OptionalText, cancelReason: OptionalText, paymentState: nullable(z.enum(paymentStates)), pricesIncludeTax: Flag,
  customer: z.preprocess(record, Customer), billTo: nullable(Address), shipTo: nullable(Address), purchaseOrderNumber: OptionalText, note: OptionalText,
  channel: OptionalText, tags: listOrNothing(Words), terms: nullable(z.object({ name: Words.default('payment terms'), dueDays: nullable(Quantity) })),
  lines: z.array(PlainLine), shipping: listOrNothing(Shipping), tax: nullable(Amount), total: Amount, refunded: nullable(Amount), payments: listOrNothing(PlainPayment),
});
export type PlainOrder = z.infer<typeof PlainOrder>;

/** Any instant with an offset, or seconds since 1970 → UTC. */
export function instant(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (/^\d{9,11}$/.test(value)) return new Date(Number(value) * 1000).toISOString();
  const at = /(Z|[+-]\d{2}:?\d{2})$/.test(value) ? Date.parse(value) : NaN;
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}
