import { standardCatalogue } from '../catalogue/standard';
import { isNested, type Rule } from '../document/rules';
import { shippedMapping } from './shipped';

/** Where rules write values, `[]` for the rows of a list; a rule of kind "fields" writes each of its names. */
const written = (rules: readonly Rule[], prefix = ''): string[] => rules.flatMap((rule): string[] => {
  if (rule.kind === 'fields') return rule.names.map((name) => `${prefix}${name}`);
  if (isNested(rule)) return rule.to.startsWith('$') ? [] : written(rule.rules, `${prefix}${rule.to}${rule.kind === 'object' ? '' : '[]'}.`);
  return 'to' in rule && !rule.to.startsWith('$') ? [`${prefix}${rule.to}`] : [];
});

const sop: [string, string][] = [
  ['the money is a cash receipt of the customer (payment-to-gp-receipt): on the document too it would be posted twice', 'taCreateSopPaymentInsertRecord_Items'],
  ['quantities and prices are the order\'s own, and a document is never changed under its number', 'taSopLineIvcInsert_Items[].MRKDNPCT taSopLineIvcInsert_Items[].QTYTBAOR taSopLineIvcInsert_Items[].QTYCANCE taSopLineIvcInsert_Items[].QTYFULFI taSopLineIvcInsert_Items[].UpdateIfExists taSopLineIvcInsert_Items[].RecreateDist taSopLineIvcInsert_Items[].QUOTEQTYTOINV taSopLineIvcInsert_Items[].TOTALQTY taSopLineIvcInsert_Items[].DEFPRICING taSopLineIvcInsert_Items[].DEFEXTPRICE'],
  ['there is no tax on misc charges, and GP adds the total of a detail up', 'taSopLineIvcTaxInsert_Items[].MSCTXAMT taSopLineIvcTaxInsert_Items[].MISCAMNT taSopLineIvcTaxInsert_Items[].TXDTOTTX'],
  ['accounts are named by their number', 'taSopDistribution_Items[].ACTINDX'],
  ['prices, discounts and payments are told by amounts, the number is new, and it has no parent', 'taSopHdrIvcInsert.UpdateExisting taSopHdrIvcInsert.DEFPRICING taSopHdrIvcInsert.PYMTRCVD taSopHdrIvcInsert.TRADEPCT taSopHdrIvcInsert.DISTKNAM taSopHdrIvcInsert.ORIGNUMB taSopHdrIvcInsert.ORIGTYPE'],
];
const told = 'HasErrors StatusAttributeString ValidationErrors Warnings';
const lineItems: [string, string][] = [
  ['accounts and items are named by code', 'LineItems[].AccountID LineItems[].Item'],
  ['lines are new, and their amounts are net of discounts, with the tax that the ledger has', 'LineItems[].LineItemID LineItems[].LineAmount LineItems[].DiscountRate LineItems[].DiscountAmount LineItems[].RepeatingInvoiceID LineItems[].TaxBreakdown'],
];

