import { type Address, type Customer } from '../../canonical/sales-order';
import { htmlText } from '../../canonical/html-text';
import { type OrderWire } from './wire';

type Wire = NonNullable<OrderWire['billing']>;

const filled = (...parts: (string | undefined)[]): string | undefined => {
  const text = parts.map((p) => htmlText(p ?? '').trim()).filter((p) => p).join(' ');
  return text === '' ? undefined : text;
};
const nameIn = (a: Wire | undefined): string | undefined => (a ? filled(a.first_name, a.last_name) : undefined);

/** `customer_id` 0 is a guest; there is always a name to write on the document. */
export function partyOf(wire: OrderWire): Customer {
  const { billing, shipping } = wire;
  const guest = wire.customer_id === undefined || wire.customer_id === '0' || !/^\d{1,30}$/.test(wire.customer_id);
  const [company, email, phone] = [filled(billing?.company), filled(billing?.email), filled(billing?.phone)];
  const name = nameIn(billing) ?? company ?? nameIn(shipping) ?? email?.split('@')[0] ?? 'Web customer';
  return { name, guest, ...(guest ? {} : { sourceId: wire.customer_id }), ...(company ? { company } : {}), ...(email ? { email } : {}), ...(phone ? { phone } : {}) };
}

/** `{ billTo }` or `{ shipTo }`, or nothing when every field of it is blank (virtual goods have no shipping address). */
export function toAddress<K extends 'billTo' | 'shipTo'>(key: K, wire: Wire | undefined): { [P in K]?: Address } {
  if (!wire) return {};
  const address: Address = {};
  const put = (field: keyof Address, value: string | undefined): void => { const text = filled(value); if (text) address[field] = text; };
  put('name', nameIn(wire));
  put('company', wire.company);
  put('line1', wire.address_1);
  put('line2', wire.address_2);
  put('city', wire.city);
  put('region', wire.state);
  put('postalCode', wire.postcode);
  put('countryCode', wire.country);
  put('phone', wire.phone);
  return Object.keys(address).length === 0 ? {} : ({ [key]: address } as { [P in K]?: Address });
}
