import type { OrderPlan } from '../activities/contract';
import { ask, nextDue, reach } from './approval';
import { takeDecision } from './decide';
import { hear, hints, judgeAtRest, judgeEarlyWord } from './hear';
import { nextAct } from './next-act';
import { newState, resumedState, type OrderState } from './order-state';

const start = Date.parse('2026-11-01T00:00:00Z');
const minute = 60_000;
const planWith = (over: Partial<OrderPlan> = {}): OrderPlan => ({ contentHash: 'h1', coding: { number: 'WO1' }, tenders: [], order: { payments: [] }, approvalPolicy: { remindAfterMs: 10 * minute, escalateAfterMs: 20 * minute, silenceAfterMs: 30 * minute, onSilence: 'reject' }, ...over }) as unknown as OrderPlan;
const waiting = (over: Partial<OrderState> = {}): OrderState => ({
  ...newState({ pairId: 'p', sourceId: 's', orderId: '1', edition: 2 }, 'run', '2026-11-01T00:00:00Z'), accepted: 1, verdict: 'go', plan: planWith(), approvalNeeded: 'above the limit', ...over,
});

describe('the clock of an approval', () => {
  it('reminds, escalates, then lets the policy answer, each once and from the moment it was asked', () => {
    const state = waiting();
    ask(state, start);
    expect(nextDue(state, start)).toEqual({ act: 'remind', inMs: 10 * minute });
    reach(state, { act: 'remind', inMs: 0 }, start + 10 * minute);
    ask(state, start + 11 * minute);
    expect(nextDue(state, start + 11 * minute)).toEqual({ act: 'escalate', inMs: 9 * minute });
    reach(state, { act: 'escalate', inMs: 0 }, start + 20 * minute);
    expect(nextDue(state, start + 20 * minute)).toEqual({ act: 'silence', inMs: 10 * minute });
    reach(state, { act: 'silence', inMs: 0 }, start + 30 * minute);
    expect(state.approval).toMatchObject({ approver: 'policy', decision: 'reject' });
    expect(nextAct(state)).toBe('undo');
  });
  it('is over at once when the time passed while nobody ran', () => {
    const state = waiting();
    ask(state, start);
    expect(nextDue(state, start + 40 * minute)?.inMs).toBe(1);
  });
  it('waits for ever where the policy says so, after its reminders', () => {
    const state = waiting({ plan: planWith({ approvalPolicy: { remindAfterMs: minute, onSilence: 'wait', silenceAfterMs: 2 * minute } }) });
    ask(state, start);
    reach(state, { act: 'remind', inMs: 0 }, start + minute);
    expect(nextDue(state, start + minute)).toBeUndefined();
  });
  it('is asked once per content, and goes with the run into a fresh history', () => {
    const state = waiting();
    ask(state, start);
    reach(state, { act: 'remind', inMs: 0 }, start + 10 * minute);
    const carried = resumedState(JSON.stringify(state));
    ask(carried, start + 15 * minute);
    expect(carried.approvalAsk).toMatchObject({ askedAt: '2026-11-01T00:00:00.000Z', remindedAt: '2026-11-01T00:10:00.000Z' });
    carried.plan = planWith({ contentHash: 'h2' });
    ask(carried, start + 16 * minute);
    expect(carried.approvalAsk).toMatchObject({ contentHash: 'h2', askedAt: '2026-11-01T00:16:00.000Z' });
    expect(carried.approvalAsk?.remindedAt).toBeUndefined();
  });
});

describe('a sleeping run', () => {
  it('wakes when nothing but the order\'s status in GP moved: its last invoice was seen before it was', () => {
    const ledger = { orderNumber: 'WO1', status: 'open', changedAt: 't', invoices: [{}, {}], receipts: [] };
    const woken = (edition: number): boolean => { const state = waiting({ edition, ledger } as unknown as Partial<OrderState>); const before = hints(state); hear.ledgerChanged(state, { state: { ...ledger, status: 'invoiced' } as never }); return hints(state) !== before; };
    expect([woken(2), woken(3)]).toEqual([false, true]);
  });
});

