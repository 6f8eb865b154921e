import type { LedgerInvoice } from '../../canonical/ledger';
import type { OrderPlan } from '../../activities/contract';
import { newState, type OrderState } from '../order-state';
import { additionOf, dropEdit, takeEdit } from './edit';

const usd = (minor: string): { minor: string; currency: string } => ({ minor, currency: 'USD' });
const plan = (hash: string, policy: 'hold' | 'adjust'): OrderPlan => ({
  orderKey: 'SHP-1', orderName: '#1', version: '2026-11-01T00:00:00Z', contentHash: hash, moneyHash: hash, currency: 'USD', total: usd('1000'), placedAt: '2026-11-01T00:00:00Z', gpQueue: 'gp-two', editedAfterInvoice: policy,
  order: { version: hash } as unknown as OrderPlan['order'], coding: { number: 'WO1', lines: {} } as unknown as OrderPlan['coding'], drafts: true, warnings: [], tenders: [],
});
const invoice = { number: 'INV1', date: '2026-11-02', total: usd('1000'), posted: true, voided: false } as unknown as LedgerInvoice;
const at = (status: 'invoiced' | 'open', over: Partial<OrderState> = {}): OrderState => ({
  ...newState({ pairId: 'demo', sourceId: 'shopify', orderId: '1', edition: 4 }, 'run', '2026-11-01T00:00:00Z'), verdict: 'go', orderWritten: true, plan: plan('first', 'adjust'),
  ledger: { orderNumber: 'WO1', status, invoices: [invoice], receipts: [], changedAt: '2026-11-02T00:00:00Z' }, ...over,
});

/** An edition and a policy that enter what was added. */
const adds = (hash: string, policy: 'hold' | 'adjust', over: Partial<OrderPlan> = {}): OrderPlan => ({ ...plan(hash, policy), addedAfterInvoice: 'supplement', ...over });

describe('an edit after the invoice', () => {
  it('that may have added something is looked at for that, whatever is done with what was taken off; an approver\'s orders and what is still on its way are a person\'s', () => {
    const [any, takes, old, above, ships, under] = [at('invoiced', { edition: 7 }), at('invoiced', { edition: 7 }), at('invoiced', { edition: 6 }), at('invoiced', { edition: 7 }),
      at('invoiced', { edition: 7, supplements: [{ number: 'WO2', key: 'k', written: true }] }), at('invoiced', { edition: 7, adding: { ...additionOf(plan('second', 'hold')), begun: 'WO2' } })];
    for (const state of [any, old, ships, under]) takeEdit(state, adds('second', 'hold'), adds('first', 'hold'));
    takeEdit(takes, adds('second', 'adjust'), adds('first', 'adjust'));
    takeEdit(above, adds('second', 'hold', { approval: 'above the limit' }), adds('first', 'hold'));
    expect([any, takes].map((s) => [s.failure, s.adding?.order, s.adjusting])).toEqual([[undefined, { version: 'second' }, undefined], [undefined, { version: 'second' }, undefined]]);
    for (const state of [old, above, ships, under]) expect(state.failure?.code).toBe('order-edited');
    takeEdit(any, adds('third', 'hold'), any.plan ?? plan('', 'hold'));
    expect(any.adding?.order).toEqual({ version: 'third' });
    expect(under.adding?.begun).toBe('WO2');
  });
  it('is corrected by itself where the pair says so and everything is shipped; else a person is asked', () => {
    const [adjusts, ships, asks, old] = [at('invoiced'), at('open'), at('invoiced'), at('invoiced', { edition: 3 })];
    for (const state of [adjusts, ships, old]) expect(takeEdit(state, plan('second', 'adjust'), plan('first', 'adjust'))).toBe(false);
    expect(takeEdit(asks, plan('second', 'hold'), plan('first', 'hold'))).toBe(false);
    expect([adjusts.failure, adjusts.adjusting?.order]).toEqual([undefined, { version: 'second' }]);
    for (const state of [ships, asks, old]) expect([state.failure?.code, state.adjusting]).toEqual(['order-edited', undefined]);
  });

  it('coming twice before the first is booked is one correction, to what is wanted last', () => {
    const state = at('invoiced');
    takeEdit(state, plan('second', 'adjust'), plan('first', 'adjust'));
    takeEdit(state, plan('third', 'adjust'), state.plan ?? plan('', 'adjust'));
    expect(state.adjusting?.order).toEqual({ version: 'third' });
  });

  it('after a correction was begun is a person\'s, and dropping it forgets nothing of the one under way', () => {
    const state = at('invoiced', { undo: [{ act: 'corrected', number: 'RTN1' }], adjusting: { order: plan('second', 'adjust').order, lines: {}, total: '8.00' } });
    takeEdit(state, plan('third', 'adjust'), plan('second', 'adjust'));
    expect([state.failure?.code, state.adjusting?.order]).toEqual(['order-edited', { version: 'second' }]);
    expect([dropEdit(state), state.adjusting?.order]).toEqual([true, { version: 'second' }]);
  });
});
