import { type MasterRecord } from '../../canonical/master';
import { type SyncIssue } from '../../store/master-types';
import { wasLeft } from './left';

const record = (system: 'gp' | 'xero', id: string, name: string): MasterRecord => ({ kind: 'customer', system, id, fields: { name }, state: 'active', version: '2026-11-01T00:00:00.000Z' });
const candidates = (...records: MasterRecord[]): { record: MasterRecord; score: number; reasons: string[] }[] => records.map((r) => ({ record: r, score: 62, reasons: ['same name'] }));
const [mine, a, b] = [record('gp', 'C1', 'Adatum'), record('xero', 'X1', 'Adatum'), record('xero', 'X2', 'Adatum')];
const issue = (decision: string, detail: unknown = { record: mine, candidates: candidates(a, b) }): SyncIssue => ({ id: 'i', pairId: 'p', kind: 'customer', type: 'match', subject: 'gp/C1', title: 't', detail, openedAt: 'x', closedAt: 'y', decision, place: '1' });

describe('a match that a person left as it is', () => {
  it('is not asked again for the same records, in any order', () => {
    expect(wasLeft(issue('leave'), mine, candidates(b, a))).toBe(true);
    expect(wasLeft(issue('leave'), { ...mine, version: '2026-11-02T00:00:00.000Z' }, candidates(a, b))).toBe(true);
  });
  it.each([
    ['nobody was asked', undefined, mine, candidates(a, b)],
    ['it settled by itself', issue('settled'), mine, candidates(a, b)],
    ['the record changed', issue('leave'), record('gp', 'C1', 'Adatum Ltd'), candidates(a, b)],
    ['a candidate changed', issue('leave'), mine, candidates(a, record('xero', 'X2', 'Contoso'))],
    ['another candidate came', issue('leave'), mine, candidates(a, b, record('xero', 'X3', 'Adatum'))],
    ['what was seen cannot be read', issue('leave', null), mine, candidates(a, b)],
  ])('is asked where %s', (_why, was, now, them) => { expect(wasLeft(was, now, them)).toBe(false); });
});
