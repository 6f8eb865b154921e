import { type LedgerFigures } from '../canonical/ledger';
import { isZero, subtract, type Money } from '../canonical/money';
import { type Outcome } from '../canonical/failure';
import { type GpActivities, type SettleGpInput, type SettleGpResult } from './contract';
import { type GpDeps } from './deps';
import { failureToThrow, valueOrThrow } from './failing';

async function readFigures(input: { invoiceNumbers: string[]; receiptNumbers: string[] }, { gp }: GpDeps): Promise<LedgerFigures> {
  const invoices = valueOrThrow(await gp.readInvoices(input.invoiceNumbers));
  const [receipts, open, journals] = await Promise.all([
    gp.readReceipts(input.receiptNumbers), gp.readOpenAmounts(input.invoiceNumbers), gp.readJournals([...input.invoiceNumbers, ...input.receiptNumbers]),
  ]);
  const openAmounts = valueOrThrow(open);
  return {
    ledger: 'gp',
    invoices: invoices.map((i) => {
      const tax: Money = { minor: (BigInt(i.tax.minor) + BigInt(i.freightTax.minor)).toString(), currency: i.currency };
      return { number: i.number, net: subtract(i.total, tax), tax, total: i.total, open: openAmounts[i.number] ?? i.total, status: i.voided ? 'voided' : i.posted ? 'posted' : 'unposted' };
    }),
    received: valueOrThrow(receipts).filter((r) => !r.voided).map((r) => ({ reference: r.number, amount: r.amount })),
    journals: valueOrThrow(journals),
  };
}

async function settle(input: SettleGpInput, deps: GpDeps): Promise<SettleGpResult> {
  let applied = 0;
  for (const application of input.applications) {
    if (isZero(application.amount)) continue;
    const outcome: Outcome<{ existed: boolean }> = await deps.gp.applyReceipt(application);
    if (!outcome.ok) throw failureToThrow(outcome.failure);
    applied += 1;
  }
  return { applied, figures: await readFigures(input, deps) };
}

/** The hands of the agent beside GP. Each act looks before a second write; the connector resolves lost replies by our numbers. */
export function createGpActivities(deps: GpDeps): GpActivities {
  const { gp } = deps;
  return {
    createSalesOrder: async ({ order, coding }) => {
      const { warnings, ...receipt } = { warnings: [] as string[], ...valueOrThrow(await gp.createSalesOrder(order, coding)) };
      return { ...receipt, warnings };
    },
    voidSalesOrder: async ({ number }) => valueOrThrow(await gp.voidSalesOrder(number)),
    createCashReceipt: async ({ receipt }) => {
      const { number, total, existed } = valueOrThrow(await gp.createCashReceipt(receipt));
      return { number, total, existed };
    },
    voidCashReceipt: async ({ number, date }) => valueOrThrow(await gp.voidCashReceipt(number, date)),
    settleInGp: (input) => settle(input, deps),
    readGpFigures: (input) => readFigures(input, deps),
    readChanges: async ({ since }) => {
      const { orders, receipts, watermark } = valueOrThrow(await gp.readChanges(since));
      return { orderNumbers: [...new Set(orders.map((o) => o.orderNumber))], receiptNumbers: receipts.map((r) => r.number), watermark };
    },
    readOrderStates: async ({ orderKeys }) => valueOrThrow(await gp.findByOrderKeys(orderKeys)),
    readFiscalPeriods: async () => valueOrThrow(await gp.readFiscalPeriods()),
  };
}
