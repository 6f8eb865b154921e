import { Decimal } from 'decimal.js';
import { z } from 'zod';
import { type MasterRecord } from '../../canonical/master';

/** Set-up lists as xero-node gives them, and as the synchronisation sees them: tax rates, options of tracking categories, currencies. None tells when it changed. */
export const unknownInstant = '1970-01-01T00:00:00.000Z';

const text = z.string().nullish().transform((v) => v ?? '');
const key = z.string().min(1).max(100);
const list = <T extends z.ZodType>(of: T) => z.array(of).nullish().transform((v) => v ?? []);
const Rate = z.union([z.number(), z.string().regex(/^\d{1,6}(\.\d{1,12})?$/, 'a rate in percent')]).nullish().transform((v) => (v === undefined || v === null ? undefined : new Decimal(v).toFixed()));

export const TaxRow = z.object({
  taxType: key, name: z.string().min(1), status: text, effectiveRate: Rate, displayTaxRate: Rate, canApplyToRevenue: z.boolean().nullish(), canApplyToExpenses: z.boolean().nullish(), taxComponents: list(z.object({ name: text, rate: Rate })),
});
export type TaxRow = z.infer<typeof TaxRow>;
const OptionRow = z.object({ trackingOptionID: key, name: z.string().min(1), status: text });
export const TrackingRow = z.object({ trackingCategoryID: key, name: z.string().min(1), status: text, options: list(OptionRow) });
export type TrackingRow = z.infer<typeof TrackingRow>;
export const CurrencyRow = z.object({ code: z.string().regex(/^[A-Z]{3}$/), description: text });
export type CurrencyRow = z.infer<typeof CurrencyRow>;

const filled = (fields: Record<string, string | undefined>): Record<string, string> => Object.fromEntries(Object.entries(fields).flatMap(([f, v]) => (v === undefined || v === '' ? [] : [[f, v]])));
const stateOf = (status: string): MasterRecord['state'] => (status === 'DELETED' ? 'deleted' : status === 'ARCHIVED' ? 'archived' : 'active');
const kindOf = ({ canApplyToRevenue: sales, canApplyToExpenses: purchases }: TaxRow): string | undefined => (sales === true && purchases === false ? 'sales' : purchases === true && sales === false ? 'purchases' : undefined);

/** Rates that people made are TAX001 and so on; the others are Xero's own (reference xero §5.6). */
export const taxRateToMaster = (row: TaxRow): MasterRecord => ({
  kind: 'tax', system: 'xero', id: row.taxType, state: stateOf(row.status), version: unknownInstant, ...(/^TAX\d+$/.test(row.taxType) ? {} : { protected: 'one of Xero\'s own tax rates' }),
  fields: filled({ code: row.taxType, name: row.name, rate: row.effectiveRate ?? row.displayTaxRate, kind: kindOf(row) }),
});

/** One record per option; an option of an archived category can be used no more than an archived one. */
export const trackingToMasters = (row: TrackingRow): MasterRecord[] => row.options.map((o) => {
  const [own, above] = [stateOf(o.status), stateOf(row.status)];
  return { kind: 'tracking', system: 'xero', id: o.trackingOptionID, state: above === 'deleted' ? above : own === 'active' ? above : own, version: unknownInstant, fields: filled({ category: row.name, name: o.name }) };
});

export const currencyToMaster = (row: CurrencyRow): MasterRecord => ({ kind: 'currency', system: 'xero', id: row.code, state: 'active', version: unknownInstant, fields: filled({ code: row.code, name: row.description }) });
