/**
 * The accounting part of Xero's SDK, by its own files: the package's front door loads payroll, assets, files and bank feeds with it, which no program here
 * uses and every one would hold in memory (15 MiB).
 */
export { AccountingApi } from 'xero-node/dist/gen/api/accountingApi';
export { Invoice, Payments } from 'xero-node/dist/gen/model/accounting/models';
export type { Allocations, BankTransaction, Contact, CreditNote, Payment, PaymentDelete } from 'xero-node/dist/gen/model/accounting/models';
