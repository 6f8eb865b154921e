import { type GpActivities, type PostedOrder } from '../../activities/contract';
import { money } from '../../canonical/money';
import { line, orderOf } from '../../connectors/gp/order.test-data';
import { type GpOrderDraft, type GpReceiptDraft } from '../../connectors/gp/types';
import { applicationDraftOf, orderDraftOf, receiptDraftOf, returnDraftOf } from '../support/gp-drafts';
import { arranged, type Write } from './write';
import { type World } from './world';

const usd = (text: string): ReturnType<typeof money> => money(text, 'USD');
const date = '2026-11-20';

/** An order of 28.00 with one payment over it, of a customer of its own. */
async function caseOf(n: number, name = 'Ada Lovelace') {
  const id = String(n).padStart(6, '0');
  const order = orderOf([line({ lineId: '1' })], { customer: { name, guest: false } });
  const shared = { orderKey: `SHP-${id}` as GpOrderDraft['orderKey'], customerNumber: `WEB${id}` as GpOrderDraft['customerNumber'], date };
  return { id, draft: await orderDraftOf(order, { ...shared, number: `WO${id}` as GpOrderDraft['number'] }), receipt: await receiptDraftOf({ ...shared, number: `WR${id}` as GpReceiptDraft['number'] }) };
}
type Case = Awaited<ReturnType<typeof caseOf>>;

const ofOrder = async (world: World, it: Case) => {
  const held = await world.documents('gp');
  return {
    orders: held.orders.filter((o) => o.integrationId === it.draft.orderKey), invoices: held.invoices.filter((i) => i.orderNumber === it.draft.number), returns: held.returns.filter((r) => r.integrationId === it.draft.orderKey),
    receipts: held.receipts.filter((r) => r.number === it.receipt.number), applies: held.applies.filter((a) => a.from === it.receipt.number || a.from === `WT${it.id}`),
  };
};

/** Order and receipt as GP posted them, with the invoice as it is read back. */
async function posted(world: World, n: number) {
  const it = await caseOf(n);
  const { gp } = world.process();
  await gp.postOrder({ draft: it.draft, receipts: [it.receipt] });
  await world.postGp();
  const states = (await gp.readOrderStates({ orderKeys: [it.draft.orderKey] }))[it.draft.orderKey];
  const invoice = states?.[0]?.invoices[0];
  if (!invoice?.posted) throw new Error(`GP has not posted the order ${it.draft.number}`);
  const application = { receipt: it.receipt.number, invoice: invoice.number, amount: usd('14'), date };
  const ret = await returnDraftOf(invoice, { number: `WT${it.id}` as GpOrderDraft['number'], orderKey: it.draft.orderKey, date });
  return { ...it, invoice, application, ret };
}

type Answer<K extends keyof GpActivities> = Awaited<ReturnType<GpActivities[K]>>;
const at = (text: string, method: Extract<Write['at'], { system: 'gp' }>['method']): Write['at'] => ({ system: 'gp', operation: 'CreateTransactionEntity', text: `<${text}>`, method });
const numbered = 'looked up by number; GP refuses a second one of the number';
const order: Omit<Write, 'arrange'> = { call: 'SOPTransactionType (order)', at: at('taSopHdrIvcInsert', 'createSalesOrder'), key: '`SOPNUMBE` reserved before the call; `INTEGRATIONID` = order key', look: 'after every unclear end and every "duplicate"', lost: numbered };
const receipt: Omit<Write, 'arrange'> = { call: 'RMCashReceiptsType', at: at('taRMCashReceiptInsert', 'createCashReceipt'), key: '`DOCNUMBR` reserved before the call; `TRXDSCRN` = order key', look: 'after every unclear end and every "duplicate"', lost: numbered };
const apply = (credit: string, method: 'applyReceipt' | 'applyReturn'): Omit<Write, 'arrange'> => ({
  call: `RMApplyType (${credit})`, at: at('taRMApply', method), key: `${credit}, invoice and amount`, look: 'always, in what both documents are applied to', lost: 'looked up; never sent twice in one try, and looked at again after five seconds', unkeyed: true,
});

async function posts(world: World, n: number): ReturnType<Write['arrange']> {
  const it = await caseOf(n);
  return arranged<PostedOrder>({
    ask: (hands) => hands.gp.postOrder({ draft: it.draft, receipts: [it.receipt] }),
    async proof(answer) {
      expect(await ofOrder(world, it)).toMatchObject({ orders: [{ number: it.draft.number, total: '28', status: 'open' }], receipts: [{ amount: '28', status: 'work' }] });
      expect(answer).toMatchObject({ order: { number: it.draft.number, total: usd('28') }, receipts: [it.receipt.number] });
      expect(answer.failure).toBeUndefined();
    },
  });
}

async function voidsReceipt(world: World, n: number): ReturnType<Write['arrange']> {
  const it = await posted(world, n);
  await world.process().gp.settleInGp({ applications: [it.application], invoiceNumbers: [it.invoice.number], receiptNumbers: [it.receipt.number] });
  return arranged<Answer<'voidCashReceipt'>>({
    ask: (hands) => hands.gp.voidCashReceipt({ number: it.receipt.number, date }),
    async proof(answer) {
      expect(await ofOrder(world, it)).toMatchObject({ receipts: [{ status: 'voided', open: '0' }], applies: [], invoices: [{ open: '28' }] });
      expect(answer).toEqual({ existed: true });
    },
  });
}

