import { canonicalSchemas } from './canonical';
import { createCatalogue, type Catalogue } from './catalogue';
import { Schema } from './schema';
import genericOrder from './schemas/generic.order.json';
import gpAccount from './schemas/gp.account.json';
import gpApply from './schemas/gp.apply.json';
import gpCashReceipt from './schemas/gp.cash-receipt.json';
import gpCustomer from './schemas/gp.customer.json';
import gpItem from './schemas/gp.item.json';
import gpJournal from './schemas/gp.journal.json';
import gpPayables from './schemas/gp.payables-transaction.json';
import gpReceivables from './schemas/gp.receivables-transaction.json';
import gpSales from './schemas/gp.sales-transaction.json';
import gpVendor from './schemas/gp.vendor.json';
import magentoOrder from './schemas/magento.order.json';
import shopifyOrder from './schemas/shopify.order.json';
import shopifyTransaction from './schemas/shopify.transaction.json';
import woocommerceOrder from './schemas/woocommerce.order.json';
import xeroAccount from './schemas/xero.account.json';
import xeroBankTransaction from './schemas/xero.bank-transaction.json';
import xeroContact from './schemas/xero.contact.json';
import xeroCreditNote from './schemas/xero.credit-note.json';
import xeroCurrency from './schemas/xero.currency.json';
import xeroInvoice from './schemas/xero.invoice.json';
import xeroItem from './schemas/xero.item.json';
import xeroManualJournal from './schemas/xero.manual-journal.json';
import xeroPayment from './schemas/xero.payment.json';
import xeroTaxRate from './schemas/xero.tax-rate.json';
import xeroTrackingCategory from './schemas/xero.tracking-category.json';

const files = [
  shopifyOrder, shopifyTransaction, woocommerceOrder, magentoOrder, genericOrder, gpSales, gpCustomer, gpCashReceipt, gpApply, gpReceivables, gpVendor, gpPayables, gpItem, gpAccount, gpJournal,
  xeroInvoice, xeroCreditNote, xeroPayment, xeroContact, xeroItem, xeroAccount, xeroTaxRate, xeroTrackingCategory, xeroCurrency, xeroBankTransaction, xeroManualJournal,
] as unknown[];

let made: Catalogue | undefined;
/** Everything that mappings may read and write: canonical documents, shops, GP nodes, Xero entities. Read once. */
export function standardCatalogue(): Catalogue {
  made ??= createCatalogue([...canonicalSchemas(), ...files.map((f) => Schema.parse(f))]);
  return made;
}
