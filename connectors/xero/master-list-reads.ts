import { done, failed, type Failure, type Outcome } from '../../canonical/failure';
import { type MasterKind, type MasterRecord } from '../../canonical/master';
import { type Door } from './door';
import { CurrencyRow, currencyToMaster, taxRateToMaster, TaxRow, trackingToMasters, TrackingRow } from './master-lists';
import { rowsOf } from './reads';

/** Short lists that come whole, archived ones included. Priority: after documents and money. */
export async function allTaxRates(door: Door): Promise<Outcome<TaxRow[]>> {
  const body = await door.read('tax rates', 3, (api, tenant) => api.getTaxRates(tenant));
  return body.ok ? rowsOf(body.value.taxRates, TaxRow, 'tax rates') : body;
}
export async function allTracking(door: Door): Promise<Outcome<TrackingRow[]>> {
  const body = await door.read('tracking categories', 3, (api, tenant) => api.getTrackingCategories(tenant, undefined, undefined, true));
  return body.ok ? rowsOf(body.value.trackingCategories, TrackingRow, 'tracking categories') : body;
}
export async function allCurrencies(door: Door): Promise<Outcome<CurrencyRow[]>> {
  const body = await door.read('currencies', 3, (api, tenant) => api.getCurrencies(tenant));
  return body.ok ? rowsOf(body.value.currencies, CurrencyRow, 'currencies') : body;
}

const termsHaveNoList: Failure = { code: 'setup-missing', system: 'xero', field: 'kind', value: 'terms', message: 'Xero keeps no list of payment terms: each contact has its own.', fix: 'Switch "terms" off in the pair ("sync") and say in the value table of a customer\'s "terms" which of GP\'s terms is which of Xero\'s, such as "30 DAYSAFTERBILLDATE".' };

/** All records of a list; none tells when it changed, so every look is a look at all of them. */
export async function readList(door: Door, kind: MasterKind): Promise<Outcome<MasterRecord[]>> {
  switch (kind) {
    case 'tax': { const rows = await allTaxRates(door); return rows.ok ? done(rows.value.map(taxRateToMaster)) : rows; }
    case 'tracking': { const rows = await allTracking(door); return rows.ok ? done(rows.value.flatMap(trackingToMasters)) : rows; }
    case 'currency': { const rows = await allCurrencies(door); return rows.ok ? done(rows.value.map(currencyToMaster)) : rows; }
    case 'terms': return failed(termsHaveNoList);
    default: return failed({ ...termsHaveNoList, value: kind, message: `"${kind}" is no list of Xero.`, fix: 'Report this: contacts, items and accounts are read elsewhere.', code: 'bug' });
  }
}
