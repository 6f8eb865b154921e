import type { LedgerInvoice, LedgerOrderState } from '../canonical/ledger';
import type { OrderPlan } from '../activities/contract';
import { invoiceToMirror, nextAct, openSettlements } from './next-act';
import { takeDecision } from './decide';
import { hear, hints } from './hear';
import { newState, type OrderState } from './order-state';

const usd = (minor: string): { minor: string; currency: string } => ({ minor, currency: 'USD' });

const plan = (over: Partial<OrderPlan> = {}): OrderPlan => ({
  orderKey: 'SHP-1', orderName: '#1', version: '2026-11-01T00:00:00Z', contentHash: 'h', currency: 'USD', total: usd('1000'), placedAt: '2026-11-01T00:00:00Z', gpQueue: 'gp-two',
  order: { payments: [] } as unknown as OrderPlan['order'], coding: { number: 'WO1' } as unknown as OrderPlan['coding'], drafts: true, warnings: [],
  tenders: [{ payment: { paymentId: 'pi_1', aliases: [], gateway: 'stripe', amount: usd('1000'), paidAt: '2026-11-01T00:00:00Z' }, receipt: { number: 'WR1' } as unknown as OrderPlan['tenders'][0]['receipt'], xeroDate: '2026-11-01' }],
  ...over,
});

const invoice = (over: Partial<LedgerInvoice> = {}): LedgerInvoice => ({
  number: 'INV1', orderNumber: 'WO1', date: '2026-11-02', customerNumber: 'C', currency: 'USD', rate: '1', lines: [], freight: usd('0'), freightTax: usd('0'), misc: usd('0'),
  tradeDiscount: usd('0'), tax: usd('0'), total: usd('1000'), posted: true, voided: false, changedAt: '2026-11-02T00:00:00Z', ...over,
});

const ledger = (over: Partial<LedgerOrderState> = {}): LedgerOrderState => ({
  orderNumber: 'WO1', status: 'invoiced', invoices: [invoice()], changedAt: '2026-11-02T00:00:00Z',
  receipts: [{ number: 'WR1', customerNumber: 'C', amount: usd('1000'), unapplied: usd('1000'), posted: true, voided: false }], ...over,
});

const at = (over: Partial<OrderState>): OrderState =>
  ({ ...newState({ pairId: 'demo', sourceId: 'shopify', orderId: '1', inboxId: 'in-1' }, 'run', '2026-11-01T00:00:00Z'), accepted: 1, verdict: 'go', plan: plan(), ...over });

const received = { orderWritten: true, receiptsWritten: ['WR1'] };
const prepaying = plan({ tenders: plan().tenders.map((t) => ({ ...t, prepay: true })) });

