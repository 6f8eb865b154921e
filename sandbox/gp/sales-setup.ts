import { Decimal } from 'decimal.js';
import { ownNumbers } from './errors';
import { type NodeReader } from './fields';
import { type Company, type Customer, type SopDistribution } from './model';
import { given } from './parties';

type Known = { field: string; table: string; number: number; says: string };
/** Set-up that sales documents, their lines and customers name. */
const known: readonly Known[] = [
  { field: 'SLPRSNID', table: 'salespersons', number: ownNumbers.unknownSalesperson, says: 'Salesperson ID does not exist in RM00301' }, { field: 'SALSTERR', table: 'territories', number: ownNumbers.unknownTerritory, says: 'Sales territory does not exist in RM00303' },
  { field: 'SHIPMTHD', table: 'shippingMethods', number: ownNumbers.unknownShippingMethod, says: 'Shipping method does not exist in SY03000' }, { field: 'PYMTRMID', table: 'terms', number: ownNumbers.unknownTerms, says: 'The payment terms id does not exist in SY03300' },
  { field: 'PRCLEVEL', table: 'priceLevels', number: ownNumbers.unknownPriceLevel, says: 'The price level does not exist in IV40800' },
];

/** Refuses what is set up nowhere, and a salesperson who is inactive. */
export function checkSales(c: Company, node: NodeReader): void {
  for (const { field, table, number, says } of known) if (node.text(field) !== '' && !c.masters[table]?.get(node.text(field))) node.refuse(number, says, field);
  if (c.masters['salespersons']?.get(node.text('SLPRSNID'))?.columns['INACTIVE'] === '1') node.refuse(9539, 'The Salesperson is set to inactive in the Salesperson Master Table - RM00301', 'SLPRSNID');
}

const headerColumns = ['SLPRSNID', 'SALSTERR', 'SHIPMTHD', 'PYMTRMID', 'PRCLEVEL', 'UPSZONE', 'USER2ENT', 'TAXEXMT1', 'TAXEXMT2', 'TXRGNNUM', 'COMMNTID', 'COMMENT_1', 'COMMENT_2', 'COMMENT_3', 'COMMENT_4', 'CMMTTEXT', 'NOTETEXT', 'FAXNUMBR', 'PHNUMBR2', 'PHNUMBR3'];
const headerDates = ['ORDRDATE', 'ReqShipDate', 'DUEDATE', 'DISCDATE'];
const lineColumns = ['SLPRSNID', 'SALSTERR', 'SHIPMTHD', 'PRCLEVEL', 'COMMNTID', 'COMMENT_1', 'COMMENT_2', 'COMMENT_3', 'COMMENT_4', 'CMMTTEXT', 'PRSTADCD', 'ShipToName'];
const lineDates = ['ReqShipDate', 'FUFILDAT', 'ACTLSHIP'];
export const userColumns = ['USERDEF1', 'USERDEF2', 'USRDEF03', 'USRDEF04', 'USRDEF05', 'USRTAB01', 'USRTAB03', 'USRTAB09'];
export const userDates = ['USRDAT01', 'USRDAT02'];

const columnsOf = (node: NodeReader, text: readonly string[], dates: readonly string[]): Record<string, string> => ({ ...given(node, text), ...Object.fromEntries(dates.filter((d) => node.text(d) !== '').map((d) => [d, node.date(d)])) });

/** What the header says beside its amounts; salesperson and territory that it leaves out are those of the customer's card, then the salesperson's own territory. */
export function headerMore(c: Company, header: NodeReader, customer: Customer | undefined): Record<string, string> {
  checkSales(c, header);
  const sent = columnsOf(header, headerColumns, headerDates);
  const seller = sent['SLPRSNID'] ?? customer?.fields['SLPRSNID'];
  const territory = sent['SALSTERR'] ?? customer?.fields['SALSTERR'] ?? c.masters['salespersons']?.get(seller ?? '')?.columns['SALSTERR'];
  const terms = sent['PYMTRMID'] ?? customer?.fields['PYMTRMID'];
  return { ...sent, ...(seller ? { SLPRSNID: seller } : {}), ...(territory ? { SALSTERR: territory } : {}), ...(terms ? { PYMTRMID: terms } : {}) };
}

/** A line's own words, else the header's. */
export function lineMore(c: Company, node: NodeReader, header: Record<string, string>): Record<string, string> {
  checkSales(c, node);
  const own = (name: string): Record<string, string> => { const value = node.text(name) || header[name]; return value ? { [name]: value } : {}; };
  return { ...columnsOf(node, lineColumns, lineDates), ...own('SLPRSNID'), ...own('SALSTERR'), ...own('SHIPMTHD') };
}

/** taSopUserDefined: the row of SOP10106, replaced as a whole. */
export function userDefinedOf(node: NodeReader | undefined, header: NodeReader): Record<string, string> | undefined {
  if (!node) return undefined;
  if (node.int('SOPTYPE') !== header.int('SOPTYPE') || node.required('SOPNUMBE') !== header.text('SOPNUMBE')) node.refuse(ownNumbers.badValue, 'The user-defined fields are of another document', 'SOPTYPE', 'SOPNUMBE');
  return columnsOf(node, userColumns, userDates);
}

/** taSopDistribution: with CREATEDIST 0 the document brings its own, each on an account of the company, debits equal to credits; else none may come. */
export function distributionsOf(c: Company, nodes: readonly NodeReader[], header: NodeReader): SopDistribution[] | undefined {
  const own = header.text('CREATEDIST') === '0';
  if (!own) return nodes.length === 0 ? undefined : header.refuse(ownNumbers.badValue, 'Distributions come with a document that asks for them to be made (CREATEDIST)', 'CREATEDIST');
  const rows = nodes.map((node): SopDistribution => {
    if (node.text('SOPNUMBE') !== header.text('SOPNUMBE')) node.refuse(ownNumbers.badValue, 'The distribution is of another document', 'SOPNUMBE');
    const [account, type] = [node.required('ACTNUMST'), Number(node.required('DISTTYPE'))];
    if (!c.accounts.has(account)) node.refuse(ownNumbers.unknownAccount, 'Account number in ACTNUMST does not exist', 'ACTNUMST');
    return { type, account, debit: node.decimal('DEBITAMT').toFixed(), credit: node.decimal('CRDTAMNT').toFixed() };
  });
  const sum = rows.reduce((s, r) => s.plus(r.debit).minus(r.credit), new Decimal(0));
  if (rows.length === 0 || !sum.isZero()) header.refuse(ownNumbers.unbalanced, 'Distributions are missing or debits are not equal to credits', 'DOCAMNT');
  return rows;
}
