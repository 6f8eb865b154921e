import { type Company, type Item, type Master } from './model';
import { type Columns, char, five, type RowSet, some, type Source, stamp } from './row-set';

/** A set-up table as a requester document. `stamped`: the table keeps DEX_ROW_TS; the others tell nobody when they changed. */
type Table = { table: string; sql: string; keys: string[]; stamped?: true; rows?: string };
const tables: Record<string, Table> = {
  GL_Account: { table: 'accounts', sql: 'GL00100', keys: ['ACTNUMST'], stamped: true }, Account_Category: { table: 'categories', sql: 'GL00102', keys: ['ACCATNUM'] }, Account_Format: { table: 'accountFormat', sql: 'SY00300', keys: ['SGMTNUMB'] },
  GL_Segment: { table: 'segments', sql: 'GL40200', keys: ['SGMTNUMB', 'SGMNTID'] }, Tax_Detail: { table: 'taxDetails', sql: 'TX00201', keys: ['TAXDTLID'] }, Tax_Schedule: { table: 'taxSchedules', sql: 'TX00101', keys: ['TAXSCHID'], rows: 'Detail' },
  Payment_Terms: { table: 'terms', sql: 'SY03300', keys: ['PYMTRMID'] }, Currency: { table: 'currencies', sql: 'MC40200', keys: ['CURNCYID'], stamped: true }, Salesperson: { table: 'salespersons', sql: 'RM00301', keys: ['SLPRSNID'] }, Sales_Territory: { table: 'territories', sql: 'RM00303', keys: ['SALSTERR'] }, Shipping_Method: { table: 'shippingMethods', sql: 'SY03000', keys: ['SHIPMTHD'] }, Credit_Card: { table: 'cards', sql: 'SY03100', keys: ['CARDNAME'] },
  Customer_Class: { table: 'customerClasses', sql: 'RM00201', keys: ['CLASSID'] }, Vendor_Class: { table: 'vendorClasses', sql: 'PM00100', keys: ['VNDCLSID'] }, Item_Class: { table: 'itemClasses', sql: 'IV40400', keys: ['ITMCLSCD'] },
};

const rowOf = (documentType: string, { sql, keys, stamped, rows }: Table) => (m: Master): RowSet => ({
  documentType, table: sql, element: documentType, keys: Object.fromEntries(keys.map((k) => [k, m.columns[k] ?? ''])), ...(stamped ? { stamp: stamp(m.changedAt) } : {}),
  columns: () => ({ ...Object.fromEntries(Object.entries(m.columns).map(([k, v]) => [k, char(v, 31)])), ...(rows === undefined ? {} : { [rows]: (m.rows ?? []).map((r): Columns => ({ ...r })) }) }),
});
const source = (documentType: string, table: Table): Source => {
  const [key] = table.keys;
  return {
    all: (c) => (c.masters[table.table]?.values() ?? []).map(rowOf(documentType, table)),
    ...(table.keys.length === 1 && key !== undefined && key !== 'ACCATNUM' ? { by: { [key]: (c: Company, v: string) => some(c.masters[table.table]?.get(v)).map(rowOf(documentType, table)) } } : {}),
  };
};

/** An item's card (IV00101); what the warehouse counts stands in other tables and stamps nothing here. */
const itemRow = (i: Item): RowSet => ({
  documentType: 'Item', table: 'IV00101', element: 'Item', keys: { ITEMNMBR: i.item }, stamp: stamp(i.changedAt ?? '2025-01-01T00:00:00.000Z'),
  columns: () => ({ ITEMNMBR: char(i.item, 31), ITEMDESC: char(i.description, 101), INACTIVE: i.inactive ? '1' : '0', ITEMTYPE: '1', TAXOPTNS: '1', Purchase_Tax_Options: '1', ITMCLSCD: '', ITMTSHID: '', UOMSCHDL: 'EACH', LISTPRCE: five(0), STNDCOST: five(0), CURRCOST: five(0), ...i.card }),
});

/** Requester documents of items and of set-up. */
export const masterSources: Record<string, Source> = {
  Item: { all: (c) => c.items.values().map(itemRow), by: { ITEMNMBR: (c, v) => some(c.items.get(v)).map(itemRow) } },
  ...Object.fromEntries(Object.entries(tables).map(([documentType, table]) => [documentType, source(documentType, table)])),
};
