import { done, type Outcome } from '../../canonical/failure';
import { type MasterRecord, type MasterWrite } from '../../canonical/master';
import { blank, document, type Entry, node } from './econnect-xml';
import { type GpCodes } from './master-party';
import { desiredOf } from './master-desired';
import { cell, type GpRow, oddRow, present, unknownInstant } from './master-row';

export const accountClasses = ['asset', 'liability', 'equity', 'revenue', 'expense'] as const;
type AccountClass = (typeof accountClasses)[number];

/** GP's standard categories (GL00102), each with its class; a category of the company's own is classed by posting type and typical balance. */
const standard: readonly (readonly [category: string, AccountClass])[] = [
  ...(['Cash', 'Short-Term Investments', 'Accounts Receivable', 'Notes Receivable', 'Inventory', 'Work in Process', 'Prepaid Expenses', 'Long-Term Investments', 'Property, Plant and Equipment', 'Accumulated Depreciation', 'Intangible Assets', 'Other Assets'] as const).map((c) => [c, 'asset'] as const),
  ...(['Accounts Payable', 'Notes Payable', 'Current Maturities of Long-Term Debt', 'Taxes Payable', 'Interest Payable', 'Dividends Payable', 'Leases Payable (Current)', 'Sinking Fund Payable (Current)', 'Other Current Liabilities', 'Long-Term Debt'] as const).map((c) => [c, 'liability'] as const),
  ...(['Common Stock', 'Preferred Stock', 'Additional Paid-in Capital - Common', 'Additional Paid-in Capital - Preferred', 'Retained Earnings', 'Treasury Stock', 'Common Dividends', 'Preferred Dividends'] as const).map((c) => [c, 'equity'] as const),
  ['Sales', 'revenue'], ['Sales Returns and Discounts', 'revenue'],
  ...(['Cost of Goods Sold', 'Selling Expense', 'Administrative Expense', 'Salaries Expense', 'Other Employee Expenses', 'Interest Expense', 'Tax Expense', 'Depreciation Expense', 'Income Tax Expense', 'Other Expenses'] as const).map((c) => [c, 'expense'] as const),
  ['Other Income', 'revenue'], ['Charges Not Using Working Capital', 'expense'], ['Revenues Not Producing Working Capital', 'revenue'], ['Gain/Loss on Asset Disposal', 'revenue'], ['Amortization of Intangible Assets', 'expense'],
];
const classOfCategory = new Map(standard);
/** The category of a new account whose own category nobody names. */
const categoryOf: Record<AccountClass, string> = { asset: 'Other Assets', liability: 'Other Current Liabilities', equity: 'Retained Earnings', revenue: 'Sales', expense: 'Other Expenses' };

/** Balance sheet or profit and loss, debit or credit: what GP knows of an account beside its category. */
function classOf(columns: Record<string, string>, category: string): AccountClass {
  const known = classOfCategory.get(category);
  if (known) return known;
  const credit = cell(columns, 'TPCLBLNC') === '1';
  return cell(columns, 'PSTNGTYP') === '1' ? (credit ? 'revenue' : 'expense') : credit ? 'liability' : 'asset';
}

const guarded: Record<string, string> = {
  Cash: 'it is a bank account, which its bank and GP\'s own windows keep', 'Accounts Receivable': 'it is the control account of receivables, which GP posts to by itself', 'Accounts Payable': 'it is the control account of payables, which GP posts to by itself',
  Inventory: 'it is the control account of inventory, which GP posts to by itself', 'Retained Earnings': 'GP closes its years to it',
};
const kinds: Record<string, string> = { 2: 'it is a unit account, which holds no money', 3: 'it is a fixed allocation account', 4: 'it is a variable allocation account' };

/** A row of GL00100. Bank, control and allocation accounts are protected: they are told, never written. */
export function accountRowToMaster(row: GpRow): Outcome<MasterRecord> {
  const { columns } = row;
  const id = cell(columns, 'ACTNUMST');
  if (id === '' || id.length > 75) return oddRow('account', id, { field: 'ACTNUMST', value: columns['ACTNUMST'] ?? '' });
  const category = cell(columns, 'CATEGORY', 'ACCATDSC') || (standard[Number(cell(columns, 'ACCATNUM')) - 1]?.[0] ?? '');
  const name = cell(columns, 'ACTDESCR');
  if (name.length > 200 || category.length > 200) return oddRow('account', id, { field: 'ACTDESCR', value: name });
  const why = guarded[category] ?? kinds[cell(columns, 'ACCTTYPE')];
  return done({
    kind: 'account', system: 'gp', id, fields: present({ number: id, name, category, class: classOf(columns, category) }), state: cell(columns, 'ACTIVE') === '0' ? 'archived' : 'active', version: row.changedAt ?? unknownInstant, ...(why === undefined ? {} : { protected: why }),
  });
}

/** One account as one eConnect document. A class without a category takes the standard one of that class; a new account says so. */
export function masterToAccountEconnect(write: MasterWrite, current: GpRow | undefined, { id }: { id: string; codes: GpCodes }): { xml: string; warnings: string[] } {
  const { fields, warnings } = desiredOf(write);
  const known = accountClasses.find((c) => c === fields['class']);
  const standing = current ? classOf(current.columns, cell(current.columns, 'CATEGORY', 'ACCATDSC')) : undefined;
  const category = fields['category'] ?? (known !== undefined && known !== standing ? categoryOf[known] : undefined);
  const notes = fields['category'] === undefined && category !== undefined ? [`category: the account stands under "${category}" in GP, the standard one for ${known ?? ''}.`] : [];
  const entries: Entry[] = [
    ['ACTNUMST', id], ['ACCTTYPE', current ? undefined : 1], ['ACTDESCR', Object.hasOwn(fields, 'name') ? fields['name'] ?? blank : undefined], ['PSTNGTYP', known === undefined || known === standing ? undefined : known === 'revenue' || known === 'expense' ? 1 : 0], ['CATEGORY', category],
    ['ACTIVE', write.state === undefined ? undefined : write.state === 'archived' ? 0 : 1], ['TPCLBLNC', known === undefined || known === standing ? undefined : known === 'asset' || known === 'expense' ? 0 : 1], ['UpdateIfExists', current ? 1 : 0],
  ];
  return { xml: document('GLAccountType', node('taUpdateCreateAccountRcd', entries)), warnings: [...warnings, ...notes] };
}
