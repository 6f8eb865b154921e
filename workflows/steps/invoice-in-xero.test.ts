import type { Failure } from '../../canonical/failure';
import type { LedgerInvoice } from '../../canonical/ledger';
import type { MirrorInput, MirrorResult, OrderPlan } from '../../activities/contract';
import { nextAct } from '../next-act';
import { newState, type OrderState } from '../order-state';
import { mirrorInvoice } from './invoice-in-xero';

const asked: MirrorInput[] = [];
let answer: Partial<MirrorResult> = {};
jest.mock('../activities', () => ({ xero: { mirrorInvoice: (input: MirrorInput) => { asked.push(input); return Promise.resolve({ invoiceId: `id-${input.invoice.number}`, number: input.invoice.number, status: 'AUTHORISED', total: input.invoice.total, existed: false, warnings: [], ...answer }); } } }));

const usd = (minor: string): { minor: string; currency: string } => ({ minor, currency: 'USD' });
const invoice = (number: string, minor: string, posted = true): LedgerInvoice => ({ number, date: '2026-11-20', total: usd(minor), posted, voided: false }) as unknown as LedgerInvoice;
const tender = (paymentId: string, minor: string, receipt: string): object => ({ payment: { paymentId, amount: usd(minor), gateway: 'stripe' }, receipt: { number: receipt }, xeroAccount: '091', xeroDate: '2026-11-19' });
const plan = { orderKey: 'SHP-1', currency: 'USD', order: { customer: { name: 'Ann', guest: false } }, coding: { number: 'WO1', rate: '1' }, tenders: [tender('pi_1', '2000', 'WR1'), tender('pi_2', '800', 'WR2')] } as unknown as OrderPlan;
const at = (edition: number, invoices: LedgerInvoice[]): OrderState => ({
  ...newState({ pairId: 'demo', sourceId: 'shopify', orderId: '1', edition }, 'run', '2026-11-01T00:00:00Z'), plan, verdict: 'go', accepted: 1, orderWritten: true, receiptsWritten: ['WR1', 'WR2'],
  ledger: { orderNumber: 'WO1', status: 'invoiced', invoices, receipts: [], changedAt: '2026-11-20T00:00:00Z' } as unknown as OrderState['ledger'],
}) as OrderState;
const paid = { paid: true, figures: { ledger: 'xero', invoices: [], received: [], journals: [] } } as unknown as Partial<MirrorResult>;

describe('an invoice with its payments in one act', () => {
  beforeEach(() => { asked.length = 0; answer = paid; });

  it('names what each payment puts on a posted invoice, and needs no act of its own for it then', async () => {
    const first = invoice('IN1', '2800');
    const state = at(9, [first]);
    await mirrorInvoice(state, plan, { invoice: first, act: 'create' });
    expect(asked[0]?.pay).toEqual({ invoiceNumbers: ['IN1'], payments: [{ paymentId: 'pi_1', payment: plan.tenders[0]?.payment, amount: usd('2000'), date: '2026-11-19', rate: '1' }, { paymentId: 'pi_2', payment: plan.tenders[1]?.payment, amount: usd('800'), date: '2026-11-19', rate: '1' }] });
    expect(state.paidInXero).toEqual(['pi_1>IN1', 'pi_2>IN1']);
    expect(state.hops.map((h) => [h.step, h.amount])).toEqual([['invoice', '28.00'], ['payment', '20.00'], ['payment', '8.00']]);
    expect(state.xeroFigures).toBeDefined();
  });

  it('shares payments over several invoices as they are shared when all stand', async () => {
    const [first, second] = [invoice('IN1', '2300'), invoice('IN2', '500')];
    const state = at(9, [first, second]);
    await mirrorInvoice(state, plan, { invoice: first, act: 'create' });
    await mirrorInvoice(state, plan, { invoice: second, act: 'create' });
    expect(asked.map((a) => a.pay?.payments.map((p) => [p.paymentId, p.amount.minor]))).toEqual([[['pi_1', '2000'], ['pi_2', '300']], [['pi_2', '500']]]);
    expect(asked[1]?.pay?.invoiceNumbers).toEqual(['IN1', 'IN2']);
  });

  it('a payment that Xero refuses leaves the invoice known, and is asked for by itself when a person retries', async () => {
    const first = invoice('IN1', '2800');
    const state = at(9, [first]);
    answer = { failure: { code: 'document-rejected', message: 'Account 091 is archived.', fix: 'Correct it.', system: 'xero' } as Failure };
    await mirrorInvoice(state, plan, { invoice: first, act: 'create' });
    expect([state.mirrored.map((m) => m.invoiceId), state.paidInXero, nextAct(state)]).toEqual([['id-IN1'], [], 'await-decision']);
    expect(state.undo).toEqual([{ act: 'unmirror', number: 'IN1' }]);
    delete state.failure;
    expect(nextAct(state)).toBe('settle');
  });

  it.each([['a run of an older edition', 8, true], ['an invoice that GP has not posted', 9, false]])('is asked for no payment: %s', async (_what, edition, posted) => {
    const first = invoice('IN1', '2800', posted);
    answer = {};
    const state = at(edition, [first]);
    await mirrorInvoice(state, plan, { invoice: first, act: 'create' });
    expect([asked[0]?.pay, state.paidInXero]).toEqual([undefined, []]);
  });
});
