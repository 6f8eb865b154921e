import { type MasterWrite } from '../../canonical/master';
import { shipToCode } from './document-kinds';
import { blank, type Entry, items, node } from './econnect-xml';
import { foreignIdToGp } from './master-foreign-id';
import { type Desired, desiredOf } from './master-desired';
import { addressCodes, type GpCodes, internetOf, type PartyShape } from './master-party';
import { cell, type GpRow } from './master-row';

/** The address code under which a new record's address stands. */
const primaryCode = 'PRIMARY';
/** Class and address columns of the node, in the schema's order; the names behind the slash are a vendor's. */
const schemaOrder: Record<PartyShape['kind'], readonly string[]> = {
  customer: ['CUSTNMBR', 'HOLD', 'INACTIVE', 'CUSTNAME', 'CUSTCLAS', 'ADRSCODE', 'CNTCPRSN', 'ADDRESS1', 'ADDRESS2', 'ADDRESS3', 'CITY', 'STATE', 'ZIPCODE', 'COUNTRY', 'PHNUMBR1', 'PHNUMBR2', 'FAX', 'TAXSCHID', 'PRSTADCD', 'PRBTADCD', 'STADDRCD', 'PYMTRMID', 'PRCLEVEL', 'CRLMTTYP', 'CRLMTAMT', 'TXRGNNUM', 'CURNCYID', 'INTEGRATIONID', 'UseCustomerClass', 'CreateAddress', 'UpdateIfExists'],
  vendor: ['VENDORID', 'VENDNAME', 'HOLD', 'VENDSTTS', 'VNDCLSID', 'VADDCDPR', 'VNDCNTCT', 'ADDRESS1', 'ADDRESS2', 'ADDRESS3', 'CITY', 'STATE', 'ZIPCODE', 'COUNTRY', 'PHNUMBR1', 'PHNUMBR2', 'FAXNUMBR', 'TAXSCHID', 'VADCDPAD', 'VADCDTRO', 'VADCDSFR', 'ACNMVNDR', 'CURNCYID', 'PYMTRMID', 'TXRGNNUM', 'UseVendorClass', 'CreateAddress', 'UpdateIfExists'],
};
const addressOrder = (shape: PartyShape): readonly string[] => [shape.key, 'ADRSCODE', shape.contact, 'ADDRESS1', 'ADDRESS2', 'ADDRESS3', 'COUNTRY', 'CITY', 'STATE', 'ZIPCODE', 'PHNUMBR1', 'PHNUMBR2', shape.fax, 'UpdateIfExists'];
const internetOrder = ['Master_Type', 'Master_ID', 'ADRSCODE', 'INET1', 'INET2', 'INET3', 'INET4', 'INET5', 'INET6', 'INET7', 'INET8', 'INETINFO', 'Messenger_Address', 'EmailBccAddress', 'EmailCcAddress', 'EmailToAddress'] as const;

type Values = Record<string, Entry[1]>;
const ordered = (values: Values, order: readonly string[]): Entry[] => order.map((name) => [name, values[name]] as const);

const addressElements: Record<string, string> = { line1: 'ADDRESS1', line2: 'ADDRESS2', line3: 'ADDRESS3', city: 'CITY', region: 'STATE', postalCode: 'ZIPCODE', country: 'COUNTRY' };

class PartyDocument {
  private readonly main: Values = {};
  private readonly fields: Desired['fields'];
  readonly warnings: string[];
  constructor(private readonly write: MasterWrite, private readonly current: GpRow | undefined, private readonly more: { id: string; shape: PartyShape; codes: GpCodes }) {
    const { fields, warnings } = desiredOf(write);
    this.fields = fields;
    this.warnings = warnings;
  }
  private has(field: string): boolean { return Object.hasOwn(this.fields, field); }
  private put(target: Values, element: string, field: string): void { if (this.has(field)) target[element] = this.fields[field] ?? blank; }

  private ofRecord(): void {
    const { shape, codes, id } = this.more;
    const { main, write } = this;
    main[shape.key] = id;
    for (const [field, element] of [['name', shape.name], ['class', shape.class], ['terms', 'PYMTRMID'], ['taxCode', 'TAXSCHID'], ['taxNumber', 'TXRGNNUM']] as const) this.put(main, element, field);
    const currency = this.fields['currency'];
    if (currency !== undefined) main['CURNCYID'] = codes.currencyIdOf(currency);
    if (this.has('hold')) main['HOLD'] = this.fields['hold'] === 'true' ? 1 : 0;
    if (write.state !== undefined) main['HOLD'] = write.state === 'archived' ? 1 : 0;
    if (write.state === 'active') Object.assign(main, shape.kind === 'customer' ? { INACTIVE: 0 } : { VENDSTTS: 1 });
    if (shape.kind === 'vendor') { this.put(main, 'ACNMVNDR', 'accountNumber'); return; }
    this.put(main, 'PRCLEVEL', 'priceLevel');
    if (this.has('creditLimit')) Object.assign(main, this.fields['creditLimit'] === undefined ? { CRLMTTYP: 1 } : this.fields['creditLimit'] === '0' ? { CRLMTTYP: 0 } : { CRLMTTYP: 2, CRLMTAMT: this.fields['creditLimit'] });
    const foreign = write.foreignId === undefined ? undefined : foreignIdToGp(write.foreignId);
    if (foreign !== undefined) main['INTEGRATIONID'] = foreign;
  }

