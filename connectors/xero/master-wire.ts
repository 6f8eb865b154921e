import { z } from 'zod';
import { WireDate } from './wire';

/** Contacts, items and accounts as xero-node gives them (camelCase); unknown fields pass. */
const text = z.string().nullish().transform((v) => v ?? '');
const Guid = z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i);
/** A decimal, as number or as text. */
const amount = z.union([z.number(), z.string().regex(/^-?\d{1,14}(\.\d{1,12})?$/, 'a decimal amount')]).nullish();
const list = <T extends z.ZodType>(of: T) => z.array(of).nullish().transform((v) => v ?? []);

export const AddressPart = z.object({ addressType: text, attentionTo: text, addressLine1: text, addressLine2: text, addressLine3: text, addressLine4: text, city: text, region: text, postalCode: text, country: text });
export type AddressPart = z.infer<typeof AddressPart>;
export const PhonePart = z.object({ phoneType: text, phoneNumber: text, phoneAreaCode: text, phoneCountryCode: text });
export type PhonePart = z.infer<typeof PhonePart>;
const Term = z.object({ day: z.number().nullish(), type: z.union([z.string(), z.number()]).nullish() }).nullish();
export const GroupRow = z.object({ contactGroupID: Guid, name: text, status: text });
export const ContactRow = z.object({
  contactID: Guid, contactNumber: text, accountNumber: text, contactStatus: text, name: z.string().min(1), firstName: text, lastName: text, emailAddress: text, taxNumber: text, accountsReceivableTaxType: text, accountsPayableTaxType: text, defaultCurrency: z.union([z.string(), z.number()]).nullish(),
  addresses: list(AddressPart), phones: list(PhonePart), contactGroups: list(GroupRow), paymentTerms: z.object({ bills: Term, sales: Term }).nullish(), isSupplier: z.boolean().nullish(), isCustomer: z.boolean().nullish(), mergedToContactID: z.string().nullish(), updatedDateUTC: WireDate,
});
export type ContactRow = z.infer<typeof ContactRow>;

const Price = z.object({ unitPrice: amount, accountCode: text, cOGSAccountCode: text, taxType: text }).nullish();
export const ItemRow = z.object({ itemID: Guid, code: z.string().min(1), name: text, description: text, purchaseDescription: text, isSold: z.boolean().nullish(), isPurchased: z.boolean().nullish(), salesDetails: Price, purchaseDetails: Price, updatedDateUTC: WireDate });
export type ItemRow = z.infer<typeof ItemRow>;

export const AccountRow = z.object({
  accountID: Guid, code: text, name: text, type: z.union([z.string(), z.number()]).nullish(), status: text, taxType: text, _class: z.union([z.string(), z.number()]).nullish(), systemAccount: z.union([z.string(), z.number()]).nullish(), currencyCode: z.union([z.string(), z.number()]).nullish(), updatedDateUTC: WireDate,
});
export type AccountRow = z.infer<typeof AccountRow>;
