import { type Address, type Customer } from '../../canonical/sales-order';
import { type AddressWire, type OrderWire } from './wire';
import { type z } from 'zod';

type Wire = z.infer<typeof AddressWire>;

const filled = (...parts: (string | undefined)[]): string | undefined => {
  const text = parts.map((p) => p?.trim()).filter((p) => p).join(' ');
  return text === '' ? undefined : text;
};

const nameIn = (a: Wire | undefined): string | undefined => (a ? filled(a.first_name, a.last_name) ?? filled(a.name) : undefined);

/** Guests, POS and digital orders may have no customer, no address and no e-mail; there is always a name to write on the document. */
export function partyOf(wire: OrderWire): Customer {
  const { customer } = wire;
  const email = filled(wire.email) ?? filled(customer?.email);
  const company = filled(wire.billing_address?.company);
  const name = filled(customer?.first_name, customer?.last_name) ?? company ?? nameIn(wire.billing_address) ?? nameIn(wire.shipping_address) ?? email?.split('@')[0] ?? 'Web customer';
  const phone = filled(wire.phone) ?? filled(customer?.phone) ?? filled(wire.billing_address?.phone);
  return { name, guest: customer?.id === undefined, ...(customer?.id ? { sourceId: customer.id } : {}), ...(company ? { company } : {}), ...(email ? { email } : {}), ...(phone ? { phone } : {}) };
}

/** `{ billTo }` or `{ shipTo }`, or nothing when the body has no such address. */
export function toAddress<K extends 'billTo' | 'shipTo'>(key: K, wire: Wire | undefined): { [P in K]?: Address } {
  if (!wire) return {};
  const address: Address = {};
  const put = (field: keyof Address, value: string | undefined): void => { if (value?.trim()) address[field] = value.trim(); };
  put('name', nameIn(wire));
  put('company', wire.company);
  put('line1', wire.address1);
  put('line2', wire.address2);
  put('city', wire.city);
  put('region', wire.province_code ?? wire.province);
  put('postalCode', wire.zip);
  put('country', wire.country);
  put('countryCode', wire.country_code);
  put('phone', wire.phone);
  return { [key]: address } as { [P in K]?: Address };
}
