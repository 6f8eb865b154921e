import { z } from 'zod';

/** A GP key: at most 15 characters. */
const Id = z.string().min(1).max(15);
const FieldName = z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/, 'the name of a field');
/** Fields of one eConnect node → what stands in them, always the same. */
const GpFields = z.record(FieldName, z.union([z.string().min(1).max(8_000), z.number()]));
const XeroFields = z.record(FieldName, z.json());

/** Parts of an order that go into GP only where the pair wants them. */
export const gpAlso = ['order-date', 'note', 'comment', 'country-code'] as const;
/** What an order says of itself, for user-defined fields. */
export const orderWords = ['channel', 'tags', 'orderName', 'orderId', 'purchaseOrder', 'note', 'terms', 'placedOn'] as const;
const UserDefined = z.enum(['USERDEF1', 'USERDEF2', 'USRDEF03', 'USRDEF04', 'USRDEF05', 'USRTAB01', 'USRTAB03', 'USRTAB09', 'USRDAT01', 'USRDAT02']);

/** One row of a document's own distributions: `of` is the amount it bears. */
const Distribution = z.object({ type: z.number().int().min(1).max(22), account: z.string().min(1).max(75), side: z.enum(['debit', 'credit']), of: z.enum(['total', 'goods', 'freight', 'tax']) });

/** Fields of GP documents that only some companies use. All of it is empty by default, and then nothing of it is written. */
export const gpFields = {
  /** Tag or channel of an order → salesperson; `*` for all others. The first tag that has one decides. */
  salespersons: z.record(z.string(), Id).default({}),
  /** Region of the ship-to address, else its country code, else its country → sales territory; `*` for all others. */
  territories: z.record(z.string(), Id).default({}),
  /** Title of the shipping → shipping method; `*` for all others. */
  shippingMethods: z.record(z.string(), Id).default({}),
  /** Name of the agreed payment terms → GP payment terms. */
  paymentTerms: z.record(z.string(), z.string().min(1).max(20)).default({}),
  /** What stands as the customer's order number: the shop's name of the order, or the buyer's own number where there is one. */
  customerPo: z.enum(['order-name', 'purchase-order']).default('order-name'),
  /** What stands as the number of a receipt by card: the end of the gateway's reference, or the masked number of the card. */
  cardNumbers: z.enum(['reference', 'masked']).default('reference'),
  also: z.array(z.enum(gpAlso)).default([]),
  /** User-defined field of orders → what of the order stands in it. */
  userDefined: z.partialRecord(UserDefined, z.enum(orderWords)).default({}),
  /** Distributions that we make ourselves (CREATEDIST 0) instead of GP. */
  distributions: z.object({ order: z.array(Distribution).min(2).optional(), return: z.array(Distribution).min(2).optional() }).default({}),
  /**
   * Any other field, by node: `customer` and `address` for customers that GP does not have yet, `rate` beside an exchange rate, `returnOrder` and `returnLine` for returns. Which
   * names a node takes say the rules of kind "fields" in the documents that ship.
   */
  fields: z.object({ customer: GpFields, address: GpFields, order: GpFields, line: GpFields, tax: GpFields, userDefined: GpFields, distribution: GpFields, rate: GpFields, receipt: GpFields, application: GpFields, returnOrder: GpFields, returnLine: GpFields }).partial().default({}),
};

/** A tracking category of invoice lines, and what its option is found by: what GP says of the line. */
const Tracking = z.object({
  category: z.string().min(1).max(100), by: z.enum(['salesperson', 'territory', 'item']).default('territory'),
  options: z.record(z.string(), z.string().min(1).max(100)).default({}),
  /** For all others; absent: they are not tracked. */
  otherwise: z.string().min(1).max(100).optional(),
});

export const xeroFields = {
  /** Xero keeps two categories. */
  tracking: z.array(Tracking).max(2).default([]),
  /** GP item number → Xero item code. */
  itemCodes: z.record(z.string(), z.string().min(1).max(30)).default({}),
  /** `account-number`: the GP customer number stands as the account number too; `person`: a buyer who is no company has first and last name. */
  also: z.array(z.enum(['account-number', 'person'])).default([]),
  /** Any other field of these documents. */
  fields: z.object({ contact: XeroFields, invoice: XeroFields, line: XeroFields, creditNote: XeroFields, payment: XeroFields, prepayment: XeroFields }).partial().default({}),
};

/** The kind of card, in small letters as the shop says it (`*` for all others) → GP credit card, whose checkbook must be the gateway's. */
export const gatewayCards = z.record(z.string(), Id).default({});
