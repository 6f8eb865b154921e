import { type Address, type Customer } from '../../canonical/sales-order';
import { type OrderWire } from './wire';

type Wire = NonNullable<OrderWire['billing_address']>;

const filled = (...parts: (string | undefined)[]): string | undefined => {
  const text = parts.map((p) => p?.trim()).filter((p) => p).join(' ');
  return text === '' ? undefined : text;
};
const nameIn = (a: Wire | undefined): string | undefined => (a ? filled(a.firstname, a.lastname) : undefined);

/** Where the goods go; absent for virtual orders. */
export const shippingAddress = (wire: OrderWire): Wire | undefined => wire.extension_attributes.shipping_assignments[0]?.shipping?.address;

/** Guests have no customer id; there is always a name to write on the document. */
export function partyOf(wire: OrderWire): Customer {
  const billing = wire.billing_address;
  const id = wire.customer_id !== undefined && /^\d{1,30}$/.test(wire.customer_id) && wire.customer_id !== '0' ? wire.customer_id : undefined;
  const [company, email, phone] = [filled(billing?.company), filled(wire.customer_email) ?? filled(billing?.email), filled(billing?.telephone)];
  const name = filled(wire.customer_firstname, wire.customer_lastname) ?? nameIn(billing) ?? company ?? nameIn(shippingAddress(wire)) ?? email?.split('@')[0] ?? 'Web customer';
  return { name, guest: id === undefined, ...(id === undefined ? {} : { sourceId: id }), ...(company ? { company } : {}), ...(email ? { email } : {}), ...(phone ? { phone } : {}) };
}

/** `{ billTo }` or `{ shipTo }`, or nothing; a third street line joins the second. */
export function toAddress<K extends 'billTo' | 'shipTo'>(key: K, wire: Wire | undefined): { [P in K]?: Address } {
  if (!wire) return {};
  const address: Address = {};
  const put = (field: keyof Address, value: string | undefined): void => { const text = filled(value); if (text) address[field] = text; };
  const [first, ...rest] = wire.street;
  put('name', nameIn(wire));
  put('company', wire.company);
  put('line1', first);
  put('line2', filled(...rest));
  put('city', wire.city);
  put('region', wire.region_code ?? wire.region);
  put('postalCode', wire.postcode);
  put('countryCode', wire.country_id);
  put('phone', wire.telephone);
  return Object.keys(address).length === 0 ? {} : ({ [key]: address } as { [P in K]?: Address });
}
