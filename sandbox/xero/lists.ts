import { randomUUID } from 'node:crypto';
import { Decimal } from 'decimal.js';
import { type ContactGroup, type Organisation, type TaxRate, type TrackingCategory } from './model';
import { get, NotFoundError, record, textOf, ValidationError, type Json } from './refusal';

/** Set-up lists of an organisation: tax rates, tracking categories with their options, currencies, groups of contacts. Each takes one record a call. */

const named = (value: unknown, max: number, what: string): string => {
  const name = textOf(value, 'Name') || textOf(value, 'Option');
  if (name.length > max) throw new ValidationError(`${what} has a maximum length of ${max} characters.`);
  return name;
};
const statusOf = <S extends string>(value: unknown, allowed: readonly S[], before: S): S => {
  const status = textOf(value, 'Status');
  if (status === '') return before;
  const found = allowed.find((s) => s === status);
  if (found === undefined) throw new ValidationError(`The status "${status}" is not valid`);
  return found;
};
const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** A rate that people made is TAX001 and so on; the organisation's own keep their name and parts. */
export function writeTaxRate(o: Organisation, value: unknown, create: boolean): TaxRate {
  const [type, name] = [textOf(value, 'TaxType'), named(value, 50, 'Name')];
  const known = create ? undefined : o.taxRates.get(type) ?? o.taxRates.values().find((r) => same(r.name, name));
  if (!create && !known) throw new ValidationError('The tax rate to be updated was not found');
  if (known?.system) throw new ValidationError('System tax rates cannot be changed');
  if (!known && name === '') throw new ValidationError('Tax rate name must be specified');
  if (name !== '' && o.taxRates.values().some((r) => r.type !== known?.type && r.status === 'ACTIVE' && same(r.name, name))) throw new ValidationError(`A tax rate with the name '${name}' already exists`);
  const sent = get(value, 'TaxComponents');
  const components = Array.isArray(sent) ? sent.map((c: unknown) => ({ name: named(c, 50, 'Tax component name'), rate: textOf(c, 'Rate') })) : known?.components ?? [];
  if (components.length === 0) throw new ValidationError('A tax rate must have at least one tax component');
  for (const c of components) if (!/^\d{1,2}(\.\d{1,4})?$|^100$/.test(c.rate)) throw new ValidationError('The tax component rate must be between 0 and 100 with at most four decimals');
  const rate: TaxRate = {
    type: known?.type ?? `TAX${String(o.taxRates.values().filter((r) => /^TAX\d/.test(r.type)).length + 1).padStart(3, '0')}`, name: name || (known?.name ?? ''), components, system: false,
    rate: components.reduce((sum, c) => sum.plus(c.rate), new Decimal(0)).toFixed(), status: statusOf(value, ['ACTIVE', 'ARCHIVED', 'DELETED'], known?.status ?? 'ACTIVE'),
  };
  o.taxRates.put(rate.type, rate);
  return rate;
}

const activeMax = 2;
const categoriesMax = 4;

/** Two may be in use, four may stand with the archived ones. */
export function writeTracking(o: Organisation, value: unknown, id?: string): TrackingCategory {
  const known = id === undefined ? undefined : trackingOf(o, id);
  const name = named(value, 100, 'Name');
  if (!known && name === '') throw new ValidationError('The tracking category name must be specified');
  const others = o.tracking.values().filter((c) => c.id !== known?.id && c.status !== 'DELETED');
  if (others.some((c) => same(c.name, name))) throw new ValidationError('A tracking category with this name already exists');
  const status = statusOf(value, ['ACTIVE', 'ARCHIVED'], known?.status ?? 'ACTIVE');
  if ((status === 'ACTIVE' && others.filter((c) => c.status === 'ACTIVE').length >= activeMax) || (!known && others.length >= categoriesMax)) throw new ValidationError('Maximum number of tracking categories reached');
  const category: TrackingCategory = { id: known?.id ?? randomUUID(), name: name || (known?.name ?? ''), status, options: known?.options ?? [] };
  o.tracking.put(category.id, category);
  return category;
}
export function trackingOf(o: Organisation, id: string): TrackingCategory {
  const found = o.tracking.get(id);
  if (!found) throw new NotFoundError(id);
  return found;
}