describe('nextAct', () => {
  it('lets an order wait for the one before it of the same customer, and for no other one\'s turn', () => {
    const waiting = at({ plan: plan({ after: 'WO0' }) });
    expect(nextAct(waiting)).toBe('await-turn');
    hear.turnCame(waiting, { number: 'WO7' });
    expect(nextAct(waiting)).toBe('await-turn');
    hear.turnCame(waiting, { number: 'WO1' });
    expect(nextAct(waiting)).toBe('create-order');
    expect(nextAct({ ...waiting, turn: undefined, heard: 2 } as unknown as OrderState)).toBe('accept');
  });
  it('makes a prepayment of what comes before the invoice only, also when a person has the receipts looked at anew', () => {
    const again = (over: Partial<OrderState>): OrderState => {
      const state = at({ ...received, plan: prepaying, prepaid: ['pi_1'], failure: { code: 'bug', message: '', fix: '' }, ...over });
      takeDecision(state, { by: 'ann', decision: 'retry', reason: 'r', from: 'receipt' });
      return { ...state, receiptsWritten: ['WR1'] };
    };
    expect([nextAct(again({})), nextAct(again({ ledger: ledger() }))]).toEqual(['prepay', 'mirror']);
    // Taken up after it was finished: what is registered to be looked for is not made anew, it may stand as a payment of the invoice.
    const undo: OrderState['undo'] = [{ act: 'refund-prepayment', number: 'pi_1', date: '2026-11-01', payment: prepaying.tenders[0]!.payment }];
    expect(nextAct(again({ ledger: ledger(), undo }))).toBe('mirror');
  });
  it('begins by accepting the order and accepts again whenever something new was heard', () => {
    const state = newState({ pairId: 'demo', sourceId: 'shopify', orderId: '1' }, 'run', '2026-11-01T00:00:00Z');
    expect(nextAct(state)).toBe('accept');
    const running = at({ orderWritten: true });
    hear.sourceChanged(running, { inboxId: 'in-2', topic: 'orders/updated' });
    expect(nextAct(running)).toBe('accept');
  });

  it.each([
    ['a parked order waits for a change', { verdict: 'park' }, 'await-change'],
    ['an unpaid order waits for its payment', { verdict: 'wait-payment' }, 'await-payment'],
    ['an unknown order waits for itself', { verdict: 'wait-order' }, 'await-order'],
    ['an order above the limit waits for an approver', { approvalNeeded: 'above limit' }, 'await-approval'],
    ['an approved order goes to GP', { approvalNeeded: 'above limit', approval: { approver: 'ann', decision: 'approve', reason: '' } }, 'create-order'],
    ['a rejected order is undone', { approvalNeeded: 'above limit', approval: { approver: 'ann', decision: 'reject', reason: 'fraud' } }, 'undo'],
    ['after the order the receipts', { orderWritten: true }, 'create-receipts'],
    ['then GP has the word', { orderWritten: true, receiptsWritten: ['WR1'] }, 'await-ledger'],
    ['money before the invoice goes to Xero where the pair says so', { ...received, plan: prepaying }, 'prepay'],
    ['and then GP has the word', { ...received, plan: prepaying, prepaid: ['pi_1'] }, 'await-ledger'],
    ['an invoice that is there already is paid in the usual way', { ...received, plan: prepaying, ledger: ledger() }, 'mirror'],
    ['but what was begun is ended first, or the money would stand there twice', { ...received, plan: prepaying, ledger: ledger(), undo: [{ act: 'refund-prepayment', number: 'pi_1', date: '2026-11-01', payment: prepaying.tenders[0]!.payment }] }, 'prepay'],
    ['a posted invoice is mirrored', { orderWritten: true, receiptsWritten: ['WR1'], ledger: ledger() }, 'mirror'],
    ['a mirrored invoice is settled', { orderWritten: true, receiptsWritten: ['WR1'], ledger: ledger(), mirrored: [{ number: 'INV1', invoiceId: 'x', status: 'AUTHORISED', minor: '1000' }] }, 'settle'],
    ['a settled order is proved', { orderWritten: true, receiptsWritten: ['WR1'], ledger: ledger(), mirrored: [{ number: 'INV1', invoiceId: 'x', status: 'AUTHORISED', minor: '1000' }], paidInXero: ['pi_1>INV1'], appliedInGp: ['pi_1>INV1'] }, 'prove'],
    ['half a shipment is not proved', { orderWritten: true, receiptsWritten: ['WR1'], ledger: ledger({ status: 'open' }), mirrored: [{ number: 'INV1', invoiceId: 'x', status: 'AUTHORISED', minor: '1000' }], paidInXero: ['pi_1>INV1'], appliedInGp: ['pi_1>INV1'] }, 'await-ledger'],
    ['a failed step waits for a decision', { orderWritten: true, failure: { code: 'document-rejected', message: '', fix: '' } }, 'await-decision'],
    ['an undo that failed waits for a decision', { undoing: 'x', failure: { code: 'cannot-undo', message: '', fix: '' } }, 'await-decision'],
    ['cancelled with documents is undone', { verdict: 'cancelled', undo: [{ act: 'void-order', number: 'WO1' }] }, 'undo'],
    ['cancelled without documents just ends', { verdict: 'cancelled' }, 'finish-cancelled'],
    ['an ended run does nothing', { ended: true }, 'end'],
  ] as [string, Partial<OrderState>, string][])('%s', (_name, over, act) => {
    expect(nextAct(at(over))).toBe(act);
  });

  it('enters what was added once the first is settled, waits until GP posted that too, mirrors and settles it, and only then takes off what the same edit took off', () => {
    const paid = { orderWritten: true, receiptsWritten: ['WR1'], ledger: ledger(), mirrored: [{ number: 'INV1', invoiceId: 'x', status: 'AUTHORISED', minor: '1000' }], paidInXero: ['pi_1>INV1'], appliedInGp: ['pi_1>INV1'] };
    const state = at({ ...paid, edition: 7, adding: { order: plan().order, coding: plan().coding, tenders: [], total: '15.00' } });
    expect([nextAct(state), nextAct({ ...state, mirrored: [] })]).toEqual(['supplement', 'mirror']);
    delete state.adding;
    state.adjusting = { order: plan().order, lines: {}, total: '12.00' };
    state.supplements = [{ number: 'WO2', key: 'k', written: true }];
    expect(nextAct(state)).toBe('await-ledger');
    const before = hints(state);
    hear.ledgerChanged(state, { state: ledger({ orderNumber: 'WO2', receipts: [], invoices: [invoice({ number: 'INV2', orderNumber: 'WO2', total: usd('500') })] }) });
    expect([state.ledger?.orderNumber, hints(state) === before, nextAct(state), invoiceToMirror(state)?.invoice.number]).toEqual(['WO1', false, 'mirror', 'INV2']);
    state.mirrored = [...state.mirrored, { number: 'INV2', invoiceId: 'y', status: 'AUTHORISED', minor: '500' }];
    expect(nextAct(state)).toBe('adjust');
    state.plan = plan({ tenders: [...plan().tenders, { payment: { paymentId: 'pi_2', aliases: [], gateway: 'stripe', amount: usd('300'), paidAt: '2026-11-03T00:00:00Z' }, receipt: { number: 'WR2' } as unknown as OrderPlan['tenders'][0]['receipt'], xeroDate: '2026-11-03' }] });
    expect([nextAct(state), openSettlements(state).xero]).toEqual(['create-receipts', [{ paymentId: 'pi_2', invoice: 'INV2', minor: '300' }]]);
  });

  it('reads a finished order that was taken up again against what stands, as often as something is heard, until it is read back', () => {
    const again = (): OrderState => ({ ...newState({ pairId: 'demo', sourceId: 'shopify', orderId: '1', edition: 7, reopen: { seq: 3 } }, 'run', '2026-11-01T00:00:00Z'), recalling: false, accepted: 1 });
    const unpaid: OrderState = { ...again(), verdict: 'wait-payment', unpaidEdit: true };
    expect(nextAct(unpaid)).toBe('await-payment');
    hear.sourceChanged(unpaid, { inboxId: 'in-9', topic: 'orders/updated' });
    expect(nextAct(unpaid)).toBe('recall');
    const parked: OrderState = { ...again(), verdict: 'park', failure: { code: 'payments-do-not-match', message: 'too much', fix: '' } };
    takeDecision(parked, { by: 'ann', decision: 'undo', reason: 'r' });
    expect([parked.failure?.code, parked.undoing, nextAct(parked)]).toEqual(['cannot-undo', undefined, 'await-change']);
    takeDecision(parked, { by: 'ann', decision: 'retry', reason: 'r' });
    expect(nextAct(parked)).toBe('recall');
  });

  it('makes a draft of an unposted invoice and authorises it once posted', () => {
    const draft = at({ ledger: ledger({ invoices: [invoice({ posted: false })] }) });
    expect(invoiceToMirror(draft)?.act).toBe('create');
    draft.mirrored = [{ number: 'INV1', invoiceId: 'x', status: 'DRAFT', minor: '1000' }];
    expect(invoiceToMirror(draft)).toBeUndefined();
    draft.ledger = ledger();
    expect(invoiceToMirror(draft)?.act).toBe('authorise');
  });

  it('applies in GP only receipts that are posted', () => {
    const state = at({ ledger: ledger({ receipts: [] }), mirrored: [{ number: 'INV1', invoiceId: 'x', status: 'AUTHORISED', minor: '1000' }] });
    expect(openSettlements(state).xero).toHaveLength(1);
    expect(openSettlements(state).gp).toHaveLength(0);
  });
});

