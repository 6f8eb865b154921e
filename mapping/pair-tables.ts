import { type Table } from './engine/state';
import { type Json } from './expressions/sequence';
import { type Pair } from './pair';
import { type Bundle } from './pair-goods';

type Row = Record<string, Json>;
const named = (record: Record<string, string>, row: (key: string, value: string) => Row): Row[] => Object.entries(record).map(([key, value]) => row(key, value));
const parts = (bundle: Bundle): Row[] => (bundle.as === 'components' ? bundle.components.map(({ item }) => ({ sku: item, item })) : []);

/**
 * What a pair knows, as the live tables that mapping documents look things up in: items (kits first, then the list, then what stands inside bundles), units, sites, tax
 * details, gateways and non-inventory items. One object per pair: thousands of runs share its indexes.
 */
export function pairTables(pair: Pair): Record<string, Table> {
  const { gp, xero, accounts, gateways } = pair;
  const kits = Object.entries(gp.bundles).flatMap(([sku, b]): Row[] => (b.as === 'kit' ? [{ sku, item: b.item }] : []));
  const listed = Object.entries(gp.items).map(([sku, item]): Row => ({ sku, item }));
  const { tip, giftCard, fee, custom } = gp.nonInventory;
  return {
    'pair.items': { rows: [...kits, ...listed, ...Object.values(gp.bundles).flatMap(parts)] },
    'pair.units': { rows: Object.entries(gp.units).map(([sku, { units, decimals }]): Row => ({ sku, units, decimals: String(decimals) })) },
    'pair.item-sites': { rows: Object.entries(gp.itemSites).map(([item, site]): Row => ({ item, site })) },
    'pair.tax-details': { rows: Object.entries(gp.taxDetails).map(([name, detail]): Row => ({ name, detail })) },
    'pair.gateways': { rows: Object.entries(gateways).map(([gateway, { gpCards: _cards, ...g }]): Row => ({ gateway, ...g })) },
    'pair.cards': { rows: Object.entries(gateways).flatMap(([gateway, { gpCards }]) => named(gpCards, (type, card) => ({ gateway, type, card }))) },
    'pair.salespersons': { rows: named(gp.salespersons, (of, id) => ({ of, id })) }, 'pair.territories': { rows: named(gp.territories, (of, id) => ({ of, id })) },
    'pair.shipping-methods': { rows: named(gp.shippingMethods, (title, id) => ({ title, id })) }, 'pair.payment-terms': { rows: named(gp.paymentTerms, (name, id) => ({ name, id })) },
    'pair.tracking': { rows: xero.tracking.flatMap(({ category, options }) => named(options, (value, option) => ({ category, value, option }))) }, 'pair.xero-items': { rows: named(xero.itemCodes, (item, code) => ({ item, code })) },
    'pair.non-inventory': { rows: [{ item: tip, account: accounts.tips.gp }, { item: giftCard, account: accounts.giftCards.gp }, { item: fee, account: accounts.fees.gp }, { item: custom }] },
  };
}

/** The pair's settings as parameters of the documents that write GP orders. */
export function gpOrderParams(pair: Pair): Record<string, Json> {
  const { gp, accounts, policies } = pair;
  return {
    documentId: gp.documentId, site: gp.site, taxScheduleId: gp.taxScheduleId, addressCode: gp.addressCode, nonInventory: gp.nonInventory, accounts: { tips: accounts.tips.gp, giftCards: accounts.giftCards.gp, fees: accounts.fees.gp },
    unknownItem: policies.unknownItem, lineWithoutSku: policies.lineWithoutSku, shortage: policies.shortage, respectHold: true, respectCreditLimit: false,
    ...own(gp), ...filled('userDefined', gp.userDefined), ...(gp.customerPo === 'purchase-order' ? { customerPo: gp.customerPo } : {}), ...(gp.distributions.order ? { distributions: gp.distributions.order } : {}),
  };
}

/** What the documents of GP are handed of `gp.fields` and `gp.also`; nothing where nothing is set. */
const own = ({ fields, also }: Pick<Pair['gp'], 'fields' | 'also'>): Record<string, Json> => ({ ...filled('fields', fields), ...(also.length > 0 ? { also: Object.fromEntries(also.map((a) => [a.replace(/-(.)/g, (_all, c: string) => c.toUpperCase()), true])) } : {}) });
const filled = (name: string, value: object): Record<string, Json> => (Object.keys(value).length > 0 ? { [name]: value as Json } : {});

/** The pair's settings as parameters of the document that writes customers; they are there in orders and in receipts. */
export const gpCustomerParams = ({ gp }: Pair): Record<string, Json> => own(gp);
/** … of the document that writes receipts. */
export const gpReceiptParams = ({ gp }: Pair): Record<string, Json> => ({ ...own(gp), ...(gp.cardNumbers === 'masked' ? { cardNumbers: gp.cardNumbers } : {}) });
/** … of the document that applies receipts and returns. */
export const gpApplicationParams = ({ gp }: Pair): Record<string, Json> => filled('fields', gp.fields.application ? { application: gp.fields.application } : {});
/** … of the documents that write Xero contacts and payments. */
export const xeroOwnParams = ({ xero }: Pair): Record<string, Json> => ({ ...filled('fields', xero.fields), ...(xero.also.length > 0 ? { also: Object.fromEntries(xero.also.map((a) => [a === 'person' ? 'person' : 'accountNumber', true])) } : {}) });

/** The pair's settings as parameters of the document that writes GP returns; the invoice does not tell which tax details it carried, so returned tax goes to the default one. */
export function gpReturnParams({ gp }: Pair): Record<string, Json> {
  return { ...own(gp), ...(gp.distributions.return ? { distributions: gp.distributions.return } : {}), documentId: gp.returnDocumentId, site: gp.site, taxScheduleId: gp.taxScheduleId, taxDetailId: gp.taxDetails['*'] ?? Object.values(gp.taxDetails)[0] ?? '' };
}

/** The pair's settings as parameters of the documents that write Xero invoices and credit notes. */
export function xeroInvoiceParams(pair: Pair): Record<string, Json> {
  const { tip, giftCard, fee } = pair.gp.nonInventory;
  const { sales, freight, misc, discounts, tips, giftCards, fees } = pair.accounts;
  return {
    ...xeroOwnParams(pair), ...(pair.xero.tracking.length > 0 ? { tracking: pair.xero.tracking.map(({ category, by, otherwise }) => ({ category, by, ...(otherwise === undefined ? {} : { otherwise }) })) } : {}), baseCurrency: pair.baseCurrency, taxTypes: pair.xero.taxTypes, nonInventory: { tip, giftCard, fee },
    accounts: { sales: sales.xero, freight: freight.xero, misc: misc.xero, discounts: discounts.xero, tips: tips.xero, giftCards: giftCards.xero, fees: fees.xero },
  };
}