describe('an approver\'s word', () => {
  const approve = (over: object = {}) => ({ approver: 'ann', decision: 'approve' as const, reason: 'ok', ...over });
  it.each([
    ['the maker of an edit cannot approve it', { makers: ['ann'] }, {}, /cannot approve/],
    ['another content than the one that waits is void', {}, { contentHash: 'h0' }, /changed/],
    ['no answer without a question', { approvalNeeded: undefined }, {}, /nothing waits/],
    ['a second answer changes nothing', { approval: approve({ approver: 'bob' }) }, {}, /decided before/],
    ['no person, no answer', {}, { approver: ' ' }, /no decision/],
    ['no decision, no answer', {}, { decision: 'maybe' }, /no decision/],
  ] as [string, Partial<OrderState>, object, RegExp][])('%s', (_name, over, given, why) => {
    const state = waiting(over);
    const before = state.approval;
    hear.approvalDecided(state, approve(given));
    expect(state.approval).toBe(before);
    expect(state.refused.join()).toMatch(why);
  });
  it('that comes while the order is being read is judged by what was read', () => {
    const reading = (more: Partial<OrderState>): OrderState => ({ ...waiting({ approvalNeeded: undefined, plan: undefined, verdict: undefined }), edition: 3, accepted: 0, ...more });
    const taken = (state: OrderState, word: object): OrderState => { hear.approvalDecided(state, approve(word)); judgeEarlyWord(state); Object.assign(state, { accepted: 1, verdict: 'go', plan: planWith(), approvalNeeded: state.approvalNeeded ?? 'above the limit' }); judgeEarlyWord(state); return state; };
    expect(taken(reading({}), { contentHash: 'h1' })).toMatchObject({ approval: { approver: 'ann' }, approvedHash: 'h1', refused: [] });
    const stale = taken(reading({}), { contentHash: 'h0' });
    expect([stale.approval, stale.refused.join()]).toEqual([undefined, expect.stringMatching(/changed/)]);
    expect(taken(reading({ edition: 2 }), { contentHash: 'h1' }).approval).toBeUndefined();
    const none = reading({});
    hear.approvalDecided(none, approve());
    Object.assign(none, { accepted: 1, verdict: 'go', plan: planWith() });
    judgeEarlyWord(none);
    expect([none.approval, none.earlyWord, none.refused.join()]).toEqual([undefined, undefined, expect.stringMatching(/nothing waits/)]);
  });
  it('that comes before the run knows of its question is judged when it rests, and no sleeping run keeps one', () => {
    const working = (more: Partial<OrderState> = {}): OrderState => ({ ...waiting({ approvalNeeded: undefined }), edition: 6, ...more });
    const asked = working();
    hear.approvalDecided(asked, approve({ contentHash: 'h1' }));
    expect([asked.approval, asked.refused]).toEqual([undefined, []]);
    asked.approvalNeeded = 'the customer is on hold';
    judgeAtRest(asked);
    expect([asked.approval?.approver, asked.earlyWord]).toEqual(['ann', undefined]);
    const other = working();
    hear.approvalDecided(other, approve());
    judgeAtRest(other);
    const asleep = working({ resting: true });
    hear.approvalDecided(asleep, approve());
    for (const state of [other, asleep]) expect([state.approval, state.earlyWord, state.refused.join()]).toEqual([undefined, undefined, expect.stringMatching(/nothing waits/)]);
  });
  it('is taken with the content it was given for', () => {
    const state = waiting();
    hear.approvalDecided(state, approve({ contentHash: 'h1' }));
    expect([state.approval?.approver, state.approvedHash]).toEqual(['ann', 'h1']);
  });
});

describe('a decision about an exception', () => {
  const failure = { code: 'document-rejected' as const, message: 'm', fix: 'f' };
  const decided = (decision: 'retry' | 'edit' | 'skip' | 'undo', more: object = {}) => ({ by: 'ann', decision, reason: 'because', at: '2026-11-01T00:00:00Z', ...more });
  it('retry before GP accepts anew; after it, the failed step only', () => {
    const early = waiting({ failure, approval: { approver: 'b', decision: 'approve', reason: '' } });
    takeDecision(early, decided('retry'));
    expect(nextAct(early)).toBe('accept');
    const late = waiting({ failure, approvalNeeded: undefined, orderWritten: true });
    takeDecision(late, decided('retry'));
    expect([late.failure, late.heard - late.accepted]).toEqual([undefined, 0]);
  });
  it('about trouble that the run is only about to tell of is kept until it has told, and refused where it went on', () => {
    const about = (state: OrderState, n: number): OrderState => { hear.exceptionDecided(state, decided('retry', { about: n })); return state; };
    const again = about({ ...waiting({ failure, seq: 4 }), edition: 6 }, 5);
    expect([again.decision, again.refused]).toEqual([undefined, []]);
    again.seq = 5;
    judgeAtRest(again);
    expect([again.decision?.decision, again.decidedAbout, again.earlyDecision]).toEqual(['retry', 5, undefined]);
    const elsewhere = about({ ...waiting({ failure, seq: 4 }), edition: 6 }, 5);
    elsewhere.seq = 6;
    judgeAtRest(elsewhere);
    const asleep = about({ ...waiting({ failure, seq: 4, resting: true }), edition: 6 }, 5);
    for (const state of [elsewhere, asleep]) expect([state.decision, state.refused.join()]).toEqual([undefined, expect.stringMatching(/gone on/)]);
  });
  it('retry from an earlier step forgets what comes after it, and no approval is asked twice', () => {
    const state = waiting({ failure, approval: { approver: 'b', decision: 'approve', reason: '' }, orderWritten: true, receiptsWritten: ['WR1'], mirrored: [{ number: 'I', invoiceId: 'x', status: 'AUTHORISED', minor: '1' }], paidInXero: ['a'], appliedInGp: ['a'] });
    takeDecision(state, decided('retry', { from: 'invoice' }));
    expect(state).toMatchObject({ orderWritten: true, receiptsWritten: ['WR1'], mirrored: [], paidInXero: [], appliedInGp: [], approval: { approver: 'b' } });
  });
  it('edit makes the editor a maker; skip ends the run; undo turns it round', () => {
    const edited = waiting({ failure });
    takeDecision(edited, decided('edit'));
    expect([edited.makers, nextAct(edited)]).toEqual([['ann'], 'accept']);
    const skipped = waiting({ failure });
    takeDecision(skipped, decided('skip'));
    expect([skipped.phase, nextAct(skipped)]).toEqual(['skipped', 'end']);
    const undone = waiting({ failure });
    takeDecision(undone, decided('undo'));
    expect([undone.undoing, nextAct(undone)]).toEqual(['undone by ann: because', 'undo']);
  });
  it('takes nothing for a decision that is none', () => {
    const state = waiting({ failure });
    hear.exceptionDecided(state, { by: 'x', decision: 'shrug' as 'retry', reason: '', at: '' });
    expect([state.decision, state.refused.length]).toEqual([undefined, 1]);
  });
});
