import { seedAccounts, seedCurrencies, seedTaxDetails, seedTaxSchedules } from './seeds';

type Seed = { key: string; columns: Record<string, string>; rows?: Record<string, string>[] };
/** Set-up that stood before anybody began. */
export const seededAt = '2025-01-01T00:00:00.000Z';

const accountNames: Record<keyof typeof seedAccounts, [name: string, category: string]> = {
  cash: ['Cash - Operating Account', 'Cash'], stripe: ['Stripe Clearing', 'Cash'], shopPay: ['Shopify Payments Clearing', 'Cash'], paypal: ['PayPal Clearing', 'Cash'], manual: ['Manual Payments Clearing', 'Cash'], receivables: ['Accounts Receivable', 'Accounts Receivable'],
  giftCards: ['Gift Cards Outstanding', 'Other Current Liabilities'], tax: ['Sales Tax Payable', 'Taxes Payable'], sales: ['Sales - Retail', 'Sales'], freight: ['Freight Income', 'Sales'], misc: ['Miscellaneous Income', 'Other Income'], tips: ['Tips Received', 'Other Income'],
  tradeDiscounts: ['Trade Discounts', 'Sales Returns and Discounts'], markdowns: ['Markdowns', 'Sales Returns and Discounts'], rounding: ['Rounding Difference', 'Other Expenses'],
};
const creditCategories = ['Accounts Payable', 'Other Current Liabilities', 'Taxes Payable', 'Sales', 'Other Income', 'Retained Earnings'];
const resultCategories = ['Sales', 'Other Income', 'Sales Returns and Discounts', 'Other Expenses', 'Cost of Goods Sold', 'Administrative Expense'];
const account = (number: string, name: string, category: string): Seed => ({ key: number, columns: {
  ACTNUMST: number, ACTDESCR: name, CATEGORY: category, ACCTTYPE: '1', PSTNGTYP: resultCategories.includes(category) ? '1' : '0', TPCLBLNC: creditCategories.includes(category) ? '1' : '0', ACTIVE: '1',
} });
const moreAccounts = [
  account('000-1300-01', 'Inventory - Retail', 'Inventory'), account('000-1510-00', 'Furniture and Equipment', 'Property, Plant and Equipment'), account('000-2100-00', 'Accounts Payable', 'Accounts Payable'), account('000-3030-00', 'Retained Earnings', 'Retained Earnings'),
  account('000-4510-01', 'Cost of Goods Sold - Retail', 'Cost of Goods Sold'), account('100-5100-00', 'Advertising - Sales', 'Administrative Expense'), account('300-5100-00', 'Advertising - Consulting', 'Administrative Expense'), account('000-6170-00', 'Repairs and Maintenance', 'Administrative Expense'),
];

/** GP's standard categories of accounts (GL00102), by their number. */
export const seedCategories = ['Cash', 'Short-Term Investments', 'Accounts Receivable', 'Notes Receivable', 'Inventory', 'Work in Process', 'Prepaid Expenses', 'Long-Term Investments', 'Property, Plant and Equipment', 'Accumulated Depreciation', 'Intangible Assets', 'Other Assets', 'Accounts Payable', 'Notes Payable',
  'Current Maturities of Long-Term Debt', 'Taxes Payable', 'Interest Payable', 'Dividends Payable', 'Leases Payable (Current)', 'Sinking Fund Payable (Current)', 'Other Current Liabilities', 'Long-Term Debt', 'Common Stock', 'Preferred Stock', 'Additional Paid-in Capital - Common', 'Additional Paid-in Capital - Preferred',
  'Retained Earnings', 'Treasury Stock', 'Common Dividends', 'Preferred Dividends', 'Sales', 'Sales Returns and Discounts', 'Cost of Goods Sold', 'Selling Expense', 'Administrative Expense', 'Salaries Expense', 'Other Employee Expenses', 'Interest Expense', 'Tax Expense', 'Depreciation Expense', 'Income Tax Expense', 'Other Expenses',
  'Other Income', 'Charges Not Using Working Capital', 'Revenues Not Producing Working Capital', 'Gain/Loss on Asset Disposal', 'Amortization of Intangible Assets', 'Nonfinancial Accounts'];

const named = (column: string, text: string) => ([key, words]: readonly [string, string]): Seed => ({ key, columns: { [column]: key, [text]: words } });
const terms = (id: string, over: Record<string, string>): Seed => ({ key: id, columns: { PYMTRMID: id, DUETYPE: '1', DUEDTDS: '0', DISCTYPE: '1', DISCDTDS: '0', DSCPCTAM: '0', ...over } });
const detail = (id: string, words: string, { percent, type = '1' }: { percent: string; type?: string }): Seed => ({ key: id, columns: { TAXDTLID: id, TXDTLDSC: words, TXDTLTYP: type, TXDTLBSE: '3', TXDTLPCT: percent, ACTNUMST: seedAccounts.tax } });
const percents: Record<string, string> = { 'WEB-TAX': '0.00000', 'STATE-SALES': '8.00000', 'GST-10': '10.00000', 'VAT-20': '20.00000' };
const schedule = (id: string, words: string, details: string[]): Seed => ({ key: id, columns: { TAXSCHID: id, TXSCHDSC: words }, rows: details.map((TAXDTLID) => ({ TAXDTLID })) });
const symbols: Record<string, [string, string]> = { USD: ['US Dollars', '$'], AUD: ['Australian Dollars', '$'], CAD: ['Canadian Dollars', '$'], EUR: ['Euros', '€'], GBP: ['Pounds Sterling', '£'], HKD: ['Hong Kong Dollars', '$'], NZD: ['New Zealand Dollars', '$'], JPY: ['Japanese Yen', '¥'] };
const segment = (number: string, id: string, words: string): Seed => ({ key: `${number}/${id}`, columns: { SGMTNUMB: number, SGMNTID: id, DSCRIPTN: words } });

