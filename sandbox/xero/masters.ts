import { randomUUID } from 'node:crypto';
import { type Account, type Item, type Organisation } from './model';
import { get, NotFoundError, textOf, ValidationError } from './refusal';
import { accountTypes } from './render';

const max = (value: unknown, field: string, length: number): void => { if (textOf(value, field).length > length) throw new ValidationError(`${field} has a maximum length of ${length} characters.`); };
const itemFields = ['Name', 'Description', 'PurchaseDescription', 'IsSold', 'IsPurchased', 'SalesDetails', 'PurchaseDetails'] as const;

/** Codes are unique whatever their case; accounts and tax types of an item must exist. */
export function writeItem(o: Organisation, value: unknown, create: boolean): Item {
  const [id, code] = [textOf(value, 'ItemID'), textOf(value, 'Code')];
  if (id !== '' && !o.items.get(id)) throw new NotFoundError(id);
  const known = o.items.get(id !== '' ? id : o.itemByCode.get(code) ?? '');
  if (!known && code === '') throw new ValidationError('Item code must be supplied');
  if (known && create) throw new ValidationError(`Price List Item with Code '${code}' already exists`);
  max(value, 'Code', 30); max(value, 'Name', 50); max(value, 'Description', 4000); max(value, 'PurchaseDescription', 4000);
  for (const part of ['SalesDetails', 'PurchaseDetails']) {
    const account = textOf(get(value, part), 'AccountCode');
    if (account !== '' && !o.accountByCode.has(account)) throw new ValidationError(`Account code '${account}' is not a valid code for this document.`);
  }
  const holder = code === '' ? undefined : o.itemByCode.get(code);
  if (holder !== undefined && holder !== known?.id) throw new ValidationError(`Price List Item with Code '${code}' already exists`);
  const item: Item = { id: known?.id ?? randomUUID(), code: code || (known?.code ?? ''), fields: { IsSold: true, IsPurchased: true, ...known?.fields, ...Object.fromEntries(itemFields.flatMap((f) => { const v = get(value, f); return v === undefined ? [] : [[f, v]]; })) }, updatedAt: o.now().toISOString() };
  if (known && known.code !== item.code) o.itemByCode.delete(known.code);
  o.items.put(item.id, item);
  o.itemByCode.set(item.code, item.id);
  return item;
}

/** Gone without a trace: a list does not tell that it was there. */
export function deleteItem(o: Organisation, idOrCode: string): void {
  const item = o.items.get(idOrCode) ?? o.items.get(o.itemByCode.get(idOrCode) ?? '');
  if (!item) throw new NotFoundError(idOrCode);
  o.items.delete(item.id);
  o.itemByCode.delete(item.code);
}

/** System accounts keep their code and cannot be archived; a bank account is nobody's here. */
export function writeAccount(o: Organisation, value: unknown, id: string | undefined): Account {
  const known = id === undefined ? undefined : o.accounts.get(id);
  if (id !== undefined && !known) throw new NotFoundError(id);
  const [code, name, type, status] = [textOf(value, 'Code'), textOf(value, 'Name'), textOf(value, 'Type'), textOf(value, 'Status')];
  max(value, 'Code', 10); max(value, 'Name', 150);
  if (known?.system !== undefined && status === 'ARCHIVED') throw new ValidationError('You cannot archive a system account.');
  if (!known && (code === '' || name === '' || type === '')) throw new ValidationError(`${code === '' ? 'Account code' : name === '' ? 'Account name' : 'Account type'} must be supplied`);
  if (!known && !accountTypes.includes(type)) throw new ValidationError('Account type is not valid');
  const holder = code === '' ? undefined : o.accountByCode.get(code);
  if (holder !== undefined && holder !== known?.id) throw new ValidationError('Please enter a unique Code.');
  if (name !== '' && o.accounts.values().some((a) => a.id !== known?.id && a.status === 'ACTIVE' && a.name.toLowerCase() === name.toLowerCase())) throw new ValidationError('Please enter a unique Name.');
  const account: Account = {
    ...(known ?? { id: randomUUID(), paymentsEnabled: false, taxType: 'NONE', status: 'ACTIVE' as const }), code: code || (known?.code ?? ''), name: name || (known?.name ?? ''), type: known?.type ?? type, ...(textOf(value, 'TaxType') === '' ? {} : { taxType: textOf(value, 'TaxType') }),
    ...(status === 'ARCHIVED' || status === 'ACTIVE' ? { status } : {}), updatedAt: o.now().toISOString(),
  };
  if (known && known.code !== account.code) o.accountByCode.delete(known.code);
  o.accounts.put(account.id, account);
  o.accountByCode.set(account.code, account.id);
  return account;
}
