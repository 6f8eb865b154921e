import type { Failure } from '../../canonical/failure';
import type { LedgerInvoice } from '../../canonical/ledger';
import type { MirrorInput, MirrorResult, OrderPlan, SettleGpInput } from '../../activities/contract';
import { nextAct } from '../next-act';
import { newState, type OrderState } from '../order-state';
import { mirrorInvoice } from './invoice-in-xero';

const asked: MirrorInput[] = [];
const applied: SettleGpInput[] = [];
let answer: Partial<MirrorResult> = {};
let gpAnswer: Error | undefined;
let xeroAnswer: Error | undefined;
jest.mock('../activities', () => ({ gpOn: () => ({ settleInGp: (input: SettleGpInput) => { applied.push(input); return gpAnswer ? Promise.reject(gpAnswer) : Promise.resolve({ applied: input.applications.length, figures: { ledger: 'gp', invoices: [], received: [], journals: [] } }); } }), xero: { mirrorInvoice: (input: MirrorInput) => { asked.push(input); return xeroAnswer ? Promise.reject(xeroAnswer) : Promise.resolve({ invoiceId: `id-${input.invoice.number}`, number: input.invoice.number, status: 'AUTHORISED', total: input.invoice.total, existed: false, warnings: [], ...answer }); } } }));

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
  beforeEach(() => { asked.length = 0; applied.length = 0; answer = paid; gpAnswer = undefined; xeroAnswer = undefined; });

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

describe('its receipts applied in GP at the same time', () => {
  const first = invoice('IN1', '2800');
  const posted = (edition: number, receipts = ['WR1', 'WR2']): OrderState => { const state = at(edition, [first]); return { ...state, ledger: { ...state.ledger, receipts: receipts.map((number) => ({ number, posted: true, voided: false })) } as unknown as OrderState['ledger'] }; };
  const mirror = (state: OrderState): Promise<void> => mirrorInvoice(state, plan, { invoice: first, act: 'create' });
  beforeEach(() => { asked.length = 0; applied.length = 0; answer = paid; gpAnswer = undefined; xeroAnswer = undefined; });

  it('leaves nothing to settle', async () => {
    const state = posted(10);
    await mirror(state);
    expect(applied.map((a) => a.applications.map((x) => [x.receipt, x.invoice, x.amount.minor]))).toEqual([[['WR1', 'IN1', '2000'], ['WR2', 'IN1', '800']]]);
    expect([state.appliedInGp, state.hops.map((h) => h.step), nextAct(state)]).toEqual([['pi_1>IN1', 'pi_2>IN1'], ['invoice', 'payment', 'payment', 'apply', 'apply'], 'prove']);
    expect(state.gpFigures).toBeDefined();
  });
  it('only those that GP has posted; the others are applied when they are', async () => {
    const state = posted(10, ['WR2']);
    await mirror(state);
    expect([state.appliedInGp, nextAct(state)]).toEqual([['pi_2>IN1'], 'await-ledger']);
  });
  it('stands when Xero refuses the invoice, and is not done again when that is mended; GP is read anew for the proof', async () => {
    const state = posted(10);
    xeroAnswer = new Error('refused');
    await mirror(state);
    expect([state.mirrored, state.appliedInGp, state.gpFigures, state.failure?.message, nextAct(state)]).toEqual([[], ['pi_1>IN1', 'pi_2>IN1'], undefined, 'refused', 'await-decision']);
    delete state.failure;
    xeroAnswer = undefined;
    await mirror(state);
    expect([applied.length, nextAct(state)]).toEqual([1, 'prove']);
  });
  it('is asked for by itself when GP refuses it and the invoice stands', async () => {
    const state = posted(10);
    gpAnswer = new Error('batch is locked');
    await mirror(state);
    expect([state.mirrored.length, state.paidInXero.length, state.failure?.message, nextAct(state)]).toEqual([1, 2, 'batch is locked', 'await-decision']);
    delete state.failure;
    expect(nextAct(state)).toBe('settle');
  });
  it('not in a run of an older edition', async () => {
    const state = posted(9);
    await mirror(state);
    expect([applied, state.appliedInGp, nextAct(state)]).toEqual([[], [], 'settle']);
  });
});