/** Set-up of company TWO, by table of the simulator. */
export const seedMasters: Record<string, Seed[]> = {
  customerClasses: ([['WEB', 'Web shop'], ['RETAIL', 'Retail'], ['WHOLESALE', 'Wholesale'], ['USA-US-T1', 'USA, first territory']] as const).map(named('CLASSID', 'CLASDSCR')),
  vendorClasses: ([['USA-US-C', 'USA, creditors'], ['USA-US-M', 'USA, merchandise'], ['SERVICES', 'Services']] as const).map(named('VNDCLSID', 'VNDCLDSC')),
  itemClasses: ([['RTL-GOODS', 'Retail goods'], ['SERVICE', 'Services'], ['WEB', 'Web shop']] as const).map(named('ITMCLSCD', 'ITMCLSDC')),
  /** RM00301 and RM00303. */
  territories: ([['TERRITORY 1', 'North East'], ['TERRITORY 2', 'Middle West'], ['TERRITORY 3', 'West Coast']] as const).map(named('SALSTERR', 'SLTERDSC')),
  salespersons: ([['PAUL W.', 'TERRITORY 1', '0'], ['SANDRA M.', 'TERRITORY 2', '0'], ['GREG E.', 'TERRITORY 3', '0'], ['ERIN J.', 'TERRITORY 1', '1']] as const).map(([SLPRSNID, SALSTERR, INACTIVE]): Seed => ({ key: SLPRSNID, columns: { SLPRSNID, SALSTERR, INACTIVE } })),
  /** SY03000. */
  shippingMethods: ([['GROUND', 'Ground'], ['OVERNIGHT', 'Overnight'], ['PICKUP', 'Customer picks up']] as const).map(named('SHIPMTHD', 'SHMTHDSC')),
  /** SY03100: bank cards, each with the checkbook that its receipts go to. */
  cards: ([['STRIPE VISA', 'STRIPE'], ['STRIPE MC', 'STRIPE'], ['SHOPPAY VISA', 'SHOPPAY'], ['VISA', 'UPTOWN TRUST']] as const).map(([CARDNAME, CHEKBKID]): Seed => ({ key: CARDNAME, columns: { CARDNAME, CHEKBKID } })),
  priceLevels: ([['RETAIL', 'Retail'], ['EXTPRCLVL', 'Extended'], ['WHOLESALE', 'Wholesale']] as const).map(named('PRCLEVEL', 'DSCRIPTN')),
  unitSchedules: ([['EACH', 'Each'], ['HOURS', 'Hours']] as const).map(named('UOMSCHDL', 'UMSCHDSC')),
  terms: [terms('Net 30', { DUEDTDS: '30' }), terms('Net 14', { DUEDTDS: '14' }), terms('2% 10/Net 30', { DUEDTDS: '30', DISCDTDS: '10', DSCPCTAM: '200' }), terms('EOM', { DUETYPE: '3' }), terms('20th', { DUETYPE: '5', DUEDTDS: '20' }), terms('C.O.D.', { DUETYPE: '4' })],
  taxDetails: [...seedTaxDetails.map((id) => detail(id, id === 'WEB-TAX' ? 'Tax as the shop counted it' : id, { percent: percents[id] ?? '0.00000' })), detail('P-GST-10', 'GST on purchases', { percent: '10.00000', type: '2' })],
  taxSchedules: [...seedTaxSchedules.map((id) => schedule(id, id === 'WEB' ? 'Web shop' : 'State sales tax', [id === 'WEB' ? 'WEB-TAX' : 'STATE-SALES'])), schedule('GST', 'GST 10 %', ['GST-10']), schedule('VAT', 'VAT 20 %', ['VAT-20']), schedule('NONE', 'No tax', [])],
  currencies: seedCurrencies.map((id) => ({ key: id, columns: { CURNCYID: id, CRNCYDSC: symbols[id]?.[0] ?? id, CRNCYSYM: symbols[id]?.[1] ?? '', ISOCURRC: id } })),
  categories: seedCategories.map((ACCATDSC, i) => ({ key: ACCATDSC, columns: { ACCATNUM: String(i + 1), ACCATDSC } })),
  accountFormat: ([['1', 'Site', '3', '0'], ['2', 'Account', '4', '1'], ['3', 'Department', '2', '0']] as const).map(([number, words, length, main]) => ({ key: number, columns: { SGMTNUMB: number, SGMTNAME: words, LOFSGMNT: length, MNSEGIND: main } })),
  segments: [segment('1', '000', 'Head office'), segment('1', '100', 'Sales'), segment('1', '300', 'Consulting'), segment('3', '00', 'No department'), segment('3', '01', 'Retail'), segment('3', '02', 'Project A')],
  accounts: [...(Object.keys(seedAccounts) as (keyof typeof seedAccounts)[]).map((key) => account(seedAccounts[key], ...accountNames[key])), ...moreAccounts],
};
