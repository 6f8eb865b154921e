import { createHash } from 'node:crypto';
import { type LedgerFigures } from '../canonical/ledger';
import { isZero, subtract, type Money } from '../canonical/money';
import { heals, type Outcome } from '../canonical/failure';
import { rmReturn } from '../connectors/gp/document-kinds';
import { type GpOrderDraft, type GpReceiptDraft } from '../connectors/gp/types';
import { type GpActivities, type PostedOrder, type SettleGpInput, type SettleGpResult } from './contract';
import { type GpDeps } from './deps';
import { failureToThrow, valueOrThrow } from './failing';
import { gpApplication } from './gp-application';

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
    const draft = valueOrThrow(await gpApplication(application, { mapping: input.applying }));
    const outcome: Outcome<{ existed: boolean }> = await deps.gate.through(() => deps.gp.applyReceipt(draft));
    if (!outcome.ok) throw failureToThrow(outcome.failure);
    applied += 1;
  }
  return { applied, figures: await readFigures(input, deps) };
}

/** What the worker planned before documents came along is planned anew: the agent cannot map it. */
function made<T extends { nodes: object }>(draft: T | undefined): T {
  if (draft?.nodes !== undefined) return draft;
  throw failureToThrow({ code: 'plan-outdated', system: 'gp', message: 'It was planned by an older release, before mapping documents made what goes to GP.', fix: 'Nothing to do: it is planned anew by itself. Retry if it waits.' });
}

/** Order, then its receipts; what stands when something fails is told with the failure, and found again when the act is asked for once more. */
async function postOrder({ draft, waived = false, receipts }: { draft: GpOrderDraft; waived?: boolean; receipts: GpReceiptDraft[] }, { gp, gate }: GpDeps): Promise<PostedOrder> {
  const order = await gate.through(() => gp.createSalesOrder(draft, { waived }));
  if (!order.ok) throw failureToThrow(order.failure);
  const posted: PostedOrder = { order: { ...order.value, warnings: [] }, receipts: [] };
  for (const receipt of receipts) {
    const written = await gate.through(() => gp.createCashReceipt(receipt));
    if (written.ok) { posted.receipts.push(receipt.number); continue; }
    if (heals(written.failure.code)) throw failureToThrow(written.failure);
    return { ...posted, failure: written.failure };
  }
  return posted;
}

/** One change of one document, in a few characters. */
const changeMark = (change: { changedAt: string } & ({ orderNumber: string } | { number: string })): string =>
  createHash('sha256').update(`${'orderNumber' in change ? `order ${change.orderNumber}` : `receipt ${change.number}`} ${change.changedAt}`).digest('base64url').slice(0, 10);

/**
 * The hands of the agent beside GP. Each act looks before a second write; the connector resolves lost replies by our numbers. Writes stand at the
 * gate while GP is away and go on in the order they came; reads answer at once that it is away, so that somebody can be told.
 */
export function createGpActivities(deps: GpDeps): GpActivities {
  const { gp, gate, inOrder } = deps;
  const write = async <T>(act: () => Promise<Outcome<T>>): Promise<T> => valueOrThrow(await gate.through(act));
  return {
    postOrder: async (input) => {
      const [draft, receipts] = [made(input.draft), input.receipts.map(made)];
      return inOrder.run(draft.customerNumber, () => postOrder({ ...input, draft, receipts }, deps));
    },
    createSalesOrder: async (input) => {
      const draft = made(input.draft);
      return inOrder.run(draft.customerNumber, async () => ({ ...(await write(() => gp.createSalesOrder(draft, { waived: input.waived ?? false }))), warnings: [] }));
    },
    voidSalesOrder: ({ number, keep }) => write(() => gp.voidSalesOrder(number, keep)),
    voidInvoice: ({ number }) => write(() => gp.voidInvoice(number)),
    createCashReceipt: async ({ receipt }) => { const draft = made(receipt); return write(() => gp.createCashReceipt(draft)); },
    voidCashReceipt: ({ number, date }) => write(() => gp.voidCashReceipt(number, date)),
    createReturn: async (input) => { const draft = made(input.draft); return write(() => gp.createReturn(draft)); },
    applyReturn: async ({ draft, returnNumber, ...application }) => {
      const applied = draft ?? valueOrThrow(await gpApplication({ ...application, receipt: returnNumber }, { type: rmReturn }));
      return write(() => gp.applyReturn(applied));
    },
    settleInGp: (input) => settle(input, deps),
    readGpFigures: (input) => readFigures(input, deps),
    readChanges: async ({ since, overlapMs = 0 }) => {
      const { orders, receipts, watermark } = valueOrThrow(await gp.readChanges({ since, overlapMs }));
      return { orderNumbers: orders.map((o) => o.orderNumber), receiptNumbers: receipts.map((r) => r.number), marks: [...orders, ...receipts].map(changeMark), watermark };
    },
    readOrderStates: async ({ orderKeys }) => valueOrThrow(await gp.findByOrderKeys(orderKeys)),
    readCustomers: async ({ numbers }) => valueOrThrow(await gp.readCustomers(numbers)),
    readFiscalPeriods: async () => valueOrThrow(await gp.readFiscalPeriods()),
  };
}
