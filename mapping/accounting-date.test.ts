import { accountingDate, dayIn } from './accounting-date';

const calendar = {
  open: [{ from: '2026-01-01', to: '2026-06-30' }, { from: '2026-08-01', to: '2026-12-31' }],
  closed: [{ from: '2025-01-01', to: '2025-12-31' }, { from: '2026-07-01', to: '2026-07-31' }], lockedThrough: '2026-02-15',
};

describe('accountingDate', () => {
  it('leaves a day alone that is open in both ledgers', () => {
    expect(accountingDate('2026-03-01', calendar, 'hold')).toEqual({ ok: true, date: '2026-03-01' });
  });
  it.each([['2008-01-10', '2026-02-16'], ['2026-02-15', '2026-02-16'], ['2026-07-12', '2026-08-01']])('moves %s to the first day open in both: %s', (wanted, date) => {
    expect(accountingDate(wanted, calendar, 're-date')).toEqual({ ok: true, date, moved: { from: wanted } });
  });
  it('holds when told to, and says why', () => {
    expect(accountingDate('2026-07-12', calendar, 'hold')).toMatchObject({ ok: false, why: expect.stringContaining('closed') as unknown });
    expect(accountingDate('2026-02-01', calendar, 'hold')).toMatchObject({ ok: false, why: expect.stringContaining('2026-02-15') as unknown });
  });
  it('says so when no later day is open', () => {
    expect(accountingDate('2027-01-01', calendar, 're-date')).toMatchObject({ ok: false, why: expect.stringContaining('no later open day') as unknown });
  });
});

describe('dayIn', () => {
  it('keeps books in the organisation\'s zone', () => {
    expect(dayIn('2026-03-31T23:30:00Z', 'UTC')).toBe('2026-03-31');
    expect(dayIn('2026-03-31T23:30:00Z', 'Pacific/Auckland')).toBe('2026-04-01');
    expect(dayIn('2026-04-01T03:30:00Z', 'America/New_York')).toBe('2026-03-31');
  });
});
