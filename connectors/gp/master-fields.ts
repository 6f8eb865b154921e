import { type MasterKind } from '../../canonical/master';
import { type GpField } from './gp-text';

/**
 * How GP keeps a canonical field. `text`: abbreviated and transliterated where it must be, with a warning. `key`: as it is or not at all. `capitals`: a
 * key in capitals. `phone`: without blanks and marks where it would be too long. `email`: as it is or not at all. `none`: GP has no place for it.
 */
export type Keeping = { as: 'text' | 'key' | 'capitals' | 'phone' | 'email'; element: GpField } | { as: 'boolean' | 'decimal' | 'integer' | 'currency' | 'account-class' | 'none' };

const none = { as: 'none' } as const;
const text = (element: GpField): Keeping => ({ as: 'text', element });
const key = (element: GpField): Keeping => ({ as: 'key', element });
const capitals = (element: GpField): Keeping => ({ as: 'capitals', element });

const address = (name: 'billing' | 'delivery'): Record<string, Keeping> => ({
  // GP's bill-to address has no person of its own: it is the contact person of the record.
  [`${name}.attention`]: name === 'billing' ? none : text('CNTCPRSN'),
  [`${name}.line1`]: text('ADDRESS1'), [`${name}.line2`]: text('ADDRESS2'), [`${name}.line3`]: text('ADDRESS3'), [`${name}.city`]: text('CITY'), [`${name}.region`]: text('STATE'), [`${name}.postalCode`]: text('ZIPCODE'), [`${name}.country`]: text('COUNTRY'),
});
const party: Record<string, Keeping> = {
  email: { as: 'email', element: 'INET1' }, phone: { as: 'phone', element: 'PHNUMBR1' }, mobile: { as: 'phone', element: 'PHNUMBR2' }, taxNumber: key('TXRGNNUM'), currency: { as: 'currency' }, terms: key('PYMTRMID'), taxCode: capitals('TAXSCHID'), hold: { as: 'boolean' },
  ...address('billing'), ...address('delivery'),
};

/** Canonical field → GP, for every kind; a field that is not named has no place there. Lengths stand in gp-text.ts, from the eConnect node tables. */
export const keepings: Record<MasterKind, Record<string, Keeping>> = {
  customer: { ...party, name: text('CUSTNAME'), contactPerson: text('CNTCPRSN'), fax: { as: 'phone', element: 'FAX' }, class: capitals('CUSTCLAS'), accountNumber: none, creditLimit: { as: 'decimal' }, priceLevel: capitals('PRCLEVEL') },
  vendor: { ...party, name: text('VENDNAME'), contactPerson: text('VNDCNTCT'), fax: { as: 'phone', element: 'FAXNUMBR' }, class: capitals('VNDCLSID'), accountNumber: key('ACNMVNDR') },
  item: { code: capitals('ITEMNMBR'), name: text('ITEMDESC'), price: { as: 'decimal' }, cost: { as: 'decimal' }, salesAccount: key('IVSLSACTNUMST'), purchaseAccount: key('IVCOGSACTNUMST'), salesTax: capitals('ITMTSHID'), purchaseTax: capitals('ITMTSHID'), class: capitals('ITMCLSCD') },
  account: { number: key('ACTNUMST'), name: text('ACTDESCR'), class: { as: 'account-class' }, category: key('CATEGORY') },
  tax: { code: capitals('TAXDTLID'), name: text('TXDTLDSC'), rate: { as: 'decimal' }, kind: key('CATEGORY') },
  tracking: { category: text('SGMTNAME'), code: capitals('SGMNTID'), name: text('DSCRIPTN') },
  terms: { code: key('PYMTRMID'), dueType: key('CATEGORY'), dueDays: { as: 'integer' }, discountPercent: { as: 'decimal' }, discountDays: { as: 'integer' } },
  currency: { code: { as: 'currency' }, name: text('CRNCYDSC'), symbol: key('CRNCYSYM') },
};
