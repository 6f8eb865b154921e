import { Decimal } from 'decimal.js';
import { type Account, type Item } from 'xero-node';
import { type MasterFields, type MasterRecord, type MasterWrite } from '../../canonical/master';
import { type AccountRow, type ItemRow } from './master-wire';

const filled = (fields: Record<string, string | undefined>): MasterFields => Object.fromEntries(Object.entries(fields).flatMap(([k, v]) => (v === undefined || v === '' ? [] : [[k, v]])));
const priceText = (value: number | string | null | undefined): string | undefined => (value === undefined || value === null || value === '' ? undefined : new Decimal(value).toFixed());
const bool = (value: boolean | null | undefined): string | undefined => (value === undefined || value === null ? undefined : String(value));

export const itemToMaster = (row: ItemRow): MasterRecord => ({
  kind: 'item', system: 'xero', id: row.itemID, state: 'active', version: row.updatedDateUTC,
  fields: filled({
    code: row.code, name: row.name, description: row.description, purchaseDescription: row.purchaseDescription, price: priceText(row.salesDetails?.unitPrice), cost: priceText(row.purchaseDetails?.unitPrice), salesAccount: row.salesDetails?.accountCode,
    purchaseAccount: row.purchaseDetails?.cOGSAccountCode || row.purchaseDetails?.accountCode, salesTax: row.salesDetails?.taxType, purchaseTax: row.purchaseDetails?.taxType, sold: bool(row.isSold), purchased: bool(row.isPurchased),
  }),
});

/** Prices and accounts go as whole parts, so what a write does not say is taken from what Xero holds. */
export function masterToItem({ id, set, clear = [] }: MasterWrite, row: ItemRow | undefined): Item {
  const wanted = { ...set, ...Object.fromEntries(clear.map((f) => [f, ''])) };
  const part = (names: Record<string, string>, before: ItemRow['salesDetails']): Record<string, unknown> | undefined => {
    const said = Object.entries(names).flatMap(([field, key]) => (wanted[field] === undefined ? [] : [[key, key === 'unitPrice' ? Number(wanted[field] || 0) : wanted[field]] as const]));
    return said.length === 0 ? undefined : { ...Object.fromEntries(Object.entries(before ?? {}).filter(([, v]) => v !== '' && v !== null && v !== undefined)), ...Object.fromEntries(said) };
  };
  const [sales, purchase] = [part({ price: 'unitPrice', salesAccount: 'accountCode', salesTax: 'taxType' }, row?.salesDetails), part({ cost: 'unitPrice', purchaseAccount: 'accountCode', purchaseTax: 'taxType' }, row?.purchaseDetails)];
  return {
    ...(id === undefined ? {} : { itemID: id }), code: wanted['code'] ?? row?.code ?? '', ...Object.fromEntries(['name', 'description', 'purchaseDescription'].flatMap((f) => (wanted[f] === undefined ? [] : [[f, wanted[f]]]))),
    ...(wanted['sold'] === undefined ? {} : { isSold: wanted['sold'] === 'true' }), ...(wanted['purchased'] === undefined ? {} : { isPurchased: wanted['purchased'] === 'true' }), ...(sales ? { salesDetails: sales } : {}), ...(purchase ? { purchaseDetails: purchase } : {}),
  } as Item;
}

/** What a new account of a class is, until somebody says it more closely. */
export const typeOfClass: ReadonlyMap<string, string> = new Map([['asset', 'CURRENT'], ['liability', 'CURRLIAB'], ['equity', 'EQUITY'], ['revenue', 'REVENUE'], ['expense', 'EXPENSE']]);

/** Bank and system accounts are Xero's own: nobody writes them from outside. */
export function accountToMaster(row: AccountRow): MasterRecord {
  const [type, system] = [String(row.type ?? ''), row.systemAccount === undefined || row.systemAccount === null ? '' : String(row.systemAccount)];
  const guarded = type === 'BANK' ? 'a bank account' : system !== '' ? `a system account (${system})` : undefined;
  return {
    kind: 'account', system: 'xero', id: row.accountID, state: row.status === 'ARCHIVED' ? 'archived' : row.status === 'DELETED' ? 'deleted' : 'active', version: row.updatedDateUTC, ...(guarded ? { protected: guarded } : {}),
    fields: filled({ number: row.code, name: row.name, class: String(row._class ?? '').toLowerCase(), type, taxCode: row.taxType, currency: row.currencyCode === undefined || row.currencyCode === null ? undefined : String(row.currencyCode) }),
  };
}

export const masterToAccount = ({ set, state }: MasterWrite, create: boolean): Account => ({
  ...(set['number'] === undefined ? {} : { code: set['number'] }), ...(set['name'] === undefined ? {} : { name: set['name'] }), ...(create ? { type: set['type'] ?? typeOfClass.get(set['class'] ?? '') ?? 'CURRENT' } : {}), ...(set['taxCode'] === undefined ? {} : { taxType: set['taxCode'] }), ...(state === undefined ? {} : { status: state === 'archived' ? 'ARCHIVED' : 'ACTIVE' }),
} as unknown as Account);