/** Fields of the documents' targets that no rule fills, and why. Everything else of what the catalogue knows of these documents is filled, from the order, a table or the pair's settings. */
const leftOut: Record<string, [why: string, fields: string][]> = {
  'sales-order-to-gp-customer': [['master data keeps its links there', 'taUpdateCreateCustomerRcd.INTEGRATIONSOURCE taUpdateCreateCustomerRcd.INTEGRATIONID taCreateCustomerAddress_Items[].INTEGRATIONSOURCE taCreateCustomerAddress_Items[].INTEGRATIONID']],
  'sales-order-to-gp-order': [...sop, ['these quantities are of returns', ['QTYONHND', 'QTYRTRND', 'QTYINUSE', 'QTYINSVC', 'QTYDMGED'].map((q) => `taSopLineIvcInsert_Items[].${q}`).join(' ')]],
  'invoice-to-gp-return': [...sop, ['what comes back goes on hand', ['QTYRTRND', 'QTYINUSE', 'QTYINSVC', 'QTYDMGED'].map((q) => `taSopLineIvcInsert_Items[].${q}`).join(' ')]],
  'payment-to-gp-receipt': [['master data keeps its links there', 'taUpdateCreateCustomerRcd.INTEGRATIONSOURCE taUpdateCreateCustomerRcd.INTEGRATIONID'], ['no address is made with a receipt, and the document of the order brings the class', ['ADRSCODE', 'CUSTCLAS', 'CNTCPRSN', 'ADDRESS1', 'ADDRESS2', 'CITY', 'STATE', 'ZIPCODE', 'CCode', 'COUNTRY', 'PHNUMBR1', 'UseCustomerClass'].map((f) => `taUpdateCreateCustomerRcd.${f}`).join(' ')]],
  'sales-order-to-xero-contact': [['Xero says these', 'ContactID MergedToContactID ContactStatus IsSupplier IsCustomer Balances ContactGroups Attachments HasAttachments HasValidationErrors StatusAttributeString ValidationErrors'], ['an order has two lines of an address, and a phone number in one piece', 'Addresses[].AddressLine3 Addresses[].AddressLine4 Phones[].PhoneAreaCode Phones[].PhoneCountryCode']],
  'invoice-to-xero-invoice': [...lineItems, ['the contact is named by its id, and changed by its own document', 'Contact'], ['Xero says these', `InvoiceID RepeatingInvoiceID Payments Prepayments Overpayments CreditNotes Attachments ${told}`], ['it is of bills', 'PlannedPaymentDate']],
  'invoice-to-xero-credit-note': [...lineItems, ['the contact is named by its id, and changed by its own document', 'Contact'], ['Xero says these', `SubTotal TotalTax Total FullyPaidOnDate CreditNoteID RemainingCredit Allocations AppliedAmount Payments HasAttachments ${told}`]],
  'payment-to-xero-payment': [['the invoice is named by its id, the account by its code', 'Invoice Account InvoiceNumber Code'], ['it pays an invoice, by itself', 'CreditNote CreditNoteNumber Prepayment Overpayment BatchPayment BatchPaymentID'], ['Xero says these', 'Status PaymentID HasAccount HasValidationErrors StatusAttributeString ValidationErrors Warnings'], ['the rate says it', 'BankAmount']],
  'payment-to-xero-prepayment': [['the contact is named by its id, the accounts by their code', 'Contact BankAccount LineItems[].AccountID'], ['it is one line over what was paid; the tax stands on the invoice', ['LineItemID', 'ItemCode', 'Item', 'TaxType', 'TaxAmount', 'LineAmount', 'Tracking', 'DiscountRate', 'DiscountAmount', 'RepeatingInvoiceID', 'Taxability', 'SalesTaxCodeId', 'TaxBreakdown'].map((f) => `LineItems[].${f}`).join(' ')], ['a prepayment has no reference, and the base currency', 'Reference CurrencyCode CurrencyRate'], ['Xero says these', 'Status SubTotal TotalTax Total BankTransactionID StatusAttributeString ValidationErrors']],
};

const documents: [name: string, own: (path: string) => boolean][] = [
  ['sales-order-to-gp-customer', (p) => /^ta(UpdateCreateCustomer|CreateCustomerAddress)/.test(p)], ['sales-order-to-gp-order', (p) => !/^ta(UpdateCreateCustomer|CreateCustomerAddress)/.test(p)], ['payment-to-gp-receipt', () => true], ['payment-to-gp-application', () => true],
  ['invoice-to-gp-return', (p) => !/^ta(UpdateCreateCustomer|CreateCustomerAddress)/.test(p)], ['sales-order-to-xero-contact', () => true], ['invoice-to-xero-invoice', () => true], ['invoice-to-xero-credit-note', () => true], ['payment-to-xero-payment', () => true], ['payment-to-xero-prepayment', () => true],
];

it.each(documents)('%s fills every field of its target, or says why not', (name, own) => {
  const document = shippedMapping(name);
  const paths = written(document.rules);
  /** By a rule of its own, by one that writes the whole object or list around it, or in parts. */
  const filled = (path: string): boolean => paths.some((p) => p === path || [`${p}.`, `${p}[].`].some((inside) => path.startsWith(inside)) || [`${path}.`, `${path}[].`].some((inside) => p.startsWith(inside)));
  const schema = standardCatalogue().schema(document.target);
  const open = (schema?.fields ?? []).filter((f) => !f.readOnly && own(f.path) && !filled(f.path)).map((f) => f.path);
  const named = (leftOut[name] ?? []).flatMap(([, fields]) => fields.split(' '));
  const excused = (path: string): boolean => named.some((n) => path === n || path.startsWith(`${n}.`) || path.startsWith(`${n}[].`));
  expect(open.filter((path) => !excused(path))).toEqual([]);
  expect(named.filter((n) => !open.some((path) => path === n || path.startsWith(`${n}.`) || path.startsWith(`${n}[].`)))).toEqual([]);
});
