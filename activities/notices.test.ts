import fc from 'fast-check';
import { type Notice } from '../canonical/notice';
import { done, failed } from '../canonical/failure';
import { type Story } from '../canonical/story';
import { Notify } from '../mapping/pair-notify';
import { type NoticeRow, type NoticeStore } from '../store/notice-types';
import { type Incident } from '../store/types';
import { answerNotice, approvalNotices, incidentName, incidentNotices, questionOf } from './notices';
import { sendNotices } from './notice-sender';

const story = (approval: Story['approval']): Story => ({ runId: 'r', pairId: 'p', sourceId: 's', orderId: '7', orderName: '#7', phase: 'awaiting-approval', waitingFor: '', needsAttention: false, total: '6000.00', currency: 'USD', gpInvoices: [], xeroInvoices: [], payments: [], receipts: [], hops: [], warnings: ['Ann Lee'], updatedAt: '2026-11-01T11:00:00Z', ...(approval ? { approval } : {}) });
const asked = { needed: 'Customer Ann Lee is on hold', contentHash: 'h', askedAt: '2026-11-01T10:00:00Z' };
const incident: Incident = { cause: 'item-not-mapped::SKU-1', kind: 'run', code: 'item-not-mapped', class: 'lookup', owner: 'master data', count: 3, since: '2026-11-01T10:00:00.000Z', latest: '2026-11-01T10:10:00.000Z', message: 'Ann Lee bought SKU-1', fix: '', money: [{ currency: 'USD', amount: '30.00' }] };
const rules = (incidents: object): Notify => Notify.parse({ incidents });

describe('notices', () => {
  it('of a question: one per stage that its run has stamped, each with an id of its own that never changes', () => {
    const of = (approval: Story['approval']): [string, string][] => approvalNotices(story(approval)).map((d) => [d.notice.type, d.notice.id]);
    const all = of({ ...asked, remindedAt: '2026-11-01T14:00:00Z', escalatedAt: '2026-11-02T10:00:00Z' });
    expect(all.map(([type]) => type)).toEqual(['approval.asked', 'approval.reminded', 'approval.escalated']);
    expect(new Set(all.map(([, id]) => id)).size).toBe(3);
    expect(of(asked)).toEqual(all.slice(0, 1));
    expect(of({ ...asked, askedAt: '2026-11-01T10:00:01Z' })[0]?.[1]).toBe(all[0]?.[1]);
    for (const other of [{ contentHash: 'i' }, { needed: 'Over the limit' }]) expect(of({ ...asked, ...other })[0]?.[1]).not.toBe(all[0]?.[1]);
    expect(of({ ...asked, decided: { approver: 'ann', decision: 'approve', reason: '' } })).toEqual([]);
    expect(of({ ...asked, escalatedAt: '2026-11-02T10:00:00Z', decided: { approver: 'policy', decision: 'approve', reason: '' } }).map(([type]) => type)).toEqual(['approval.asked', 'approval.escalated']);
    expect(of(undefined)).toEqual([]);
  });
  it('of silence: the policy\'s word is told, a person\'s is not, nor one about another question', () => {
    const decided = (approver: string): Story => story({ ...asked, decided: { approver, decision: 'reject', reason: 'x', at: '2026-11-02T10:00:00Z' } });
    expect(answerNotice(decided('policy'), questionOf(story(asked)) ?? '')?.notice).toMatchObject({ type: 'approval.answered-by-policy', data: { decision: 'reject', orderId: '7' } });
    expect(answerNotice(decided('ann'), questionOf(story(asked)) ?? '')).toBeUndefined();
    expect(answerNotice(decided('policy'), 'approval/r/earlier')).toBeUndefined();
  });
  it('of an incident: opened once it lasts, reminded, escalated, by the pair\'s minutes from its beginning', () => {
    const at = (seconds: number, set: object): string[] => incidentNotices(incident, { pairId: 'p', rules: rules(set), startedAt: incident.since, now: new Date(Date.parse(incident.since) + seconds * 1000) }).map((d) => d.notice.type);
    const set = { afterSeconds: 60, remindAfterMinutes: 10, escalateAfterMinutes: 60 };
    expect([at(59, set), at(60, set), at(600, set), at(3600, set), at(99_999, { afterSeconds: 0 })]).toEqual([[], ['incident.opened'], ['incident.opened', 'incident.reminded'], ['incident.opened', 'incident.reminded', 'incident.escalated'], ['incident.opened']]);
  });
  it('hold ids and amounts, and no word that could be a person\'s', () => {
    const told = JSON.stringify([...approvalNotices(story(asked)), ...incidentNotices(incident, { pairId: 'p', rules: rules({ afterSeconds: 0 }), startedAt: incident.since, now: new Date() })].map((d) => d.notice));
    expect(told).not.toMatch(/Ann|Lee|SKU-1/);
    expect(told).toContain('6000.00');
  });
  it('of two causes never share a name, of one cause always', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (a, b) => { expect(incidentName({ kind: 'run', cause: a }) === incidentName({ kind: 'run', cause: b })).toBe(a === b); }));
  });
});

describe('the sender', () => {
  const notice = (id: string): Notice => ({ id, type: 'incident.opened', at: '2026-11-01T10:00:00Z', data: { pairId: 'p', money: [] } });
  const row = (channel: string, attempts = 0): NoticeRow => ({ notice: notice(`${channel}-${attempts}`), channel, pairId: 'p', attempts });
  const run = async (rows: NoticeRow[]): Promise<{ due: number; marked: string[]; deferred: unknown[]; warned: number }> => {
    const [marked, deferred]: [string[], unknown[]] = [[], []];
    let warned = 0;
    const notices = { claimDue: async () => rows, sent: async (r) => { marked.push(r.notice.id); }, defer: async (r, _why, afterMs) => { deferred.push([r.notice.id, afterMs]); } } as Pick<NoticeStore, 'claimDue' | 'sent' | 'defer'> as NoticeStore;
    const refused = failed({ code: 'system-unavailable', message: 'HTTP 503', fix: '' });
    const due = await sendNotices({ pairId: 'p', channels: [{ name: 'mail', send: async () => done(undefined) }, { name: 'webhook', send: async () => refused }] }, { notices, log: { info: () => undefined, error: () => undefined, warn: () => { warned += 1; } } });
    return { due, marked, deferred, warned };
  };
  it('marks what is taken, and waits longer each time for what is not; the one does not wait for the other', async () => {
    expect(await run([row('webhook'), row('mail'), row('webhook', 3), row('webhook', 100)])).toEqual({ due: 4, marked: ['mail-0'], deferred: [['webhook-0', 2_000], ['webhook-3', 16_000], ['webhook-100', 540_000]], warned: 1 });
  });
  it('gives up after some days, and says so', async () => { expect(await run([row('webhook', 499)])).toMatchObject({ deferred: [['webhook-499', undefined]], warned: 1 }); });
});
