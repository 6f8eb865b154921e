import { type Outcome } from '../../canonical/failure';
import { type MasterKind, type MasterRecord, type MasterWrite } from '../../canonical/master';
import { type RowShape } from './econnect-rows';
import { accountRowToMaster, masterToAccountEconnect } from './master-account';
import { itemRowToMaster, masterToItemEconnect } from './master-item';
import { customerRowToMaster, customerShape, type GpCodes, type PartyShape, vendorRowToMaster, vendorShape } from './master-party';
import { masterToPartyEconnect } from './master-party-to-econnect';
import { type GpRow, rowShape } from './master-row';
import { currencyRowToMaster, readSegments, readTaxes, readTerms, segmentRowToMaster, taxRowToMaster, termsRowToMaster } from './master-setup';
import { type Reader } from './reader';
import { type Condition, type DocumentTypeName } from './requests-to-econnect';

/** A table beside the record's own whose changes are changes of the record: where the record's key stands in it. */
export type Beside = { type: DocumentTypeName; shape: RowShape<GpRow>; keyOf(row: GpRow): string | undefined };

/** How GP holds one kind of master data. */
export type GpKind = {
  /** Requester document, and the column of its key. */
  type: DocumentTypeName; key: Condition['column']; shape: RowShape<GpRow>;
  /** Tables beside the record's own that change by themselves. */
  beside?: Beside[];
  /** For tables that keep no change stamps: they are read whole each time, and whoever keeps the records compares their content. */
  whole?(reader: Reader): Promise<Outcome<GpRow[]>>;
  toRecord(row: GpRow, codes: GpCodes): Outcome<MasterRecord>;
  /** Absent: eConnect has no document for it. */
  toEconnect?(write: MasterWrite, current: GpRow | undefined, more: { id: string; codes: GpCodes }): { xml: string; warnings: string[] };
  /** Why nothing is written, with the window where people keep it. */
  unwritable?: string;
  /** INTEGRATIONID has a place in it. */
  foreign?: true;
  lengthMax: number;
};

const cellOf = (row: GpRow, name: string): string | undefined => { const value = row.columns[name]?.trim(); return value === undefined || value === '' ? undefined : value; };
const internetOf = (type: PartyShape['internet']): Beside => ({ type: 'Internet_Address', shape: rowShape('Internet_Address'), keyOf: (row) => (cellOf(row, 'Master_Type') === type ? cellOf(row, 'Master_ID') : undefined) });
const party = (shape: PartyShape, more: { type: DocumentTypeName; address: DocumentTypeName; toRecord: GpKind['toRecord'] }): GpKind => ({
  type: more.type, key: shape.key, shape: rowShape(more.type, { Address: 'addresses', Internet_Address: 'internet' }), toRecord: more.toRecord, lengthMax: 15,
  beside: [{ type: more.address, shape: rowShape(more.address), keyOf: (row) => cellOf(row, shape.key) }, internetOf(shape.internet)],
  toEconnect: (write, current, { id, codes }) => masterToPartyEconnect(write, current, { id, shape, codes }),
});

export const gpKinds: Record<MasterKind, GpKind> = {
  customer: { ...party(customerShape, { type: 'Customer', address: 'Customer_Address', toRecord: customerRowToMaster }), foreign: true },
  vendor: party(vendorShape, { type: 'Vendor', address: 'Vendor_Address', toRecord: vendorRowToMaster }),
  item: { type: 'Item', key: 'ITEMNMBR', shape: rowShape('Item'), lengthMax: 30, toRecord: itemRowToMaster, toEconnect: masterToItemEconnect },
  account: { type: 'GL_Account', key: 'ACTNUMST', shape: rowShape('GL_Account'), lengthMax: 75, toRecord: accountRowToMaster, toEconnect: masterToAccountEconnect },
  tax: { type: 'Tax_Detail', key: 'TAXDTLID', shape: rowShape('Tax_Detail'), lengthMax: 30, whole: readTaxes, toRecord: taxRowToMaster, unwritable: 'it is entered in Tax Detail Maintenance' },
  tracking: { type: 'GL_Segment', key: 'SGMNTID', shape: rowShape('GL_Segment'), lengthMax: 80, whole: readSegments, toRecord: segmentRowToMaster, unwritable: 'it is entered in Account Segment Setup' },
  terms: { type: 'Payment_Terms', key: 'PYMTRMID', shape: rowShape('Payment_Terms'), lengthMax: 20, whole: readTerms, toRecord: termsRowToMaster, unwritable: 'it is entered in Payment Terms Setup' },
  currency: { type: 'Currency', key: 'CURNCYID', shape: rowShape('Currency'), lengthMax: 15, toRecord: currencyRowToMaster, unwritable: 'it is entered in Currency Setup' },
};
