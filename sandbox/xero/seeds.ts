import { createHash } from 'node:crypto';

export type Account = { id: string; code: string; name: string; type: string; taxType: string; paymentsEnabled: boolean; system?: string; status: 'ACTIVE' | 'ARCHIVED'; updatedAt?: string };

export const tenantId = '3f8a2c1e-5b7d-4e9a-8c6f-1d2e3f4a5b6c';
export const organisationName = 'Tieout Demo Ltd';
export const baseCurrency = 'USD';
export const currencies = ['USD', 'AUD', 'CAD', 'EUR', 'GBP', 'HKD', 'NZD', 'JPY'];
export const seedContactCounter = 0;
/** App → secret; the second is a custom connection. */
export const clients: Record<string, { secret: string; custom: boolean }> = { 'tieout-sandbox': { secret: 'tieout-sandbox-secret', custom: false }, 'tieout-custom': { secret: 'tieout-custom-secret', custom: true } };
/** Tax type → rate in percent. Line TaxAmount overrides what the rate gives, as Xero allows on invoices. */
export const taxTypes: Record<string, { name: string; rate: string }> = {
  NONE: { name: 'Tax Exempt', rate: '0' }, OUTPUT: { name: 'Tax on Sales', rate: '10' }, TAX001: { name: 'Web order tax', rate: '0' }, ZERORATEDOUTPUT: { name: 'Zero rated', rate: '0' }, EXEMPTOUTPUT: { name: 'Exempt', rate: '0' },
};
const idOf = (name: string): string => { const h = createHash('sha256').update(name).digest('hex'); return `${h.slice(0, 8)}-${h.slice(8, 12)}-4${h.slice(13, 16)}-8${h.slice(17, 20)}-${h.slice(20, 32)}`; };
const account = (code: string, name: string, more: { type: string; payments?: boolean; system?: string }): Account =>
  ({ id: idOf(`account ${code}`), code, name, type: more.type, taxType: 'NONE', paymentsEnabled: more.payments ?? more.type === 'BANK', status: 'ACTIVE', ...(more.system ? { system: more.system } : {}) });

/** BANK accounts here take payments in any currency; the real ones hold one currency each. */
export const seedAccounts: Account[] = [
  account('090', 'Business Bank', { type: 'BANK' }), account('091', 'Stripe Clearing', { type: 'BANK' }), account('092', 'Shopify Payments Clearing', { type: 'BANK' }), account('093', 'PayPal Clearing', { type: 'BANK' }),
  account('094', 'Manual Receipts Clearing', { type: 'BANK' }), account('200', 'Sales', { type: 'REVENUE' }), account('210', 'Freight Income', { type: 'REVENUE' }), account('215', 'Misc Income', { type: 'REVENUE' }),
  account('220', 'Trade Discounts', { type: 'REVENUE' }), account('260', 'Other Revenue', { type: 'REVENUE' }), account('404', 'Bank Fees', { type: 'EXPENSE' }), account('610', 'Accounts Receivable', { type: 'CURRENT', system: 'DEBTORS' }),
  account('820', 'Sales Tax', { type: 'CURRLIAB', system: 'GST' }), account('825', 'Gift Card Liability', { type: 'CURRLIAB', payments: true }), account('826', 'Tips Payable', { type: 'CURRLIAB' }), account('860', 'Rounding', { type: 'EXPENSE', system: 'ROUNDING' }),
];
export const codes = { receivables: '610', tax: '820', rounding: '860' } as const;
