import { type LedgerInvoice } from '../canonical/ledger';
import { isZero, negate, type Money } from '../canonical/money';
import { type Pair } from './pair';

export type CodedInvoiceLine = { description: string; quantity: string; net: Money; tax: Money; accountCode: string; taxType: string };

/** The GP invoice's lines with the codes of this Xero organisation; freight, misc and trade discount become lines of their own. */
export function codeInvoice(invoice: LedgerInvoice, pair: Pair): CodedInvoiceLine[] {
  const { accounts, xero, gp } = pair;
  const byItem: Record<string, string> = {
    [gp.nonInventory.tip]: accounts.tips.xero, [gp.nonInventory.giftCard]: accounts.giftCards.xero, [gp.nonInventory.fee]: accounts.fees.xero,
  };
  const taxType = (tax: Money): string => (isZero(tax) ? xero.taxTypes.untaxed : xero.taxTypes.taxed);
  const none: Money = { minor: '0', currency: invoice.currency };
  const lines = invoice.lines.map((line): CodedInvoiceLine => ({
    description: line.description || line.item, quantity: line.quantity, net: line.net, tax: line.tax,
    accountCode: byItem[line.item] ?? accounts.sales.xero, taxType: taxType(line.tax),
  }));
  const extra = (description: string, net: Money, more: { tax: Money; account: string }): CodedInvoiceLine[] =>
    isZero(net) && isZero(more.tax) ? [] : [{ description, quantity: '1', net, tax: more.tax, accountCode: more.account, taxType: taxType(more.tax) }];
  return [...lines,
    ...extra('Freight', invoice.freight, { tax: invoice.freightTax, account: accounts.freight.xero }),
    ...extra('Handling', invoice.misc, { tax: none, account: accounts.misc.xero }),
    ...extra('Trade discount', negate(invoice.tradeDiscount), { tax: none, account: accounts.discounts.xero })];
}
