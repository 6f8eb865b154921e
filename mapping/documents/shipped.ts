import { parseMapping, type MappingDocument } from '../document/document';
import genericOrderToSalesOrder from './generic-order-to-sales-order.json';
import invoiceToGpReturn from './invoice-to-gp-return.json';
import invoiceToXeroCreditNote from './invoice-to-xero-credit-note.json';
import invoiceToXeroInvoice from './invoice-to-xero-invoice.json';
import magentoOrderToSalesOrder from './magento-order-to-sales-order.json';
import paymentToGpApplication from './payment-to-gp-application.json';
import paymentToGpReceipt from './payment-to-gp-receipt.json';
import paymentToXeroPayment from './payment-to-xero-payment.json';
import paymentToXeroPrepayment from './payment-to-xero-prepayment.json';
import salesOrderToGpCustomer from './sales-order-to-gp-customer.json';
import salesOrderToGpOrder from './sales-order-to-gp-order.json';
import salesOrderToXeroContact from './sales-order-to-xero-contact.json';
import shopifyOrderToSalesOrder from './shopify-order-to-sales-order.json';
import woocommerceOrderToSalesOrder from './woocommerce-order-to-sales-order.json';

const files: unknown[] = [
  genericOrderToSalesOrder, invoiceToGpReturn, invoiceToXeroCreditNote, invoiceToXeroInvoice, magentoOrderToSalesOrder, paymentToGpApplication, paymentToGpReceipt, paymentToXeroPayment, paymentToXeroPrepayment, salesOrderToGpCustomer, salesOrderToGpOrder, salesOrderToXeroContact, shopifyOrderToSalesOrder, woocommerceOrderToSalesOrder,
];
let read: Map<string, MappingDocument> | undefined;

/** The documents that ship, by name. They are checked when first read: a mistake in one of them is a mistake of the build. */
export function shippedMappings(): ReadonlyMap<string, MappingDocument> {
  read ??= new Map(files.map((json) => {
    const parsed = parseMapping(json);
    if (!parsed.ok) throw new Error(parsed.failure.message);
    return [parsed.value.name, parsed.value];
  }));
  return read;
}

/** One of them; a name that does not ship is a mistake of the caller. */
export function shippedMapping(name: string): MappingDocument {
  const document = shippedMappings().get(name);
  if (!document) throw new Error(`No mapping document "${name}" ships.`);
  return document;
}