export const gpWrites = {
  createSalesOrder: [{ ...order, async arrange(world, n) {
    const it = await caseOf(n);
    return arranged<Answer<'createSalesOrder'>>({
      ask: (hands) => hands.gp.createSalesOrder({ draft: it.draft }),
      async proof(answer) {
        expect((await ofOrder(world, it)).orders).toMatchObject([{ number: it.draft.number, total: '28', status: 'open' }]);
        expect(answer).toMatchObject({ number: it.draft.number, total: usd('28') });
      },
    });
  } }],
  postOrder: [{ ...order, arrange: posts }, { ...receipt, arrange: posts }],
  voidSalesOrder: [{
    call: 'SOPVoidDocumentType', at: at('taSopVoidDocument', 'voidSalesOrder'), key: '`SOPNUMBE`', look: 'always: what is void or was never there is done', lost: 'looked up by number; a void order stays void',
    async arrange(world, n) {
      const it = await caseOf(n);
      await world.process().gp.createSalesOrder({ draft: it.draft });
      return arranged<Answer<'voidSalesOrder'>>({
        ask: (hands) => hands.gp.voidSalesOrder({ number: it.draft.number }),
        async proof(answer) {
          expect((await ofOrder(world, it)).orders).toMatchObject([{ number: it.draft.number, status: 'voided' }]);
          expect(answer).toEqual({ existed: true });
        },
      });
    },
  }],
  voidInvoice: [{
    call: 'SOPVoidDocumentType (invoice)', at: at('taSopVoidDocument', 'voidInvoice'), key: '`SOPNUMBE`', look: 'always: what is void or was never there is done, what is posted is refused', lost: 'looked up by number; a void invoice stays void',
    async arrange(world, n) {
      // The poster leaves the invoices of such a buyer in their batch.
      const it = await caseOf(n, 'Nina never-post');
      const { gp } = world.process();
      await gp.createSalesOrder({ draft: it.draft });
      await world.postGp();
      const number = (await gp.readOrderStates({ orderKeys: [it.draft.orderKey] }))[it.draft.orderKey]?.[0]?.invoices.find((i) => !i.posted)?.number ?? '';
      return arranged<Answer<'voidInvoice'>>({
        ask: (hands) => hands.gp.voidInvoice({ number }),
        async proof(answer) {
          expect((await ofOrder(world, it)).invoices).toMatchObject([{ number, status: 'voided' }]);
          expect(answer).toEqual({ existed: true });
        },
      });
    },
  }],
  createReturn: [{
    call: 'SOPTransactionType (return)', at: at('taSopHdrIvcInsert', 'createReturn'), key: '`SOPNUMBE` reserved before the call; `INTEGRATIONID` = order key', look: 'after every unclear end and every "duplicate"', lost: numbered,
    async arrange(world, n) {
      const it = await posted(world, n);
      return arranged<Answer<'createReturn'>>({
        ask: (hands) => hands.gp.createReturn({ draft: it.ret }),
        async proof(answer) {
          expect((await ofOrder(world, it)).returns).toMatchObject([{ number: it.ret.number, total: '28' }]);
          expect(answer).toMatchObject({ number: it.ret.number, total: usd('28') });
        },
      });
    },
  }],
  applyReturn: [{ ...apply('return', 'applyReturn'), async arrange(world, n) {
    const it = await posted(world, n);
    await world.process().gp.createReturn({ draft: it.ret });
    await world.postGp();
    const applied = { invoice: it.invoice.number, amount: usd('10'), date };
    const draft = await applicationDraftOf({ ...applied, receipt: it.ret.number }, 8);
    return arranged<Answer<'applyReturn'>>({
      ask: (hands) => hands.gp.applyReturn({ returnNumber: it.ret.number, ...applied, draft }),
      async proof(answer) {
        expect(await ofOrder(world, it)).toMatchObject({ applies: [{ from: it.ret.number, to: it.invoice.number, amount: '10' }], invoices: [{ open: '18' }] });
        expect(typeof answer.existed).toBe('boolean');
      },
    });
  } }],
  createCashReceipt: [{ ...receipt, async arrange(world, n) {
    const it = await caseOf(n);
    return arranged<Answer<'createCashReceipt'>>({
      ask: (hands) => hands.gp.createCashReceipt({ receipt: it.receipt }),
      async proof(answer) {
        expect((await ofOrder(world, it)).receipts).toMatchObject([{ amount: '28', status: 'work' }]);
        expect(answer).toMatchObject({ number: it.receipt.number, total: usd('28') });
      },
    });
  } }],
  voidCashReceipt: [
    { call: 'RMUnapplyTransactionType', at: at('taRMUnapplyTransaction', 'voidCashReceipt'), key: 'receipt and invoice', look: 'always, in what the receipt is applied to', lost: 'looked up; what is applied to nothing is done', arrange: voidsReceipt },
    { call: 'RMVoidTransactionType', at: at('taRMVoidTransaction', 'voidCashReceipt'), key: '`DOCNUMBR`', look: 'always: what is void or was never there is done', lost: 'looked up by number; a void receipt stays void', arrange: voidsReceipt },
  ],
  settleInGp: [{ ...apply('receipt', 'applyReceipt'), async arrange(world, n) {
    const it = await posted(world, n);
    return arranged<Answer<'settleInGp'>>({
      // Half of what is open: nothing but looks keeps GP from taking it twice.
      ask: (hands) => hands.gp.settleInGp({ applications: [it.application], invoiceNumbers: [it.invoice.number], receiptNumbers: [it.receipt.number] }),
      async proof(answer) {
        expect(await ofOrder(world, it)).toMatchObject({ applies: [{ from: it.receipt.number, to: it.invoice.number, amount: '14' }], invoices: [{ open: '14' }], receipts: [{ open: '14' }] });
        expect(answer).toMatchObject({ applied: 1, figures: { invoices: [{ number: it.invoice.number, open: usd('14') }], received: [{ reference: it.receipt.number, amount: usd('28') }] } });
      },
    });
  } }],
} satisfies Record<string, Write[]>;