type Option = TrackingCategory['options'][number];
export function writeOption(o: Organisation, category: TrackingCategory, { value, id }: { value: unknown; id?: string | undefined }): Option {
  const known = id === undefined ? undefined : category.options.find((x) => x.id === id);
  if (id !== undefined && !known) throw new NotFoundError(id);
  const name = named(value, 100, 'Option');
  if (!known && name === '') throw new ValidationError('The tracking option name must be specified');
  if (category.options.some((x) => x.id !== known?.id && same(x.name, name))) throw new ValidationError('A tracking option with this name already exists');
  const option: Option = { id: known?.id ?? randomUUID(), name: name || (known?.name ?? ''), status: statusOf(value, ['ACTIVE', 'ARCHIVED'], known?.status ?? 'ACTIVE') };
  o.tracking.put(category.id, { ...category, options: known ? category.options.map((x) => (x.id === option.id ? option : x)) : [...category.options, option] });
  return option;
}
export function deleteOption(o: Organisation, category: TrackingCategory, id: string): Option {
  const known = category.options.find((x) => x.id === id);
  if (!known) throw new NotFoundError(id);
  o.tracking.put(category.id, { ...category, options: category.options.filter((x) => x.id !== id) });
  return { ...known, status: 'DELETED' };
}

export function addCurrency(o: Organisation, value: unknown): string {
  const code = textOf(value, 'Code');
  if (!/^[A-Z]{3}$/.test(code)) throw new ValidationError(`'${code}' is not a valid currency code`);
  if (o.currencies.get(code)) throw new ValidationError(`The currency ${code} is already in use by this organisation`);
  o.currencies.put(code, code);
  return code;
}

/** A category with its options, as people set it up in one window. */
export function enterTracking(o: Organisation, value: unknown): TrackingCategory {
  const category = writeTracking(o, value);
  const options = get(value, 'Options');
  for (const option of Array.isArray(options) ? options as unknown[] : []) writeOption(o, trackingOf(o, category.id), { value: option });
  return category;
}

const groupsMax = 100;
export function groupOf(o: Organisation, id: string): ContactGroup {
  const found = o.groups.get(id);
  if (!found || found.status === 'DELETED') throw new NotFoundError(id);
  return found;
}
export function writeGroup(o: Organisation, value: unknown, id?: string): ContactGroup {
  const known = id === undefined ? undefined : groupOf(o, id);
  const name = named(value, 100, 'Name');
  if (!known && name === '') throw new ValidationError('Contact group name must be specified');
  const others = o.groups.values().filter((g) => g.status === 'ACTIVE' && g.id !== known?.id);
  if (others.some((g) => same(g.name, name))) throw new ValidationError(`A contact group with the name ${name} already exists`);
  if (!known && others.length >= groupsMax) throw new ValidationError('The maximum number of contact groups has been reached');
  const group: ContactGroup = { id: known?.id ?? randomUUID(), name: name || (known?.name ?? ''), status: statusOf(value, ['ACTIVE', 'DELETED'], 'ACTIVE'), contacts: known?.contacts ?? [] };
  o.groups.put(group.id, group);
  return group;
}
/** Puts contacts into a group, or takes one or all of them out. */
export function regroup(o: Organisation, group: ContactGroup, change: { add?: unknown[]; remove?: string | 'all' }): ContactGroup {
  const added = (change.add ?? []).map((c) => { const id = textOf(record(c), 'ContactID'); if (!o.contacts.get(id)) throw new NotFoundError(id); return id; });
  const kept = change.remove === 'all' ? [] : group.contacts.filter((id) => id !== change.remove);
  const next = { ...group, contacts: [...new Set([...kept, ...added])] };
  o.groups.put(group.id, next);
  for (const id of new Set([...added, ...group.contacts.filter((x) => !next.contacts.includes(x))])) { const c = o.contacts.get(id); if (c) { o.contacts.put(id, { ...c, updatedAt: o.now().toISOString() }); o.changed('CONTACT', id, false); } }
  return next;
}

const n = (text: string): number => Number(text);
export const renderTaxRate = (r: TaxRate): Json => ({
  Name: r.name, TaxType: r.type, Status: r.status, ReportTaxType: 'NONE', CanApplyToAssets: true, CanApplyToEquity: true, CanApplyToExpenses: !r.type.endsWith('OUTPUT'), CanApplyToLiabilities: true, CanApplyToRevenue: true, DisplayTaxRate: n(r.rate), EffectiveRate: n(r.rate),
  TaxComponents: r.components.map((c) => ({ Name: c.name, Rate: n(c.rate), IsCompound: false, IsNonRecoverable: false })),
});
export const renderOption = (x: Option): Json => ({ TrackingOptionID: x.id, Name: x.name, Status: x.status, HasValidationErrors: false, IsDeleted: x.status === 'DELETED', IsArchived: x.status === 'ARCHIVED', IsActive: x.status === 'ACTIVE' });
export const renderTracking = (c: TrackingCategory, all: boolean): Json => ({ TrackingCategoryID: c.id, Name: c.name, Status: c.status, Options: c.options.filter((x) => all || x.status === 'ACTIVE').map(renderOption) });
export const renderGroup = (o: Organisation, g: ContactGroup, full: boolean): Json => ({ ContactGroupID: g.id, Name: g.name, Status: g.status, ...(full ? { Contacts: g.contacts.map((id) => ({ ContactID: id, Name: o.contacts.get(id)?.name ?? '' })) } : {}) });