  private ofAddress(name: 'billing' | 'delivery'): Values {
    const values: Values = {};
    for (const [part, element] of Object.entries(addressElements)) this.put(values, element, `${name}.${part}`);
    if (name === 'delivery') this.put(values, this.more.shape.contact, 'delivery.attention');
    return values;
  }
  private ofContact(): Values {
    const values: Values = {};
    for (const [field, element] of [['contactPerson', this.more.shape.contact], ['phone', 'PHNUMBR1'], ['mobile', 'PHNUMBR2'], ['fax', this.more.shape.fax]] as const) this.put(values, element, field);
    return values;
  }

  /** The row is replaced as a whole: what stood in it goes along (document exchange, reference dynamics-gp §2.4). */
  private internet(code: string): Values[] {
    if (!this.has('email')) return [];
    const { id, shape } = this.more;
    const before = this.current ? internetOf(this.current, code) : {};
    const email = this.fields['email'];
    const old = cell(before, 'INET1');
    const sendsTo = cell(before, 'EmailToAddress');
    const kept = Object.fromEntries(internetOrder.slice(3).flatMap((name) => { const value = cell(before, name); return value === '' ? [] : [[name, value] as const]; }));
    return [{ ...kept, Master_Type: shape.internet, Master_ID: id, ADRSCODE: code, INET1: email, ...(sendsTo === '' || sendsTo === old || old === '' ? { EmailToAddress: email } : {}) }];
  }

  xml(): string {
    const { current, more: { id, shape } } = this;
    this.ofRecord();
    const { primary: known, billing: billed, delivery: delivered } = current ? addressCodes(current, shape) : { primary: '', billing: '', delivery: undefined };
    const primary = known === '' ? primaryCode : known;
    const billing = billed === '' ? primary : billed;
    const [billingValues, deliveryValues] = [this.ofAddress('billing'), this.ofAddress('delivery')];
    const own = { ...this.ofContact(), ...(billing === primary ? billingValues : {}) };
    const addresses: Values[] = [];
    const add = (code: string, values: Values): void => { if (Object.keys(values).length > 0) addresses.push({ [shape.key]: id, ADRSCODE: code, ...values, UpdateIfExists: 1 }); };
    if (known === '') Object.assign(this.main, { [shape.codes.primary]: primary, [shape.codes.billing]: primary, ...(shape.kind === 'customer' ? { STADDRCD: primary } : { VADCDPAD: primary }) });
    else if (Object.keys(own).length > 0) this.main[shape.codes.primary] = primary;
    Object.assign(this.main, own);
    add(primary, own);
    if (billing !== primary) add(billing, billingValues);
    const fresh = delivered === undefined ? (billing === shipToCode ? `${shipToCode}2` : shipToCode) : undefined;
    const wanted = Object.values(deliveryValues).some((v) => v !== blank);
    if (fresh === undefined || wanted) add(delivered ?? fresh ?? shipToCode, fresh === undefined ? deliveryValues : Object.fromEntries(Object.entries(deliveryValues).filter(([, v]) => v !== blank)));
    const useClass = current === undefined && typeof this.main[shape.class] === 'string' ? { [shape.kind === 'customer' ? 'UseCustomerClass' : 'UseVendorClass']: 1 } : {};
    Object.assign(this.main, useClass, { CreateAddress: this.main[shape.codes.primary] === undefined ? 0 : 1, UpdateIfExists: current === undefined ? 0 : 1 });
    const record = `${node(shape.node, ordered(this.main, schemaOrder[shape.kind]))}${items(shape.addressNode, addresses.map((a) => ordered(a, addressOrder(shape))))}${items('taCreateInternetAddresses', this.internet(primary).map((i) => ordered(i, internetOrder)))}`;
    // An address code can be named only once its address stands, and a type makes its record first: so a second type of the same document names it.
    const names = fresh !== undefined && wanted ? `<${shape.type}>${node(shape.node, [[shape.key, id], [shape.codes.delivery, fresh], ['CreateAddress', 0], ['UpdateIfExists', 1]])}</${shape.type}>` : '';
    return `<eConnect><${shape.type}>${record}</${shape.type}>${names}</eConnect>`;
  }
}

/**
 * One write of a customer or vendor as one eConnect document. `current` is what GP holds of it: its address codes are kept, its internet addresses go
 * along; without it the record is made, and refused if the number is taken meanwhile.
 */
export function masterToPartyEconnect(write: MasterWrite, current: GpRow | undefined, more: { id: string; shape: PartyShape; codes: GpCodes }): { xml: string; warnings: string[] } {
  const document = new PartyDocument(write, current, more);
  return { xml: document.xml(), warnings: document.warnings };
}
