/** Company TWO as it is found: accounts, checkbooks, tax details, documents ids, items. */
export const seedAccounts = {
  cash: '000-1100-00', stripe: '000-1105-00', shopPay: '000-1106-00', paypal: '000-1107-00', manual: '000-1108-00', receivables: '000-1200-00', giftCards: '000-2105-00', tax: '000-2300-00',
  sales: '000-4100-00', freight: '000-4110-00', misc: '000-4120-00', tips: '000-4130-00', tradeDiscounts: '000-4190-00', markdowns: '000-4195-00', rounding: '000-7999-00',
} as const;
/** Checkbook → its cash account. */
export const seedCheckbooks: Record<string, string> = {
  'UPTOWN TRUST': seedAccounts.cash, STRIPE: seedAccounts.stripe, SHOPPAY: seedAccounts.shopPay, PAYPAL: seedAccounts.paypal, MANUAL: seedAccounts.manual, GIFTCARD: seedAccounts.giftCards,
};
export const seedTaxDetails = ['WEB-TAX', 'STATE-SALES', 'GST-10', 'VAT-20'];
export const seedTaxSchedules = ['WEB', 'STATE'];
export const seedDocIds: Record<string, number> = { STDORD: 2, WEBORD: 2, STDINV: 3, WEBINV: 3, WEBRTN: 4, RTN: 4 };
export const seedSites = ['MAIN', 'WEST'];
export const seedCurrencies = ['USD', 'AUD', 'CAD', 'EUR', 'GBP', 'HKD', 'NZD', 'JPY'];
export const seedItems = ['TSHIRT-BLK-M', 'MUG-WHITE', 'CAP-RED', 'HOODIE-GRY-L', 'STICKER-SET', 'IPOD2008GREEN', 'IPOD2008RED', 'IPOD2008BLACK', 'IPOD2009BLACK', 'BALM-01', 'TEA-250G', 'CABLE-01', 'PANEL-9'];
export const baseCurrency = 'USD';
