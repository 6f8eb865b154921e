import { type PairSource } from '../mapping/pair';
import { sourceMapping } from './source-order';

/** The mapping documents of one order's whole life: each is kept in the version that worked when the order was taken. */
export const mappingsOf = (source: PairSource): string[] => [
  sourceMapping(source), 'sales-order-to-gp-customer', 'sales-order-to-gp-order', 'payment-to-gp-receipt', 'payment-to-gp-application', 'invoice-to-gp-return', 'invoice-to-xero-invoice', 'invoice-to-xero-credit-note', 'sales-order-to-xero-contact', 'payment-to-xero-payment', 'payment-to-xero-prepayment',
];