describe('hearing', () => {
  it('takes one movement of money once, whatever it is called', () => {
    const state = at({});
    const payment = { paymentId: 'ch_9', aliases: ['pi_9'], gateway: 'stripe', amount: usd('5'), paidAt: '2026-11-01T00:00:00Z' };
    hear.paymentSeen(state, { inboxId: 'a', payment });
    hear.paymentSeen(state, { inboxId: 'b', payment: { ...payment, paymentId: 'pi_9', aliases: [] } });
    expect(state.told).toHaveLength(1);
  });

  it('keeps the newer word of the ledger and ignores the older', () => {
    const state = at({ ledger: ledger({ changedAt: '2026-11-03T00:00:00Z' }) });
    hear.ledgerChanged(state, { state: ledger({ status: 'open', changedAt: '2026-11-02T00:00:00Z' }) });
    expect(state.ledger?.status).toBe('invoiced');
  });

  it('keeps an early approval, and takes nothing for one that is none', () => {
    const state = at({});
    hear.approvalDecided(state, { approver: '', decision: 'approve', reason: '' });
    hear.approvalDecided(state, { approver: 'bob', decision: 'maybe' as 'approve', reason: '' });
    expect(state.approval).toBeUndefined();
    hear.approvalDecided(state, { approver: 'ann', decision: 'approve', reason: 'ok' });
    expect(nextAct({ ...state, approvalNeeded: 'limit' })).toBe('create-order');
  });
});
