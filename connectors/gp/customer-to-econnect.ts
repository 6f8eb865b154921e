import { type Address, type SalesOrder } from '../../canonical/sales-order';
import { items, node, type Entry } from './econnect-xml';
import { type TextWriter } from './gp-warnings';
import { type GpOrderCoding } from './types';

/** Address code of a ship-to address that differs from the bill-to address. */
export const shipToCode = 'SHIPTO';

export type AddressFields = { contact?: string; address1?: string; address2?: string; city?: string; state?: string; zip?: string; country?: string; phone?: string };

/** A canonical address in GP's fields; a company stands above the person, as on an envelope. */
export function addressFields(address: Address | undefined, writer: TextWriter): AddressFields {
  if (!address) return {};
  return {
    contact: writer.text('CNTCPRSN', address.name ?? address.company),
    address1: writer.text('ADDRESS1', address.line1), address2: writer.text('ADDRESS2', address.line2),
    city: writer.text('CITY', address.city), state: writer.text('STATE', address.region), zip: writer.text('ZIPCODE', address.postalCode),
    country: writer.text('COUNTRY', address.country ?? address.countryCode), phone: writer.text('PHNUMBR1', address.phone),
  };
}

const same = (a: AddressFields, b: AddressFields): boolean => JSON.stringify(a) === JSON.stringify(b);
const present = (fields: AddressFields): boolean => Object.values(fields).some((value) => value !== undefined);

export type CustomerNodes = { xml: string; shipToCode: string; shipTo: AddressFields };

function addressRow(fields: AddressFields, code: string, more: { customer: string; shipToName?: string }): Entry[] {
  return [
    ['CUSTNMBR', more.customer], ['ADRSCODE', code], ['CNTCPRSN', fields.contact], ['ADDRESS1', fields.address1], ['ADDRESS2', fields.address2],
    ['COUNTRY', fields.country], ['CITY', fields.city], ['STATE', fields.state], ['ZIPCODE', fields.zip], ['PHNUMBR1', fields.phone],
    ['ShipToName', more.shipToName], ['UpdateIfExists', 1],
  ];
}

/**
 * The customer and its addresses, as nodes before the order's own. An upsert: GP keeps what is not sent (field-level node), so only name,
 * contact and addresses travel; the class is sent for a new customer only, because GP owns it afterwards. An account that many buyers share bears
 * its own name and none of theirs.
 */
export function customerToEconnect(parts: { order: SalesOrder; coding: GpOrderCoding; newCustomer: boolean }, writer: TextWriter): CustomerNodes {
  const { order, coding, newCustomer } = parts;
  const billTo = addressFields(order.billTo ?? order.shipTo, writer);
  const shipTo = addressFields(order.shipTo ?? order.billTo, writer);
  const apart = present(shipTo) && !same(billTo, shipTo);
  const customer = coding.customerNumber;
  if (coding.sharedName !== undefined) {
    const name = writer.text('CUSTNAME', coding.sharedName);
    return { xml: node('taUpdateCreateCustomerRcd', [['CUSTNMBR', customer], ['CUSTNAME', name], ['CUSTCLAS', newCustomer ? coding.customerClass : undefined], ['ADRSCODE', coding.addressCode],
      ['UseCustomerClass', newCustomer && coding.customerClass !== undefined ? 1 : undefined], ['CreateAddress', 1], ['UpdateIfExists', 1]]), shipToCode: coding.addressCode, shipTo };
  }
  const master = node('taUpdateCreateCustomerRcd', [
    ['CUSTNMBR', customer], ['CUSTNAME', writer.text('CUSTNAME', order.customer.name)],
    ['CUSTCLAS', newCustomer ? coding.customerClass : undefined], ['ADRSCODE', coding.addressCode],
    ['CNTCPRSN', billTo.contact ?? writer.text('CNTCPRSN', order.customer.name)], ['ADDRESS1', billTo.address1], ['ADDRESS2', billTo.address2],
    ['CITY', billTo.city], ['STATE', billTo.state], ['ZIPCODE', billTo.zip], ['COUNTRY', billTo.country],
    ['PHNUMBR1', billTo.phone ?? writer.text('PHNUMBR1', order.customer.phone)],
    ['UseCustomerClass', newCustomer && coding.customerClass !== undefined ? 1 : undefined], ['CreateAddress', 1], ['UpdateIfExists', 1],
  ]);
  const rows = [addressRow(billTo, coding.addressCode, { customer })];
  if (apart) rows.push(addressRow(shipTo, shipToCode, { customer, shipToName: writer.text('ShipToName', order.shipTo?.company ?? order.shipTo?.name) }));
  return { xml: master + items('taCreateCustomerAddress', rows), shipToCode: apart ? shipToCode : coding.addressCode, shipTo };
}
