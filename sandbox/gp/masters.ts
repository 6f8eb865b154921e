import { ownNumbers } from './errors';
import { type NodeReader } from './fields';
import { type Company, type Item } from './model';
import { given } from './parties';

const accountText = ['ACTALIAS', 'ACTDESCR', 'CATEGORY', 'ACCTTYPE', 'PSTNGTYP', 'TPCLBLNC', 'ACTIVE', 'USERDEF1', 'USERDEF2'];
const accountDefaults = { ACCTTYPE: '1', PSTNGTYP: '0', TPCLBLNC: '0', ACTIVE: '1' };

/** A number has the segments of the company's format, and each side segment stands in GL40200; the main one is as free as its length. */
function checkNumber(c: Company, node: NodeReader): void {
  const format = (c.masters['accountFormat']?.values() ?? []).map((f) => f.columns).sort((a, b) => Number(a['SGMTNUMB']) - Number(b['SGMTNUMB']));
  const parts = node.required('ACTNUMST').split('-');
  if (parts.length !== format.length || parts.some((p, i) => p.length !== Number(format[i]?.['LOFSGMNT']))) return node.refuse(ownNumbers.accountFormat, 'The account number is not in the account format of the company', 'ACTNUMST');
  const odd = parts.findIndex((p, i) => format[i]?.['MNSEGIND'] !== '1' && !c.masters['segments']?.get(`${format[i]?.['SGMTNUMB']}/${p}`));
  if (odd >= 0) node.refuse(ownNumbers.unknownSegment, `The value of segment ${odd + 1} does not exist in GL40200`, 'ACTNUMST');
}

/** taUpdateCreateAccountRcd: field level. */
export function upsertAccount(c: Company, node: NodeReader): void {
  const number = node.required('ACTNUMST');
  const before = c.masters['accounts']?.get(number);
  if (before && node.text('UpdateIfExists') === '0') return node.refuse(ownNumbers.exists, 'The account already exists and UpdateIfExists is 0', 'ACTNUMST');
  if (!before) { checkNumber(c, node); node.required('ACTDESCR'); }
  const category = node.text('CATEGORY') || before?.columns['CATEGORY'] || '';
  if (!c.masters['categories']?.get(category)) return node.refuse(ownNumbers.unknownCategory, 'The account category does not exist in GL00102', 'ACTNUMST', 'CATEGORY');
  c.masters['accounts']?.put(number, { key: number, columns: { ...accountDefaults, ...before?.columns, ...given(node, accountText), ACTNUMST: number }, changedAt: c.now().toISOString() });
  c.accounts.add(number);
}

const itemText = ['ITMSHNAM', 'ITMGEDSC', 'ITMCLSCD', 'ITEMTYPE', 'VCTNMTHD', 'TAXOPTNS', 'ITMTSHID', 'Purchase_Tax_Options', 'Purchase_Item_Tax_Schedu', 'UOMSCHDL', 'STNDCOST', 'CURRCOST', 'LISTPRCE', 'IVSLSACTNUMST', 'IVCOGSACTNUMST', 'IVIVACTNUMST'];
const itemAmounts = ['STNDCOST', 'CURRCOST', 'LISTPRCE'];

/** taUpdateCreateItemRcd: field level. A type once chosen can only become "discontinued", and go back. */
export function upsertItem(c: Company, node: NodeReader): void {
  const number = node.required('ITEMNMBR');
  const before = c.items.get(number);
  if (before && node.text('UpdateIfExists') === '0') return node.refuse(ownNumbers.exists, 'The item already exists and UpdateIfExists is 0', 'ITEMNMBR');
  const setup: [field: string, table: string, number: number, says: string][] = [
    ['ITMCLSCD', 'itemClasses', ownNumbers.unknownClass, 'The item class does not exist in IV40400'], ['UOMSCHDL', 'unitSchedules', ownNumbers.unknownUnitSchedule, 'The unit of measure schedule does not exist in IV40201'],
    ['ITMTSHID', 'taxSchedules', 7023, 'Tax schedule does not exist in TX00101'], ['Purchase_Item_Tax_Schedu', 'taxSchedules', 7023, 'Tax schedule does not exist in TX00101'], ['IVSLSACTNUMST', 'accounts', 716, 'No account exists for the account number'], ['IVCOGSACTNUMST', 'accounts', 716, 'No account exists for the account number'],
  ];
  for (const [field, table, refusal, says] of setup) if (node.text(field) !== '' && !c.masters[table]?.get(node.text(field))) node.refuse(refusal, says, 'ITEMNMBR', field);
  for (const field of itemAmounts) if (node.sent(field)) node.decimal(field);
  const [was, type] = [before?.card?.['ITEMTYPE'] ?? (before ? '1' : undefined), node.text('ITEMTYPE')];
  if (was !== undefined && type !== '' && type !== was && !['1', '2'].includes(was)) return node.refuse(ownNumbers.fixedItemType, 'The type of the item cannot be changed', 'ITEMNMBR', 'ITEMTYPE');
  const item: Item = { ...before, item: number, description: node.text('ITEMDESC') || before?.description || number, card: { ...before?.card, ...given(node, itemText) }, changedAt: c.now().toISOString() };
  c.items.put(number, item);
}

/** taCreateCustomerClass: a class is made or changed as a whole. */
export function putCustomerClass(c: Company, node: NodeReader): void {
  const id = node.required('CLASSID');
  c.masters['customerClasses']?.put(id, { key: id, columns: { CLASSID: id, CLASDSCR: node.text('CLASDSCR') || id }, changedAt: c.now().toISOString() });
}
