import { done, type Outcome } from '../../canonical/failure';
import { type MasterRecord, type MasterWrite } from '../../canonical/master';
import { blank, document, type Entry, node } from './econnect-xml';
import { desiredOf } from './master-desired';
import { type GpCodes } from './master-party';
import { cell, type GpRow, numberIn, oddRow, present, unknownInstant } from './master-row';

/** ITEMTYPE: 1 sales inventory, 2 discontinued, 5 services. */
const discontinued = '2';
/** TAXOPTNS and Purchase_Tax_Options: only a taxable item has a schedule of its own. */
const taxable = '1';

/** A row of IV00101. Inactive or discontinued is archived; GP has one description, and an account where cost goes where Xero has one of purchases. */
export function itemRowToMaster(row: GpRow): Outcome<MasterRecord> {
  const { columns } = row;
  const id = cell(columns, 'ITEMNMBR');
  if (id === '' || id.length > 120) return oddRow('item', id, { field: 'ITEMNMBR', value: columns['ITEMNMBR'] ?? '' });
  for (const field of ['LISTPRCE', 'STNDCOST'] as const) if (cell(columns, field) !== '' && numberIn(columns, field) === undefined) return oddRow('item', id, { field, value: cell(columns, field) });
  const amount = (name: string): string | undefined => { const value = numberIn(columns, name); return value === '0' ? undefined : value; };
  const fields = present({
    code: id, name: cell(columns, 'ITEMDESC'), price: amount('LISTPRCE'), cost: amount('STNDCOST'), salesAccount: cell(columns, 'IVSLSACTNUMST'), purchaseAccount: cell(columns, 'IVCOGSACTNUMST'), class: cell(columns, 'ITMCLSCD'),
    salesTax: cell(columns, 'TAXOPTNS') === taxable ? cell(columns, 'ITMTSHID') : undefined, purchaseTax: cell(columns, 'Purchase_Tax_Options') === taxable ? cell(columns, 'Purchase_Item_Tax_Schedu') : undefined,
  });
  const long = Object.entries(fields).find(([, v]) => v.length > 8_000);
  if (long) return oddRow('item', id, { field: long[0], value: long[1] });
  return done({ kind: 'item', system: 'gp', id, fields, state: cell(columns, 'INACTIVE') === '1' || cell(columns, 'ITEMTYPE') === discontinued ? 'archived' : 'active', version: row.changedAt ?? unknownInstant });
}

/** One item as one eConnect document. A new one is a service, which nobody counts: what is stocked is set up in GP. Archived is discontinued, which only an item that was inventory can be. */
export function masterToItemEconnect(write: MasterWrite, current: GpRow | undefined, { id }: { id: string; codes: GpCodes }): { xml: string; warnings: string[] } {
  const { fields, warnings } = desiredOf(write);
  const of = (field: string): Entry[1] => (Object.hasOwn(fields, field) ? fields[field] ?? blank : undefined);
  const amount = (field: string): Entry[1] => (Object.hasOwn(fields, field) ? fields[field] ?? 0 : undefined);
  const salesTax: Entry[1] = of('salesTax');
  const purchaseTax: Entry[1] = of('purchaseTax');
  const type = write.state === undefined ? (current ? undefined : 5) : write.state === 'archived' ? 2 : 1;
  const entries: Entry[] = [
    ['ITEMNMBR', id], ['ITEMDESC', of('name')], ['ITMCLSCD', of('class')], ['ITEMTYPE', type], ['TAXOPTNS', typeof salesTax === 'string' ? 1 : undefined], ['ITMTSHID', salesTax], ['UOMSCHDL', current ? undefined : 'EACH'],
    ['Purchase_Tax_Options', typeof purchaseTax === 'string' ? 1 : undefined], ['Purchase_Item_Tax_Schedu', purchaseTax], ['STNDCOST', amount('cost')], ['LISTPRCE', amount('price')], ['IVCOGSACTNUMST', of('purchaseAccount')], ['IVSLSACTNUMST', of('salesAccount')],
    ['UseItemClass', current === undefined && fields['class'] !== undefined ? 1 : undefined], ['UpdateIfExists', current ? 1 : 0],
  ];
  return { xml: document('IVItemMasterType', node('taUpdateCreateItemRcd', entries)), warnings };
}
